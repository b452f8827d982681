"""The operator's command line, ``python -m bot --help``, and the entry of every process of the desk.

What a reader must not break: a subcommand imports what it needs when it runs, so that ``--help`` and a mistake answer
at once; a mistake is one sentence on standard error and an exit code other than 0; ``web``, ``worker`` and ``actions``
keep their names, by which operators know the processes in ``ps``.
"""

import argparse
import asyncio
import getpass
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from bot.log import configure
from bot.processes import REFUSAL, StartError
from bot.settings import Settings, SettingsError, load_settings

ROLES: Final = ("agent", "verifier", "supervisor", "admin")
NOT_ACTIVATED: Final = 3  # exit code of `train`
EXAMPLE: Final = "\n    - "  # how a sentence begins in Rasa's YAML

Command = Callable[[Settings, argparse.Namespace], int | None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    chosen = _parser().parse_args(arguments)
    command: Command = chosen.command
    try:
        return command(load_settings(), chosen) or 0
    except (SettingsError, StartError) as error:
        print(f"{REFUSAL}{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="The DITP trade-information desk.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add(commands, "run", _run, "start everything and keep it running (what `make run` does)")
    _add(commands, "web", _web, "one web server: webhooks, web chat, console, API")
    _add(commands, "worker", _worker, "one worker: answers events, sends messages, watches deadlines")
    _add(commands, "actions", _actions, "one action server for Rasa, on loopback")
    rasa = _add(commands, "rasa", _rasa, "one Rasa server with the present model, on loopback")
    rasa.add_argument("--port", type=int, default=5005)
    _add(commands, "migrate", _migrate, "bring the database's schema up to date")
    train = _add(
        commands, "train", _train, "train the Rasa model if the training data has changed, and use it if it is no worse"
    )
    train.add_argument("--force", action="store_true", help="use it also if it understands fewer of the test messages")
    train.add_argument("--aside", action="store_true", help="leave the model in use alone; only tell the path")
    train.epilog = f"Exit code {NOT_ACTIVATED}: the new model is kept but not activated; the model in use goes on."
    prepare = _add(commands, "prepare", _prepare, "migrate, load the starter data, make the first administrator")
    prepare.add_argument(
        "answer", nargs="?", type=Path, help="file to put the first sign-in in, instead of printing it"
    )
    learning = commands.add_parser("learning", help="what officers have labelled")
    export = _add(
        learning.add_subparsers(metavar="COMMAND", required=True), "export", _export_learning,
        "write the labelled messages as Rasa training data",
    )  # fmt: skip
    export.add_argument("file", nargs="?", type=Path, help="such as nlu_data/nlu/learned.yml; else they are printed")
    line = commands.add_parser("line", help="the LINE account").add_subparsers(metavar="COMMAND", required=True)
    _add(line, "setup", _line_setup, "publish rich menus and the webhook's address, then check")
    _add(line, "check", _line_check, "look the account over and say in plain words what is missing")
    page = commands.add_parser("messenger", help="the Facebook page").add_subparsers(metavar="COMMAND", required=True)
    _add(page, "setup", _messenger_setup, "publish greeting, menu, questions and the webhook's address, then check")
    _add(page, "check", _messenger_check, "look the page over and say in plain words what is missing")
    agent = commands.add_parser("agent", help="officers' accounts")
    create = _add(agent.add_subparsers(metavar="COMMAND", required=True), "create", _create_agent, "make an account")
    create.add_argument("--email", required=True)
    create.add_argument("--name", required=True, help="the name customers see")
    create.add_argument("--role", choices=ROLES, default="agent")
    create.epilog = "The password is asked for, or read from standard input when that is not a terminal."
    return parser


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, command: Command, summary: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
    parser.set_defaults(command=command)
    return parser


def _run(settings: Settings, _chosen: argparse.Namespace) -> int:
    from bot import supervisor

    return supervisor.run(settings)


def _web(settings: Settings, _chosen: argparse.Namespace) -> None:
    from bot.supervisor import check_port

    settings = _with_database(settings)
    check_port(settings.host, settings.port)
    from bot import server

    server.serve_web(settings)


def _worker(settings: Settings, _chosen: argparse.Namespace) -> None:
    settings = _with_database(settings)
    from bot import worker

    worker.run(settings)


def _actions(settings: Settings, _chosen: argparse.Namespace) -> None:
    from bot.rasa_server import LOOPBACK
    from bot.supervisor import check_port

    settings = _with_database(settings)
    check_port(LOOPBACK, settings.actions_port)
    from bot import server

    server.serve_actions(settings)


def _rasa(settings: Settings, chosen: argparse.Namespace) -> None:
    from bot import rasa_server, runfile
    from bot.supervisor import check_port

    check_port(rasa_server.LOOPBACK, chosen.port)
    run = runfile.running(settings.var)
    actions_port = run.actions_port if run and run.actions_port else settings.actions_port
    model = asyncio.run(_model_in_use(settings))
    rasa_server.become_server(model, chosen.port, _database(settings), actions_port)


def _migrate(settings: Settings, _chosen: argparse.Namespace) -> None:
    url = _database(settings)
    from bot.store.migrate import migrate

    configure("migrate")
    migrate(url)


def _train(settings: Settings, chosen: argparse.Namespace) -> int:
    from bot.processes import until_signalled

    return until_signalled(lambda: _train_and_choose(settings, chosen), when_stopped=130)


async def _train_and_choose(settings: Settings, chosen: argparse.Namespace) -> int:
    from bot import activation, training
    from bot.supervisor import tell

    log = settings.var / "log" / "train.log"
    if chosen.aside:
        print(f"The Rasa model is {await training.ensure_model(tell, log)}.")
        return 0
    choice = await activation.choose(tell, log, force=chosen.force)
    if choice.refusal:
        print(choice.refusal)
        return NOT_ACTIVATED
    print(f"The Rasa model is {choice.model}.")
    return 0


async def _model_in_use(settings: Settings) -> Path:
    from bot import activation
    from bot.supervisor import tell

    choice = await activation.choose(tell, settings.var / "log" / "train.log")
    if choice.refusal:
        print(choice.refusal)
    return choice.model


def _prepare(settings: Settings, chosen: argparse.Namespace) -> None:
    """Tell the first sign-in as JSON (``null`` if there is none), printed or in a file that only its owner can read."""
    settings = _with_database(settings)
    from bot import bootstrap

    configure("prepare")
    first = asyncio.run(bootstrap.prepare(settings))
    text = json.dumps(None if first is None else asdict(first))
    if chosen.answer is None:
        print(text)
        return
    with os.fdopen(os.open(chosen.answer, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _export_learning(settings: Settings, chosen: argparse.Namespace) -> None:
    configure("cli")
    written = asyncio.run(_labelled(_with_database(settings)))
    if chosen.file is None:
        print(written, end="")
        return
    try:
        chosen.file.write_text(written, encoding="utf-8")
    except OSError as error:
        raise StartError(f"{chosen.file} cannot be written: {error.strerror}.") from None
    print(f"Sentences in {chosen.file}: {written.count(EXAMPLE)}; make train uses them.")


async def _labelled(settings: Settings) -> str:
    from bot import bootstrap
    from bot.services import learning

    desk = bootstrap.make_desk(settings)
    try:
        async with desk.uow() as uow:
            return await learning.export(uow)
    finally:
        await desk.close()


def _line_setup(settings: Settings, _chosen: argparse.Namespace) -> int:
    return _look_over(settings, "line", set_up=True)


def _line_check(settings: Settings, _chosen: argparse.Namespace) -> int:
    return _look_over(settings, "line", set_up=False)


def _messenger_setup(settings: Settings, _chosen: argparse.Namespace) -> int:
    return _look_over(settings, "messenger", set_up=True)


def _messenger_check(settings: Settings, _chosen: argparse.Namespace) -> int:
    return _look_over(settings, "messenger", set_up=False)


def _look_over(settings: Settings, channel: str, *, set_up: bool) -> int:
    """Print what was found; 1 if something is missing."""
    if channel not in settings.channels:
        raise StartError(
            f"ยังไม่ได้ตั้งค่าช่องทาง {channel} โปรดตั้งตัวแปร DESK_{channel.upper()}_… ในหน้าต่างคำสั่งนี้ก่อน ตาม docs/{channel}.md"
            f" (The channel {channel} has no settings in this shell; see docs/{channel}.md.)"
        )
    from bot import bootstrap, setup_words
    from connectors.contract import ChannelError

    try:
        findings = asyncio.run(bootstrap.look_over(settings, channel, set_up=set_up))
    except ChannelError as error:
        raise StartError(f"The platform refused: {getattr(error, 'reason', type(error).__name__)}.") from None
    print("\n".join(setup_words.lines(channel, findings)))
    return int(any(finding.good is False for finding in findings))


def _create_agent(settings: Settings, chosen: argparse.Namespace) -> int:
    from bot.domain.errors import DeskError

    configure("cli")
    try:
        asyncio.run(_add_agent(_with_database(settings), chosen, _password()))
    except DeskError as error:
        print(f"{REFUSAL}{error}", file=sys.stderr)
        return 1
    print(f"{chosen.email} can sign in as {chosen.role}.")
    return 0


async def _add_agent(settings: Settings, chosen: argparse.Namespace, password: str) -> None:
    from bot import bootstrap
    from bot.domain.agent import Role
    from bot.services import agents

    desk = bootstrap.make_desk(settings)
    try:
        async with desk.uow() as uow:
            await agents.create(uow, email=chosen.email, name=chosen.name, role=Role(chosen.role), password=password)
            await uow.commit()
    finally:
        await desk.close()


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != password:
        raise StartError("The two passwords differ; nothing was changed.")
    return password


def _with_database(settings: Settings) -> Settings:
    """Point a process started by hand at the database and Rasa of the desk that runs here, unless told otherwise."""
    from bot import runfile

    if settings.database_url is not None:
        return settings
    run = runfile.running(settings.var)
    if run is None or run.database_url is None:
        raise StartError("No database: set DESK_DATABASE_URL, or start everything with make run.")
    return settings.model_copy(update={"database_url": run.database_url, "rasa_url": settings.rasa_url or run.rasa_url})


def _database(settings: Settings) -> str:
    url = _with_database(settings).database_url
    if url is None:
        raise StartError("No database: set DESK_DATABASE_URL.")
    return url
