"""What was found of products and accounts, by product and grouped by problem. Written in chunks, read in one step."""

import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, delete, func, select

from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.product import Product
from mmhub_desktop.domain.readiness import Checked, Problem, ReadyState
from mmhub_desktop.errors import Finding
from mmhub_desktop.store.database import Database, now_ms
from mmhub_desktop.store.id_lists import read_ids
from mmhub_desktop.store.outbox_rows import plain_connection
from mmhub_desktop.store.product_rows import product_from_row
from mmhub_desktop.store.schema import category_cache, listing, product, readiness, readiness_finding

_FOR_TITLES = "for title "


@dataclass(frozen=True, slots=True)
class ToCheck:
    """One product with what was set for its listing (JSON as kept) and whether it has variants."""

    product: Product
    overrides: str
    has_variants: bool


class ReadinessStore:
    """For the loop; the work is on the store's threads."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def stale(self, account: Account, basis: str, pictures_since: int = 0) -> "array[int]":
        """Products that changed since they were checked for the account, or whose category's rules or pictures did.

        ``pictures_since`` (ms since 1970): what was seen of pictures before is known to have been taken in. Those of a
        category stand together, so that its rules are read once.
        """
        read = json.dumps(await self.rules_read(account))
        arguments = {"account": account.id, "basis": basis, "read": read, "since": pictures_since}
        return await self._db.read(lambda c: read_ids(plain_connection(c).execute(_STALE, arguments).fetchone()[0]))

    async def to_check(self, account_id: AccountId, ids: Sequence[int]) -> list[ToCheck]:
        """Some hundred products with what belongs to them on the account; those that are gone are left out."""

        def read(connection: Connection) -> list[ToCheck]:
            wanted = list(ids)
            rows = connection.execute(select(product).where(product.c.id.in_(wanted))).mappings()
            query = select(listing.c.product_id, listing.c.overrides).where(
                listing.c.account_id == account_id, listing.c.product_id.in_(wanted), listing.c.overrides != "{}"
            )
            own = {row.product_id: row.overrides for row in connection.execute(query)}
            parents = set(connection.scalars(select(product.c.parent_id).where(product.c.parent_id.in_(wanted))))
            return [ToCheck(product_from_row(row), own.get(row["id"], "{}"), row["id"] in parents) for row in rows]

        return await self._db.read(read)

    async def cached(self, account: Account, keys: Sequence[str]) -> dict[str, str]:
        """What is cached of the marketplace under these keys, as JSON text."""
        query = select(category_cache.c.category_id, category_cache.c.rules).where(
            category_cache.c.marketplace == account.marketplace,
            category_cache.c.site == account.site,
            category_cache.c.category_id.in_(keys),
        )
        return {row.category_id: row.rules for row in await self._db.read(lambda c: c.execute(query).all())}

    async def rules_read(self, account: Account) -> dict[str, int]:
        """When the rules of each cached category were read (ms since 1970)."""
        query = select(category_cache.c.category_id, category_cache.c.fetched_at).where(
            category_cache.c.marketplace == account.marketplace,
            category_cache.c.site == account.site,
            category_cache.c.category_id.not_like(f"{_FOR_TITLES}%"),
        )
        return {row.category_id: row.fetched_at for row in await self._db.read(lambda c: c.execute(query).all())}

    async def keep(self, account_id: AccountId, basis: str, checked: Sequence[Checked], at: int | None = None) -> None:
        """Replace what was known of these products, in one transaction. What was removed meanwhile is passed over.

        ``at`` is when it was read what they were checked by (ms since 1970), none: now.
        """
        now = now_ms() if at is None else at
        rows = [
            (account_id, one.product_id, one.state.value, one.version, basis, one.overrides, one.category_id,
             one.rules_at, now, one.product_id, account_id)
            for one in checked
        ]  # fmt: skip
        findings = [
            (account_id, one.product_id, place, found.rule, found.field, int(found.blocks), found.message, found.fix,
             found.value[:200], found.limit, account_id, one.product_id)
            for one in checked for place, found in enumerate(one.findings)
        ]  # fmt: skip

        def write(connection: Connection) -> None:
            raw = plain_connection(connection)
            raw.executemany(
                "DELETE FROM readiness_finding WHERE account_id = ? AND product_id = ?",
                [(account_id, one.product_id) for one in checked],
            )
            raw.executemany(_KEEP, rows)
            raw.executemany(_KEEP_FINDING, findings)

        await self._db.write(write)

    async def forget_unread(self, account_id: AccountId) -> None:
        """Have those checked again that waited for the marketplace's categories and rules."""
        statement = delete(readiness).where(
            readiness.c.account_id == account_id, readiness.c.state == ReadyState.UNREAD.value
        )
        await self._db.write(lambda c: c.execute(statement).rowcount)

    async def unread(self, account_id: AccountId, most_titles: int) -> tuple[list[str], list[str]]:
        """(categories whose rules were not read, titles without a category), of what was checked."""
        is_unread = and_(readiness.c.account_id == account_id, readiness.c.state == ReadyState.UNREAD.value)
        categories = select(readiness.c.category_id).where(is_unread, readiness.c.category_id != "").distinct()
        title = func.coalesce(
            func.json_extract(readiness.c.overrides, "$.title"), product.c.optimized_title, product.c.title
        )
        titles = (
            select(title)
            .select_from(readiness.join(product, product.c.id == readiness.c.product_id))
            .where(is_unread, readiness.c.category_id == "")
            .distinct()
            .limit(most_titles)
        )

        def read(connection: Connection) -> tuple[list[str], list[str]]:
            return list(connection.scalars(categories)), list(connection.scalars(titles))

        return await self._db.read(read)

    async def counts(self, account_id: AccountId) -> dict[ReadyState, int]:
        """How many products are in each state."""
        query = (
            select(readiness.c.state, func.count())
            .where(readiness.c.account_id == account_id)
            .group_by(readiness.c.state)
        )
        found = {ReadyState(state): count for state, count in await self._db.read(lambda c: c.execute(query).all())}
        return {state: found.get(state, 0) for state in ReadyState}

    async def problems(self, account_id: AccountId) -> list[Problem]:
        """What is wrong with the account's products, grouped by rule and field: what blocks first, then by number."""
        found = readiness_finding.c
        products = func.count(func.distinct(found.product_id))
        query = (
            select(
                found.rule, found.field, func.max(found.blocks).label("blocks"), products.label("products"),
                func.min(found.message).label("message"), func.min(found.fix).label("fix"),
                (func.min(found.message) == func.max(found.message)).label("is_same"),
            )
            .where(found.account_id == account_id)
            .group_by(found.rule, found.field)
            .order_by(func.max(found.blocks).desc(), products.desc(), found.rule, found.field)
        )  # fmt: skip
        rows = await self._db.read(lambda connection: connection.execute(query).all())
        return [
            Problem(
                account_id,
                row.rule,
                row.field,
                row.products,
                row.message if row.is_same else f"For example: {row.message}",
                row.fix,
                bool(row.blocks),
            )
            for row in rows
        ]

    async def products_with(self, account_id: AccountId, rule: str, field: str) -> "array[int]":
        """The products that have this problem there."""
        found = readiness_finding.c
        rows = (
            select(found.product_id)
            .where(found.account_id == account_id, found.rule == rule, found.field == field)
            .distinct()
            .subquery()
        )
        query = select(func.json_group_array(rows.c.product_id))
        return await self._db.read(lambda connection: read_ids(connection.scalar(query)))

    async def of_product(self, product_id: ProductId) -> Mapping[AccountId, tuple[ReadyState, tuple[Finding, ...]]]:
        """What was found of one product, by account."""
        states = select(readiness.c.account_id, readiness.c.state).where(readiness.c.product_id == product_id)
        findings = (
            select(readiness_finding)
            .where(readiness_finding.c.product_id == product_id)
            .order_by(readiness_finding.c.account_id, readiness_finding.c.place)
        )

        def read(connection: Connection) -> dict[AccountId, tuple[ReadyState, tuple[Finding, ...]]]:
            found: dict[int, list[Finding]] = {}
            for row in connection.execute(findings):
                one = Finding(row.rule, row.field, row.message, row.fix, row.value, row.bound, bool(row.blocks))
                found.setdefault(row.account_id, []).append(one)
            return {
                AccountId(row.account_id): (ReadyState(row.state), tuple(found.get(row.account_id, ())))
                for row in connection.execute(states)
            }

        return await self._db.read(read)

    async def dump(self, account_id: AccountId) -> list[tuple[str, str, Finding]]:
        """Every finding of an account: (SKU, state, finding), by SKU."""
        found = readiness_finding
        joined = found.join(product, product.c.id == found.c.product_id).join(
            readiness,
            and_(readiness.c.product_id == found.c.product_id, readiness.c.account_id == found.c.account_id),
        )
        query = (
            select(found, product.c.sku, readiness.c.state)
            .select_from(joined)
            .where(found.c.account_id == account_id)
            .order_by(product.c.sku, found.c.place)
        )
        return [
            (
                row.sku,
                row.state,
                Finding(row.rule, row.field, row.message, row.fix, row.value, row.bound, bool(row.blocks)),
            )
            for row in await self._db.read(lambda connection: connection.execute(query).all())
        ]


