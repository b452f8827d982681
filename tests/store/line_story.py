"""One customer's life on LINE, on top of ``life``."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.bootstrap import Desk
from bot.domain.agent import Agent
from connectors.line import LineChannel
from tests.fakes.line import LinePlatform
from tests.fakes.line_user import Event, LineUser
from tests.fakes.platform_clock import PlatformClock
from tests.store.life import NOON, AnyLife, Stage, hearing, numbers

PATIENCE = 0.25  # seconds: the connector's time limit


@contextmanager
def staged(desk: Desk, officer: Agent) -> Iterator[Stage]:
    """Connect a desk with a fresh LINE."""
    platform = LinePlatform(clock=PlatformClock(at=NOON))
    platform.start()
    bases = {"api_base": platform.address, "data_base": platform.address}
    now = lambda: desk.clock.time  # type: ignore[attr-defined] # noqa: E731 - the hand's clock
    channel = LineChannel(
        secret=platform.secret, access_token=platform.token, request_timeout=PATIENCE, now=now, **bases
    )
    desk.channels["line"] = channel  # type: ignore[index]
    stage = Stage(desk=desk, platform=platform, channel=channel, officer=officer)

    try:
        with hearing(stage) as platform.webhook:
            yield stage
    finally:
        platform.stop()


@dataclass
class Life(AnyLife):
    """One customer of LINE."""

    user: LineUser = field(kw_only=True)
    sent: list[Event] = field(default_factory=list)
    unsent: set[str] = field(default_factory=set)
    was_blocked: bool = False
    quota_was_used: bool = False

    @property
    def platform(self) -> LinePlatform:
        assert isinstance(self.stage.platform, LinePlatform)
        return self.stage.platform

    @classmethod
    def begin(cls, stage: Stage) -> "Life":
        stage.arrived.clear()
        stage.platform.violations.clear()
        assert isinstance(stage.platform, LinePlatform)
        return cls(stage=stage, user=stage.platform.user(f"ลูกค้า {next(numbers)}"))

    @property
    def lane(self) -> str:
        return f"line:{self.user.id}"

    # What the customer does.

    async def say(self, text: str) -> None:
        await self._happens(self.user.message("text", text=f"{text} {next(numbers)}"))

    async def quotes(self) -> None:
        for seen in self.user.seen[-1:]:
            await self._happens(self.user.message("text", text=f"อันนี้ {next(numbers)}", quotedMessageId=seen.id))

    async def sticker(self) -> None:
        await self._happens(self.user.message("sticker", packageId="1", stickerId="2", keywords=["ดีใจ"]))

    async def tap(self, payload: str) -> None:
        await self._happens(self.user.event("postback", postback={"data": payload}))

    async def two_at_once_in_the_wrong_order(self) -> None:
        first = self.user.message("text", text=f"ก่อน {next(numbers)}")
        self.stage.move(1)
        second = self.user.message("text", text=f"หลัง {next(numbers)}")
        await self._happens(second, first)

    async def again(self) -> None:
        for event in self.sent[-1:]:
            await self._arrive({**event, "deliveryContext": {"isRedelivery": True}})

    async def under_another_id(self) -> None:
        for event in [event for event in self.sent if event["type"] == "message"][-1:]:
            await self._arrive({**event, "webhookEventId": f"other{next(numbers)}"})

    async def edit(self) -> None:
        for event in self._texts()[-1:]:
            changed = {**event["message"], "text": f"แก้ไข {next(numbers)}"}
            await self._happens(self.user.event("messageEdited", message=changed))

    async def take_back(self) -> None:
        for event in self._texts()[-1:]:
            self.unsent.add(event["message"]["id"])
            await self._happens(
                self.user.event("unsend", answerable=False, unsend={"messageId": event["message"]["id"]})
            )

    async def block(self) -> None:
        self.user.blocked = self.was_blocked = True
        await self._happens(self.user.event("unfollow", answerable=False))

    async def follow(self) -> None:
        back, self.user.blocked = self.user.blocked, False
        await self._happens(self.user.event("follow", follow={"isUnblocked": back}))

    async def standby(self) -> None:
        await self._arrive(self.user.message("text", text="ถามแอปอื่น", mode="standby"))

    async def unknown(self) -> None:
        await self._arrive(self.user.event("teleport"), self.user.message("hologram"), self.user.event("beacon"))

    def _texts(self) -> list[Event]:
        return [event for event in self.sent if event.get("message", {}).get("type") == "text"]

    async def _happens(self, *events: Event) -> None:
        self.sent += [event for event in events if event["type"] in ("message", "postback")]
        await self._arrive(*events)

    async def _arrive(self, *events: Event) -> None:
        await asyncio.to_thread(self.platform.deliver, *events)
        await self.listen()
