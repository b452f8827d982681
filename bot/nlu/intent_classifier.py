"""The intent classifier: one logistic regression an intent on TF-IDF of spelling, words and sound, each of length one.

Trains in seconds and answers in a few milliseconds without TensorFlow; its probabilities mean enough for Rasa's
FallbackClassifier to work with. Stored with skops, not pickle: loading a model runs no code from it. What was measured
against it is in docs/nlu.md.
"""

import re
from typing import Any

import skops.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.nlu import views
from bot.nlu.scoring import Scoring

_FILE = "intents.skops"
_OWN_TYPES = ["scipy.sparse._csr.csr_matrix"]  # the vectorizers' weights; the rest skops trusts by itself
_TELLING = re.compile(r"[^\W\d_]|[^\w\s.,!?]")  # a letter or an emoji, not a digit or a full stop
# One letter; a hand laid on the keys; the name of a command, which no customer says.
_NONSENSE = re.compile(r"[^\W\d_]|(?=.*หกด)[ฟหกด้่าสวงเ]{6,}|[a-z]+(?:_[a-z]+)+\s*(?:\{.*)?")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")  # Chinese, Japanese, Korean


class ClassifierFileRefused(RasaException):
    """The stored classifier holds types that an own model never holds; it is not loaded."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ThaiIntentClassifier(GraphComponent, IntentClassifier):
    """Ranks every intent for a message by its probability."""

    @staticmethod
    def required_packages() -> list[str]:
        """Return the packages that Rasa checks before training."""
        return ["sklearn", "skops"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings: ``C`` and ``random_state`` of the regression, the longest run of characters.

        ``sharpness`` is the power to which probabilities are raised so that they mean what they say; ``known`` the
        share of a message's runs of letters that has to be known from training, or it is taken for nonsense. Both were
        measured on tests/nlu_data/messages.yml.
        """
        return {"C": 20.0, "max_ngram": 4, "sharpness": 1.7, "known": 0.55, "random_state": 1}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        longest = config["max_ngram"]
        self._vectorizers = {
            "spelling": TfidfVectorizer(
                analyzer="char_wb", ngram_range=(1, longest), sublinear_tf=True, lowercase=False
            ),
            "words": TfidfVectorizer(token_pattern=r"(?u)\S+", sublinear_tf=True, lowercase=False),
            "sound": TfidfVectorizer(analyzer="char", ngram_range=(2, longest), sublinear_tf=True, lowercase=False),
        }
        self._regression = LogisticRegression(
            C=config["C"],
            solver="liblinear",  # one regression an intent: measured better than one over all, and ten times faster
            class_weight="balanced",  # ask_knowledge has many times the examples of the others
            fit_intercept=False,  # a message of which nothing is known must fit no intent better than another
            random_state=config["random_state"],
        )

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ThaiIntentClassifier":
        """Create an untrained classifier."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples that have a text and an intent, and store what was learnt."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT) and example.get(INTENT)]
        texts = [str(example.get(TEXT)) for example in examples]
        self._regression.fit(self._features(texts), [example.get(INTENT) for example in examples])
        self._scoring = Scoring(self._vectorizers, self._regression)
        self._persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the best intent and the ranking of all intents on each message."""
        for message in messages:
            ranking = self._rank(message)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _rank(self, message: Message) -> list[dict[str, Any]]:
        named = zip(self._regression.classes_, self._probabilities(str(message.get(TEXT) or "")), strict=True)
        ranking = [{"name": str(intent), "confidence": float(probability)} for intent, probability in named]
        return sorted(ranking, key=lambda entry: -entry["confidence"])

    def _probabilities(self, text: str) -> Any:
        spelt = views.spelling(text)
        runs = self._scoring.features("spelling", spelt)
        if not self._is_known(spelt, runs):
            return [1 / len(self._regression.classes_)] * len(self._regression.classes_)
        sharp = self._regressed(text, spelt, runs) ** self._config["sharpness"]
        return sharp / sharp.sum()

    def _regressed(self, text: str, spelt: str, runs: list[str]) -> Any:
        others = {view: self._scoring.features(view, shown) for view, shown in _other_views(spelt).items()}
        return self._scoring.probabilities({"spelling": runs, **others})

    def _features(self, texts: list[str]) -> Any:
        """Learn the features of the texts and return a row a text: the weights of its three views side by side."""
        shown = [{"spelling": spelt, **_other_views(spelt)} for spelt in map(views.spelling, texts)]
        rows = [v.fit_transform([each[view] for each in shown]) for view, v in self._vectorizers.items()]
        return hstack(rows).tocsr()

    def _is_known(self, spelt: str, spelt_runs: list[str]) -> bool:
        """Say whether enough of the message was seen in training: a bare number, a cat on the keyboard was not."""
        if _NONSENSE.fullmatch(spelt) and not _IDEOGRAPH.fullmatch(spelt):
            return False
        telling = {run for run in spelt_runs if _TELLING.search(run)}
        signs = {run for run in telling if _IDEOGRAPH.fullmatch(run)}  # each is a word: runs of them rarely come again
        runs = signs or {run for run in telling if len(run.strip()) > 1} or telling
        known = sum(self._scoring.knows("spelling", run) for run in runs)
        return known > float(self._config["known"]) * len(runs)

    def _persist(self) -> None:
        parts = {**self._vectorizers, "regression": self._regression}
        with self._model_storage.write_to(self._resource) as folder:
            skops.io.dump(parts, folder / _FILE)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "ThaiIntentClassifier":
        """Load a trained classifier; a file with unknown types raises ClassifierFileRefused."""
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            unknown = set(skops.io.get_untrusted_types(file=folder / _FILE)) - set(_OWN_TYPES)
            if unknown:
                raise ClassifierFileRefused(f"{_FILE} holds unknown types: {', '.join(sorted(unknown))}")
            parts = skops.io.load(folder / _FILE, trusted=_OWN_TYPES)
        classifier._regression = parts.pop("regression")
        classifier._vectorizers = parts
        classifier._scoring = Scoring(classifier._vectorizers, classifier._regression)
        return classifier


def _other_views(spelt: str) -> dict[str, str]:
    return {"words": views.words(spelt), "sound": views.sound(spelt)}
