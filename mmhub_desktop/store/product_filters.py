"""Filters of products as SQL over ``product p``. Needs the functions that ``prepare`` gives a connection."""
# ruff: noqa: S608 - the statements are put together from words of this file, values are bound

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from mmhub_desktop.domain.money import currencies_of_decimals
from mmhub_desktop.domain.product import fold, sku_key
from mmhub_desktop.domain.product_filter import (
    FIELDS,
    NO_LISTING,
    NOT_CHECKED,
    About,
    Field,
    Filter,
    Kind,
    Operator,
    bounds,
    check,
    chosen,
)
from mmhub_desktop.store.database import now_ms, to_ms
from mmhub_desktop.store.history_pages import PRODUCTS_OF_ENTRY
from mmhub_desktop.store.image_files import ImageFiles
from mmhub_desktop.store.image_filter import image_condition
from mmhub_desktop.store.outbox_rows import plain_connection

Values = dict[str, Any]
Bind = Callable[[Any], str]  # takes a value, gives the name that stands for it in the statement

_DAY_MS = 86_400_000
_LINE = "instr(p.search_key, char(10))"  # where the title ends
_SHOWN_DESCRIPTION = (
    "CASE WHEN p.optimized_title IS NULL THEN p.description ELSE coalesce(p.optimized_description, '') END"
)
_SHOWN_KEYWORDS = "CASE WHEN p.optimized_title IS NULL THEN p.keywords ELSE coalesce(p.optimized_keywords, '[]') END"

_FOLDED = {  # texts that are kept folded
    "title": f"substr(p.search_key, 1, {_LINE} - 1)",
    "sku": f"substr(p.search_key, {_LINE} + 1)",
}
_TEXTS = {
    "description": _SHOWN_DESCRIPTION,
    "brand": "p.brand",
    "category": "p.category",
    "gtin": "p.gtin",
    "source": "p.source",
    "source_id": "p.source_id",
    "currency": "p.currency",
}
_NUMBERS = {
    "quantity": "p.quantity",
    "quality": "p.quality",
    "images": "json_array_length(p.images)",
    "weight": "p.weight_g",
    "created": "p.created_at",
    "updated": "p.updated_at",
    "price": "p.price_minor",
    "cost": "p.cost_minor",
}
_CHOICES = {"status": "p.status", "condition": "p.condition"}
_EITHER = {
    "active": "p.active = 1",
    "has_images": "p.id NOT IN (SELECT id FROM product WHERE images = '[]')",
    "is_variant": "p.parent_id IS NOT NULL",
    "has_variants": "p.id IN (SELECT parent_id FROM product WHERE parent_id IS NOT NULL)",
    "optimized": "p.id IN (SELECT id FROM product WHERE optimized_title IS NOT NULL)",
    "listed": "p.id IN (SELECT product_id FROM listing WHERE state IN ('sent', 'accepted', 'live', 'paused'))",
    "has_finding": "(p.id IN (SELECT product_id FROM readiness_finding)"
    " OR p.id IN (SELECT product_id FROM listing WHERE findings <> '[]'))",
}
# A product that was edited since has no import that gave it its values, but the import's change still names it.
_BY_IMPORT = (
    "(p.import_id = {number} OR p.id IN ("
    + PRODUCTS_OF_ENTRY.replace(
        "{entry}", "SELECT id FROM history_entry WHERE import_id = {number} AND state <> 'undone'"
    )
    + "))"
)
# Fields that only the products themselves tell, not their narrow index.
BESIDE_FACTS = frozenset({"description", "keywords", "images", "image_state"})
_PLAIN = re.compile(r'[^"\\\x00-\x1f]+', re.ASCII)  # stands in JSON as it is
_WILD = re.compile("[%_!]")  # what LIKE does not take for itself
_BY_ACCOUNT = {"state": ("listing", NO_LISTING), "ready": ("readiness", NOT_CHECKED)}
_COMPARED = {
    Operator.IS: "=",
    Operator.BELOW: "<",
    Operator.AT_MOST: "<=",
    Operator.ABOVE: ">",
    Operator.AT_LEAST: ">=",
}


def prepare(connection: Connection) -> None:
    """Give the connection the functions that statements of this file use."""
    raw = plain_connection(connection)
    raw.create_function("fold", 1, _fold_again, deterministic=True)
    raw.create_function("fold_long", 1, fold, deterministic=True)
    raw.create_function("images_missing", 2, ImageFiles().are_missing)


def folded(text: str, *, is_long: bool = False) -> str:
    """A text as ``domain.product.fold`` makes it; Python is called only for what is not plain ASCII.

    Short texts are mostly the same few, such as brands and categories, and are remembered.
    """
    python = "fold_long" if is_long else "fold"
    return f"CASE WHEN length({text}) = length(CAST({text} AS BLOB)) THEN lower({text}) ELSE {python}({text}) END"


