"""An article as a customer reads it, in Thai and in English."""

from datetime import date

import pytest

from bot.domain.articles_text import THAI_ONLY_NOTE, ArticleText, date_in, render_article
from bot.domain.scripts import Language

ARTICLE = ArticleText(
    article_id="form-d", version=1, title="ขอ Form D", title_en="Form D", body="ขอได้ที่กรมค่ะ",
    body_en="Ask the department.", levels={"ready": "สำหรับผู้พร้อมส่งออกค่ะ"}, source="DFT", reviewed_on=date(2026, 11, 2),
)  # fmt: skip


def test_thai_names_source_and_date_in_the_buddhist_era() -> None:
    assert render_article(ARTICLE, None, "th") == "ขอ Form D\nขอได้ที่กรมค่ะ\n\nที่มา: DFT · ทบทวนล่าสุด 2 พ.ย. 2569"
    assert "สำหรับผู้พร้อมส่งออกค่ะ" in render_article(ARTICLE, "ready", "th")


def test_english_has_no_thai_of_our_own() -> None:
    text = render_article(ARTICLE, "ready", "en")

    assert text == "Form D\nAsk the department.\n\nSource: DFT · Last reviewed 2 Nov 2026"
    assert text.replace("·", "").isascii()


def test_what_is_there_in_thai_only_is_said_to_be_so() -> None:
    thai = ArticleText(article_id="a", version=1, title="ก", body="ข", source="DFT", reviewed_on=date(2026, 1, 31))

    assert render_article(thai, None, "en") == f"ก\n{THAI_ONLY_NOTE}\nข\n\nSource: DFT · Last reviewed 31 Jan 2026"


@pytest.mark.parametrize(("language", "words"), [("th", "31 ธ.ค. 2569"), ("en", "31 Dec 2026")])
def test_a_date(language: Language, words: str) -> None:
    assert date_in(language, date(2026, 12, 31)) == words
