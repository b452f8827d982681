"""How the console's words cut a text around its numbers."""

import pytest

from bot.web.console_words import pieces


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("เลขที่เรื่อง LC-2569-000001ค่ะ", ["เลขที่เรื่อง ", "LC-2569-000001", "ค่ะ"]),
        ("โทร. 02-507-7999, 0-2513-1909", ["โทร. ", "02-507-7999", ", ", "0-2513-1909", ""]),
        ("ขอ e-Form D ของ SMEs Pro-active", ["ขอ e-Form D ของ SMEs Pro-active"]),
        ("1234567890-1234567890-12345", ["1234567890-1234567890-12345"]),  # would not fit on a phone's line
        ("ราคา 5-", ["ราคา 5-"]),
    ],
)
def test_numbers_with_hyphens_are_pieces_of_their_own(text: str, cut: list[str]) -> None:
    assert pieces(text) == cut
    assert "".join(pieces(text)) == text
