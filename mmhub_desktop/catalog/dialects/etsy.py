"""Etsy's listings download: one row for each listing, its variations as lists in cells."""

import re
from collections.abc import Iterator, Sequence
from itertools import product

from mmhub_desktop.catalog.dialects.dialect import Columns, Dialect, Joined, Record
from mmhub_desktop.catalog.dialects.families import products
from mmhub_desktop.catalog.dialects.spool import table_of
from mmhub_desktop.catalog.plan import OPTION
from mmhub_desktop.catalog.slug import short_hash

_CHOICES = tuple(f".{what} {place}" for what in ("choice", "type", "values") for place in (1, 2))
_MOST_VARIANTS = 400  # more than Etsy allows in one listing


def join(header: Sequence[str], rows: Iterator[Sequence[str]]) -> Joined:
    """One record for each listing, and each combination of its variations."""
    columns = Columns.of(ETSY, header)
    return table_of(made for record in map(columns.record, rows) if record for made in _listing(record))


def _listing(record: Record) -> Iterator[Record]:
    for name in ("keywords", "attribute:Materials"):
        if name in record:
            record[name] = ", ".join(part.strip().replace("_", " ") for part in record[name].split(","))
    skus = _cells(record.pop("sku", ""))
    key = f"etsy-{short_hash(record.get('title', ''))}"
    choices = [
        (_choice_name(record, place), _cells(record[f".values {place}"]))
        for place in (1, 2)
        if record.get(f".values {place}")
    ]
    combined = list(product(*(values for _, values in choices)))[:_MOST_VARIANTS] if choices else []
    variants = [{OPTION + name: value for (name, _), value in zip(choices, values, strict=True)} for values in combined]
    if len(variants) == 1 or not variants:
        record["sku"] = skus[0] if skus else key
        yield from products(ETSY.name, key, record, variants)
        return
    if len(skus) == len(variants):
        for variant, sku in zip(variants, skus, strict=True):
            variant["sku"] = sku
    elif len(skus) == len(choices[0][1]):  # a SKU for each of the first choice
        for variant, values in zip(variants, combined, strict=True):
            rest = "".join(f"-{value}" for value in values[1:])
            variant["sku"] = skus[choices[0][1].index(values[0])] + rest
    elif skus:
        record["sku"] = skus[0]
    yield from products(ETSY.name, key, record, variants)


def _choice_name(record: Record, place: int) -> str:
    name = record.get(f".choice {place}") or record.get(f".type {place}") or f"Variation {place}"
    return name.strip()


def _cells(text: str) -> list[str]:
    return [part for part in dict.fromkeys(part.strip() for part in re.split(r"(?<!\\),", text)) if part]


ETSY = Dialect(
    name="etsy",
    label="Etsy listings",
    needs=("title", "price", "currency code", "quantity"),
    marks=("currency code", "tags", "materials", "image1", "image 1", "variation 1 type", "variation 1 name",
           "variation 1 values"),
    enough=2,
    join=join,
    with_entities=("title", "description", "keywords", "attribute:Materials", *_CHOICES),
    columns={
        "title": "title", "description": "description", "price": "price", "currency code": "currency",
        "quantity": "quantity", "tags": "keywords", "materials": "attribute:Materials", "sku": "sku",
        **{f"variation {place} type": f".type {place}" for place in (1, 2)},
        **{f"variation {place} name": f".choice {place}" for place in (1, 2)},
        **{f"variation {place} values": f".values {place}" for place in (1, 2)},
    },
    patterns=((r"IMAGE ?\d+", "images"),),
    notes=(
        "Etsy tells one price and one quantity for all variations of a listing: variants have the price.",
        "The quantities of variants are not in Etsy's file and must be entered.",
    ),
)  # fmt: skip
