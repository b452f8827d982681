"""Cards on LINE: sources of answers, documents, buttons that stay; and what happens when LINE will not have one."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import OutboundArticle, OutboundDocument
from connectors.line import LineChannel
from connectors.line_cards import article_card, documents_card
from connectors.line_objects import LineObject, objects_of
from tests.connectors.line_account import to
from tests.fakes import line_flex
from tests.fakes.line import LinePlatform
from tests.fakes.line_faults import refusal
from tests.fakes.line_user import LineUser

ARTICLE = OutboundArticle(
    title="ขอ Form D", source="กรมการค้าต่างประเทศ", reviewed="22 พ.ย. 2569", url="https://www.dft.go.th/form-d"
)
ANSWER = "ขอ Form D\nขอได้ที่กรมการค้าต่างประเทศค่ะ\n\nที่มา: กรมการค้าต่างประเทศ · ทบทวนล่าสุด 22 พ.ย. 2569"
UNHURRIED = settings(deadline=None, max_examples=60)


def document(number: int = 1, url: str = "https://desk.example/d/1") -> OutboundDocument:
    expires = datetime(2026, 12, 27, tzinfo=UTC)
    return OutboundDocument(
        title=f"คู่มือ {number}", url=url, media_type="application/pdf", size=230_000, expires_at=expires
    )


def sent(made: LineObject) -> dict[str, object]:
    return made.to_dict()  # type: ignore[no-any-return]


async def test_an_answer_is_a_whole_text_with_a_card_of_its_source(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    message = to(somchai, ANSWER, article=ARTICLE, titles=["ถามต่อ"])
    [receipt] = await line.reply(platform.issue_reply_token(somchai), [message])

    text, card = somchai.seen
    assert text.text == ANSWER
    assert (receipt.external_message_id, receipt.more_ids) == (text.id, (card.id,))
    assert card.card is not None
    assert "แหล่งข้อมูล กรมการค้าต่างประเทศ" in card.text
    assert "ทบทวนเมื่อ 22 พ.ย. 2569" in card.text
    assert card.card["altText"] == "ขอ Form D · แหล่งข้อมูล กรมการค้าต่างประเทศ · ทบทวนเมื่อ 22 พ.ย. 2569"
    assert [action["uri"] for action in line_flex.actions(card.card)] == ["https://www.dft.go.th/form-d"]
    assert list(card.buttons) == ["ถามต่อ"], "quick replies stand under the last object"
    assert platform.violations == []


async def test_in_an_english_talk_our_own_words_on_cards_are_english(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    source = OutboundArticle(title="Form D", source="DFT", reviewed="22 Nov 2026", url="https://www.dft.go.th/form-d")
    await line.send(to(somchai, "Form D", article=source, language="en"))
    await line.send(to(somchai, "Here you are", documents=[document()], language="en"))

    _, card, _, papers = somchai.seen
    assert card.card is not None
    assert papers.card is not None
    assert card.card["altText"] == "Form D · Source: DFT · Last reviewed 22 Nov 2026"
    said = json.dumps([card.card, papers.card], ensure_ascii=False).replace("คู่มือ 1", "").replace("·", "")
    assert said.isascii(), said
    assert platform.violations == []


async def test_cards_make_room_for_texts(line: LineChannel, platform: LinePlatform, somchai: LineUser) -> None:
    messages = [to(somchai, "สวัสดีค่ะ"), *[to(somchai, ANSWER, article=ARTICLE) for _ in range(2)], to(somchai, "ถาม")]
    assert line.fitting(messages) == 4
    receipts = await line.reply(platform.issue_reply_token(somchai), messages)

    assert [seen.card is not None for seen in somchai.seen] == [False, False, False, True, False]
    named = [[receipt.external_message_id, *receipt.more_ids] for receipt in receipts]
    assert named == [[seen.id for seen in somchai.seen[start:end]] for start, end in [(0, 1), (1, 2), (2, 4), (4, 5)]]


async def test_documents_are_a_card_with_links_and_the_officers_name(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    documents = [document(number) for number in (1, 2)]
    await line.send(to(somchai, "เอกสารค่ะ", documents=documents, by_person=True, sender_name="สมหญิง"))

    text, card = somchai.seen
    assert (text.text, text.sender, card.sender) == ("เอกสารค่ะ", "สมหญิง", "สมหญิง")
    assert card.card is not None
    assert [action["uri"] for action in line_flex.actions(card.card)] == ["https://desk.example/d/1"] * 2
    assert "PDF · 230 KB" in card.text
    assert platform.violations == []


@pytest.mark.parametrize(
    "documents",
    [
        [document(number) for number in range(13)],
        [document(url="ftp://x/y")],
        [document(url="https://x/" + "y" * 1000)],
    ],
)
async def test_documents_that_no_card_can_carry_are_addresses_in_the_text(
    line: LineChannel, platform: LinePlatform, somchai: LineUser, documents: list[OutboundDocument]
) -> None:
    await line.send(to(somchai, "เอกสารค่ะ", documents=documents))

    assert all(document.url in somchai.texts[0] for document in documents)
    assert platform.violations == []


async def test_lasting_buttons_can_be_tapped_after_more_was_said(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    await line.send(to(somchai, "กดดูคำตอบ", titles=["ดูคำตอบจากเจ้าหน้าที่"], lasting=True))
    await line.send(to(somchai, "อีกข้อความ"))

    assert somchai.offered == {}
    assert somchai.lasting["ดูคำตอบจากเจ้าหน้าที่"]["data"] == "b0"
    assert platform.violations == []


async def test_a_card_that_line_refuses_never_costs_the_answer(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    for way in ("push", "reply"):
        platform.fail_next(refusal(400, "A message (messages[1]) in the request body is invalid"))
        message = to(somchai, ANSWER, article=ARTICLE, documents=[document()])
        if way == "push":
            await line.send(message)
        else:  # the fake's token outlives a refused body only here
            with platform.tokens_survive():
                await line.reply(platform.issue_reply_token(somchai), [message])

    assert [seen.text.startswith(ANSWER) for seen in somchai.seen] == [True, True]
    assert "https://desk.example/d/1" in somchai.texts[0]


@UNHURRIED
@given(title=st.text(min_size=1), source=st.text(min_size=1), url=st.none() | st.text() | st.just("https://x.th/ก"))
def test_any_article_makes_a_card_that_line_takes(title: str, source: str, url: str | None) -> None:
    card = sent(article_card(OutboundArticle(title=title.strip() or "-", source=source, reviewed="วันนี้", url=url)))

    assert line_flex.flex_problems("m", card) == []


@UNHURRIED
@given(titles=st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=12), kind=st.text())
def test_any_documents_make_a_card_that_line_takes(titles: list[str], kind: str) -> None:
    expires = datetime(2026, 12, 27, tzinfo=UTC)
    documents = [
        OutboundDocument(title=title[:200], url="https://x.th/a", media_type=kind, size=1, expires_at=expires)
        for title in titles
    ]

    assert line_flex.flex_problems("m", sent(documents_card(documents))) == []


def test_without_cards_everything_is_text(somchai: LineUser) -> None:
    messages = [to(somchai, ANSWER, article=ARTICLE), to(somchai, "ก", titles=["ข"], lasting=True)]
    [[answer], [button]] = objects_of(messages, cards=False)

    assert (answer.text, button.text) == (ANSWER, "ก")
    assert len(button.quick_reply.items) == 1
