"""What the stories on LINE and on Messenger share: waiting for words on a phone, and the officer's part."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from tests.scenarios.talk import Officer

PATIENCE = 60.0
Found = TypeVar("Found")


class Shown(Protocol):
    """A message on somebody's phone."""

    @property
    def text(self) -> str: ...


def until(look: Callable[[], Found | None]) -> Found:
    """Look until there is something."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)  # the poll of a real process; no clock of ours can be moved instead


def sees(user: Any, words: str, *, after: int = 0) -> Any:
    """Wait for words on a phone, behind so many messages."""
    try:
        return until(lambda: next((seen for seen in user.seen[after:] if words in seen.text), None))
    except AssertionError:
        raise AssertionError(f"no {words!r} among {[seen.text for seen in user.seen[after:]]}") from None


def case_of(officer: Officer, words: str) -> dict[str, Any]:
    """Wait for the newest case in whose transcript the words stand."""

    def look() -> dict[str, Any] | None:
        for item in officer.get("/api/v1/cases", limit=10)["items"]:
            case = officer.get(f"/api/v1/cases/{item['id']}")
            if any(words in message["text"] for message in case["messages"]):
                return case
        return None

    return until(look)


def settled(officer: Officer, case_id: int) -> dict[str, Any]:
    """Wait until nothing is on its way."""

    def look() -> dict[str, Any] | None:
        case = officer.get(f"/api/v1/cases/{case_id}")
        return None if any(message["delivery"] == "pending" for message in case["messages"]) else case

    return until(look)


def in_state(officer: Officer, case_id: int, state: str) -> dict[str, Any]:
    """Wait until the case is in this state."""

    def look() -> dict[str, Any] | None:
        case = officer.get(f"/api/v1/cases/{case_id}")
        return case if case["state"] == state else None

    return until(look)


def said_by(case: dict[str, Any], author: str) -> Sequence[str]:
    """What one side said."""
    return [message["text"] for message in case["messages"] if message["author"] == author]
