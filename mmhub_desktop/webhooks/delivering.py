"""Takes messages from the outbox to their receivers: at least once, in order per subject, at a measured pace.

A small deliverer of its own rather than an action of the engine: a message is one call that belongs to a subscription
and a subject, not steps that belong to a product and an account, and it must neither wait behind the seller's work nor
count in it. The outbox row itself is the durable state. It stays waiting until the answer is written down, so that
nothing has to be recovered after a crash; the receiver knows a repeated message by its ``webhook-id``.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from mmhub_desktop.domain.ids import SubscriptionId
from mmhub_desktop.domain.webhook import Message, MessageState, Subscription
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.events import (
    BatchesProgressed,
    Bus,
    ConnectivityChanged,
    Event,
    ImportProgressed,
    Notice,
    ProductsChanged,
    WebhooksChanged,
)
from mmhub_desktop.jobs.clock import Clock, Timer
from mmhub_desktop.store.outbox import OutboxStore, Outcome
from mmhub_desktop.webhooks.posting import Answer

RETRIES_S = (30.0, 300.0, 1_800.0)  # waits before the first, second and third retry
SPREAD = 0.1  # of a wait, so that not all come back at once
AT_ONCE = 4  # messages of one subscription on their way at the same time, each of another subject
LOOK_S = 5.0  # the outbox is looked at so often, for changes that nobody tells of
SOON_S = 0.2  # events that come in between lead to one look
HOLD_S = 30.0  # without network, or without the secret
KEPT = timedelta(days=30)  # delivered and failed messages
_GONE = 410
_WAKES: tuple[type[Event], ...] = (ProductsChanged, BatchesProgressed, ImportProgressed, ConnectivityChanged)

_log = logging.getLogger("mmhub.webhooks")
Post = Callable[[Subscription, Message], Awaitable[Answer]]


@dataclass(slots=True)
class _Lane:
    """What goes on for one subscription. ``more``: look again before resting; times are of the running clock."""

    task: asyncio.Task[None] | None = None
    timer: Timer | None = None
    more: bool = False
    next_at: float = 0.0
    held: bool = False
    told: bool = False


class Deliverer:
    """Lives on the loop. One coroutine for each subscription while it has something to send."""

    def __init__(
        self,
        store: OutboxStore,
        post: Post,
        bus: Bus,
        clock: Clock,
        per_second: Callable[[], float],
        rng: random.Random,
    ) -> None:
        """``post`` sends one message and raises MmhubError when its secret cannot be had."""
        self._store = store
        self._post = post
        self._bus = bus
        self._clock = clock
        self._per_second = per_second
        self._rng = rng
        self._subscriptions: dict[SubscriptionId, Subscription] = {}
        self._lanes: dict[SubscriptionId, _Lane] = {}
        self._unsubscribe: list[Callable[[], None]] = []
        self._look: Timer | None = None
        self._soon: Timer | None = None
        self._running = False
        self._waiting_told = False

    async def start(self) -> None:
        """Send what waits, and from now on whatever comes."""
        if self._running:
            return
        self._running = True
        self._unsubscribe = [self._bus.subscribe(kind, self._heard) for kind in _WAKES]
        await self._store.prune(self._now() - KEPT)
        await self.reload()

    async def stop(self, grace_s: float) -> None:
        """Give what is due ``grace_s`` more seconds, then stop; what is not answered by then is sent again later."""
        if not self._running:
            return
        self.wake()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.wait_idle(), grace_s)
        self._running = False
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        for timer in (self._look, self._soon, *(lane.timer for lane in self._lanes.values())):
            if timer is not None:
                timer.cancel()
        self._look = self._soon = None
        tasks = self._tasks()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._lanes.clear()

    async def reload(self) -> None:
        """Subscriptions have changed."""
        self._subscriptions = {each.id: each for each in await self._store.subscriptions()}
        for lane in self._lanes.values():
            lane.held = False
        self.wake()

    def wake(self) -> None:
        """Look for messages now."""
        if not self._running:
            return
        able = [sub_id for sub_id in self._subscriptions if self._may_send(sub_id)]
        for sub_id in able:
            self._wake_lane(sub_id)
        if self._look is not None:
            self._look.cancel()
            self._look = None
        if able:
            self._look = self._clock.call_later(LOOK_S, self.wake)

    async def wait_idle(self) -> None:
        """Wait until everything that is due has been tried."""
        while tasks := self._tasks():
            await asyncio.gather(*(asyncio.shield(task) for task in tasks), return_exceptions=True)

    def _tasks(self) -> list[asyncio.Task[None]]:
        return [lane.task for lane in self._lanes.values() if lane.task is not None]

    def _heard(self, event: Event) -> None:
        if isinstance(event, ConnectivityChanged) and event.online:
            for lane in self._lanes.values():
                lane.held = False
        if self._soon is None and any(self._may_send(sub_id) for sub_id in self._subscriptions):
            self._soon = self._clock.call_later(SOON_S, self._wake_soon)

    def _wake_soon(self) -> None:
        self._soon = None
        self.wake()

    def _may_send(self, sub_id: SubscriptionId) -> bool:
        found = self._subscriptions.get(sub_id)
        return found is not None and found.active and not found.paused

    def _wake_lane(self, sub_id: SubscriptionId) -> None:
        lane = self._lanes.setdefault(sub_id, _Lane())
        if lane.held or not self._running:
            return
        if lane.task is not None:
            lane.more = True
            return
        lane.task = asyncio.get_running_loop().create_task(self._drain(sub_id, lane), name=f"webhook {sub_id}")
        lane.task.add_done_callback(lambda done: self._drained(lane, done))

    def _drained(self, lane: _Lane, done: asyncio.Task[None]) -> None:
        lane.task = None
        if done.cancelled() or done.exception() is None:
            return
        error = done.exception()
        if isinstance(error, MmhubError):
            _log.info("webhooks wait: %s", error)  # the workspace cannot be written; the next look tries again
        else:
            _log.error("delivering webhooks failed", exc_info=error)

    async def _drain(self, sub_id: SubscriptionId, lane: _Lane) -> None:
        """Send until nothing is due."""
        while self._running and self._may_send(sub_id) and not lane.held:
            lane.more = False
            messages = await self._store.due(sub_id, self._now(), AT_ONCE)
            if messages:
                await self._send_all(sub_id, lane, messages)
                continue
            ready = await self._store.next_ready(sub_id, self._now())
            if not lane.more:
                if ready is not None:
                    self._later(sub_id, lane, (ready - self._now()).total_seconds())
                return

    def _later(self, sub_id: SubscriptionId, lane: _Lane, seconds: float) -> None:
        def again() -> None:
            lane.timer, lane.held = None, False
            if self._may_send(sub_id):
                self._wake_lane(sub_id)

        if lane.timer is not None:
            lane.timer.cancel()
        lane.timer = self._clock.call_later(max(0.05, seconds), again)

    async def _send_all(self, sub_id: SubscriptionId, lane: _Lane, messages: list[Message]) -> None:
        """A few messages of different subjects side by side, begun at the pace of the subscription."""
        begun: list[tuple[Message, asyncio.Task[Answer]]] = []
        refused: MmhubError | None = None
        try:
            async with asyncio.TaskGroup() as group:
                for message in messages:
                    await self._pace(lane)
                    subscription = self._subscriptions.get(sub_id)
                    if subscription is None or not self._may_send(sub_id):
                        break
                    begun.append((message, group.create_task(_awaited(self._post(subscription, message)))))
        except* MmhubError as errors:
            refused = next(error for error in errors.exceptions if isinstance(error, MmhubError))
        answers = [
            (message, task.result()) for message, task in begun if not task.cancelled() and task.exception() is None
        ]
        await self._settle(sub_id, lane, answers)
        if refused is not None:
            self._hold(sub_id, lane, refused.message, refused.hint)
        elif any(answer.offline for _, answer in answers):
            self._hold(sub_id, lane, "This computer has no network.", "They are sent by themselves when it is back.")

    async def _pace(self, lane: _Lane) -> None:
        now = self._clock.monotonic()
        if now < lane.next_at:
            woken = asyncio.Event()
            timer = self._clock.call_later(lane.next_at - now, woken.set)
            try:
                await woken.wait()
            finally:
                timer.cancel()
        lane.next_at = max(self._clock.monotonic(), lane.next_at) + 1 / self._per_second()

    async def _settle(self, sub_id: SubscriptionId, lane: _Lane, answers: Iterable[tuple[Message, Answer]]) -> None:
        outcomes = [self._judge(message, answer) for message, answer in answers if not answer.offline]
        if not outcomes:
            return
        await self._store.settle(outcomes)
        if any(outcome.state is MessageState.DELIVERED for outcome in outcomes):
            lane.told = self._waiting_told = False
        gone = next((outcome for outcome in outcomes if outcome.attempt.status == _GONE), None)
        failed = next((outcome for outcome in outcomes if outcome.state is MessageState.FAILED), None)
        if gone is not None:
            await self._disable(sub_id)
        elif failed is not None:
            if not lane.told:
                lane.told = True
                why = failed.attempt.error or f"It answered with status {failed.attempt.status}."
                self._bus.publish(
                    Notice(
                        "err",
                        f"A webhook message to {failed.attempt.url} was given up after {failed.attempts} tries.",
                        f"{why} Look at it under Webhooks; Redeliver sends it again.",
                    )
                )
            self.wake()  # others may want to be told
        self._bus.publish(WebhooksChanged((sub_id,)))

    def _judge(self, message: Message, answer: Answer) -> Outcome:
        """What follows from an answer."""
        attempt, tries = answer.attempt, message.attempts + 1
        if attempt.succeeded:
            return Outcome(message.id, attempt, MessageState.DELIVERED, tries)
        if attempt.status == _GONE:
            return Outcome(message.id, attempt, MessageState.DROPPED, tries)
        if tries > len(RETRIES_S):
            return Outcome(message.id, attempt, MessageState.FAILED, tries)
        wait = RETRIES_S[tries - 1] * (1 + self._rng.uniform(0, SPREAD))
        ready = self._now() + timedelta(seconds=max(wait, answer.retry_after_s or 0.0))
        return Outcome(message.id, attempt, MessageState.PENDING, tries, ready)

    async def _disable(self, sub_id: SubscriptionId) -> None:
        """The receiver has said that it is gone for good."""
        subscription = replace(
            await self._store.subscription(sub_id),
            active=False,
            disabled_because="The receiver answered that it is gone for good (status 410).",
        )
        await self._store.save(subscription)
        self._subscriptions[sub_id] = subscription
        self._bus.publish(
            Notice(
                "warn",
                f"The webhook to {subscription.url} was switched off.",
                "Its receiver says that it is gone for good. Correct the address and switch it on again, or remove it.",
            )
        )

    def _hold(self, sub_id: SubscriptionId, lane: _Lane, message: str, hint: str) -> None:
        """Nothing can be sent just now, through no fault of the receiver: no attempt is counted."""
        lane.held = True
        self._later(sub_id, lane, HOLD_S)
        if not self._waiting_told:
            self._waiting_told = True
            self._bus.publish(Notice("warn", f"Webhook messages wait. {message}", hint))

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.now(), UTC)


async def _awaited(answer: Awaitable[Answer]) -> Answer:
    return await answer
