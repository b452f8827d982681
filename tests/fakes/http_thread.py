"""A real HTTP server on loopback, in threads of its own, that can break connections as networks do."""

import os
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self

import httpx

STUCK = 30.0  # seconds after which a held answer goes out even if a test forgot to release it

# How a platform calls the desk: each time over a connection of its own, so that a killed desk is only ever refused. One
# client for all calls: each new one reads all certificates, 30 ms of a core, which twenty callers take from the desk.
CALLS: Final = httpx.Client(limits=httpx.Limits(max_keepalive_connections=0), trust_env=False)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What came in; header names are in lower case, ``path`` has the query."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What goes back: after ``held`` is set, if there is one; nothing but a reset connection if ``reset``."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    reset: bool = False
    held: threading.Event | None = None


class HttpThread:
    """Serves ``answer`` between start and stop; a restart keeps the port: a platform can be down a while.

    ``watchers`` are told of each call and its answer, before the answer leaves. ``port`` 0 takes a free one.
    """

    def __init__(self, answer: Callable[[Request], Reply], port: int = 0) -> None:
        self._answer = answer
        self._port = port
        self.watchers: list[Callable[[Request, Reply], None]] = []
        self._server: _Server | None = None

    @property
    def address(self) -> str:
        """The base URL, known once started."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen; returns when connections are taken."""
        self._server = _Server(("127.0.0.1", self._port), self._watched)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        """Refuse new connections and break the open ones."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server.break_connections()
            self._server = None

    def _watched(self, request: Request) -> Reply:
        reply = self._answer(request)
        for watcher in self.watchers:
            watcher(request, reply)
        return reply


class ServedPlatform:
    """A platform behind ``_http``, up between start and stop."""

    _http: HttpThread

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to listen, on the same port as before if there was a before."""
        self._http.start()

    def stop(self) -> None:
        """Be down: connections break, new ones are refused."""
        self.release()
        self._http.stop()

    def watch(self, watcher: Callable[[Request, Reply], None]) -> None:
        """Tell of every call of the desk and what it was answered."""
        self._http.watchers.append(watcher)

    def release(self) -> None:
        """Let stalled answers go."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], answer: Callable[[Request], Reply]) -> None:
        super().__init__(address, _Handler)
        self.answer = answer
        self.connections: set[socket.socket] = set()

    def break_connections(self) -> None:
        """End what the handlers' threads read from; each then closes its connection itself."""
        for connection in tuple(self.connections):
            with suppress(OSError):  # gone already
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: clients that went away are what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for an acknowledgement
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.answer(Request(method=self.command, path=self.path, headers=headers, body=body))
        if reply.held is not None:
            reply.held.wait(STUCK)
        if reply.reset:
            self.close_connection = True
            _reset(self.connection)
        else:
            self._send(reply)

    do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815 - the names that the base class calls

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in {**reply.headers, "Content-Length": str(len(reply.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Stay silent."""


def _reset(connection: socket.socket) -> None:
    """Close so that the other side sees a reset, not an orderly end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())
