"""What the bot replies to a question: an article, a choice of articles, or that nothing was found."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import pytest

from actions.knowledge import replies_to, reply_to
from actions.turn import Turn
from bot.domain.proposals import Answer, Choices, NotFound
from bot.services.article_index import ArticleIndex, Hit
from tests.eval.search_sets import starter_documents


def _hits(*scores: float) -> list[Hit]:
    return [Hit(article_id=f"a{n}", version=2, title=f"เรื่อง {n}", score=score) for n, score in enumerate(scores)]


@dataclass
class Cks:
    """The starter articles, and what was searched for."""

    index: ArticleIndex
    asked: list[str] = field(default_factory=list)

    async def find(self, text: str, *, topic: str | None, limit: int) -> Sequence[Hit]:
        self.asked.append(text)
        return self.index.search(text, topic=topic, limit=limit)

    async def get(self, article_id: str) -> Hit | None:
        titles = {document.article_id: document.title for document in starter_documents()}
        return Hit(article_id=article_id, version=1, title=titles[article_id], score=1.0)


@pytest.fixture(name="index", scope="module")
def _index() -> ArticleIndex:
    return ArticleIndex(starter_documents())


@pytest.fixture(name="cks")
def _cks(index: ArticleIndex) -> Cks:
    return Cks(index)


def _turn(text: str, **known: Any) -> Turn:
    return Turn(**dict.fromkeys((one.name for one in fields(Turn)), None) | {"text": text, "asked_before": ()} | known)


def test_the_best_is_sent_if_it_is_good_and_clearly_ahead() -> None:
    assert reply_to(_hits(0.9, 0.6, 0.2)) == Answer(article_id="a0", version=2, score=0.9, alternatives=("a1",))


def test_a_single_good_one_is_sent() -> None:
    assert reply_to(_hits(0.5)) == Answer(article_id="a0", version=2, score=0.5)


@pytest.mark.parametrize(
    ("scores", "offered"),
    [((0.9, 0.86, 0.3), ("a0", "a1")), ((0.49, 0.42), ("a0", "a1")), ((0.45, 0.1), ("a0",))],
)
def test_what_is_unclear_is_offered_to_choose(scores: Sequence[float], offered: tuple[str, ...]) -> None:
    assert reply_to(_hits(*scores)) == Choices(article_ids=offered)


@pytest.mark.parametrize("scores", [(), (0.39, 0.3)])
def test_what_is_far_off_is_not_found(scores: Sequence[float]) -> None:
    assert reply_to(_hits(*scores)) == NotFound()


async def _articles(cks: Cks, turn: Turn) -> list[str]:
    return [reply.article_id for reply in await replies_to(turn, cks) if isinstance(reply, Answer)]


async def test_two_questions_get_two_answers_in_their_order(cks: Cks) -> None:
    replies = await replies_to(_turn("RCEP มีกี่ประเทศคะ แล้วพาเลทไม้ส่งออกต้องทำอะไรบ้าง"), cks)

    assert [(type(reply), reply.article_id) for reply in replies if isinstance(reply, Answer)] == [
        (Answer, "rcep-members"),
        (Answer, "wood-packaging-ispm15"),
    ]
    assert {reply.alternatives for reply in replies if isinstance(reply, Answer)} == {()}


async def test_two_questions_to_one_article_get_one_reply(cks: Cks) -> None:
    assert len(await replies_to(_turn("RCEP มีกี่ประเทศคะ แล้ว RCEP เริ่มมีผลเมื่อไร"), cks)) == 1


async def test_a_second_question_without_a_subject_is_about_the_first_ones(cks: Cks) -> None:
    """A fee asked for beside Form D is not that of an export insurance, which alone would be found."""
    assert await _articles(cks, _turn("ขอฟอร์มดีที่ไหนแล้วค่าธรรมเนียมเท่าไหร่คะ")) == ["form-d"]


async def test_a_follow_up_is_answered_in_the_light_of_the_question_before(cks: Cks) -> None:
    turn = _turn("แล้วจีนล่ะคะ", asked_before=["ส่งของไปญี่ปุ่นใช้ฟอร์มอะไร"], last_article="origin-forms-by-country")

    assert await _articles(cks, turn) == ["form-e-china"]


async def test_a_follow_up_without_a_typed_question_goes_by_the_last_article(cks: Cks) -> None:
    await replies_to(_turn("แล้วฟอร์มอีล่ะ", last_article="form-d"), cks)

    assert cks.asked[0] == "ที่ไหน form e"


async def test_a_follow_up_does_not_repeat_the_article_just_read(cks: Cks) -> None:
    read = "smes-proactive-qualifications"
    turn = _turn("ต้องใช้เอกสารอะไรบ้าง", asked_before=["SMEs Pro-active ใครสมัครได้"], last_article=read)
    replies = await replies_to(turn, cks)
    given = {reply.article_id for reply in replies if isinstance(reply, Answer)}
    offered = {article for reply in replies if isinstance(reply, Choices) for article in reply.article_ids}

    assert "smes-proactive-documents" in given | offered
    assert read not in given | offered


async def test_a_full_question_after_another_is_searched_for_as_it_is(cks: Cks) -> None:
    turn = _turn("RCEP มีกี่ประเทศ", asked_before=["Form D ขอที่ไหน"], last_article="form-d")

    assert await _articles(cks, turn) == ["rcep-members"]
    assert cks.asked == ["RCEP มีกี่ประเทศ"]
