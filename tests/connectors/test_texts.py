"""Text cut to a platform's limits: nothing lost, nothing torn, and cut where a reader would."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.texts import graphemes, shorten, split, units

PIECES = st.sampled_from(
    [*"กขคงเแา ะำ้่ี\n.a1e\u0301", "\r\n", "\n\n", "😀", "👩‍👩‍👧", "👍🏽", "🇹🇭", "สวัสดีค่ะ", "ส่งออก", "hello"]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join))
UNHURRIED = settings(deadline=None)  # other processes share the machine


def squeezed(text: str) -> str:
    return "".join(text.split())


@UNHURRIED
@given(text=TEXTS, limit=st.integers(2, 40))
@example(text=" \n" * 30, limit=2)
@example(text="ก" + "\u0e49" * 50, limit=4)
@example(text="x \u0301y", limit=2)
def test_nothing_but_white_space_is_lost_and_every_part_fits(text: str, limit: int) -> None:
    parts = split(text, limit)

    assert squeezed("".join(parts)) == squeezed(text)
    assert all(units(part) <= limit for part in parts)


@UNHURRIED
@given(text=TEXTS, limit=st.integers(2, 40))
def test_no_cut_goes_through_what_a_reader_sees_as_one_sign(text: str, limit: int) -> None:
    parts = split(text, limit)
    whole = graphemes(text)

    if all(units(cluster) <= limit for cluster in whole):
        seen = [cluster for cluster in whole if not cluster.isspace()]
        assert [cluster for part in parts for cluster in graphemes(part) if not cluster.isspace()] == seen
        assert not [part for part in parts[1:] if unicodedata.category(part[0]) == "Mn"]


@UNHURRIED
@given(text=TEXTS)
def test_clusters_are_the_text(text: str) -> None:
    assert "".join(graphemes(text)) == text


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("น้ำ", 1),  # letter, tone, sara am
        ("กี่", 1),
        ("เก็บ", 3),
        ("e\u0301", 1),
        ("👩‍👩‍👧", 1),
        ("👍🏽", 1),
        ("🇹🇭🇯🇵", 2),
        ("🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", 1),
        ("1️⃣", 1),
        ("\r\n", 1),
        ("กข", 2),
    ],
)
def test_a_cluster_is_one_sign_to_a_reader(text: str, count: int) -> None:
    assert len(graphemes(text)) == count


def test_a_text_that_fits_stays_as_it_is() -> None:
    assert split("  มี ช่องว่าง \n", 15) == ["  มี ช่องว่าง \n"]


def test_an_empty_line_is_the_best_place_to_cut() -> None:
    assert split("aaaaa bbbb\n\ncc\ndd ee", 19) == ["aaaaa bbbb", "cc\ndd ee"]


def test_then_an_end_of_line_then_a_space() -> None:
    assert split("aaaa bbbb\ncc dd ee", 16) == ["aaaa bbbb", "cc dd ee"]
    assert split("aaaa bbbb cccc dddd", 16) == ["aaaa bbbb cccc", "dddd"]


def test_a_place_in_the_first_half_is_no_good() -> None:
    assert split("a\n\nbbbbbbbbbbbb cccc", 16) == ["a\n\nbbbbbbbbbbbb", "cccc"]


def test_thai_without_spaces_is_cut_between_words() -> None:
    assert split("ประเทศไทยส่งออกทุเรียนไปประเทศจีน", 20) == ["ประเทศไทยส่งออก", "ทุเรียนไปประเทศจีน"]


def test_an_emoji_counts_two_units_and_is_not_torn() -> None:
    assert split("😀" * 5, 5) == ["😀😀", "😀😀", "😀"]


def test_a_single_sign_longer_than_the_limit_is_broken_rather_than_refused() -> None:
    assert split("ก" + "\u0e49" * 4, 3) == ["ก\u0e49\u0e49", "\u0e49\u0e49"]


@UNHURRIED
@given(title=TEXTS, limit=st.integers(1, 30))
def test_a_shortened_title_has_at_most_so_many_signs(title: str, limit: int) -> None:
    short = shorten(title, limit)

    assert len(graphemes(short)) <= limit
    assert short == title or short.endswith("…")


def test_a_title_is_shortened_between_signs() -> None:
    assert shorten("น้ำน้ำน้ำ", 3) == "น้ำน้ำน้ำ"
    assert shorten("น้ำน้ำน้ำน้ำ", 3) == "น้ำน้ำ…"
