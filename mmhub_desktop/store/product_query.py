"""A ``ProductQuery`` as SQL: which products, in which order."""
# ruff: noqa: S608 - the statements are put together from words of this file, values are bound

from array import array
from collections.abc import Mapping

from sqlalchemy import Connection

from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.product import fold
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.domain.readiness import ReadyState
from mmhub_desktop.store.id_lists import read_ids
from mmhub_desktop.store.product_filters import Bind, Values, attribute_value, binder, condition, prepare

# What each column of the table is sorted by; the id makes the order total. search_key starts with the folded title.
_ORDER: Mapping[ProductSort, str] = {
    ProductSort.BEST_MATCH: "p.updated_at",
    ProductSort.TITLE: "p.search_key",
    ProductSort.SKU: "p.sku_key",
    ProductSort.PRICE: "p.price_minor",
    ProductSort.COST: "p.cost_minor",
    ProductSort.QUANTITY: "p.quantity",
    ProductSort.STATUS: "p.status",
    ProductSort.QUALITY: "p.quality",
    ProductSort.UPDATED: "p.updated_at",
    ProductSort.CREATED: "p.created_at",
    ProductSort.BRAND: "p.brand COLLATE NOCASE",
    ProductSort.CATEGORY: "p.category COLLATE NOCASE",
    ProductSort.GTIN: "p.gtin",
    ProductSort.CONDITION: "p.condition",
    ProductSort.ACTIVE: "p.active",
    ProductSort.WEIGHT: "p.weight_g",
    ProductSort.IMAGES: "json_array_length(p.images)",
    ProductSort.SOURCE: "p.source COLLATE NOCASE",
}
_STATES = (
    ListingState.LIVE, ListingState.PAUSED, ListingState.ACCEPTED, ListingState.SENT, ListingState.READY,
    ListingState.DRAFT, ListingState.REJECTED, ListingState.ENDED,
)  # fmt: skip
_READY = (ReadyState.READY, ReadyState.BLOCKED, ReadyState.UNREAD, ReadyState.INACTIVE)


def find_ids(connection: Connection, query: ProductQuery, limit: int | None = None) -> "array[int]":
    """The ids of the products that match, in order; only the first ``limit`` of them where it is given."""
    prepare(connection)
    values: Values = {}
    sql = select_ids(query, binder(values))
    if limit is not None:
        sql += f" LIMIT {limit}"
    return read_ids(connection.exec_driver_sql(f"SELECT json_group_array(id) FROM ({sql})", values).scalar_one())


def select_ids(query: ProductQuery, bind: Bind) -> str:
    """The statement for the ids of a query, in order."""
    parts = conditions(query, bind)
    where = " AND ".join(parts) or "true"
    if query.families:
        matching = f"SELECT coalesce(p.parent_id, p.id) FROM product p WHERE {where}"
        where = f"p.id IN ({matching})" if parts else "p.parent_id IS NULL"
    way = " DESC" if query.descending or query.sort is ProductSort.BEST_MATCH else ""
    return f"SELECT p.id AS id FROM product p WHERE {where} ORDER BY {_order(query, bind)}{way}, p.id{way}"


def conditions(query: ProductQuery, bind: Bind) -> list[str]:
    """What the products of a query have in common."""
    parts = []
    if query.statuses:
        parts.append(f"p.status IN ({', '.join(bind(status.value) for status in sorted(query.statuses))})")
    if query.problem is not None:
        parts.append(
            "p.id IN (SELECT product_id FROM readiness_finding WHERE "
            f"account_id = {bind(query.problem.account_id)} AND rule = {bind(query.problem.rule)} "
            f"AND field = {bind(query.problem.field)})"
        )
    parts += [condition(filter_, bind) for filter_ in query.filters]
    parts += [f"instr(p.search_key, {bind(fold(word))}) > 0" for word in query.text.split()]
    return parts


def _order(query: ProductQuery, bind: Bind) -> str:
    if query.sort_account is not None:
        return _state_on("listing", query.sort_account, _STATES, bind)
    if query.sort_ready is not None:
        return _state_on("readiness", query.sort_ready, _READY, bind)
    if query.sort_attribute:
        return f"{attribute_value(bind, query.sort_attribute)} COLLATE NOCASE"
    return _ORDER[query.sort]


def _state_on(table: str, account_id: int, states: tuple[str, ...], bind: Bind) -> str:
    """Where a product stands on an account, as a number to sort by; products without a state come last."""
    found = f"SELECT state FROM {table} WHERE product_id = p.id AND account_id = {bind(account_id)}"
    places = " ".join(f"WHEN {bind(state)} THEN {place}" for place, state in enumerate(states))
    return f"CASE ({found}) {places} ELSE {len(states)} END"
