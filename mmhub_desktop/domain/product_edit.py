"""What is edited together: a product, its variants, and its words for single accounts, as one set of cells.

Keys: a product's own cells as in ``product_cells`` and ``parent``; ``variant.<id>.<cell>`` (``new-1`` for one that is
not stored yet); ``own.<account id>.<field>`` for what was set for an account alone. ``plan`` says what to write.
"""

import json
import re
import unicodedata
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.listing import Listing
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.offered import Own
from mmhub_desktop.domain.product import Product, ProductStatus, Text, sku_key
from mmhub_desktop.domain.product_cells import (
    PARENT,
    YES,
    cells_of,
    label_of,
    read_price,
    read_quantity,
    with_cells,
)
from mmhub_desktop.errors import UserMistake

VARIANT, OWN = "variant.", "own."
OWN_TEXTS = ("title", "description")
OWN_NUMBERS = ("price", "quantity")  # a price is written with its currency: ``24.90 EUR``
OPTIONS, REMOVED = "options", "removed"

_WITH_CURRENCY = re.compile(r"(.*?)\s*([A-Z]{3})")


@dataclass(frozen=True, slots=True)
class EditPlan:
    """What saving writes.

    ``own``: account → field of its listing → value, None takes it back; ``parent_sku`` None: stays.
    """

    product: Product
    changed: tuple[Product, ...] = ()
    created: tuple[Product, ...] = ()
    removed: tuple[ProductId, ...] = ()
    own: Mapping[AccountId, Mapping[str, Any]] = field(default_factory=dict)
    parent_sku: str | None = None


def document(
    product: Product, parent_sku: str, variants: Sequence[Product], listings: Sequence[Listing]
) -> dict[str, str]:
    """All cells as they are stored."""
    cells = cells_of(product)
    cells[PARENT] = parent_sku
    for variant in variants:
        for cell, value in _variant_cells(variant, product).items():
            cells[f"{VARIANT}{variant.id}.{cell}"] = value
    for listing in listings:
        for name, value in _own_cells(listing.overrides).items():
            cells[f"{OWN}{listing.account_id}.{name}"] = value
    return cells


def own_values(cell: str, text: str) -> dict[str, Any]:
    """What a cell of an account alone sets in the listing; None takes it back. UserMistake for what means nothing."""
    words = text.strip()
    if cell == "quantity":
        return {"quantity": read_quantity(words) if words else None}
    if cell != "price":
        return {cell: words or None}
    found = _WITH_CURRENCY.fullmatch(words)
    if words and found is None:
        raise UserMistake("The price has no currency.", hint="Write it with the price, as 24.90 EUR.")
    price = read_price(found[1], found[2], "price") if found else None
    return {"price_minor": price.minor if price else None, "currency": price.currency if price else None}


def _own_cells(overrides: Mapping[str, Any]) -> dict[str, str]:
    cells = {name: str(overrides[name]) for name in OWN_TEXTS if name in overrides}
    own = Own.of(overrides)
    if own.price is not None:
        cells["price"] = f"{own.price.amount} {own.price.currency}"
    if own.quantity is not None:
        cells["quantity"] = str(own.quantity)
    return cells


def split(key: str) -> tuple[str, str, str]:
    """A key as (kind, of what, cell): ``("variant.", "7", "price")``; kind and of what are empty for the product."""
    for kind in (VARIANT, OWN):
        if key.startswith(kind):
            ref, _, cell = key.removeprefix(kind).partition(".")
            return kind, ref, cell
    return "", "", key


def name_of(key: str, variants: Mapping[str, str], accounts: Mapping[str, str]) -> str:
    """A cell as people say it, with the variants' and accounts' names by id."""
    kind, ref, cell = split(key)
    if kind == VARIANT:
        words = {"options": "Options", "removed": "Removal"}.get(cell) or label_of(cell)
        unknown = "a variant that is gone" if ref.isdecimal() else "a new variant"
        return f"{words} of {variants.get(ref, unknown)}"
    if kind == OWN:
        return f"{label_of(cell) if cell in OWN_NUMBERS else cell.capitalize()} on {accounts.get(ref, 'an account')}"
    return label_of(key)


def plan(product: Product, variants: Sequence[Product], changed: Mapping[str, str]) -> EditPlan:
    """What is to be written for the changed cells. UserMistake names the cell that means nothing."""
    mine: dict[str, str] = {}
    of_variants: dict[str, dict[str, str]] = {}
    own: dict[AccountId, dict[str, Any]] = {}
    for key, value in changed.items():
        kind, ref, cell = split(key)
        if kind == VARIANT:
            of_variants.setdefault(ref, {})[cell] = value
        elif kind == OWN:
            own.setdefault(AccountId(int(ref)), {}).update(own_values(cell, value))
        else:
            mine[key] = value
    parent_sku = mine.pop(PARENT, None)
    after = with_cells(product, mine)
    written, removed = [], []
    for variant in variants:
        cells = of_variants.pop(str(variant.id), {})
        if cells.get(REMOVED) == YES:
            removed.append(variant.id)
            continue
        new = _with_variant_cells(variant, cells, product, after)
        if new != variant:
            written.append(new)
    created = [
        new_variant(after, cells) for ref, cells in of_variants.items() if not ref.isdecimal()
    ]  # others are gone
    gone = set(removed)
    kept = {variant.id: variant for variant in variants if variant.id not in gone} | {each.id: each for each in written}
    _refuse_doubles([after, *(each for each in kept.values()), *created])
    return EditPlan(after, tuple(written), tuple(created), tuple(removed), own, parent_sku)


