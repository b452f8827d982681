"""Settings: every ``DESK_…`` environment variable, read and checked once, when a process starts.

Nothing else in the program reads the environment. What a reader must not break: an unknown ``DESK_`` variable and a
half-configured channel stop the program with one sentence that never repeats a secret, and the defaults alone give a
working desk. README lists the same names; ``tests/unit/test_settings.py`` compares the two.
"""

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

PREFIX: Final = "DESK_"
ROOT: Final = Path(__file__).resolve().parents[1]
CHANNELS: Final = ("webchat", "line", "messenger")

# What each platform channel needs. A tuple inside means "one of these".
NEEDED: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "webchat": (),
    "line": (("line_channel_secret",), ("line_channel_access_token", "line_channel_id")),
    "messenger": (("messenger_app_secret",), ("messenger_page_access_token",), ("messenger_verify_token",)),
}


class SettingsError(Exception):
    """A setting is unknown, wrong or missing; the message is one sentence for the operator."""


class Settings(BaseModel):
    """All settings of one process; a field is the variable's name without ``DESK_``, in lower case.

    Fields that hold a secret are left out of ``repr``, so that a settings object can never leak one into a log.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    # Where it runs and keeps its data.
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str = ""  # how customers reach it from outside; default: http://host:port
    var: Path = ROOT / "var"
    database_url: str | None = Field(default=None, repr=False)  # None: the embedded PostgreSQL under var
    # Rasa and the action server. Without rasa_url `make run` starts its own Rasa, with a Python 3.10.
    rasa_url: str | None = Field(default=None, repr=False)
    rasa_python: str | None = None
    actions_port: int = Field(default=5055, ge=1, le=65535)  # of `python -m bot actions` started alone
    # Channels.
    channels: tuple[str, ...] = ()  # never empty once loaded: webchat, and each platform with all its secrets
    line_channel_secret: str | None = Field(default=None, repr=False)
    line_channel_secret_old: tuple[str, ...] = Field(default=(), repr=False)  # with commas between; still sign webhooks
    line_channel_access_token: str | None = Field(default=None, repr=False)
    line_channel_id: str | None = None
    line_api_base: str = "https://api.line.me"
    line_data_api_base: str = "https://api-data.line.me"
    messenger_app_secret: str | None = Field(default=None, repr=False)
    messenger_app_secret_old: tuple[str, ...] = Field(
        default=(), repr=False
    )  # with commas between; still sign webhooks
    messenger_page_access_token: str | None = Field(default=None, repr=False)
    messenger_verify_token: str | None = Field(default=None, repr=False)
    messenger_app_id: str | None = None
    messenger_page_id: str | None = None
    messenger_human_agent: bool = False  # Meta has approved the feature: officers may answer up to 7 days later
    messenger_graph_base: str = "https://graph.facebook.com/v25.0"
    line_push_reserve: int = Field(default=10, ge=0, le=100)  # percent of the month's pushes
    display_names: bool = True  # ask platforms for their customers' display names, for the desk
    smtp_url: str | None = Field(default=None, repr=False)  # None: mails are kept under var/mail
    # Promises and patience.
    window_minutes: int = Field(default=3, gt=0)
    idle_minutes: int = Field(default=30, gt=0)
    survey_hours: int = Field(default=24, gt=0)
    agent_gone_seconds: int = Field(default=90, gt=0)
    # Web chat.
    widget_origins: tuple[str, ...] = ()  # sites that may embed the chat, such as https://www.ditp.go.th
    privacy_url: str = ""  # the department's privacy notice, linked under the chat
    visitor_per_minute: int = Field(default=60, ge=5)  # messages of one visitor
    address_per_minute: int = Field(default=1200, ge=10)  # messages from one address, behind which many may sit
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()  # whose X-Forwarded-For is believed
    # Files.
    media_max_mb: int = Field(default=25, ge=1, le=100)  # of one file; held in memory while it is looked at
    link_days: int = Field(default=30, ge=1, le=365)  # how long the address of a document sent to a customer is good
    # First start.
    admin_email: str = "admin@desk.test"
    admin_password: str | None = Field(default=None, min_length=10, repr=False)  # None: a random one, told once
    test_clock: bool = False

    @field_validator("database_url")
    @classmethod
    def _use_psycopg(cls, value: str | None) -> str | None:
        """Accept the forms operators know, and give SQLAlchemy the one that names our driver."""
        if value is None:
            return None
        scheme, separator, rest = value.partition("://")
        if not separator or scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
            raise ValueError("must begin with postgresql://")
        return f"postgresql+psycopg://{rest}"

    @field_validator(
        "public_url", "privacy_url", "rasa_url", "line_api_base", "line_data_api_base", "messenger_graph_base"
    )
    @classmethod
    def _be_web_address(cls, value: str | None) -> str | None:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("must be an address that begins with http:// or https://")
        return value.rstrip("/")

    @field_validator("messenger_graph_base")
    @classmethod
    def _name_version(cls, value: str) -> str:
        """Refuse to call whatever version of Graph happens to be the oldest that still works."""
        if not re.search(r"/v\d+\.\d+$", value):
            raise ValueError("must end with a version, as in https://graph.facebook.com/v25.0")
        return value

    @field_validator("line_channel_secret_old", "messenger_app_secret_old", mode="before")
    @classmethod
    def _be_list(cls, value: Any) -> Any:
        return tuple(filter(None, (part.strip() for part in value.split(",")))) if isinstance(value, str) else value

    @field_validator("smtp_url")
    @classmethod
    def _be_mail_address(cls, value: str | None) -> str | None:
        if value is not None and urlsplit(value).scheme not in ("smtp", "smtps"):
            raise ValueError("must begin with smtp:// or smtps://")
        return value

    @field_validator("widget_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split_list(cls, value: Any) -> Any:
        """Read a list that is written with commas or spaces between."""
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("widget_origins")
    @classmethod
    def _be_origins(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            parts = urlsplit(value)
            if (
                parts.scheme not in ("http", "https")
                or not parts.netloc
                or value != f"{parts.scheme}://{parts.netloc}"
                or "*" in value
            ):
                raise ValueError("must name sites like https://www.example.go.th, without a path, with commas between")
        return values

    @field_validator("admin_email")
    @classmethod
    def _be_mailbox(cls, value: str) -> str:
        try:
            return validate_email(value, check_deliverability=False, test_environment=True).normalized.lower()
        except EmailNotValidError:
            raise ValueError("must be an e-mail address") from None

    @field_validator("var")
    @classmethod
    def _be_absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @model_validator(mode="before")
    @classmethod
    def _fill_derived(cls, values: Any) -> Any:
        """Derive what has no fixed default: the outside address, and the channels from their secrets."""
        filled = dict(values)
        if not filled.get("public_url"):
            host = filled.get("host", "127.0.0.1")
            reachable = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound to
            filled["public_url"] = f"http://{reachable}:{filled.get('port', 8000)}"
        named = filled.get("channels", ())
        if isinstance(named, str):
            named = tuple(dict.fromkeys(name.strip().lower() for name in named.split(",") if name.strip()))
        filled["channels"] = named or tuple(name for name in CHANNELS if not _missing(name, filled))
        return filled


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the ``DESK_`` variables of ``environ`` (default: the process's own) or raise SettingsError.

    An empty variable counts as not set, as container tools set variables that way.
    """
    source = os.environ if environ is None else environ
    given = {name: value for name, value in source.items() if name.startswith(PREFIX)}
    _refuse_unknown(given)
    values = {_field(name): value for name, value in given.items() if value.strip()}
    try:
        settings = Settings(**values)  # type: ignore[arg-type]  # pydantic reads the texts into the fields' types
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None
    _refuse_incomplete_channels(settings)
    return settings