_fold_again = lru_cache(maxsize=8_192)(fold)


def attribute_value(bind: Bind, name: str) -> str:
    """The value of an attribute, '' where there is none."""
    quoted = json.dumps(name, ensure_ascii=False)
    if quoted == f'"{name}"':
        value = f"json_extract(p.attributes, {bind(f'$.{quoted}')})"
    else:
        value = f"(SELECT each.value FROM json_each(p.attributes) AS each WHERE each.key = {bind(name)})"
    return f"coalesce(CASE WHEN instr(p.attributes, {bind(f'{quoted}:')}) > 0 THEN {value} END, '')"


def condition(filter_: Filter, bind: Bind) -> str:
    """What a filter lets through. UserMistake when it cannot be understood."""
    check(filter_)
    field = FIELDS[filter_.name]
    if field.name in _EITHER:
        return _EITHER[field.name] if filter_.value.strip() == "yes" else f"NOT ({_EITHER[field.name]})"
    if field.about is About.ACCOUNT:
        return _state(filter_, bind)
    if field.name == "image_state":
        return image_condition(filter_)
    if field.kind is Kind.CHOICE:
        values = ", ".join(bind(one) for one in chosen(filter_.value))
        return f"{_CHOICES[field.name]} {'IN' if filter_.operator is Operator.ONE_OF else 'NOT IN'} ({values})"
    if field.name == "history":
        return f"p.id IN ({PRODUCTS_OF_ENTRY.format(entry=bind(int(filter_.value)))})"
    if field.name == "import":
        return _BY_IMPORT.format(number=bind(int(filter_.value)))
    if field.name == "keywords":
        return _keywords(filter_, bind)
    if field.about is About.NAME:
        return _attribute(field, filter_, bind)
    if field.kind is Kind.TEXT:
        return _text(field, filter_, bind)
    return _size(field, filter_, bind)


def _state(filter_: Filter, bind: Bind) -> str:
    """Where the product's listing or readiness stands on an account; the last choice means that there is none."""
    table, without = _BY_ACCOUNT[filter_.name]
    account = bind(int(filter_.about))
    wanted = chosen(filter_.value)
    states = ", ".join(bind(one) for one in wanted if one != without)
    parts = []
    if states:
        parts.append(f"p.id IN (SELECT product_id FROM {table} WHERE account_id = {account} AND state IN ({states}))")
    if without in wanted:
        parts.append(f"p.id NOT IN (SELECT product_id FROM {table} WHERE account_id = {account})")
    found = f"({' OR '.join(parts)})"
    return found if filter_.operator is Operator.ONE_OF else f"NOT {found}"


def _keywords(filter_: Filter, bind: Bind) -> str:
    if filter_.operator in (Operator.EMPTY, Operator.SET):
        return f"({_SHOWN_KEYWORDS}) {'=' if filter_.operator is Operator.EMPTY else '<>'} '[]'"
    wanted = Operator.IS if filter_.operator is Operator.IS_NOT else filter_.operator
    one = _compare(folded("each.value"), wanted, fold(filter_.value.strip()), bind)
    found = f"EXISTS (SELECT 1 FROM json_each({_SHOWN_KEYWORDS}) AS each WHERE {one})"
    return f"NOT {found}" if filter_.operator is Operator.IS_NOT else found


def _text(field: Field, filter_: Filter, bind: Bind) -> str:
    if field.name == "sku" and filter_.operator is Operator.IS:
        return f"p.sku_key = {bind(sku_key(filter_.value))}"
    return _worded(_FOLDED.get(field.name) or _TEXTS[field.name], field, filter_, bind)


def _attribute(field: Field, filter_: Filter, bind: Bind) -> str:
    """Most products are told apart by their attributes' whole text, without taking it apart."""
    value, wanted = attribute_value(bind, filter_.about), fold(filter_.value.strip())
    if filter_.operator in (Operator.EMPTY, Operator.SET, Operator.IS_NOT):
        return _worded(value, field, filter_, bind)
    key = f"{json.dumps(filter_.about, ensure_ascii=False)}:"
    parts = [f"instr(p.attributes, {bind(key)}) > 0"]
    if _PLAIN.fullmatch(wanted):
        before = "" if filter_.operator is Operator.CONTAINS else f'{key}"'
        after = '"' if filter_.operator is Operator.IS else ""
        pattern = _WILD.sub(r"!\g<0>", f"{before}{wanted}{after}")
        folds = _is_beyond_ascii("p.attributes")
        if before:
            parts.clear()  # the pattern says it, too
            start = f"instr(p.attributes, {bind(key)}) + {len(key)}"
            folds += f" AND {_is_beyond_ascii(f'substr(p.attributes, {start}, {len(wanted) + 2})')}"
        parts.append(f"(p.attributes LIKE {bind(f'%{pattern}%')} ESCAPE '!' OR {folds})")
    return " AND ".join([*parts, _compare(f"fold({value})", filter_.operator, wanted, bind)])


