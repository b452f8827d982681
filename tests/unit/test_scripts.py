"""The approved scripts are complete, and buttons fit every channel."""

from pathlib import Path

import pytest

from bot.domain.scripts import load_scripts
from bot.domain.topics import FOR_PEOPLE, Topic
from connectors.texts import graphemes

TITLE_LENGTH = 20  # signs that a reader sees; LINE and Messenger cut what is longer
OF_NO_CHAT = "empty_chat"  # questions of Messenger's empty chat, which may be longer


def test_greeting_tells_that_a_machine_answers_and_a_person_can_be_asked_for() -> None:
    greeting = load_scripts()["greeting"]

    assert "อัตโนมัติ" in greeting.text["th"]
    assert "เจ้าหน้าที่" in greeting.text["th"]
    assert "automatic" in greeting.text["en"]
    assert [button.entities["topic"] for button in greeting.buttons] == list(Topic)


def test_every_topic_without_a_person_has_its_question() -> None:
    for topic in set(Topic) - set(FOR_PEOPLE):
        assert f"topic_{topic}" in load_scripts()


def test_button_titles_are_short_and_differ_within_a_message() -> None:
    for script in load_scripts().values():
        for language in ("th", "en"):
            titles = [button.title[language] for button in script.buttons]
            assert len(set(titles)) == len(titles)
            assert script.key == OF_NO_CHAT or all(len(graphemes(title)) <= TITLE_LENGTH for title in titles), titles


def test_a_script_that_stands_twice_is_refused(tmp_path: Path) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text("hello: {version: 1, th: สวัสดี, en: Hello}", encoding="utf-8")

    with pytest.raises(ValueError, match="stands twice"):
        load_scripts(tmp_path)


def test_a_script_without_a_language_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("hello: {version: 1, th: สวัสดี}", encoding="utf-8")

    with pytest.raises(ValueError, match="incomplete"):
        load_scripts(tmp_path)
