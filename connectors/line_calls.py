"""Calls to LINE through line-bot-sdk 3.27, with its traps behind one typed face.

The SDK waits 300 s unless told otherwise; opens its HTTP client in the constructor; gives unions with Awaitable; and
raises while it reads an answer that LINE gave after accepting a message. Here every call has a time limit, clients
are made in the running loop at the first call, and an accepted call is an Answer whatever its body looks like.
"""

import json
import logging
import time
from asyncio import Lock
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import aiohttp
from linebot.v3 import messaging, oauth
from linebot.v3.messaging.exceptions import ApiException
from linebot.v3.oauth.exceptions import ApiException as OAuthException
from pydantic.v1 import ValidationError

from connectors.contract import ChannelHalted

CHANNEL_NAME: Final = "line"
LINE_API: Final = "https://api.line.me"
LINE_DATA_API: Final = "https://api-data.line.me"
NO_ACCESS_PAUSE: Final = timedelta(seconds=60)
LONGEST_BLAME: Final = 200
TOKEN_LIFE: Final = 14 * 60  # seconds; LINE's stateless tokens live for 15 minutes

_PUSH: Final = "/v2/bot/message/push"
_REPLY: Final = "/v2/bot/message/reply"
_TOKEN: Final = "/oauth2/v3/token"  # noqa: S105 - a path
# What the SDK raises over the body of an answer, and over nothing that comes before sending.
_UNREADABLE: Final = (ValidationError, UnicodeDecodeError, LookupError, TypeError)
_CUT: Final = (aiohttp.ClientError, TimeoutError, OSError)

log = logging.getLogger(__name__)


class NothingSent(Exception):
    """LINE could not be reached: it has not seen the call."""


class NoAnswer(Exception):
    """The connection broke or the time was over after the call may have reached LINE."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What LINE answered; ``body`` is its JSON, None where there is none or it can't be read."""

    status: int
    body: Any = None
    request_id: str | None = None

    @property
    def message(self) -> str:
        """LINE's own sentence about an error."""
        said = self.body.get("message") if isinstance(self.body, dict) else None
        return said if isinstance(said, str) else ""

    @property
    def blamed(self) -> str:
        """What LINE found wrong with a request: paths of properties such as ``messages[0].text``, no values."""
        details = self.body.get("details") if isinstance(self.body, dict) else None
        paths = (
            [str(one.get("property")) for one in details if isinstance(one, dict)] if isinstance(details, list) else []
        )
        return ", ".join(paths)[:LONGEST_BLAME]

    @property
    def sent_ids(self) -> list[str]:
        """LINE's ids of the objects it accepted, in their order; empty where it named none."""
        sent = self.body.get("sentMessages") if isinstance(self.body, dict) else None
        ids = [item.get("id") for item in sent if isinstance(item, dict)] if isinstance(sent, list) else []
        return [sent_id for sent_id in ids if isinstance(sent_id, str)]


class LineCalls:
    """Push and reply, each with a valid token. Needs ``access_token``, or ``channel_id`` for stateless tokens."""

    def __init__(
        self,
        *,
        secret: str,
        access_token: str | None,
        channel_id: str | None,
        api_base: str,
        data_base: str,
        monotonic: Callable[[], float],
        timeout: float,
    ) -> None:
        self._host = None if api_base == LINE_API else api_base
        self._timeout = timeout
        # One other host may be both.
        self._data_host = self._host if data_base == LINE_DATA_API else data_base
        self.data_base = self._data_host or LINE_DATA_API
        self._client: messaging.AsyncApiClient | None = None
        self._data_client: messaging.AsyncApiClient | None = None
        self._token: _FixedToken | _StatelessToken
        if access_token is not None:
            self._token = _FixedToken(access_token)
        elif channel_id is not None:
            self._token = _StatelessToken(self._host, channel_id, secret, monotonic, timeout)
        else:
            raise ValueError("LINE needs an access token or a channel id")

    async def push(self, request: messaging.PushMessageRequest, retry_key: str) -> Answer:
        """Send to one user at any time; the same key again is the same message."""
        api = self._api()
        return await self._authorised(_PUSH, lambda how: api.push_message_with_http_info(request, retry_key, **how))

    async def reply(self, request: messaging.ReplyMessageRequest) -> Answer:
        """Answer an event with its reply token."""
        api = self._api()
        return await self._authorised(_REPLY, lambda how: api.reply_message_with_http_info(request, **how))

    async def ask(self, path: str, method: str, *arguments: Any, patience: float) -> Answer:
        """Make any other call of the messaging API by its name in the SDK; ``path``, without ids, is for the log."""
        call = getattr(self._api(), f"{method}_with_http_info")
        return await self._authorised(path, lambda how: call(*arguments, **{**how, "_request_timeout": patience}))

    async def upload_menu_image(self, menu_id: str, png: bytes, *, patience: float) -> Answer:
        """Give a rich menu its picture; the SDK has this call apart, on LINE's other host."""
        if self._data_client is None:
            self._data_client = messaging.AsyncApiClient(_configured(messaging.Configuration, self._data_host))
        call = messaging.AsyncMessagingApiBlob(self._data_client).set_rich_menu_image_with_http_info
        fixed = {"_headers": {"Content-Type": "image/png"}, "_request_timeout": patience}
        return await self._authorised(
            "/v2/bot/richmenu/{richMenuId}/content", lambda how: call(menu_id, png, **{**how, **fixed})
        )

    async def token(self) -> str:
        """Give the access token for a call that is made elsewhere; raises NothingSent or ChannelHalted without one."""
        return await self._token.get()

    def renew(self, token: str) -> bool:
        """Tell that LINE refused this token; False when there is no other one."""
        return self._token.drop(token)

    async def close(self) -> None:
        """Close what was opened."""
        for client in (self._client, self._data_client):
            if client is not None:
                await client.close()
        await self._token.close()

    def _api(self) -> messaging.AsyncMessagingApi:
        if self._client is None:
            self._client = messaging.AsyncApiClient(_configured(messaging.Configuration, self._host))
        return messaging.AsyncMessagingApi(self._client)

    async def _authorised(self, path: str, call: Callable[[dict[str, Any]], Awaitable[Any]]) -> Answer:
        """Call with the current token, and once more with a new one if LINE refuses it and there is a new one."""
        token = await self._token.get()
        answer = await _ask(path, call(self._how(token)))
        if answer.status == 401 and self._token.drop(token):
            answer = await _ask(path, call(self._how(await self._token.get())))
        return answer

    def _how(self, token: str) -> dict[str, Any]:
        bearer = {"type": "bearer", "in": "header", "key": "Authorization", "value": f"Bearer {token}"}
        return {"_request_timeout": self._timeout, "_request_auth": bearer}


