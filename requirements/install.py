"""Make the project's virtual environments: ``python3 requirements/install.py desk dev rasa``.

Runs on a bare Python, so it imports nothing but the standard library, and must stay readable by older Pythons up to the
point where it refuses them. An environment is built once for its lock file, Python and platform, outside the clone
(``~/.cache/ditp-desk``), and linked to ``.build/<name>``. What a reader must not break: the marker file is written last
(a build that was cut short is done again), a lock file keeps two builds of one environment apart, and every package is
checked against the hashes of the lock.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ditp-desk"
EXPECTED = {"desk": "about 1 minute", "dev": "about 1 minute", "rasa": "3 to 6 minutes, 2.6 GB with TensorFlow"}
MARKER = ".complete"
PROBE = (
    "import ensurepip, os, ssl, sys, venv; base = getattr(sys, '_base_executable', None) or sys.executable;"
    "print('%d.%d' % sys.version_info[:2], sys.version.split()[0], os.path.realpath(base), sep='|')"
)


class Failed(Exception):
    """The environment cannot be made; the message is one sentence for the person who typed make."""


class Python:
    """A Python interpreter that can make environments, identified by its real path."""

    def __init__(self, series: str, version: str, path: str) -> None:
        self.series = series
        self.version = version
        self.path = path


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in EXPECTED]
    if not names or unknown:
        print("usage: python3 requirements/install.py " + " ".join(f"[{name}]" for name in EXPECTED), file=sys.stderr)
        return 2
    try:
        pythons = {name: rasa_python() if name == "rasa" else desk_python() for name in names}
        for name, python in pythons.items():
            link(name, ensure(name, python))
    except Failed as error:
        print(f"Set-up stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Set-up interrupted; the next make goes on from here.", file=sys.stderr)
        return 130
    return 0


# -- which Python ------------------------------------------------------------------------------------------------------


def desk_python() -> Python:
    found = probe(sys.executable)
    if found is None:
        raise Failed(
            "this Python cannot make virtual environments; install its venv module "
            "(Debian: apt-get install python3-venv)."
        )
    return found


def rasa_python() -> Python:
    """Find a Python 3.10: the named one, python3.10, pyenv's, uv's, in this order."""
    named = os.environ.get("DESK_RASA_PYTHON")
    if named:
        found = probe(shutil.which(named) or named)
        if found is None or found.series != "3.10":
            raise Failed(f"DESK_RASA_PYTHON is {named}, which is not a working Python 3.10.")
        return found
    for candidate in rasa_candidates():
        found = probe(candidate)
        if found is not None and found.series == "3.10":
            return found
    raise Failed(
        "Rasa needs a Python 3.10 and none was found; install one (for example: uv python install 3.10, or: pyenv "
        "install 3.10) or name one with DESK_RASA_PYTHON."
    )


def rasa_candidates():
    """Yield paths that may be a Python 3.10, the cheapest to find first."""
    on_path = shutil.which("python3.10")
    if on_path:
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    by_patch = sorted(pyenv.glob("3.10.*"), key=lambda path: [int(n) for n in re.findall(r"\d+", path.name)])
    for version in reversed(by_patch):
        yield str(version / "bin" / "python3.10")
    uv = shutil.which("uv")
    if uv:
        answer = subprocess.run([uv, "python", "find", "3.10"], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            yield answer.stdout.strip()


def probe(path: str) -> Python | None:
    """Ask an interpreter who it is; None when it does not work or cannot make environments."""
    try:
        answer = subprocess.run([path, "-I", "-c", PROBE], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    parts = answer.stdout.strip().split("|")
    return Python(*parts) if answer.returncode == 0 and len(parts) == 3 else None


# -- one environment ---------------------------------------------------------------------------------------------------


def ensure(name: str, python: Python) -> Path:
    """Return the complete environment, building it if need be, while holding its lock."""
    lock = ROOT / "requirements" / f"{name}.lock"
    identity = "|".join((python.version, python.path, platform.system(), platform.machine(), *platform.libc_ver()))
    digest = hashlib.sha256(lock.read_bytes() + identity.encode()).hexdigest()[:16]
    folder = CACHE / f"{name}-{digest}"
    if is_complete(folder):
        return folder
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(f"{folder}.lock", "w", encoding="utf-8") as guard:
        wait_for(guard, name)
        if not is_complete(folder):
            build(name, python, lock, folder)
    return folder


def is_complete(folder: Path) -> bool:
    return (folder / MARKER).exists() and (folder / "bin" / "python").exists()


def wait_for(guard, name: str) -> None:
    try:
        fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say(f"The {name} environment is being made by another make; waiting for it.")
        fcntl.flock(guard, fcntl.LOCK_EX)


def build(name: str, python: Python, lock: Path, folder: Path) -> None:
    started = time.monotonic()
    say(f"Making the {name} environment with Python {python.version} in {folder} ({EXPECTED[name]}).")
    shutil.rmtree(folder, ignore_errors=True)
    log = Path(f"{folder}.log")
    log.write_text("", encoding="utf-8")
    run(name, [python.path, "-I", "-m", "venv", str(folder)], log, "creating it")
    pip = [str(folder / "bin" / "python"), "-I", "-m", "pip", "install", "--no-input", "--progress-bar", "off"]
    total = len(re.findall(r"^[A-Za-z0-9][\w.\-\[\]]*==", lock.read_text(encoding="utf-8"), flags=re.MULTILINE))
    run(name, [*pip, "--disable-pip-version-check", "--require-hashes", "-r", str(lock)], log, "installing", total)
    (folder / MARKER).write_text(f"{python.version}\n", encoding="utf-8")
    say(f"The {name} environment is complete ({time.monotonic() - started:.0f} s).")


def run(name: str, command: list[str], log: Path, doing: str, total: int = 0) -> None:
    """Run one step with its output in the log, telling how far it is; its whole process group ends with us."""
    with open(log, "a", encoding="utf-8") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=str(ROOT), start_new_session=True
        )
        try:
            follow(process, name, log, doing, total)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait()
    if process.returncode != 0:
        print(tail(log), file=sys.stderr)
        raise Failed(f"the {name} environment could not be made ({doing} failed); the whole output is in {log}.")


def follow(process: subprocess.Popen, name: str, log: Path, doing: str, total: int) -> None:
    """Wait for the step; tell every few seconds on a terminal, every half minute in a log."""
    terminal = sys.stdout.isatty()
    started = told = time.monotonic()
    while True:
        try:
            process.wait(timeout=1)
            break
        except subprocess.TimeoutExpired:
            now = time.monotonic()
            if now - told >= (2 if terminal else 30):
                told = now
                line = f"  {name}: {progress(log, doing, total)}, {now - started:.0f} s"
                print(f"\r{line:<78}" if terminal else line, end="" if terminal else "\n", flush=True)
    if terminal:
        print(f"\r{'':<78}\r", end="", flush=True)


def progress(log: Path, doing: str, total: int) -> str:
    text = log.read_text(encoding="utf-8", errors="replace")
    if "Installing collected packages" in text:
        return "unpacking the packages (the longest part, pip tells nothing meanwhile)"
    seen = len(re.findall(r"^Collecting ", text, flags=re.MULTILINE))
    return f"package {seen} of about {total}" if total and seen else doing


def tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def link(name: str, folder: Path) -> None:
    """Point ``.build/<name>`` at the environment, in one step."""
    place = ROOT / ".build" / name
    if place.is_symlink() and os.readlink(str(place)) == str(folder):
        return
    if place.exists() and not place.is_symlink():
        raise Failed(f"{place} is a folder where a link to {folder} belongs; move it away.")
    place.parent.mkdir(exist_ok=True)
    fresh = place.with_name(f".{name}.{os.getpid()}")
    fresh.symlink_to(folder)
    os.replace(str(fresh), str(place))


def say(sentence: str) -> None:
    print(sentence, flush=True)


def newer_python() -> str | None:
    """Find a Python beside this too old one that is new enough."""
    return next(filter(None, (shutil.which(f"python3.{minor}") for minor in (11, 12, 13))), None)


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        better = newer_python()
        if better is not None and probe(better) is not None:
            os.execv(better, [better, *sys.argv])
        sys.exit(
            "Set-up stopped: Python 3.11 or newer is needed and python3 is %s; "
            "name another with: make PYTHON=/path/to/python3" % sys.version.split()[0]
        )
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    sys.exit(main(sys.argv[1:]))
