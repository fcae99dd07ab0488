"""Shopware 6: a row for each product and each variant, which names its parent by id; prices as columns or JSON."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from mmhub_desktop.catalog.dialects.dialect import KG_AND_MM, LIST_SEPARATOR, Columns, Dialect, Joined, Record
from mmhub_desktop.catalog.dialects.families import products, unique, yes_or_no
from mmhub_desktop.catalog.dialects.spool import grouped, table_of
from mmhub_desktop.catalog.plan import IGNORE, NAMED_ATTRIBUTE, OPTION

_PAIR = re.compile(r"\s*([^:|;]+?)\s*[:=]\s*([^|;]+?)\s*(?:[|;]|$)")
_HASH = re.compile(r"[0-9a-f]{32}(?:[|,][0-9a-f]{32})*")  # ids of categories and options: no words for a seller


def join(header: Sequence[str], rows: Iterator[Sequence[str]]) -> Joined:
    """One record for each product and each of its variants."""
    columns = Columns.of(SHOPWARE, header)

    def records() -> Iterator[tuple[str, Record]]:
        for record in map(columns.record, rows):
            if record:
                yield record.get(".parent") or record.get(".id", ""), _product(record)

    return table_of(made for group in grouped(records()) for made in _family(group))


def _family(rows: list[Record]) -> Iterator[Record]:
    variants = [row for row in rows if row.get(".parent")]
    heads = [row for row in rows if not row.get(".parent")]
    if not heads:
        yield from variants  # their product is not in this file
        return
    for number, row in enumerate(variants, 1):
        if len(variants) > 1 and not any(name.startswith(OPTION) for name in row):
            row[f"{OPTION}Variant"] = row.get("sku") or str(number)  # options that are told by ids alone
    yield from products(SHOPWARE.name, heads[0].get(".id", ""), heads[0], variants)
    for again in heads[1:]:
        yield from products(SHOPWARE.name, again.get(".id", ""), again, [])


def _product(record: Record) -> Record:
    made = dict(record)
    made["source_id"] = record.get(".id", "")
    made["active"] = yes_or_no(record.get(".active", ""))
    made["price"] = _gross(record.get("price") or record.get(".net", ""))
    made["cost"] = _gross(record.get("cost", ""))
    categories = [part.strip() for part in record.get("category", "").split("|") if not _HASH.fullmatch(part.strip())]
    made["category"] = categories[0] if categories else ""
    made["images"] = LIST_SEPARATOR.join(
        unique(part.strip() for part in re.split(r"[|,]\s*", record.get("images", "")))
    )
    kind = OPTION if record.get(".parent") else NAMED_ATTRIBUTE
    for name, value in _pairs(record.get(".options", "")):
        made[kind + name] = value
    for name, value in _pairs(record.get(".properties", "")):
        made.setdefault(NAMED_ATTRIBUTE + name, value)
    return {name: value for name, value in made.items() if value}


def _pairs(text: str) -> list[tuple[str, str]]:
    """“Colour: Red|Size: M”; ids tell nothing."""
    return [] if _HASH.fullmatch(text) else _PAIR.findall(text)


def _gross(text: str) -> str:
    """A price: a number, or the gross price in Shopware's JSON (of the first currency)."""
    if not text.startswith(("{", "[")):
        return text
    try:
        found: Any = json.loads(text)
    except ValueError:
        return text
    prices = found if isinstance(found, list) else [found, *found.values()]
    for price in prices:
        if isinstance(price, dict) and price.get("gross") is not None:
            return str(price["gross"])
    return ""


SHOPWARE = Dialect(
    name="shopware",
    label="Shopware 6 products",
    needs=(),
    marks=("product number", "productnumber", "parent id", "parentid", "translations default name", "cover media url",
           "tax rate", "tax id", "tax name", "price gross", "price default gross", "price net", "price default net",
           "manufacturer translations default name", "manufacturer name", "sales channel", "purchase prices gross"),
    enough=4,
    join=join,
    has_point=True,
    units=KG_AND_MM,
    columns={
        "id": ".id", "parent id": ".parent", "parentid": ".parent", "product number": "sku", "productnumber": "sku",
        "active": ".active", "stock": "quantity", "available stock": IGNORE, "name": "title",
        "translations default name": "title", "description": "description",
        "translations default description": "description", "translations default keywords": "keywords",
        "keywords": "keywords", "ean": "gtin", "price": "price", "price gross": "price",
        "price default gross": "price", "price net": ".net", "price default net": ".net",
        "purchase prices gross": "cost", "purchaseprices default gross": "cost",
        "purchase prices default gross": "cost",
        "purchase prices": "cost", "purchaseprices": "cost", "manufacturer name": "brand", "manufacturer": "brand",
        "manufacturer translations default name": "brand", "categories": "category", "category": "category",
        "cover media url": "images", "cover": "images", "media": "images", "media url": "images", "weight": "weight",
        "width": "width", "height": "height", "length": "length", "manufacturer number": "attribute:MPN",
        "manufacturernumber": "attribute:MPN", "options": ".options", "optionids": ".options",
        "properties": ".properties", "propertyids": ".properties", "property": ".properties",
    },
    others=IGNORE,
    notes=("Weights are read as kilograms and sizes as millimetres, as Shopware keeps them.",),
)  # fmt: skip
