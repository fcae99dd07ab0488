"""The circuit breaker with numbers for a clock."""

import math

from mmhub_desktop.jobs.breaker import FIRST_S, LONGEST_S, OFFLINE_FIRST_S, THRESHOLD, Breaker, BreakerState


def tripped(now: float = 0.0) -> Breaker:
    breaker = Breaker()
    for _ in range(THRESHOLD):
        breaker.failure(now, "down")
    return breaker


def test_it_opens_after_failures_in_a_row_only() -> None:
    breaker = Breaker()
    for _ in range(THRESHOLD - 1):
        assert not breaker.failure(0.0, "down")
    breaker.success()
    for _ in range(THRESHOLD - 1):
        assert not breaker.failure(0.0, "down")
    assert breaker.ask(0.0)
    assert breaker.failure(0.0, "down")
    assert breaker.state is BreakerState.OPEN
    assert breaker.reason == "down"
    assert not breaker.ask(FIRST_S - 0.1)


def test_one_probe_closes_it_or_opens_it_for_longer() -> None:
    breaker = tripped()
    assert breaker.ask(FIRST_S)
    assert breaker.state is BreakerState.HALF_OPEN
    assert not breaker.ask(FIRST_S)
    assert breaker.failure(FIRST_S, "still down")
    assert breaker.opens_at() == FIRST_S + 2 * FIRST_S
    assert breaker.ask(3 * FIRST_S)
    assert breaker.success()
    assert breaker.state is BreakerState.CLOSED
    assert breaker.reason == ""


def test_the_pause_is_bounded() -> None:
    breaker, now = tripped(), 0.0
    for _ in range(20):
        now = breaker.opens_at()
        assert breaker.ask(now)
        breaker.failure(now, "down")
    assert breaker.opens_at() - now == LONGEST_S


def test_an_abandoned_probe_lets_another_try() -> None:
    breaker = tripped()
    assert breaker.ask(FIRST_S)
    breaker.abandon()
    assert breaker.ask(FIRST_S)


def test_an_old_answer_does_not_close_it() -> None:
    breaker = tripped()
    assert not breaker.success()
    assert breaker.state is BreakerState.OPEN


def test_without_network_it_opens_at_once_and_probes_soon() -> None:
    breaker = Breaker()
    assert breaker.lost_network(0.0, "offline")
    assert breaker.offline
    assert not breaker.lost_network(0.0, "offline")
    assert not breaker.ask(OFFLINE_FIRST_S / 2)
    breaker.probe_now(OFFLINE_FIRST_S / 2)
    assert breaker.ask(OFFLINE_FIRST_S / 2)


def test_opened_until_told_it_stays_open() -> None:
    breaker = Breaker()
    assert breaker.open(0.0, "sign in")
    assert not breaker.open(1.0, "sign in")
    breaker.probe_now(5.0)
    assert breaker.opens_at() == math.inf
    assert not breaker.ask(1e12)
    breaker.reset()
    assert breaker.ask(0.0)
