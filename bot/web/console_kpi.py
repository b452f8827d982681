"""The KPI page: figures of the service standard for a period, each opening down to its cases."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from sanic import Blueprint, HTTPResponse

from bot.domain.articles_text import BUDDHIST
from bot.domain.case import BANGKOK, Service
from bot.domain.errors import Invalid, NotFound
from bot.services import reports
from bot.store.worklist import Worklist
from bot.web import console_views as views
from bot.web.console_page import Visit, page

PAGE = 100
THAI_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
FIRST_BUDDHIST_YEAR = 2400  # a year above this is of the Buddhist era
blueprint = Blueprint("desk_kpi", url_prefix="/desk/kpi")


@dataclass(frozen=True, kw_only=True)
class Period:
    """The days of a report, both included."""

    service: Service
    first_day: date
    last_day: date

    @property
    def query(self) -> str:
        """The period as it stands in an address."""
        return f"service={self.service}&from={self.first_day.isoformat()}&to={self.last_day.isoformat()}"


@page(blueprint, "/")
async def kpi_page(visit: Visit) -> HTTPResponse:
    """Show the figures of a period."""
    period, problem = _period(visit)
    report = await reports.kpi(visit.uow, period.service, period.first_day, period.last_day)
    figures = {figure.key: figure for figure in report.figures}
    return visit.show(
        "desk_kpi.html", status=400 if problem else 200, period=period, report=report, figures=figures,
        problem=problem, choices=_choices(visit.now.astimezone(BANGKOK).date()),
    )  # fmt: skip


@page(blueprint, "/cases")
async def kpi_cases(visit: Visit) -> HTTPResponse:
    """List the cases behind one figure: all it is counted over, or those that count."""
    period, problem = _period(visit)
    if problem:
        raise Invalid(thai=problem)
    report = await reports.kpi(visit.uow, period.service, period.first_day, period.last_day)
    figure = next((f for f in report.figures if f.key == visit.request.args.get("figure")), None)
    if figure is None:
        raise NotFound
    counted = visit.request.args.get("which") == "counted"
    ids = figure.counted if counted else figure.cases
    number = visit.request.args.get("page", "")
    at = max(1, int(number)) if number.isdecimal() and len(number) < 6 else 1
    rows = await Worklist(visit.uow.session).rows_of(ids, limit=PAGE, offset=(at - 1) * PAGE)
    cases = views.CaseList(
        view=None, rows=rows, counts=await Worklist(visit.uow.session).counts(visit.agent.id), page=at,
        more=len(ids) > at * PAGE,
    )  # fmt: skip
    return visit.show(
        "desk_kpi_cases.html", period=period, figure=figure, counted=counted, cases=cases, total=len(ids), current=0,
        views=views,
    )  # fmt: skip


def _period(visit: Visit) -> tuple[Period, str]:
    """Read the period; a wrong one is answered with this month and a word about it."""
    this_month = _month_of(visit.now.astimezone(BANGKOK).date())
    args = visit.request.args
    try:
        given = Period(
            service=Service(args.get("service", Service.LIVE_CHAT)),
            first_day=_day(args.get("from"), this_month.first_day),
            last_day=_day(args.get("to"), this_month.last_day),
        )
    except ValueError:
        return this_month, "วันที่ไม่ถูกต้อง จึงแสดงเดือนนี้แทน"
    if given.last_day < given.first_day:
        return this_month, "วันสิ้นสุดอยู่ก่อนวันเริ่มต้น จึงแสดงเดือนนี้แทน"
    return given, ""


def _day(text: str | None, default: date) -> date:
    """Read 1/11/2569 as Thais write it, or an ISO date."""
    if not text or not text.strip():
        return default
    thai = THAI_DAY.fullmatch(text.strip())
    if thai is None:
        found = date.fromisoformat(text.strip())
    else:
        day, month, year = (int(part) for part in thai.groups())
        found = date(year - BUDDHIST if year > FIRST_BUDDHIST_YEAR else year, month, day)
    if not 2000 <= found.year <= 2200:
        raise ValueError(f"{found} is no day of this service")
    return found


def _choices(today: date) -> list[tuple[str, Period]]:
    """Offer the periods that are asked for most; the fiscal year begins in October."""
    this_month = _month_of(today)
    last_month = _month_of(this_month.first_day - timedelta(days=1))
    begins = date(today.year if today.month >= 10 else today.year - 1, 10, 1)
    year = Period(service=Service.LIVE_CHAT, first_day=begins, last_day=date(begins.year + 1, 9, 30))
    return [
        ("เดือนนี้", this_month),
        ("เดือนก่อน", last_month),
        (f"ปีงบประมาณ {begins.year + 1 + BUDDHIST}", year),
    ]


def _month_of(day: date) -> Period:
    last = calendar.monthrange(day.year, day.month)[1]
    return Period(service=Service.LIVE_CHAT, first_day=day.replace(day=1), last_day=day.replace(day=last))
