"""When a model is trained, when it is found again, and what a failed training leaves."""

import asyncio
import sys
from pathlib import Path

import pytest

from bot import training
from bot.processes import Program, StartError

TRAINS = "import pathlib, sys; pathlib.Path(sys.argv[1], 'model.tar.gz').write_bytes(b'model')"
FAILS = "raise SystemExit(1)"


class Workshop:
    """A small project whose trainer is a stand-in that counts."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.code = TRAINS
        self.trainings = 0
        self.said: list[str] = []
        self.write("config.yml", "language: th")
        self.write("nlu_data/nlu/a.yml", "nlu: []")
        monkeypatch.setenv("XDG_CACHE_HOME", str(root / "cache"))
        monkeypatch.setattr(training, "MODELS", root / ".build" / "models")
        monkeypatch.setattr(training, "PYTHON", Path(sys.executable))
        monkeypatch.setattr(training, "fingerprint", self.fingerprint)
        monkeypatch.setattr(training, "_trainer", self._trainer)
        self._fingerprint = FINGERPRINT

    def write(self, name: str, content: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def fingerprint(self) -> str:
        return self._fingerprint(self.root)

    async def model(self) -> Path:
        return await training.ensure_model(self.said.append, self.root / "train.log")

    def _trainer(self, folder: Path, log: Path) -> Program:
        self.trainings += 1
        return Program(name="train", argv=(sys.executable, "-c", self.code, str(folder)), environ={}, log=log)


FINGERPRINT = training.fingerprint


@pytest.fixture(name="workshop")
def _workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    return Workshop(tmp_path, monkeypatch)


async def test_a_model_is_trained_once(workshop: Workshop) -> None:
    first = await workshop.model()
    second = await workshop.model()

    assert first == second
    assert first.read_bytes() == b"model"
    assert workshop.trainings == 1
    assert "training the Rasa model" in workshop.said[0]


async def test_another_clone_finds_the_model_in_the_cache(workshop: Workshop) -> None:
    (await workshop.model()).unlink()

    assert (await workshop.model()).exists()
    assert workshop.trainings == 1


async def test_two_at_once_train_once(workshop: Workshop) -> None:
    first, second = await asyncio.gather(workshop.model(), workshop.model())

    assert first == second
    assert workshop.trainings == 1


@pytest.mark.parametrize("name", ["config.yml", "nlu_data/nlu/a.yml", "nlu_data/rules/new.yml", "bot/domain/thai.py"])
async def test_changed_inputs_train_anew(workshop: Workshop, name: str) -> None:
    before = await workshop.model()
    workshop.write(name, "changed: 1")

    assert await workshop.model() != before
    assert workshop.trainings == 2


def test_what_is_no_input_changes_nothing(workshop: Workshop) -> None:
    before = workshop.fingerprint()
    workshop.write("README.md", "text")
    workshop.write("bot/nlu/__pycache__/x.pyc", "bytes")

    assert workshop.fingerprint() == before


async def test_a_failed_training_is_one_sentence_and_leaves_no_model(workshop: Workshop) -> None:
    workshop.code = FAILS

    with pytest.raises(
        StartError, match=r"Training the Rasa model failed \(exit code 1\); the reason is at the end of"
    ):
        await workshop.model()

    assert list(workshop.root.rglob("*.tar.gz")) == []
    workshop.code = TRAINS
    assert (await workshop.model()).exists()


async def test_without_rasa_one_is_told_how_to_get_it(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "PYTHON", workshop.root / "none")

    with pytest.raises(StartError, match="make run"):
        await workshop.model()
