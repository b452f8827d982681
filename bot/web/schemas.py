"""The JSON shapes of the public contract. Times are ISO 8601 with offset, in the department's time zone."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, model_validator

from bot.domain.agent import Agent, Role
from bot.domain.case import BANGKOK, State
from bot.domain.chat import ShownMessage
from bot.domain.conversation import Author, Message

Time = Annotated[AwareDatetime, PlainSerializer(lambda at: at.astimezone(BANGKOK).isoformat(), return_type=str)]
LONGEST_TEXT = 5000
LARGEST = 2**63 - 1  # of an id or seq


class Strict(BaseModel):
    """A request: unknown fields are refused, and so is the NUL character, which PostgreSQL can't store."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_nul(cls, value: Any) -> Any:
        if _holds_nul(value):
            raise ValueError("a NUL character is not text")
        return value


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_holds_nul(key) or _holds_nul(item) for key, item in value.items())
    return isinstance(value, list | tuple) and any(_holds_nul(item) for item in value)


# web chat


class SessionRequest(Strict):
    """Opens a chat; ``language`` is the page's, for the greeting."""

    language: Literal["th", "en"] | None = None


class Session(BaseModel):
    """A new chat's secret, given once."""

    token: str


class PostMessage(Strict):
    """A text or a tapped button."""

    client_id: str = Field(min_length=1, max_length=100)
    text: str | None = Field(default=None, min_length=1, max_length=LONGEST_TEXT)
    payload: str | None = Field(default=None, min_length=1, max_length=100)

    @model_validator(mode="before")
    @classmethod
    def _drop_nul(cls, value: Any) -> Any:
        """A customer's text goes on without the signs nobody can see."""
        if isinstance(value, dict) and isinstance(value.get("text"), str):
            return value | {"text": value["text"].replace("\x00", "")}
        return value

    @model_validator(mode="after")
    def _one_of_both(self) -> "PostMessage":
        if (self.text is None) == (self.payload is None):
            raise ValueError("exactly one of text and payload is needed")
        return self


class Posted(BaseModel):
    """The message is stored."""

    client_id: str


class AfterQuery(Strict):
    """Where to go on reading, and how many seconds to wait for something new."""

    after: int = Field(default=0, ge=0, le=LARGEST)
    wait: float = Field(default=0, ge=0, le=30)


class NameQuery(Strict):
    """What an uploaded file is called."""

    name: str = Field(min_length=1, max_length=255)


class ArticleRef(BaseModel):
    """The article and version that a message was answered from."""

    id: str
    version: int
    source: str | None
    reviewed_on: date | None


class WebChatButton(BaseModel):
    """A button: ``payload`` is the opaque id to send back."""

    title: str
    payload: str


class WebChatFile(BaseModel):
    """A file of a message; ``url`` of the customer's own needs the chat's token, that of a document ends by itself."""

    name: str
    media_type: str
    size: int
    url: str


class WebChatMessage(BaseModel):
    """One message as the page shows it."""

    seq: int
    author: Author
    name: str | None
    text: str
    language: str
    buttons: list[WebChatButton]
    attachments: list[WebChatFile]
    at: Time
    client_id: str | None
    article: ArticleRef | None

    @classmethod
    def of(cls, message: ShownMessage, files: Sequence[WebChatFile]) -> "WebChatMessage":
        """Render a stored message."""
        return cls(
            seq=message.seq,
            author=message.author,
            name=message.name,
            text=message.text,
            language=message.language,
            buttons=[WebChatButton(**button) for button in message.buttons],
            attachments=list(files),
            at=message.at,
            client_id=message.client_id,
            article=article_ref(message),
        )


class WebChatMessages(BaseModel):
    """What stands behind ``after``; ``typing`` while the assistant works on an answer."""

    messages: list[WebChatMessage]
    state: State
    typing: bool


# agents and signing in


class Credentials(Strict):
    """Who signs in."""

    email: str = Field(max_length=320)
    password: str = Field(max_length=1000)


class LoggedIn(BaseModel):
    """A new API session."""

    token: str
    agent: "AgentOut"


class AgentOut(BaseModel):
    """An officer."""

    id: int
    email: str
    name: str
    role: Role
    active: bool

    @classmethod
    def of(cls, agent: Agent) -> "AgentOut":
        """Render an agent without its secrets."""
        return cls(id=agent.id, email=agent.email, name=agent.name, role=agent.role, active=agent.active)


class NewAgent(Strict):
    """An officer to create."""

    email: str = Field(max_length=320)
    name: str = Field(min_length=1, max_length=200)
    role: Role
    password: str = Field(max_length=1000)


class PageQuery(Strict):
    """A page of a list ordered by id."""

    after: int = Field(default=0, ge=0, le=LARGEST)
    limit: int = Field(default=50, ge=1, le=200)


class Agents(BaseModel):
    """Agents by id; ``next`` is the ``after`` of the next page."""

    items: list[AgentOut]
    next: int | None


# operations


class ClockRequest(Strict):
    """The time that the desk's clock shall show."""

    now: AwareDatetime

    @model_validator(mode="after")
    def _within_reason(self) -> "ClockRequest":
        if not 2000 <= self.now.year <= 2200:
            raise ValueError("the clock goes from 2000 to 2200")
        return self


class ClockNow(BaseModel):
    """The desk's time."""

    now: Time


class Health(BaseModel):
    """Whether the parts are there."""

    status: Literal["ok", "unavailable"]
    parts: Mapping[str, bool]


def article_ref(message: Message | ShownMessage) -> ArticleRef | None:
    """Name the article a message was answered from."""
    if message.article_id is None or message.article_version is None:
        return None
    reviewed = date.fromisoformat(message.article_reviewed_on) if message.article_reviewed_on else None
    return ArticleRef(
        id=message.article_id, version=message.article_version, source=message.article_source, reviewed_on=reviewed
    )
