"""``make run``: everything the desk consists of, started in order, kept running, and ended without a trace.

The order: lock, leftovers of a killed run, port, database, model, then Rasa (the slow one), the database's schema and
starter data meanwhile, then action server, worker and web. Ending goes the other way: web and worker first, so that a
turn in hand can still ask Rasa, PostgreSQL last. What a reader must not break: the terminal gets plain sentences only,
each failure is one of them, and whatever was started is ended on every way out of ``supervise``.
"""

import asyncio
import json
import os
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import httpx
import psutil

from bot import activation, postgres, rasa_server, runfile
from bot.children import Child, Probe
from bot.processes import (
    BEHIND,
    REFUSAL,
    Identity,
    Program,
    Say,
    StartError,
    end_leftover,
    run_to_end,
    tell_while,
    until_signalled,
)
from bot.rasa_server import LOOPBACK
from bot.settings import Settings

READY_WITHIN: Final = 120.0  # seconds for one process to serve
RASA_READY_WITHIN: Final = 900.0  # on a busy machine it loads for minutes, while web and worker serve already
GRACE: Final = {"web": 5.0, "worker": 5.0, "actions": 3.0, "rasa": 3.0, "postgres": 4.0}  # 12 s one after the other
TIDY_EVERY: Final = 5.0
OnceReady = Callable[[], Awaitable[Sequence[str]]]


def run(settings: Settings) -> int:
    """Run the desk until SIGTERM or Ctrl-C; raise StartError when it cannot start."""
    return until_signalled(lambda: supervise(settings))


async def supervise(settings: Settings, say: Say | None = None, *, once_ready: OnceReady | None = None) -> int:
    """Start everything, keep it running until cancelled, end everything.

    ``once_ready`` is called when all of it serves; the lines that it gives are told with the desk's addresses.
    """
    with runfile.Lock(settings.var):
        await asyncio.to_thread(end_leftovers, settings.var, say or tell)
        check_port(settings.host, settings.port)
        stack = Stack(settings, say or tell, once_ready)
        try:
            await stack.start()
            await stack.watch()
        finally:
            await stack.stop()
            runfile.forget(settings.var)
    return 0


