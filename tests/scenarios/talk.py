"""A customer and an officer who use the running desk over HTTP."""

import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

PATIENCE = 60.0


@dataclass
class Talk:
    """One customer's chat: says something, waits for the assistant, reads what is new."""

    http: httpx.Client
    headers: dict[str, str]
    seen: int = 0
    messages: list[dict[str, Any]] = field(default_factory=list)
    state: str = "bot"

    @classmethod
    def open(cls, http: httpx.Client, **body: str) -> "Talk":
        """Open a chat and read the greeting."""
        response = http.post("/webchat/sessions", json=body)
        assert response.status_code == 201, response.text
        talk = cls(http, {"Authorization": f"Bearer {response.json()['token']}"})
        talk.read(at_least=1)
        return talk

    def say(self, text: str) -> list[dict[str, Any]]:
        """Write a text and give what the assistant said to it."""
        return self._post(text=text)

    def tap(self, title: str) -> list[dict[str, Any]]:
        """Tap the newest button of this title."""
        payload = next(
            button["payload"]
            for message in reversed(self.messages)
            for button in message["buttons"]
            if title in button["title"]
        )
        return self._post(payload=payload)

    def read(self, *, at_least: int) -> list[dict[str, Any]]:
        """Wait until the assistant is silent and there is something new of it."""
        deadline = time.monotonic() + PATIENCE
        new: list[dict[str, Any]] = []
        while True:
            response = self.http.get("/webchat/messages", params={"after": self.seen, "wait": 2}, headers=self.headers)
            assert response.status_code == 200, response.text
            body = response.json()
            for message in body["messages"]:
                assert message["seq"] == self.seen + 1, "a message is missing or doubled"
                self.seen = message["seq"]
                self.messages.append(message)
                new.append(message)
            self.state = body["state"]
            said = [message for message in new if message["author"] != "customer"]
            if len(said) >= at_least and not body["typing"]:
                return said
            assert time.monotonic() < deadline, f"the assistant says nothing: {new}"

    def _post(self, **body: str) -> list[dict[str, Any]]:
        response = self.http.post(
            "/webchat/messages", json={"client_id": uuid.uuid4().hex, **body}, headers=self.headers
        )
        assert response.status_code == 202, response.text
        return self.read(at_least=1)


def texts(messages: list[dict[str, Any]]) -> str:
    """All that was said, as one text."""
    return "\n".join(message["text"] for message in messages)


def article(messages: list[dict[str, Any]]) -> str | None:
    """The article that was answered with, if any."""
    return next((message["article"]["id"] for message in messages if message["article"]), None)


@dataclass
class Officer:
    """An officer at the JSON API."""

    http: httpx.Client
    headers: dict[str, str]

    @classmethod
    def sign_in(cls, http: httpx.Client, email: str, password: str) -> "Officer":
        """Sign in."""
        response = http.post("/api/v1/login", json={"email": email, "password": password})
        assert response.status_code == 200, response.text
        return cls(http, {"Authorization": f"Bearer {response.json()['token']}"})

    def newest_case(self) -> dict[str, Any]:
        """The case that was opened last, whole."""
        newest = self.get("/api/v1/cases", limit=1)["items"][0]
        return self.get(f"/api/v1/cases/{newest['id']}")

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """Read from the API."""
        response = self.http.get(path, params=params, headers=self.headers)
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    def post(self, path: str, body: dict[str, Any] | None = None, *, status: int = 200) -> dict[str, Any]:
        """Write to the API."""
        response = self.http.post(path, json=body, headers=self.headers)
        assert response.status_code == status, response.text
        answer: dict[str, Any] = response.json()
        return answer