def _refuse_unknown(names: Iterable[str]) -> None:
    known = {_variable(field) for field in Settings.model_fields}
    for name in sorted(set(names) - known):
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else "; README lists all of them."
        raise SettingsError(f"{name} is not a setting{hint}")


def _refuse_incomplete_channels(settings: Settings) -> None:
    """A channel that is asked for, or has been given any of its secrets, must have all of them."""
    for name in settings.channels:
        if name not in CHANNELS:
            raise SettingsError(f"DESK_CHANNELS names an unknown channel {name!r}; known are {', '.join(CHANNELS)}.")
    values = settings.model_dump()
    for name, needed in NEEDED.items():
        begun = any(values[field] for choice in needed for field in choice)
        if missing := _missing(name, values) if name in settings.channels or begun else ():
            raise SettingsError(f"The channel {name} is incomplete: {' and '.join(missing)} must be set too.")


def _missing(channel: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the variables that the channel still needs."""
    return tuple(
        " or ".join(_variable(field) for field in choice)
        for choice in NEEDED[channel]
        if not any(values.get(field) for field in choice)
    )


def _sentence(error: ValidationError) -> str:
    """Say the first mistake in one sentence, without the value, which may be a secret."""
    first = error.errors(include_input=False, include_url=False)[0]
    reason = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{_variable(str(first['loc'][0]))} {reason[0].lower()}{reason[1:]}."


def _variable(field: str) -> str:
    return PREFIX + field.upper()


def _field(variable: str) -> str:
    return variable.removeprefix(PREFIX).lower()
