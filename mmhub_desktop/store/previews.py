"""Previews: what would be sent, kept until it is sent or a few days old. Rows are read by id, never all at once."""

import json
import zlib
from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, text, update

from mmhub_desktop.domain.ids import AccountId, PreviewId, ProductId
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.domain.preview import (
    SENDS,
    Preview,
    PreviewDetail,
    PreviewField,
    PreviewOutcome,
    PreviewRow,
    PreviewState,
)
from mmhub_desktop.errors import Finding
from mmhub_desktop.store.database import Database, from_ms, now_ms
from mmhub_desktop.store.schema_jobs import preview, preview_row

KEPT_MS = 3 * 24 * 3_600_000
KEPT_MOST = 10  # previews
_LEVEL = 1  # texts stand in a line three times, so even little effort makes a quarter of it
_DROP_AT_ONCE = 500  # rows of one transaction

_IDS = text("SELECT value FROM json_each(:ids)").bindparams(bindparam("ids"))
_LINE = [
    preview_row.c[name] for name in ("id", "product_id", "account_id", "outcome", "sku", "title", "reason", "changes")
]


class PreviewStore:
    """For the loop; the work is on the store's threads. Times in ms, UTC."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def begin(self, action: str, options: Mapping[str, Any], total: int) -> PreviewId:
        """A new preview without rows."""
        values = {"action": action, "options": json.dumps(dict(options)), "total": total, "created_at": now_ms()}
        statement = insert(preview).values(values).returning(preview.c.id)
        return PreviewId(await self._db.write(lambda connection: connection.execute(statement).scalar_one()))

    async def keep(self, preview_id: PreviewId, details: Sequence[PreviewDetail]) -> None:
        """Add lines, in one transaction."""
        rows = [_values(preview_id, detail) for detail in details]
        if rows:
            await self._db.write(lambda connection: connection.execute(insert(preview_row), rows).rowcount)

    async def set_state(self, preview_id: PreviewId, state: PreviewState) -> None:
        """It is ready, given up, or sent."""
        statement = update(preview).where(preview.c.id == preview_id).values(state=state.value)
        await self._db.write(lambda connection: connection.execute(statement).rowcount)

    async def get(self, preview_id: PreviewId) -> Preview | None:
        """One preview, None when it is not kept any more."""
        done = select(func.count()).where(preview_row.c.preview_id == preview.c.id).scalar_subquery()
        query = select(preview, done.label("done")).where(preview.c.id == preview_id)
        row = await self._db.read(lambda connection: connection.execute(query).first())
        if row is None:
            return None
        created = from_ms(row.created_at) or datetime.now(UTC)
        state = PreviewState(row.state)
        return Preview(preview_id, row.action, json.loads(row.options), state, row.total, row.done, created)

    async def counts(self, preview_id: PreviewId) -> dict[PreviewOutcome, int]:
        """How many lines have each outcome; those without any are 0."""
        query = (
            select(preview_row.c.outcome, func.count())
            .where(preview_row.c.preview_id == preview_id)
            .group_by(preview_row.c.outcome)
        )
        found = {PreviewOutcome(name): count for name, count in await self._db.read(lambda c: c.execute(query).all())}
        return {outcome: found.get(outcome, 0) for outcome in PreviewOutcome}

    async def ids(self, preview_id: PreviewId, outcomes: Collection[PreviewOutcome] = ()) -> "array[int]":
        """The lines with one of these outcomes (all when there are none), in one step."""
        query = "SELECT json_group_array(id) FROM (SELECT id FROM preview_row WHERE preview_id = ? {} ORDER BY id)"
        only = "AND outcome IN (SELECT value FROM json_each(?))" if outcomes else ""
        values = (preview_id, json.dumps([outcome.value for outcome in outcomes])) if outcomes else (preview_id,)
        found = await self._db.read(lambda c: c.exec_driver_sql(query.format(only), values).scalar_one())
        return array("q", json.loads(found))

    async def page(self, ids: Sequence[int]) -> list[PreviewRow]:
        """Lines in the order of ``ids``; those that are gone are left out."""
        query = select(*_LINE).where(preview_row.c.id.in_(_IDS))
        rows = await self._db.read(lambda c: c.execute(query, {"ids": json.dumps(list(ids))}).all())
        found = {row.id: _row(row) for row in rows}
        return [found[each] for each in ids if each in found]

    async def detail(self, row_id: int) -> PreviewDetail | None:
        """All of one line, None when it is gone."""
        query = select(preview_row).where(preview_row.c.id == row_id)
        row = await self._db.read(lambda connection: connection.execute(query).first())
        return None if row is None else _detail(row)

    async def of_listing(
        self, preview_id: PreviewId, product_id: ProductId, account_id: AccountId
    ) -> list[PreviewDetail]:
        """What this preview says of a listing, and after it what newer ones of the same action say, newest first."""
        query = (
            select(preview_row)
            .join(preview, preview.c.id == preview_row.c.preview_id)
            .where(
                preview_row.c.product_id == product_id,
                preview_row.c.account_id == account_id,
                preview_row.c.preview_id >= preview_id,
                preview.c.action == select(preview.c.action).where(preview.c.id == preview_id).scalar_subquery(),
            )
            .order_by((preview_row.c.preview_id == preview_id).desc(), preview_row.c.id.desc())
        )
        return [_detail(row) for row in await self._db.read(lambda connection: connection.execute(query).all())]

    async def mark_outdated(self, row_id: int) -> None:
        """A job found that this line holds no more."""
        statement = update(preview_row).where(preview_row.c.id == row_id).values(outdated=1)
        await self._db.write(lambda connection: connection.execute(statement).rowcount)

    async def to_send(self, preview_id: PreviewId) -> dict[AccountId, list[ProductId]]:
        """What submitting it makes jobs of: the products on each account."""
        values = (preview_id, json.dumps([outcome.value for outcome in SENDS]))
        found = json.loads(await self._db.read(lambda c: c.exec_driver_sql(_TO_SEND, values).scalar_one()))
        return {AccountId(account): [ProductId(each) for each in products] for account, products in found}

    async def drop_old(self) -> int:
        """Remove previews that are old or too many, unless open work was planned from them; how many rows."""
        before = now_ms() - KEPT_MS
        old = await self._db.read(lambda c: c.exec_driver_sql(_OLD, (before, KEPT_MOST)).scalars().all())
        dropped = 0
        for preview_id in old:
            some = _DROP_AT_ONCE
            while some == _DROP_AT_ONCE:
                some = await self._db.write(
                    lambda c, of=preview_id: c.exec_driver_sql(_DROP, (of, _DROP_AT_ONCE)).rowcount  # type: ignore[misc]
                )
                dropped += some
            statement = delete(preview).where(preview.c.id == preview_id)
            await self._db.write(lambda c, drop=statement: c.execute(drop).rowcount)  # type: ignore[misc]
        return dropped


_TO_SEND = """
SELECT json_group_array(json_array(account_id, json(products))) FROM (
  SELECT account_id, json_group_array(product_id) AS products FROM (
    SELECT account_id, product_id FROM preview_row
    WHERE preview_id = ? AND outcome IN (SELECT value FROM json_each(?)) ORDER BY account_id, id)
  GROUP BY account_id)
