"""Searching over the JSON API: why an article was found, and that no text is an error."""

import unicodedata
from typing import Any

import pytest
from httpx import Response

from bot.domain.agent import Role
from tests.web.conftest import Web

OPERATORS = "AND OR NOT NEAR \" * ( ) : ~ ^ - / \\ % _ + & | ! < > = { } [ ] ; ' ` # @ $ ?".split()


async def _search(web: Web, headers: dict[str, str], **query: Any) -> Response:
    return await web.http.get("/api/v1/articles/search", params=query, headers=headers, timeout=60)


async def test_explain_tells_the_signals_of_every_hit(web: Web) -> None:
    agent = await web.sign_in(Role.AGENT)
    plain = (await _search(web, agent, q="Form D ขอที่ไหน", topic="documents")).json()["items"]
    explained = (await _search(web, agent, q="Form D ขอที่ไหน", topic="documents", explain=1)).json()["items"]

    assert {item["signals"] for item in plain} == {None}
    assert [item["article"]["id"] for item in explained] == [item["article"]["id"] for item in plain]
    assert explained[0]["article"]["id"] == "form-d"
    assert {name: explained[0]["signals"][name] for name in ("verbatim", "names", "topic")} == {
        "verbatim": 1.0,
        "names": 1.1,
        "topic": 1.05,
    }
    assert all(0 <= item["signals"][name] <= 1 for item in explained for name in ("article", "share", "letters"))


async def test_explain_stands_in_the_description(web: Web) -> None:
    document = (await web.http.get("/api/v1/openapi.json")).json()
    parameters = document["paths"]["/api/v1/articles/search"]["get"]["parameters"]
    signals = document["components"]["schemas"]["SearchSignals"]["properties"]

    assert next(one for one in parameters if one["name"] == "explain")["schema"]["type"] == "boolean"
    assert set(signals) == {"verbatim", "question", "article", "share", "letters", "names", "topic"}
    assert all(signal["description"] for signal in signals.values())


@pytest.mark.parametrize("around", ["{0}", "{0}form d", "form {0} d", '"form d" {0}', "{0}{0}{0}"])
async def test_operators_of_search_languages_are_plain_signs(web: Web, around: str) -> None:
    agent = await web.sign_in(Role.AGENT)
    for operator in OPERATORS:
        response = await _search(web, agent, q=around.format(operator), explain=1)

        assert response.status_code == 200, response.text
        if "form d" in around:
            assert response.json()["items"][0]["article"]["id"] == "form-d"


async def test_any_character_is_taken(web: Web) -> None:
    """Take one character of each category, and what PostgreSQL, URLs and JSON find hard."""
    agent = await web.sign_in(Role.AGENT)
    of_each = {unicodedata.category(chr(code)): chr(code) for code in range(0x10FFFF) if not 0xD800 <= code < 0xE000}
    hard = ["\u202eใบขน", "e\u0301" * 200, "\U0001f600" * 500, "%00", "%zz"]
    for text in [*(f"ก{character}" for character in of_each.values()), *hard]:
        response = await _search(web, agent, q=text)

        assert response.status_code == 200, (text, response.text)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"q": ""},
        {"q": " \u3000"},
        {"q": "ก\x00"},
        {"q": "ก" * 501},
        {"q": "ก", "limit": 0},
        {"q": "ก", "explain": "x"},
    ],
)
async def test_what_is_no_search_is_refused(web: Web, query: dict[str, Any]) -> None:
    agent = await web.sign_in(Role.AGENT)

    assert (await _search(web, agent, **query)).status_code == 400
