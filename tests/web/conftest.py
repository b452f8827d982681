"""A served desk for each test of HTTP."""

from collections.abc import AsyncIterator

import pytest_asyncio

from bot.bootstrap import Desk
from tests.served import PASSWORD, ScriptedRasa, Web, serving

__all__ = ["PASSWORD", "ScriptedRasa", "Web"]


@pytest_asyncio.fixture(name="web")
async def _web(desk: Desk) -> AsyncIterator[Web]:
    async with serving(desk) as web:
        yield web
