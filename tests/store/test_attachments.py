"""Files that customers send: fetched beside the talk, kept or refused, and gone when they are taken back."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from bot.bootstrap import Desk
from bot.domain.attachment import Attachment, FileState
from bot.domain.file_types import FileType, recognise
from bot.services import attachments, summaries
from bot.services.attachments import PATIENCE
from bot.store.lanes import Direction, due_lanes
from connectors.contract import (
    ChannelHalted,
    EventKind,
    FetchedMedia,
    InboundAttachment,
    MediaGone,
    MediaKind,
    MediaNotReady,
    MediaRefused,
)
from tests import dump
from tests.drive import Customer
from tests.fakes.media import PDF, PNG, MediaPlatform

PICTURE = InboundAttachment(kind=MediaKind.IMAGE, reference="m1")
SOON = timedelta(seconds=2)


@pytest.fixture(name="customer")
def _customer(desk: Desk) -> Customer:
    return Customer(desk, channel="line")


async def sends(desk: Desk, customer: Customer, *files: InboundAttachment, message_id: str = "m1") -> list[Attachment]:
    await customer.accept(
        customer.event(
            EventKind.MEDIA,
            media=MediaKind.IMAGE,
            message_id=message_id,
            attachments=files,
            occurred_at=desk.clock.time,
        )
    )
    await customer.handle()
    return await rows(desk, customer)


async def rows(desk: Desk, customer: Customer) -> list[Attachment]:
    said = [message.id for message in await customer.messages()]
    async with desk.uow() as uow:
        return [row for of in (await uow.attachments.of_messages(said)).values() for row in of]


async def work(desk: Desk, platform: MediaPlatform) -> int:
    """Do what is due; tell how many files that were."""
    async with desk.uow() as uow:
        due = await due_lanes(uow.session, Direction.FILE, uow.now)
    for lane in due:
        await attachments.work_off(desk.uow, desk.files, {"line": platform}, int(lane), limits=desk.limits)
    return len(due)


def on_disk(desk: Desk) -> list[Path]:
    return [path for path in (desk.settings.var / "media").rglob("*") if path.is_file()]


async def test_a_picture_is_fetched_looked_at_and_kept(desk: Desk, customer: Customer) -> None:
    [row] = await sends(desk, customer, PICTURE)
    assert row.state is FileState.PENDING
    platform = MediaPlatform([FetchedMedia(data=PNG, media_type="text/html", file_name="../ใบขน.html")])
    assert await work(desk, platform) == 1
    assert await work(desk, platform) == 0

    [row] = await rows(desk, customer)
    assert (row.state, row.media_type, row.file_name, row.size) == (
        FileState.SAVED, "image/png", "ใบขน.html.png", len(PNG),
    )  # fmt: skip
    [path] = on_disk(desk)
    assert path.read_bytes() == PNG
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert platform.asked == [PICTURE]


async def test_a_list_of_prices_is_known_by_the_name_that_came_with_the_message(
    desk: Desk, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[threading.Thread] = []

    def noted(data: bytes, name: str | None) -> FileType | None:
        looks.append(threading.current_thread())
        return recognise(data, name)

    monkeypatch.setattr(attachments, "recognise", noted)
    await sends(desk, customer, InboundAttachment(kind=MediaKind.FILE, reference="m1", file_name="ราคา.csv"))
    await work(desk, MediaPlatform([FetchedMedia(data="ข้าว,3".encode())]))

    [row] = await rows(desk, customer)
    assert (row.state, row.media_type, row.file_name) == (FileState.SAVED, "text/plain", "ราคา.csv")
    assert len(looks) == 1
    assert looks[0] is not threading.main_thread(), "the event loop is not held up"


async def test_a_film_that_is_not_ready_is_asked_for_again(desk: Desk, customer: Customer) -> None:
    await sends(desk, customer, PICTURE)
    platform = MediaPlatform(
        [
            MediaNotReady("not_ready", retry_after=SOON),
            ChannelHalted("no_access", retry_after=SOON),
            FetchedMedia(data=PNG),
        ]
    )
    assert await work(desk, platform) == 1
    assert await work(desk, platform) == 0
    for reason in ("not_ready", "no_access"):
        [row] = await rows(desk, customer)
        assert (row.state, row.reason) == (FileState.PENDING, reason)
        desk.clock.forward(seconds=11)
        assert await work(desk, platform) == 1

    assert (await rows(desk, customer))[0].state is FileState.SAVED


async def test_a_dead_access_that_a_download_meets_is_seen_by_officers(desk: Desk, customer: Customer) -> None:
    await sends(desk, customer, PICTURE)
    await work(desk, MediaPlatform([ChannelHalted("no_access", retry_after=SOON)]))

    async with desk.uow() as uow:
        status = await uow.channels.get("line")
    assert status is not None
    assert status.trouble == "no_access"


async def test_patience_ends(desk: Desk, customer: Customer) -> None:
    await sends(desk, customer, PICTURE)
    platform = MediaPlatform([MediaNotReady("platform_down", retry_after=SOON)])
    for _ in range(200):
        await work(desk, platform)
        desk.clock.forward(hours=1)

    [row] = await rows(desk, customer)
    assert (row.state, row.next_attempt_at) == (FileState.GONE, None)
    assert len(platform.asked) < PATIENCE / timedelta(hours=1) + 15


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (MediaGone(), FileState.GONE, None),
        (MediaRefused("foreign"), FileState.REFUSED, "foreign"),
        (FetchedMedia(data=PNG + b"\0" * 25_000_000), FileState.REFUSED, "too_large"),
        (FetchedMedia(data=b"<html>", file_name="a.png", media_type="image/png"), FileState.REFUSED, "type"),
        (FetchedMedia(data=b""), FileState.REFUSED, "type"),
    ],
)
async def test_what_is_not_kept(
    desk: Desk, customer: Customer, answer: FetchedMedia | Exception, state: FileState, reason: str | None
) -> None:
    await sends(desk, customer, PICTURE)
    await work(desk, MediaPlatform([answer]))

    [row] = await rows(desk, customer)
    assert (row.state, row.reason, row.next_attempt_at) == (state, reason, None)
    assert on_disk(desk) == []


async def test_a_connectors_bug_is_one_files_and_passes(desk: Desk, customer: Customer) -> None:
    await sends(desk, customer, PICTURE)
    platform = MediaPlatform([KeyError("surprise"), FetchedMedia(data=PNG)])
    await work(desk, platform)
    desk.clock.forward(minutes=1)
    await work(desk, platform)

    assert (await rows(desk, customer))[0].state is FileState.SAVED


async def test_several_files_of_one_message_and_one_that_tells_its_size(desk: Desk, customer: Customer) -> None:
    large = InboundAttachment(kind=MediaKind.VIDEO, reference="v", size=90_000_000)
    await sends(desk, customer, PICTURE, large)
    platform = MediaPlatform([FetchedMedia(data=PDF)])
    await work(desk, platform)

    assert [(row.state, row.kind) for row in await rows(desk, customer)] == [
        (FileState.SAVED, MediaKind.FILE), (FileState.REFUSED, MediaKind.VIDEO),
    ]  # fmt: skip
    assert platform.asked == [PICTURE], "the large one is not even asked for"


async def test_a_picture_that_is_taken_back_leaves_nothing(desk: Desk, customer: Customer) -> None:
    await sends(desk, customer, PICTURE)
    platform = MediaPlatform([FetchedMedia(data=PNG, file_name="ลับ.png")])
    await work(desk, platform)
    assert on_disk(desk)
    await customer.accept(customer.event(EventKind.UNSENT, target_message_id="m1", occurred_at=desk.clock.time))
    await customer.handle()
    assert await work(desk, platform) == 1
    assert await work(desk, platform) == 0

    [row] = await rows(desk, customer)
    assert (row.state, row.key, row.file_name, row.sha256, row.reference) == (FileState.ERASED, None, None, None, "")
    assert on_disk(desk) == []


async def test_a_canary_in_a_files_name_and_bytes_is_found_nowhere_once_it_is_taken_back(
    desk: Desk, customer: Customer
) -> None:
    canary = "ทุเรียนลับ 40 ตู้"
    await customer.accept(
        customer.event(
            EventKind.MEDIA, media=MediaKind.FILE, message_id="m1", text=f"{canary}.txt", occurred_at=desk.clock.time,
            attachments=[InboundAttachment(kind=MediaKind.FILE, reference="m1", file_name=f"{canary}.txt")],
            raw={"message": {"fileName": f"{canary}.txt"}},
        )
    )  # fmt: skip
    await customer.handle()
    platform = MediaPlatform([FetchedMedia(data=canary.encode(), file_name=f"{canary}.txt")])
    await work(desk, platform)
    async with desk.uow() as uow:
        case = await uow.cases.get((await customer.case()).id)
        assert case is not None
        case.summary = await summaries.draft(uow, case)
        await uow.commit()
    assert canary in await dump.database(desk)
    assert any(canary.encode() in content for content in dump.files(desk).values())
    await customer.accept(customer.event(EventKind.UNSENT, target_message_id="m1", occurred_at=desk.clock.time))
    await customer.handle()
    await work(desk, platform)

    assert canary not in await dump.database(desk)
    assert not any(canary.encode() in content or canary in str(path) for path, content in dump.files(desk).items())


async def test_a_picture_taken_back_while_it_is_fetched_leaves_nothing(desk: Desk, customer: Customer) -> None:
    [row] = await sends(desk, customer, PICTURE)

    class Slow(MediaPlatform):
        async def fetch(self, attachment: InboundAttachment, *, limit: int) -> FetchedMedia:
            await customer.accept(customer.event(EventKind.UNSENT, target_message_id="m1", occurred_at=desk.clock.time))
            await customer.handle()
            return await super().fetch(attachment, limit=limit)

    await work(desk, Slow([FetchedMedia(data=PNG)]))
    assert (await rows(desk, customer))[0].state is FileState.ERASED
    await work(desk, MediaPlatform([MediaGone()]))

    assert on_disk(desk) == []
    async with desk.uow() as uow:
        assert (await uow.attachments.lock(row.id)).key is None


async def test_a_picture_taken_back_before_it_came_is_never_fetched(desk: Desk, customer: Customer) -> None:
    await customer.accept(customer.event(EventKind.UNSENT, target_message_id="m1", occurred_at=desk.clock.time))
    await customer.handle()
    assert await sends(desk, customer, PICTURE) == []
    async with desk.uow() as uow:
        [event] = await uow.inbound.of_message("line", "m1")
        assert event.attachments == []


async def test_what_a_killed_worker_left_is_written_over(desk: Desk, customer: Customer) -> None:
    [row] = await sends(desk, customer, PICTURE)
    async with desk.uow() as uow:
        (await uow.attachments.lock(row.id)).key = "0" * 32
        await uow.commit()
    desk.files.write("0" * 32, b"half of")
    await work(desk, MediaPlatform([FetchedMedia(data=PNG)]))

    assert [path.read_bytes() for path in on_disk(desk)] == [PNG]


async def test_a_full_disk_waits(desk: Desk, customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.files.ROOM_LEFT", 10**18)
    await sends(desk, customer, PICTURE)
    await work(desk, MediaPlatform([FetchedMedia(data=PNG)]))

    [row] = await rows(desk, customer)
    assert (row.state, row.reason) == (FileState.PENDING, "no_room")


async def test_the_installations_key_is_one_for_every_process(desk: Desk) -> None:
    async with desk.uow() as uow, desk.uow() as other:
        key = await uow.attachments.installation_key("links")
        await uow.commit()
        assert await other.attachments.installation_key("links") == key
        assert await other.attachments.installation_key("other") != key
