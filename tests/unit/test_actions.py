"""The actions by themselves: what they propose and remember for a given tracker, and that their words exist."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.registry import build
from actions.replies import Hit
from actions.turn import read_turn
from bot.domain.readiness import Question
from bot.domain.scripts import load_scripts
from bot.domain.terms import Term
from bot.domain.topics import Topic
from bot.services.article_signals import Told
from bot.services.hearing import DESK_COMMANDS
from bot.services.sparing import SEE_ANSWER

ROOT = Path(__file__).parents[2]
DOMAIN: dict[str, Any] = {}
for _file in sorted((ROOT / "nlu_data" / "domain").glob("*.yml")):
    DOMAIN |= yaml.safe_load(_file.read_text(encoding="utf-8"))
AT_AN_AGENCY = Told(mentions=frozenset({Term("agency", "กรมการค้าต่างประเทศ")}))
OWN_SCRIPTS = ("readiness.yml", "topics.yml", "smalltalk.yml")


@dataclass(frozen=True, kw_only=True)
class Found:
    article_id: str
    version: int = 2
    title: str = "ขอ Form D ที่ไหน"
    score: float = 0.9
    told: Told = AT_AN_AGENCY
    tells: bool = True


@dataclass
class RecordingSearch:
    """Gives what the test put in, and keeps what it was asked."""

    hits: Sequence[Hit] = ()
    asked: list[tuple[str, str | None, int]] = field(default_factory=list)

    async def find(self, text: str, *, topic: str | None, limit: int) -> Sequence[Hit]:
        self.asked.append((text, topic, limit))
        return self.hits

    async def get(self, article_id: str) -> Hit | None:
        return next((hit for hit in self.hits if hit.article_id == article_id), None)


class AskedSearch(RecordingSearch):
    """Answers each of these questions, alone or within a longer text, with its article."""

    def __init__(self, answers: dict[str, str]) -> None:
        super().__init__()
        self._answers = answers

    async def find(self, text: str, *, topic: str | None, limit: int) -> Sequence[Hit]:
        return [Found(article_id=article) for question, article in self._answers.items() if question in text]


class Said:
    """A tracker with one customer message as its last event, and what an action makes of it."""

    def __init__(self, text: str, intent: str, *, entities: dict[str, str] | None = None, **state: Any) -> None:
        self.search: RecordingSearch = RecordingSearch(state.pop("hits", ()))
        self._before: list[dict[str, Any]] = state.pop("before", [])
        self._case: dict[str, Any] | None = state.pop("case", None)
        self._pending: str | None = state.pop("pending", None)
        sure = state.pop("sure", 0.6)
        self._slots = {"requested_slot": self._pending, **state}
        found = [{"entity": name, "value": value} for name, value in (entities or {}).items()]
        self._message = {"text": text, "intent": {"name": intent, "confidence": sure}, "entities": found}

    async def run(self, name: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Run the action of that name; return its proposals and events."""
        action = next(action for action in build(self.search) if action.name() == name)
        dispatcher = CollectingDispatcher()
        events = await action.run(dispatcher, self.tracker(), DOMAIN)
        return [message["custom"] or message["response"] for message in dispatcher.messages], list(events)

    def tracker(self) -> Tracker:
        user = {"event": "user", "text": self._message["text"], "metadata": {"case": self._case} if self._case else {}}
        loop = {"name": "readiness_form"} if self._pending else {}
        return Tracker("7.1", self._slots, self._message, [*self._before, user], False, None, loop, "action_listen")


def bot_said(**proposal: Any) -> dict[str, Any]:
    return {"event": "bot", "data": {"custom": proposal}}


def slots(events: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}


async def test_a_question_is_answered_by_the_best_article_with_two_alternatives() -> None:
    said = Said("ขอ form d ที่ไหน", "ask_knowledge", case={"topic": "documents", "readiness": {"finished": True}})
    said.search.hits = [Found(article_id="form_d"), Found(article_id="form_e", score=0.4), Found(article_id="co")]
    proposals, events = await said.run("action_search_articles")

    assert said.search.asked == [("ขอ form d ที่ไหน", "documents", 3)]
    assert proposals == [
        {"proposal": "answer", "article_id": "form_d", "version": 2, "score": 0.9, "alternatives": ("form_e", "co")}
    ]
    assert events == []


async def test_an_open_readiness_calls_the_form_after_the_answer() -> None:
    said = Said("ขอ form d ที่ไหน", "ask_knowledge", hits=[Found(article_id="form_d")])
    _, events = await said.run("action_search_articles")

    assert [event["name"] for event in events if event["event"] == "followup"] == ["readiness_form"]


