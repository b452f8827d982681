"""Readiness of a case: learnt answers become a level by the rule file, and every change is kept."""

from bot.domain.case import Case, ReadinessRecord
from bot.domain.history import Happened
from bot.domain.readiness import classify, load_rules, missing
from bot.store.unit_of_work import UnitOfWork

SKIPPED = "skipped"


async def prefill(uow: UnitOfWork, case: Case) -> None:
    """Begin a case with what the customer's last case knew; what was skipped then may be asked again now."""
    last = await uow.cases.last_readiness_of(case.contact_id)
    answers = {question: value for question, value in last.answers.items() if value != SKIPPED} if last else {}
    if answers:
        await _record(uow, case, answers, method="prefilled", finished=missing(answers) is None)


async def learn(uow: UnitOfWork, case: Case, answers: dict[str, str], *, method: str, finished: bool) -> None:
    """Add answers of one turn; a later answer to the same question wins, but a skip never erases an answer."""
    current = await uow.cases.readiness(case.id)
    known = dict(current.answers) if current else {}
    merged = known | {q: v for q, v in answers.items() if v != SKIPPED or q not in known}
    done = finished or missing(merged) is None
    if current and merged == current.answers and done == current.finished:
        return
    await _record(uow, case, merged, method=method, finished=done)


async def _record(uow: UnitOfWork, case: Case, answers: dict[str, str], *, method: str, finished: bool) -> None:
    rules = load_rules()
    level = classify(answers, rules)
    await uow.cases.add_readiness(
        ReadinessRecord(
            case_id=case.id,
            contact_id=case.contact_id,
            at=uow.now,
            answers=answers,
            level=level,
            method=method,
            rule_version=str(rules.version),
            finished=finished,
        )
    )
    uow.cases.happened(case, Happened.READINESS, uow.now, actor="bot", level=level, method=method, answers=answers)
