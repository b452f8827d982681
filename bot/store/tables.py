"""All tables of the desk in one place: importing this module declares every one of them."""

from bot.domain import (
    agent,
    article,
    attachment,
    candidate,
    case,
    channel_alert,
    channel_status,
    contact,
    conversation,
    errand,
    history,
    inbound,
    promise,
    work,
)
from bot.domain.base import Base
from bot.store import articles, attachments, calendar, clock

metadata = Base.metadata
DECLARED_IN = (
    agent,
    article,
    articles,
    attachment,
    attachments,
    calendar,
    candidate,
    case,
    channel_alert,
    channel_status,
    clock,
    contact,
    conversation,
    errand,
    history,
    inbound,
    promise,
    work,
)
