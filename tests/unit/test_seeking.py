"""Who looks for a buyer is told from who was harmed by one; no training example of a dispute counts as looking."""

from pathlib import Path

import pytest
import yaml

from bot.domain.seeking import only_seeks_buyers

DISPUTES = Path(__file__).parents[2] / "nlu_data" / "nlu" / "disputes.yml"


@pytest.mark.parametrize(
    "text",
    [
        "หาผู้ซื้อมังคุดที่เวียดนาม",
        "หาผู้ซื้อทุเรียนที่จีน",
        "ติดต่อผู้ซื้อที่จีน",
        "ต้องการผู้ซื้อสับปะรดที่รัสเซีย",
        "อยากขายทุเรียนให้ผู้ซื้อที่จีน",
        "หาผู้ซื้อลำไยที่จีน",
        "ขอรายชื่อผู้นำเข้าข้าวที่มาเลเซียค่ะ",
        "ต้องการลูกค้าที่อินโดนีเซียครับ",
        "อยากได้บายเออร์ที่ดูไบ ไม่รู้จะหายังไง",
        "find buyers for mangosteen in Hong Kong",
        "I am looking for an importer in Russia",
    ],
)
def test_a_buyer_is_looked_for(text: str) -> None:
    assert only_seeks_buyers(text)


@pytest.mark.parametrize(
    "text",
    [
        "หาผู้ซื้อที่จีนที่เบี้ยวเงินผม",
        "อยากขายให้ลูกค้าที่จีนต่อ แต่งวดก่อนเขายังไม่จ่าย",
        "ต้องการผู้ซื้อมารับผิดชอบ ของเสียทั้งตู้",
        "อยากติดต่อผู้ซื้อที่จีน ติดต่อไม่ได้มาสองเดือน",
        "ติดต่อผู้ซื้อที่จีนมาสามเดือนแล้วค่ะ",
        "ติดต่อผู้ซื้อที่ลาวบ่ได้",
        "ตามหาลูกค้าที่รับทุเรียนของผมไป",
        "ช่วยติดต่อผู้ซื้อที่จีนให้หน่อย",
        "อยากติดต่อผู้ซื้อรายเดิมที่เกาหลีค่ะ",
        "อยากเจอผู้ซื้อที่เอาของเราไป",
        "ต้องการฟ้องผู้ซื้อที่รัสเซีย",
        "ลูกค้าที่จีนกักของไว้",
        "ผู้ซื้อที่จีน",
        "I want to find my buyer in Dubai",
        "looking for a buyer who disappeared",
        "need the importer to answer",
        "want a customer to be sued, we were scammed",
        "",
    ],
)
def test_who_was_harmed_or_speaks_of_a_certain_buyer_does_not_look_for_one(text: str) -> None:
    assert not only_seeks_buyers(text)


def test_no_dispute_that_was_trained_is_taken_for_looking() -> None:
    [disputes] = yaml.safe_load(DISPUTES.read_text(encoding="utf-8"))["nlu"]
    told = [line.removeprefix("- ") for line in disputes["examples"].splitlines()]

    assert len(told) > 200
    assert [text for text in told if only_seeks_buyers(text)] == []
