"""What a sentence of the customer says about their readiness: pure rules on normalised Thai and English text.

Careful rather than clever: a question ("ต้องจดทะเบียนบริษัทไหม"), a condition ("ถ้ายังไม่จด") and what somebody else
did say nothing about the customer; what is not understood is left out, and the form asks for it.
"""

import re
from collections.abc import Mapping

from bot.domain import readiness_words as words
from bot.domain.readiness import Question
from bot.domain.thai import normalise

_BREAKS = re.compile(
    r"(?<=[ก-๙]) (?=[ก-๙])|[,;!\n]+|\.(?=\s|$)|(?<=\?)|\b(?:but|and also|however)\b"
    r"|(?<=ค่ะ)|(?<=คะ)(?!แนน)|(?<=ครับ)(?!ผม)|(?<=คับ)|(?<=ครับผม)"
)


def read_answers(text: str, asked: Question | None) -> dict[str, str]:
    """Return every readiness answer that the text states, as question to value.

    ``asked`` is the question that waits for an answer: a bare "ใช่", "ยัง" or "ญี่ปุ่น" answers that one.
    """
    statements = [statement for statement, is_statement in _clauses(text) if is_statement]
    found: dict[str, str] = {}
    for statement in statements:
        found |= _read_statement(statement, asked, found)
    if asked and asked not in found and not words.SKIP.search(normalise(text)):
        found |= _read_bare(statements, asked)
    return found


def asks_something(text: str) -> bool:
    """Say whether some part of the text is a question or a request to be told something."""
    return any(words.QUESTION_MARK.search(_without_indefinite(clause)) for clause, _ in _clauses(text))


def corrections(text: str, asked: Question | None, known: Mapping[str, str]) -> dict[str, str]:
    """Return the answers in the text that are new or differ from what is known.

    Saying again that one has exported does not take back a proof that was mentioned before; denying the proof does.
    """
    found = read_answers(text, asked)
    denied = denies_proof(text)
    if known.get(Question.EXPORTED) == "with_proof" and found.get(Question.EXPORTED) == "without_proof" and not denied:
        del found[Question.EXPORTED]
    if known.get(Question.EXPORTED) == "with_proof" and denied and Question.EXPORTED not in found:
        found[Question.EXPORTED.value] = "without_proof"
    return {question: value for question, value in found.items() if known.get(question) != value}


def denies_proof(text: str) -> bool:
    """Say whether the text states that there is no proof of exporting."""
    return any(words.PROOF_NO.search(clause) for clause, is_statement in _clauses(text) if is_statement)


def _clauses(text: str) -> list[tuple[str, bool]]:
    """Cut a text into clauses and say of each whether it is a statement about the customer."""
    clauses: list[str] = []
    for part in map(str.strip, _BREAKS.split(words.ABBREVIATION.sub("", normalise(text)))):
        if clauses and words.TAIL_OF_A_QUESTION.match(part):
            clauses[-1] += f" {part}"
        elif part:
            clauses.append(part)
    return [(clause, _is_statement(clause)) for clause in clauses]


def _is_statement(clause: str) -> bool:
    return not (
        words.QUESTION_MARK.search(_without_indefinite(clause))
        or words.CONDITION.search(clause)
        or words.SOMEBODY_ELSE.search(clause)
    )


def _without_indefinite(clause: str) -> str:
    """Take out "ไม่มีอะไร", "ไม่รู้ประเทศไหน": the question word asks nothing there. Polite endings go too."""
    return words.INDEFINITE.sub("ไม่", words.POLITE.sub("", clause))


def _read_statement(clause: str, asked: Question | None, so_far: Mapping[str, str]) -> dict[str, str]:
    found = _read_registered(clause) | _read_exported(clause, asked, so_far)
    if product := _product(clause, asked):
        found[Question.PRODUCT.value] = product if so_far.get(Question.PRODUCT) != "yes" else "yes"
    if market := _market(clause, asked):
        found[Question.MARKET.value] = market
    return found


def _read_registered(clause: str) -> dict[str, str]:
    clause = words.OTHER_REGISTRATION.sub("", clause)
    if words.REGISTERED_NO.search(clause):
        return {Question.REGISTERED.value: "no"}
    return {Question.REGISTERED.value: "yes"} if words.REGISTERED_YES.search(clause) else {}


def _read_exported(clause: str, asked: Question | None, so_far: Mapping[str, str]) -> dict[str, str]:
    """Read whether, with what proof and when the customer exported; the three are told in one breath."""
    stopped = bool(words.STILL_EXPORTED.search(clause))
    rest = words.RECENT_NO.sub("", clause)
    waits = asked is Question.EXPORTED
    if not stopped and (words.EXPORTED_NO.search(rest) or (waits and words.ASKED_EXPORTED_NO.search(rest))):
        return {Question.EXPORTED.value: "no"}
    exported = stopped or bool(words.EXPORTED_YES.search(rest) or (waits and words.ASKED_EXPORTED_YES.search(rest)))
    told_before = so_far.get(Question.EXPORTED) in {"with_proof", "without_proof"}
    found = _proof(clause, exported=exported, loosely=exported or told_before or waits)
    if exported or told_before or asked is Question.EXPORTED_RECENTLY:
        found |= _recency(clause, asked)
    return found


def _proof(clause: str, *, exported: bool, loosely: bool) -> dict[str, str]:
    if words.PROOF_NO.search(clause):
        return {Question.EXPORTED.value: "without_proof"} if loosely else {}
    if words.PROOF_YES.search(clause) or (loosely and words.LOOSE_PROOF_YES.search(clause)):
        return {Question.EXPORTED.value: "with_proof"}
    return {Question.EXPORTED.value: "without_proof"} if exported else {}


def _recency(clause: str, asked: Question | None) -> dict[str, str]:
    waits = asked is Question.EXPORTED_RECENTLY
    if words.RECENT_NO.search(clause) or (waits and words.ASKED_RECENT_NO.search(clause)):
        return {Question.EXPORTED_RECENTLY.value: "no"}
    last_year = waits and words.LAST_YEAR.search(clause)
    return {Question.EXPORTED_RECENTLY.value: "yes"} if last_year or words.RECENT_YES.search(clause) else {}


def _product(clause: str, asked: Question | None) -> str | None:
    rest = words.PRODUCT_NO.sub("", clause)
    makes = asked is Question.PRODUCT and words.MAKES.match(rest)
    if words.PRODUCT_YES.search(rest) or makes:
        return "yes"
    return "no" if rest != clause else None


def _market(clause: str, asked: Question | None) -> str | None:
    if words.MARKET_NO.search(clause) or (asked is Question.MARKET and words.UNDECIDED.search(clause)):
        return "no"
    named = asked is Question.MARKET and re.search(words.COUNTRY, clause)
    return "yes" if named or words.MARKET_YES.search(clause) else None


def _read_bare(statements: list[str], asked: Question) -> dict[str, str]:
    for statement in statements:
        bare = words.POLITE.sub("", words.OPENING.sub("", statement)).strip()
        if first := words.YES_OR_NO_FIRST.match(bare):
            bare = first.group()
        if bare in words.BARE_YES:
            return {asked.value: _yes(asked, bare)}
        if bare in words.BARE_NO:
            return {asked.value: "no"}
    return {}


def _yes(asked: Question, bare: str) -> str:
    if asked is not Question.EXPORTED:
        return "yes"
    return "with_proof" if bare.startswith("มี") else "without_proof"
