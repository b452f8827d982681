"""An agent is an officer who answers; roles decide what else an officer may do."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.base import Base, enum_column


class Role(StrEnum):
    """What an agent may do, each including the one before it except where said."""

    AGENT = "agent"  # answers customers, drafts articles
    VERIFIER = "verifier"  # also verifies articles that somebody else wrote
    SUPERVISOR = "supervisor"  # also sees every case and report, changes the calendar
    ADMIN = "admin"  # also manages agents

    def includes(self, other: "Role") -> bool:
        """Tell whether this role may do what the other may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class Agent(Base):
    """An officer of the desk. ``password_hash`` is argon2id."""

    __tablename__ = "agents"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(enum_column(Role))
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]


class AgentSession(Base):
    """A signed-in session; only the hash of its token is stored."""

    __tablename__ = "agent_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class LoginAttempts(Base):
    """Failed sign-ins since ``since`` for one key: an e-mail with an address, or with all; the agent may not exist."""

    __tablename__ = "login_attempts"

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime]
