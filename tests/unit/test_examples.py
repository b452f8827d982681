"""Every example that the assistant shows is known here, and the search finds the right article for it.

So it does for the questions that stand for the next steps of a readiness level.
"""

import re

import pytest

from actions.replies import reply_to
from bot.domain.proposals import Answer
from bot.domain.readiness import Level, load_rules
from bot.domain.scripts import Language, load_scripts
from bot.services.article_index import ArticleIndex
from tests.eval.search_sets import starter_documents
from tests.examples import EXAMPLES, SHOWN

JOINTS = {"th": re.compile(r"(?:เช่น|หรือ|ค่ะ|[\s“”])*"), "en": re.compile(r"(?:For example|or|[\s:,.“”])*")}


@pytest.fixture(name="served", scope="module")
def _served() -> ArticleIndex:
    return ArticleIndex(starter_documents(drafts_serve=False))


@pytest.mark.parametrize(("script", "language"), [(script, language) for script in SHOWN for language in ("th", "en")])
def test_the_examples_are_those_of_the_script(script: str, language: Language) -> None:
    """Nothing but words that join may stand around those of a topic."""
    examples = SHOWN[script][language]
    lines = load_scripts()[script].text[language].splitlines()
    [rest] = [line for line in lines if all(example in line for example in examples)]
    for example in examples:
        rest = rest.replace(example, "")

    assert not script.startswith("topic_") or JOINTS[language].fullmatch(rest), rest


def test_every_script_that_shows_an_example_is_here() -> None:
    showing = re.compile(r"^เช่น |เช่น “", re.MULTILINE)

    assert {key for key, script in load_scripts().items() if showing.search(script.text["th"])} == SHOWN.keys()


@pytest.mark.parametrize(("text", "expected"), [(example, expected) for _, _, example, expected in EXAMPLES])
def test_the_search_answers_an_example_with_its_article(served: ArticleIndex, text: str, expected: str) -> None:
    reply = reply_to(served.search(text), sure=True)

    assert isinstance(reply, Answer)
    assert reply.article_id == expected


NEXT_STEPS = {
    Level.NOT_YET_BUSINESS: ["export-steps", "ecommerce-registration", "training-nea", "pre-el-membership"],
    Level.PREPARING: ["export-steps", "pre-el-membership", "training-nea", "customs-registration"],
    Level.READY: ["pre-el-membership", "customs-registration", "importer-list", "activities-apply"],
    Level.BEGINNER_EXPORTER: [
        "el-qualifications",
        "importer-list",
        "activities-apply",
        "smes-proactive-qualifications",
    ],
    Level.ACTIVE_EXPORTER: ["el-qualifications", "activities-apply", "smes-proactive-qualifications", "importer-list"],
}


@pytest.mark.parametrize("level", Level)
def test_the_next_steps_of_a_level_are_answered_by_articles(served: ArticleIndex, level: Level) -> None:
    replies = [reply_to(served.search(question), sure=True) for question in load_rules().next_steps[level]]

    assert [reply.article_id if isinstance(reply, Answer) else reply for reply in replies] == NEXT_STEPS[level]
