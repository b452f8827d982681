"""What the connections have prepared stays prepared: a rollback makes psycopg forget it all, so daily work has none."""

from collections.abc import Iterator

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, event

from tests.visitor import Visitor
from tests.web.conftest import Web


@pytest.fixture(name="rolled_back")
def _rolled_back(web: Web) -> Iterator[list[int]]:
    """Real rollbacks of the desk's connections, by the server's process; SQLAlchemy tells of idle ones too."""
    found: list[int] = []

    def note(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert driver is not None
        if driver.info.transaction_status != TransactionStatus.IDLE:
            found.append(driver.info.backend_pid)

    event.listen(web.desk.engine.sync_engine, "rollback", note)
    yield found
    event.remove(web.desk.engine.sync_engine, "rollback", note)


async def test_a_talk_with_the_bot_rolls_nothing_back(web: Web, rolled_back: list[int]) -> None:
    await Visitor.opens(web, "Form D คืออะไร", "ขอที่ไหน")
    ready = await web.http.get("/readyz")

    assert ready.status_code in (200, 503)
    assert not rolled_back


async def test_a_refused_request_rolls_back(web: Web, rolled_back: list[int]) -> None:
    visitor = await web.visitor()
    for text in ("หนึ่ง", "สอง"):
        await web.http.post("/webchat/messages", json={"client_id": "a", "text": text}, headers=visitor)

    assert len(rolled_back) == 1
