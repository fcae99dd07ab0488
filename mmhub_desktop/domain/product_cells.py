"""A product as cells of text, as a seller edits them, and back: what each means, and what is wrong with it.

A cell is kept exactly as it was typed, so that a draft can hold what is not right yet.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from mmhub_desktop.domain.measures import read_size, read_weight, size_text, weight_text
from mmhub_desktop.domain.money import Money, currency_decimals
from mmhub_desktop.domain.product import Condition, Product, Text
from mmhub_desktop.errors import UserMistake

ATTRIBUTE = "attributes."
TEXT_FIELDS = ("title", "description", "keywords")
LABELS: dict[str, str] = {
    "sku": "SKU", "original.title": "Original title", "original.description": "Original description",
    "original.keywords": "Original keywords", "optimized.title": "Optimised title",
    "optimized.description": "Optimised description", "optimized.keywords": "Optimised keywords",
    "brand": "Brand", "category": "Category", "gtin": "Barcode (GTIN)", "condition": "Condition", "price": "Price",
    "cost": "Cost", "currency": "Currency", "quantity": "Quantity", "weight": "Weight", "size": "Size",
    "active": "Active", "images": "Images", "parent": "Variant of",
}  # fmt: skip
PARENT = "parent"  # the SKU of the product this is a variant of: only the store can look it up
IMAGES = "images"  # links and paths in order, one a line
YES = "yes"

_CURRENCY = re.compile(r"[A-Z]{3}")
_AMOUNT = re.compile(r"\d+(?:[ .,'\u00a0\u202f]\d+)*")


def label_of(key: str) -> str:
    """A cell's name as people say it."""
    return f"Attribute {key.removeprefix(ATTRIBUTE)}" if key.startswith(ATTRIBUTE) else LABELS.get(key, key)


def cells_of(product: Product) -> dict[str, str]:
    """Every cell of a product but the parent; an attribute's key is ``attributes.`` and its name."""
    price, cost = product.price, product.cost
    money = price or cost
    optimized = product.optimized
    return {
        "sku": product.sku,
        "original.title": product.original.title,
        "original.description": product.original.description,
        "original.keywords": ", ".join(product.original.keywords),
        "optimized.title": optimized.title if optimized else "",
        "optimized.description": optimized.description if optimized else "",
        "optimized.keywords": ", ".join(optimized.keywords) if optimized else "",
        "brand": product.brand,
        "category": product.category,
        "gtin": product.gtin,
        "condition": product.condition.value,
        "price": str(price.amount) if price else "",
        "cost": str(cost.amount) if cost else "",
        "currency": money.currency if money else "",
        "quantity": str(product.quantity),
        "weight": weight_text(product.weight_g),
        "size": size_text(product.size_mm),
        "active": YES if product.active else "",
        IMAGES: "\n".join(product.images),
        **{f"{ATTRIBUTE}{name}": value for name, value in product.attributes.items()},
    }


def with_cells(product: Product, changed: Mapping[str, str]) -> Product:
    """The product with these cells changed. UserMistake for the first that means nothing.

    An attribute without a value is taken away; an optimised text without a title is none.
    """
    if not changed:
        return product
    cells = {**cells_of(product), **changed}
    changes: dict[str, Any] = {}
    for key, read in _READ.items():
        if key in changed:
            changes[_FIELDS.get(key, key)] = read(cells[key])
    if {"price", "cost", "currency"} & set(changed):
        currency = read_currency(cells["currency"]) if cells["price"].strip() or cells["cost"].strip() else ""
        changes["price"] = read_price(cells["price"], currency, "price")
        changes["cost"] = read_price(cells["cost"], currency, "cost")
    for which in ("original", "optimized"):
        if any(f"{which}.{field}" in changed for field in TEXT_FIELDS):
            changes[which] = _text(getattr(product, which) or Text(""), changed, which)
    if changes.get("optimized", product.optimized) is None and product.optimized is not None:
        changes["optimized_by"] = ""
    attributes = dict(product.attributes)
    for key, value in changed.items():
        if key.startswith(ATTRIBUTE):
            name = key.removeprefix(ATTRIBUTE)
            attributes.pop(name, None)
            if value.strip():
                attributes[name] = value.strip()
    return replace(product, **changes, attributes=attributes)


def faults_of(product: Product, changed: Mapping[str, str]) -> dict[str, UserMistake]:
    """What is wrong with the changed cells, by cell; each is read with those that it depends on."""
    found: dict[str, UserMistake] = {}
    for key in sorted(changed, key=lambda key: key == "currency"):  # an amount's fault is not the currency's, too
        group = ("price", "cost", "currency") if key == "currency" else _DEPEND.get(key, ())
        if key == "currency" and {"price", "cost"} & found.keys():
            group = ()
        try:
            if key == "currency" and not group:
                read_currency(changed[key])
            else:
                with_cells(product, {other: changed[other] for other in (*group, key) if other in changed})
        except UserMistake as mistake:
            found[key] = mistake
    return found


