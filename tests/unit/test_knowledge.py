"""What the bot replies to a question: an article, a choice of articles, or that nothing was found."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import pytest

from actions.knowledge import replies_to
from actions.replies import reply_to
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
    return Turn(
        **dict.fromkeys((one.name for one in fields(Turn)), None)
        | {"text": text, "asked_before": (), "sure": 1.0}
        | known
    )


def test_the_best_is_sent_if_it_is_good_and_clearly_ahead() -> None:
    hits = _hits(0.9, 0.6, 0.2)

    assert reply_to(hits, sure=False) == Answer(article_id="a0", version=2, score=0.9, alternatives=("a1",))


@pytest.mark.parametrize(("sure", "score"), [(False, 0.55), (True, 0.37)])
def test_a_single_good_one_is_sent(sure: bool, score: float) -> None:
    assert reply_to(_hits(score), sure=sure) == Answer(article_id="a0", version=2, score=score)


@pytest.mark.parametrize(
    ("sure", "scores", "offered"),
    [
        (False, (0.9, 0.88, 0.3), ("a0", "a1")),
        (False, (0.54, 0.42), ("a0", "a1")),
        (False, (0.45, 0.1), ("a0",)),
        (True, (0.9, 0.88, 0.3), ("a0", "a1", "a2")),
        (True, (0.36, 0.28), ("a0", "a1")),
        (True, (1.0, 1.0), ("a0", "a1")),
    ],
)
def test_what_is_unclear_is_offered_to_choose(sure: bool, scores: Sequence[float], offered: tuple[str, ...]) -> None:
    assert reply_to(_hits(*scores), sure=sure) == Choices(article_ids=offered)


@pytest.mark.parametrize(("sure", "scores"), [(False, ()), (False, (0.39, 0.3)), (True, (0.27,))])
def test_what_is_far_off_is_not_found(sure: bool, scores: Sequence[float]) -> None:
    assert reply_to(_hits(*scores), sure=sure) == NotFound()


def test_near_the_top_a_small_lead_is_clear() -> None:
    """Scores crowd below 1, so leads are compared as odds."""
    assert isinstance(reply_to(_hits(0.97, 0.95), sure=True), Answer)
    assert isinstance(reply_to(_hits(0.5, 0.48), sure=True), Choices)


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


@pytest.mark.parametrize(
    ("text", "articles"),
    [
        ("ขอเบอร์ศุลกากรกับเบอร์กรมการค้าต่างประเทศ", ["customs-contact", "dft-contact"]),
        ("ขอ form d กับ form e ที่ไหน", ["form-d", "form-e-china"]),
        ("จีนกับญี่ปุ่นอยู่ใน RCEP มั้ย", ["rcep-members"]),
        ("สมัครอบรมกับกรมดูได้ที่ไหน", ["training-nea"]),
        ("ข้าวและน้ำตาลต้องขอใบอนุญาตไหม", ["export-licence-rice-sugar"]),
    ],
)
async def test_one_question_about_two_things_gets_two_answers_if_each_half_is_better_answered(
    cks: Cks, text: str, articles: list[str]
) -> None:
    assert await _articles(cks, _turn(text)) == articles


async def test_beside_a_clear_answer_an_unclear_question_is_asked_back(cks: Cks) -> None:
    replies = await replies_to(_turn("อยากเริ่มส่งออกต้องทำอะไรบ้าง อยากได้รายชื่อผู้นำเข้าด้วย"), cks)

    assert [type(reply) for reply in replies] == [Choices, Answer]


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


@pytest.mark.parametrize(
    ("first", "read", "then", "article"),
    [
        ("ส่งออกข้าวต้องมีใบอนุญาตไหม", "export-licence-rice-sugar", "แล้วน้ำตาลล่ะ", "export-licence-rice-sugar"),
        ("ส่งพระพุทธรูปไปต่างประเทศต้องขออนุญาตไหม", "buddha-image-export", "แล้วข้าวล่ะ", "export-licence-rice-sugar"),
        ("ใบรับรองสุขอนามัยพืชขอที่ไหน", "phytosanitary-certificate", "ต้องเตรียมอะไรไปบ้าง", "phytosanitary-documents"),
    ],
)
async def test_what_a_follow_up_names_decides_whether_the_article_just_read_says_it(
    cks: Cks, first: str, read: str, then: str, article: str
) -> None:
    assert await _articles(cks, _turn(then, asked_before=[first], last_article=read)) == [article]


@pytest.mark.parametrize("then", ["ใช้เวลากี่วัน", "ค่าธรรมเนียมเท่าไหร่คะ"])
async def test_what_no_article_tells_about_the_thing_is_not_answered_about_another(cks: Cks, then: str) -> None:
    """Alone these would find how long a complaint takes, and what an insurance costs."""
    assert await _articles(cks, _turn(then, asked_before=["ขอ Form D ที่ไหน"], last_article="form-d")) == []


async def test_a_very_short_text_that_may_be_a_follow_up_is_asked_back(cks: Cks) -> None:
    turn = _turn("ส่งที่ไหน", asked_before=["เอกสารสมัครสมาชิกกรมใช้อะไรบ้าง"], last_article="membership-documents")
    [reply] = await replies_to(turn, cks)

    assert isinstance(reply, Choices)
    assert reply.article_ids[0] == "membership-apply"


async def test_a_very_short_question_that_says_enough_is_answered_as_it_is(cks: Cks) -> None:
    turn = _turn("สมัครสมาชิกยังไง", asked_before=["ขอ Form D ที่ไหน"], last_article="form-d")

    assert await _articles(cks, turn) == ["membership-apply"]
