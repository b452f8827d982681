"""Logs: lines are JSON, come from every library, and tell nothing personal whatever the caller does."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot import log

CUSTOMER = "อยากส่งออกทุเรียนไปจีน call me 081-234-5678 at somchai@example.com"
TOKEN = "Bearer eyJhbGciOiJIUzI1NiJ9"


@pytest.fixture(name="stream")
def _stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    log.configure("worker", stream=stream)
    yield stream
    root.handlers, root.level = handlers, level
    sys.excepthook = sys.__excepthook__
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def _last(stream: io.StringIO) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(stream.getvalue().splitlines()[-1])
    return line


def _assert_nothing_personal(stream: io.StringIO) -> None:
    written = stream.getvalue()
    pieces = ("ทุเรียน", "081-234", "somchai", "eyJhbG", "อยาก", "call me", "Somchai")
    assert [piece for piece in pieces if piece in written] == []


def test_a_line_is_json_with_the_process_and_the_time(stream: io.StringIO) -> None:
    structlog.get_logger().info("case_closed", case_id="c-12", steps=9, state="closed", met=True)

    line = _last(stream)

    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "case_closed",
        "level": "info",
        "process": "worker",
        "case_id": "c-12",
        "steps": 9,
        "state": "closed",
        "met": True,
    }


@pytest.mark.parametrize("key", ["text", "name", "message", "email", "token", "body", "sender", "anything_new"])
def test_text_under_an_unknown_key_is_withheld(stream: io.StringIO, key: str) -> None:
    structlog.get_logger().warning("received", **{key: "Somchai"})

    assert _last(stream)[key] == log.WITHHELD


@pytest.mark.parametrize("key", ["event_kind", "reason", "path", "case_id"])
def test_even_a_known_key_gives_no_personal_text(stream: io.StringIO, key: str) -> None:
    structlog.get_logger().warning("received", **{key: CUSTOMER.replace("call me", "")})
    structlog.get_logger().warning("received", **{key: f"/webchat?{TOKEN} {TOKEN}"})

    _assert_nothing_personal(stream)


def test_nested_values_are_withheld_too(stream: io.StringIO) -> None:
    structlog.get_logger().info("x", payload={"text": CUSTOMER}, state=[{"text": CUSTOMER}, "open"], codes=(CUSTOMER,))

    assert _last(stream)["state"] == [{"text": log.WITHHELD}, "open"]
    _assert_nothing_personal(stream)


def test_context_bound_once_is_withheld_like_any_other(stream: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r1", customer=CUSTOMER):
        structlog.get_logger().info("handled")

    assert _last(stream)["request_id"] == "r1"
    _assert_nothing_personal(stream)


def test_an_exception_is_told_by_type_and_place_without_its_message(stream: io.StringIO) -> None:
    try:
        try:
            int(CUSTOMER)
        except ValueError as error:
            raise RuntimeError(CUSTOMER) from error
    except RuntimeError:
        structlog.get_logger().exception("turn_failed")

    line = _last(stream)

    assert [entry for entry in line["exception"] if not entry.startswith(" ")] == ["RuntimeError", "ValueError"]
    assert "test_log.py" in " ".join(line["exception"])
    _assert_nothing_personal(stream)


def test_the_end_of_a_process_is_told_without_messages_too(stream: io.StringIO) -> None:
    try:
        raise ExceptionGroup(CUSTOMER, [ValueError(CUSTOMER), ConnectionResetError(104, "Connection reset by peer")])
    except ExceptionGroup as error:
        sys.excepthook(type(error), error, error.__traceback__)

    told = " ".join(_last(stream)["exception"])
    assert all(
        part in told for part in ("ExceptionGroup", "ValueError", "ConnectionResetError: Connection reset by peer")
    )
    _assert_nothing_personal(stream)


def test_an_error_given_as_a_value_is_told_by_its_type(stream: io.StringIO) -> None:
    structlog.get_logger().warning("turn_failed", error=ValueError(CUSTOMER), cause=KeyError(CUSTOMER))
    assert (_last(stream)["error"], _last(stream)["cause"]) == ("ValueError", "KeyError")

    structlog.get_logger().warning("turn_failed", error="OperationalError")
    assert _last(stream)["error"] == "OperationalError"

    structlog.get_logger().warning("turn_failed", error=CUSTOMER)
    assert _last(stream)["error"] == log.WITHHELD


def test_an_operating_system_error_keeps_its_reason(stream: io.StringIO) -> None:
    try:
        raise ConnectionRefusedError(111, "Connection refused")
    except ConnectionRefusedError:
        structlog.get_logger().exception("turn_failed")

    assert _last(stream)["exception"][0] == "ConnectionRefusedError: Connection refused"


def test_a_librarys_record_keeps_its_template_only(stream: io.StringIO) -> None:
    for name in ("sanic.error", "sqlalchemy.engine.Engine", "some.library"):
        logging.getLogger(name).error("cannot handle %r", CUSTOMER)
        assert _last(stream)["event"] == "cannot handle %r"
        assert _last(stream)["logger"] == name

    logging.getLogger("asyncio").error(f"Task exception was never retrieved\nfuture: <Task {CUSTOMER}>")  # noqa: G004
    logging.getLogger("sanic.root").error(f"cannot handle http://desk/webchat?token={TOKEN} {CUSTOMER[:20]}")  # noqa: G004

    _assert_nothing_personal(stream)


def test_chatter_of_libraries_is_quiet(stream: io.StringIO) -> None:
    logging.getLogger("sanic.access").info("GET /")
    logging.getLogger("sqlalchemy.engine.Engine").info("SELECT 1")

    assert stream.getvalue() == ""


def test_a_platforms_answer_is_told_with_its_trace_id_and_nothing_else(stream: io.StringIO) -> None:
    told = {"channel": "line", "status": 400, "request_id": "f70dd685-499a", "token": TOKEN, "text": CUSTOMER}
    logging.getLogger("connectors.line_calls").warning("channel answered", extra=told)

    line = _last(stream)
    assert (line["channel"], line["status"], line["request_id"]) == ("line", 400, "f70dd685-499a")
    assert "token" not in line
    _assert_nothing_personal(stream)
