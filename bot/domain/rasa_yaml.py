"""Training data in Rasa's YAML, written so that Rasa reads back the very sentences.

Rasa takes ``[words](entity)`` inside a sentence for an annotation and ``${NAME}`` for a variable, and knows no way to
escape them; what customers type is neither.
"""

import re
from collections.abc import Iterable
from typing import Final

from bot.domain.masking import ACCOUNT, ADDRESS, COMPANY, EMAIL, MASKED, NAME, NUMBER, PHONE

# What stands in training data in the place of a masked detail: nobody's.
STAND_INS: Final = {
    EMAIL: "somchai@example.com",
    PHONE: "080 000 0000",
    NUMBER: "0000000000000",
    NAME: "สมชาย",
    COMPANY: "บริษัท ตัวอย่าง จำกัด",
    ADDRESS: "99 หมู่ 1",
    ACCOUNT: "example",
}
NOT_YAML: Final = re.compile("[^\\x20-\\x7e\\xa0-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd\\U00010000-\\U0010ffff]")
HEAD: Final = "# What customers said and officers labelled, masked. Written by: python -m bot learning export\n"


def sentence(text: str) -> str:
    """Give a text as one line that means nothing else to YAML or Rasa; it may be empty."""
    plain = MASKED.sub(lambda masked: STAND_INS[masked[0]], text)
    plain = plain.replace("[", "(").replace("]", ")").replace("${", "$ {")
    return " ".join(NOT_YAML.sub(" ", plain).split())


def training_data(examples: Iterable[tuple[str, str]]) -> str:
    """Write sentences with their intents as Rasa 3.1 YAML, by intent, in the order given."""
    by_intent: dict[str, list[str]] = {}
    for text, intent in examples:
        if line := sentence(text):
            by_intent.setdefault(intent, []).append(line)
    blocks = [
        f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {line}\n" for line in lines)
        for intent, lines in sorted(by_intent.items())
    ]
    return f'{HEAD}version: "3.1"\n' + ("nlu:\n" + "".join(blocks) if blocks else "nlu: []\n")
