"""What is written about a running desk, and the lock that keeps a second one out."""

import json
from pathlib import Path

import pytest

from bot import runfile
from bot.processes import Identity, StartError
from bot.supervisor import _ourselves
from tests.run.standin import gone

SOMEBODY = Identity(pid=999_999_999, started=1.0, command=("python", "-m", "bot", "web"))


def _run(supervisor: Identity) -> runfile.Run:
    return runfile.Run(
        supervisor=supervisor,
        address="http://127.0.0.1:8000",
        database_url="postgresql+psycopg://desk@/desk",
        rasa_url="http://127.0.0.1:5005",
        actions_port=5055,
        children={"web": SOMEBODY},
    )


def test_what_is_written_is_read_again_and_is_private(tmp_path: Path) -> None:
    run = _run(_ourselves())

    runfile.write(tmp_path, run)

    assert runfile.read(tmp_path) == run
    assert (tmp_path / "run.json").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_a_run_counts_only_while_its_supervisor_lives(tmp_path: Path) -> None:
    runfile.write(tmp_path, _run(_ourselves()))
    assert runfile.running(tmp_path) is not None

    assert gone(SOMEBODY.pid)
    runfile.write(tmp_path, _run(SOMEBODY))
    assert runfile.running(tmp_path) is None


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", json.dumps({"supervisor": {}, "children": {}})])
def test_a_damaged_file_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content, encoding="utf-8")

    assert runfile.read(tmp_path) is None


def test_children_come_and_go() -> None:
    run = _run(SOMEBODY).with_child("rasa", SOMEBODY)
    assert sorted(run.children) == ["rasa", "web"]

    assert sorted(run.with_child("web", None).children) == ["rasa"]


def test_the_second_start_is_told_where_the_first_one_runs(tmp_path: Path) -> None:
    with runfile.Lock(tmp_path):
        with pytest.raises(StartError, match="already being started here"):
            runfile.Lock(tmp_path).__enter__()
        runfile.write(tmp_path, _run(_ourselves()))
        with pytest.raises(StartError, match=r"already running here \(http://127\.0\.0\.1:8000, process \d+\)"):
            runfile.Lock(tmp_path).__enter__()

    with runfile.Lock(tmp_path):
        pass


def test_a_data_folder_that_cannot_be_one_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(StartError, match="cannot be used"):
        runfile.Lock(tmp_path / "file").__enter__()
