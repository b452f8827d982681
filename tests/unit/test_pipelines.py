"""The comparison of pipelines: every one gets its seed, and a line of the table says mean and spread."""

import pytest
import yaml

from tests.eval.pipelines import COLUMNS, NAMES, PIPELINES, ROOT, row, seeded


@pytest.mark.parametrize("name", NAMES)
def test_every_pipeline_is_seeded(name: str) -> None:
    settings = [set(component.items()) for component in seeded(name, 7)["pipeline"]]

    assert sum(("random_seed", 7) in one or ("random_state", 7) in one for one in settings) == 1


def test_the_shipped_pipeline_is_the_shipped_one() -> None:
    shipped = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    compared = yaml.safe_load((PIPELINES / "shipped.yml").read_text(encoding="utf-8"))["pipeline"]
    for component in compared:
        component.pop("random_state", None)

    assert shipped == compared


def test_a_line_of_the_table_says_mean_and_spread() -> None:
    runs = [dict.fromkeys(COLUMNS.values(), value) for value in (0.5, 0.52, 0.54)]
    same = [dict.fromkeys(COLUMNS.values(), 12.34)] * 3

    assert row("ours", runs).startswith("| ours | 0.520 ± 0.020 | 0.520")
    assert row("ours", same).startswith("| ours | 12.3 | 12.3")
