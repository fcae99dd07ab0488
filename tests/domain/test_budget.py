"""Which calls of an hour or a day count at a moment, through resets, clock changes and wrong clocks."""

from datetime import UTC, datetime

import pytest

from mmhub_desktop.domain.budget import DAY_S, HOUR_S, BudgetState, CallBudget, ends_of, slot_of


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def test_a_days_calls_come_back_at_its_reset() -> None:
    budget = CallBudget(5_000, resets_at="00:00", zone="America/Los_Angeles")  # seven hours behind in June
    slot = slot_of(budget, at("2026-06-10T12:00"))
    assert slot == at("2026-06-10T07:00")
    assert slot_of(budget, at("2026-06-11T06:59:59")) == slot
    assert ends_of(budget, {slot: 9}, at("2026-06-11T06:59:59")) == {slot: at("2026-06-11T07:00")}
    assert ends_of(budget, {slot: 9}, at("2026-06-11T07:00")) == {}


@pytest.mark.parametrize(("day", "hours"), [("2026-03-08", 23), ("2026-11-01", 25)])
def test_a_day_with_a_clock_change_has_its_own_length(day: str, hours: int) -> None:
    budget = CallBudget(5_000, resets_at="00:00", zone="America/Los_Angeles")
    slot = slot_of(budget, at(f"{day}T15:00"))
    assert (ends_of(budget, {slot: 1}, at(f"{day}T15:00"))[slot] - slot) / 3600 == hours


def test_calls_of_a_sliding_period_count_until_the_last_of_their_part_is_old_enough() -> None:
    budget = CallBudget(10, HOUR_S, "feeds")
    made = at("2026-06-10T12:04")
    slot = slot_of(budget, made)
    assert slot <= made
    assert slot in ends_of(budget, {slot: 1}, made + HOUR_S - 1)
    assert ends_of(budget, {slot: 1}, made + HOUR_S + HOUR_S / 24) == {}


def test_a_clock_set_back_forgets_nothing_and_one_that_was_years_ahead_holds_nothing_up() -> None:
    for budget in (CallBudget(10), CallBudget(10, resets_at="00:00", zone="UTC")):
        now = at("2026-06-10T12:00")
        ahead = slot_of(budget, now)
        assert ahead in ends_of(budget, {ahead: 3}, now - 2 * HOUR_S)
        assert ends_of(budget, {slot_of(budget, at("2031-01-01T00:00")): 3}, now) == {}


def test_words() -> None:
    assert CallBudget(5_000).words == "calls a day"
    assert CallBudget(10, HOUR_S, "feeds").words == "feeds an hour"
    assert CallBudget(10, 600).words == "calls in 10 minutes"
    assert BudgetState(CallBudget(5_000, DAY_S), 1_204, 5_000).words == "1,204 of 5,000 calls a day used"
