"""A whole desk in a data folder of its own, started and stopped as an operator would."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from bot.settings import ROOT
from bot.supervisor import free_port

START_LIMIT = 300.0  # a first start may train the model
STOP_LIMIT = 15.0
PROCESSES = {"postgres", "rasa", "actions", "worker", "web"}
DIRECTLY = (sys.executable, "-m", "bot", "run")


class Desk:
    """One data folder and one port; at most one run at a time."""

    def __init__(self, var: Path, port: int | None = None, environ: Mapping[str, str] | None = None) -> None:
        self.var = var
        self.settings = dict(environ or {})
        self.port = port or free_port()
        self.output = var.parent / f"{var.name}.out"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        """The shell's environment with only our own settings."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("DESK_")}
        return clean | {"DESK_VAR": str(self.var), "DESK_PORT": str(self.port)} | self.settings

    def start(self, command: Sequence[str] = DIRECTLY) -> float:
        """Start and wait until it is ready; give the seconds it took."""
        began = time.monotonic()
        self.begin(command)
        self.until(lambda: "The desk is ready" in self.said(), START_LIMIT)
        return time.monotonic() - began

    def begin(self, command: Sequence[str] = DIRECTLY) -> None:
        """Start without waiting."""
        self.output.parent.mkdir(parents=True, exist_ok=True)
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(command, cwd=ROOT, env=self.environ, stdout=output, stderr=output)

    def train(self) -> None:
        """Let the model of the present training data serve, however well it does: what is tested is this version."""
        command = [sys.executable, "-m", "bot", "train", "--force"]
        subprocess.run(command, cwd=ROOT, env=self.environ, stdout=subprocess.DEVNULL, timeout=START_LIMIT, check=True)

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Signal what was started and wait for its end; give its exit code and the seconds it took."""
        assert self._process is not None
        began = time.monotonic()
        self._process.send_signal(number)
        return self._process.wait(STOP_LIMIT + 15), time.monotonic() - began

    def end(self) -> None:
        """Leave nothing behind, whatever the test did."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(STOP_LIMIT + 15)

    def command(
        self, *arguments: str, environ: Mapping[str, str] | None = None, text: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run one command of the operator's command line to its end."""
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=ROOT, env=self.environ | dict(environ or {}), input=text, capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace")

    def record(self) -> dict[str, Any]:
        """What run.json says."""
        record: dict[str, Any] = json.loads((self.var / "run.json").read_text(encoding="utf-8"))
        return record

    def pid(self, name: str) -> int:
        pid: int = self.record()["children"][name]["pid"]
        return pid

    def pids(self) -> dict[str, int]:
        """The children's process ids by name."""
        return {name: child["pid"] for name, child in self.record()["children"].items()}

    def processes(self) -> list[psutil.Process]:
        """The supervisor, its children, and all that these have started."""
        record = self.record()
        pids = [record["supervisor"]["pid"], *(child["pid"] for child in record["children"].values())]
        parents = [psutil.Process(pid) for pid in pids]
        return [*parents, *(member for parent in parents for member in parent.children(recursive=True))]

    def until(self, condition: Callable[[], bool], limit: float) -> None:
        """Wait until the condition holds; fail at once when the desk has ended."""
        deadline = time.monotonic() + limit
        while not condition():
            if self._process is not None and self._process.poll() is not None and not condition():
                raise AssertionError(f"the desk has ended:\n{self.said()}\n{self.logs()}")
            assert time.monotonic() < deadline, f"it never happened:\n{self.said()}\n{self.logs()}"
            time.sleep(0.1)  # the poll of a real process; no clock of ours can be moved instead

    def logs(self) -> str:
        """The ends of all logs, for a failed test."""
        return "\n".join(f"--- {log.name}\n{_tail(log)}" for log in sorted((self.var / "log").glob("*.log")))


def alive(processes: Sequence[psutil.Process]) -> list[str]:
    """Describe those that still run."""
    return [str(process) for process in processes if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def sentences(text: str) -> list[str]:
    """The lines of what was said, without make's own."""
    return [line for line in text.splitlines() if line.strip() and not re.match(r"make(\[\d+\])?:", line)]


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])
