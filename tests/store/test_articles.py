"""Articles from draft to expired on a real database, and the search that follows them from process to process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.bootstrap import Desk, make_desk
from bot.domain.agent import Agent, Role
from bot.domain.article import REVIEW_EVERY, STARTER, ArticleState, ArticleVersion
from bot.domain.errors import Forbidden, IllegalTransition, NotFound
from bot.services import agents, articles
from bot.services.article_index import GOOD_ENOUGH
from bot.services.articles import ArticleSearch, load_starter
from bot.store.unit_of_work import UnitOfWork
from tests.clocks import HandClock
from tests.conftest import NOON

QUESTION = "ส่งออกกล้วยไม้ตัดดอกไปไต้หวันต้องรมยาไหม"
FIELDS: dict[str, Any] = {
    "topic": "documents",
    "title": "กล้วยไม้ตัดดอก",
    "title_en": None,
    "question": QUESTION,
    "variants": ["กล้วยไม้ไปไต้หวันต้องรมยามั้ยคะ"],
    "body": "ต้องรมยาก่อนส่งออกค่ะ",
    "body_en": None,
    "levels": {},
    "source": "คู่มือทดสอบ",
    "source_url": None,
    "note": None,
    "for_people_only": False,
}


async def _agent(desk: Desk, name: str, role: Role) -> Agent:
    async with desk.uow() as uow:
        agent = await agents.create(uow, email=f"{name}@example.org", name=name, role=role, password="long enough")
        await uow.commit()
    return agent


@pytest.fixture(name="writer")
async def _writer(desk: Desk) -> Agent:
    return await _agent(desk, "writer", Role.VERIFIER)


@pytest.fixture(name="checker")
async def _checker(desk: Desk) -> Agent:
    return await _agent(desk, "checker", Role.VERIFIER)


async def _create(desk: Desk, writer: Agent, **fields: Any) -> ArticleVersion:
    async with desk.uow() as uow:
        article = await articles.create(uow, writer, FIELDS | fields)
        await uow.commit()
    return article


async def _update(desk: Desk, writer: Agent, article_id: str, **fields: Any) -> ArticleVersion:
    async with desk.uow() as uow:
        article = await articles.update(uow, writer, article_id, FIELDS | fields)
        await uow.commit()
    return article


async def _verify(desk: Desk, checker: Agent, article_id: str) -> ArticleVersion:
    async with desk.uow() as uow:
        article = await articles.verify(uow, checker, article_id)
        await uow.commit()
    return article


async def _expire(desk: Desk, checker: Agent, article_id: str) -> ArticleVersion:
    async with desk.uow() as uow:
        article = await articles.expire(uow, checker, article_id)
        await uow.commit()
    return article


async def _seed(desk: Desk) -> int:
    async with desk.uow() as uow:
        added = await articles.seed_starter(uow)
        await uow.commit()
    return added


async def _served(desk: Desk, article_id: str) -> tuple[int, str] | None:
    async with desk.uow() as uow:
        text = await uow.articles.serving_text(article_id, uow.now)
    return (text.version, text.body) if text else None


async def test_the_starter_articles_are_added_once(desk: Desk) -> None:
    assert await _seed(desk) == len(load_starter())
    assert await _seed(desk) == 0

    async with desk.uow() as uow:
        serving = await uow.articles.serving(uow.now)
    assert [a.article_id for a in serving] == sorted(s.article_id for s in load_starter() if s.verified)
    assert {(a.verified_by, a.owner, a.version) for a in serving} == {(STARTER, STARTER, 1)}


async def test_starting_again_overwrites_no_officers_work(desk: Desk, writer: Agent, checker: Agent) -> None:
    await _seed(desk)
    await _update(desk, writer, "form-d", body="ข้อความของเจ้าหน้าที่ค่ะ")
    await _expire(desk, checker, "form-e-china")
    await _seed(desk)

    async with desk.uow() as uow:
        assert (await articles.get(uow, "form-d")).body == "ข้อความของเจ้าหน้าที่ค่ะ"
        assert (await articles.get(uow, "form-e-china")).state is ArticleState.EXPIRED


async def test_a_new_article_is_a_draft_that_nobody_is_told(desk: Desk, writer: Agent) -> None:
    article = await _create(desk, writer)

    assert (article.version, article.state, article.owner) == (1, ArticleState.DRAFT, "writer")
    assert await _served(desk, article.article_id) is None


async def test_verifying_takes_another_person_than_the_author(desk: Desk, writer: Agent, checker: Agent) -> None:
    article = await _create(desk, writer)
    with pytest.raises(Forbidden):
        await _verify(desk, writer, article.article_id)
    verified = await _verify(desk, checker, article.article_id)

    assert (verified.state, verified.verified_by) == (ArticleState.VERIFIED, "checker")
    assert verified.reviewed_on == NOON.date()
    assert verified.review_due == NOON.date() + REVIEW_EVERY
    assert await _served(desk, article.article_id) == (1, FIELDS["body"])


async def test_verifying_and_expiring_take_the_role(desk: Desk, writer: Agent) -> None:
    junior = await _agent(desk, "junior", Role.AGENT)
    article = await _create(desk, writer)

    with pytest.raises(Forbidden):
        await _verify(desk, junior, article.article_id)
    with pytest.raises(Forbidden):
        await _expire(desk, junior, article.article_id)


async def test_a_verified_text_serves_until_its_successor_is_verified(
    desk: Desk, writer: Agent, checker: Agent
) -> None:
    article_id = (await _create(desk, writer)).article_id
    await _verify(desk, checker, article_id)
    draft = await _update(desk, writer, article_id, body="ใหม่ค่ะ")
    meanwhile = await _served(desk, article_id)
    again = await _update(desk, writer, article_id, body="ใหม่กว่าค่ะ")
    await _verify(desk, checker, article_id)

    assert (draft.version, again.version) == (2, 2)
    assert meanwhile == (1, FIELDS["body"])
    assert await _served(desk, article_id) == (2, "ใหม่กว่าค่ะ")
    async with desk.uow() as uow:
        states = [version.state for version in await uow.articles.lock(article_id)]
    assert states == [ArticleState.VERIFIED, ArticleState.EXPIRED]


async def test_only_a_draft_can_be_verified(desk: Desk, writer: Agent, checker: Agent) -> None:
    article_id = (await _create(desk, writer)).article_id
    await _verify(desk, checker, article_id)

    with pytest.raises(IllegalTransition):
        await _verify(desk, checker, article_id)
    assert await _served(desk, article_id) == (1, FIELDS["body"])


async def test_an_expired_article_serves_no_more_until_a_new_version_does(
    desk: Desk, writer: Agent, checker: Agent
) -> None:
    article_id = (await _create(desk, writer)).article_id
    await _verify(desk, checker, article_id)
    await _expire(desk, checker, article_id)
    gone = await _served(desk, article_id)
    with pytest.raises(IllegalTransition):
        await _expire(desk, checker, article_id)
    await _update(desk, writer, article_id)
    await _verify(desk, checker, article_id)

    assert gone is None
    assert await _served(desk, article_id) == (2, FIELDS["body"])


async def test_an_overdue_review_takes_an_article_out_of_service(database_url: str, desk: Desk, writer: Agent) -> None:
    clock = HandClock(NOON)
    later = make_desk(desk.settings, clock=clock)
    try:
        await _seed(later)
        clock.forward(days=REVIEW_EVERY.days)
        assert await _served(later, "form-d")
        clock.forward(days=1)
        assert await _served(later, "form-d") is None
    finally:
        await later.close()


async def test_an_unknown_article_is_not_found(desk: Desk, writer: Agent) -> None:
    with pytest.raises(NotFound):
        await _update(desk, writer, "no-such-article")


async def test_articles_are_listed_page_by_page(desk: Desk, writer: Agent) -> None:
    await _seed(desk)
    await _update(desk, writer, "form-d")
    async with desk.uow() as uow:
        first = await uow.articles.newest(state=None, topic="documents", after="", limit=5)
        rest = await uow.articles.newest(state=None, topic="documents", after=first[-1].article_id, limit=200)
        serving = await uow.articles.newest(state=ArticleState.VERIFIED, topic="documents", after="", limit=200)

    listed = [*first, *rest]
    assert [a.article_id for a in listed] == sorted(
        s.article_id for s in load_starter() if s.fields["topic"] == "documents"
    )
    assert {a.article_id: a.version for a in listed}["form-d"] == 2
    assert {a.article_id: a.version for a in serving}["form-d"] == 1


async def test_two_officers_writing_at_once_make_one_draft(desk: Desk, writer: Agent, checker: Agent) -> None:
    await _seed(desk)
    await asyncio.gather(*(_update(desk, agent, "form-d") for agent in (writer, checker, writer, checker)))

    async with desk.uow() as uow:
        assert [version.version for version in await uow.articles.lock("form-d")] == [2, 1]


async def test_the_search_knows_what_serves_and_nothing_else(desk: Desk, writer: Agent, checker: Agent) -> None:
    await _seed(desk)
    article_id = (await _create(desk, writer)).article_id
    search = ArticleSearch(desk.uow)

    async def best() -> str | None:
        await search.refresh()
        hits = await search.find(QUESTION)
        return hits[0].article_id if hits and hits[0].score >= GOOD_ENOUGH else None

    as_draft = await best()
    await _verify(desk, checker, article_id)
    as_verified = await best()
    await _expire(desk, checker, article_id)

    assert as_draft != article_id
    assert as_verified == article_id
    assert await best() != article_id
    assert await search.get(article_id) is None
    assert await search.get("ditp-email") is None  # a starter draft


async def test_an_unchanged_search_is_not_made_anew(desk: Desk, writer: Agent) -> None:
    await _seed(desk)
    search = ArticleSearch(desk.uow)

    assert await search.refresh()
    assert not await search.refresh()
    await _create(desk, writer)
    assert await search.refresh()


@pytest.mark.parametrize("hears", [True, False])
async def test_another_process_follows_within_two_seconds(
    desk: Desk, writer: Agent, checker: Agent, *, hears: bool
) -> None:
    """Also one whose wake-ups are lost, by looking again."""
    await _seed(desk)
    article_id = (await _create(desk, writer)).article_id
    async with _another_process(desk, hears=hears) as other:
        await _until_found(other.search, "form-d")
        await _verify(desk, checker, article_id)
        async with asyncio.timeout(2):
            await _until_found(other.search, article_id)
        found = await other.search.find(QUESTION)
        await _expire(desk, checker, article_id)
        async with asyncio.timeout(2):
            await _until_gone(other.search, article_id)

    assert found[0].article_id == article_id
    assert found[0].score >= GOOD_ENOUGH


async def test_another_process_follows_the_calendar(desk: Desk, writer: Agent, checker: Agent) -> None:
    """What is overdue for review serves no more from the next day on, though nobody changed anything."""
    clock = HandClock(NOON)
    await _seed(desk)
    async with _another_process(desk, hears=True, clock=clock) as other:
        await _until_found(other.search, "form-d")
        clock.forward(days=REVIEW_EVERY.days + 1)
        async with asyncio.timeout(2):
            await _until_gone(other.search, "form-d")

        assert await other.search.find("ขอ form d ที่ไหน") == []


@contextlib.asynccontextmanager
async def _another_process(desk: Desk, *, hears: bool, clock: HandClock | None = None) -> AsyncIterator[Desk]:
    """Give a second desk on the same database, which follows the articles; deaf, it misses every wake-up."""
    other = make_desk(desk.settings, clock=clock or HandClock(NOON))
    listening = [asyncio.create_task(other.wakeups.run())] if hears else []
    tasks = [*listening, asyncio.create_task(other.search.keep_fresh(other.wakeups))]
    try:
        yield other
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await other.close()


async def _until_found(search: ArticleSearch, article_id: str) -> None:
    while await search.get(article_id) is None:
        await asyncio.sleep(0.01)


async def _until_gone(search: ArticleSearch, article_id: str) -> None:
    while await search.get(article_id) is not None:
        await asyncio.sleep(0.01)


class _EagerWakeups:
    """Wake-ups that come at once."""

    @contextlib.contextmanager
    def subscribe(self, *topics: str) -> Iterator["_EagerWakeups"]:
        yield self

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(0)


async def test_a_lost_database_does_not_end_the_following(desk: Desk) -> None:
    await _seed(desk)
    losses = iter([True, True])

    def uow() -> UnitOfWork:
        if next(losses, False):
            raise OperationalError("select", {}, Exception("the connection is gone"))
        return desk.uow()

    search = ArticleSearch(uow)
    task = asyncio.create_task(search.keep_fresh(_EagerWakeups()))  # type: ignore[arg-type]
    try:
        async with asyncio.timeout(20):
            await _until_found(search, "form-d")
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
