"""Subscriptions, the messages waiting for them, and the log of what became of each. Secrets are not here."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from mmhub_desktop.domain.ids import SubscriptionId
from mmhub_desktop.domain.webhook import TEST_EVENT, Attempt, Message, MessageState, Subscription, SubscriptionSummary
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.store.database import Database, from_ms, now_ms, to_ms
from mmhub_desktop.store.outbox_rows import make_payload, new_event_id, plain_connection, tell_given_up
from mmhub_desktop.store.schema import outbox, webhook_delivery, webhook_subscription

DELETED_AT_ONCE = 5_000  # old messages in one transaction


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a try to deliver a message led to. ``ready_at`` when it waits for another one."""

    message_id: int
    attempt: Attempt
    state: MessageState
    attempts: int
    ready_at: datetime | None = None


class OutboxStore:
    """All methods are for the loop; each write is one transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def subscriptions(self) -> list[Subscription]:
        """Every subscription, in the order they were added."""
        query = select(webhook_subscription).order_by(webhook_subscription.c.id)
        return [_subscription(row) for row in await self._db.read(lambda c: c.execute(query).all())]

    async def subscription(self, sub_id: SubscriptionId) -> Subscription:
        """One subscription. UserMistake when it is gone."""
        query = select(webhook_subscription).where(webhook_subscription.c.id == sub_id)
        row = await self._db.read(lambda c: c.execute(query).first())
        if row is None:
            raise UserMistake(f"There is no webhook {sub_id}.", hint="“mmhub webhooks list” shows those there are.")
        return _subscription(row)

    async def add(self, new: Subscription) -> Subscription:
        """Keep a new subscription and return it with its id."""

        def keep(connection: Connection) -> int:
            result = connection.execute(insert(webhook_subscription).values(**_values(new), created_at=now_ms()))
            return int(result.inserted_primary_key[0])  # type: ignore[index]

        return await self.subscription(SubscriptionId(await self._db.write(keep)))

    async def save(self, changed: Subscription) -> None:
        """Keep the new form of a subscription. What waits for one that is not active is dropped with it."""

        def keep(connection: Connection) -> None:
            connection.execute(
                update(webhook_subscription).where(webhook_subscription.c.id == changed.id).values(**_values(changed))
            )
            if not changed.active:
                connection.exec_driver_sql(_DROP, (changed.id,))

        await self._db.write(keep)

    async def remove(self, sub_id: SubscriptionId) -> None:
        """Forget a subscription with its messages and their log."""

        def forget(connection: Connection) -> None:
            connection.execute(delete(webhook_subscription).where(webhook_subscription.c.id == sub_id))

        await self._db.write(forget)

    async def summary(self, sub_id: SubscriptionId) -> SubscriptionSummary:
        """How a subscription is doing."""

        def read(connection: Connection) -> SubscriptionSummary:
            last = connection.exec_driver_sql(_LAST, (sub_id,)).first()
            waiting, failed = connection.exec_driver_sql(_COUNTS, (sub_id, sub_id)).one()
            return SubscriptionSummary(None if last is None else _attempt(last), waiting, failed)

        return await self._db.read(read)

    async def due(self, sub_id: SubscriptionId, now: datetime, limit: int) -> list[Message]:
        """Messages to send now: of each subject the oldest one only, so that they arrive in order."""
        asked = {"sub": sub_id, "now": to_ms(now), "limit": limit}
        rows = await self._db.read(lambda c: c.exec_driver_sql(_DUE, asked).all())
        return [_message(row) for row in rows]

    async def next_ready(self, sub_id: SubscriptionId, now: datetime) -> datetime | None:
        """When the next waiting message can be tried again."""
        asked = (sub_id, to_ms(now))
        return from_ms(await self._db.read(lambda c: c.exec_driver_sql(_NEXT_READY, asked).scalar()))

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Write what became of messages, with their log; one that is given up is told in the same transaction."""
        await self._db.write(lambda connection: _settle(connection, outcomes))

    async def add_test(self, sub_id: SubscriptionId, now: datetime) -> Message:
        """A message that the deliverer does not touch."""
        at = to_ms(now) or 0
        data = {"message": "This is a test. It tells that messages of MultiMarket Hub arrive here."}
        values = {
            "subscription_id": sub_id, "event_id": new_event_id(), "event_type": TEST_EVENT, "subject": "test",
            "payload": make_payload(TEST_EVENT, data, at), "state": MessageState.TEST.value,
            "ready_at": at, "created_at": at,
        }  # fmt: skip

        def keep(connection: Connection) -> int:
            result = connection.execute(insert(outbox).values(values))
            return int(result.inserted_primary_key[0])  # type: ignore[index]

        return await self.message(await self._db.write(keep))

    async def message(self, message_id: int) -> Message:
        """One message with its log. UserMistake when it is gone."""

        def read(connection: Connection) -> Message:
            row = connection.execute(select(outbox).where(outbox.c.id == message_id)).first()
            if row is None:
                raise UserMistake(f"There is no message {message_id}.", hint="Messages are kept for 30 days.")
            return _message(row, _log_of(connection, [message_id]).get(message_id, ()))

        return await self._db.read(read)

    async def messages(self, sub_id: SubscriptionId, limit: int = 100) -> list[Message]:
        """The newest messages of a subscription with their logs, newest first."""
        query = select(outbox).where(outbox.c.subscription_id == sub_id).order_by(outbox.c.id.desc()).limit(limit)

        def read(connection: Connection) -> list[Message]:
            rows = connection.execute(query).all()
            logs = _log_of(connection, [row.id for row in rows])
            return [_message(row, logs.get(row.id, ())) for row in rows]

        return await self._db.read(read)

    async def redeliver(self, message_id: int, now: datetime) -> None:
        """Send a message once more, with the same id and body. UserMistake when it is gone or still waits."""

        def write(connection: Connection) -> int:
            changed = outbox.c.state.not_in([MessageState.PENDING.value, MessageState.TEST.value])
            values = {"state": MessageState.PENDING.value, "attempts": 0, "ready_at": to_ms(now)}
            return connection.execute(update(outbox).where(outbox.c.id == message_id, changed).values(values)).rowcount

        if not await self._db.write(write):
            await self.message(message_id)
            raise UserMistake("This message is waiting already.", hint="It is sent by itself.")

    async def prune(self, before: datetime) -> int:
        """Forget messages that came to their end before that, in pieces; returns how many."""
        gone = 0
        while (
            some := await self._db.write(
                lambda connection: connection.exec_driver_sql(_PRUNE, (to_ms(before), DELETED_AT_ONCE)).rowcount
            )
        ) > 0:
            gone += some
        return gone