"""
_OLD = """
SELECT id FROM preview WHERE (created_at < ? OR id <= (SELECT max(id) FROM preview) - ?)
AND id NOT IN (SELECT options ->> 'preview' FROM batch_job
  WHERE finished_at IS NULL AND options ->> 'preview' IS NOT NULL)
"""
_DROP = "DELETE FROM preview_row WHERE id IN (SELECT id FROM preview_row WHERE preview_id = ? LIMIT ?)"


def _values(preview_id: PreviewId, detail: PreviewDetail) -> dict[str, Any]:
    row = detail.row
    rest = {
        "fields": [[each.name, each.old, each.new] for each in detail.fields],
        "findings": [asdict(finding) for finding in detail.findings],
        "requests": [request.plain() for request in detail.requests],
        "marks": dict(detail.marks),
        "category_id": detail.category_id,
        "limited": detail.limited,
    }
    return {
        "preview_id": preview_id,
        "product_id": row.product_id,
        "account_id": row.account_id,
        "outcome": row.outcome.value,
        "sku": row.sku,
        "title": row.title,
        "reason": row.reason,
        "changes": row.changes,
        "detail": zlib.compress(json.dumps(rest, ensure_ascii=False).encode(), _LEVEL),
    }


def _row(row: Row[Any]) -> PreviewRow:
    return PreviewRow(
        row.id,
        ProductId(row.product_id),
        AccountId(row.account_id),
        PreviewOutcome(row.outcome),
        row.sku,
        row.title,
        row.reason,
        row.changes,
    )


def _detail(row: Row[Any]) -> PreviewDetail:
    rest = json.loads(zlib.decompress(row.detail))
    detail = PreviewDetail(
        _row(row),
        tuple(PreviewField(*each) for each in rest["fields"]),
        tuple(Finding(**each) for each in rest["findings"]),
        tuple(OutgoingRequest.from_plain(each) for each in rest["requests"]),
        rest["marks"],
        rest["category_id"],
        tuple(rest["limited"]),
    )
    return replace(detail, outdated=bool(row.outdated))
