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
from bot.services.gate import Gate
from bot.store.unit_of_work import UnitOfWork, UowFactory

SESSION_LENGTH = timedelta(hours=12)
SEEN_EVERY = timedelta(seconds=15)
SHORTEST_PASSWORD = 10
TRIES = 5  # failed sign-ins under one e-mail from one address in TRIES_WINDOW; then even the right password waits
TRIES_ANYWHERE = 50  # under one e-mail from all addresses: more than a stranger has at one, few enough for a guesser
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


async def login(new_uow: UowFactory, gate: Gate, *, email: str, password: str, address: str) -> tuple[str, Agent]:
    """Check e-mail and password and return a new session's token; failures are counted and throttled.

    By e-mail and network address together, so that who knows an officer's e-mail can't lock the officer out from
    elsewhere; by e-mail alone only far above that. Not by address alone: behind one proxy or one ministry's NAT that
    would let anybody lock everybody out.

    Comparing the password is slow, so no transaction is open meanwhile. Each try counts as a failure before that, and
    no longer once it was right: tries at once, in any number of processes, and those that nobody waits for are counted.
    """
    email = email.strip().lower()
    async with gate.enter():
        async with new_uow() as uow:
            counted = await _count_try(uow, email, address)
            agent = await uow.agents.by_email(email)
            await uow.commit()
        matches = await gate.run(_matches, agent.password_hash if agent else None, password)
        if agent is None or not matches:
            raise LoginRefused
        async with new_uow() as uow:
            token = await _begin_session(uow, agent)
            for key, failures in counted.items():
                await uow.agents.forget_failures(key, failures)
            await uow.commit()
    return token, agent


async def _count_try(uow: UnitOfWork, email: str, address: str) -> dict[str, int]:
    """Count a try as a failure, unless there were too many: gives how many there are now, by what is counted."""
    await uow.take_turn(f"login:{email}")  # tries at once are counted one after the other
    limits = {f"{address} {email}": TRIES, f"anywhere {email}": TRIES_ANYWHERE}
    for key, limit in limits.items():
        if await uow.agents.failures(key, uow.now, TRIES_WINDOW) >= limit:
            raise TooManyTries(retry_after=int(TRIES_WINDOW.total_seconds()))
    counted = {key: await uow.agents.count_failure(key, uow.now, TRIES_WINDOW) for key in limits}
    await uow.agents.drop_old_failures(uow.now, TRIES_WINDOW)
    return counted


async def _begin_session(uow: UnitOfWork, agent: Agent) -> str:
    """Begin a session of an agent who is still the one whose password was compared."""
    now_is = await uow.agents.get(agent.id)
    if now_is is None or not now_is.active or now_is.password_hash != agent.password_hash:
        raise LoginRefused
    await uow.agents.drop_expired_sessions(uow.now)
    token = new_token()
    uow.agents.add_session(
        AgentSession(
            token_hash=token_hash(token), agent_id=agent.id, created_at=uow.now, expires_at=uow.now + SESSION_LENGTH
        )
    )
    return token


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


def _matches(password_hash: str | None, password: str) -> bool:
    """Compare in the same time whether or not there is such an agent."""
    try:
        _hasher().verify(password_hash or _decoy(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return password_hash is not None


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _decoy() -> str:
    return _hasher().hash(new_token())
