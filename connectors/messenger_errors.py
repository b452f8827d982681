"""What an answer of the Send API means for one message: the table of Graph's errors, and how it is read.

Graph says what went wrong by ``code`` and ``error_subcode``; 10, 100 and 200 are overloaded, so the pair decides, then
the subcode, then the code, and the words only where nothing else differs. An error object may come with HTTP 200, so
the body is read first and the status last.

Source: developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes (2026-06-25). Not on
that page and known only from other integrations: -1, 3, 17, 32, 102, 230, 368, 1200, 80001 to 80009.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import httpx

from connectors.contract import (
    ChannelError,
    ChannelHalted,
    DeliveryFailed,
    DeliveryUnknown,
    Receipt,
    RecipientUnreachable,
    ThreadTakenOver,
)
from connectors.messenger_usage import read_usage

SOON: Final = timedelta(seconds=2)  # the platform hiccups
A_MINUTE: Final = timedelta(minutes=1)  # people or a limit must move first
ONE_RETRY: Final = 2  # tries
TEN_MINUTES: Final = timedelta(minutes=10)  # the page is restricted: people decide
ALARMING: Final = frozenset(  # reasons that people must see to; the rest passes, or is the customer's matter
    {"refused", "bad_file", "no_access", "not_permitted", "page_restricted", "tag_not_approved"}
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class GraphError:
    """An error object of Graph; ``regain`` is when Graph says that calls are let through again."""

    status: int
    code: int | None
    subcode: int | None
    words: str
    is_transient: bool
    fbtrace_id: str | None
    regain: timedelta | None


_Meaning = Callable[[GraphError], ChannelError]


def _failed(reason: str) -> _Meaning:
    return lambda _: DeliveryFailed(reason)


def _once_more(reason: str) -> _Meaning:
    return lambda _: DeliveryFailed(reason, retry_after=A_MINUTE, most_tries=ONE_RETRY)


def _halted(reason: str, retry_after: timedelta) -> _Meaning:
    return lambda _: ChannelHalted(reason, retry_after=retry_after)


def _rate_limited(error: GraphError) -> ChannelError:
    return DeliveryFailed("rate_limited", retry_after=error.regain or A_MINUTE)


def _unreachable(error: GraphError) -> ChannelError:
    return RecipientUnreachable(f"graph {error.code}/{error.subcode}")


def _taken_over(error: GraphError) -> ChannelError:
    return ThreadTakenOver(f"graph {error.code}/{error.subcode}")


def _unknown(error: GraphError) -> ChannelError:
    return DeliveryUnknown(f"graph {error.code}/{error.subcode}")


def _hiccup(error: GraphError) -> ChannelError:
    """A 4xx says that Graph took nothing; what a server that broke had done before, only the echo tells."""
    if error.status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return _unknown(error)
    return DeliveryFailed("platform_down", retry_after=SOON)


# Graph reports that it can't read its own answer after the message was sent.
SENT_AFTER_ALL: Final = (1, 1357046)

# (code, subcode) -> what it means; None stands for any.
MEANINGS: Final[Mapping[tuple[int | None, int | None], _Meaning]] = {
    # The 24 hours, or the 7 days of an officer, are over.
    (10, 2018278): _failed("outside_window"),
    (10, 2534022): _failed("outside_window"),
    (10, 2018065): _failed("outside_window"),
    # Another app or the page's inbox owns the talk.
    (10, 2018300): _taken_over,
    (100, 2534037): _taken_over,
    # The customer is in the middle of an automated question flow.
    (2018321, None): _once_more("busy_flow"),
    (None, 2018321): _once_more("busy_flow"),
    # Blocked us, left Messenger, or never was a customer of this page.
    (551, None): _unreachable,
    (200, 1545041): _unreachable,
    (10, 2018108): _unreachable,
    (100, 2018001): _unreachable,
    # A mistake of ours, or of the set-up.
    (100, 33): _failed("refused"),
    (100, 1893061): _failed("refused"),
    (100, 2018014): _failed("refused"),
    (100, 2018034): _failed("refused"),
    (100, None): _failed("refused"),
    # A file of the wrong kind or size, one that Meta could not load, an upload that expired: the desk uploads nothing,
    # so such an id is Meta's own, of a file at an address.
    (100, 2018047): _failed("bad_file"),
    (100, 2018109): _failed("bad_file"),
    (100, 2018008): _once_more("bad_file"),
    (100, 2018294): _once_more("bad_file"),
    (100, 2018074): _once_more("bad_file"),
    # The page's token is dead.
    (190, None): _halted("no_access", A_MINUTE),
    (102, None): _halted("no_access", A_MINUTE),
    # The app lacks a permission or is not live.
    (10, None): _failed("not_permitted"),
    (200, None): _failed("not_permitted"),
    (230, None): _failed("not_permitted"),
    (3, None): _failed("not_permitted"),
    (1, 99): _failed("not_permitted"),
    # Meta restricted the page.
    (10, 1893063): _halted("page_restricted", TEN_MINUTES),
    (368, None): _halted("page_restricted", TEN_MINUTES),
    (613, 2018338): _halted("page_restricted", TEN_MINUTES),
    (2022, None): _halted("page_restricted", TEN_MINUTES),
    (None, 2022): _halted("page_restricted", TEN_MINUTES),
    # Too many calls.
    (4, None): _rate_limited,
    (17, None): _rate_limited,
    (32, None): _rate_limited,
    (613, None): _rate_limited,
    **{(code, None): _rate_limited for code in range(80001, 80010)},
    # Graph hiccups.
    (2, None): _hiccup,
    (-1, None): _hiccup,
    (1200, None): _hiccup,
    # "An unknown error": Graph may have sent (see SENT_AFTER_ALL).
    (1, None): _unknown,
}


def read_receipt(response: httpx.Response) -> Receipt:
    """Read an answer of the Send API: the message's id if it was accepted, else raise what the answer means."""
    if error := error_in(response):
        return _refused(error)
    mid = _json_object(response).get("message_id")
    if response.is_success and isinstance(mid, str) and mid:
        _log.info("messenger.sent", extra={"status": response.status_code})
        return Receipt(external_message_id=mid)
    _log.warning("messenger.unreadable", extra={"status": response.status_code})
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise DeliveryFailed("rate_limited", retry_after=read_usage(response.headers).regain or A_MINUTE)
    raise DeliveryUnknown(f"unreadable answer with status {response.status_code}")


