"""A desk that cannot start says why in one sentence and leaves nothing running."""

import os
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot import runfile
from bot.settings import ROOT
from tests.run.desk import Desk, sentences


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "var")


def _refused(desk: Desk, environ: Mapping[str, str] | None = None) -> str:
    """Start, expect a refusal in one sentence, give the sentence."""
    done = desk.command("run", environ=environ)

    assert done.returncode == 1
    assert done.stdout == ""
    assert runfile.read(desk.var) is None
    [sentence] = sentences(done.stderr)
    return sentence


def test_an_unknown_setting(desk: Desk) -> None:
    assert _refused(desk, {"DESK_PROT": "1"}) == "desk: DESK_PROT is not a setting; did you mean DESK_PORT?"


def test_an_incomplete_channel(desk: Desk) -> None:
    sentence = _refused(desk, {"DESK_CHANNELS": "webchat,line", "DESK_LINE_CHANNEL_SECRET": "hidden"})

    assert "The channel line is incomplete" in sentence
    assert "hidden" not in sentence


def test_a_port_in_use(desk: Desk) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", desk.port))
        other.listen()

        assert f"Port {desk.port} on 127.0.0.1 cannot be opened (Address already in use)" in _refused(desk)


def test_an_unreachable_database(desk: Desk) -> None:
    sentence = _refused(desk, {"DESK_DATABASE_URL": "postgresql://desk:hidden@127.0.0.1:9/desk"})

    assert "The database of DESK_DATABASE_URL (desk at 127.0.0.1:9) cannot be reached: connection refused." in sentence


def test_a_second_start(desk: Desk) -> None:
    with runfile.Lock(desk.var):
        assert "The desk is already being started here" in _refused(desk)


@pytest.mark.parametrize("command", ["worker", "web", "actions", "migrate", "prepare"])
def test_a_process_by_hand_without_a_database(desk: Desk, command: str) -> None:
    done = desk.command(command, environ={"DESK_ACTIONS_PORT": str(desk.port)})

    assert done.returncode == 1
    assert sentences(done.stderr) == ["desk: No database: set DESK_DATABASE_URL, or start everything with make run."]


def test_no_python_for_rasa(desk: Desk) -> None:
    environ = desk.environ | {"DESK_RASA_PYTHON": "/nowhere/python3.10"}
    done = subprocess.run(
        ["make", "run"], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode != 0
    assert sentences(done.stderr) == [
        "Set-up stopped: DESK_RASA_PYTHON is /nowhere/python3.10, which is not a working Python 3.10."
    ]
    assert not desk.var.exists()


def test_no_python_for_rasa_anywhere(desk: Desk, tmp_path: Path) -> None:
    """A machine without pyenv, uv and python3.10: the sentence says how to get it."""
    for tool in ("python3", "sh", "make", "env"):
        found = next(Path(folder, tool) for folder in os.environ["PATH"].split(":") if Path(folder, tool).exists())
        (tmp_path / tool).symlink_to(found)
    environ = desk.environ | {"PATH": str(tmp_path), "PYENV_ROOT": str(tmp_path / "none"), "HOME": str(tmp_path)}
    done = subprocess.run(
        [os.path.realpath(ROOT / ".build" / "dev" / "bin" / "python"), "requirements/install.py", "rasa"],
        cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert "Rasa needs a Python 3.10 and none was found; install one" in done.stderr
