"""Candidates for learning in SQL, and which of a customer's messages one may be."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.candidate import Candidate, Judgement, Why
from bot.domain.conversation import Author, Button, Message

WORDS = "[[:alpha:]\u0e01-\u0e5b]"
PLACEHOLDER = r"^\[[^]]*\]$"  # what stands for a sticker, a picture, a message taken back


class CandidateStore:
    """The rows of ``learning_candidates``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, **fields: object) -> None:
        """Store a candidate; a message that is one already stays what it is."""
        await self._session.execute(
            insert(Candidate)
            .values(state=Judgement.NEW, **fields)
            .on_conflict_do_nothing(index_elements=["message_id"])
        )

    async def last_typed(self, case_id: int, *, before: int | None = None) -> Message | None:
        """Read the newest words that the customer wrote in a case, before a seq; chosen buttons are no words."""
        chosen = exists().where(Button.conversation_id == Message.conversation_id, Button.title == Message.text)
        query = select(Message).where(
            Message.case_id == case_id,
            Message.author == Author.CUSTOMER,
            Message.erased_at.is_(None),
            Message.text.regexp_match(WORDS),
            ~Message.text.regexp_match(PLACEHOLDER),
            ~chosen,
        )
        if before is not None:
            query = query.where(Message.seq < before)
        return (await self._session.execute(query.order_by(Message.seq.desc()).limit(1))).scalar_one_or_none()

    async def last_answer(self, case_id: int) -> Message | None:
        """Read the newest article that was sent in a case."""
        query = select(Message).where(Message.case_id == case_id, Message.article_id.is_not(None))
        return (await self._session.execute(query.order_by(Message.seq.desc()).limit(1))).scalar_one_or_none()

    async def answer_just_given(self, case_id: int) -> Message | None:
        """Read the newest article that was sent in a case if the customer has done one thing since, and no more."""
        answer = await self.last_answer(case_id)
        if answer is None:
            return None
        since = Message.case_id == case_id, Message.author == Author.CUSTOMER, Message.seq > answer.seq
        acts = await self._session.execute(select(func.count()).select_from(Message).where(*since))
        return answer if acts.scalar_one() == 1 else None

    async def acted_between(self, said: Message, answer: Message) -> bool:
        """Tell whether the customer did anything between these words and that answer, such as to tap a button."""
        between = Message.case_id == said.case_id, Message.author == Author.CUSTOMER, Message.seq > said.seq
        query = select(Message.id).where(*between, Message.seq < answer.seq).limit(1)
        return (await self._session.execute(query)).first() is not None

    async def get(self, candidate_id: int) -> Candidate | None:
        """Read one candidate."""
        return await self._session.get(Candidate, candidate_id)

    async def lock(self, candidate_id: int) -> Candidate | None:
        """Lock one candidate."""
        query = select(Candidate).where(Candidate.id == candidate_id).with_for_update()
        found = await self._session.execute(query.execution_options(populate_existing=True))
        return found.scalar_one_or_none()

    async def page(
        self, *, state: Judgement, why: Why | None = None, before: int | None = None, limit: int
    ) -> Sequence[Candidate]:
        """List candidates of a state, newest first; ``before`` is the id to go on behind."""
        query = select(Candidate).where(Candidate.state == state)
        if why is not None:
            query = query.where(Candidate.why == why)
        if before is not None:
            query = query.where(Candidate.id < before)
        return (await self._session.execute(query.order_by(Candidate.id.desc()).limit(limit))).scalars().all()

    async def counts(self) -> Mapping[tuple[Judgement, Why], int]:
        """Count the candidates by state and reason."""
        query = select(Candidate.state, Candidate.why, func.count()).group_by(Candidate.state, Candidate.why)
        return {(state, why): count for state, why, count in await self._session.execute(query)}

    async def labelled(self) -> Sequence[Candidate]:
        """List what goes into the training data, in the order of the judgements."""
        query = select(Candidate).where(Candidate.state == Judgement.LABELLED)
        return (await self._session.execute(query.order_by(Candidate.reviewed_at, Candidate.id))).scalars().all()

    async def of_message(self, message_id: int) -> Candidate | None:
        """Lock the candidate that a message is."""
        query = select(Candidate).where(Candidate.message_id == message_id).with_for_update()
        return (await self._session.execute(query)).scalar_one_or_none()

    async def remove(self, candidate: Candidate) -> None:
        """Forget a candidate."""
        await self._session.execute(delete(Candidate).where(Candidate.id == candidate.id))
