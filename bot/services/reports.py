"""The KPI report of the service standard, first page: satisfaction and answers in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain.case import BANGKOK, Service
from bot.domain.errors import Invalid
from bot.domain.kpi import TARGET, Figure
from bot.domain.rating import Score
from bot.store.reports import CaseRow, case_rows
from bot.store.unit_of_work import UnitOfWork

FIRST_REPLY = timedelta(minutes=3)  # the limit of the greeting (LC1)
READINGS = (
    "พึงพอใจ = ให้คะแนน 1 (ประทับใจ) หรือ 2 (พึงพอใจ) คิดจากเรื่องที่ให้คะแนนแล้วเท่านั้น",
    "ตอบครั้งแรกภายใน 3 นาที = ข้อความแรกของระบบหรือเจ้าหน้าที่หลังข้อความแรกของลูกค้า นับทุกเรื่องที่ลูกค้าพิมพ์",
    "เจ้าหน้าที่ตอบภายในเวลา = ข้อความแรกของเจ้าหน้าที่ที่ส่งถึงแพลตฟอร์ม นับเวลาทำการ คิดจากเรื่องที่ส่งต่อเจ้าหน้าที่",
    "เรื่องที่ลูกค้าเปิดแชตแต่ไม่ได้พิมพ์ สแปม และเรื่องซ้ำ ไม่นับในตัวเลขใด",
)


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """The report of a period; the days are the department's, both included."""

    service: Service
    first_day: date
    last_day: date
    figures: Sequence[Figure]
    readings: Sequence[str] = READINGS


async def kpi(uow: UnitOfWork, service: Service, first_day: date, last_day: date) -> Kpi:
    """Compute the figures over the cases opened in the period."""
    if last_day < first_day:
        raise Invalid("The period ends before it begins.")
    start = datetime.combine(first_day, time(), BANGKOK)
    end = datetime.combine(last_day + timedelta(days=1), time(), BANGKOK)
    rows = await case_rows(uow.session, service, start, end)
    figures = [*_ratings(rows), *_first_replies(rows, uow.now), *_windows(rows)]
    return Kpi(service=service, first_day=first_day, last_day=last_day, figures=figures)


def _ratings(rows: Sequence[CaseRow]) -> list[Figure]:
    rated = [row.id for row in rows if row.rating is not None]
    names = {Score.IMPRESSED: "ประทับใจ (1)", Score.SATISFIED: "พึงพอใจ (2)", Score.NOT_SATISFIED: "ไม่พึงพอใจ (3)"}
    each = [
        Figure(
            key=f"rated_{score.value}",
            label_th=name,
            counted=[row.id for row in rows if row.rating == score],
            cases=rated,
        )
        for score, name in names.items()
    ]
    satisfied = [row.id for row in rows if row.rating in (Score.IMPRESSED, Score.SATISFIED)]
    return [
        Figure(key="satisfied", label_th="ร้อยละความพึงพอใจ", counted=satisfied, cases=rated, target=TARGET),
        *each,
    ]


def _first_replies(rows: Sequence[CaseRow], now: datetime) -> list[Figure]:
    open_rows = [row for row in rows if row.first_reply_at is None and now - row.first_written_at <= FIRST_REPLY]
    decided = [row for row in rows if row not in open_rows]
    in_time = [
        row.id
        for row in decided
        if row.first_reply_at is not None and row.first_reply_at - row.first_written_at <= FIRST_REPLY
    ]
    return [
        Figure(
            key="first_reply",
            label_th="(ก) ตอบครั้งแรกภายใน 3 นาที",
            counted=in_time,
            cases=[row.id for row in decided],
            target=TARGET,
        ),
        Figure(
            key="first_reply_running",
            label_th="(ก) ยังอยู่ในเวลา",
            counted=[row.id for row in open_rows],
            cases=[row.id for row in rows],
        ),
    ]


def _windows(rows: Sequence[CaseRow]) -> list[Figure]:
    handed = [row for row in rows if row.window_state is not None]
    decided = [row for row in handed if row.window_state in ("met", "missed")]
    return [
        Figure(
            key="human_window",
            label_th="(ข) เจ้าหน้าที่ตอบภายในเวลาที่กำหนด",
            counted=[row.id for row in decided if row.window_state == "met"],
            cases=[row.id for row in decided],
            target=TARGET,
        ),
        Figure(
            key="human_window_running",
            label_th="(ข) ยังอยู่ในเวลา",
            counted=[row.id for row in handed if row.window_state in ("running", "paused")],
            cases=[row.id for row in handed],
        ),
    ]
