"""One transaction with its time: open, load, change, commit. Leaving without ``commit`` rolls back.

After a rollback psycopg has the connection forget all its prepared statements, so that all that follow are parsed and
planned anew. Where nothing is to be done day in, day out, commit nothing, or use ``reading``.

Wake-ups collected with ``notify`` leave after the commit and never without it. ``now`` is read once at the start,
through the clock of the installation.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from types import TracebackType
from typing import Self

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.store.agents import AgentStore
from bot.store.articles import ArticleStore
from bot.store.attachments import AttachmentStore
from bot.store.calendar import CalendarStore
from bot.store.candidates import CandidateStore
from bot.store.cases import CaseStore
from bot.store.channels import ChannelStore
from bot.store.clock import Clock
from bot.store.conversations import ConversationStore
from bot.store.errands import ErrandStore
from bot.store.inbound import InboundStore
from bot.store.work import WorkStore

Announce = Callable[[Collection[str]], None]


class UnitOfWork:
    """A transaction over all aggregates."""

    now: datetime
    session: AsyncSession

    def __init__(self, sessions: async_sessionmaker[AsyncSession], clock: Clock, announce: Announce) -> None:
        self._sessions = sessions
        self._clock = clock
        self._announce = announce
        self._topics: set[str] = set()
        self._reading = False

    def reading(self) -> Self:
        """Only read, each statement for itself: saves the server the BEGIN and the ROLLBACK."""
        self._reading = True
        return self

    async def __aenter__(self) -> Self:
        """Begin, and read the time."""
        self.session = self._sessions()
        try:
            if self._reading:
                await self.session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
            self.now = await self._clock.now(self.session)
        except BaseException:
            await self.session.close()
            raise
        self.conversations = ConversationStore(self.session)
        self.inbound = InboundStore(self.session, self.conversations)
        self.cases = CaseStore(self.session)
        self.articles = ArticleStore(self.session)
        self.candidates = CandidateStore(self.session)
        self.agents = AgentStore(self.session)
        self.attachments = AttachmentStore(self.session)
        self.calendars = CalendarStore(self.session)
        self.work = WorkStore(self.session)
        self.errands = ErrandStore(self.session)
        self.channels = ChannelStore(self.session)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Roll back whatever was not committed."""
        await self.session.close()

    async def take_turn(self, name: str) -> None:
        """Wait until nobody else holds this name; it is free again when the transaction ends."""
        await self.session.execute(text("select pg_advisory_xact_lock(hashtextextended(:name, 2))"), {"name": name})

    def notify(self, topic: str, about: str | None = None) -> None:
        """Wake, once it is committed, whoever waits for this topic in any process, and tell what it is about."""
        self._topics.add(topic if about is None else f"{topic} {about}")

    async def flush(self) -> None:
        """Write what is new, so that it has its ids."""
        await self.session.flush()

    async def commit(self) -> None:
        """Make the changes real, then let their wake-ups go."""
        assert not self._reading
        await self.session.commit()
        self._announce(self._topics)
        self._topics.clear()


UowFactory = Callable[[], UnitOfWork]
