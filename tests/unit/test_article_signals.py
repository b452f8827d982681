"""What is computed directly for a question is what scikit-learn computes for a text."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import HashingVectorizer

from bot.domain.terms import parse
from bot.services.article_signals import _LETTERS, _WORDS, Parsed, _counted, _runs, features

WORDS = st.lists(st.sampled_from([*"ขอ form d ฟอร์มดี ที่ไหน จีน ค่าธรรมเนียม 🙏 你好 เอกสาร ส่งออก".split(), " "]))


@settings(deadline=None)  # the first call loads the dictionary
@given(st.text() | WORDS.map("".join) | WORDS.map(" ".join))
def test_a_question_is_counted_as_an_article_is(text: str) -> None:
    parsed = parse(text)

    _assert_same(_LETTERS, text, _runs(text))
    _assert_same(_WORDS, parsed, features(parsed))


def _assert_same(counting: HashingVectorizer, text: str | Parsed, said: list[str]) -> None:
    row = counting.transform([text])
    places, counts = _counted(said)

    assert np.array_equal(places, row.indices)
    assert np.array_equal(counts, row.data)
    assert counts.dtype == row.dtype
