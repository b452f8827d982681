"""A case is one service episode: its states, who handles it, and the only table of steps it may take.

Every KPI, rating and summary hangs on the case. A step that ``TRANSITIONS`` does not list raises IllegalTransition,
so no service can move a case in a way the design does not know.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.base import Base, enum_column
from bot.domain.errors import IllegalTransition

BANGKOK = ZoneInfo("Asia/Bangkok")


class Service(StrEnum):
    """Which of the three services of the standard a case belongs to."""

    LIVE_CHAT = "live_chat"  # LINE, Messenger, web chat
    HOTLINE = "hotline"  # a call to 1169
    COUNTER = "counter"  # a walk-in visit


class State(StrEnum):
    """Where a case stands."""

    BOT = "bot"  # the assistant answers
    QUEUED = "queued"  # waits for an officer
    AGENT = "agent"  # an officer has it
    SURVEY = "survey"  # done; asked for a rating
    CLOSED = "closed"  # over


class Trigger(StrEnum):
    """What moves a case from one state to another."""

    HAND_OFF = "hand_off"  # a person is needed
    DONE = "done"  # the bot's part is over, or the customer went quiet after writing
    NOT_STARTED = "not_started"  # the chat was opened and nobody wrote
    ACCEPT = "accept"  # an officer takes it
    WITHDRAW = "withdraw"  # the customer no longer waits for a person
    RELEASE = "release"  # transfer, release, or the officer is gone
    RETURN_TO_BOT = "return_to_bot"  # the officer gives it back to the assistant
    RESOLVE = "resolve"  # an officer ends it
    DISCARD = "discard"  # spam, duplicate, unfollowed, blocked
    RATED = "rated"  # the customer rated
    REOPEN_TO_QUEUE = "reopen_to_queue"  # a real question during the survey, last handled by a person
    REOPEN_TO_BOT = "reopen_to_bot"  # a real question during the survey, last handled by the bot
    UNRATED = "unrated"  # the survey's time is over


TRANSITIONS: dict[tuple[State, Trigger], State] = {
    (State.BOT, Trigger.HAND_OFF): State.QUEUED,
    (State.BOT, Trigger.DONE): State.SURVEY,
    (State.BOT, Trigger.NOT_STARTED): State.CLOSED,
    (State.BOT, Trigger.RESOLVE): State.SURVEY,
    (State.BOT, Trigger.DISCARD): State.CLOSED,
    (State.QUEUED, Trigger.ACCEPT): State.AGENT,
    (State.QUEUED, Trigger.WITHDRAW): State.BOT,
    (State.QUEUED, Trigger.RESOLVE): State.SURVEY,
    (State.QUEUED, Trigger.DISCARD): State.CLOSED,
    (State.AGENT, Trigger.RELEASE): State.QUEUED,
    (State.AGENT, Trigger.RETURN_TO_BOT): State.BOT,
    (State.AGENT, Trigger.RESOLVE): State.SURVEY,
    (State.AGENT, Trigger.DONE): State.SURVEY,
    (State.AGENT, Trigger.DISCARD): State.CLOSED,
    (State.SURVEY, Trigger.RATED): State.CLOSED,
    (State.SURVEY, Trigger.UNRATED): State.CLOSED,
    (State.SURVEY, Trigger.REOPEN_TO_QUEUE): State.QUEUED,
    (State.SURVEY, Trigger.REOPEN_TO_BOT): State.BOT,
}


class HandoffReason(StrEnum):
    """Why a case needs a person."""

    CUSTOMER_ASKED = "customer_asked"  # the customer asked for a person
    COMPLAINT = "complaint"  # a complaint, or the menu's topic of complaints and disputes
    DISPUTE = "dispute"  # a trade dispute, or fraud
    DOCUMENTS = "documents"  # documents are to be sent
    MISUNDERSTOOD = "misunderstood"  # two misunderstandings in a row
    NOTHING_FOUND = "nothing_found"  # CKS holds no answer and the customer accepted a person
    FOR_PEOPLE_ONLY = "for_people_only"  # the article or topic is marked for people
    BOT_UNAVAILABLE = "bot_unavailable"  # Rasa or its actions failed
    DATA_REQUEST = "data_request"  # the customer wants personal data deleted or takes a consent back
    EVENT_FAILED = "event_failed"  # a message of the customer could not be handled
    DELIVERY_FAILED = "delivery_failed"  # an answer of the bot could not be delivered
    DELIVERY_UNKNOWN = "delivery_unknown"  # nobody knows whether an answer of the bot was shown
    ANSWERED_ELSEWHERE = "answered_elsewhere"  # a person answered in the platform's own inbox: the bot is silent


class Case(Base):
    """One service episode inside a conversation (or a counter visit, or a call)."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("cases_of_conversation", "conversation_id", "id"),
        Index("cases_of_contact", "contact_id", "id"),
        Index("cases_open", "conversation_id", unique=True, postgresql_where="state <> 'closed'"),
        Index("cases_closed", "closed_at", "id", postgresql_where="state = 'closed'"),
        Index("cases_idle", "idle_due_at", postgresql_where="state = 'bot'"),
        Index("cases_in_survey", "survey_due_at", postgresql_where="state = 'survey'"),
        Index("cases_with_agents", "assignee_id", postgresql_where="state = 'agent'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service: Mapped[Service] = mapped_column(enum_column(Service))
    channel: Mapped[str | None]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))
    state: Mapped[State] = mapped_column(enum_column(State))
    closed_as: Mapped[str | None]
    language: Mapped[str]
    greeted_in: Mapped[str | None]
    topic: Mapped[str | None]
    handoff_reason: Mapped[HandoffReason | None] = mapped_column(enum_column(HandoffReason))
    handoff_at: Mapped[datetime | None]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    transfer_to_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))  # for whom it waits
    last_agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    rasa_session: Mapped[int] = mapped_column(default=1)
    last_article_id: Mapped[str | None]
    pending_question: Mapped[str | None]
    misunderstood: Mapped[int] = mapped_column(default=0)
    pending_profile: Mapped[dict[str, str] | None]  # contact details that wait for the customer's consent
    bot_assists: Mapped[bool] = mapped_column(default=False)  # "ถามบอทระหว่างรอ": verified answers while waiting
    last_handled_by: Mapped[str | None]  # bot or agent: to whom a question in the survey goes back
    survey_due_at: Mapped[datetime | None]
    quiet_due_at: Mapped[datetime | None]  # with an officer: the customer is silent until then
    rating: Mapped[int | None]
    rated_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    summary: Mapped[str | None]
    summary_filed_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    first_written_at: Mapped[datetime | None]
    last_activity_at: Mapped[datetime]
    idle_due_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    def move(self, trigger: Trigger, now: datetime) -> State:
        """Take one step of the table and return the new state; raise IllegalTransition for any other."""
        target = TRANSITIONS.get((self.state, trigger))
        if target is None:
            raise IllegalTransition(f"A case in state {self.state} can't {trigger}.", state=self.state)
        if self.state in (State.BOT, State.AGENT):
            self.last_handled_by = self.state
        self.state = target
        if target is State.CLOSED:
            self.closed_at = now
        if target is not State.BOT:
            self.idle_due_at = None
        if target is not State.SURVEY:
            self.survey_due_at = None
        if target is not State.AGENT:
            self.last_agent_id = self.assignee_id or self.last_agent_id
            self.assignee_id, self.quiet_due_at = None, None
        if target is not State.QUEUED:
            self.bot_assists, self.transfer_to_id = False, None
        return target

    def touch(self, now: datetime, idle: timedelta) -> None:
        """Note activity: the bot's idle time counts from here."""
        self.last_activity_at = now
        self.idle_due_at = now + idle if self.state is State.BOT else None

    @property
    def number(self) -> str:
        """The number people quote: service, Buddhist year of opening, id."""
        prefix = {Service.LIVE_CHAT: "LC", Service.HOTLINE: "HL", Service.COUNTER: "CT"}[self.service]
        return f"{prefix}-{self.opened_at.astimezone(BANGKOK).year + 543}-{self.id:06d}"

    @property
    def sender(self) -> str:
        """Rasa's sender id: a new session of a case is a fresh tracker."""
        return f"{self.id}.{self.rasa_session}"


class ReadinessRecord(Base):
    """What was known of a customer's readiness at one moment; the newest of a case holds, the others are its history.

    ``answers`` maps question to value (``skipped`` where the customer would not say); ``level`` is None while unknown.
    """

    __tablename__ = "readiness_records"
    __table_args__ = (
        Index("readiness_of_case", "case_id", "id"),
        Index("readiness_of_contact", "contact_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    at: Mapped[datetime]
    answers: Mapped[dict[str, str]]
    level: Mapped[str | None]
    method: Mapped[str]
    rule_version: Mapped[str]
    finished: Mapped[bool]
