"""The state of an account's lane in the seller's words: for chips, for lines below them, for batches that wait."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from mmhub_desktop.domain.marketplace import SECRET_ENTERED, Account, AccountKind
from mmhub_desktop.gui.tables.jobs_words import clock, duration, next_try
from mmhub_desktop.gui.words import counted, number
from mmhub_desktop.jobs.breaker import BreakerState
from mmhub_desktop.jobs.lane import LaneState
from mmhub_desktop.marketplaces.base import Marketplace

_WARN_DAYS = 30


def lane_words(lanes: Sequence[LaneState], next_try_at: datetime | None, now: datetime | None = None) -> str:
    """What a batch's accounts wait for; empty when at least one of them works.

    ``next_try_at`` is when the soonest of its jobs is tried again, None when one is due now.
    """
    now = now or datetime.now(UTC)
    if not lanes or any(_is_free(lane) and lane.running for lane in lanes):
        return ""
    held = [lane for lane in lanes if not _is_free(lane)]
    if len(held) == len(lanes):
        lane = min(held, key=lambda held_lane: held_lane.next_try_at or datetime.max.replace(tzinfo=UTC))
        return _why_held(lane, now)
    if next_try_at is not None and next_try_at > now:
        return next_try(next_try_at, now)
    if any(lane.tokens_left is not None and lane.tokens_left < 1 for lane in lanes):
        return "waiting for rate limit"
    return ""


def _is_free(lane: LaneState) -> bool:
    return not lane.paused and not lane.reason and lane.breaker is not BreakerState.OPEN


def hold_up(lane: LaneState, now: datetime) -> str:
    """What keeps a whole lane from working; empty when it may."""
    return "" if _is_free(lane) else _why_held(lane, now)


def _why_held(lane: LaneState, now: datetime) -> str:
    if lane.paused:
        return "the account is paused"
    if lane.used_up is not None:
        return f"{lane.used_up.words}, more {clock(lane.used_up.free_at or now, now)}"
    reason = lane.reason.strip().rstrip(".") or "the marketplace does not answer"
    said = reason[:1].lower() + reason[1:] if reason.startswith(("The ", "This ")) else reason
    if lane.breaker is BreakerState.CLOSED and lane.next_try_at is not None:
        seconds = max(1, math.ceil((lane.next_try_at - now).total_seconds()))
        return f"waiting for rate limit, {duration(seconds)}"
    waits = next_try(lane.next_try_at, now)
    return f"{said}, {waits}" if waits else said


def account_state(account: Account, lane: LaneState | None, now: datetime | None = None) -> tuple[str, str, str]:
    """(word, tone, explanation) of an account's chip; the explanation is empty when all is well."""
    now = now or datetime.now(UTC)
    if account.kind is AccountKind.LIVE and account.connected_at is None:
        return "Not connected", "warn", "Sign in at the marketplace to finish connecting it."
    if account.paused:
        return "Paused", "warn", "Nothing is sent until you resume it."
    if lane is None or _is_free(lane):
        return ("Ready" if account.kind is AccountKind.PRACTICE else "Connected"), "ok", ""
    if lane.breaker is BreakerState.OPEN and lane.next_try_at is None:
        return "Sign in again", "err", lane.reason or "The marketplace does not accept the keys any more."
    if lane.breaker is not BreakerState.OPEN and lane.used_up is not None:
        return "Waiting", "warn", f"{lane.used_up.words}. More {clock(lane.used_up.free_at or now, now)}."
    waits = next_try(lane.next_try_at, now)
    reason = lane.reason or "The marketplace does not answer."
    why = f"{reason} {waits[:1].upper()}{waits[1:]}.".strip() if waits else reason
    if lane.breaker is BreakerState.HALF_OPEN:
        return "Trying again", "info", why
    return ("Waiting", "warn", why)


def token_words(account: Account, now: datetime | None = None) -> str:
    """How long the access lasts: it is renewed by itself."""
    if account.token_expires_at is None:
        return ""
    left = (account.token_expires_at - (now or datetime.now(UTC))).total_seconds()
    return f"access renews in {duration(left)}" if left > 0 else "access renews with the next call"


def secret_words(declared: Marketplace | None, account: Account, now: datetime | None = None) -> str:
    """When the seller must replace the secret at the marketplace, from a month before."""
    entered = account.settings.get(SECRET_ENTERED)
    if declared is None or not declared.secret_lasts_days or not entered:
        return ""
    ends = datetime.fromisoformat(entered) + timedelta(days=declared.secret_lasts_days)
    days = (ends - (now or datetime.now(UTC))).days
    if days > _WARN_DAYS:
        return ""
    return f"replace its secret within {counted(days, 'day')}" if days > 0 else "its secret is too old: replace it"


def budget_words(lane: LaneState | None) -> list[str]:
    """How many calls may be made at once now, and what is used of its hours and days."""
    if lane is None or lane.used_up is not None:  # the line below says that
        return []
    free = "" if lane.tokens_left is None else f"{number(int(lane.tokens_left))} calls free now"
    return [*(state.words for state in lane.budgets), *([free] if free else [])]
