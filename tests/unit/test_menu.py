"""The menus that platforms keep open, and what their payloads mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import menu
from bot.domain.topics import Topic
from connectors.contract import Menu


def test_the_menu_has_every_topic_and_the_payloads_are_short_and_different() -> None:
    payloads = [menu.payload(entry) for which in Menu for entry in menu.entries(which)]

    assert {f"v1:topic:{topic}" for topic in Topic} < set(payloads)
    assert len(payloads) == len(set(payloads))
    assert all(len(payload) <= 40 and payload.isascii() for payload in payloads)


@pytest.mark.parametrize("which", list(Menu))
def test_an_entry_means_its_button(which: Menu) -> None:
    for entry in menu.entries(which):
        command = menu.chosen(menu.payload(entry))
        assert command is not None
        assert (command.intent, command.entities, command.title) == (
            entry.intent,
            dict(entry.entities),
            entry.title["th"],
        )


@given(st.text() | st.text().map("v1:{}".format) | st.text().map("v1:topic:{}".format))
def test_anything_else_means_nothing(payload: str) -> None:
    known = {menu.payload(entry) for which in Menu for entry in menu.entries(which)}

    assert (menu.chosen(payload) is None) == (payload not in known)
