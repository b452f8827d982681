"""Agents: creating them and signing them in."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from email_validator import EmailNotValidError, validate_email

from bot.domain.agent import Agent, AgentSession, Role
from bot.domain.errors import AlreadyExists, Invalid, LoginRefused, TooManyTries, Unauthenticated
from bot.domain.tokens import new_token, token_hash
from bot.store.unit_of_work import UnitOfWork

SESSION_LENGTH = timedelta(hours=12)
SEEN_EVERY = timedelta(seconds=15)
SHORTEST_PASSWORD = 10
TRIES = 5  # failed sign-ins under one e-mail within TRIES_WINDOW, after which even the right password waits
TRIES_WINDOW = timedelta(minutes=10)


async def create(uow: UnitOfWork, *, email: str, name: str, role: Role, password: str) -> Agent:
    """Create an agent; the e-mail is kept in lower case and is unique."""
    address = normal_email(email)
    if not name.strip():
        raise Invalid("An agent needs a name.")
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(f"A password has at least {SHORTEST_PASSWORD} characters.")
    if await uow.agents.by_email(address):
        raise AlreadyExists("There is an agent with this e-mail.")
    agent = Agent(
        email=address, name=name.strip(), role=role, password_hash=_hasher().hash(password), active=True,
        created_at=uow.now,
    )  # fmt: skip
    return await uow.agents.add(agent)


async def login(uow: UnitOfWork, *, email: str, password: str) -> tuple[str, Agent]:
    """Check e-mail and password and return a new session's token; failures are counted and throttled by e-mail.

    Not by network address: behind one proxy or one ministry's NAT that would let anybody lock everybody out.

    The caller commits in every case, also when this raises: a failure must be remembered.
    """
    key = email.strip().lower()
    await uow.take_turn(f"login:{key}")  # tries at once are counted one after the other
    if await uow.agents.failures(key, uow.now, TRIES_WINDOW) >= TRIES:
        raise TooManyTries(retry_after=int(TRIES_WINDOW.total_seconds()))
    agent = await uow.agents.by_email(key)
    if not _matches(agent, password) or agent is None or not agent.active:
        await uow.agents.count_failure(key, uow.now, TRIES_WINDOW)
        raise LoginRefused
    await uow.agents.forget_failures(key)
    await uow.agents.drop_expired_sessions(uow.now)
    token = new_token()
    uow.agents.add_session(
        AgentSession(
            token_hash=token_hash(token), agent_id=agent.id, created_at=uow.now, expires_at=uow.now + SESSION_LENGTH
        )
    )
    return token, agent


async def logout(uow: UnitOfWork, token: str | None) -> None:
    """End a session; one that is over already stays over."""
    if token:
        await uow.agents.drop_session(token_hash(token))


async def who(uow: UnitOfWork, token: str | None) -> Agent:
    """Tell whose session a token is, or raise Unauthenticated."""
    agent = await uow.agents.by_token(token_hash(token), uow.now) if token else None
    if agent is None:
        raise Unauthenticated
    return agent


async def sign_of_life(uow: UnitOfWork, agent: Agent) -> None:
    """Note that the officer is there; written at most every few seconds."""
    if agent.last_seen_at is None or uow.now - agent.last_seen_at >= SEEN_EVERY:
        await uow.agents.seen(agent.id, uow.now)


async def listing(uow: UnitOfWork, *, after: int, limit: int) -> Sequence[Agent]:
    """List the agents by id."""
    return await uow.agents.list(after=after, limit=limit)


def normal_email(email: str) -> str:
    """Check an e-mail's form and put it into lower case; no network is asked."""
    try:
        return validate_email(email, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        raise Invalid(f"This is not an e-mail address: {error}") from error


def _matches(agent: Agent | None, password: str) -> bool:
    """Compare in the same time whether or not the agent exists."""
    try:
        _hasher().verify(agent.password_hash if agent else _decoy(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return agent is not None


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _decoy() -> str:
    return _hasher().hash(new_token())
