"""Writing what others are to be told: outbox rows in the very transaction of the change they tell of.

Every function takes the plain sqlite3 connection on which that change is being made (the program's writer, or the
import process with its own), so that both are on disk or neither. Without a subscription that wants the type, each
is one look into a small table.
"""

import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.webhook import MAX_RETRIES_EVENT, PAYLOAD_VERSION, error_data, split_tags

if TYPE_CHECKING:  # the import process does without SQLAlchemy
    from sqlalchemy import Connection

ROWS_AT_ONCE = 1_000  # products read and written in one piece

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_JOB_EVENTS = {
    ("publish", "completed"): "product.published",
    ("publish", "failed"): "product.publish_failed",
    ("publish", "retry"): "marketplace.publish.retry",
    ("enhance", "completed"): "product.enhanced",
    ("enhance", "failed"): "product.enhancement_failed",
}  # what the end of a job is called outside
_Row = tuple[int, str, str, str, str, int, int]


def plain_connection(connection: "Connection") -> sqlite3.Connection:
    """The sqlite3 connection below one of SQLAlchemy's, in the same transaction."""
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)


class Listeners:
    """Who wants to hear what, as it is within this transaction."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._wants: dict[str, list[tuple[int, frozenset[int], frozenset[str]]]] = {}
        for sub_id, types, accounts, tags in raw.execute(
            "SELECT id, event_types, account_ids, tags FROM webhook_subscription WHERE active"
        ):
            wanted = frozenset(tag.casefold() for tag in json.loads(tags))
            for name in json.loads(types):
                self._wants.setdefault(name, []).append((sub_id, frozenset(json.loads(accounts)), wanted))

    def any_of(self, *types: str) -> bool:
        """Whether somebody wants one of these types."""
        return any(name in self._wants for name in types)

    def rows(
        self, name: str, subject: str, data: Mapping[str, Any], at_ms: int, account_id: int | None = None
    ) -> Iterator[_Row]:
        """One outbox row for each subscription that wants this event."""
        product = data.get("product")
        tags = None if product is None else {tag.casefold() for tag in product.get("tags", ())}
        wanted = [
            sub_id
            for sub_id, accounts, only in self._wants.get(name, ())
            if (account_id is None or not accounts or account_id in accounts)
            and (tags is None or not only or not only.isdisjoint(tags))
        ]
        if wanted:
            body = make_payload(name, data, at_ms)
            for sub_id in wanted:
                yield (sub_id, new_event_id(), name, subject, body, at_ms, at_ms)


def new_event_id() -> str:
    """An id for one message; the receiver knows a repeated one by it."""
    return f"msg_{secrets.token_hex(16)}"


def make_payload(name: str, data: Mapping[str, Any], at_ms: int) -> str:
    """The body of a message."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return _encode({"type": name, "timestamp": at, "version": PAYLOAD_VERSION, "data": data})


def tell_products(raw: sqlite3.Connection, name: str, ids: Iterable[int], **more: Any) -> None:
    """Products came, changed, or are about to be deleted (call it before they are). ``more`` joins the data."""
    listeners = Listeners(raw)
    if listeners.any_of(name):
        now = _now_ms()
        for product in _products(raw, list(ids)):
            _write(raw, listeners.rows(name, f"product:{product['id']}", {"product": product, **more}, now))


def tell_all_deleted(raw: sqlite3.Connection, deleted: int) -> None:
    """After a deletion: tell it when no product is left."""
    listeners = Listeners(raw)
    if (
        deleted
        and listeners.any_of("products.all_deleted")
        and raw.execute("SELECT 1 FROM product LIMIT 1").fetchone() is None
    ):
        _write(raw, listeners.rows("products.all_deleted", "products", {"deleted": deleted}, _now_ms()))


def tell(raw: sqlite3.Connection, name: str, subject: str, data: Callable[[], Mapping[str, Any]]) -> None:
    """Something happened once; ``data`` is asked for only when somebody wants to hear of it."""
    listeners = Listeners(raw)
    if listeners.any_of(name):
        _write(raw, listeners.rows(name, subject, data(), _now_ms()))


def wants_products(raw: sqlite3.Connection) -> bool:
    """Whether an import has to tell of each row."""
    return Listeners(raw).any_of("product.imported", "product.updated")


def tell_import(raw: sqlite3.Connection, import_id: int) -> None:
    """An import came to its end and is written down as completed."""
    listeners = Listeners(raw)
    if not listeners.any_of("import.completed"):
        return
    name, new, changed, same, refused = raw.execute(
        "SELECT file_name, rows_new, rows_changed, rows_same, rows_refused FROM import_job WHERE id=?", (import_id,)
    ).fetchone()
    data = {
        "import": {
            "id": import_id, "file": name, "new": new, "changed": changed, "unchanged": same, "refused": refused,
        }
    }  # fmt: skip
    _write(raw, listeners.rows("import.completed", f"import:{import_id}", data, _now_ms()))


