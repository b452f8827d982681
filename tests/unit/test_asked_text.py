"""What CKS does not tell is named by the dictionary, in both languages."""

from bot.domain.asked_text import BESIDES, NAMES, what_was_asked
from bot.domain.terms import ASK
from bot.domain.trade_words import load_trade_words


def test_every_name_is_of_something_that_can_be_asked() -> None:
    assert NAMES.keys() <= load_trade_words().terms[ASK].keys()
    assert all(set(name) == {"th", "en"} for name in (*NAMES.values(), BESIDES))


def test_it_is_named_with_the_article_that_it_was_asked_about() -> None:
    assert what_was_asked("ค่าธรรมเนียม", "Form D ขอที่ไหน", "th") == "ค่าธรรมเนียม (Form D ขอที่ไหน)"
    assert what_was_asked("คืออะไร", None, "en") == "your other question"
