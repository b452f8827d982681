"""The tokenizer and the classifier: trained, stored, loaded and asked, without the rest of Rasa."""

from pathlib import Path

import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.domain.thai import normalise
from bot.nlu import views
from bot.nlu.courtesy import without_courtesy
from bot.nlu.intent_classifier import ClassifierFileRefused, ThaiIntentClassifier
from bot.nlu.tokenizer import ThaiTokenizer

CONTEXT = ExecutionContext(GraphSchema({}), model_id="test")
EXAMPLES: dict[str, list[str]] = {
    "ask": ["ขอ form d ที่ไหน", "เอกสารส่งออกมีอะไรบ้าง", "ส่งข้าวต้องมีใบอนุญาตไหม", "where do I get form d"],
    "thanks": ["ขอบคุณค่ะ", "ขอบคุณมากครับ", "แต๊งกิ้ว", "thank you"],
    "agent": ["ขอคุยกับเจ้าหน้าที่", "ขอสายคนครับ", "อยากคุยกับคน", "talk to an officer"],
}


@pytest.fixture(name="storage")
def _storage(tmp_path: Path) -> ModelStorage:
    return LocalModelStorage.create(tmp_path)


@pytest.fixture(name="tokenizer")
def _tokenizer(storage: ModelStorage) -> ThaiTokenizer:
    return ThaiTokenizer.create(ThaiTokenizer.get_default_config(), storage, Resource("tokenizer"), CONTEXT)


@pytest.fixture(name="trained")
def _trained(storage: ModelStorage, tokenizer: ThaiTokenizer) -> ThaiIntentClassifier:
    examples = [Message({TEXT: text, INTENT: intent}) for intent, texts in EXAMPLES.items() for text in texts]
    data = tokenizer.process_training_data(TrainingData(examples))
    classifier = ThaiIntentClassifier.create(
        ThaiIntentClassifier.get_default_config(), storage, Resource("classifier"), CONTEXT
    )
    classifier.train(data)
    return classifier


def _load(storage: ModelStorage) -> ThaiIntentClassifier:
    config = ThaiIntentClassifier.get_default_config()
    return ThaiIntentClassifier.load(config, storage, Resource("classifier"), CONTEXT)


def _ask(tokenizer: ThaiTokenizer, classifier: ThaiIntentClassifier, text: str) -> Message:
    return classifier.process(tokenizer.process([Message({TEXT: text})]))[0]


def test_a_sentence_without_spaces_becomes_words_with_their_places(tokenizer: ThaiTokenizer) -> None:
    text = "ขอ Form D ที่ไหนคะ"
    tokens = tokenizer.tokenize(Message({TEXT: text}), TEXT)

    assert [token.text for token in tokens] == ["ขอ", "form", "d", "ที่ไหน", "คะ"]
    assert all(normalise(text)[token.start : token.end] == token.text for token in tokens)


def test_a_loaded_classifier_says_the_same_as_the_trained_one(
    storage: ModelStorage, tokenizer: ThaiTokenizer, trained: ThaiIntentClassifier
) -> None:
    loaded = _load(storage)

    for text in ("ขอ form e ที่ไหนคะ", "ขอบคุณนะคะ", "คุยกับเจ้าหน้าที่"):
        first, second = _ask(tokenizer, trained, text), _ask(tokenizer, loaded, text)
        assert first.get(INTENT_RANKING_KEY) == second.get(INTENT_RANKING_KEY)


def test_every_intent_is_ranked_and_probabilities_add_up(
    tokenizer: ThaiTokenizer, trained: ThaiIntentClassifier
) -> None:
    message = _ask(tokenizer, trained, "ขอบคุณมากค่ะ")
    ranking = message.get(INTENT_RANKING_KEY)
    confidences = [entry["confidence"] for entry in ranking]

    assert message.get(INTENT) == ranking[0]
    assert ranking[0]["name"] == "thanks"
    assert {entry["name"] for entry in ranking} == set(EXAMPLES)
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1)


@pytest.mark.parametrize("text", ["", "😀", "你好", "\u200b", "ask_agent", 'choose_topic{"topic": "x"}'])
def test_signs_of_which_nothing_is_known_fit_no_intent_better(
    tokenizer: ThaiTokenizer, trained: ThaiIntentClassifier, text: str
) -> None:
    message = _ask(tokenizer, trained, text)

    assert message.get(INTENT)["confidence"] == pytest.approx(1 / len(EXAMPLES))


def test_a_file_with_other_types_is_not_loaded(storage: ModelStorage, trained: ThaiIntentClassifier) -> None:
    with storage.write_to(Resource("classifier")) as folder:
        skops.io.dump({"regression": Path("/")}, folder / "intents.skops")

    with pytest.raises(ClassifierFileRefused):
        _load(storage)


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("สวัสดีค่ะ รบกวนสอบถามหน่อยค่ะ ขอ Form D ที่ไหน ขอบคุณค่ะ", "ขอ form d ที่ไหน"),
        ("สวัสดีครับแอดมิน อยากคุยกับเจ้าหน้าที่", "อยากคุยกับเจ้าหน้าที่"),
        ("Hello, where do I get form D? Thanks in advance", "where do i get form d?"),
        ("ขอบคุณค่ะ แล้ว form e ขอที่ไหนคะ", "แล้ว form e ขอที่ไหนคะ"),
        ("สวัสดีค่ะแอดมิน", "สวัสดีค่ะแอดมิน"),
        ("โอเคค่ะ ขอบคุณค่ะ", "โอเคค่ะ ขอบคุณค่ะ"),
        ("history of DITP", "history of ditp"),
        ("ขอบคุณสำหรับข้อมูลนะคะ ละเอียดมาก", "ขอบคุณสำหรับข้อมูลนะคะ ละเอียดมาก"),
        ("ขอบใจหลายๆ เด้อจ้า", "ขอบใจหลายๆ เด้อจ้า"),
        ("ขอบคุณค่ะแล้วฟอร์มอีล่ะขอที่ไหน", "แล้วฟอร์มอีล่ะขอที่ไหน"),
        ("สวัสดีตอนเช้าค่ะทีมงาน", "สวัสดีตอนเช้าค่ะทีมงาน"),
        ("hello@kombu.example ครับ", "hello@kombu.example ครับ"),
    ],
)
def test_hello_and_thanks_around_a_question_are_left_out(text: str, about: str) -> None:
    assert without_courtesy(text) == about


def test_asking_leave_is_courtesy_without_a_particle_too() -> None:
    assert without_courtesy("สวัสดีครับ รบกวนสอบถามวิธีหาผู้ซื้อหน่อยครับ") == "วิธีหาผู้ซื้อหน่อยครับ"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("เมลคือ สมพงสวน@example.com ค่ะ", "เมลคือ  <email>  ค่ะ"),
        ("0812345678", "<phone>"),
        ("ศูนย์แปดเก้า สองสามสี่ ห้าหกเจ็ดแปด", "<phone>"),
        ("5555555555", "<laugh>"),
        ("555+ ขำ", "<laugh>  ขำ"),
        ("ส่งไป 20 ตู้", "ส่งไป 0 ตู้"),
    ],
)
def test_addresses_numbers_and_laughter_are_told_by_their_shape(text: str, seen: str) -> None:
    assert views.spelling(text) == seen


@settings(deadline=None)
@given(st.text())
def test_normalising_twice_changes_nothing_in_this_python_either(text: str) -> None:
    once = normalise(text)

    assert normalise(once) == once
    assert without_courtesy(text) in once
