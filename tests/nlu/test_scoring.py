"""The direct arithmetic gives what scikit-learn gives, for whatever is typed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import hstack

from bot.nlu import views
from bot.nlu.intent_classifier import ThaiIntentClassifier

EXAMPLES = {
    "ask": ["ขอ form d ที่ไหน", "เอกสารส่งออกมีอะไรบ้าง", "ส่งข้าวต้องมีใบอนุญาตไหม", "where do I get form d"],
    "thanks": ["ขอบคุณค่ะ", "ขอบคุณมากครับ", "แต๊งกิ้ว 🙏", "thank you"],
    "agent": ["ขอคุยกับเจ้าหน้าที่", "ขอสายคนครับ", "อยากคุยกับคน", "talk to an officer"],
}
WORDS = [*"ขอ form d ที่ไหน เอกสาร ส่งออก ขอบคุณ ค่ะ คุย กับ คน 🙏 👍 你好 ሰላም 555 0812345678".split(), " ", ""]
MESSAGES = st.text() | st.lists(st.sampled_from(WORDS)).map("".join) | st.lists(st.sampled_from(WORDS)).map(" ".join)


@pytest.fixture(name="trained", params=[2, 3], scope="module")
def _trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ThaiIntentClassifier:
    """Classifiers of two intents, which have one regression, and of three."""
    shown = dict(list(EXAMPLES.items())[: request.param])
    examples = [Message({TEXT: text, INTENT: intent}) for intent, texts in shown.items() for text in texts]
    storage = LocalModelStorage.create(Path(tmp_path_factory.mktemp("storage")))
    config = ThaiIntentClassifier.get_default_config()
    classifier = ThaiIntentClassifier(config, storage, Resource("classifier"))
    classifier.train(TrainingData(examples))
    return classifier


def _by_scikit_learn(classifier: ThaiIntentClassifier, spelt: str) -> Any:
    shown = {"spelling": spelt, "words": views.words(spelt), "sound": views.sound(spelt)}
    rows = [vectorizer.transform([shown[view]]) for view, vectorizer in classifier._vectorizers.items()]
    return classifier._regression.predict_proba(hstack(rows).tocsr())[0]


def _directly(classifier: ThaiIntentClassifier, spelt: str) -> Any:
    return classifier._regressed(spelt, spelt, classifier._scoring.features("spelling", spelt))


@settings(max_examples=300, deadline=None)
@given(MESSAGES)
def test_probabilities_are_those_of_scikit_learn(trained: ThaiIntentClassifier, text: str) -> None:
    spelt = views.spelling(text)
    expected, found = _by_scikit_learn(trained, spelt), _directly(trained, spelt)

    assert found == pytest.approx(expected, rel=0, abs=1e-12)
    assert list(np.argsort(-found, kind="stable")) == list(np.argsort(-expected, kind="stable"))


@pytest.mark.parametrize("text", ["", " ", "你好", " ".join(WORDS * 300)])
def test_so_are_those_of_nothing_of_nothing_known_and_of_very_much(trained: ThaiIntentClassifier, text: str) -> None:
    spelt = views.spelling(text)

    assert _directly(trained, spelt) == pytest.approx(_by_scikit_learn(trained, spelt), rel=0, abs=1e-12)