def _is_beyond_ascii(text: str) -> str:
    return f"length({text}) <> length(CAST({text} AS BLOB))"


def _worded(plain: str, field: Field, filter_: Filter, bind: Bind) -> str:
    """A text compared as the filter says."""
    if filter_.operator is Operator.EMPTY:
        return f"({plain}) = ''"
    if filter_.operator is Operator.SET:
        return f"({plain}) <> ''"
    text = plain if field.name in _FOLDED else folded(f"({plain})", is_long=field.name == "description")
    found = _compare(text, filter_.operator, fold(filter_.value.strip()), bind)
    if field.name in _FOLDED and filter_.operator is not Operator.IS_NOT:  # spares cutting most keys in two
        return f"instr(p.search_key, {bind(fold(filter_.value.strip()))}) > 0 AND {found}"
    return found


def _compare(text: str, operator: Operator, value: str, bind: Bind) -> str:
    if operator is Operator.CONTAINS:
        return f"instr({text}, {bind(value)}) > 0"
    if operator is Operator.STARTS:
        return f"substr({text}, 1, {len(value)}) = {bind(value)}"
    return f"({text}) {'=' if operator is Operator.IS else '<>'} {bind(value)}"


def _size(field: Field, filter_: Filter, bind: Bind) -> str:
    number = _NUMBERS[field.name]
    if filter_.operator is Operator.EMPTY:
        return f"{number} IS NULL"
    if filter_.operator is Operator.SET:
        return f"{number} IS NOT NULL"
    if field.kind is Kind.DATE:
        return _days(number, filter_, bind)
    limits: tuple[tuple[Operator, str], ...]
    if filter_.operator is Operator.BETWEEN:
        low, high = bounds(filter_.value)
        limits = ((Operator.AT_LEAST, low), (Operator.AT_MOST, high))
    else:
        limits = ((filter_.operator, filter_.value.strip()),)
    compare = _amount if field.kind is Kind.MONEY else _whole
    return " AND ".join(compare(number, operator, value, bind) for operator, value in limits)


def _whole(number: str, operator: Operator, value: str, bind: Bind) -> str:
    return f"{number} {_COMPARED[operator]} {bind(int(value))}"


def _amount(number: str, operator: Operator, value: str, bind: Bind) -> str:
    """Amounts are kept in whole minor units, whose number depends on the currency."""
    if operator is Operator.IS:
        both = ((Operator.AT_LEAST, value), (Operator.AT_MOST, value))
        return " AND ".join(_amount(number, one, same, bind) for one, same in both)
    up = operator in (Operator.AT_LEAST, Operator.BELOW)
    fewer, more = (currencies_of_decimals(digits) for digits in (0, 3))
    parts = []
    for digits, in_, currencies in ((2, "NOT IN", fewer + more), (0, "IN", fewer), (3, "IN", more)):
        whole = Decimal(value).scaleb(digits).to_integral_value(ROUND_CEILING if up else ROUND_FLOOR)
        codes = ", ".join(map(repr, currencies))
        parts.append(f"{number} {_COMPARED[operator]} {bind(int(whole))} AND p.currency {in_} ({codes})")
    return f"({' OR '.join(parts)})"


def _days(number: str, filter_: Filter, bind: Bind) -> str:
    """Days are those of this machine's clock."""
    value = filter_.value.strip()
    if filter_.operator is Operator.LAST_DAYS:
        return f"{number} >= {bind(now_ms() - int(value) * _DAY_MS)}"
    low, high = bounds(value)
    if filter_.operator is Operator.BEFORE:
        return f"{number} < {bind(_begin(low))}"
    if filter_.operator is Operator.AFTER:
        return f"{number} >= {bind(_begin(low, 1))}"
    return f"{number} >= {bind(_begin(low))} AND {number} < {bind(_begin(high, 1))}"


def _begin(day: str, later: int = 0) -> int:
    """When a day begins here, or the one that is so many days later."""
    moment = datetime.combine(date.fromisoformat(day) + timedelta(days=later), time()).astimezone()
    found = to_ms(moment.astimezone(UTC))
    assert found is not None  # noqa: S101 - there is a moment
    return found


def binder(values: Values) -> Bind:
    """Collects values under names of their own in ``values``."""

    def bind(value: Any) -> str:
        name = f"v{len(values)}"
        values[name] = value
        return f":{name}"

    return bind
