"""The assistant's real actions with a made-up search, as Rasa's action server: ``action_server.py PORT``.

Runs with the desk's Python (3.11 and later), started by the tests, which run with Rasa's.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor

from actions.registry import build
from actions.replies import Hit
from bot.domain.terms import Term
from bot.services.article_signals import Told

AT_AN_AGENCY = Told(mentions=frozenset({Term("agency", "กรมการค้าต่างประเทศ")}))
BROKEN = "ระบบล่ม"  # a question with these words makes the search fail


@dataclass(frozen=True)
class Article:
    """What the search knows of an article: a word that finds it, and what the last search made of it."""

    article_id: str
    title: str
    word: str
    version: int = 1
    score: float = 0.9
    told: Told = AT_AN_AGENCY
    tells: bool = True


ARTICLES = (
    Article("form_d", "ขอ Form D ที่ไหน", "form d"),
    Article("form_e", "ส่งไปจีนใช้ฟอร์มอะไร", "จีน"),
    Article("documents", "เอกสารส่งออกมีอะไรบ้าง", "เอกสาร"),
    Article("company", "บุคคลธรรมดาส่งออกได้ไหม", "บริษัท"),
    Article("rice", "ส่งออกข้าวต้องมีใบอนุญาตไหม", "rice"),
)


class MadeUpSearch:
    """Finds an article by its word."""

    async def find(self, text: str, *, topic: str | None, limit: int) -> Sequence[Hit]:
        """Return the articles whose word is in the text, and after them the others with a poor score."""
        if BROKEN in text:
            raise ConnectionError("the search is broken")
        plain = text.lower()
        found = [article for article in ARTICLES if article.word in plain]
        others = [Article(a.article_id, a.title, a.word, score=0.1) for a in ARTICLES if a not in found]
        return [*found, *others][:limit]

    async def get(self, article_id: str) -> Hit | None:
        """Return one article."""
        return next((article for article in ARTICLES if article.article_id == article_id), None)


def main() -> None:
    """Serve on loopback until ended."""
    executor = ActionExecutor()
    for action in build(MadeUpSearch()):
        executor.register_action(action)
    create_app(executor).run(host="127.0.0.1", port=int(sys.argv[1]), single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
