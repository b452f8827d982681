"""The intent classifier: logistic regression on character and word TF-IDF, each scaled to length one.

Trains in seconds and answers in a few milliseconds without TensorFlow; its probabilities mean enough for Rasa's
FallbackClassifier to work with. Characters carry slips and sentences without spaces, words carry meaning. Stored with
skops, not pickle: loading a model runs no code from it.
"""

from typing import Any

import skops.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.nlu.courtesy import without_courtesy
from bot.nlu.tokenizer import ThaiTokenizer

_FILE = "intents.skops"
_OWN_TYPES = ["scipy.sparse._csr.csr_matrix"]  # the vectorizers' weights; the rest skops trusts by itself


class ClassifierFileRefused(RasaException):
    """The stored classifier holds types that an own model never holds; it is not loaded."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ThaiIntentClassifier(GraphComponent, IntentClassifier):
    """Ranks every intent for a message by its probability."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Return what has to stand before it in the pipeline: the words come from the tokenizer."""
        return [ThaiTokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Return the packages that Rasa checks before training."""
        return ["sklearn", "skops"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings: ``C`` of the regression, the longest run of characters, and the random seed."""
        return {"C": 60.0, "max_ngram": 4, "max_iter": 400, "random_state": 1}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._characters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(1, config["max_ngram"]), sublinear_tf=True, lowercase=False
        )
        self._words = TfidfVectorizer(token_pattern=r"(?u)\S+", sublinear_tf=True, lowercase=False)
        self._regression = LogisticRegression(
            C=config["C"],
            max_iter=config["max_iter"],
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
        characters = self._characters.fit_transform([_spelling(example) for example in examples])
        words = self._words.fit_transform([_words(example) for example in examples])
        self._regression.fit(hstack([characters, words]).tocsr(), [example.get(INTENT) for example in examples])
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
        named = zip(self._regression.classes_, self._probabilities(message), strict=True)
        ranking = [{"name": str(intent), "confidence": float(probability)} for intent, probability in named]
        return sorted(ranking, key=lambda entry: -entry["confidence"])

    def _probabilities(self, message: Message) -> Any:
        features = self._features(message)
        if features.nnz <= 1:  # at most the blank that surrounds every word: signs of which nothing is known
            return [1 / len(self._regression.classes_)] * len(self._regression.classes_)
        return self._regression.predict_proba(features)[0]

    def _features(self, message: Message) -> csr_matrix:
        characters = self._characters.transform([_spelling(message)])
        words = self._words.transform([_words(message)])
        return hstack([characters, words]).tocsr()

    def _persist(self) -> None:
        parts = {"characters": self._characters, "words": self._words, "regression": self._regression}
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
        classifier._characters = parts["characters"]
        classifier._words = parts["words"]
        classifier._regression = parts["regression"]
        return classifier


def _spelling(message: Message) -> str:
    return without_courtesy(str(message.get(TEXT) or ""))


def _words(message: Message) -> str:
    tokens = message.get(TOKENS_NAMES[TEXT]) or []
    return " ".join(token.text.replace(" ", "_") for token in tokens)
