"""A talk with the trained assistant, with the desk's part played here: metadata goes out, proposals come back.

A proposal is written as a few words (``say menu``, ``ask registered``, ``answer form_d``), so that a story in
``stories/*.yml`` reads like the talk it describes.
"""

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

_numbers = itertools.count(1)


@dataclass
class Talk:
    """One case as the desk keeps it, and its tracker in Rasa."""

    agent: Agent
    loop: asyncio.AbstractEventLoop
    answers: dict[str, str] = field(default_factory=dict)
    finished: bool = False
    pending: str | None = None
    misunderstood: int = 0
    topic: str | None = None
    last_article: str | None = None
    sender: str = field(default_factory=lambda: f"{next(_numbers)}.1")

    def say(self, text: str) -> list[str]:
        """Send what the customer says; return the turn's proposals in words."""
        message = UserMessage(
            text, CollectingOutputChannel(), self.sender, input_channel="rest", metadata={"case": self._case()}
        )
        replies = self.loop.run_until_complete(self.agent.handle_message(message))
        proposals = [reply["custom"] for reply in replies or []]
        understood = all(proposal["proposal"] != "misunderstood" for proposal in proposals)
        self.misunderstood = 0 if understood else self.misunderstood + 1
        for proposal in proposals:
            self._keep(proposal)
        return [in_words(proposal) for proposal in proposals]

    def _case(self) -> dict[str, Any]:
        return {
            "topic": self.topic,
            "language": "th",
            "readiness": {"answers": self.answers, "finished": self.finished},
            "last_article": self.last_article,
            "pending_question": self.pending,
            "misunderstood": self.misunderstood,
        }

    def _keep(self, proposal: dict[str, Any]) -> None:
        kind = proposal["proposal"]
        if kind == "readiness":
            self.answers = {**self.answers, **proposal["answers"]}
            self.finished = proposal["finished"]
            self.pending = None if self.finished else self.pending
        elif kind == "answer":
            self.last_article = proposal["article_id"]
        elif kind == "topic":
            self.topic = proposal["topic"]
        self.pending = proposal.get("question") or self.pending


def in_words(proposal: dict[str, Any]) -> str:
    """Write a proposal as a story writes it."""
    kind = proposal["proposal"]
    if kind == "say" and proposal.get("question"):
        return str(proposal["script"]).replace("_", " ", 1).replace("_again", " again")
    if kind == "readiness":
        learnt = " ".join(f"{question}={value}" for question, value in proposal["answers"].items())
        how = " by button" if proposal["method"] == "button" else ""
        return f"learnt {learnt or 'nothing'}{how}{', finished' if proposal['finished'] else ''}"
    rest = proposal.get("script") or proposal.get("article_id") or proposal.get("reason") or proposal.get("topic")
    return f"{kind} {rest}" if rest else str(kind)