class Stack:
    """The running processes of one desk."""

    def __init__(self, settings: Settings, say: Say, once_ready: OnceReady | None = None) -> None:
        self.settings = settings
        self.say = say
        self.once_ready = once_ready
        self.children: dict[str, Child] = {}
        self.began = time.monotonic()
        self.run = runfile.Run(supervisor=_ourselves(), address=settings.public_url)

    async def start(self) -> None:
        """Start all processes and return when a customer would be answered."""
        database_url = await self._start_database()
        model = await self._model()
        actions_port = self.settings.actions_port if self.settings.rasa_url else free_port()
        rasa_port = free_port()
        rasa_url = self.settings.rasa_url or f"http://{LOOPBACK}:{rasa_port}"
        self._describe(replace(self.run, database_url=database_url, rasa_url=rasa_url, actions_port=actions_port))
        self.say("Starting Rasa, the action server, the worker and the web server (about 20 s on an idle machine) …")
        if model is not None:
            self._keep(self._rasa(model, rasa_port, actions_port), self._rasa_loaded(rasa_url))
        first = await self._prepare()
        self._keep(self._own("actions", niceness=BEHIND), _http(f"http://{LOOPBACK}:{actions_port}/health"))
        self._keep(self._own("worker", niceness=BEHIND), _at_once)
        web = f"http://{reachable(self.settings.host)}:{self.settings.port}"
        self._keep(self._own("web"), _http(f"{web}/healthz"))
        try:
            await tell_while(self.say, "Waiting until all of them serve", self._all_ready(f"{web}/readyz"))
        except BaseException:
            if first is not None:  # the account exists from now on, and its password is told only now
                self.say(f"Sign in at the next start: {_sign_in(first)}.")
            raise
        more = await self.once_ready() if self.once_ready else ()
        self.say(greeting(self.settings, first, time.monotonic() - self.began, more))

    async def watch(self) -> None:
        """Keep the logs small until cancelled; the children's keepers do the rest."""
        while True:
            await asyncio.sleep(TIDY_EVERY)
            for child in self.children.values():
                child.tidy()

    async def stop(self) -> None:
        """End all processes, the ones that lean on others first."""
        if not self.children:
            return
        self.say("Stopping …")
        for names in (("web", "worker"), ("rasa", "actions"), ("postgres",)):
            present = [name for name in names if name in self.children]
            await asyncio.gather(*(self.children[name].stop(GRACE[name]) for name in present))
        self.say("Stopped; nothing of it runs any more.")

    async def _start_database(self) -> str:
        if self.settings.database_url is not None:
            await postgres.require(self.settings.database_url)
            url = self.settings.database_url
        else:
            cluster = await postgres.prepare(self.settings.var, self.say)
            self._keep(cluster.server(self._log("postgres")), lambda: postgres.answers(cluster.url("postgres")))
            await self.children["postgres"].wait_ready(READY_WITHIN)
            await postgres.make_database(cluster)
            url = cluster.url()
        if self.settings.rasa_url is None:
            await postgres.make_schema(url)
        return url

    async def _model(self) -> Path | None:
        if self.settings.rasa_url is not None:
            return None
        choice = await activation.choose(self.say, self._log("train"))
        if choice.refusal:
            self.say(choice.refusal)
        return choice.model

    async def _prepare(self) -> dict[str, Any] | None:
        """Migrate and fill the database in a process of its own; it tells of a first administrator in a file."""
        answer = self.settings.var / ".first-sign-in.json"
        answer.unlink(missing_ok=True)
        program = self._own("prepare", str(answer))
        try:
            code = await run_to_end(program)
            if code != 0:
                raise StartError(_reason_given(program.log) or f"The database could not be set up; see {program.log}.")
            first: dict[str, Any] | None = json.loads(answer.read_text(encoding="utf-8"))
            return first
        finally:
            answer.unlink(missing_ok=True)

    async def _all_ready(self, readyz: str) -> None:
        limits = {"rasa": RASA_READY_WITHIN}
        waits = (child.wait_ready(limits.get(name, READY_WITHIN)) for name, child in self.children.items())
        await asyncio.gather(*waits)
        deadline = time.monotonic() + READY_WITHIN
        while not await _http(readyz)():
            if time.monotonic() > deadline:
                raise StartError(f"The desk started but does not report itself ready; ask {readyz} what is missing.")
            await asyncio.sleep(0.2)

    def _keep(self, program: Program, probe: Probe) -> None:
        child = Child(program, probe, say=self.say, on_change=self._on_change)
        self.children[program.name] = child
        child.start()

    def _own(self, name: str, *arguments: str, niceness: int = 0) -> Program:
        """Describe one of our own processes; it learns where everything is from its environment."""
        environ = os.environ | {
            "PYTHONUNBUFFERED": "1",
            "DESK_VAR": str(self.settings.var),
            "DESK_DATABASE_URL": self.run.database_url or "",
            "DESK_RASA_URL": self.run.rasa_url or "",
            "DESK_ACTIONS_PORT": str(self.run.actions_port),
        }
        argv = (sys.executable, "-m", "bot", name, *arguments)
        return Program(name=name, argv=argv, environ=environ, log=self._log(name), niceness=niceness)

    def _rasa(self, model: Path, port: int, actions_port: int) -> Program:
        environ = rasa_server.server_environ(self.run.database_url or "", actions_port)
        command = rasa_server.server_command(model, port)
        return Program(name="rasa", argv=command, environ=environ, log=self._log("rasa"), niceness=BEHIND)

    def _rasa_loaded(self, rasa_url: str) -> Probe:
        """Ask Rasa whether it has its model; it loads it before it listens, so a missing one stays missing."""

        async def probe() -> bool:
            status = await _status(f"{rasa_url}/status")
            if status == httpx.codes.CONFLICT:
                raise StartError(f"Rasa cannot load its model; the reason is in {self._log('rasa')}.")
            return status == httpx.codes.OK

        return probe

    def _log(self, name: str) -> Path:
        return self.settings.var / "log" / f"{name}.log"

    def _describe(self, run: runfile.Run) -> None:
        self.run = run
        try:
            runfile.write(self.settings.var, run)
        except OSError as error:  # a full disk must not take the running desk down
            self.say(f"run.json could not be written: {error.strerror}.")

    def _on_change(self, name: str, identity: Identity | None) -> None:
        self._describe(self.run.with_child(name, identity))


