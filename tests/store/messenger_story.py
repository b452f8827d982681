"""One customer's life on Messenger, on top of ``life``."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from bot.bootstrap import Desk
from bot.domain.agent import Agent
from bot.services import missed
from tests.connectors.messenger_page import channel_of, platform_of
from tests.fakes.messenger import MessengerPlatform
from tests.fakes.messenger_user import Event, MessengerUser, Seen
from tests.fakes.platform_clock import PlatformClock
from tests.store.life import NOON, AnyLife, Stage, hearing, numbers

PATIENCE = 0.25  # seconds: the connector's time limit


@contextmanager
def staged(desk: Desk, officer: Agent) -> Iterator[Stage]:
    """Connect a desk with a fresh page. Echoes come before the answers; the desk hears them when it listens."""
    platform = platform_of(clock=PlatformClock(at=NOON), echoes="first")
    platform.threads.last = 1_000  # that a long talk's beginning can't be read is the platform's part, not the desk's
    platform.start()
    now = lambda: desk.clock.time  # type: ignore[attr-defined] # noqa: E731 - the hand's clock
    channel = channel_of(
        platform, timeout=httpx.Timeout(5, read=PATIENCE), now=now, monotonic=lambda: now().timestamp()
    )
    desk.channels["messenger"] = channel  # type: ignore[index]
    stage = Stage(desk=desk, platform=platform, channel=channel, officer=officer)

    try:
        with hearing(stage) as platform.webhook:
            yield stage
    finally:
        platform.stop()


@dataclass
class Life(AnyLife):
    """One customer of the page."""

    user: MessengerUser = field(kw_only=True)
    sent: list[Event] = field(default_factory=list)  # messages that the desk was to answer
    unsent: set[str] = field(default_factory=set)

    @property
    def platform(self) -> MessengerPlatform:
        assert isinstance(self.stage.platform, MessengerPlatform)
        return self.stage.platform

    @property
    def lane(self) -> str:
        return f"messenger:{self.user.id}"

    @classmethod
    def begin(cls, stage: Stage) -> "Life":
        assert isinstance(stage.platform, MessengerPlatform)
        stage.arrived.clear()
        stage.platform.violations.clear()
        stage.platform.threads.said.clear()
        return cls(stage=stage, user=stage.platform.user(f"ลูกค้า {next(numbers)}"))

    # What the customer does.

    async def say(self, text: str) -> None:
        await self._says(self.user.message(text=f"{text} {next(numbers)}"))

    async def say_unheard(self) -> None:
        """Write while the page's webhook is silent."""
        self.platform.tells_nothing = True
        await self.say("ไม่มีใครได้ยิน")
        self.platform.tells_nothing = False

    async def what_was_missed_is_found(self) -> None:
        """Let so much time pass that the desk asks what was said."""
        await self.time_passes((missed.EVERY + missed.ON_THE_WAY).total_seconds() + 1)
        self.platform.threads.asked_at.clear()
        await missed.look(self.desk.uow, self.desk.channels)

    async def rest(self) -> None:
        await super().rest()
        await self.what_was_missed_is_found()
        await super().rest()

    async def sticker(self) -> None:
        await self._says(self.user.message(attachments=[{"type": "sticker", "payload": {"sticker_id": 1}}]))

    async def tap_offered(self) -> None:
        for title, payload in list(self.user.offered.items())[:1]:
            await self._says(self.user.message(text=title, quick_reply={"payload": payload}))

    async def tap(self, payload: str) -> None:
        mid = self.platform.new_mid()
        await self._acts(self.user.event(postback={"mid": mid, "title": "เมนู", "payload": payload}))

    async def two_at_once_in_the_wrong_order(self) -> None:
        first = self.user.message(text=f"ก่อน {next(numbers)}")
        self.stage.move(1)
        await self._says(self.user.message(text=f"หลัง {next(numbers)}"), first)

    async def again(self) -> None:
        for event in self.sent[-1:]:
            await self._arrive(event)

    async def in_both_lists(self) -> None:
        event = self.user.message(text=f"ขอ Form D {next(numbers)}")
        if not self.user.is_elsewhere:
            self.sent.append(event)
        self.user.wrote_at = self.platform.clock.now()
        await self._arrive(event, standby=True)
        await self.handle()
        await self._arrive(event, standby=self.user.is_elsewhere)

    async def edit(self) -> None:
        for event in self._texts()[-1:]:
            told = {"mid": event["message"]["mid"], "text": f"แก้ไข {next(numbers)}", "num_edit": next(numbers)}
            await self._arrive(self.user.event(message_edit=told))

    async def take_back(self) -> None:
        for event in self._texts()[-1:]:
            await self._takes_back(event)

    async def take_back_before_it_came(self) -> None:
        event = self.user.message(text=f"ลับ {next(numbers)}")
        await self._takes_back(event)
        await self._says(event)

    async def react(self) -> None:
        for seen in self._ours()[-1:]:
            await self._acts(self.user.event(reaction={"mid": seen.id, "action": "react", "emoji": "❤"}))

    async def read(self) -> None:
        stamp = self.platform.clock.stamp()
        await self._arrive(self.user.event(delivery={"watermark": stamp}), self.user.event(read={"watermark": stamp}))

    async def follow_link(self) -> None:
        await self._acts(self.user.event(referral={"ref": f"บูธ {next(numbers)}", "source": "SHORTLINK"}))

    async def block(self) -> None:
        self.user.blocked = True

    async def unblock(self) -> None:
        self.user.blocked = False

    async def unknown(self) -> None:
        await self._arrive(self.user.event(teleport={}), self.user.event(message={"mid": self.platform.new_mid()}))

    # What others of the page do.

    async def staff_answers(self, *, takes_over: bool) -> None:
        await asyncio.to_thread(
            self.platform.staff_replies, self.user, f"จากเพจ {next(numbers)}", takes_over=takes_over
        )
        await self.listen()

    async def staff_hands_back(self) -> None:
        await asyncio.to_thread(self.platform.hand_back, self.user)
        await self.listen()

    def _texts(self) -> list[Event]:
        return [event for event in self.sent if "text" in event["message"]]

    def _ours(self) -> list[Seen]:
        return [seen for seen in self.user.seen if seen.by == "app"]

    async def _takes_back(self, event: Event) -> None:
        self.unsent.add(event["message"]["mid"])
        await self._arrive(self.user.event(message={"mid": event["message"]["mid"], "is_deleted": True}))

    async def _says(self, *events: Event) -> None:
        if not self.user.is_elsewhere:
            self.sent += events
        await self._acts(*events)

    async def _acts(self, *events: Event) -> None:
        self.user.wrote_at = self.platform.clock.now()
        if self.user.is_elsewhere:
            self.user.be_taken()
        await self._arrive(*events, standby=self.user.is_elsewhere)

    async def _arrive(self, *events: Event, standby: bool = False) -> None:
        await asyncio.to_thread(self.platform.deliver, *events, standby=standby)
        await self.listen()
