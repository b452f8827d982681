"""After years of use every statement of daily work still finds its rows by an index, however many others there are."""

from bot.domain.agent import Role
from bot.domain.case import State
from tests.visitor import Visitor
from tests.web.conftest import Web
from tests.web.officer import Officer
from tests.years import A_RETURNING_CUSTOMER, far_looks, fill, listening


async def test_a_day_of_chats_looks_at_few_rows(web: Web, database_url: str) -> None:
    fill(database_url)
    with listening(web.desk.engine) as asked:
        officer = await Officer.at(web, role=Role.VERIFIER)
        returning = Visitor(web, {"Authorization": f"Bearer {A_RETURNING_CUSTOMER}"})
        for visitor in (await Visitor.opens(web), returning):
            await _is_helped(visitor, officer)
        for page in ("/desk?view=open", "/desk?view=closed", "/desk/kpi", "/desk/learning"):
            await officer.page(page)

    assert far_looks(database_url, asked) == {}


async def _is_helped(visitor: Visitor, officer: Officer) -> None:
    """The bot answers, then the officer; the customer rates and thanks."""
    for words in ("Form D คืออะไร", "1", "ขอคุยกับเจ้าหน้าที่"):
        await visitor.says(words)
    case_id = await visitor.until(State.QUEUED)
    await officer.page("/desk")
    await officer.do(case_id, "accept")
    await officer.do(case_id, "reply", text="สวัสดีค่ะ", last_seen_seq=99)
    await officer.do(case_id, "resolve", outcome="answered", summary="ตอบแล้ว")
    await visitor.until(State.SURVEY)
    await visitor.says("3")
    await visitor.until(State.CLOSED)
    await visitor.says("ขอบคุณค่ะ")
