"""More people search at once than there are connections: none waits for one that another holds while it waits."""

import asyncio

import pytest
from sqlalchemy import text

from bot.domain.agent import Role
from bot.services.articles import ArticleSearch
from bot.store.engine import CONNECTIONS
from tests.served import Web
from tests.visitor import Visitor
from tests.web.officer import Officer

MANY = CONNECTIONS + 5
PATIENCE = 15.0


@pytest.mark.parametrize("path", ["/api/v1/articles/search?q=Form D", "/desk/learning/{candidate}?q=Form D"])
async def test_no_search_holds_a_connection_while_the_index_is_brought_up_to_date(
    web: Web, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    await Visitor.opens(web, "หัวดะไปดูไบ")
    officer = await Officer.at(web, role=Role.VERIFIER)
    async with web.desk.uow() as uow:
        candidate = (await uow.session.execute(text("select max(id) from learning_candidates"))).scalar_one()
    headers = {"Authorization": f"Bearer {officer.http.cookies['desk_session']}"}
    refresh, all_there = ArticleSearch.refresh, asyncio.Barrier(MANY)

    async def together(search: ArticleSearch) -> bool:
        async with asyncio.timeout(PATIENCE):
            await all_there.wait()
        return await refresh(search)

    with monkeypatch.context() as patched:
        patched.setattr(ArticleSearch, "refresh", together)
        asked = (officer.http.get(path.format(candidate=candidate), headers=headers) for _ in range(MANY))
        answers = await asyncio.gather(*asked)

    assert [answer.status_code for answer in answers] == [200] * MANY
