"""Which model serves: the newest, unless it understands the test sets less well than the one in use.

``.build/models/active.json`` names the model in use, and the last one that was refused, so that each pair is compared
once. What a reader must not break: a first model is used as it comes; a refused one stays where it is and can be
activated by force; and a model in use that the present code can't serve is never kept.
"""

import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from bot import training
from bot.domain.scripts import load_scripts
from bot.processes import BEHIND, Program, Say, run_to_end, tell_while
from bot.rasa_server import PYTHON, base_environ
from bot.settings import ROOT

DOMAIN: Final = ROOT / "nlu_data" / "domain"
SETS: Final = ROOT / "tests" / "nlu_data"
DOMAIN_IN_MODEL: Final = "components/domain_provider/domain.yml"
HOW: Final = "To activate it nevertheless: python -m bot train --force"
NOT_COMPARED: Final = (
    "The new model could not be compared with the one in use, which goes on serving; the reason is at the end of"
)


@dataclass(frozen=True, kw_only=True)
class Score:
    """How many messages of the test sets a model understands."""

    right: int
    of: int


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A model that was not activated, and the sets it was measured on."""

    model: str
    sets: str
    score: Score | None  # None: it cannot be loaded
    in_use: Score


@dataclass(frozen=True, kw_only=True)
class Active:
    """What ``active.json`` says."""

    model: str  # its fingerprint
    refused: Refusal | None = None


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The model to serve with; ``refusal`` is the sentence about the newest one where that is another."""

    model: Path
    refusal: str | None = None


async def choose(say: Say, log: Path, *, force: bool = False) -> Choice:
    """Train if need be, and decide which model serves; raise StartError when there is none."""
    fresh = await training.ensure_model(say, log)
    name = training.name_of(fresh)
    active = read()
    in_use = training.find_kept(active.model) if active else None
    if active is None or in_use is None or active.model == name or force:
        write(Active(model=name))
        return Choice(model=fresh)
    if missing := _missing_for(in_use):
        say(f"The model in use needs {missing}, which this version has no more: the new model is activated.")
        write(Active(model=name))
        return Choice(model=fresh)
    return await _better_of(say, log, fresh, in_use, active)


async def _better_of(say: Say, log: Path, fresh: Path, in_use: Path, active: Active) -> Choice:
    name, sets = training.name_of(fresh), _sets()
    refused = active.refused
    if refused is None or (refused.model, refused.sets) != (name, sets):
        scores = await _scores(say, log, fresh, in_use)
        if scores is None:
            return Choice(model=in_use, refusal=f"{NOT_COMPARED} {log}. {HOW}")
        new, old = scores[str(fresh)], scores[str(in_use)]
        if old is None or (new is not None and new.right >= old.right):
            say(_accepted(new, old))
            write(Active(model=name))
            return Choice(model=fresh)
        refused = Refusal(model=name, sets=sets, score=new, in_use=old)
        write(Active(model=active.model, refused=refused))
    return Choice(model=in_use, refusal=_refused(refused))


def _accepted(new: Score | None, old: Score | None) -> str:
    if new is None or old is None:
        return "The model in use can no longer be loaded: the new model is activated."
    return (
        f"The new model understands {new.right} of {new.of} test messages, the one in use {old.right}: it is activated."
    )


def _refused(refused: Refusal) -> str:
    new, old = refused.score, refused.in_use
    why = f"understands {new.right} of {new.of} test messages" if new else "cannot be loaded"
    return (
        f"The new model {why}, the one in use {old.right} of {old.of}: it is kept, but not activated, and the one in "
        f"use goes on serving. {HOW}"
    )


async def _scores(say: Say, log: Path, *models: Path) -> Mapping[str, Score | None] | None:
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "scores.json"
        work = run_to_end(_scorer(answer, models, log))
        await tell_while(say, "Comparing the new model with the one in use (about a minute)", work)
        if not answer.exists():
            return None
        found = json.loads(answer.read_text(encoding="utf-8"))
    return {model: Score(**score) if score else None for model, score in found.items()}


def _scorer(answer: Path, models: tuple[Path, ...], log: Path) -> Program:
    argv = (str(PYTHON), "-m", "bot.nlu_score", str(answer), *map(str, models))
    return Program(name="score", argv=argv, environ=base_environ(), log=log, niceness=BEHIND)


def read() -> Active | None:
    """Read which model is in use; None when there is none, or nothing that makes sense."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        said = json.loads(_file().read_text(encoding="utf-8"))
        return Active(model=str(said["model"]), refused=_refusal(said.get("refused")))
    return None


def write(active: Active) -> None:
    """Replace ``active.json`` in one step."""
    fresh = _file().with_name(f".active.json.{os.getpid()}")
    fresh.write_text(json.dumps(asdict(active), indent=1), encoding="utf-8")
    fresh.replace(_file())


def _file() -> Path:
    return training.MODELS / "active.json"


def _refusal(said: dict[str, Any] | None) -> Refusal | None:
    if said is None:
        return None
    score = Score(**said["score"]) if said["score"] else None
    return Refusal(model=said["model"], sets=said["sets"], score=score, in_use=Score(**said["in_use"]))


def _sets() -> str:
    """Hash the test sets: on other sets an old comparison says nothing."""
    digest = hashlib.sha256()
    for name in ("messages.yml", "articles.yml"):
        digest.update((SETS / name).read_bytes() if (SETS / name).exists() else b"")
    return digest.hexdigest()[:24]


def _missing_for(model: Path) -> str | None:
    """Name an action or script that the model relies on and that is gone."""
    try:
        with tarfile.open(model) as archive:
            content = archive.extractfile(DOMAIN_IN_MODEL)
            known = yaml.safe_load(content.read()) if content else {}
    except (OSError, KeyError, tarfile.TarError, yaml.YAMLError):
        return None  # whether it can be loaded is found out by loading it
    present = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in DOMAIN.glob("*.yml")]
    actions = {action for part in present for action in [*part.get("actions", []), *part.get("forms", {})]}
    gone = sorted({*known.get("actions", []), *known.get("forms", {})} - actions - {*known.get("responses", {})})
    gone += sorted(_scripts(known) - set(load_scripts()))
    return gone[0] if gone else None


def _scripts(domain: Mapping[str, Any]) -> set[str]:
    said = [variant.get("custom") or {} for variants in domain.get("responses", {}).values() for variant in variants]
    return {custom["script"] for custom in said if "script" in custom}
