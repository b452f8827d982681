"""Messages to a LINE user, and the two ways they go."""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from connectors.contract import ChannelError, OutboundButton, OutboundMessage, Receipt
from connectors.line import LineChannel
from tests.fakes.line_user import LineUser

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
SHORT = 0.15  # seconds: the time limit where a test waits for it
Connect = Callable[..., LineChannel]


def to(user: LineUser, text: str = "สวัสดีค่ะ", *, titles: Sequence[str] = (), **fields: object) -> OutboundMessage:
    buttons = [OutboundButton(id=f"b{number}", title=title) for number, title in enumerate(titles)]
    return OutboundMessage(
        external_id=user.id,
        text=text,
        retry_key=uuid.uuid4(),
        buttons=buttons,
        **fields,  # type: ignore[arg-type]
    )


@dataclass
class Way:
    """Push or reply, for tests that hold for both."""

    name: str

    async def __call__(self, line: LineChannel, user: LineUser) -> Receipt:
        if self.name == "push":
            return await line.send(to(user))
        [receipt] = await line.reply(user.platform.issue_reply_token(user), [to(user)])
        return receipt


PUSHED, REPLIED = Way("push"), Way("reply")
BOTH = pytest.mark.parametrize("way", [PUSHED, REPLIED], ids=["push", "reply"])


async def failure(call: Awaitable[object]) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        await call
    return caught.value
