"""As in the web chat, so on the platforms: after years of use every statement finds its rows by an index."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from itertools import chain
from typing import Any

import pytest

from bot.bootstrap import Desk
from bot.domain.agent import Agent
from tests.store import line_story, messenger_story, test_line_property, test_messenger_property
from tests.store.life import OFTEN, Stage, Step, opened
from tests.years import far_looks, fill, listening

Staged = Callable[[Desk, Agent], AbstractContextManager[Stage]]
Steps = Sequence[Sequence[tuple[str, Step]]]


@pytest.mark.parametrize(
    ("staged", "life", "steps"),
    [
        (line_story.staged, line_story.Life, test_line_property.STEPS),
        (messenger_story.staged, messenger_story.Life, test_messenger_property.STEPS),
    ],
)
def test_whatever_happens_on_a_platform_looks_at_few_rows(
    staged: Staged, life: Any, steps: Steps, database_url: str
) -> None:
    fill(database_url)
    with opened(database_url) as (loop, desk, officer), staged(desk, officer) as stage:
        with listening(desk.engine) as asked:
            customer = life.begin(stage)
            for _, step in chain(OFTEN, *steps, OFTEN):
                loop.run_until_complete(step(customer))
                loop.run_until_complete(customer.handle())
                loop.run_until_complete(customer.send())

        assert far_looks(database_url, asked) == {}
