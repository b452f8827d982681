"""A desk after years of use, and the rows that each of its statements looks at."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.postgres import libpq

MOST_ROWS = 1500  # that one statement may look at: half of what the smallest of the tables below has
A_RETURNING_CUSTOMER = "token-1500"  # of the web chat
NAMED = re.compile(r"%\((\w+)\)s")
Asked = dict[str, Any]  # statements, with the values sent last
# Talks of earlier years: one closed case each, with messages, buttons, history, readiness, a clock and its events.
YEARS = """
create temporary table talk as
  select n, 'old-' || n as customer, now() - interval '400 days' + n * interval '1 minute' as at
  from generate_series(1, 3000) n;
insert into contacts (id, created_at) select n, at from talk;
insert into identities (id, contact_id, channel, external_id, created_at)
  select n, n, 'webchat', customer, at from talk;
insert into webchat_sessions (token_hash, external_id, created_at)
  select encode(sha256(('token-' || n)::bytea), 'hex'), customer, at from talk;
insert into conversations (id, identity_id, contact_id, channel, external_id, last_seq, created_at)
  select n, n, n, 'webchat', customer, 3, at from talk;
insert into cases (id, service, channel, contact_id, conversation_id, state, closed_as, language, greeted_in,
    rasa_session, misunderstood, bot_assists, opened_at, first_written_at, last_activity_at, closed_at)
  select n, 'live_chat', 'webchat', n, n, 'closed', 'idle', 'th', 'th', 1, 0, false, at, at, at, at from talk;
insert into messages (id, conversation_id, case_id, lane, seq, author, text, language, at, delivery, more_external_ids,
    attempts)
  select n * 3 + seq, n, n, 'webchat:' || customer, seq, case seq when 2 then 'customer' else 'bot' end, 'สวัสดี', 'th',
    at, 'sent', '[]', 0
  from talk, generate_series(1, 3) seq;
insert into buttons (id, conversation_id, message_id, position, title, intent, entities)
  select n || '-' || position, n, n * 3 + 1, position, 'หัวข้อ ' || position, 'choose_topic', '{}'
  from talk, generate_series(0, 4) position;
insert into case_events (case_id, at, kind, actor, data)
  select n, at, kind, 'desk', '{}'
  from talk, unnest(array['opened', 'greeted', 'customer_wrote', 'resolved']) kind;
insert into readiness_records (case_id, contact_id, at, answers, method, rule_version, finished)
  select n, n, at, '{}', 'text', '1', true from talk;
insert into clocks (case_id, measure, state, minutes, started_at, due_at)
  select n, 'first_reply', 'met', 10, at, at from talk;
insert into agents (id, email, name, role, password_hash, active, created_at)
  values (1, 'retired@example.com', 'ก', 'agent', '-', false, now());
insert into notes (case_id, agent_id, text, at) select n, 1, 'โทรแล้ว', at from talk;
insert into attachments (message_id, lane, kind, reference, state, attempts, created_at)
  select n * 3 + 2, 'webchat:' || customer, 'file', n, 'gone', 0, at from talk;
insert into inbound_events (channel, event_id, external_id, lane, kind, text, "returning", standby, own, attachments,
    raw, occurred_at, received_at, state, case_id, greeted, attempts, next_attempt_at, handled_at)
  select 'webchat', n || ':' || turn, customer, 'webchat:' || customer, 'text', 'สวัสดี', false, false, false, '[]',
    '{}', at, at, 'handled', n, false, 0, at, at
  from talk, generate_series(1, 2) turn;
select setval(pg_get_serial_sequence(name, 'id'), 30000)
  from unnest(array['agents', 'contacts', 'identities', 'conversations', 'cases', 'messages']) name;
"""


def fill(database_url: str) -> None:
    """Fill an empty database with what years leave behind, and let the server count it."""
    with psycopg.connect(libpq(database_url), autocommit=True) as connection:
        connection.execute(YEARS.encode())
        connection.execute("analyze")


@contextmanager
def listening(engine: AsyncEngine) -> Iterator[Asked]:
    """Hear every statement that is sent through an engine."""
    asked: Asked = {}

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        asked[statement] = values[-1] if isinstance(values, list) else values

    event.listen(engine.sync_engine, "before_cursor_execute", hear)
    yield asked
    event.remove(engine.sync_engine, "before_cursor_execute", hear)


def far_looks(database_url: str, asked: Asked) -> dict[str, int]:
    """List the statements that look at more rows than they may, with how many."""
    with psycopg.connect(libpq(database_url)) as connection:
        looks = {statement: _rows(connection, statement, values) for statement, values in asked.items()}
    return {statement: rows for statement, rows in looks.items() if rows > MOST_ROWS}


def _rows(connection: psycopg.Connection, statement: str, values: Any) -> int:
    """Count the rows that a statement looks at, those that it leaves out included; what it changes is undone.

    What an index alone passes over is not seen.
    It is planned without its values, as the server plans it from the sixth time on.
    """
    if not statement.lstrip("( ").lower().startswith(("select", "with", "update", "delete")):
        return 0
    names = list(dict.fromkeys(NAMED.findall(statement)))
    numbered = NAMED.sub(lambda name: f"${names.index(name[1]) + 1}", statement).replace("%%", "%")
    given = sql.SQL("({})").format(sql.SQL(", ").join(sql.Literal(values[name]) for name in names))
    connection.execute("set plan_cache_mode = force_generic_plan")
    connection.execute(f"prepare looked_at as {numbered}".encode())
    call = sql.SQL("explain (analyze, format json) execute looked_at") + (given if names else sql.SQL(""))
    try:
        plan = connection.execute(call).fetchone()
    except psycopg.IntegrityError:  # its row was found, and can't be changed so any more
        return 0
    finally:
        connection.rollback()
        connection.execute("deallocate looked_at")
    assert plan is not None
    return _looked_at(plan[0][0]["Plan"])


def _looked_at(node: dict[str, Any]) -> int:
    own = 0
    if "Relation Name" in node and "Actual Rows" in node:
        own = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    return int(own) + sum(_looked_at(part) for part in node.get("Plans", ()))
