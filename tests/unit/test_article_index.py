"""The index finds the right article, knows when it has none, and takes any text.

``test_the_search_is_measured`` is where the weights and the threshold of the index come from: run it with ``-s`` to
see the figures, and move its floors only with better ones.
"""

import math
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.services.article_index import GOOD_ENOUGH, ArticleIndex, IndexDocument
from bot.services.articles import load_starter

OFF_TOPIC = """
วันนี้อากาศเป็นยังไงบ้าง
ขอสูตรต้มยำกุ้งหน่อยค่ะ
เมื่อคืนบอลแมนยูใครชนะ
แนะนำหนังสนุกๆ หน่อยครับ
ราคาทองวันนี้เท่าไหร่
หวยออกอะไรงวดนี้
ร้านกาแฟแถวสยามที่ไหนอร่อย
ช่วยแต่งกลอนวันแม่ให้หน่อย
เธอเป็นใคร ชื่ออะไร
มีแฟนยัง
เหงาจังเลย คุยด้วยหน่อย
จองตั๋วเครื่องบินไปเชียงใหม่ยังไง
ต่อพาสปอร์ตต้องใช้เอกสารอะไรบ้าง
ทำใบขับขี่ใหม่ที่ขนส่งไหน
สมัครบัตรเครดิตธนาคารไหนดี
ผ่อนรถเดือนละเท่าไหร่
ประกันสังคมเบิกค่าทำฟันได้เท่าไร
ขอเบอร์โรงพยาบาลศิริราช
เน็ตบ้านช้ามาก ต้องโทรแจ้งใคร
ลืมรหัสผ่านเฟสบุ๊ก ทำไงดี
ไอโฟนรุ่นใหม่ออกเมื่อไหร่
แปลภาษาอังกฤษให้หน่อย I miss you
ปวดหัวกินยาอะไรดี
หมาไม่กินข้าวสองวันแล้ว
วิธีลดน้ำหนักใน 1 เดือน
ลูกเข้าโรงเรียนไหนดี
ขายบ้านต้องเสียภาษีอะไรบ้าง
จดทะเบียนสมรสที่เขตไหนก็ได้มั้ย
ค่าไฟเดือนนี้แพงมาก ร้องเรียนที่ไหน
เที่ยวญี่ปุ่นเดือนไหนดี
เปิดบัญชีเงินฝากต้องทำยังไง
สมัครงานราชการปีนี้เปิดเมื่อไร
ทำเล็บเจลราคาเท่าไหร่
ดูดวงให้หน่อย เกิดวันพุธ
รถติดมั้ยตอนนี้ แถวรัชดา
asdf qwer zxcv
what is the weather in Bangkok today
tell me a joke please
who won the football match last night
how do I cook pad thai at home
""".strip().splitlines()
MOST_VARIANTS = 9


@cache
def _documents(without_variant: int | None = None) -> tuple[IndexDocument, ...]:
    """Make the starter articles' documents, drafts too, each lacking one of its variants if asked."""
    return tuple(
        IndexDocument(
            article_id=entry.article_id,
            version=1,
            title=entry.fields["title"],
            questions=(
                entry.fields["question"],
                entry.fields["title_en"],
                *(v for n, v in enumerate(entry.fields["variants"]) if n != without_variant),
            ),
            body=f"{entry.fields['body']}\n{entry.fields['body_en']}",
            topic=entry.fields["topic"],
        )
        for entry in load_starter()
    )


@pytest.fixture(name="index", scope="module")
def _index() -> ArticleIndex:
    return ArticleIndex(_documents())


def _document(article_id: str, *questions: str, topic: str | None = None) -> IndexDocument:
    return IndexDocument(
        article_id=article_id, version=3, title=questions[0], questions=questions, body="รายละเอียด", topic=topic
    )


def test_every_known_question_finds_its_own_article(index: ArticleIndex) -> None:
    missed = [
        (document.article_id, question)
        for document in _documents()
        for question in [document.title, *document.questions]
        if index.search(question)[0].article_id != document.article_id
    ]

    assert missed == []


