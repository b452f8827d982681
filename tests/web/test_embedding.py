"""What the server says about embedding, and about being too fast."""

import uuid

import httpx
import pytest

from bot.settings import SettingsError, load_settings
from bot.web.throttle import Throttle
from tests.served import Web


async def test_the_page_may_be_framed_by_nobody_else_and_the_widget_is_one_script(web: Web) -> None:
    page = await web.http.get("/chat")
    widget = await web.http.get("/chat/widget.js")

    assert page.headers["content-security-policy"].endswith("frame-ancestors 'self'")
    assert 'data-origins=""' in page.text
    assert 'data-word="notice"' not in page.text
    assert widget.status_code == 200
    assert widget.headers["content-type"] == "text/javascript; charset=utf-8"
    assert (await web.http.head("/chat/widget.js")).status_code == 200
    assert widget.headers["cross-origin-resource-policy"] == "cross-origin"


async def test_the_sites_of_the_settings_may_frame_it(web: Web) -> None:
    object.__setattr__(web.app.ctx.web, "widget_origins", ("https://www.example.go.th", "https://a.example"))
    object.__setattr__(web.app.ctx.web, "privacy_url", "https://www.example.go.th/privacy")
    page = await web.http.get("/chat?embedded=1")

    assert '<a href="https://www.example.go.th/privacy"' in page.text
    policy = page.headers["content-security-policy"]
    assert policy.endswith("frame-ancestors 'self' https://www.example.go.th https://a.example")
    assert 'data-origins="https://www.example.go.th https://a.example"' in page.text


@pytest.mark.parametrize(
    "origins", ["*", "https://*.go.th", "www.go.th", "https://a.go.th/path", "javascript:x", "https://"]
)
def test_only_whole_origins_are_taken(origins: str) -> None:
    with pytest.raises(SettingsError, match="DESK_WIDGET_ORIGINS must name sites"):
        load_settings({"DESK_WIDGET_ORIGINS": origins})


def test_lists_of_sites_and_proxies() -> None:
    settings = load_settings(
        {
            "DESK_WIDGET_ORIGINS": "https://a.go.th, http://b.go.th:8080",
            "DESK_TRUSTED_PROXIES": "10.0.0.5 192.168.0.0/16",
        }
    )

    assert settings.widget_origins == ("https://a.go.th", "http://b.go.th:8080")
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.5/32", "192.168.0.0/16"]


async def test_who_is_too_fast_is_told_when_to_come_back(web: Web) -> None:
    object.__setattr__(web.app.ctx.web, "throttle", Throttle(visitor_per_minute=5, address_per_minute=1200))
    visitor, other = await web.visitor(), await web.visitor()

    async def writes(headers: dict[str, str]) -> httpx.Response:
        body = {"client_id": uuid.uuid4().hex, "text": "x"}
        return await web.http.post("/webchat/messages", json=body, headers=headers)

    answers = [await writes(visitor) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 12
    assert (await writes(other)).status_code == 202