@pytest.mark.parametrize(
    "hits",
    [
        [Found(article_id="form_d", score=0.49)],
        [Found(article_id="form_d", score=0.8), Found(article_id="form_e", score=0.79)],
    ],
)
async def test_what_is_near_or_not_clear_is_asked_back(hits: list[Found]) -> None:
    proposals, _ = await Said("ขอ form ที่ไหน", "ask_knowledge", hits=hits).run("action_search_articles")

    assert proposals == [{"proposal": "choices", "article_ids": tuple(hit.article_id for hit in hits)}]


@pytest.mark.parametrize(
    ("intent", "sure", "expected"),
    [("ask_knowledge", 0.95, "answer"), ("ask_knowledge", 0.8, "choices"), ("nlu_fallback", 0.95, "misunderstood")],
)
async def test_the_surer_the_intent_the_less_has_to_fit(intent: str, sure: float, expected: str) -> None:
    said = Said("ขอ form d ที่ไหน", intent, sure=sure, hits=[Found(article_id="form_d", score=0.45)])
    action = "action_search_articles" if intent == "ask_knowledge" else "action_not_understood"
    proposals, _ = await said.run(action)

    assert [proposal["proposal"] for proposal in proposals] == [expected]


READ = [{"event": "user", "text": "ขอ form d ที่ไหน"}, bot_said(proposal="answer", article_id="form_d", version=2)]


@pytest.mark.parametrize("intent", ["case_status", "out_of_scope", "show_menu"])
@pytest.mark.parametrize(
    ("text", "before", "asked_on"),
    [("นานไหมคะ", READ, True), ("อีกนานไหมคะ", READ, False), ("เรื่องของผมนานไหม", READ, False), ("นานไหมคะ", [], False)],
)
async def test_what_only_asks_after_an_article_is_about_the_article(
    intent: str, text: str, before: list[dict[str, Any]], *, asked_on: bool
) -> None:
    said = Said(text, intent, before=before, hits=[Found(article_id="form_d")])
    proposals, _ = await said.run("action_asked_on_or_else")

    not_told = {"proposal": "not_found", "asked": "ระยะเวลา", "about": "form_d", "article_ids": ()}
    assert proposals == [not_told if asked_on else f"utter_{intent}"]


@pytest.mark.parametrize(
    ("text", "asks", "told"),
    [
        ("เบอร์โทรอะไรคะ", {"เบอร์โทร"}, True),
        ("เบอร์โทรอะไรคะ", {"ที่อยู่"}, False),
        ("เบอร์เจ้าหน้าที่คะ", {"เบอร์โทร"}, False),
        ("เบอร์กรมอะไรคะ", {"เบอร์โทร"}, False),
    ],
)
async def test_the_number_in_the_article_just_read_goes_before_ours(text: str, asks: set[str], *, told: bool) -> None:
    about = frozenset({Term("form", "form d")})
    hits = [Found(article_id="form_d", told=Told(about=about, asks=frozenset(asks)))]
    proposals, _ = await Said(text, "office_hours", before=READ, hits=hits).run("action_asked_on_or_else")

    answers = [proposal for proposal in proposals if proposal != "utter_office_hours"]
    assert [proposal["article_id"] for proposal in answers if proposal["proposal"] == "answer"] == ["form_d"] * told
    assert ("utter_office_hours" in proposals) is not told


@pytest.mark.parametrize(("asks", "said_first"), [({"เบอร์โทร"}, "answer"), ({"ที่อยู่"}, "utter_office_hours")])
async def test_the_readiness_form_tells_the_number_and_asks_on(asks: set[str], said_first: str) -> None:
    hits = [Found(article_id="form_d", told=Told(about=frozenset({Term("form", "form d")}), asks=frozenset(asks)))]
    said = Said("เบอร์โทรอะไรคะ", "office_hours", before=READ, pending="registered", hits=hits)
    [first, then], _ = await said.run("validate_readiness_form")

    assert said_first == (first if isinstance(first, str) else first["proposal"])
    assert then["question"] == "registered"


async def test_a_question_about_officers_of_another_office_is_answered_whatever_it_is_taken_for() -> None:
    said = Said("เจ้าหน้าที่ศุลกากรคือใคร", "ask_agent", hits=[Found(article_id="customs-contact")])
    proposals, _ = await said.run("action_ask_agent")

    assert [proposal["proposal"] for proposal in proposals] == ["answer"]