def tell_jobs(raw: sqlite3.Connection, finished: Sequence[int], retried: Sequence[int], at_ms: int) -> None:
    """Jobs that are final, and jobs that are to be tried again, after their rows were written."""
    listeners = Listeners(raw)
    if not listeners.any_of(*_JOB_EVENTS.values()):
        return
    again = set(retried)
    found = raw.execute(_JOBS, (_encode([*finished, *retried]),)).fetchall()
    products = {product["id"]: product for product in _products(raw, [row[2] for row in found])}
    for (
        job_id,
        action,
        product_id,
        account_id,
        state,
        attempts,
        problem,
        batch_id,
        label,
        market,
        listing,
        draft,
    ) in found:
        name = _JOB_EVENTS.get((action, "retry" if job_id in again else state))
        if name is None or (name == "product.published" and draft):  # left unpublished, as the seller wishes
            continue
        data: dict[str, Any] = {
            "product": products.get(product_id, {"id": product_id}),
            "job": {"id": job_id, "batch_id": batch_id},
        }
        if account_id is not None:
            data["account"] = {"id": account_id, "label": label or "", "marketplace": market or ""}
            data["listing"] = json.loads(listing) if listing else None
        if problem and state != "completed":
            retries = attempts if job_id in again else max(0, attempts - 1)
            data["error"] = error_data(json.loads(problem), retries)
        _write(raw, listeners.rows(name, f"product:{product_id}", data, at_ms, account_id))


def tell_given_up(raw: sqlite3.Connection, outbox_id: int, status: int, error: str, at_ms: int) -> None:
    """A message was given up. Nothing is told of a lost message that itself told of one."""
    event_id, name, sub_id, url, attempts, reply = raw.execute(
        "SELECT o.event_id, o.event_type, o.subscription_id, s.url, o.attempts,"
        " coalesce((SELECT d.reply FROM webhook_delivery d WHERE d.outbox_id=o.id ORDER BY d.id DESC LIMIT 1), '')"
        " FROM outbox o JOIN webhook_subscription s ON s.id=o.subscription_id WHERE o.id=?",
        (outbox_id,),
    ).fetchone()
    if name == MAX_RETRIES_EVENT:
        return
    data = {
        "message": {"id": event_id, "type": name, "subscription_id": sub_id, "url": url},
        "error": {
            "type": "WebhookFailed", "code": str(status or "no_answer"), "message": error or f"HTTP {status}",
            "marketplace_response": reply, "retry_count": max(0, attempts - 1),
        },
    }  # fmt: skip
    _write(raw, Listeners(raw).rows(MAX_RETRIES_EVENT, f"webhook:{sub_id}", data, at_ms))


def _write(raw: sqlite3.Connection, rows: Iterator[_Row]) -> None:
    raw.executemany(
        "INSERT INTO outbox (subscription_id, event_id, event_type, subject, payload, ready_at, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def _products(raw: sqlite3.Connection, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(ids), ROWS_AT_ONCE):
        found = raw.execute(_PRODUCTS, (_encode(list(ids[start : start + ROWS_AT_ONCE])),)).fetchall()
        for row in found:
            yield {
                "id": row[0],
                "sku": row[1],
                "title": row[2],
                "price": None if row[3] is None else {"amount": str(Money(row[3], row[4]).amount), "currency": row[4]},
                "quantity": row[5],
                "status": row[6],
                "quality": row[7],
                "tags": list(split_tags(row[8] or "")),
            }


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


_PRODUCTS = """
SELECT id, sku, coalesce(optimized_title, title), price_minor, currency, quantity, status, quality,
  (SELECT group_concat(value) FROM json_each(attributes) WHERE lower(key) IN ('tags', 'tag'))
FROM product WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id
"""
_JOBS = """
SELECT j.id, j.action, j.product_id, j.account_id, j.state, j.attempts, j.problem, j.batch_id, a.label, a.marketplace,
  (SELECT json_object('remote_id', l.remote_id, 'url', l.url, 'state', l.state) FROM listing l
   WHERE l.product_id = j.product_id AND l.account_id = j.account_id),
  (SELECT json_extract(l.last_sent, '$.unfinished') FROM listing l
   WHERE l.product_id = j.product_id AND l.account_id = j.account_id)
FROM marketplace_job j LEFT JOIN account a ON a.id = j.account_id
WHERE j.id IN (SELECT value FROM json_each(?)) ORDER BY j.id
"""
