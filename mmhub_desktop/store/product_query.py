"""A ``ProductQuery`` as SQL: which products, in which order."""
# ruff: noqa: S608 - the statements are put together from words of this file, values are bound

import json
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

from sqlalchemy import Connection

from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.domain.readiness import ReadyState
from mmhub_desktop.domain.search import words_of
from mmhub_desktop.store.id_lists import read_ids
from mmhub_desktop.store.product_filters import (
    BESIDE_FACTS,
    Bind,
    Values,
    attribute_value,
    binder,
    condition,
    prepare,
)
from mmhub_desktop.store.search import Wording, best, matching, wording
from mmhub_desktop.store.search_words import text_conditions

Having = Callable[[ProductQuery, Bind], list[str]]

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
    ProductSort.SOURCE: "p.source COLLATE NOCASE",
}
_STATES = (
    ListingState.LIVE, ListingState.PAUSED, ListingState.ACCEPTED, ListingState.SENT, ListingState.READY,
    ListingState.DRAFT, ListingState.REJECTED, ListingState.ENDED,
)  # fmt: skip
_READY = (ReadyState.READY, ReadyState.BLOCKED, ReadyState.UNREAD, ReadyState.INACTIVE)


# Sorted by these, the first products are found without looking at all of them, as long as there is no filter.
WALKED = 20_000  # of them
_INDEXED = {ProductSort.BEST_MATCH, ProductSort.SKU, ProductSort.STATUS, ProductSort.UPDATED}


def find_ids(connection: Connection, query: ProductQuery, limit: int | None = None) -> "array[int]":
    """The ids of the products that match, in order; only the first ``limit`` of them where it is given."""
    prepare(connection)
    if not words_of(query.text):
        return _selected(connection, query, conditions, limit)
    words = wording(connection, query.text, typos=query.typos)
    by_words = partial(conditions, words=words)
    if _order_of(query) is not None or query.sort is not ProductSort.BEST_MATCH:
        return _selected(connection, query, by_words, limit)
    values: Values = {}
    others = conditions(replace(query, text=""), binder(values))
    asked = [(word,) for word in words_of(query.text)]
    found, all_found = best(connection, words, asked, others, values)
    head = dict.fromkeys(one.parent_id or one.id if query.families else one.id for one in found)
    first = array("q", islice(head, limit))
    if all_found or (limit is not None and len(first) >= limit):
        return first
    rest = _selected(connection, query, by_words, None if limit is None else limit - len(first), but=first)
    return first + rest


def _selected(
    connection: Connection, query: ProductQuery, having: Having, limit: int | None, but: Sequence[int] = ()
) -> "array[int]":
    """The ids in order, without those of ``but``."""
    if limit is not None and _is_walked(query):
        first = _read(connection, _first_walked(query, having, but, limit))
        if len(first) == limit:
            return first
    values: Values = {}
    sql = select_ids(query, binder(values), having, but)
    return _read(connection, (sql if limit is None else f"{sql} LIMIT {limit}", values))


def _read(connection: Connection, asked: tuple[str, Values]) -> "array[int]":
    sql, values = asked
    return read_ids(connection.exec_driver_sql(f"SELECT json_group_array(id) FROM ({sql})", values).scalar_one())


def _first_walked(query: ProductQuery, having: Having, but: Sequence[int], limit: int) -> tuple[str, Values]:
    """The statement for the first products that match among those that come first in order.

    The inner products are looked at one after the other, so the order needs no sorting and the rest is not looked at.
    """
    values: Values = {}
    bind = binder(values)
    where = " AND ".join([*having(query, bind), *_without(but, bind)])
    order = _ORDER[query.sort].removeprefix("p.")
    way = _way(query)
    walked = f"(SELECT id FROM product ORDER BY {order}{way}, id{way} LIMIT {WALKED}) AS walked"
    return (
        f"SELECT p.id AS id FROM {walked} CROSS JOIN product p ON p.id = walked.id WHERE {where} LIMIT {limit}",
        values,
    )


def conditions(query: ProductQuery, bind: Bind, words: Wording | None = None) -> list[str]:
    """What the products of a query have in common; without ``words`` its text is looked for as it is."""
    parts = matching(words, bind) if words is not None else text_conditions(query.text, bind)
    if query.statuses:
        parts.append(f"p.status IN ({', '.join(bind(status.value) for status in sorted(query.statuses))})")
    if query.problem is not None:
        parts.append(
            "p.id IN (SELECT product_id FROM readiness_finding WHERE "
            f"account_id = {bind(query.problem.account_id)} AND rule = {bind(query.problem.rule)} "
            f"AND field = {bind(query.problem.field)})"
        )
    parts += [condition(filter_, bind) for filter_ in query.filters]
    return parts


def select_ids(query: ProductQuery, bind: Bind, having: Having = conditions, but: Sequence[int] = ()) -> str:
    """The statement for the ids of a query, in order; ``having`` gives its conditions, ``but`` are left out."""
    parts = having(query, bind)
    where = " AND ".join(parts) or "true"
    table = _table(query, filtered=bool(parts))
    if query.families:
        matching_families = f"SELECT coalesce(p.parent_id, p.id) FROM {table} WHERE {where}"
        where = f"p.id IN ({matching_families})" if parts else "p.parent_id IS NULL"
    where = " AND ".join([where, *_without(but, bind)])
    way = _way(query)
    return f"SELECT p.id AS id FROM {table} WHERE {where} ORDER BY {_order(query, bind)}{way}, p.id{way}"


def _without(but: Sequence[int], bind: Bind) -> list[str]:
    return [f"p.id NOT IN (SELECT value FROM json_each({bind(json.dumps(list(but)))}))"] if but else []


def _way(query: ProductQuery) -> str:
    return " DESC" if query.descending or query.sort is ProductSort.BEST_MATCH else ""


def _table(query: ProductQuery, *, filtered: bool) -> str:
    """The products, read by way of their narrow index where it tells all that is asked."""
    if _looks_beside(query):
        return "product p NOT INDEXED"
    if _asks_attributes(query) or (query.sort_attribute and not filtered):
        return "product p INDEXED BY ix_product_attributes"
    in_order = not filtered and _order_of(query) is None and query.sort in _INDEXED
    return "product p" if in_order else "product p INDEXED BY ix_product_facts"


def _looks_beside(query: ProductQuery) -> bool:
    return any(filter_.name in BESIDE_FACTS for filter_ in query.filters)


def _asks_attributes(query: ProductQuery) -> bool:
    return any(filter_.name == "attribute" for filter_ in query.filters)


def _is_walked(query: ProductQuery) -> bool:
    """Whether it is worth to look at what comes first in order before all products are looked at."""
    looks_long = _looks_beside(query) or _asks_attributes(query)
    return looks_long and _order_of(query) is None and query.sort in _INDEXED and not query.families


def _order_of(query: ProductQuery) -> int | str | None:
    """What takes the place of ``sort``."""
    return query.sort_account or query.sort_ready or query.sort_attribute or None


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
