"""Numbers about calls: percentiles of added hours stay right to within an eighth."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmhub_desktop.domain.call_stats import CallStats, HourStats, bound_of, percentile_ms, series, totals, upper_ms
from mmhub_desktop.domain.ids import AccountId


def stats(*times: int, account: int = 1, operation: str = "publish.create", failed: int = 0) -> CallStats:
    made = CallStats(AccountId(account), operation)
    for each in times:
        made.add(CallStats(AccountId(account), operation, calls=1, times={bound_of(each): 1}))
    made.failed = failed
    return made


@given(st.integers(2, 299_000))
def test_a_time_lies_under_its_bound_and_above_the_one_before(duration: int) -> None:
    bound = bound_of(duration)
    assert upper_ms(bound - 1) < duration <= upper_ms(bound) * 1.0000001


def test_percentiles_are_right_to_within_an_eighth() -> None:
    times = [random.Random(7).randint(20, 4_000) for _ in range(2_000)]
    found = stats(*times)
    for share, said in ((0.5, found.p50_ms), (0.95, found.p95_ms)):
        assert said == pytest.approx(sorted(times)[int(len(times) * share) - 1], rel=0.125)


def test_no_calls_no_numbers() -> None:
    assert percentile_ms({}, 0.5) is None
    assert CallStats(AccountId(1), "x").success_rate is None


def test_hours_add_up_by_account_and_by_operation() -> None:
    hours = [
        HourStats(1, stats(10, 20)),
        HourStats(2, stats(30, failed=1)),
        HourStats(2, stats(40, operation="update.send")),
        HourStats(2, stats(50, account=2)),
    ]
    by_operation = totals(hours, by_operation=True)
    assert [(each.account_id, each.operation, each.calls) for each in by_operation] == [
        (1, "publish.create", 3), (1, "update.send", 1), (2, "publish.create", 1),
    ]  # fmt: skip
    assert by_operation[0].success_rate == pytest.approx(2 / 3)
    assert [(each.account_id, each.calls) for each in totals(hours, by_operation=False)] == [(1, 4), (2, 1)]
    assert hours[0].stats.calls == 2  # adding up changes no hour


def test_a_series_adds_hours_up_into_the_spans_of_a_chart() -> None:
    hours = [HourStats(hour, stats(10)) for hour in (99, 100, 102, 103, 107)]
    assert [each.calls for each in series(hours, 100, 3, 2)] == [1, 2, 0]