@pytest.mark.parametrize(
    ("last", "left_open"),
    [
        ({"proposal": "answer", "article_id": "form_e", "version": 1}, False),
        ({"proposal": "not_found", "asked": "เอกสาร", "about": "form_d"}, False),
        ({"proposal": "not_found", "asked": None, "about": None}, True),
        ({"proposal": "choices", "article_ids": ["form_e"]}, True),
    ],
)
async def test_an_article_is_left_when_the_next_question_is_not_answered(
    last: dict[str, Any], *, left_open: bool
) -> None:
    before = [*READ, {"event": "user", "text": "ขอ form e ที่ไหน"}, bot_said(**last)]
    said = Said("นานไหมคะ", "ask_knowledge", before=before, hits=[])
    await said.run("action_search_articles")

    assert read_turn(said.tracker()).left_open is left_open


@pytest.mark.parametrize("hits", [[], [Found(article_id="form_d", score=0.39)]])
async def test_what_is_not_good_enough_is_not_found(hits: list[Found]) -> None:
    proposals, events = await Said("ขอ form d ที่ไหน", "ask_knowledge", hits=hits).run("action_search_articles")

    assert [proposal["proposal"] for proposal in proposals] == ["not_found"]
    assert events == []


async def test_an_article_behind_a_button() -> None:
    said = Said("/show_article", "show_article", entities={"article_id": "form_d"}, hits=[Found(article_id="form_d")])
    proposals, _ = await said.run("action_show_article")

    assert proposals[0]["article_id"] == "form_d"
    assert said.search.asked == []


async def test_another_article_is_one_near_the_last_and_not_the_last() -> None:
    hits = [Found(article_id="form_d"), Found(article_id="form_e")]
    said = Said("ขอดูอันอื่น", "show_article", hits=hits, before=[bot_said(proposal="answer", article_id="form_d")])
    proposals, _ = await said.run("action_show_article")

    assert proposals[0]["article_id"] == "form_e"


@pytest.mark.parametrize(
    ("entities", "text", "expected"),
    [
        ({"topic": "fairs"}, "/choose_topic", {"proposal": "topic", "topic": Topic.FAIRS, "article_ids": ()}),
        ({"topic": "nonsense"}, "/choose_topic", {"proposal": "say", "script": "menu", "question": None}),
        ({}, "สนใจเรื่องอบรมค่ะ", {"proposal": "topic", "topic": Topic.MEMBERSHIP, "article_ids": ()}),
        ({}, "เอกสารสมัครสมาชิก", {"proposal": "topic", "topic": Topic.MEMBERSHIP, "article_ids": ()}),
        ({}, "อยากหาผู้นำเข้าไว้ส่งออก", {"proposal": "topic", "topic": Topic.IMPORTERS, "article_ids": ()}),
        ({}, "อยากเริ่มส่งออก", {"proposal": "topic", "topic": Topic.EXPORT_START, "article_ids": ()}),
        ({}, "เรื่องนั้นแหละ", {"proposal": "say", "script": "menu", "question": None}),
    ],
)
async def test_the_topic_in_a_button_or_in_words(entities: dict[str, str], text: str, expected: dict[str, Any]) -> None:
    proposals, _ = await Said(text, "choose_topic", entities=entities).run("action_choose_topic")

    assert proposals == [expected]


@pytest.mark.parametrize(
    ("text", "intent_is_tapped", "offered"),
    [
        ("อยากส่งทุเรียนไปจีนค่ะ", False, ("form-e", "phyto")),
        ("สนใจเรื่องส่งออกค่ะ", False, ()),
        ('/choose_topic{"topic":"export_start"}', True, ()),
    ],
)
async def test_goods_named_beside_a_topic_bring_the_articles_on_them(
    text: str, intent_is_tapped: bool, offered: tuple[str, ...]
) -> None:
    entities = {"topic": "export_start"} if intent_is_tapped else {}
    hits = [Found(article_id="form-e"), Found(article_id="phyto", score=0.6), Found(article_id="far", score=0.2)]
    said = Said(text, "choose_topic", entities=entities, hits=hits)
    proposals, events = await said.run("action_choose_topic")

    assert proposals == [{"proposal": "topic", "topic": Topic.EXPORT_START, "article_ids": offered}]
    assert slots(events) == {"topic": "export_start"}


async def test_goods_without_a_topic_are_asked_back() -> None:
    proposals, _ = await Said("สนใจทุเรียนค่ะ", "choose_topic", hits=[Found(article_id="phyto")]).run(
        "action_choose_topic"
    )

    assert proposals == [{"proposal": "choices", "article_ids": ("phyto",)}]


@pytest.mark.parametrize(
    ("because", "reason"),
    [("nothing_found", "nothing_found"), ("misunderstood", "misunderstood"), ("rude", "customer_asked")],
)
async def test_the_button_under_an_offer_tells_why_a_person_is_needed(because: str, reason: str) -> None:
    proposals, _ = await Said("/ask_agent", "ask_agent", entities={"because": because}).run("action_ask_agent")

    assert proposals == [{"proposal": "handoff", "reason": reason}]


