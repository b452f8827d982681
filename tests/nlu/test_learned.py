"""What officers labelled is read back by Rasa as it was written, whatever customers typed."""

import pytest
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

from bot.domain.rasa_yaml import sentence, training_data

NASTY = [
    "ขอ Form D ที่ไหน",
    "- เริ่มด้วยขีด",
    "-- สองขีด",
    "# ไม่ใช่ความเห็น",
    '"คำพูด" และ \'อีกคำ\' : ค่า',
    '[กล้วย](product) หรือ [ทุเรียน]{"entity": "product"} หรือ [a][{"entity": "b"}]',
    "ราคา ${PRICE} กับ {ราคา} %s",
    "บรรทัดแรก\nบรรทัดสอง\r\n- intent: abuse\n  examples: |\n    - เลว",
    "\x00\x07 ก\u2028ข\x85ค\ufeff\ud800",
    '/greet{"a": 1}',
    "|", ">", "&a *a !!python/object:os.system", "\t\t", "😀🇹🇭", "---", "...", "? ใช่ไหม", "[", "](", "[]()",
]  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
def test_rasa_reads_back_the_sentence_and_nothing_else(text: str) -> None:
    written = training_data([(text, "chitchat"), ("สวัสดี", "greet")])
    read = RasaYAMLReader().reads(written)
    sentences = {(e.get("text"), e.get("intent"), str(e.get("entities", []))) for e in read.training_examples}

    wanted = {(sentence(text), "chitchat", "[]")} if sentence(text) else set()
    assert sentences == {("สวัสดี", "greet", "[]"), *wanted}


def test_words_stay_what_they_are() -> None:
    assert sentence("ขอ  [Form D]\nที่ไหน") == "ขอ (Form D) ที่ไหน"
    assert sentence("อีเมล [อีเมล] ชื่อ[ชื่อ]") == "อีเมล somchai@example.com ชื่อสมชาย"


def test_nothing_labelled_is_a_valid_file() -> None:
    written = training_data([])

    assert RasaYAMLReader().reads(written).training_examples == []
