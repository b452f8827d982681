"""Rasa's log names what went wrong and where, without a word of what somebody wrote."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CANARY = "นกขมิ้น 0812345678"
FAILS = """
import logging, sys
import rasa.__main__
from rasa.core.channels import rest
from bot import rasa_log
from sanic import Sanic
from sqlalchemy.exc import OperationalError
rasa_log.install()
def command(_):
    text = {canary!r}
    Sanic("rasa_server")
    rest.structlogger.error("rest.message.received.timeout", text=text)
    try:
        raise ValueError(text)
    except ValueError:
        rest.structlogger.exception("rest.message.received.failure", text=text)
    try:
        raise OperationalError("insert into events", {{"data": text}}, Exception("gone"))
    except OperationalError as error:
        logging.getLogger("rasa.core.tracker_store").error(f"Cannot save: {{error}}", exc_info=True)
        logging.getLogger("sanic.error").exception("Exception occurred while handling uri: %s", "/webhooks")
class Parser:
    def parse_args(self):
        import argparse
        return argparse.Namespace(func=command, loglevel=logging.WARNING)
rasa.__main__.create_argument_parser = Parser
sys.argv = ["rasa", "run"]
rasa.__main__.main()
"""


@pytest.fixture(name="said", scope="module")
def _said() -> str:
    """What Rasa's command line writes when turns fail."""
    command = [sys.executable, "-W", "ignore", "-c", FAILS.format(canary=CANARY)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def test_what_a_customer_wrote_is_not_in_it(said: str) -> None:
    assert CANARY not in said
    assert "0812345678" not in said
    assert json.dumps(CANARY)[1:-1] not in said


def test_what_went_wrong_and_where_is_in_it(said: str) -> None:
    events = [json.loads(line[line.index("{") :]) for line in said.splitlines() if '"event"' in line]

    assert [event["event"] for event in events] == ["rest.message.received.timeout", "rest.message.received.failure"]
    assert events[1]["error"].startswith("ValueError at ")
    assert "rasa.core.tracker_store: Cannot save: (builtins.Exception) gone (OperationalError at" in said
    assert "sanic.error: Exception occurred while handling uri: /webhooks (OperationalError at" in said