async def test_who_declines_a_person_gets_none() -> None:
    proposals, _ = await Said("ไม่ต้องการคุยกับเจ้าหน้าที่", "ask_agent").run("action_ask_agent")

    assert proposals == [{"proposal": "say", "script": "anything_else", "question": None}]


@pytest.mark.parametrize(
    ("last_words", "expected"),
    [
        ({"proposal": "not_found"}, {"proposal": "handoff", "reason": "nothing_found"}),
        ({"proposal": "misunderstood"}, {"proposal": "handoff", "reason": "misunderstood"}),
        ({"proposal": "say", "script": "not_helpful"}, {"proposal": "handoff", "reason": "customer_asked"}),
        ({"proposal": "say", "script": "stay_polite"}, {"proposal": "handoff", "reason": "customer_asked"}),
        ({"proposal": "say", "script": "menu"}, {"proposal": "say", "script": "anything_else", "question": None}),
    ],
)
async def test_yes_accepts_the_person_that_was_offered(last_words: dict[str, Any], expected: dict[str, Any]) -> None:
    said = Said("ค่ะ", "affirm", before=[bot_said(**last_words)], case={"misunderstood": 2})
    proposals, _ = await said.run("action_affirm")

    assert proposals == [expected]


@pytest.mark.parametrize("text", ["😡😡", "?!", "\u200b\u200b", "..."])
async def test_signs_alone_are_no_misunderstanding(text: str) -> None:
    proposals, _ = await Said(text, "nlu_fallback").run("action_not_understood")

    assert proposals == [{"proposal": "say", "script": "only_signs", "question": None}]


@pytest.mark.parametrize(
    ("hits", "expected"),
    [
        ([Found(article_id="form_d")], {"proposal": "answer", "article_id": "form_d"}),
        ([Found(article_id="form_d", score=0.45)], {"proposal": "misunderstood", "article_ids": ("form_d",)}),
        ([Found(article_id="form_d", score=0.1)], {"proposal": "misunderstood", "article_ids": ()}),
    ],
)
async def test_what_is_not_understood_is_answered_if_cks_clearly_knows_it(
    hits: list[Found], expected: dict[str, Any]
) -> None:
    proposals, _ = await Said("ฟอมดี", "nlu_fallback", hits=hits).run("action_not_understood")

    assert proposals[0].items() >= expected.items()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("จดบริษัทแล้ว มีโรงงานเอง ขอคุยกับเจ้าหน้าที่ค่ะ", "customer_asked"),
        ("we are registered, can I speak to a real person", "customer_asked"),
        ("จดทะเบียนแล้ว ช่วยส่งเอกสารมาที่เมลด้วยนะคะ", "documents"),
        ("จดทะเบียนแล้ว ส่งออกมา 10 ปี ปีนี้ลูกค้าที่ดูไบรับของแล้วไม่จ่าย ทำยังไงดี", "dispute"),
    ],
)
async def test_what_is_wanted_of_people_beside_an_answer_is_done(text: str, reason: str) -> None:
    proposals, _ = await Said(text, "answer_readiness").run("action_record_readiness")

    assert proposals[0]["answers"]["registered"] == "yes"
    assert proposals[1:] in ([{"proposal": "handoff", "reason": reason}], ["utter_ask_documents"], ["utter_dispute"])


@pytest.mark.parametrize(
    ("intent", "action"), [("answer_readiness", "action_record_readiness"), ("deny", "action_asked_on_or_else")]
)
async def test_what_is_wanted_in_place_of_a_readiness_question_is_searched_for(intent: str, action: str) -> None:
    said = Said("ไม่ใช่ค่ะ อยากหาคนซื้อ", intent, hits=[Found(article_id="buyers")])
    proposals, _ = await said.run(action)

    assert proposals[0]["article_id"] == "buyers"
    assert {asked for asked, _, _ in said.search.asked} == {"อยากหาคนซื้อ"}


async def test_a_bare_no_is_no_question() -> None:
    proposals, _ = await Said("ไม่เป็นไรค่ะ", "deny").run("action_asked_on_or_else")

    assert proposals == ["utter_deny"]


OFFERED = [{"event": "user", "text": "ฟอร์มไหนดี"}, bot_said(proposal="choices", article_ids=("form_d", "form_e"))]
OFFERED_ONE = [{"event": "user", "text": "ฟอร์มดี"}, bot_said(proposal="choices", article_ids=("form_d",))]