def sound_cells(product: Product, changed: Mapping[str, str]) -> dict[str, str]:
    """The changed cells without those that mean nothing, and without what depends on them."""
    faulty = faults_of(product, changed).keys()
    spoilt = {other for group in _GROUPS if faulty & set(group) for other in group}
    return {key: value for key, value in changed.items() if key not in faulty and key not in spoilt}


def read_currency(text: str) -> str:
    """A currency's code. UserMistake where it is none."""
    code = text.strip().upper()
    if not _CURRENCY.fullmatch(code):
        said = f"“{code}” is not a currency." if code else "The price has no currency."
        raise UserMistake(said, hint="Enter the code of three letters, as EUR or MXN.")
    return code


def read_price(text: str, currency: str, name: str) -> Money | None:
    """An amount as typed, with point or comma and thousands separators; None for an empty one.

    UserMistake for what is no amount, and for what could be read in two ways.
    """
    words = text.strip().removesuffix(currency).strip() if currency else text.strip()
    if not words:
        return None
    decimals = currency_decimals(currency)
    amount = _read_amount(words, decimals)
    if amount is None or amount != amount.quantize(Decimal(1).scaleb(-decimals)):
        few = f"with at most {decimals} decimals" if decimals else "without decimals"
        raise UserMistake(
            f"“{text.strip()}” is not a {name} in {currency}.", hint=f"Enter digits {few}, as {_example(decimals)}."
        )
    return Money.of(amount, currency)


def read_quantity(text: str) -> int:
    """A number of pieces. UserMistake for anything but a whole number, 0 or more."""
    words = text.strip()
    if not (words.isascii() and words.isdigit()) or len(words) > 9:
        raise UserMistake(f"“{words}” is not a quantity.", hint="Enter a whole number, 0 or more.")
    return int(words)


def _read_amount(words: str, decimals: int) -> Decimal | None:
    """The amount where the words have exactly one meaning, else None.

    The last separator is the decimal one where it stands once and no more digits follow than the currency has (or
    two); separators of thousands stand before groups of three and are all the same.
    """
    words = words.replace("\u00a0", " ").replace("\u202f", " ")
    if not words.isascii() or not _AMOUNT.fullmatch(words):
        return None
    marks, parts = re.findall(r"\D", words), re.split(r"\D", words)
    if not marks:
        return Decimal(words)
    last, rest = marks[-1], parts[-1]
    may_be_decimal = last in ".," and last not in marks[:-1] and len(rest) <= max(decimals, 2)
    if may_be_decimal and _is_grouped(parts[:-1], marks[:-1]) and not (decimals == len(rest) == 3 and last == ","):
        return Decimal(f"{''.join(parts[:-1])}.{rest}")
    is_clear = decimals == 0 or len(marks) > 1 or last not in ".,"
    return Decimal("".join(parts)) if is_clear and _is_grouped(parts, marks) else None


def _is_grouped(parts: list[str], marks: list[str]) -> bool:
    """Whether the parts of a whole number are groups of three, all separated alike; one part is no groups."""
    if not marks:
        return True
    return len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:]) and len(set(marks)) == 1


def _example(decimals: int) -> str:
    return f"1234{'.' + '5' + '0' * (decimals - 1) if decimals else ''}"


def _text(present: Text, cells: Mapping[str, str], which: str) -> Text | None:
    """A text with what the cells say of it; None for an optimised one without a title."""
    title, description, keywords = present.title, present.description, present.keywords
    if (entered := cells.get(f"{which}.title")) is not None:
        title = " ".join(entered.split())
    if (entered := cells.get(f"{which}.description")) is not None:
        description = entered.strip()
    if (entered := cells.get(f"{which}.keywords")) is not None:
        words = (word.strip() for word in entered.replace("\n", ",").split(","))
        keywords = tuple(dict.fromkeys(word for word in words if word))
    if not title and which == "original":
        raise UserMistake("The product has no title.", hint="Enter a title.")
    if not title and (description or keywords):
        raise UserMistake("The optimised text has no title.", hint="Enter one, or remove the optimised text.")
    return Text(title, description, keywords) if title else None


def _sku(text: str) -> str:
    if not text.strip():
        raise UserMistake("The product has no SKU.", hint="Enter a SKU: it tells your products apart.")
    return text.strip()


_BETTER = tuple(f"optimized.{field}" for field in TEXT_FIELDS)
_GROUPS = (("price", "cost", "currency"), _BETTER)
_DEPEND = {"price": ("currency",), "cost": ("currency",)} | dict.fromkeys(_BETTER, _BETTER)
_FIELDS = {"weight": "weight_g", "size": "size_mm"}
_READ: dict[str, Callable[[str], Any]] = {
    "sku": _sku,
    "brand": str.strip,
    "category": str.strip,
    "gtin": str.strip,
    "condition": Condition,
    "quantity": read_quantity,
    "weight": read_weight,
    "size": read_size,
    "active": lambda text: text == YES,
    IMAGES: lambda text: tuple(dict.fromkeys(line.strip() for line in text.split("\n") if line.strip())),
}
