"""The machine and the versions that figures belong to, and what our processes hold of its memory."""

import os
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

import psutil

from bot.settings import ROOT
from tests.bench.figures import heading, row, write

OURS = ("sanic", "sqlalchemy", "psycopg", "httpx", "uvloop", "aiohttp")
RASAS = ("rasa", "sanic", "SQLAlchemy", "psycopg2_binary")  # as pip names their folders
MEGABYTE = 1_000_000


def describe(postgres: str) -> None:
    """Print it; ``postgres`` is the server's version."""
    heading("Machine")
    row("processor", f"{_processor()}, {os.cpu_count()} cores seen by the system")
    row("memory", f"{psutil.virtual_memory().total / 1e9:.1f} GB")
    row("system", platform.platform())
    row("load before the run (1, 5, 15 minutes)", " ".join(f"{load:.2f}" for load in os.getloadavg()))
    row("Python of the desk and of the load generators", platform.python_version())
    row("packages", ", ".join(f"{name} {version(name)}" for name in OURS))
    row("Python of Rasa", _rasa_packages().parent.name.removeprefix("python"))
    row("packages", ", ".join(_installed(_rasa_packages(), RASAS)))
    row("PostgreSQL", postgres)
    write("Load generators, web, worker, actions, Rasa and PostgreSQL share these cores; number crunching in 1 thread.")


def processor_seconds(children: Mapping[str, int]) -> dict[str, float]:
    """Give the processor time that each process and its children have used so far, those that ended included."""
    return {name: sum(_used(process) for process in _family(pid)) for name, pid in children.items()}


def memory(children: Mapping[str, int]) -> None:
    """Print what each process holds: resident, and its share (PSS: pages shared with others counted in part)."""
    total = 0.0
    for name, pid in children.items():
        family = _family(pid)
        sizes = [process.memory_full_info() for process in family]
        resident = sum(size.rss for size in sizes) / MEGABYTE
        share = sum(getattr(size, "pss", size.uss) for size in sizes) / MEGABYTE
        total += share
        row(f"{name} ({len(family)} processes)", f"RSS {resident:.0f} MB  PSS {share:.0f} MB")
    row("all", f"PSS {total:.0f} MB")


def _family(pid: int) -> list[psutil.Process]:
    leader = psutil.Process(pid)
    return [leader, *leader.children(recursive=True)]


def _used(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:  # counted from now on as an ended child of its parent
        return 0.0
    ended = getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)  # Linux only
    return float(times.user + times.system + ended)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if platform.system() == "Linux" else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def _rasa_packages() -> Path:
    return next((ROOT / ".build" / "rasa" / "lib").glob("python3.*/site-packages"))


def _installed(packages: Path, names: Iterable[str]) -> list[str]:
    """Read names and versions from the folders that pip leaves."""
    found = [path for name in names for path in packages.glob(f"{name}-*.dist-info")]
    return [path.name.removesuffix(".dist-info").replace("-", " ") for path in found]