@pytest.mark.parametrize(
    ("text", "before", "response"),
    [
        ("ไม่ใช่", OFFERED, "utter_not_helpful"),
        ("no", OFFERED_ONE, "utter_not_helpful"),
        ("ไม่เป็นไรค่ะ", OFFERED, "utter_deny"),
        ("ไม่ใช่", READ, "utter_deny"),
        ("ไม่ใช่", [], "utter_deny"),
    ],
)
async def test_a_no_to_the_articles_offered_asks_for_other_words(
    text: str, before: list[dict[str, Any]], response: str
) -> None:
    proposals, _ = await Said(text, "deny", before=before).run("action_asked_on_or_else")

    assert proposals == [response]


@pytest.mark.parametrize(
    ("before", "expected"), [(OFFERED_ONE, "answer"), (OFFERED, "say"), (READ, "say")], ids=["one", "several", "none"]
)
async def test_a_yes_to_the_only_article_offered_shows_it(before: list[dict[str, Any]], expected: str) -> None:
    hits = [Found(article_id="form_d"), Found(article_id="form_e")]
    proposals, _ = await Said("ใช่ค่ะ", "affirm", before=before, hits=hits).run("action_affirm")

    assert [proposal["proposal"] for proposal in proposals] == [expected]
    assert expected == "say" or proposals[0]["article_id"] == "form_d"


async def test_who_wants_something_else_is_not_shown_the_only_article_offered() -> None:
    said = Said("มีเรื่องอื่นอีกไหม", "show_article", before=OFFERED_ONE, hits=[Found(article_id="form_d")])
    proposals, _ = await said.run("action_show_article")

    assert [proposal.get("script") for proposal in proposals] == ["menu"]


@pytest.mark.parametrize(
    ("text", "intent", "response"),
    [
        ("ทำไมได้แค่นี้", "done", "utter_abuse"),
        ("แค่นี้เองหรอ", "goodbye", "utter_abuse"),
        ("แค่นี้แหละ", "done", "utter_done"),
        ("แค่นี้ก่อนนะคะ", "goodbye", "utter_goodbye"),
    ],
)
async def test_a_reproach_does_not_end_the_talk(text: str, intent: str, response: str) -> None:
    proposals, _ = await Said(text, intent).run("action_asked_on_or_else")

    assert proposals == [response]


async def test_who_looks_for_a_buyer_is_answered_from_cks_though_taken_for_a_dispute() -> None:
    said = Said("หาผู้ซื้อทุเรียนที่จีน", "dispute", hits=[Found(article_id="buyers")])
    proposals, _ = await said.run("action_asked_on_or_else")

    assert next(proposal for proposal in proposals if proposal["proposal"] != "readiness")["article_id"] == "buyers"


async def test_a_dispute_is_handed_to_a_person() -> None:
    proposals, _ = await Said("ผู้ซื้อที่จีนไม่จ่ายเงินค่าทุเรียน", "dispute").run("action_asked_on_or_else")

    assert proposals == ["utter_dispute"]


@pytest.mark.parametrize(
    "text",
    [
        "จดแล้ว เจ้าหน้าที่ศุลกากรตรวจแล้วด้วย",
        "จดแล้ว เคยส่งเมลหาลูกค้าที่จีน",
        "จดแล้ว แต่กลัวลูกค้าไม่จ่าย",
        "จดแล้ว เคยส่งเอกสารให้ลูกค้าที่จีน",
    ],
)
async def test_officers_and_mails_that_are_only_mentioned_are_not_asked_for(text: str) -> None:
    proposals, events = await Said(text, "answer_readiness").run("action_record_readiness")

    assert [proposal["proposal"] for proposal in proposals] == ["readiness"]
    assert any(event["event"] == "followup" for event in events)


@pytest.mark.parametrize(
    ("text", "intent", "script"),
    [
        ("เมลผม somchai@gmail.com แล้วขอ form d ด้วย", "give_email", "contact_details_seen"),
        ("อีเมลผม somchai แอท จีเมล", "give_email", "ask_email"),
        ("โทร 0812345678 แต่ยังไม่มีอีเมลให้", "give_email", "ask_email"),
        ("ชื่อสมชายครับ โทร 0812345678", "give_profile", "contact_details_seen"),
        ("ชื่อสมชายครับ", "give_profile", "ask_contact_details"),
    ],
)
async def test_contact_details_are_seen_or_asked_for(text: str, intent: str, script: str) -> None:
    proposals, _ = await Said(text, intent).run("action_contact_details")

    assert proposals == [{"proposal": "say", "script": script, "question": None}]


async def test_a_fresh_tracker_is_seeded_and_waits_for_the_pending_question() -> None:
    case = {
        "topic": "fairs",
        "last_article": "form_d",
        "readiness": {"answers": {"registered": "yes", "colour": "red"}, "finished": False},
        "pending_question": "exported",
    }
    _, events = await Said("", "", session_started_metadata={"case": case}).run("action_session_start")

    assert next(event["event"] for event in events) == "session_started"
    assert slots(events) == {
        "registered": "yes",
        "readiness_finished": False,
        "topic": "fairs",
        "last_article": "form_d",
        "requested_slot": "exported",
    }
    assert {"event": "active_loop", "name": "readiness_form", "timestamp": None} in events
    assert (events[-1]["event"], events[-1]["name"]) == ("action", "action_listen")


