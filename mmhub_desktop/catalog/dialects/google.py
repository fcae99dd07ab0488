"""Google Merchant's feed: rows that share an item_group_id are variants of one product."""

import re
from collections.abc import Iterator, Sequence

from mmhub_desktop.catalog.dialects.dialect import LIST_SEPARATOR, Columns, Dialect, Joined, Record
from mmhub_desktop.catalog.dialects.families import alone, products, unique
from mmhub_desktop.catalog.dialects.spool import grouped, table_of
from mmhub_desktop.catalog.plan import IGNORE, NAMED_ATTRIBUTE, OPTION

_DIFFER = ("Color", "Size", "Material", "Pattern", "Age group", "Gender")  # what variants may differ by
_AVAILABLE = {"instock": "1", "outofstock": "0", "preorder": "0", "backorder": "0"}


def join(header: Sequence[str], rows: Iterator[Sequence[str]]) -> Joined:
    """One record for each item, and one for each group of items."""
    columns = Columns.of(GOOGLE, header)
    keyed = ((record.get(".group", ""), _item(record)) for record in map(columns.record, rows) if record)
    return table_of(made for group in grouped(keyed) for made in _group(group))


def _group(rows: list[Record]) -> Iterator[Record]:
    if len(rows) == 1:
        yield alone(GOOGLE.name, rows[0].get("sku", ""), rows[0])
        return
    first = rows[0]
    differ = [name for name in _DIFFER if len({row.get(NAMED_ATTRIBUTE + name) for row in rows}) > 1]
    shared = {name: value for name, value in first.items() if all(row.get(name) == value for row in rows[1:])}
    parent = {**shared, "title": _shared_title([row.get("title", "") for row in rows]) or first.get("title", ""),
              "description": first.get("description", ""), "sku": first[".group"],
              "images": first.get("images", ""), "price": ""}  # fmt: skip
    variants = []
    for row in rows:
        one = {**row, "source_id": row.get("sku", "")}
        for name in differ:
            if NAMED_ATTRIBUTE + name in one:
                one[OPTION + name] = one.pop(NAMED_ATTRIBUTE + name)
        variants.append(one)
    yield from products(GOOGLE.name, f"group {first['.group']}", parent, variants)


def _shared_title(titles: list[str]) -> str:
    """The words that all titles begin with."""
    words = [title.split() for title in titles]
    shared = []
    for some in zip(*words, strict=False):
        if len(set(some)) > 1:
            break
        shared.append(some[0])
    return " ".join(shared).rstrip(" -–,/|(")


def _item(record: Record) -> Record:
    made = dict(record)
    made["quantity"] = record.get("quantity") or record.get(".availability", "")
    if not made["quantity"].isdigit():
        made["quantity"] = ""
    made["category"] = record.get(".type") or record.get(".google category", "")
    parts = re.split(r"[,|;]?\s*(?=https?://)|\|", record.get("images", ""))
    made["images"] = LIST_SEPARATOR.join(unique(part.strip(" ,") for part in parts))
    for detail in record.get(".details", "").split(","):  # section:name:value
        section = detail.split(":")
        if len(section) == 3 and section[2].strip():
            made.setdefault(NAMED_ATTRIBUTE + section[1].strip(), section[2].strip())
    return {name: value for name, value in made.items() if value}


GOOGLE = Dialect(
    name="google",
    label="Google Merchant feed",
    needs=("id", "title"),
    marks=("image link", "availability", "google product category", "item group id", "gtin", "mpn", "product type",
           "additional image link", "link", "shipping weight", "identifier exists", "age group"),
    enough=4,
    join=join,
    has_point=True,
    words={".availability": _AVAILABLE},
    columns={
        "id": "sku", "title": "title", "description": "description", "link": "attribute:Link", "image link": "images",
        "additional image link": "images", "price": "price", "sale price": "attribute:Sale price",
        "availability": ".availability", "quantity": "quantity", "sell on google quantity": "quantity",
        "condition": "condition", "brand": "brand", "gtin": "gtin", "mpn": "attribute:MPN",
        "google product category": ".google category", "product type": ".type", "item group id": ".group",
        "color": "attribute:Color", "size": "attribute:Size", "material": "attribute:Material",
        "pattern": "attribute:Pattern", "gender": "attribute:Gender", "age group": "attribute:Age group",
        "shipping weight": "weight", "product weight": "weight", "shipping length": "length",
        "shipping width": "width", "shipping height": "height", "product detail": ".details",
        "cost of goods sold": "cost",
        **dict.fromkeys(
            ("mobile link", "identifier exists", "adult", "shipping", "tax", "availability date", "expiration date",
             "sale price effective date", "unit pricing measure", "unit pricing base measure", "shipping label",
             "is bundle", "multipack", "ads redirect", "promotion id"),
            IGNORE,
        ),
    },
    patterns=((r"custom[_ ]label[_ ]\d", IGNORE),),
    notes=("“in stock” says that there is some, not how many: it is read as 1.",),
)  # fmt: skip
