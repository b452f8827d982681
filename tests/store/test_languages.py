"""The language of a talk reaches the channel, so that its own words beside the text are of the same language."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from bot.bootstrap import Desk
from bot.domain.proposals import Answer
from bot.services import articles, reply
from connectors.contract import OutboundMessage, Receipt
from tests.drive import Customer


@dataclass
class Platform:
    """Keeps what it is given."""

    name: str = "line"
    keyed: bool = True
    pulled: bool = False
    sent: list[OutboundMessage] = field(default_factory=list)

    async def send(self, message: OutboundMessage) -> Receipt:
        self.sent.append(message)
        return Receipt()

    async def close(self) -> None:
        """Nothing is open."""

    def parse(self, headers: object, body: bytes) -> Sequence[object]:
        return []


@pytest.mark.parametrize(
    ("question", "language", "line", "year"),
    [("ขอ Form D ที่ไหน", "th", "ที่มา: ", "2569"), ("Where do I get Form D?", "en", "Source: ", "2026")],
)
async def test_an_answer_and_its_card_are_of_one_language(
    desk: Desk, question: str, language: str, line: str, year: str
) -> None:
    platform = Platform()
    desk.channels["line"] = platform  # type: ignore[index]
    async with desk.uow() as uow:
        await articles.seed_starter(uow)
        await uow.commit()
    customer = Customer(desk, channel="line")
    await customer.say(question, Answer(article_id="form-d", version=1, score=0.9))
    desk.clock.forward(seconds=10)
    while await reply.deliver_next(desk.uow, desk.channels, customer.lane, limits=desk.limits):
        pass

    [answer] = [message for message in platform.sent if message.article]
    assert answer.language == language
    assert line in answer.text
    assert answer.article is not None
    assert answer.article.reviewed.endswith(year)