# The times of the rules come as JSON: beside rules of some megabytes they are slow to read for each product.
_STALE = """
WITH rules_read AS MATERIALIZED (SELECT key AS category_id, value AS at FROM json_each(:read))
SELECT json_group_array(id) FROM (
  SELECT p.id FROM product p
  LEFT JOIN readiness r ON r.account_id = :account AND r.product_id = p.id
  LEFT JOIN listing l ON l.account_id = :account AND l.product_id = p.id
  LEFT JOIN rules_read k ON k.category_id = r.category_id
  WHERE r.product_id IS NULL OR r.product_version <> p.version OR r.basis <> :basis
    OR r.overrides <> coalesce(l.overrides, '{}') OR r.rules_at <> coalesce(k.at, 0)
    OR (max(r.checked_at, :since) <= (SELECT max(checked_at) FROM kept_image) AND EXISTS (
      SELECT 1 FROM json_each(p.images) i JOIN kept_image k ON k.url = i.value WHERE k.checked_at >= r.checked_at))
    OR (max(r.checked_at, :since) <= (SELECT max(seen_at) FROM picture_sight) AND EXISTS (
      SELECT 1 FROM json_each(p.images) i JOIN picture_sight s ON s.source = i.value WHERE s.seen_at >= r.checked_at))
    OR EXISTS (SELECT 1 FROM product v WHERE v.parent_id = p.id AND v.updated_at > r.checked_at)
  ORDER BY r.category_id, p.category, p.id
)
"""
# Only for products and accounts that are still there: one may be removed while it is checked.
_KEEP = """
INSERT OR REPLACE INTO readiness
  (account_id, product_id, state, product_version, basis, overrides, category_id, rules_at, checked_at)
SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?
WHERE EXISTS (SELECT 1 FROM product WHERE id = ?) AND EXISTS (SELECT 1 FROM account WHERE id = ?)
"""
_KEEP_FINDING = """
INSERT INTO readiness_finding (account_id, product_id, place, rule, field, blocks, message, fix, value, bound)
SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM readiness WHERE account_id = ? AND product_id = ?)
"""
