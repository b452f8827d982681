"""The sign that an answer is being made: shown when it takes a moment, and never in the answer's way."""

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.services import thinking
from connectors.contract import DeliveryFailed, OutboundMessage, Receipt


@dataclass
class Platform:
    """Shows the sign, or hangs, or fails."""

    name: str = "line"
    keyed: bool = True
    pulled: bool = False
    shown: list[str] = field(default_factory=list)
    hangs: bool = False
    fails: bool = False

    async def show_thinking(self, external_id: str) -> None:
        self.shown.append(external_id)
        if self.hangs:
            await asyncio.Event().wait()
        if self.fails:
            raise DeliveryFailed("platform_down")

    async def send(self, message: OutboundMessage) -> Receipt:
        return Receipt()

    async def close(self) -> None:
        pass


@pytest.fixture(name="soon", autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thinking, "A_MOMENT", 0.01)


async def think(platform: Platform, seconds: float) -> None:
    async with thinking.thinking({"line": platform}, "line:U1"):
        await asyncio.sleep(seconds)


async def test_a_quick_answer_shows_nothing() -> None:
    platform = Platform()
    await think(platform, 0)
    await asyncio.sleep(0.03)

    assert platform.shown == []


@pytest.mark.parametrize("trouble", [{}, {"hangs": True}, {"fails": True}])
async def test_a_slow_answer_shows_it_and_waits_for_nothing(trouble: dict[str, bool]) -> None:
    platform = Platform(**trouble)  # type: ignore[arg-type]
    async with asyncio.timeout(30):
        await think(platform, 0.2)

    assert platform.shown == ["U1"]


async def test_an_error_of_the_answer_passes() -> None:
    with pytest.raises(KeyError):
        async with thinking.thinking({"line": Platform()}, "line:U1"):
            raise KeyError


async def test_other_channels_go_without() -> None:
    async with thinking.thinking({}, "webchat:v1"):
        pass
