"""The examples that the assistant shows to customers, with the article that answers each (``examples.yml``)."""

from pathlib import Path

import yaml

from bot.domain.scripts import Language

SHOWN: dict[str, dict[Language, dict[str, str]]] = yaml.safe_load(
    (Path(__file__).parent / "examples.yml").read_text(encoding="utf-8")
)
EXAMPLES = [
    (script, language, example, expected)
    for script, languages in SHOWN.items()
    for language, examples in languages.items()
    for example, expected in examples.items()
]
