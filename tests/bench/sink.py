"""A LINE that takes every message at once and shows it to nobody: ``python -m tests.bench.sink PORT``."""

import itertools
import sys
from typing import Any

from sanic import HTTPResponse, Request, Sanic, json

_numbers = itertools.count(1)


def make_app() -> Sanic[Any, Any]:
    """Answer replies and pushes as LINE does: one id for each message of the call."""
    app: Sanic[Any, Any] = Sanic("sink", configure_logging=False)

    @app.post("/v2/bot/message/<_how:str>")
    async def take(request: Request, _how: str) -> HTTPResponse:
        return json({"sentMessages": [{"id": str(next(_numbers))} for _ in request.json["messages"]]})

    return app


if __name__ == "__main__":
    make_app().run(host="127.0.0.1", port=int(sys.argv[1]), single_process=True, access_log=False, motd=False)
