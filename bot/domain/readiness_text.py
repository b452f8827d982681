"""What a sentence of the customer says about their readiness: pure rules on normalised Thai and English text.

Careful rather than clever: a question ("ต้องจดทะเบียนบริษัทไหม"), a condition ("ถ้ายังไม่จด") and what somebody else
did say nothing about the customer; what is not understood is left out, and the form asks for it.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from bot.domain import readiness_words as words
from bot.domain.readiness import Question
from bot.domain.thai import normalise

_RECENT = 256  # texts that are remembered: several rules cut the same message
KEEP = (Question.PRODUCT, "yes")  # own brand but no own factory: one of them is enough, in whatever order it is told
_BREAKS = re.compile(
    r"(?<=[ก-๙]) (?=[ก-๙])|[,;!\n]+|\.(?=\s|$)|(?<=\?)|\b(?:but|and also|however)\b"
    r"|(?<=ค่ะ)|(?<=คะ)(?!แนน)|(?<=ครับ)(?!ผม)|(?<=คับ)|(?<=ครับผม)"
)


def read_answers(
    text: str, asked: Question | None, *, known: Mapping[str, str] = {}, bare: bool = True
) -> dict[str, str]:
    """Return every readiness answer that the text states, as question to value.

    ``asked`` is the question that waits for an answer: "บริษัทจำกัดค่ะ" or "ญี่ปุ่น" answers that one, and so does a bare
    "ใช่" or "ยัง" unless ``bare`` is off, because something else was said since. ``known`` are the answers given before.
    """
    clauses = _clauses(text)
    statements = [statement for statement, is_statement in clauses if is_statement]
    found: dict[str, str] = {}
    short: list[str] = []  # what says nothing by itself
    for statement in statements:
        read = _read_statement(statement, asked, {**known, **found})
        found |= {question: value for question, value in read.items() if (question, found.get(question)) != KEEP}
        short += [] if read else [statement]
    if asked and asked not in found and not _turns_down(clauses) and not words.SKIP.search(normalise(text)):
        found |= _read_short(short, asked, bare=bare)
    return found


def asks_something(text: str) -> bool:
    """Say whether some part of the text is a question or a request to be told something."""
    return asking_part(text) != ""


def asking_part(text: str) -> str:
    """Return the parts of the text that ask something, normalised; empty if none does."""
    clauses = [clause for clause, _ in _clauses(text)]
    return " ".join(clause for clause in clauses if _asks(clause))


def only_answers(text: str, asked: Question | None) -> bool:
    """Say whether a text answers readiness questions, ``asked`` first of all, and says nothing else."""
    said = [(clause, is_statement) for clause, is_statement in _clauses(text) if _bare(clause)]
    return bool(said) and all(is_statement and read_answers(clause, asked) for clause, is_statement in said)


def corrections(text: str, asked: Question | None, known: Mapping[str, str], *, bare: bool = True) -> dict[str, str]:
    """Return the answers in the text that are new or differ from what is known.

    Saying again that one has exported does not take back a proof that was mentioned before; denying the proof does.
    """
    found = read_answers(text, asked, known=known, bare=bare)
    again = known.get(Question.EXPORTED) == "with_proof" and found.get(Question.EXPORTED) == "without_proof"
    if again and not _denies_proof(text):
        del found[Question.EXPORTED]
    return {question: value for question, value in found.items() if known.get(question) != value}


def turned_down_for(text: str) -> str:
    """Return what is wanted in place of the question: "อยากหาคนซื้อ" of "ไม่ใช่ค่ะ อยากหาคนซื้อ"; empty if nothing is."""
    return _turned_down_for([clause for clause, _ in _clauses(text)])


def _turned_down_for(clauses: Sequence[str]) -> str:
    refusals = [position for position, clause in enumerate(clauses) if _bare(clause) in words.TURNS_DOWN]
    rest = clauses[refusals[0] + 1 :] if refusals else []
    return " ".join(rest) if any(words.WANTS.search(clause) or _asks(clause) for clause in rest) else ""


def _turns_down(clauses: Sequence[tuple[str, bool]]) -> bool:
    return _turned_down_for([clause for clause, _ in clauses]) != ""


def _denies_proof(text: str) -> bool:
    return any(words.PROOF_NO.search(clause) for clause, is_statement in _clauses(text) if is_statement)


@lru_cache(_RECENT)
def _clauses(text: str) -> tuple[tuple[str, bool], ...]:
    """Cut a text into clauses and say of each whether it is a statement about the customer."""
    clauses: list[str] = []
    for part in map(str.strip, _BREAKS.split(words.PAUSE.sub("", words.ABBREVIATION.sub("", normalise(text))))):
        if clauses and words.TAIL_OF_A_QUESTION.match(part):
            clauses[-1] += f" {part}"
        elif part:
            clauses.append(part)
    return tuple((clause, _is_statement(clause)) for clause in clauses)


def _is_statement(clause: str) -> bool:
    return not (_asks(clause) or words.CONDITION.search(clause) or words.SOMEBODY_ELSE.search(clause))


def _asks(clause: str) -> bool:
    return words.QUESTION_MARK.search(_without_indefinite(clause)) is not None


def _without_indefinite(clause: str) -> str:
    """Take out "ไม่มีอะไร", "ไม่รู้ประเทศไหน": the question word asks nothing there. Polite endings go too."""
    return words.INDEFINITE.sub("ไม่", words.POLITE.sub("", clause))


def _read_statement(clause: str, asked: Question | None, known: Mapping[str, str]) -> dict[str, str]:
    found = _read_registered(clause) | _read_exported(clause, asked, known)
    if product := _product(clause):
        found[Question.PRODUCT.value] = product
    if market := _market(clause):
        found[Question.MARKET.value] = market
    return found


def _read_registered(clause: str) -> dict[str, str]:
    clause = words.OTHER_REGISTRATION.sub("", clause)
    if words.REGISTERED_NO.search(clause):
        return {Question.REGISTERED.value: "no"}
    return {Question.REGISTERED.value: "yes"} if words.REGISTERED_YES.search(clause) else {}


def _read_exported(clause: str, asked: Question | None, known: Mapping[str, str]) -> dict[str, str]:
    """Read whether, with what proof and when the customer exported; the three are told in one breath."""
    stopped = bool(words.STILL_EXPORTED.search(clause))
    rest = words.RECENT_NO.sub("", clause)
    waits = asked is Question.EXPORTED
    if not stopped and (words.EXPORTED_NO.search(rest) or (waits and words.ASKED_EXPORTED_NO.search(rest))):
        return {Question.EXPORTED.value: "no"}
    exported = stopped or bool(words.EXPORTED_YES.search(rest) or (waits and words.ASKED_EXPORTED_YES.search(rest)))
    told_before = known.get(Question.EXPORTED) in {"with_proof", "without_proof"}
    found = _proof(clause, exported=exported, loosely=exported or told_before or waits)
    if found or asked is Question.EXPORTED_RECENTLY or (told_before and words.SENT.search(clause)):
        found |= _recency(clause)
    return found


def _proof(clause: str, *, exported: bool, loosely: bool) -> dict[str, str]:
    if words.PROOF_NO.search(clause):
        return {Question.EXPORTED.value: "without_proof"} if loosely else {}
    if words.PROOF_YES.search(clause) or (loosely and words.LOOSE_PROOF_YES.search(clause)):
        return {Question.EXPORTED.value: "with_proof"}
    return {Question.EXPORTED.value: "without_proof"} if exported else {}


def _recency(clause: str) -> dict[str, str]:
    if words.RECENT_NO.search(clause):
        return {Question.EXPORTED_RECENTLY.value: "no"}
    return {Question.EXPORTED_RECENTLY.value: "yes"} if words.RECENT_YES.search(clause) else {}


def _product(clause: str) -> str | None:
    """One of product, brand and factory is enough: "ไม่มีโรงงานแต่มีแบรนด์" is a yes."""
    rest = words.PRODUCT_NO.sub("", clause)
    if words.PRODUCT_YES.search(rest):
        return "yes"
    return "no" if rest != clause else None


def _market(clause: str) -> str | None:
    if words.MARKET_NO.search(clause):
        return "no"
    return "yes" if words.MARKET_YES.search(clause) else None


def _read_short(statements: list[str], asked: Question, *, bare: bool) -> dict[str, str]:
    for statement in statements:
        word = _bare(statement) if bare else ""
        if (word in words.BARE_NO and not _never_answers(asked, word)) or _fits(words.ASKED_NO, asked, statement):
            return {asked.value: "no"}
        if word in words.BARE_YES or _fits(words.ASKED_YES, asked, statement):
            return {asked.value: _yes(asked, word)}
    return {}


def _never_answers(asked: Question, word: str) -> bool:
    """Say whether a word never answers this question: to "…แล้วหรือยัง" a no is ยัง or ไม่, while ไม่ใช่ sets it aside."""
    return asked in words.ASKED_WHETHER_YET and word == "ไม่ใช่"


def _fits(patterns: Mapping[str, re.Pattern[str]], asked: Question, statement: str) -> bool:
    return asked in patterns and bool(patterns[asked].search(statement))


def _bare(statement: str) -> str:
    word = words.POLITE.sub("", words.OPENING.sub("", statement)).strip()
    first = words.YES_OR_NO_FIRST.match(word)
    return first.group() if first else word


def _yes(asked: Question, word: str) -> str:
    if asked is not Question.EXPORTED:
        return "yes"
    return "with_proof" if word.startswith("มี") else "without_proof"
