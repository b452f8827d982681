"""The topics of the menu: which one a message names, by button or in words.

A message that names goods or countries beside it ("อยากส่งทุเรียนไปจีน") says what lies behind the topic already: articles
on them are offered in place of asking for that.
"""

import re
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import WANTED, Search, offered
from actions.turn import Event, Turn, propose, read_turn
from bot.domain.proposals import Choices, ChooseTopic, Say
from bot.domain.questions import names_goods
from bot.domain.romanised import as_thai
from bot.domain.scripts import load_scripts
from bot.domain.thai import normalise
from bot.domain.topics import Topic

# In this order: "เอกสารสมัครสมาชิก" is about membership, "อยากส่งออก" names the start only if nothing else is named.
WORDS: dict[Topic, re.Pattern[str]] = {
    Topic.COMPLAINT: re.compile("ร้องเรียน|ข้อพิพาท|complaint|dispute"),
    Topic.OFFICER: re.compile("เจ้าหน้าที่|จนท|officer"),
    Topic.MEMBERSHIP: re.compile("สมาชิก|อบรม|คอร์ส|หลักสูตร|สัมมนา|member|training|course|seminar"),
    Topic.FAIRS: re.compile("งานแสดง|งานแฟร์|ออกบูธ|กิจกรรม|fair|activit|exhibition"),
    Topic.IMPORTERS: re.compile("ผู้นำเข้า|คู่ค้า|ลูกค้า|ผู้ซื้อ|importer|buyer|partner"),
    Topic.DOCUMENTS: re.compile("เอกสาร|กฎ|ระเบียบ|ใบอนุญาต|ศุลกากร|document|rule|regulation|licen[cs]e|customs"),
    Topic.MARKETS: re.compile("ตลาด|สถิติ|market|statistic"),
    Topic.EXPORT_START: re.compile(r"ส่งออก|ส่ง(?!เสริม).{1,40}ไป|export|\bsong ?(?:ok|ork|aok)\b"),
}


def topic_proposal(turn: Turn) -> ChooseTopic | Say:
    """Return the choice of the topic that the message names, or the menu if it names none."""
    topic = _tapped(turn) if turn.tapped else _named(turn.text)
    return ChooseTopic(topic=topic) if topic else Say(script="menu")


def in_words(topic: str) -> str:
    """Give a topic as the menu names it, to search with; empty for one that the menu lacks."""
    return next((entry.title["th"] for entry in load_scripts()["menu"].buttons if entry.entities["topic"] == topic), "")


def _tapped(turn: Turn) -> Topic | None:
    chosen = turn.entities.get("topic")
    return Topic(chosen) if chosen in list(Topic) else None


def _named(text: str) -> Topic | None:
    plain = normalise(text)
    return next((topic for topic, words in WORDS.items() if words.search(plain)), None)


class PickTopic(Action):
    """Proposes the chosen topic; the desk asks what lies behind it or, where people answer, hands off."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def name(self) -> str:
        """Return the name used in rules."""
        return "action_choose_topic"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Propose the topic and keep it for later searches."""
        turn = read_turn(tracker)
        named = topic_proposal(turn)
        articles = not turn.tapped and names_goods(turn.text)
        proposal = await self._with_articles(named, as_thai(turn.text)) if articles else named
        propose(dispatcher, proposal)
        return [SlotSet("topic", proposal.topic)] if isinstance(proposal, ChooseTopic) else []

    async def _with_articles(self, proposal: ChooseTopic | Say, text: str) -> ChooseTopic | Choices | Say:
        topic = proposal.topic if isinstance(proposal, ChooseTopic) else None
        found = offered(await self._search.find(text, topic=topic, limit=WANTED))
        if not isinstance(found, Choices):
            return proposal
        return replace(proposal, article_ids=found.article_ids) if isinstance(proposal, ChooseTopic) else found
