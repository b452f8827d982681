"""What customers are told of files that could not be kept: once for a batch, in words that help."""

from datetime import timedelta

import pytest

from bot.bootstrap import Desk
from bot.domain.case import HandoffReason
from bot.domain.proposals import Handoff
from bot.services import attachments
from bot.services.lost_files import ALL_SCRIPTS, TOLD_WITHIN
from bot.store.lanes import Direction, due_lanes
from connectors.contract import (
    EventKind,
    FetchedMedia,
    InboundAttachment,
    MediaGone,
    MediaKind,
    MediaNotReady,
    MediaRefused,
)
from tests.drive import Customer
from tests.fakes.media import PNG, MediaPlatform

LARGE = FetchedMedia(data=PNG + b"\0" * 25_000_000)
PROGRAM = FetchedMedia(data=b"MZ\0\0", file_name="a.exe")


@pytest.fixture(name="customer")
def _customer(desk: Desk) -> Customer:
    return Customer(desk, channel="line")


async def sends(desk: Desk, customer: Customer, *names: str) -> None:
    """Send a message with one file for each name."""
    for name in names:
        file = InboundAttachment(kind=MediaKind.FILE, reference=name)
        event = customer.event(
            EventKind.MEDIA, media=MediaKind.FILE, message_id=name, attachments=[file], occurred_at=desk.clock.time
        )
        await customer.accept(event)
        await customer.handle()


async def fetched(desk: Desk, *answers: FetchedMedia | Exception) -> None:
    """Fetch what is due, and get these answers."""
    async with desk.uow() as uow:
        due = await due_lanes(uow.session, Direction.FILE, uow.now)
    platform = MediaPlatform(answers)
    for lane in due:
        await attachments.work_off(desk.uow, desk.files, {"line": platform}, int(lane), limits=desk.limits)


async def told(customer: Customer) -> list[str | None]:
    return [script for script in await customer.scripts() if script in ALL_SCRIPTS]


@pytest.mark.parametrize(
    ("answer", "script", "words"),
    [
        (LARGE, "file_too_large", "ไม่เกินไฟล์ละ 25 MB"),
        (PROGRAM, "file_type", "รับได้เฉพาะรูปภาพ เสียง วิดีโอ PDF Word Excel PowerPoint"),
        (MediaGone(), "file_lost", "รบกวนส่งใหม่"),
        (MediaRefused("foreign"), "file_lost", "รบกวนส่งใหม่"),
    ],
)
async def test_the_customer_is_told_why_and_what_helps(
    desk: Desk, customer: Customer, answer: FetchedMedia | Exception, script: str, words: str
) -> None:
    await sends(desk, customer, "a")
    await fetched(desk, answer)

    last = (await customer.messages())[-1]
    assert last.script == script
    assert words in last.text
    assert "{" not in last.text


async def test_in_english_where_the_talk_is(desk: Desk, customer: Customer) -> None:
    await customer.say("Where do I get Form D?")
    await sends(desk, customer, "a")
    await fetched(desk, LARGE)

    assert "up to 25 MB" in (await customer.messages())[-1].text


async def test_files_sent_together_are_told_of_once_and_a_later_one_again(desk: Desk, customer: Customer) -> None:
    await sends(desk, customer, "a", "b", "c")
    desk.clock.forward(seconds=3)
    await fetched(desk, LARGE, FetchedMedia(data=PNG), PROGRAM)
    assert await told(customer) == ["file_too_large"]

    desk.clock.forward(seconds=3)
    await sends(desk, customer, "d")
    await fetched(desk, PROGRAM)
    assert await told(customer) == ["file_too_large", "file_type"]


async def test_a_file_of_the_same_batch_is_not_called_received_after_the_refusal(
    desk: Desk, customer: Customer
) -> None:
    await sends(desk, customer, "a")
    desk.clock.forward(seconds=1)
    await fetched(desk, PROGRAM)
    desk.clock.forward(seconds=1)
    await sends(desk, customer, "b")
    assert (await customer.scripts())[-2:] == ["media", "file_type"]

    desk.clock.forward(seconds=10)
    await sends(desk, customer, "c")
    assert (await customer.scripts())[-1] == "media"


async def test_what_is_kept_or_still_tried_is_no_news(desk: Desk, customer: Customer) -> None:
    await sends(desk, customer, "a", "b")
    await fetched(desk, FetchedMedia(data=PNG), MediaNotReady("platform_down", retry_after=timedelta(seconds=5)))

    assert await told(customer) == []


async def test_a_file_that_was_taken_back_is_not_spoken_of(desk: Desk, customer: Customer) -> None:
    await sends(desk, customer, "a")

    class Slow(MediaPlatform):
        async def fetch(self, attachment: InboundAttachment, *, limit: int) -> FetchedMedia:
            await customer.accept(customer.event(EventKind.UNSENT, target_message_id="a", occurred_at=desk.clock.time))
            await customer.handle()
            raise MediaGone

    async with desk.uow() as uow:
        [lane] = await due_lanes(uow.session, Direction.FILE, uow.now)
    await attachments.work_off(desk.uow, desk.files, {"line": Slow([])}, int(lane), limits=desk.limits)

    assert await told(customer) == []


async def test_while_somebody_answers_elsewhere_nothing_is_said(desk: Desk, customer: Customer) -> None:
    await customer.say("ขอคุยกับเจ้าหน้าที่", Handoff(reason=HandoffReason.ANSWERED_ELSEWHERE))
    await sends(desk, customer, "a")
    await fetched(desk, LARGE)

    assert await told(customer) == []


async def test_who_waits_for_an_officer_is_told_and_long_after_nobody_is(desk: Desk, customer: Customer) -> None:
    await customer.say("ขอคุยกับเจ้าหน้าที่", Handoff(reason=HandoffReason.CUSTOMER_ASKED))
    await sends(desk, customer, "a")
    await fetched(desk, LARGE)
    assert await told(customer) == ["file_too_large"]

    await sends(desk, customer, "b")
    desk.clock.forward(seconds=TOLD_WITHIN.total_seconds() + 1)
    await fetched(desk, LARGE)
    assert await told(customer) == ["file_too_large"]
