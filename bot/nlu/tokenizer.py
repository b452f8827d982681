"""Rasa tokenizer for Thai: the normalised text without courtesies, cut into words by PyThaiNLP.

Rasa's own tokenizers refuse ``language: th`` or cut at vowel and tone marks. Token offsets count in the normalised
text, not in what the customer typed: nothing in the pipeline maps tokens back to the message (entities are found by
patterns on the message itself), so keep it that way or align them first.
"""

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.domain.thai import normalise, tokenise
from bot.nlu.courtesy import without_courtesy


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class ThaiTokenizer(Tokenizer):
    """Cuts Thai (and the English mixed into it) into words."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return Rasa's settings of every tokenizer; intents are never split."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ThaiTokenizer":
        """Create the tokenizer and load the dictionary now, not with the first customer's message."""
        tokenise("ภาษาไทย")
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Return the words of one attribute of a message; spaces, hello and thanks are left out."""
        text = str(message.get(attribute))
        return _with_offsets(normalise(text), tokenise(without_courtesy(text)))


def _with_offsets(text: str, words: list[str]) -> list[Token]:
    tokens, position = [], 0
    for word in words:
        start = text.find(word, position)
        position = start + len(word)
        tokens.append(Token(word, start, position))
    return tokens
