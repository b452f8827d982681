"""What a LINE user sees of a message, and that it is seen once."""

from datetime import timedelta

import pytest

from connectors.contract import (
    DeliveryFailed,
    Receipt,
    ReplyTokenInvalid,
)
from connectors.line import LineChannel
from tests.connectors.line_account import BOTH, SHORT, Connect, Way, failure, to
from tests.fakes import line_faults as faults
from tests.fakes.line import LinePlatform
from tests.fakes.line_faults import Fault, refusal
from tests.fakes.line_user import LineUser


async def test_a_push_is_shown_and_named(line: LineChannel, platform: LinePlatform, somchai: LineUser) -> None:
    receipt = await line.send(to(somchai, "ยินดีต้อนรับค่ะ"))

    assert somchai.texts == ["ยินดีต้อนรับค่ะ"]
    assert receipt == Receipt(external_message_id=somchai.seen[0].id)
    assert platform.used == 1


async def test_a_reply_shows_all_messages_in_one_free_call(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    messages = [to(somchai, "หนึ่ง"), to(somchai, "ก" * 5001), to(somchai, "สาม")]

    receipts = await line.reply(platform.issue_reply_token(somchai), messages)

    assert [seen.by for seen in somchai.seen] == ["reply"] * 4
    ids = [seen.id for seen in somchai.seen]
    assert [receipt.external_message_id for receipt in receipts] == [ids[0], ids[1], ids[3]]
    assert platform.used == 0


async def test_buttons_are_quick_replies_that_bring_their_id_back(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    title = "ขอคำแนะนำเรื่องการส่งออกผลไม้สดไปตลาดจีน"
    await line.send(to(somchai, titles=["ติดต่อเจ้าหน้าที่", title]))

    short, long = somchai.offered.values()
    assert (short["data"], short["label"], short["displayText"]) == ("b0", "ติดต่อเจ้าหน้าที่", "ติดต่อเจ้าหน้าที่")
    assert (long["data"], long["displayText"]) == ("b1", title)
    assert long["label"].endswith("…")
    assert platform.violations == []


async def test_more_than_13_buttons_are_cut_to_13(line: LineChannel, platform: LinePlatform, somchai: LineUser) -> None:
    await line.send(to(somchai, titles=[f"ตัวเลือก {number}" for number in range(20)]))

    assert list(somchai.offered) == [f"ตัวเลือก {number}" for number in range(13)]


async def test_the_newest_buttons_stand_under_the_last_object(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    messages = [to(somchai, "a", titles=["เก่า"]), to(somchai, "ข" * 5001, titles=["ใหม่"]), to(somchai, "c")]
    await line.reply(platform.issue_reply_token(somchai), messages)

    assert [list(seen.buttons) for seen in somchai.seen] == [[], [], [], ["ใหม่"]]


async def test_an_answer_shows_the_message_that_it_answers(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    said = somchai.message("text", text="ราคาเท่าไร")["message"]
    await line.send(to(somchai, "ก" * 5001, quote_token=said["quoteToken"]))

    assert [seen.quotes for seen in somchai.seen] == [said["id"], None]
    assert platform.violations == []


async def test_a_quote_that_line_refuses_never_costs_the_answer(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    platform.fail_next(refusal(400, "The request body has 1 error(s)"))
    await line.send(to(somchai, "ค่ะ", quote_token=somchai.issue_quote_token("1")))

    assert [(seen.text, seen.quotes) for seen in somchai.seen] == [("ค่ะ", None)]


async def test_an_officer_is_named(line: LineChannel, platform: LinePlatform, somchai: LineUser) -> None:
    await line.send(to(somchai, by_person=True, sender_name="สมหญิง ใจดี"))
    await line.send(to(somchai, by_person=True, sender_name="นางสาวพรพิมล ศรีสุวรรณวงศ์"))

    assert somchai.seen[0].sender == "สมหญิง ใจดี"
    assert somchai.seen[1].sender == "นางสาวพรพิมล"
    assert platform.violations == []


@pytest.mark.parametrize(
    ("by_person", "name"), [(False, "ผู้ช่วย"), (True, None), (True, " "), (True, "LINE Support"), (True, "Caroline")]
)
async def test_a_name_that_is_no_officers_or_that_line_refuses_is_left_out(
    line: LineChannel, platform: LinePlatform, somchai: LineUser, by_person: bool, name: str | None
) -> None:
    await line.send(to(somchai, by_person=by_person, sender_name=name))

    assert somchai.seen[0].sender is None


async def test_5001_units_of_emoji_and_thai_are_two_objects(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    text = "😀" * 2499 + "กขค"
    await line.send(to(somchai, text))

    assert "".join(somchai.texts) == text
    assert len(somchai.seen) == 2
    assert (platform.violations, platform.used) == ([], 1)


async def test_more_than_five_objects_are_too_long(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    error = await failure(line.send(to(somchai, "ก" * 25_001)))

    assert isinstance(error, DeliveryFailed)
    assert (error.reason, error.retry_after) == ("too_long", None)
    assert platform.calls == []


async def test_a_reply_of_too_much_is_refused_before_its_token_is_spent(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    assert isinstance(await failure(line.reply("token", [to(somchai)] * 6)), DeliveryFailed)
    assert platform.calls == []


@pytest.mark.parametrize(
    ("lengths", "count"),
    [([], 0), ([1] * 5, 5), ([1] * 6, 5), ([5001, 5001, 5001], 2), ([25_000], 1), ([25_001], 0), ([1, 25_000], 1)],
)
def test_as_many_messages_fit_as_make_five_objects(
    somchai: LineUser, connect: Connect, lengths: list[int], count: int
) -> None:
    assert connect().fitting([to(somchai, "ก" * length) for length in lengths]) == count


async def test_a_blocked_account_is_accepted_and_unseen(line: LineChannel, somchai: LineUser) -> None:
    somchai.blocked = True

    assert (await line.send(to(somchai))).external_message_id
    assert somchai.seen == []


async def test_the_same_key_again_is_the_same_message(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    message = to(somchai)

    assert await line.send(message) == await line.send(message)
    assert len(somchai.seen) == 1
    assert [call.headers["x-line-retry-key"] for call in platform.calls] == [str(message.retry_key)] * 2


@pytest.mark.parametrize("fault", [faults.RESET_AFTER, faults.BROKEN_AFTER, faults.STALL, faults.EMPTY_SUCCESS])
async def test_a_push_that_was_accepted_unheard_is_repeated_without_a_double(
    connect: Connect, platform: LinePlatform, somchai: LineUser, fault: Fault
) -> None:
    line, message = connect(request_timeout=SHORT), to(somchai)
    platform.fail_next(fault)

    if fault is not faults.EMPTY_SUCCESS:
        error = await failure(line.send(message))
        assert isinstance(error, DeliveryFailed)
        assert error.retry_after == timedelta(seconds=2)
    receipt = await line.send(message)

    assert len(somchai.seen) == 1
    assert receipt.external_message_id in (somchai.seen[0].id, None)


async def test_a_used_reply_token_is_told_from_other_refusals(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    token = platform.issue_reply_token(somchai)
    await line.reply(token, [to(somchai)])

    assert isinstance(await failure(line.reply(token, [to(somchai)])), ReplyTokenInvalid)
    assert len(somchai.seen) == 1


async def test_a_reply_token_lasts_a_minute(line: LineChannel, platform: LinePlatform, somchai: LineUser) -> None:
    fresh, stale = platform.issue_reply_token(somchai), platform.issue_reply_token(somchai)
    platform.clock.move(60)
    await line.reply(fresh, [to(somchai)])
    platform.clock.move(1)

    assert isinstance(await failure(line.reply(stale, [to(somchai)])), ReplyTokenInvalid)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"5", b"{}", b'{"sentMessages": 5}', b'{"sentMessages": [5, null, {}, {"id": 7}]}', b"\xff"],
)
@pytest.mark.parametrize("content_type", ["application/json", "text/html; charset=klingon"])
@BOTH
async def test_an_odd_body_of_a_200_is_a_success(
    line: LineChannel, platform: LinePlatform, somchai: LineUser, way: Way, body: bytes, content_type: str
) -> None:
    platform.fail_next(faults.odd_success(body, content_type))

    assert await way(line, somchai) == Receipt()
    assert len(somchai.seen) == 1


async def test_ids_that_do_not_match_the_objects_name_nothing(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    platform.fail_next(faults.odd_success(b'{"sentMessages": [{"id": "1"}]}'))

    receipts = await line.reply(platform.issue_reply_token(somchai), [to(somchai), to(somchai)])
    assert receipts == [Receipt(), Receipt()]
