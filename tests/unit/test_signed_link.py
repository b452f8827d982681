"""A signed address can't be made, changed or prolonged by anybody else."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.signed_link import read, sign

KEY = b"k" * 32
END = datetime(2026, 12, 24, 5, tzinfo=UTC)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**31))
def test_what_was_signed_is_read(file_id: int, seconds: int) -> None:
    end = datetime.fromtimestamp(seconds, UTC)
    token = sign(KEY, file_id, end)

    assert read(KEY, token) == (file_id, end)
    assert set(token) <= set(ALPHABET)
    assert read(b"j" * 32, token) is None


@given(st.data())
def test_no_changed_token_names_anything_else(data: st.DataObject) -> None:
    token = sign(KEY, 7, END)
    place = data.draw(st.integers(0, len(token) - 1))
    changed = token[:place] + data.draw(st.sampled_from(ALPHABET)) + token[place + 1 :]

    assert read(KEY, changed) in {None, (7, END)}  # the last letter has bits that mean nothing


@pytest.mark.parametrize("token", ["", "x", "ภาษา", "A" * 38, "=" * 38, "A" * 4000, "a b", "%00"])
def test_nonsense_is_none(token: str) -> None:
    assert read(KEY, token) is None
