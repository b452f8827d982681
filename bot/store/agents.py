"""Agents, their sessions and their failed sign-ins in SQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.agent import Agent, AgentSession


class AgentStore:
    """The rows of ``agents`` and their sessions."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, agent: Agent) -> Agent:
        """Store a new agent."""
        self._session.add(agent)
        await self._session.flush()
        return agent

    async def by_email(self, email: str) -> Agent | None:
        """Find an agent by e-mail (stored in lower case)."""
        return (await self._session.execute(select(Agent).where(Agent.email == email))).scalar_one_or_none()

    async def list(self, *, after: int, limit: int) -> Sequence[Agent]:
        """List agents by id."""
        query = select(Agent).where(Agent.id > after).order_by(Agent.id).limit(limit)
        return (await self._session.execute(query)).scalars().all()

    async def get(self, agent_id: int) -> Agent | None:
        """Read one agent."""
        return await self._session.get(Agent, agent_id)

    async def seen(self, agent_id: int, now: datetime) -> None:
        """Note a sign of life."""
        await self._session.execute(update(Agent).where(Agent.id == agent_id).values(last_seen_at=now))

    async def names(self, agent_ids: set[int]) -> dict[int, str]:
        """Give the names of these agents."""
        rows = await self._session.execute(select(Agent.id, Agent.name).where(Agent.id.in_(agent_ids)))
        return {row.id: row.name for row in rows}

    async def count(self) -> int:
        """Count all agents."""
        return int((await self._session.execute(select(func.count(Agent.id)))).scalar_one())

    def add_session(self, session: AgentSession) -> None:
        """Store a signed-in session."""
        self._session.add(session)

    async def by_token(self, token_hash: str, now: datetime) -> Agent | None:
        """Find the active agent of an unexpired session."""
        return (
            await self._session.execute(
                select(Agent)
                .join(AgentSession, AgentSession.agent_id == Agent.id)
                .where(AgentSession.token_hash == token_hash, AgentSession.expires_at > now, Agent.active)
            )
        ).scalar_one_or_none()

    async def drop_session(self, token_hash: str) -> None:
        """Forget one session."""
        await self._session.execute(delete(AgentSession).where(AgentSession.token_hash == token_hash))

    async def active(self) -> Sequence[Agent]:
        """List the officers who may be given a case, by name."""
        query = select(Agent).where(Agent.active).order_by(Agent.name, Agent.id)
        return (await self._session.execute(query)).scalars().all()

    async def drop_expired_sessions(self, now: datetime) -> None:
        """Forget sessions that are over."""
        await self._session.execute(delete(AgentSession).where(AgentSession.expires_at <= now))

    async def count_failure(self, key: str, now: datetime, window: timedelta) -> int:
        """Count a failed sign-in under a key and return how many there were within the window, this one included."""
        row = await self._session.execute(
            text(
                "insert into login_attempts (key, failures, since) values (:key, 1, :now)"
                " on conflict (key) do update set"
                " failures = case when login_attempts.since < :old then 1 else login_attempts.failures + 1 end,"
                " since = case when login_attempts.since < :old then :now else login_attempts.since end"
                " returning failures"
            ),
            {"key": key, "now": now, "old": now - window},
        )
        return int(row.scalar_one())

    async def drop_old_failures(self, now: datetime, window: timedelta) -> None:
        """Forget what no longer counts; rows that somebody else is changing wait for the next time."""
        await self._session.execute(
            text(
                "delete from login_attempts where key in"
                " (select key from login_attempts where since < :old for update skip locked)"
            ),
            {"old": now - window},
        )

    async def failures(self, key: str, now: datetime, window: timedelta) -> int:
        """Read how many failed sign-ins a key has within the window."""
        row = await self._session.execute(
            text("select failures from login_attempts where key = :key and since >= :old"),
            {"key": key, "old": now - window},
        )
        return int(row.scalar() or 0)

    async def forget_failures(self, key: str, counted: int) -> None:
        """Forget the first so many after a good sign-in; what was counted meanwhile stays."""
        given = {"key": key, "counted": counted}
        await self._session.execute(text("delete from login_attempts where key = :key and failures <= :counted"), given)
        await self._session.execute(
            text("update login_attempts set failures = failures - :counted where key = :key and failures > :counted"),
            given,
        )
