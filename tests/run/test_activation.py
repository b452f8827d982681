"""Which model serves after a training: the first, a better one, a worse one, one that nothing fits any more."""

import io
import json
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

from bot import activation, cli, training
from bot.processes import Program, StartError

# A model's bytes are how many messages it understands; "broken" cannot be loaded.
TRAINS = "import pathlib, sys; pathlib.Path(sys.argv[1], 'model.tar.gz').write_text(sys.argv[2])"
SCORES = """
import json, pathlib, sys
answer, *models = sys.argv[1:]
said = {model: pathlib.Path(model).read_text(errors='replace').strip() for model in models}
score = {model: {'right': int(text), 'of': 100} if text.isdecimal() else None for model, text in said.items()}
pathlib.Path(answer).write_text(json.dumps(score))
"""


class Workshop:
    """A project whose trainer and scorer are stand-ins; ``data`` is the training data, ``quality`` what comes of it."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.data, self.quality = "a", "90"
        self.scorer = SCORES
        self.comparisons = 0
        self.said: list[str] = []
        monkeypatch.setenv("XDG_CACHE_HOME", str(root / "cache"))
        monkeypatch.setattr(training, "MODELS", root / "models")
        monkeypatch.setattr(training, "PYTHON", Path(sys.executable))
        monkeypatch.setattr(training, "fingerprint", lambda: self.data)
        monkeypatch.setattr(training, "_trainer", self._trainer)
        monkeypatch.setattr(activation, "_scorer", self._scorer)
        monkeypatch.setattr(activation, "SETS", root / "sets")

    async def serving(self, *, force: bool = False) -> tuple[str, str | None]:
        """Start, and tell which data the model in use is made of."""
        choice = await activation.choose(self.said.append, self.root / "train.log", force=force)
        return training.name_of(choice.model), choice.refusal

    def changed(self, data: str, quality: str) -> None:
        self.data, self.quality = data, quality

    def _trainer(self, folder: Path, log: Path) -> Program:
        argv = (sys.executable, "-c", TRAINS, str(folder), self.quality)
        return Program(name="train", argv=argv, environ={}, log=log)

    def _scorer(self, answer: Path, models: tuple[Path, ...], log: Path) -> Program:
        self.comparisons += 1
        argv = (sys.executable, "-c", self.scorer, str(answer), *map(str, models))
        return Program(name="score", argv=argv, environ={}, log=log)


@pytest.fixture(name="workshop")
def _workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    return Workshop(tmp_path, monkeypatch)


async def test_the_first_model_of_a_clone_is_used_as_it_comes(workshop: Workshop) -> None:
    assert await workshop.serving() == ("a", None)
    assert await workshop.serving() == ("a", None)
    assert workshop.comparisons == 0


@pytest.mark.parametrize("quality", ["90", "91"])
async def test_a_model_that_is_no_worse_is_activated(workshop: Workshop, quality: str) -> None:
    await workshop.serving()
    workshop.changed("b", quality)

    assert await workshop.serving() == ("b", None)
    assert f"understands {quality} of 100 test messages, the one in use 90: it is activated." in workshop.said[-1]


async def test_a_worse_model_is_kept_but_the_one_in_use_goes_on(workshop: Workshop) -> None:
    await workshop.serving()
    workshop.changed("b", "89")
    name, refusal = await workshop.serving()

    assert name == "a"
    assert refusal is not None
    assert "understands 89 of 100 test messages, the one in use 90 of 100" in refusal
    assert "python -m bot train --force" in refusal
    assert training.find_kept("b") is not None
    assert await workshop.serving() == ("a", refusal)
    assert workshop.comparisons == 1  # remembered: the next start does not wait for it again


async def test_changed_test_sets_are_compared_anew(workshop: Workshop) -> None:
    await workshop.serving()
    workshop.changed("b", "89")
    await workshop.serving()
    (workshop.root / "sets").mkdir()
    (workshop.root / "sets" / "messages.yml").write_text("[]", encoding="utf-8")
    await workshop.serving()

    assert workshop.comparisons == 2


async def test_force_activates_a_worse_model_and_going_back_is_compared(workshop: Workshop) -> None:
    await workshop.serving()
    workshop.changed("b", "89")
    await workshop.serving()

    assert await workshop.serving(force=True) == ("b", None)
    assert await workshop.serving() == ("b", None)
    workshop.changed("a", "90")
    assert await workshop.serving() == ("a", None)


async def test_a_new_model_that_cannot_be_loaded_is_refused(workshop: Workshop) -> None:
    await workshop.serving()
    workshop.changed("b", "broken")
    name, refusal = await workshop.serving()

    assert name == "a"
    assert "The new model cannot be loaded" in str(refusal)


async def test_a_model_in_use_that_cannot_be_loaded_any_more_is_replaced(workshop: Workshop) -> None:
    workshop.quality = "broken"
    await workshop.serving()
    workshop.changed("b", "10")

    assert await workshop.serving() == ("b", None)
    assert "can no longer be loaded" in workshop.said[-1]


async def test_a_comparison_that_fails_is_said_and_changes_nothing(workshop: Workshop) -> None:
    await workshop.serving()
    workshop.changed("b", "95")
    workshop.scorer = "raise SystemExit(1)"
    name, refusal = await workshop.serving()

    assert name == "a"
    assert "could not be compared" in str(refusal)
    workshop.scorer = SCORES
    assert await workshop.serving() == ("b", None)


async def test_a_lost_model_or_a_damaged_note_is_as_in_a_new_clone(workshop: Workshop) -> None:
    await workshop.serving()
    for path in workshop.root.rglob("a.tar.gz"):
        path.unlink()
    workshop.changed("b", "10")
    assert await workshop.serving() == ("b", None)
    (training.MODELS / "active.json").write_text("{", encoding="utf-8")
    workshop.changed("c", "5")

    assert await workshop.serving() == ("c", None)


@pytest.mark.parametrize(
    ("domain", "missing"),
    [
        ({"actions": ["action_gone"]}, "action_gone"),
        ({"responses": {"utter_x": [{"custom": {"proposal": "say", "script": "gone"}}]}}, "gone"),
        ({"actions": ["action_search_articles", "utter_x"], "responses": {"utter_x": [{"text": "x"}]}}, None),
    ],
)
async def test_a_model_that_needs_what_is_gone_cannot_go_on(
    workshop: Workshop, domain: dict[str, object], missing: str | None
) -> None:
    await workshop.serving()
    kept = training.find_kept("a")
    assert kept is not None
    content = yaml.safe_dump(domain).encode()
    with tarfile.open(kept, "w:gz") as archive:
        entry = tarfile.TarInfo(activation.DOMAIN_IN_MODEL)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    workshop.changed("b", "1")

    assert (await workshop.serving())[0] == "b"
    assert (f"needs {missing}," in workshop.said[-1]) is (missing is not None)


def test_the_command_says_so_with_its_exit_code(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DESK_VAR", str(workshop.root / "var"))
    assert cli.main(["train"]) == 0
    workshop.changed("b", "89")

    assert cli.main(["train", "--aside"]) == 0
    assert capsys.readouterr().out.endswith("b.tar.gz.\n")
    assert cli.main(["train"]) == 3
    assert "kept, but not activated" in capsys.readouterr().out
    assert json.loads((training.MODELS / "active.json").read_text(encoding="utf-8"))["model"] == "a"
    assert cli.main(["train", "--force"]) == 0
    assert capsys.readouterr().out.endswith("b.tar.gz.\n")


async def test_a_failed_training_leaves_the_model_in_use(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    await workshop.serving()
    workshop.changed("b", "95")
    failing = Program(name="train", argv=("false",), environ={}, log=workshop.root / "train.log")
    monkeypatch.setattr(training, "_trainer", lambda *_: failing)

    with pytest.raises(StartError):
        await workshop.serving()
    active = activation.read()
    assert active is not None
    assert active.model == "a"