def _settle(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        attempt = outcome.attempt
        if connection.execute(select(outbox.c.id).where(outbox.c.id == outcome.message_id)).first() is None:
            continue  # its subscription was removed meanwhile
        connection.execute(
            insert(webhook_delivery).values(
                outbox_id=outcome.message_id, at=to_ms(attempt.at), duration_ms=attempt.duration_ms, url=attempt.url,
                status=attempt.status, reply=attempt.reply, error=attempt.error,
            )
        )  # fmt: skip
        delivered = attempt.at if outcome.state is MessageState.DELIVERED else None
        values: dict[str, Any] = {"state": outcome.state.value, "attempts": outcome.attempts}
        if delivered is not None:
            values["delivered_at"] = to_ms(delivered)
        if outcome.ready_at is not None:
            values["ready_at"] = to_ms(outcome.ready_at)
        open_states = [MessageState.PENDING.value, MessageState.TEST.value]
        changed = connection.execute(
            update(outbox).where(outbox.c.id == outcome.message_id, outbox.c.state.in_(open_states)).values(values)
        ).rowcount
        if changed and outcome.state is MessageState.FAILED:
            is_test = connection.execute(
                select(outbox.c.event_type).where(outbox.c.id == outcome.message_id, outbox.c.event_type == TEST_EVENT)
            ).first()
            if is_test is None:
                raw = plain_connection(connection)
                tell_given_up(raw, outcome.message_id, attempt.status, attempt.error, to_ms(attempt.at) or 0)


def _log_of(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[Attempt, ...]]:
    found: dict[int, tuple[Attempt, ...]] = {}
    for row in connection.exec_driver_sql(_LOG, (json.dumps(list(ids)),)):
        found[row.outbox_id] = (*found.get(row.outbox_id, ()), _attempt(row))
    return found


def _values(value: Subscription) -> dict[str, Any]:
    return {
        "url": value.url,
        "event_types": json.dumps(list(value.event_types)),
        "account_ids": json.dumps(list(value.account_ids)),
        "tags": json.dumps(list(value.tags), ensure_ascii=False),
        "active": value.active,
        "paused": value.paused,
        "disabled_because": value.disabled_because,
    }


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        id=SubscriptionId(row.id),
        url=row.url,
        event_types=tuple(json.loads(row.event_types)),
        account_ids=tuple(json.loads(row.account_ids)),
        tags=tuple(json.loads(row.tags)),
        active=row.active,
        paused=row.paused,
        disabled_because=row.disabled_because,
        created_at=from_ms(row.created_at),
    )


_moment: Callable[[int], datetime] = from_ms  # type: ignore[assignment]  # of columns that are NOT NULL


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(_moment(row.at), row.duration_ms, row.url, row.status, row.reply, row.error)


def _message(row: Row[Any], log: tuple[Attempt, ...] = ()) -> Message:
    return Message(
        row.id, SubscriptionId(row.subscription_id), row.event_id, row.event_type, row.subject, row.payload,
        MessageState(row.state), row.attempts, _moment(row.ready_at), _moment(row.created_at),
        from_ms(row.delivered_at), log,
    )  # fmt: skip


_DUE = """
SELECT o.* FROM outbox o
WHERE o.subscription_id = :sub AND o.state IN ('pending') AND o.ready_at <= :now AND NOT EXISTS (
  SELECT 1 FROM outbox e WHERE e.subscription_id = o.subscription_id AND e.state IN ('pending')
  AND e.subject = o.subject AND e.id < o.id)
ORDER BY o.ready_at, o.id LIMIT :limit
"""
_NEXT_READY = """
SELECT min(ready_at) FROM outbox WHERE subscription_id = ? AND state IN ('pending') AND ready_at > ?
"""
_DROP = "UPDATE outbox SET state = 'dropped' WHERE subscription_id = ? AND state IN ('pending')"
_LAST = """
SELECT d.* FROM outbox o JOIN webhook_delivery d ON d.outbox_id = o.id
WHERE o.subscription_id = ? ORDER BY d.at DESC, d.id DESC LIMIT 1
"""
_COUNTS = """
SELECT (SELECT count(*) FROM outbox WHERE subscription_id = ? AND state IN ('pending')),
  (SELECT count(*) FROM outbox WHERE subscription_id = ? AND state = 'failed' AND event_type <> 'webhook.test')
"""
_LOG = "SELECT * FROM webhook_delivery WHERE outbox_id IN (SELECT value FROM json_each(?)) ORDER BY id"
_PRUNE = """
DELETE FROM outbox WHERE id IN (
  SELECT id FROM outbox WHERE state NOT IN ('pending') AND created_at < ? LIMIT ?)
"""