class _FixedToken:
    """A long-lived token: there is no other one."""

    def __init__(self, token: str) -> None:
        self._value = token

    async def get(self) -> str:
        return self._value

    def drop(self, token: str) -> bool:
        return False

    async def close(self) -> None:
        """Nothing is open."""


class _StatelessToken:
    """Tokens by channel id and secret, one at a time, each used for ``TOKEN_LIFE`` unless LINE refuses it earlier."""

    def __init__(
        self, host: str | None, channel_id: str, secret: str, monotonic: Callable[[], float], timeout: float
    ) -> None:
        self._host = host
        self._channel_id = channel_id
        self._secret = secret
        self._monotonic = monotonic
        self._timeout = timeout
        self._value: str | None = None
        self._until = 0.0
        self._one_at_a_time = Lock()
        self._client: oauth.AsyncApiClient | None = None

    async def get(self) -> str:
        async with self._one_at_a_time:
            if self._value is None or self._monotonic() >= self._until:
                asked_at = self._monotonic()
                self._value = await self._issue()
                self._until = asked_at + TOKEN_LIFE
            return self._value

    def drop(self, token: str) -> bool:
        if self._value == token:
            self._value = None
        return True

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def _issue(self) -> str:
        if self._client is None:
            self._client = oauth.AsyncApiClient(_configured(oauth.Configuration, self._host))
        call = oauth.AsyncChannelAccessToken(self._client).issue_stateless_channel_token_with_http_info_by_client_secret
        try:
            answer = await _ask(_TOKEN, call(self._channel_id, self._secret, _request_timeout=self._timeout))
        except NoAnswer as error:
            raise NothingSent from error  # at least not the message
        token = answer.body.get("access_token") if isinstance(answer.body, dict) else None
        if isinstance(token, str) and answer.status == 200:
            return token
        if 400 <= answer.status < 500 and answer.status != 429:
            raise ChannelHalted("no_access", retry_after=NO_ACCESS_PAUSE)
        raise NothingSent


def _configured(kind: Callable[..., Any], host: str | None) -> Any:
    """Leave the host unset in production: set, it would override the one of every endpoint."""
    return kind(access_token="", **({} if host is None else {"host": host}))


async def _ask(path: str, call: Awaitable[Any]) -> Answer:
    """Wait for a call's answer and log it; never its token or its text."""
    begun = time.monotonic()

    def fields() -> dict[str, Any]:
        return {"channel": CHANNEL_NAME, "path": path, "ms": round((time.monotonic() - begun) * 1000)}

    try:
        answer = await _answer(call)
    except aiohttp.ClientConnectorError as error:
        log.warning("channel out of reach", extra=fields())
        raise NothingSent from error
    except _CUT as error:
        log.warning("channel gave no answer", extra=fields())
        raise NoAnswer from error
    log.info("channel answered", extra={**fields(), "status": answer.status, "request_id": answer.request_id})
    return answer


async def _answer(call: Awaitable[Any]) -> Answer:
    """Read the SDK's result, or its exception, which may come from reading the body of an accepted call."""
    try:
        response = await call
    except (ApiException, OAuthException) as error:
        return _read(error.status, error.body, error.headers)
    except _UNREADABLE as error:
        refused = error.__context__  # a refusal whose body the SDK could not decode
        if isinstance(refused, ApiException | OAuthException):
            return _read(refused.status, refused.body, refused.headers)
        return Answer(status=200)
    return _read(response.status_code, response.raw_data, response.headers)


def _read(status: int, body: str | bytes | None, headers: Mapping[str, str] | None) -> Answer:
    try:
        value = json.loads(body or "null")
    except (ValueError, RecursionError):
        value = None
    return Answer(status=status, body=value, request_id=(headers or {}).get("x-line-request-id"))
