"""Every example that the assistant shows to customers is answered by the right article, in Thai and in English.

A customer chooses the topic and then types an example as it stands there.
"""

from collections.abc import Callable

import pytest

from bot.domain.scripts import Language, load_scripts
from tests.examples import EXAMPLES
from tests.scenarios.talk import Talk, article, texts

pytestmark = [pytest.mark.run, pytest.mark.timeout(600)]


@pytest.mark.parametrize(("script", "language", "example", "expected"), EXAMPLES)
def test_an_example_is_answered(
    talk: Callable[..., Talk], script: str, language: Language, example: str, expected: str
) -> None:
    chat = talk(language=language)
    if script.startswith("topic_"):
        buttons = load_scripts()["menu"].buttons
        chat.tap(next(b.title[language] for b in buttons if b.entities["topic"] == script.removeprefix("topic_")))
    said = chat.say(example)

    assert article(said) == expected, texts(said)
