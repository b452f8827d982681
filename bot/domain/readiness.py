"""How ready a business is to export: the questions, their answers, what is still to ask, and the level.

Levels come from a rule file that officers change (``bot/data/readiness.yml``), never from code here. Two promises: a
skipped question counts as asked but never as a "no", and a business that is not registered is asked nothing more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

RULES_FILE = Path(__file__).parents[1] / "data" / "readiness.yml"
SKIPPED = "skipped"


class Question(StrEnum):
    """A question of the readiness form; the values are the keys under which answers are stored."""

    REGISTERED = "registered"  # is the business registered?
    EXPORTED = "exported"  # has it exported before, and is there proof (B/L, L/C, declaration, receipt)?
    EXPORTED_RECENTLY = "exported_recently"  # in the last 12 months?
    PRODUCT = "product"  # an own product, brand or factory?
    MARKET = "market"  # is the target market or a buyer known?


class Level(StrEnum):
    """How ready a business is, from the standard's step LC4."""

    NOT_YET_BUSINESS = "not_yet_business"  # not registered
    PREPARING = "preparing"  # registered, never exported, product or market still missing
    READY = "ready"  # registered, never exported, has product and market
    BEGINNER_EXPORTER = "beginner_exporter"  # exported, but not in the last 12 months
    ACTIVE_EXPORTER = "active_exporter"  # exported in the last 12 months


YES_NO = ("yes", "no")
VALUES: dict[Question, tuple[str, ...]] = {
    Question.REGISTERED: YES_NO,
    Question.EXPORTED: ("with_proof", "without_proof", "no"),
    Question.EXPORTED_RECENTLY: YES_NO,
    Question.PRODUCT: YES_NO,
    Question.MARKET: YES_NO,
}

Answers = Mapping[str, str]  # question to value, keyed as stored


def known_answers(raw: Mapping[str, object]) -> dict[str, str]:
    """Take the answers out of a mapping from outside, in the order of the questions; whatever is none is left out."""
    return {
        question.value: str(raw[question.value])
        for question, values in VALUES.items()
        if raw.get(question.value) in (*values, SKIPPED)
    }


def missing(answers: Answers) -> Question | None:
    """Return the next question to ask, or None when nothing is left to ask."""
    return next((question for question in _to_ask(answers) if question not in answers), None)


def _to_ask(answers: Answers) -> tuple[Question, ...]:
    if answers.get(Question.REGISTERED) == "no":
        return ()
    match answers.get(Question.EXPORTED):
        case None:
            return (Question.REGISTERED, Question.EXPORTED)
        case "with_proof" | "without_proof":
            return (Question.REGISTERED, Question.EXPORTED_RECENTLY)
        case _:  # never exported, or would not say
            return (Question.REGISTERED, Question.PRODUCT, Question.MARKET)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One line of the rule file: the level it gives and, for each question it names, the answers that fit."""

    level: Level
    when: Mapping[Question, tuple[str, ...]]

    def fits(self, answers: Answers) -> bool:
        """Say whether every condition of the rule is met."""
        return all(answers.get(question) in values for question, values in self.when.items())


@dataclass(frozen=True, kw_only=True)
class ReadinessRules:
    """The rule file as read; ``version`` is stored with every level that it gave."""

    version: int
    titles: Mapping[Level, Mapping[str, str]]  # level -> language -> what people call it
    next_steps: Mapping[Level, Sequence[str]]  # level -> the questions to CKS whose answers are its next steps
    rules: tuple[Rule, ...]


def classify(answers: Answers, rules: ReadinessRules) -> Level | None:
    """Return the level of the first rule that fits, or None while the answers do not decide it."""
    return next((rule.level for rule in rules.rules if rule.fits(answers)), None)


def load_rules(path: Path = RULES_FILE) -> ReadinessRules:
    """Read the rule file; anything wrong in it raises ValueError that says where."""
    try:
        # BaseLoader keeps every value as text, so that an officer's bare yes and no stay words.
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    except yaml.YAMLError as error:
        raise ValueError(f"{path.name} is no valid YAML: {error}") from error
    try:
        return _rules(_mapping(content, {"version", "levels", "rules"}, "the file"))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error


def _rules(content: dict[str, Any]) -> ReadinessRules:
    if not str(content["version"]).isdecimal():
        raise ValueError(f"version must be a whole number, not {content['version']!r}")
    if not isinstance(content["rules"], list) or not content["rules"]:
        raise ValueError("rules must be a list with at least one rule")
    levels = _levels(content["levels"])
    return ReadinessRules(
        version=int(content["version"]),
        titles={level: {"th": entry["th"], "en": entry["en"]} for level, entry in levels.items()},
        next_steps={level: _next_steps(entry["next"], level) for level, entry in levels.items()},
        rules=tuple(_rule(entry, number) for number, entry in enumerate(content["rules"], start=1)),
    )


def _levels(content: object) -> dict[Level, dict[str, Any]]:
    levels = _mapping(content, {level.value for level in Level}, "levels")
    return {level: _mapping(levels[level.value], {"th", "en", "next"}, f"level {level.value}") for level in Level}


def _next_steps(content: object, level: Level) -> tuple[str, ...]:
    if not isinstance(content, list) or not all(isinstance(question, str) for question in content):
        raise ValueError(f"level {level.value}: `next` must be a list of questions")
    return tuple(content)


def _rule(content: object, number: int) -> Rule:
    where = f"rule {number}"
    entry = _mapping(content, {"level", "when"}, where)
    if entry["level"] not in [level.value for level in Level]:
        raise ValueError(f"{where}: {entry['level']!r} is no level")
    if not isinstance(entry["when"], dict) or not entry["when"]:
        raise ValueError(f"{where}: `when` must name at least one question with its answers")
    when = dict(_condition(key, values, where) for key, values in entry["when"].items())
    return Rule(level=Level(entry["level"]), when=when)


def _condition(key: str, given: object, where: str) -> tuple[Question, tuple[str, ...]]:
    if key not in [question.value for question in Question]:
        raise ValueError(f"{where}: {key!r} is no question")
    question = Question(key)
    values = tuple(given) if isinstance(given, list) else (given,)
    wrong = [value for value in values if value not in (*VALUES[question], SKIPPED)]
    if wrong or not values:
        raise ValueError(f"{where}: {key} can't be {', '.join(map(repr, wrong)) or 'empty'}")
    return question, values


def _mapping(content: object, keys: set[str], where: str) -> dict[str, Any]:
    found = set(content) if isinstance(content, dict) else set()
    if not isinstance(content, dict) or found != keys:
        raise ValueError(f"{where} must have exactly: {', '.join(sorted(keys))}; it has: {', '.join(sorted(found))}")
    return content
