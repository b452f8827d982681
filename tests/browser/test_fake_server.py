"""The stand-in leaves nothing behind whenever it stops: a connection it left open was once blamed on a later test."""

import asyncio
import gc
import socket
import warnings

import pytest

from tests.browser.fake_server import Conversation, running


@pytest.mark.parametrize("iterations", range(6))
async def test_a_stream_asked_for_while_it_stops_is_cut(iterations: int) -> None:
    """So many turns of the loop lie between a page's request and the stop."""
    before = asyncio.all_tasks()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", ResourceWarning)
        async with running() as server:
            server.conversations["token"] = Conversation(language="th")
            page = socket.create_connection(("127.0.0.1", server.port))
            page.sendall(b"GET /webchat/events?after=0 HTTP/1.1\r\nAuthorization: Bearer token\r\n\r\n")
            for _ in range(iterations):
                await asyncio.sleep(0)
        page.close()
        for _ in range(10):
            await asyncio.sleep(0)
        assert asyncio.all_tasks() == before
        gc.collect()
    assert [str(warning.message) for warning in warned] == []
