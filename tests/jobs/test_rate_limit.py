"""Token buckets with numbers for a clock."""

import pytest

from mmhub_desktop.domain.marketplace import RateLimit
from mmhub_desktop.jobs.rate_limit import SLOWER, Limiter


def test_a_burst_passes_and_then_the_rate_holds() -> None:
    limiter = Limiter((RateLimit("all", 2.0, 3),), now=0.0)
    assert [limiter.take("all", 0.0) for _ in range(6)] == pytest.approx([0, 0, 0, 0.5, 1.0, 1.5])
    assert limiter.wait_s("all", 1.5) == pytest.approx(0.5)
    assert limiter.wait_s("all", 3.0) == 0.0


def test_tokens_do_not_pile_up_beyond_the_burst() -> None:
    limiter = Limiter((RateLimit("all", 10.0, 2),), now=0.0)
    assert limiter.tokens_left(1000.0) == 2
    assert [limiter.take("all", 1000.0) > 0 for _ in range(3)] == [False, False, True]


def test_the_first_limit_counts_every_call_and_a_group_its_own_too() -> None:
    limiter = Limiter((RateLimit("all", 1.0, 5), RateLimit("pictures", 1.0, 1)), now=0.0)
    assert limiter.take("pictures", 0.0) == 0.0
    assert limiter.take("pictures", 0.0) == pytest.approx(1.0)
    assert limiter.take("", 0.0) == 0.0
    assert limiter.tokens_left(0.0) == 2


def test_an_unknown_group_is_limited_by_the_first_only() -> None:
    limiter = Limiter((RateLimit("all", 1.0, 1),), now=0.0)
    assert limiter.take("whatever", 0.0) == 0.0
    assert limiter.wait_s("", 0.0) == pytest.approx(1.0)


def test_without_limits_nothing_waits() -> None:
    limiter = Limiter((), now=0.0)
    assert limiter.take("any", 0.0) == 0.0
    assert limiter.tokens_left(0.0) is None
    assert limiter.blocked_s("any", 0.0) == 0.0


def test_too_many_blocks_all_calls_for_the_told_time_and_slows_down() -> None:
    limiter = Limiter((RateLimit("all", 10.0, 5), RateLimit("pictures", 10.0, 5)), now=0.0)
    limiter.penalize("pictures", 0.0, 30.0)
    assert limiter.wait_s("", 0.0) == pytest.approx(30.0)
    assert limiter.blocked_s("", 10.0) == pytest.approx(20.0)
    assert limiter.wait_s("pictures", 30.0) == 0.0
    limiter.take("", 30.0)
    assert limiter.wait_s("", 30.0) == pytest.approx(0.1 / SLOWER)


def test_the_rate_recovers() -> None:
    limiter = Limiter((RateLimit("all", 10.0, 1),), now=0.0)
    for n in range(40):
        limiter.penalize("all", n * 0.1, 0.1)
    limiter.take("", 4.0)
    assert limiter.wait_s("", 4.0) == pytest.approx(1.0)  # a tenth of the rate at worst
    limiter.wait_s("", 1000.0)
    limiter.take("", 1000.0)
    assert limiter.wait_s("", 1000.0) == pytest.approx(0.1)


def test_refusals_of_calls_that_were_under_way_together_slow_down_once() -> None:
    limiter = Limiter((RateLimit("all", 10.0, 1),), now=0.0)
    for _ in range(5):
        limiter.penalize("all", 0.0, 1.0)
    limiter.take("", 1.0)
    assert limiter.wait_s("", 1.0) == pytest.approx(0.1 / SLOWER)


def test_too_many_without_a_time_waits_a_little() -> None:
    limiter = Limiter((RateLimit("all", 10.0, 5),), now=0.0)
    limiter.penalize("all", 0.0, None)
    assert 0.5 < limiter.wait_s("", 0.0) < 10


def test_a_lone_refusal_is_forgotten_soon_and_one_that_follows_soon_is_not() -> None:
    limiter = Limiter((RateLimit("all", 10.0, 1),), now=0.0)
    limiter.penalize("all", 100.0, 1.0)
    limiter.take("", 104.0)
    assert limiter.wait_s("", 104.0) == pytest.approx(0.1)  # three seconds after the wait: at the declared rate again
    limiter.penalize("all", 104.5, 1.0)
    limiter.penalize("all", 106.0, 1.0)
    limiter.wait_s("", 110.0)
    limiter.take("", 110.0)
    assert limiter.wait_s("", 110.0) > 0.14


def test_a_place_that_is_given_back_is_there_for_others() -> None:
    limiter = Limiter((RateLimit("all", 1.0, 1), RateLimit("pictures", 1.0, 1)), now=0.0)
    limiter.take("pictures", 0.0)
    assert limiter.wait_s("pictures", 0.0) == pytest.approx(1.0)
    limiter.give_back("pictures")
    assert limiter.wait_s("pictures", 0.0) == 0.0
    limiter.give_back("pictures")
    assert limiter.tokens_left(0.0) == 1  # never more than a burst
