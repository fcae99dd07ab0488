"""A task's second and later calls take their own places at the account's limiter; the first has the task's place.

Calls that count to a group of their own (``marketplaces.call_groups``) always take a place there.
"""

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass

from mmhub_desktop.errors import RateLimited
from mmhub_desktop.jobs.allowance import Allowance
from mmhub_desktop.jobs.call_recorder import note_wait
from mmhub_desktop.jobs.clock import Clock
from mmhub_desktop.jobs.lane import LONGEST_NAP_S
from mmhub_desktop.jobs.rate_limit import Limiter
from mmhub_desktop.marketplaces.call_groups import present_group


@dataclass(slots=True)
class _Place:
    """What the attempt of this worker may use; asyncio tasks that it starts share it."""

    limiter: Limiter
    group: str
    clock: Clock
    free: bool = True  # the place that the task was admitted with has not been used yet


_place: ContextVar[_Place | None] = ContextVar("place", default=None)


def begin_task(limiter: Limiter, group: str, clock: Clock) -> None:
    """From here on this worker's calls count at this limiter, the first one excepted: it is counted already."""
    _place.set(_Place(limiter, group, clock))


def give_back_place() -> None:
    """The attempt has ended: a place that none of its calls has used is there for others."""
    place = _place.get()
    if place is not None and place.free and place.limiter.counts_calls:
        place.free = False
        place.limiter.give_back(place.group)


def begin_beside(limiter: Limiter, clock: Clock) -> None:
    """From here on this coroutine, which is no task of the engine, takes a place for each of its calls."""
    _place.set(_Place(limiter, "", clock, free=False))


def end_task() -> None:
    """This worker's calls are not counted: it does nothing remote."""
    _place.set(None)


async def before_call(allowance: Allowance | None = None) -> None:
    """Wait for the place of one call, and count it to the account's hours and days.

    RateLimited or CallsUsedUp, before anything is sent, when that would take long. Calls outside of jobs, which the
    seller has asked for just now, are counted and never refused.
    """
    place = _place.get()
    if allowance is None:
        if place is not None:
            await _wait(place)
        return
    group = present_group() or (place.group if place is not None else "")
    await allowance.take(group, may_refuse=place is not None)
    try:
        if place is not None:
            await _wait(place)
    except BaseException:
        allowance.give_back(group)
        raise


def after_call(allowance: Allowance, headers: Mapping[str, str] | None) -> None:
    """The call has ended, answered with these headers or not at all (None)."""
    place = _place.get()
    allowance.answered(present_group() or (place.group if place is not None else ""), headers)


async def _wait(place: _Place) -> None:
    limiter, clock, own = place.limiter, place.clock, present_group()
    limiter.counts_calls = True
    if place.free and not own:
        place.free = False
    else:
        await _take(limiter, own or place.group, clock)
    while (wait := limiter.depart(clock.monotonic())) > 0:
        await _sleep(wait, clock)


async def _take(limiter: Limiter, group: str, clock: Clock) -> None:
    wait = limiter.wait_s(group, clock.monotonic())
    if wait > LONGEST_NAP_S:
        raise _too_long(wait)
    wait = limiter.take(group, clock.monotonic())
    while wait > 0:
        await _sleep(wait, clock)
        wait = limiter.blocked_s(group, clock.monotonic())  # refused meanwhile: that wait counts too
        if wait > LONGEST_NAP_S:
            raise _too_long(wait)


async def _sleep(seconds: float, clock: Clock) -> None:
    over, began = asyncio.Event(), clock.monotonic()
    timer = clock.call_later(seconds, over.set)
    try:
        await over.wait()
    finally:
        timer.cancel()
        note_wait(clock.monotonic() - began)


def _too_long(wait: float) -> RateLimited:
    return RateLimited("The account's calls are used up for now.", retry_after_s=wait, hint="Work goes on by itself.")
