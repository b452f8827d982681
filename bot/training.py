"""The Rasa model: trained when anything it is made of has changed, otherwise found again by its fingerprint.

Two trainings on the same data give different bytes, so a model is known by the fingerprint of its inputs. It is kept in
``.build/models`` and in the user's cache, which every clone shares; which one serves is decided in
``bot.activation``. What a reader must not break: a model file appears
under its final name in one step and only after a training that succeeded; two trainings of one model never overlap.
"""

import asyncio
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from bot.processes import BEHIND, Program, Say, StartError, run_to_end, tell_while
from bot.rasa_server import PYTHON, base_environ
from bot.settings import ROOT

INPUTS: Final = (
    "config.yml",
    "nlu_data",
    "bot/nlu",
    "bot/domain/thai.py",
    "bot/domain/trade_words.py",
    "bot/domain/romanised.py",
    "bot/data/trade_words.yml",
    "bot/data/romanised.yml",
    "requirements/rasa.lock",
)
MODELS: Final = ROOT / ".build" / "models"
SKIPPED: Final = ("__pycache__",)
SUFFIX: Final = ".tar.gz"


def fingerprint(root: Path = ROOT) -> str:
    """Hash the names and bytes of everything that the model is made of."""
    digest = hashlib.sha256()
    for path in _input_files(root):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:24]


def name_of(model: Path) -> str:
    """Give the fingerprint by which a model is known."""
    return model.name.removesuffix(SUFFIX)


def find_kept(name: str) -> Path | None:
    """Find a model by its fingerprint, here or in the cache."""
    kept, cached = MODELS / f"{name}{SUFFIX}", _cache() / f"{name}{SUFFIX}"
    if not kept.exists() and cached.exists():
        _copy(cached, kept)
    return kept if kept.exists() else None


async def ensure_model(say: Say, log: Path) -> Path:
    """Give the model of the present training data, training it if it is new; raise StartError if that fails."""
    if not PYTHON.exists():
        raise StartError("Rasa is not installed here yet; start with: make run")
    name = fingerprint()
    kept, cached = find_kept(name), _cache() / f"{name}{SUFFIX}"
    if kept is not None:
        return kept
    kept = MODELS / cached.name
    async with _only_one(cached.with_suffix(".lock"), say):
        if not cached.exists():
            work = _train(cached, log)
            await tell_while(say, "The training data has changed: training the Rasa model (1 to 4 minutes)", work)
    _copy(cached, kept)
    return kept


async def _train(target: Path, log: Path) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        code = await run_to_end(_trainer(Path(folder), log))
        made = Path(folder) / "model.tar.gz"
        if code != 0 or not made.exists():
            raise StartError(f"Training the Rasa model failed (exit code {code}); the reason is at the end of {log}.")
        made.replace(target)


def _trainer(folder: Path, log: Path) -> Program:
    data = ("nlu_data/nlu", "nlu_data/rules", "nlu_data/stories")
    present = [path for path in data if any((ROOT / path).glob("**/*.yml"))]
    options = ("--config", "config.yml", "--domain", "nlu_data/domain", "--data", *present)
    argv = (str(PYTHON), "-m", "rasa", "train", *options, "--out", str(folder), "--fixed-model-name", "model")
    return Program(name="train", argv=argv, environ=base_environ(), log=log, niceness=BEHIND)


def _input_files(root: Path) -> Iterator[Path]:
    for name in INPUTS:
        path = root / name
        if path.is_file():
            yield path
        else:
            found = (file for file in path.rglob("*") if file.is_file() and not set(file.parts) & set(SKIPPED))
            yield from sorted(found)


def _cache() -> Path:
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "ditp-desk" / "models"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _copy(source: Path, target: Path) -> None:
    """Copy under another name, then rename, so that a half copy is never taken for a model."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{os.getpid()}.{target.name}")
    shutil.copyfile(source, fresh)
    fresh.replace(target)


@asynccontextmanager
async def _only_one(path: Path, say: Say) -> AsyncIterator[None]:
    """Hold the lock of this model; another training of it is waited for."""
    with path.open("a", encoding="utf-8") as file:
        waited = False
        while not _try_lock(file.fileno()):
            if not waited:
                say("The same model is being trained by another process; waiting for it.")
            waited = True
            await asyncio.sleep(0.5)
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
