"""A customer of the served desk, over the web chat's HTTP, and a Rasa that knows three things."""

import asyncio
import uuid
from dataclasses import dataclass
from typing import Any

from bot.domain.case import State
from bot.domain.tokens import token_hash
from tests.served import Web

PATIENCE = 10.0


def rasa(message: str) -> list[dict[str, Any]]:
    """Hands off who asks for an officer, answers what is about Form D, and finds nothing else."""
    if "เจ้าหน้าที่" in message or "officer" in message:
        return [{"custom": {"proposal": "handoff", "reason": "customer_asked"}}]
    if "Form D" in message:
        learnt = {"proposal": "readiness", "answers": {"registered": "no"}, "method": "text", "finished": True}
        article = {"proposal": "answer", "article_id": "form-d", "version": 1, "score": 0.9}
        return [{"custom": learnt}, {"custom": article}]
    return [{"custom": {"proposal": "not_found"}}]


@dataclass
class Visitor:
    """One chat."""

    web: Web
    headers: dict[str, str]

    @classmethod
    async def opens(cls, web: Web, *texts: str) -> "Visitor":
        """Open a chat and say these texts, each after the answer to the one before."""
        web.rasa.answer = rasa
        visitor = cls(web, await web.visitor())
        await visitor.until_said(1)
        for text in texts:
            await visitor.says(text)
        return visitor

    @classmethod
    async def waits(cls, web: Web, *texts: str) -> tuple["Visitor", int]:
        """Open a chat, say these texts, ask for an officer, and give the waiting case."""
        visitor = await cls.opens(web, *texts, "ขอคุยกับเจ้าหน้าที่")
        return visitor, await visitor.until(State.QUEUED)

    async def says(self, text: str) -> None:
        """Write a text and wait until it is in the transcript and the bot has nothing more to do."""
        body = {"client_id": uuid.uuid4().hex, "text": text}
        response = await self.web.http.post("/webchat/messages", json=body, headers=self.headers)
        assert response.status_code == 202, response.text
        async with asyncio.timeout(PATIENCE):
            while body["client_id"] not in [m["client_id"] for m in (await self._read(settled=True))["messages"]]:
                await asyncio.sleep(0.02)

    async def until_said(self, count: int) -> list[dict[str, Any]]:
        """Wait for so many messages."""
        async with asyncio.timeout(PATIENCE):
            while len(messages := (await self._read(settled=True))["messages"]) < count:
                await asyncio.sleep(0.02)
        return list(messages)

    async def until(self, state: State) -> int:
        """Wait until the newest case is in this state; give its id."""
        async with asyncio.timeout(PATIENCE):
            while (case := await self.case()).state is not state:
                await asyncio.sleep(0.02)
        return int(case.id)

    async def case(self) -> Any:
        """The newest case of this chat."""
        token = self.headers["Authorization"].removeprefix("Bearer ")
        async with self.web.desk.uow() as uow:
            external_id = await uow.conversations.visitor(token_hash(token))
            assert external_id is not None
            conversation = await uow.conversations.find("webchat", external_id)
            assert conversation is not None
            return await uow.cases.newest_in(conversation.id)

    async def _read(self, *, settled: bool) -> dict[str, Any]:
        while True:
            response = await self.web.http.get("/webchat/messages", headers=self.headers)
            assert response.status_code == 200, response.text
            body: dict[str, Any] = response.json()
            if not (settled and body["typing"]):
                return body
            await asyncio.sleep(0.02)
