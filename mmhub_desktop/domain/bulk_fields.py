"""What a bulk edit can change: a field of many products, read from the columns of a row and written back to them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from mmhub_desktop.domain.measures import weight_text
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, to_json

Row = Mapping[str, Any]  # column → as stored
Values = dict[str, Any]
ATTRIBUTE = "attribute:"


class ValueKind(StrEnum):
    """What a field's value is, which decides what can be done with it."""

    TEXT = "text"  # str
    MONEY = "money"  # Money or None
    WHOLE = "whole"  # int
    WEIGHT = "weight"  # grams, or None
    LIST = "list"  # tuple of str
    CHOICE = "choice"  # str
    YES_NO = "yes_no"  # bool


@dataclass(frozen=True, slots=True)
class BulkField:
    """One field: the columns it needs, how its value is read from them and written, and how it is shown.

    ``needed``: whether it must not be empty. ``choices``: (value, label).
    """

    name: str
    label: str
    kind: ValueKind
    columns: tuple[str, ...]
    read: Callable[[Row], Any]
    write: Callable[[Row, Any], Values]
    needed: bool = False
    choices: tuple[tuple[str, str], ...] = ()

    def shown(self, value: Any) -> str:
        """A value as the preview shows it."""
        return _SHOWN[self.kind](value)


def _plain(name: str, label: str, *, kind: ValueKind = ValueKind.TEXT, choices: Any = ()) -> BulkField:
    return BulkField(
        name, label, kind, (name,), lambda row: row[name], lambda _, value: {name: value}, choices=tuple(choices)
    )


def _text_in_use(name: str, label: str, kind: ValueKind, *, needed: bool = False) -> BulkField:
    """The optimised text where there is one, since that is what the table shows and what is published."""
    better = f"optimized_{name}"

    def read(row: Row) -> Any:
        value = row[name] if row["optimized_title"] is None else row[better]
        return tuple(json.loads(value or "[]")) if kind is ValueKind.LIST else value or ""

    def write(row: Row, value: Any) -> Values:
        stored = to_json(list(value)) if kind is ValueKind.LIST else value
        return {name if row["optimized_title"] is None else better: stored}

    columns = tuple(dict.fromkeys((name, better, "optimized_title")))
    return BulkField(name, label, kind, columns, read, write, needed)


def _money(name: str, label: str) -> BulkField:
    column = f"{name}_minor"
    other = "cost_minor" if name == "price" else "price_minor"

    def read(row: Row) -> Money | None:
        return None if row[column] is None else Money(row[column], row["currency"])

    def write(row: Row, value: Money | None) -> Values:
        if value is not None:
            return {column: value.minor, "currency": value.currency}
        return {column: None} if row[other] is not None else {column: None, "currency": ""}

    return BulkField(name, label, ValueKind.MONEY, (column, other, "currency"), read, write)


def _images() -> BulkField:
    return BulkField(
        "images", "Images", ValueKind.LIST, ("images",), lambda row: tuple(json.loads(row["images"])),
        lambda _, value: {"images": to_json(list(value))},
    )  # fmt: skip


FIELDS: Mapping[str, BulkField] = {
    field.name: field
    for field in (
        _text_in_use("title", "Title", ValueKind.TEXT, needed=True),
        _text_in_use("description", "Description", ValueKind.TEXT),
        _text_in_use("keywords", "Keywords", ValueKind.LIST),
        _plain("brand", "Brand"),
        _plain("category", "Category"),
        _plain("gtin", "GTIN (EAN, UPC)"),
        _money("price", "Price"),
        _money("cost", "Cost"),
        _plain("quantity", "Stock", kind=ValueKind.WHOLE),
        _plain("weight_g", "Weight", kind=ValueKind.WEIGHT),
        _plain(
            "condition", "Condition", kind=ValueKind.CHOICE,
            choices=((each.value, each.value.capitalize()) for each in Condition),
        ),
        BulkField(
            "active", "Active", ValueKind.YES_NO, ("active",), lambda row: bool(row["active"]),
            lambda _, value: {"active": int(value)}, choices=(("yes", "Yes"), ("no", "No")),
        ),
        _images(),
    )
}  # fmt: skip


def find_field(name: str) -> BulkField | None:
    """The field of this name; ``attribute:Colour`` is the attribute Colour. None when there is none."""
    if name.startswith(ATTRIBUTE) and name.removeprefix(ATTRIBUTE).strip():
        return _attribute(name.removeprefix(ATTRIBUTE).strip())
    return FIELDS.get(name)


def _attribute(name: str) -> BulkField:
    def read(row: Row) -> str:
        return str(json.loads(row["attributes"]).get(name, ""))

    def write(row: Row, value: str) -> Values:
        kept = json.loads(row["attributes"])
        if value:
            kept[name] = value
        else:
            kept.pop(name, None)
        return {"attributes": to_json(kept)}

    return BulkField(f"{ATTRIBUTE}{name}", f"Attribute {name}", ValueKind.TEXT, ("attributes",), read, write)


# Numbers that formulas can use, and texts that templates can use: (columns, value)
NUMBERS: Mapping[str, tuple[tuple[str, ...], Callable[[Row], Decimal | None]]] = {
    "price": (FIELDS["price"].columns, lambda row: _amount(FIELDS["price"].read(row))),
    "cost": (FIELDS["cost"].columns, lambda row: _amount(FIELDS["cost"].read(row))),
    "stock": (("quantity",), lambda row: Decimal(row["quantity"])),
    "weight": (("weight_g",), lambda row: None if row["weight_g"] is None else Decimal(row["weight_g"])),
}
TEXTS: Mapping[str, tuple[tuple[str, ...], Callable[[Row], str]]] = {
    "title": (FIELDS["title"].columns, FIELDS["title"].read),
    "description": (FIELDS["description"].columns, FIELDS["description"].read),
    "brand": (("brand",), lambda row: row["brand"]),
    "category": (("category",), lambda row: row["category"]),
    "gtin": (("gtin",), lambda row: row["gtin"]),
    "sku": (("sku",), lambda row: row["sku"]),
    "condition": (("condition",), lambda row: row["condition"]),
}


def _amount(money: Money | None) -> Decimal | None:
    return None if money is None else money.amount


_SHOWN: Mapping[ValueKind, Callable[[Any], str]] = {
    ValueKind.TEXT: str,
    ValueKind.MONEY: lambda value: "" if value is None else str(value),
    ValueKind.WHOLE: str,
    ValueKind.WEIGHT: weight_text,
    ValueKind.LIST: ", ".join,
    ValueKind.CHOICE: lambda value: str(value).capitalize(),
    ValueKind.YES_NO: lambda value: "Yes" if value else "No",
}
