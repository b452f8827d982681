"""What the bot replies to a question: an article, a choice of articles, or that nothing was found."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
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
        return self.index.get(article_id)


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


def test_one_that_says_nothing_of_the_kind_asked_for_is_never_sent_unasked() -> None:
    [best, other] = _hits(0.9, 0.5)

    assert reply_to([replace(best, tells=False), other], sure=True) == Choices(article_ids=("a0", "a1"))


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
    replies = await replies_to(_turn("ส่งมะม่วงไปญี่ปุ่นใช้ฟอร์มไหน แล้วพาเลทไม้ต้องรมยาไหม"), cks)

    assert [type(reply) for reply in replies] == [Choices, Answer]


@pytest.mark.parametrize(
    ("text", "article", "asked"),
    [
        ("ขอ Form E ที่ไหน แล้วค่าธรรมเนียมเท่าไหร่", "form-e-china", "ค่าธรรมเนียม"),
        ("ขอform e ที่ไหนค่าธรรมเนียมเท่าไร", "form-e-china", "ค่าธรรมเนียม"),
        ("ขอฟอร์มดีที่ไหนแล้วใช้เวลากี่วันคะ", "form-d", "ระยะเวลา"),
        ("Where do I get Form E and how much is the fee?", "form-e-china", "ค่าธรรมเนียม"),
        ("C/O ขอที่หอการค้าได้ไหมคะ ใช้เวลากี่วัน", "origin-certificate-chamber", "ระยะเวลา"),
    ],
)
async def test_a_second_question_without_a_subject_is_about_the_first_ones(
    cks: Cks, text: str, article: str, asked: str
) -> None:
    """A fee asked for beside Form E is not that of an export insurance, which alone would be found; CKS has none."""
    answer, not_told = await replies_to(_turn(text), cks)

    assert isinstance(answer, Answer)
    assert answer.article_id == article
    assert not_told == NotFound(asked=asked, about=article)


@pytest.mark.parametrize(
    ("text", "articles"),
    [
        ("ใบรับรองสุขอนามัยพืชขอที่ไหนแล้วต้องใช้เอกสารอะไร", ["phytosanitary-certificate", "phytosanitary-documents"]),
        ("สมาชิก EL ได้สิทธิ์อะไรบ้างคะ แล้วต้องมีคุณสมบัติยังไง", ["el-benefits", "el-qualifications"]),
        ("T Mark คืออะไรต้องมีคุณสมบัติอะไร", ["t-mark-about", "t-mark-qualifications"]),
        ("What is T Mark and who can apply?", ["t-mark-about", "t-mark-qualifications"]),
        ("อยากได้รายชื่อผู้นำเข้า แล้วจะเช็คว่าบริษัทเขามีจริงไหมยังไงคะ", ["importer-list", "partner-check"]),
        ("incoterm มีกี่แบบ แล้ว LC ต้องระวังอะไร", ["incoterms-2020", "letter-of-credit"]),
        ("งานบางกอกเจมส์ใครจัด จะไปออกบูธต้องสมัครที่ไหน", ["bangkok-gems-organiser", "activities-apply"]),
        ("อยากเป็นสมาชิก Pre-EL ต้องทำไง แล้วถ้าจะปรับเป็น EL ล่ะ", ["pre-el-membership", "pre-el-to-el"]),
        ("RCEP มีกี่ประเทศ แล้วอินเดียอยู่ด้วยไหม", ["rcep-members"]),
    ],
)
async def test_both_halves_of_a_message_are_answered(cks: Cks, text: str, articles: list[str]) -> None:
    replies = await replies_to(_turn(text), cks)

    assert [reply.article_id for reply in replies if isinstance(reply, Answer)] == articles
    assert len(replies) == len(articles)


async def test_half_a_question_on_what_only_a_draft_knows_is_not_answered_by_a_neighbour() -> None:
    """The tariff abroad is a draft; where to look it up is not where to look up statistics."""
    served = Cks(ArticleIndex(starter_documents(drafts_serve=False)))

    assert await replies_to(_turn("อเมริกาเก็บภาษีนำเข้าของเรากี่เปอร์เซ็นต์ ดูที่ไหน"), served) == [NotFound()]


@pytest.mark.parametrize("text", ["ใครขอ T Mark ได้บ้าง", "ถ้าไม่จ่ายเงินกรมช่วยยังไงบ้างคะ ถามไว้ก่อนยังไม่ได้โดน"])
async def test_a_fragment_is_no_question_that_cks_does_not_know(cks: Cks, text: str) -> None:
    assert len(await replies_to(_turn(text), cks)) == 1


@pytest.mark.parametrize(
    "text",
    [
        *("ใบ CO คืออะไร", "form e ใช้เวลากี่วัน", "t mark ค่าธรรมเนียมกี่บาท", "เบอร์โทรกรมวิชาการเกษตร"),
        *("อีเมลติดต่อหอการค้า", "รายชื่อบริษัทผลไม้ในไทย"),
    ],
)
async def test_an_article_that_does_not_tell_what_is_wanted_of_its_subject_is_only_offered(cks: Cks, text: str) -> None:
    [reply] = await replies_to(_turn(text), cks)

    assert isinstance(reply, Choices)


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("NEA คืออะไร", "training-nea"),
        ("ขอเบอร์กรมศุลกากร", "customs-contact"),
        ("รายชื่อผู้นำเข้าผลไม้ที่เกาหลี", "importer-list"),
        ("find fruit buyers in china", "importer-list"),
        ("จะส่งทุเรียนให้ลูกค้าจีนต้องใช้ฟอร์มอะไร", "form-e-china"),
    ],
)
async def test_an_article_that_tells_what_is_wanted_is_sent(cks: Cks, text: str, article: str) -> None:
    assert await _articles(cks, _turn(text)) == [article]


@pytest.mark.parametrize("text", ["ขอ form e ที่ไหน", "where can I apply for Form E"])
async def test_beside_an_article_that_cannot_say_where_that_is_said(cks: Cks, text: str) -> None:
    [sent, missing] = await replies_to(_turn(text), cks)

    assert isinstance(sent, Answer)
    assert sent.article_id == "form-e-china"
    assert missing == NotFound(asked="ที่ไหน", about="form-e-china")


@pytest.mark.parametrize(
    "text", ["ขอ form d ที่ไหน", "ใบไฟโตขอที่ไหนคะ", "สมัครสมาชิกทางไหน", "ส่งไปจีนใช้ฟอร์มไหน", "ใบ CO ขอกับใคร"]
)
async def test_an_article_that_says_where_stands_alone(cks: Cks, text: str) -> None:
    assert [type(reply) for reply in await replies_to(_turn(text), cks)] == [Answer]


@pytest.mark.parametrize(
    "text",
    [
        *("ช่องทางรับเงินจากลูกค้าต่างประเทศมีอะไรบ้าง", "รับเงินจากต่างประเทศช่องทางไหนเสี่ยงน้อย", "Form E ส่งของไปที่ไหน"),
        *("RCEP ประเทศที่ไหนบ้าง", "FOB กับ CIF ต่างกันตรงที่ไหน", "what are the rules for VAT where I export goods"),
    ],
)
async def test_where_no_place_is_asked_for_none_is_said_to_be_missing(cks: Cks, text: str) -> None:
    assert [type(reply) for reply in await replies_to(_turn(text), cks)] == [Answer]


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("กิจกรรมบุกตลาดต่างประเทศสมัครอย่างไร", "activities-apply"),
        ("ส่งออกน้ำตาลไปตลาดอินโดนีเซียขอโควตายังไง", "export-licence-rice-sugar"),
        ("ส่งอาหารแปรรูปไปตลาดอเมริกาต้องทำยังไงบ้าง", "export-processed-food"),
        ("อยากไปขายตลาดเวียดนาม เริ่มต้นยังไง", "export-steps"),
    ],
)
async def test_how_something_is_done_for_a_market_is_no_question_about_the_market(
    cks: Cks, text: str, article: str
) -> None:
    assert await _articles(cks, _turn(text)) == [article]


@pytest.mark.parametrize("text", ["Tell me about the Japanese market", "What is the market in Japan like"])
async def test_an_english_question_about_a_market_gets_no_forms_and_members_either(cks: Cks, text: str) -> None:
    assert await replies_to(_turn(text), cks) == [NotFound()]


@pytest.mark.parametrize(
    "text", ["ตลาดญี่ปุ่นเป็นยังไงบ้าง", "ตลาดอินเดียน่าสนใจไหม", "อยากได้ข้อมูลตลาดเวียดนาม", "สินค้าอะไรขายดีในตลาดจีน"]
)
async def test_who_asks_how_a_market_is_gets_no_forms_and_members_of_its_country(cks: Cks, text: str) -> None:
    [reply] = await replies_to(_turn(text), cks)
    given = reply.article_ids if isinstance(reply, Choices) else getattr(reply, "article_id", "")

    assert "trade-consultation" in given
    assert not {"rcep-members", "origin-forms-by-country", "form-d"} & {*given}


@pytest.mark.parametrize(
    ("topic", "first"), [(None, "form-e-china"), ("importers", "importer-list"), ("fairs", "activities-apply")]
)
async def test_goods_and_countries_alone_are_asked_back_in_the_light_of_the_topic(
    cks: Cks, topic: str | None, first: str
) -> None:
    [reply] = await replies_to(_turn("ทุเรียน จีน", topic=topic), cks)

    assert isinstance(reply, Choices)
    assert reply.article_ids[0] == first


@pytest.mark.parametrize("text", ["ที่ไหนคะ", "where", "how much"])
async def test_a_question_about_nothing_is_asked_back(cks: Cks, text: str) -> None:
    [reply] = await replies_to(_turn(text), cks)

    assert not isinstance(reply, Answer)


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("yak song ork durian pai jeen tong tham yang ngai", "form-e-china"),
        ("yak samak pen samachik kong krom tong tham yang ngai ka", "membership-apply"),
        ("look ka mai jai ngern krom chuai arai dai bang", "dispute-buyer-not-paying"),
        ("song ponlamai sot pai tang prathet tong mee bai rap rong arai", "phytosanitary-certificate"),
        ("rap ngern jak look ka tang prathet baeb nai plod phai tee sud", "payment-methods"),
    ],
)
async def test_a_long_romanised_question_is_read_as_thai(cks: Cks, text: str, article: str) -> None:
    assert await _articles(cks, _turn(text)) == [article]


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


@pytest.mark.parametrize(
    ("then", "asked", "in_general"),
    [
        ("นานไหม", "ระยะเวลา", ()),
        ("ค่าธรรมเนียมเท่าไหร่คะ", "ค่าธรรมเนียม", ()),
        ("แล้วต้องใช้เอกสารอะไร", "เอกสาร", ("export-documents",)),
        ("ใช้เอกสารอะไรบ้างคะ", "เอกสาร", ("export-documents",)),
    ],
)
async def test_what_no_article_tells_about_the_thing_is_not_answered_about_another(
    cks: Cks, then: str, asked: str, in_general: tuple[str, ...]
) -> None:
    """Alone these would find how long a complaint takes, what an insurance costs, and the papers of exporting.

    What is evidently told in general, as the papers are, is offered beside that.
    """
    replies = await replies_to(_turn(then, asked_before=["ขอ Form D ที่ไหน"], last_article="form-d"), cks)

    assert replies == [NotFound(asked=asked, about="form-d", article_ids=in_general)]


@pytest.mark.parametrize(
    ("then", "article"),
    [
        ("งานแฟร์ที่เยอรมนีมีอะไรบ้าง", "activities-apply"),
        ("ปีนี้มีงานแสดงสินค้าอะไรบ้าง", "activities-apply"),
        ("อยากเจอผู้ซื้อที่ฟิลิปปินส์", "importer-list"),
        ("ตลาดญี่ปุ่นเป็นยังไงบ้าง", "trade-consultation"),
        ("ชิปปิ้ง", "customs-registration"),
        ("พาเลทไม้ต้องรมยาไหม", "wood-packaging-ispm15"),
        ("where to sign up as a member", "membership-apply"),
    ],
)
async def test_an_article_colours_no_question_that_says_enough_and_has_nothing_of_it(
    cks: Cks, then: str, article: str
) -> None:
    turn = _turn(then, asked_before=["ส่งของไปจีนใช้ฟอร์มไหน"], last_article="form-e-china")

    assert await _articles(cks, turn) == [article]


@pytest.mark.parametrize("then", ["งานอาหารปีนี้กรมไปด้วยไหม", "is Australia in it as well"])
async def test_what_cannot_belong_to_the_article_just_read_is_not_answered_with_it(cks: Cks, then: str) -> None:
    turn = _turn(then, asked_before=["สมัครสมาชิกกรมยังไง"], last_article="membership-apply")

    assert "membership-apply" not in await _articles(cks, turn)


@pytest.mark.parametrize(
    "then", ["แล้วอินเดียอยู่ด้วยไหม", "แล้วจีนล่ะ", "อเมริกาอยู่ไหมคะ", "แล้วเริ่มใช้เมื่อไหร่", "what about India?"]
)
async def test_what_the_article_just_read_tells_is_shown_again(cks: Cks, then: str) -> None:
    turn = _turn(then, asked_before=["RCEP มีประเทศอะไรบ้าง"], last_article="rcep-members")

    assert await _articles(cks, turn) == ["rcep-members"]


@pytest.mark.parametrize(
    ("first", "read", "then", "article"),
    [
        ("ส่งผลไม้สดต้องมีใบรับรองอะไร", "phytosanitary-certificate", "แล้วต้องใช้เอกสารอะไร", "phytosanitary-documents"),
        ("ส่งผลไม้สดต้องมีใบรับรองอะไร", "phytosanitary-certificate", "ขอที่ไหนคะ", "phytosanitary-certificate"),
        ("เบอร์กรมศุลกากรเบอร์อะไร", "customs-contact", "อยู่ที่ไหน", "customs-contact"),
        ("T Mark คืออะไร", "t-mark-about", "ใครสมัครได้", "t-mark-qualifications"),
        ("how to apply for membership", "membership-apply", "which documents?", "membership-documents"),
    ],
)
async def test_what_only_asks_stays_with_the_subject_of_the_article(
    cks: Cks, first: str, read: str, then: str, article: str
) -> None:
    assert await _articles(cks, _turn(then, asked_before=[first], last_article=read)) == [article]


async def test_an_article_before_an_unanswered_question_is_not_what_is_asked_about(cks: Cks) -> None:
    turn = _turn("ใช้เวลากี่วัน", asked_before=["T Mark กับอะไรดี"], last_article="form-d", left_open=True)

    assert await replies_to(turn, cks) == [NotFound(asked="ระยะเวลา", about=None)]


async def test_a_country_that_is_asked_for_after_another_question_is_asked_back(cks: Cks) -> None:
    """Alone this would find the form for China."""
    turn = _turn("ในจีนมีกี่แห่ง", asked_before=["สคต. มีกี่แห่ง"], last_article="overseas-offices-number")
    [reply] = await replies_to(turn, cks)

    assert isinstance(reply, Choices)
    assert reply.article_ids[0] == "overseas-offices-number"


async def test_a_very_short_text_that_may_be_a_follow_up_is_asked_back(cks: Cks) -> None:
    turn = _turn("ส่งที่ไหน", asked_before=["เอกสารสมัครสมาชิกกรมใช้อะไรบ้าง"], last_article="membership-documents")
    [reply] = await replies_to(turn, cks)

    assert isinstance(reply, Choices)
    assert reply.article_ids[0] == "membership-apply"


async def test_a_very_short_question_that_says_enough_is_answered_as_it_is(cks: Cks) -> None:
    turn = _turn("สมัครสมาชิกยังไง", asked_before=["ขอ Form D ที่ไหน"], last_article="form-d")

    assert await _articles(cks, turn) == ["membership-apply"]
