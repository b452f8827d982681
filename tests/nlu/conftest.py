"""One trained model, one action server and one agent for all tests of this folder."""

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent, load_agent
from rasa.core.utils import AvailableEndpoints
from rasa.utils.endpoints import EndpointConfig

ROOT = Path(__file__).parents[2]
DESK_PYTHON = ROOT / ".build" / "dev" / "bin" / "python"
DATA = ["--domain", "nlu_data/domain", "--data", "nlu_data/nlu", "nlu_data/rules"]
FIGURES: list[str] = []  # measured by tests, printed at the end


def run_rasa(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run Rasa's command line as everybody does, and return what it printed."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false"}
    command = [sys.executable, "-W", "ignore", "-m", "rasa", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)


@pytest.fixture(name="model", scope="session")
def _model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model trained on the present data, in a folder outside the project."""
    folder = tmp_path_factory.mktemp("model")
    started = time.monotonic()
    done = run_rasa("train", "--config", "config.yml", *DATA, "--out", str(folder), "--fixed-model-name", "model")
    FIGURES.append(f"training: {time.monotonic() - started:.0f} s")

    assert done.returncode == 0, done.stderr[-2000:]
    return folder / "model.tar.gz"


@pytest.fixture(name="actions_url", scope="session")
def _actions_url() -> Iterator[str]:
    """The real actions on a free port of loopback."""
    assert DESK_PYTHON.exists(), "the actions run with the desk's Python: python requirements/install.py dev"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(
        [str(DESK_PYTHON), str(Path(__file__).parent / "action_server.py"), str(port)], env=environ
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", server)
        yield f"http://127.0.0.1:{port}/webhook"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 - our own server on loopback
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{url} does not answer")


@pytest.fixture(name="loop", scope="session")
def _loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(name="agent", scope="session")
def _agent(model: Path, actions_url: str, loop: asyncio.AbstractEventLoop) -> Agent:
    """Rasa with the trained model, trackers in memory, and the action server."""
    started = time.monotonic()
    endpoints = AvailableEndpoints(action=EndpointConfig(actions_url))
    agent = loop.run_until_complete(load_agent(model_path=str(model), endpoints=endpoints))
    FIGURES.append(f"loading the model: {time.monotonic() - started:.1f} s")

    assert agent.is_ready()
    return agent


@pytest.fixture(name="parse", scope="session")
def _parse(agent: Agent, loop: asyncio.AbstractEventLoop) -> Any:
    """Understand one text: what Rasa made of it."""

    def parse(text: str) -> dict[str, Any]:
        return loop.run_until_complete(agent.parse_message(text))

    return parse


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what was measured."""
    for figure in FIGURES:
        terminalreporter.write_line(figure)
