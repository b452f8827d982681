"""Making the environments: once, whole or not at all, and by one process at a time. pip is a stand-in here."""

import fcntl
import importlib.util
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest

from bot.settings import ROOT


class Site:
    """A copy of the installer in a small project, with a pip that only counts."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (folder / "requirements").mkdir()
        self.folder = folder
        self.lock = folder / "requirements" / "desk.lock"
        self.lock.write_text("sanic==1 --hash=sha256:00\n", encoding="utf-8")
        self.steps: list[str] = []
        self.fails_at = ""
        self.installer = _load_installer()
        monkeypatch.setattr(self.installer, "ROOT", folder)
        monkeypatch.setattr(self.installer, "CACHE", folder / "cache")
        monkeypatch.setattr(self.installer, "run", self._run)

    def make(self) -> int:
        code: int = self.installer.main(["desk"])
        return code

    @property
    def environment(self) -> Path:
        return (self.folder / ".build" / "desk").resolve()

    def _run(self, _name: str, command: list[str], _log: Path, doing: str, _total: int = 0) -> None:
        self.steps.append(doing)
        if doing == self.fails_at:
            raise self.installer.Failed("pip failed")
        if "venv" in command:
            python = Path(command[-1], "bin", "python")
            python.parent.mkdir(parents=True)
            python.write_text("", encoding="utf-8")


def _load_installer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("installer", ROOT / "requirements" / "install.py")
    assert spec is not None
    assert spec.loader is not None
    installer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(installer)
    return installer


@pytest.fixture(name="site")
def _site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(tmp_path, monkeypatch)


def test_an_environment_is_made_once(site: Site) -> None:
    assert site.make() == 0
    assert site.make() == 0

    assert site.steps == ["creating it", "installing"]
    assert (site.environment / ".complete").exists()


def test_a_changed_lock_makes_another_one(site: Site) -> None:
    site.make()
    first = site.environment
    site.lock.write_text("sanic==2 --hash=sha256:00\n", encoding="utf-8")
    site.make()

    assert site.environment != first
    assert (first / ".complete").exists()


def test_a_build_that_was_cut_short_is_done_again(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.fails_at = "installing"
    assert site.make() == 1
    assert capsys.readouterr().err == "Set-up stopped: pip failed\n"
    assert not (site.folder / ".build").exists()

    site.fails_at = ""
    assert site.make() == 0
    assert site.steps == ["creating it", "installing"] * 2


def test_an_environment_whose_python_is_gone_is_made_again(site: Site) -> None:
    site.make()
    (site.environment / "bin" / "python").unlink()

    assert site.make() == 0
    assert (site.environment / "bin" / "python").exists()


def test_two_at_once_make_one(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.make()
    environment = site.environment
    (environment / ".complete").unlink()
    site.steps.clear()
    waits = threading.Event()
    monkeypatch.setattr(site.installer, "say", lambda sentence: waits.set() if "waiting for it" in sentence else None)
    second = threading.Thread(target=site.installer.ensure, args=("desk", site.installer.desk_python()), daemon=True)
    with Path(f"{environment}.lock").open("w", encoding="utf-8") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        second.start()
        assert waits.wait(20)
        (environment / ".complete").write_text("", encoding="utf-8")
    second.join(20)

    assert not second.is_alive()
    assert site.steps == []


def test_a_folder_in_the_links_place_is_not_deleted(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    (site.folder / ".build" / "desk").mkdir(parents=True)

    assert site.make() == 1
    assert "move it away" in capsys.readouterr().err


def test_every_package_of_every_lock_has_hashes_and_names_no_registry() -> None:
    for name in ("desk", "dev", "rasa"):
        lock = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
        pinned = [line for line in lock.splitlines() if "==" in line and not line.startswith((" ", "#"))]
        assert len(pinned) > 20
        assert all(line.endswith("\\") for line in pinned)
        assert "://" not in lock


def test_an_older_python_is_told_so(tmp_path: Path) -> None:
    """The check itself, with a Python that claims to be old and no better one beside it."""
    code = (
        "import runpy, sys; sys.version_info = (3, 10, 0); sys.version = '3.10.0 x'; sys.argv = ['x', 'desk']; "
        f"runpy.run_path({str(ROOT / 'requirements' / 'install.py')!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == (
        "Set-up stopped: Python 3.11 or newer is needed and python3 is 3.10.0; "
        "name another with: make PYTHON=/path/to/python3\n"
    )