@pytest.mark.parametrize("metadata", [None, {}, {"case": None}, "nonsense", {"case": {"readiness": None}}])
async def test_a_tracker_without_a_seed_starts_empty(metadata: object) -> None:
    _, events = await Said("", "", session_started_metadata=metadata).run("action_session_start")

    assert "requested_slot" not in slots(events)
    assert slots(events)["readiness_finished"] is False


@pytest.mark.parametrize("case", [{"finished": True}, {"answers": {"registered": "no"}}])
async def test_nothing_waits_where_nothing_is_to_be_asked(case: dict[str, Any]) -> None:
    seed = {"case": {"readiness": case, "pending_question": "exported"}}
    _, events = await Said("", "", session_started_metadata=seed).run("action_session_start")

    assert "requested_slot" not in slots(events)


ASKED = [bot_said(proposal="say", script="ask_registered", question="registered")]


async def test_a_turn_teaches_and_asks_the_next_question_in_one_go() -> None:
    said = Said("จดแล้วค่ะ", "answer_readiness", pending="registered", before=ASKED)
    proposals, events = await said.run("validate_readiness_form")

    assert proposals == [
        {"proposal": "readiness", "answers": {"registered": "yes"}, "method": "text", "finished": False},
        {"proposal": "say", "script": "ask_exported", "question": "exported"},
    ]
    assert slots(events) == {
        "registered": "yes",
        "readiness_finished": False,
        "exported": None,
        "requested_slot": "exported",
    }


@pytest.mark.parametrize(("told", "closing"), [("skipped", "readiness_skipped"), ("no", "readiness_done")])
async def test_who_skipped_every_question_is_not_thanked_for_information(told: str, closing: str) -> None:
    known = {"registered": told, "exported": "skipped", "product": "skipped"}
    said = Said("/skip_question", "skip_question", pending="market", **known)
    proposals, _ = await said.run("validate_readiness_form")

    assert proposals[-1]["script"] == closing


async def test_the_last_answer_is_followed_by_the_next_steps_of_the_level() -> None:
    said = Said("ยังไม่ได้จดค่ะ", "answer_readiness", pending="registered", before=ASKED)
    said.search = AskedSearch({"ขั้นตอนส่งออกสำหรับมือใหม่": "steps", "อบรมสำหรับผู้ประกอบการใหม่": "training"})
    proposals, events = await said.run("validate_readiness_form")

    assert proposals[1:] == [{"proposal": "next_steps", "article_ids": ("steps", "training")}]
    assert slots(events)["requested_slot"] is None


@pytest.mark.parametrize(
    ("intent", "text"), [("answer_readiness", "ยังไม่ได้จดค่ะ"), ("check_readiness", "ประเมินความพร้อม")]
)
async def test_a_correction_that_changes_the_level_and_a_check_tell_the_next_steps_too(intent: str, text: str) -> None:
    known = {"registered": "yes" if intent == "answer_readiness" else "no", "exported": "no"}
    said = Said(text, intent, product="yes", market="yes", readiness_finished=True, **known)
    said.search = AskedSearch({"ขั้นตอนส่งออกสำหรับมือใหม่": "steps"})
    proposals, _ = await said.run("action_record_readiness")

    assert proposals[-1] == {"proposal": "next_steps", "article_ids": ("steps",)}


async def test_a_correction_that_leaves_the_level_is_only_noted() -> None:
    known = {"registered": "yes", "exported": "without_proof", "exported_recently": "yes"}
    said = Said("มีใบขนด้วยค่ะ", "answer_readiness", readiness_finished=True, **known)
    said.search = AskedSearch({"คุณสมบัติผู้สมัครสมาชิก EL": "el"})
    proposals, _ = await said.run("action_record_readiness")

    assert proposals[-1]["script"] == "readiness_noted"


@pytest.mark.parametrize("read", ["before", "in this turn"])
async def test_what_was_just_read_is_no_next_step(read: str) -> None:
    before = [*ASKED, bot_said(proposal="answer", article_id="steps")] if read == "before" else ASKED
    said = Said("ยังไม่ได้จดค่ะ" if read == "before" else "ยังไม่ได้จดค่ะ ขั้นตอนส่งออกมีอะไรบ้างคะ", "answer_readiness",
                pending="registered", before=before)  # fmt: skip
    said.search = AskedSearch({"ขั้นตอนส่งออก": "steps", "อบรมสำหรับผู้ประกอบการใหม่": "training"})
    proposals, _ = await said.run("validate_readiness_form")

    assert proposals[-1] == {"proposal": "next_steps", "article_ids": ("training",)}


