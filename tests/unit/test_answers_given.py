"""The answers of a case as its panel lists them."""

from bot.domain.conversation import Message
from bot.web.console_views import answers_given


def test_an_article_that_was_sent_twice_is_listed_once_as_it_was_sent_last() -> None:
    sent = [("form-d", 1), (None, None), ("halal", 3), ("form-d", 2)]
    messages = [
        Message(seq=seq, article_id=article, article_version=version) for seq, (article, version) in enumerate(sent, 1)
    ]

    listed = [(one.seq, one.article_id, one.article_version) for one in answers_given(messages)]
    assert listed == [(3, "halal", 3), (4, "form-d", 2)]