def variant_faults(product: Product, cells: Mapping[str, str]) -> dict[str, UserMistake]:
    """What is wrong with a variant's cells, by cell."""
    found: dict[str, UserMistake] = {}
    for cell, value in cells.items():
        try:
            if cell == "price":
                _own_price(value, product)
            elif cell == "quantity":
                read_quantity(value)
            elif cell == "sku" and not value.strip():
                raise UserMistake("The variant has no SKU.", hint="Enter a SKU: it tells your products apart.")
        except UserMistake as mistake:
            found[cell] = mistake
    return found


def new_variant(parent: Product, cells: Mapping[str, str]) -> Product:
    """A variant that is not stored yet: what the cells say, everything else as its parent."""
    options: dict[str, str] = json.loads(cells.get(OPTIONS, "{}"))
    words = " ".join(options.values())
    made = replace(
        parent, id=ProductId(0), sku=variant_sku(parent.sku, options), parent_id=parent.id, options=options, gtin="",
        original=Text(f"{parent.text.title} {words}".strip(), parent.text.description, parent.text.keywords),
        optimized=None, optimized_by="", source="", source_id="", quantity=0, status=ProductStatus.IMPORTED, version=1,
        created_at=None, updated_at=None,
    )  # fmt: skip
    given = {cell: value for cell, value in cells.items() if cell not in (OPTIONS, REMOVED)}
    if not given.get("sku", "").strip():
        given.pop("sku", None)
    return _with_variant_cells(made, given, parent, parent)


def variant_sku(parent_sku: str, options: Mapping[str, str]) -> str:
    """The SKU proposed for a variant: its parent's and the values, in letters that every system takes."""
    words = unicodedata.normalize("NFKD", "-".join(options.values()))
    slug = re.sub(r"[^A-Za-z0-9]+", "-", words.encode("ascii", "ignore").decode()).strip("-").upper()
    return f"{parent_sku}-{slug or zlib.crc32(words.encode()) % 10_000}"


def _variant_cells(variant: Product, parent: Product) -> dict[str, str]:
    """A price that is the parent's is none of its own: it is shown as inherited and follows."""
    cells = cells_of(variant)
    price = ""
    if variant.price is not None and variant.price != parent.price:
        price = cells["price"]
        if parent.price is None or parent.price.currency != variant.price.currency:
            price = f"{price} {variant.price.currency}"
    return {
        "sku": variant.sku, "price": price, "quantity": cells["quantity"], "gtin": variant.gtin,
        "active": cells["active"], OPTIONS: json.dumps(dict(variant.options), ensure_ascii=False),
    }  # fmt: skip


def _with_variant_cells(variant: Product, cells: Mapping[str, str], before: Product, after: Product) -> Product:
    """The variant with its cells changed; an inherited price follows that of its parent."""
    plain = {cell: cells[cell] for cell in ("sku", "quantity", "gtin", "active") if cell in cells}
    changes: dict[str, Any] = {}
    if OPTIONS in cells:
        changes["options"] = json.loads(cells[OPTIONS])
    if "price" in cells:
        changes["price"] = _own_price(cells["price"], after) or after.price
    elif variant.price is not None and variant.price == before.price:
        changes["price"] = after.price
    try:
        return replace(with_cells(variant, plain), **changes)
    except UserMistake as mistake:
        raise UserMistake(f"Variant {variant.sku}: {mistake.message}", hint=mistake.hint) from mistake


def _own_price(text: str, parent: Product) -> Money | None:
    words, money = text.strip(), parent.price or parent.cost
    found = _WITH_CURRENCY.fullmatch(words)
    currency = found[2] if found else money.currency if money else ""
    if words and not currency:
        raise UserMistake("The price has no currency.", hint="Give the product a price first, or write 24.90 EUR.")
    return read_price(found[1] if found else words, currency, "price")


def _refuse_doubles(products: Sequence[Product]) -> None:
    skus: dict[str, str] = {}
    options: dict[tuple[tuple[str, str], ...], str] = {}
    for each in products:
        if (other := skus.setdefault(sku_key(each.sku), each.sku)) is not each.sku:
            raise UserMistake(f"The SKU “{other}” is there twice.", hint="Give each variant a SKU of its own.")
        combination = tuple(sorted(each.options.items()))
        if combination and each is not products[0]:
            if combination in options:
                what = ", ".join(value for _, value in combination)
                raise UserMistake(
                    f"The variant {what} is there twice ({options[combination]}, {each.sku}).",
                    hint="Remove one of them, or change its options.",
                )
            options[combination] = each.sku
