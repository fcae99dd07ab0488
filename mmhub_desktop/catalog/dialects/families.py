"""What the joining readers share: a product and its variants as records, SKUs where the file has none, images."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from mmhub_desktop.catalog.dialects.dialect import LIST_SEPARATOR, Record
from mmhub_desktop.catalog.flags import NO, YES
from mmhub_desktop.catalog.plan import NAMED_ATTRIBUTE, OPTION
from mmhub_desktop.catalog.slug import slug
from mmhub_desktop.domain.product import fold, sku_key

_OWN = (
    "sku",
    "gtin",
    "quantity",
    "source_id",
    "price",
    "cost",
    "images",
)  # not, or by rules of their own, the parent's
MADE = ".made"  # in a record whose SKU the reader made, since the file has none
_DECIMAL_COMMA = re.compile(r"[+-]?(?:\d+,\d{1,2}|\d+,\d{4,}|\d{1,3}(?:\.\d{3})+,\d+)")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?|[+-]?\.\d+")


def products(dialect: str, key: str, parent: Record, variants: Sequence[Record]) -> Iterator[Record]:
    """The records of one product: alone when it has no real choice of variants, else the parent and each variant.

    ``key`` is what the other program calls the product: its source id, and its SKU where it has none. A variant has
    what its parent has wherever it says nothing itself, so that it can be sold alone where there are no families.
    """
    if not are_family(parent, variants):
        yield alone(dialect, key, parent, variants[0] if variants else {})
        return
    skus = {sku_key(one["sku"]) for one in variants if one.get("sku")}
    sku = parent.get("sku") or key
    if sku_key(sku) in skus:
        sku += "-parent"
    theirs = [each for one in variants for each in split(one.get("images", ""))]
    images = unique([*split(parent.get("images", "")), *theirs])
    quantities = [int(one["quantity"]) for one in variants if one.get("quantity", "").isdigit()]
    whole = {
        **{name: value for name, value in parent.items() if not name.startswith(OPTION)},
        "sku": sku, "source": dialect if key else "", "source_id": key, "images": LIST_SEPARATOR.join(images),
        "price": parent.get("price") or next((one["price"] for one in variants if one.get("price")), ""),
        "quantity": str(sum(quantities)) if quantities else parent.get("quantity", ""),
    }  # fmt: skip
    yield whole
    taken = {sku_key(sku), *skus}
    for one in variants:
        values = [value for name, value in one.items() if name.startswith(OPTION)]
        yield _variant(dialect, whole, one, values, taken)


def are_family(parent: Record, variants: Sequence[Record]) -> bool:
    """Whether there is a choice: of several variants, or of one that is sold beside a product with its own SKU."""
    if len(variants) != 1:
        return bool(variants)
    skus = [sku_key(each.get("sku", "")) for each in (parent, variants[0])]
    return all(skus) and skus[0] != skus[1] and MADE not in parent


def alone(dialect: str, key: str, parent: Record, variant: Mapping[str, str] = MappingProxyType({})) -> Record:
    """A product without variants; what the file has as its only variant is a part of it."""
    whole = {**parent, **{name: value for name, value in variant.items() if name not in ("title", "images")}}
    images = unique([*split(parent.get("images", "")), *split(variant.get("images", ""))])
    whole["images"] = LIST_SEPARATOR.join(images)
    whole["title"] = parent.get("title") or variant.get("title", "")
    whole["sku"] = variant.get("sku") or parent.get("sku") or key
    for name in [name for name in whole if name.startswith(OPTION)]:  # a choice of one is a property
        whole.setdefault(NAMED_ATTRIBUTE + name[len(OPTION) :], whole.pop(name))
    source_id = variant.get("source_id") or parent.get("source_id") or key
    return {**whole, "source": dialect if source_id else "", "source_id": source_id}


def _variant(dialect: str, parent: Record, one: Record, values: Sequence[str], taken: set[str]) -> Record:
    named = " / ".join(values)
    sku = one.get("sku", "")
    if not sku:
        sku = made = f"{parent['sku']}-{slug(named) or 'variant'}"
        number = 2
        while sku_key(sku) in taken:
            sku, number = f"{made}-{number}", number + 1
        taken.add(sku_key(sku))
    title = one.get("title", "")
    if not title or title == parent.get("title"):
        title = f"{parent.get('title', '')} - {named}" if named and parent.get("title") else parent.get("title", "")
    source_id = one.get("source_id") or (f"{parent['source_id']}#{named or sku}" if parent.get("source_id") else "")
    chosen = {NAMED_ATTRIBUTE + name[len(OPTION) :] for name in one if name.startswith(OPTION)}
    inherited = {name: value for name, value in parent.items() if name not in _OWN and name not in chosen}
    return {
        **inherited, **one, "sku": sku, "parent_sku": parent["sku"], "title": title, "source_id": source_id,
        "source": dialect if source_id else "",
        "price": one.get("price") or parent.get("price", ""), "cost": one.get("cost") or parent.get("cost", ""),
        "images": one.get("images") or parent.get("images", ""),
    }  # fmt: skip


def split(images: str) -> list[str]:
    """The images of a cell that a reader has joined."""
    return [each for each in (part.strip() for part in images.split(LIST_SEPARATOR)) if each]


def unique(things: Iterable[str]) -> list[str]:
    """Each thing once, in order."""
    return list(dict.fromkeys(thing for thing in things if thing))


def yes_or_no(value: str) -> str:
    """The word for the field “active” of a flag in any of the usual forms; empty when it is none."""
    folded = fold(value).strip()
    if folded in YES or folded in ("published", "visible", "live"):
        return "yes"
    return "no" if folded in NO or folded in ("-1", "draft", "archived", "hidden", "unlisted") else ""


def plain_number(text: str) -> Decimal | None:
    """A number with a decimal point, or with a comma that can be nothing else; None when it is none."""
    bare = text.strip()
    if _DECIMAL_COMMA.fullmatch(bare):
        bare = bare.replace(".", "").replace(",", ".")
    if not _PLAIN_NUMBER.fullmatch(bare):
        return None
    try:
        return Decimal(bare)
    except InvalidOperation:
        return None


def not_below_zero(quantity: str) -> str:
    """A quantity; what was sold beyond the stock is none left."""
    return "0" if re.fullmatch(r"-\d+(?:\.0+)?", quantity.strip()) else quantity