@pytest.mark.parametrize("intent", ["answer_readiness", "deny"])
async def test_who_wants_something_else_than_the_question_is_answered_from_cks(intent: str) -> None:
    hits = [Found(article_id="buyers")]
    said = Said("ไม่ใช่ค่ะ อยากหาคนซื้อ", intent, pending="registered", before=ASKED, hits=hits)
    proposals, events = await said.run("validate_readiness_form")

    assert [proposal["proposal"] for proposal in proposals] == ["answer", "say"]
    assert slots(events) == {"registered": None, "requested_slot": "registered"}


async def test_a_bare_yes_answers_only_what_was_asked_last() -> None:
    topic = [*ASKED, bot_said(proposal="topic", topic="fairs")]
    proposals, events = await Said("ใช่ค่ะ", "affirm", pending="registered", before=topic).run("validate_readiness_form")

    assert [proposal["script"] for proposal in proposals] == ["ask_registered_again"]
    assert slots(events) == {"registered": None, "requested_slot": "registered"}


async def test_that_the_answer_did_not_fit_is_no_answer_to_the_question_behind_it() -> None:
    said = Said("ไม่ใช่ค่ะ ถามเรื่อง form e", "not_helpful", pending="registered", before=ASKED)
    proposals, _ = await said.run("validate_readiness_form")

    assert proposals == ["utter_not_helpful"]


@pytest.mark.parametrize("intent", ["ask_knowledge", "answer_readiness", "give_profile"])
async def test_a_question_in_the_form_is_answered_and_the_next_one_asked_in_one_action(intent: str) -> None:
    said = Said(
        "จดแล้วค่ะ ต้องใช้เอกสารอะไรบ้างคะ", intent, pending="registered", before=ASKED, hits=[Found(article_id="papers")]
    )
    proposals, events = await said.run("validate_readiness_form")

    assert proposals == [
        {"proposal": "readiness", "answers": {"registered": "yes"}, "method": "text", "finished": False},
        {"proposal": "answer", "article_id": "papers", "version": 2, "score": 0.9, "alternatives": ()},
        {"proposal": "say", "script": "ask_exported", "question": "exported"},
    ]
    assert slots(events) == {
        "registered": "yes", "readiness_finished": False, "exported": None, "requested_slot": "exported",
    }  # fmt: skip
    assert {event["event"] for event in events} == {"slot"}


@pytest.mark.parametrize(
    ("intent", "said_of_it"),
    [("nlu_fallback", "misunderstood"), ("show_article", "say"), ("give_email", "say"), ("give_profile", "say")],
)
async def test_an_answer_counts_though_the_question_beside_it_finds_nothing(intent: str, said_of_it: str) -> None:
    said = Said("จดแล้วค่ะ ฟหกด ได้ไหมคะ", intent, pending="registered", before=ASKED)
    proposals, events = await said.run("validate_readiness_form")

    assert [proposal["proposal"] for proposal in proposals] == ["readiness", said_of_it, "say"]
    assert (proposals[0]["answers"], proposals[-1]["question"]) == ({"registered": "yes"}, "exported")
    assert slots(events) == {
        "registered": "yes", "readiness_finished": False, "exported": None, "requested_slot": "exported",
    }  # fmt: skip


async def test_what_is_not_understood_in_the_form_is_said_and_the_question_asked_again() -> None:
    proposals, events = await Said("ฟหกด่าส", "nlu_fallback", pending="registered", before=ASKED).run(
        "validate_readiness_form"
    )

    assert [proposal["proposal"] for proposal in proposals] == ["misunderstood", "say"]
    assert slots(events) == {"registered": None, "requested_slot": "registered"}


async def test_an_article_from_a_button_is_shown_in_the_form() -> None:
    said = Said(
        "/show_article",
        "show_article",
        pending="registered",
        before=ASKED,
        entities={"article_id": "fob"},
        hits=[Found(article_id="fob")],
    )
    proposals, events = await said.run("validate_readiness_form")

    assert [proposal["proposal"] for proposal in proposals] == ["answer", "say"]
    assert slots(events) == {"registered": None, "requested_slot": "registered"}


async def test_the_form_fails_when_the_action_before_it_failed() -> None:
    said = Said("ขอ form d ที่ไหน", "ask_knowledge", pending="registered", before=ASKED)
    tracker = said.tracker()
    tracker.events.append({"event": "action", "name": "action_search_articles"})
    form = next(action for action in build(said.search) if action.name() == "validate_readiness_form")

    with pytest.raises(RuntimeError, match="said nothing"):
        await form.run(CollectingDispatcher(), tracker, DOMAIN)


