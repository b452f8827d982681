"""Percentages never flatter."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.kpi import Figure


def figure(counted: int, n: int) -> Figure:
    return Figure(key="x", label_th="x", counted=range(counted), cases=range(n), target=85)


def test_nothing_of_nothing_is_no_data() -> None:
    assert (figure(0, 0).percent, figure(0, 0).met, figure(0, 0).shown) == (None, None, "ไม่มีข้อมูล")


def test_84_84_never_prints_as_85() -> None:
    nearly = figure(8484, 10000)

    assert (nearly.shown, nearly.met) == ("84.8 %", False)
    assert figure(849_999, 1_000_000).shown == "84.9 %"
    assert figure(85, 100).met


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_what_is_printed_is_never_more_than_the_truth(pair: tuple[int, int]) -> None:
    shown = figure(*pair)

    assert shown.percent is not None
    assert shown.percent <= pair[0] * 100 / pair[1] + 1e-9
    assert shown.percent > pair[0] * 100 / pair[1] - 0.1 - 1e-9
