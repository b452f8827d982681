"""Whole talks with the trained assistant and its real actions (``stories/*.yml``), and what happens without them."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.agent import Agent
from rasa.utils.endpoints import EndpointConfig
from talk import Talk

FILES = sorted((Path(__file__).parent / "stories").glob("*.yml"))
STORIES: list[dict[str, Any]] = [story for file in FILES for story in yaml.safe_load(file.read_text(encoding="utf-8"))]
NOWHERE = "http://127.0.0.1:9/webhook"


@pytest.fixture(name="begin")
def _begin(agent: Agent, loop: asyncio.AbstractEventLoop) -> Any:
    def begin(**case: Any) -> Talk:
        return Talk(agent, loop, **case)

    return begin


@pytest.fixture(name="no_actions")
def _no_actions(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the action server be gone."""
    monkeypatch.setattr(agent.processor, "action_endpoint", EndpointConfig(NOWHERE))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["story"])
def test_story(begin: Any, story: dict[str, Any]) -> None:
    talk = begin(**story.get("case", {}))

    for turn in story["talk"]:
        [(customer, expected)] = turn.items()
        assert talk.say(customer) == expected, customer


@pytest.mark.parametrize("text", ["ขอ form d ที่ไหน", "สวัสดีค่ะ", "จดแล้วค่ะ", '/show_article{"article_id":"form_d"}'])
def test_a_first_message_without_actions_gets_nothing(begin: Any, no_actions: None, text: str) -> None:
    assert begin().say(text) == []


def test_the_same_talk_goes_on_when_the_actions_are_back(
    begin: Any, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = begin(answers={"registered": "yes"})
    talk.say("ประเมินความพร้อมหน่อยค่ะ")
    with monkeypatch.context() as gone:
        gone.setattr(agent.processor, "action_endpoint", EndpointConfig(NOWHERE))
        silent = [talk.say("เคยค่ะ"), talk.say("ขอ form d ที่ไหน"), talk.say("ขอบคุณค่ะ")]

    assert silent == [[], [], []]
    assert talk.say("เคยค่ะ") == ["learnt exported=without_proof", "ask exported_recently"]


def test_a_seed_that_failed_does_not_lose_what_the_desk_knows(
    begin: Any, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = begin(answers={"registered": "yes"})
    with monkeypatch.context() as gone:
        gone.setattr(agent.processor, "action_endpoint", EndpointConfig(NOWHERE))
        assert talk.say("สวัสดีค่ะ") == []

    assert talk.say("ขอ form d ที่ไหน") == ["answer form_d", "ask exported"]