def end_leftovers(var: Path, say: Say) -> None:
    """End what a killed supervisor left behind; we hold the lock, so that supervisor is gone."""
    run = runfile.read(var)
    if run is None:
        return
    last = ("postgres",)
    names = [name for name in run.children if name not in last] + [name for name in last if name in run.children]
    ended = [name for name in names if end_leftover(run.children[name])]
    if ended:
        say(f"Ended what an earlier run had left behind: {', '.join(ended)}.")
    runfile.forget(var)


def check_port(host: str, port: int) -> None:
    """Raise StartError unless the web server will be able to listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError as error:
            raise StartError(
                f"Port {port} on {host} cannot be opened ({os.strerror(error.errno or 0)}); "
                "end the program that uses it or choose another port with DESK_PORT."
            ) from None


def free_port() -> int:
    """Pick a port of the loopback that nobody uses."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def reachable(host: str) -> str:
    """Give the address by which we ourselves reach what listens on this host."""
    everywhere = {"0.0.0.0": LOOPBACK, "::": "[::1]"}  # noqa: S104 - looked up, not bound to
    return everywhere.get(host, f"[{host}]" if ":" in host else host)


def greeting(settings: Settings, first: dict[str, Any] | None, seconds: float, more: Sequence[str] = ()) -> str:
    """Say that the desk is ready, where it is, and how to sign in."""
    lines = [
        f"The desk is ready ({seconds:.0f} s).",
        f"  Web chat       {settings.public_url}/chat",
        f"  Agent console  {settings.public_url}/desk",
        f"  Sign in        {_sign_in(first)}",
        *more,
        "Ctrl-C stops everything.",
    ]
    return "\n".join(lines)


def _sign_in(first: dict[str, Any] | None) -> str:
    if first is None:
        return "as before; more officers: .build/desk/bin/python -m bot agent create --help"
    if first.get("password") is None:
        return f"{first['email']} with the password of DESK_ADMIN_PASSWORD"
    return f"{first['email']} with the password {first['password']} (shown only this once)"


def tell(sentence: str) -> None:
    """Say a sentence to the terminal, if it is still there."""
    with suppress(OSError):
        print(sentence, flush=True)  # noqa: T201 - the supervisor talks to a person


def _reason_given(log: Path) -> str | None:
    """Give the sentence with which one of our own commands refused, if that is how it ended."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return lines[-1].removeprefix(REFUSAL) if lines and lines[-1].startswith(REFUSAL) else None


def _ourselves() -> Identity:
    process = psutil.Process()
    return Identity(pid=process.pid, started=process.create_time(), command=tuple(process.cmdline()))


def _http(url: str) -> Probe:
    async def probe() -> bool:
        return await _status(url) == httpx.codes.OK

    return probe


async def _status(url: str) -> int | None:
    """Give the HTTP status, None while nobody answers."""
    try:
        async with httpx.AsyncClient(timeout=5.0, trust_env=False) as client:
            return (await client.get(url)).status_code
    except httpx.HTTPError:
        return None


async def _at_once() -> bool:
    return True
