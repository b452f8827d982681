"""The KPI report over the JSON API."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field
from sanic import Blueprint

from bot.domain.case import Service
from bot.services import reports
from bot.web.endpoint import Call, endpoint

blueprint = Blueprint("reports", url_prefix="/api/v1/reports")


class KpiQuery(BaseModel):
    """Which service and which days, both included."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    service: Service = Service.LIVE_CHAT
    first_day: date = Field(alias="from", ge=date(2000, 1, 1), le=date(2200, 12, 31))
    last_day: date = Field(alias="to", ge=date(2000, 1, 1), le=date(2200, 12, 31))


class FigureOut(BaseModel):
    """One figure with the cases behind it; ``percent`` is null where there is nothing to count."""

    key: str
    label: str
    numerator: int
    n: int
    percent: float | None
    target: int | None
    met: bool | None
    counted_case_ids: list[int]
    case_ids: list[int]


class KpiOut(BaseModel):
    """The report of a period, with the readings under it."""

    service: Service
    first_day: date
    last_day: date
    figures: list[FigureOut]
    readings: list[str]


@endpoint(blueprint, "GET", "/kpi", summary="The KPI report", query=KpiQuery, response=KpiOut)
async def kpi(call: Call) -> KpiOut:
    """Compute the report."""
    query: KpiQuery = call.query
    report = await reports.kpi(call.uow, query.service, query.first_day, query.last_day)
    figures = [
        FigureOut(
            key=figure.key,
            label=figure.label_th,
            numerator=figure.numerator,
            n=figure.n,
            percent=figure.percent,
            target=figure.target,
            met=figure.met,
            counted_case_ids=list(figure.counted),
            case_ids=list(figure.cases),
        )
        for figure in report.figures
    ]
    return KpiOut(
        service=report.service,
        first_day=report.first_day,
        last_day=report.last_day,
        figures=figures,
        readings=list(report.readings),
    )
