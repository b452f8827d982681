"""The working calendar over the JSON API."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field
from sanic import Blueprint

from bot.domain.agent import Role
from bot.services import calendars
from bot.web.endpoint import Call, endpoint
from bot.web.schemas import Strict

blueprint = Blueprint("calendar", url_prefix="/api/v1")
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Holiday(Strict):
    """A day off."""

    date: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    name: str = Field(min_length=1, max_length=200)


Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class CalendarIn(Strict):
    """Periods per weekday as pairs of HH:MM, and days off."""

    periods: dict[Weekday, list[tuple[Clock, Clock]]]
    holidays: list[Holiday] = []
    reviewed_by: str | None = None


class CalendarOut(BaseModel):
    """The calendar that holds."""

    version: int
    periods: dict[Weekday, list[tuple[str, str]]]
    holidays: list[Holiday]
    reviewed_by: str | None = None


@endpoint(blueprint, "GET", "/calendar", summary="The working calendar", response=CalendarOut)
async def get_calendar(call: Call) -> CalendarOut:
    """Give the working calendar."""
    return CalendarOut.model_validate(await calendars.current_data(call.uow))


@endpoint(
    blueprint, "PUT", "/calendar", summary="Change the working calendar", role=Role.SUPERVISOR,
    body=CalendarIn, response=CalendarOut,
)  # fmt: skip
async def put_calendar(call: Call) -> CalendarOut:
    """Store a changed calendar as the next version."""
    data = call.body.model_dump(mode="json")
    return CalendarOut.model_validate(await calendars.change(call.uow, call.officer, data))