def error_in(response: httpx.Response) -> GraphError | None:
    """Read the error object of an answer, whatever its status; None if there is none."""
    error = _json_object(response).get("error")
    if not isinstance(error, dict):
        return None
    trace = error.get("fbtrace_id")
    return GraphError(
        status=response.status_code,
        code=_number(error.get("code")),
        subcode=_number(error.get("error_subcode")),
        words=str(error.get("message")),
        is_transient=error.get("is_transient") is True,
        fbtrace_id=trace if isinstance(trace, str) else None,
        regain=read_usage(response.headers).regain,
    )


def meaning_of(error: GraphError) -> ChannelError:
    """Look an error up, most exact first."""
    if error.code == 100 and "without prior approval" in error.words:
        return DeliveryFailed("tag_not_approved")
    for key in ((error.code, error.subcode), (None, error.subcode), (error.code, None)):
        if key in MEANINGS:
            return MEANINGS[key](error)
    if error.status == httpx.codes.TOO_MANY_REQUESTS:
        return _rate_limited(error)
    if error.is_transient or error.status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return _unknown(error)
    return DeliveryFailed("refused")


def _refused(error: GraphError) -> Receipt:
    """Log with ``fbtrace_id``, which Meta's support asks for; then raise, unless the message went out all the same."""
    told = {name: getattr(error, name) for name in ("status", "code", "subcode", "fbtrace_id")}
    if (error.code, error.subcode) == SENT_AFTER_ALL:
        _log.warning("messenger.sent_after_all", extra=told)
        return Receipt()
    meaning = meaning_of(error)
    reason = getattr(meaning, "reason", None) or type(meaning).__name__
    level = logging.ERROR if reason in ALARMING else logging.WARNING
    _log.log(level, "messenger.refused", extra={**told, "reason": reason})
    raise meaning


def _json_object(response: httpx.Response) -> Mapping[str, Any]:
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _number(value: Any) -> int | None:
    """Read a code; some gateways before Graph write it as text."""
    if isinstance(value, str) and value.removeprefix("-").isdecimal() and len(value) <= 10:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
