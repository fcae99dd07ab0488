"""The state of accounts in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mmhub_desktop.domain.budget import BudgetState, CallBudget
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.gui.pages.lanes import account_state, budget_words, lane_words, token_words
from mmhub_desktop.jobs.breaker import BreakerState
from mmhub_desktop.jobs.lane import LaneState

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LIVE = Account(AccountId(1), "mercadolibre", "Tienda", connected_at=NOW)


def lane(
    *,
    breaker: BreakerState = BreakerState.CLOSED,
    reason: str = "",
    in_s: float | None = None,
    tokens: float | None = 10,
    running: int = 0,
    paused: bool = False,
) -> LaneState:
    at = None if in_s is None else NOW + timedelta(seconds=in_s)
    return LaneState(breaker, reason, at, tokens, 5, running, paused)


@pytest.mark.parametrize(
    ("lanes", "next_in_s", "said"),
    [
        ([lane(running=2)], None, ""),
        ([lane(reason="Asked to slow down.", in_s=12)], None, "waiting for rate limit, 12 s"),
        ([lane(tokens=0.2)], None, "waiting for rate limit"),
        ([lane()], 20, "next try in 20 s"),
        ([lane(paused=True)], None, "the account is paused"),
        ([lane(breaker=BreakerState.OPEN, reason="The marketplace is down.", in_s=30)], None,
         "the marketplace is down, next try in 30 s"),
        ([lane(breaker=BreakerState.OPEN, reason="MercadoLibre needs you to sign in.")], None,
         "MercadoLibre needs you to sign in"),
        ([lane(paused=True), lane(running=1)], None, ""),
    ],
)  # fmt: skip
def test_a_batch_says_what_it_waits_for(lanes: list[LaneState], next_in_s: float | None, said: str) -> None:
    next_try = None if next_in_s is None else NOW + timedelta(seconds=next_in_s)
    assert lane_words(lanes, next_try, NOW) == said


def test_an_account_says_how_it_is() -> None:
    assert account_state(LIVE, lane(), NOW) == ("Connected", "ok", "")
    assert account_state(Account(AccountId(2), "x", "y", AccountKind.PRACTICE), None, NOW)[0] == "Ready"
    assert account_state(Account(AccountId(2), "x", "y"), lane(), NOW)[0] == "Not connected"
    dead = lane(breaker=BreakerState.OPEN, reason="Sign in again at MercadoLibre.")
    assert account_state(LIVE, dead, NOW) == ("Sign in again", "err", "Sign in again at MercadoLibre.")
    open_ = lane(breaker=BreakerState.OPEN, reason="The marketplace is down.", in_s=30)
    assert account_state(LIVE, open_, NOW) == ("Waiting", "warn", "The marketplace is down. Next try in 30 s.")


def test_token_life_and_budget() -> None:
    soon = Account(AccountId(1), "x", "y", token_expires_at=NOW + timedelta(hours=3))
    assert token_words(soon, NOW) == "access renews in 3 h"
    assert token_words(Account(AccountId(1), "x", "y", token_expires_at=NOW), NOW) == "access renews with the next call"
    assert token_words(LIVE, NOW) == ""
    assert budget_words(lane(tokens=48.7)) == ["48 calls free now"]
    assert budget_words(lane(tokens=None)) == []


def test_calls_that_are_used_up_are_told_with_when_more_come() -> None:
    budget = CallBudget(5_000)
    some = replace(lane(tokens=3), budgets=(BudgetState(budget, 1_204, 5_000),))
    assert budget_words(some) == ["1,204 of 5,000 calls a day used", "3 calls free now"]
    more_at = NOW + timedelta(minutes=90)
    none = replace(
        lane(reason="The calls it may make are used up.", in_s=5400),
        budgets=(BudgetState(budget, 5_000, 5_000, more_at),),
    )
    words = f"5,000 of 5,000 calls a day used{{}}ore {more_at.astimezone():%H:%M}"
    assert budget_words(none) == []
    assert account_state(LIVE, none, NOW) == ("Waiting", "warn", words.format(". M") + ".")
    assert lane_words([none], None, NOW) == words.format(", m")