def test_the_search_is_measured(index: ArticleIndex) -> None:
    """Questions that the index does not hold: one variant of each article left out in turn; and small talk."""
    ranks: list[float] = []
    answered = wrong = 0
    for left_out in range(MOST_VARIANTS):
        without = ArticleIndex(_documents(left_out))
        for entry in load_starter():
            for question in entry.fields["variants"][left_out : left_out + 1]:
                hits = without.search(question)
                found = [hit.article_id for hit in hits]
                ranks.append(found.index(entry.article_id) if entry.article_id in found else math.inf)
                if hits and hits[0].score >= GOOD_ENOUGH:
                    answered += ranks[-1] == 0
                    wrong += ranks[-1] != 0
    first, three = (sum(rank < limit for rank in ranks) / len(ranks) for limit in (1, 3))
    accepted = [text for text in OFF_TOPIC if any(hit.score >= GOOD_ENOUGH for hit in index.search(text))]
    print(  # noqa: T201 -- the figures are what this test is run for
        f"\nleft out {len(ranks)}: hit@1 {first:.3f}, hit@3 {three:.3f}, answered rightly {answered / len(ranks):.3f}, "
        f"wrongly {wrong / len(ranks):.3f}; off topic accepted {len(accepted)} of {len(OFF_TOPIC)}: {accepted}"
    )

    assert len(OFF_TOPIC) == 40
    assert first >= 0.65
    assert three >= 0.85
    assert len(accepted) <= 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("๑๑๖๙", "ditp-hotline-1169"),
        ("form d", "form-d"),
        ("FORM-D??", "form-d"),
        ("พาเลดไม้", "wood-packaging-ispm15"),
        ("กศก 101", "export-declaration"),
        ("L/C", "letter-of-credit"),
        ("pre el", "pre-el-membership"),
        ("incoterms", "incoterms-2020"),
    ],
)
def test_codes_digits_and_slips_are_found(index: ArticleIndex, text: str, expected: str) -> None:
    best = index.search(text)[0]

    assert best.article_id == expected
    assert best.score >= GOOD_ENOUGH


@pytest.mark.parametrize("text", ["", " ", "???", '"', "*:* (((", "😀😀", "\x00", "ๆๆๆ"])
def test_signs_alone_are_no_error(index: ArticleIndex, text: str) -> None:
    assert all(hit.score < GOOD_ENOUGH for hit in index.search(text))


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=80))
def test_any_text_is_taken(index: ArticleIndex, text: str) -> None:
    hits = index.search(text)
    scores = [hit.score for hit in hits]

    assert len(hits) <= 3
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_a_very_long_text_is_cut(index: ArticleIndex) -> None:
    assert index.search("ขอ form d ที่ไหน " + "ก" * 100_000)


def test_an_empty_index_finds_nothing() -> None:
    assert ArticleIndex([]).search("ขอ form d ที่ไหน") == []


def test_a_hit_names_its_version() -> None:
    hit = ArticleIndex([_document("a", "พาเลทไม้ต้องรมยาไหม")]).search("พาเลทไม้", limit=1)[0]

    assert (hit.article_id, hit.version, hit.title) == ("a", 3, "พาเลทไม้ต้องรมยาไหม")


def test_of_two_alike_the_chosen_topic_comes_first() -> None:
    twins = [_document("a", "ขอใบรับรองที่ไหน", topic="documents"), _document("b", "ขอใบรับรองที่ไหน", topic="fairs")]
    index = ArticleIndex(twins)

    assert index.search("ขอใบรับรอง", topic="fairs")[0].article_id == "b"
    assert index.search("ขอใบรับรอง", topic="documents")[0].article_id == "a"
    assert len(index.search("ขอใบรับรอง", topic="markets")) == 2


def test_an_unknown_word_lowers_the_score(index: ArticleIndex) -> None:
    known, strange = index.search("ขอ form d ที่ไหน")[0], index.search("ขอ form d ที่ไหน แมวส้มกระโดดข้ามรั้วบ้าน")[0]

    assert strange.score < known.score


def test_what_a_former_index_counted_changes_nothing() -> None:
    old = ArticleIndex(_documents()[:40])
    documents = _documents()[10:50]
    renewed, fresh = ArticleIndex(documents, old), ArticleIndex(documents)

    assert set(renewed.counts) == set(documents)
    assert [renewed.search(text) for text in OFF_TOPIC] == [fresh.search(text) for text in OFF_TOPIC]