@pytest.mark.parametrize(
    ("text", "intent", "asked_before", "asks"),
    [("สวัสดีครับ", "greet", 1, True), ("สวัสดีครับ", "greet", 3, False), ("ดูดวงให้หน่อย", "out_of_scope", 1, False),
     ("เอ่อ อันนั้น", "answer_readiness", 3, True)],
)  # fmt: skip
async def test_a_question_that_is_passed_over_is_not_asked_for_ever(
    text: str, intent: str, asked_before: int, asks: bool
) -> None:
    said = Said(text, intent, pending="registered", before=ASKED * asked_before)
    proposals, _ = await said.run("validate_readiness_form")

    assert any(isinstance(said, dict) and said.get("question") == "registered" for said in proposals) is asks


@pytest.mark.parametrize(("proposal", "asks"), [("answer", True), ("choices", False)])
async def test_nothing_is_asked_under_the_question_which_article_is_meant(proposal: str, asks: bool) -> None:
    said = Said("ขอ form d ที่ไหน", "ask_knowledge", pending="registered", before=ASKED)
    tracker = said.tracker()
    tracker.events += [{"event": "action", "name": "action_search_articles"}, bot_said(proposal=proposal)]
    form = next(action for action in build(said.search) if action.name() == "validate_readiness_form")
    dispatcher = CollectingDispatcher()
    await form.run(dispatcher, tracker, DOMAIN)

    assert bool(dispatcher.messages) is asks


async def test_what_the_tracker_learnt_wins_over_what_the_desk_sent() -> None:
    case = {"readiness": {"answers": {"registered": "no"}, "finished": True}}
    said = Said("ขอ form d ที่ไหน", "ask_knowledge", case=case, registered="yes", readiness_finished=False)
    said.search.hits = [Found(article_id="form_d")]
    _, events = await said.run("action_search_articles")

    assert any(event["event"] == "followup" for event in events)


# Words and names: what the data files, the domain and the code say of each other.


def test_rasa_knows_exactly_the_actions_there_are() -> None:
    assert sorted(action.name() for action in build(RecordingSearch())) == sorted(DOMAIN["actions"])
    assert all(isinstance(action, Action) for action in build(RecordingSearch()))


def test_every_response_is_a_proposal_and_its_script_exists() -> None:
    for name, [variant] in DOMAIN["responses"].items():
        assert list(variant) == ["custom"], name
        assert variant["custom"].get("script", "menu") in load_scripts(), name


@pytest.mark.parametrize(
    "script",
    [
        *(f"ask_{question}" for question in Question),
        *("menu", "hello", "unclear_answer", "readiness_done", "readiness_skipped", "readiness_noted"),
        *("readiness_stopped", "anything_else"),
        *("ask_email", "ask_contact_details", "contact_details_seen"),
    ],
)
def test_the_scripts_that_actions_name_exist(script: str) -> None:
    assert script in load_scripts()


def test_what_the_form_may_answer_is_in_the_domain() -> None:
    intents = set(DOMAIN["intents"]) - {
        *("ask_knowledge", "show_article", "choose_topic", "ask_agent", "greet", "check_readiness"),
        *("affirm", "deny", "answer_readiness", "skip_question", "stop_questions", "give_email", "give_profile"),
    }

    assert {f"utter_{intent}" for intent in intents} <= set(DOMAIN["responses"])


def test_buttons_carry_intents_and_entities_that_rasa_knows() -> None:
    for script in load_scripts().values():
        for button in script.buttons:
            if button.intent in DESK_COMMANDS | {SEE_ANSWER}:  # carried out by the desk itself
                continue
            assert button.intent in DOMAIN["intents"], script.key
            assert set(button.entities) <= set(DOMAIN["entities"]), script.key
            assert all(isinstance(value, str) for value in button.entities.values()), script.key


@pytest.mark.parametrize("file", OWN_SCRIPTS)
def test_buttons_of_the_talk_fit_the_smallest_channel(file: str) -> None:
    content = yaml.safe_load((ROOT / "bot" / "data" / "scripts" / file).read_text(encoding="utf-8"))
    titles = [b[language] for entry in content.values() for b in entry.get("buttons", []) for language in ("th", "en")]

    assert [title for title in titles if len(title) > 20] == []


def test_each_question_offers_its_answers_and_a_way_to_skip() -> None:
    for question in Question:
        buttons = load_scripts()[f"ask_{question}"].buttons
        assert [set(button.entities) for button in buttons[:-1]] == [{question}] * (len(buttons) - 1)
        assert buttons[-1].intent == "skip_question"
