"""eBay: File Exchange and Seller Hub templates, with facts inside the header cell, and the active listings report."""

import re
from collections.abc import Iterator, Sequence

from mmhub_desktop.catalog.dialects.dialect import LIST_SEPARATOR, Columns, Dialect, Joined, Record
from mmhub_desktop.catalog.dialects.families import products, unique
from mmhub_desktop.catalog.dialects.spool import grouped, table_of
from mmhub_desktop.catalog.plan import IGNORE, OPTION
from mmhub_desktop.catalog.slug import short_hash

_CURRENCY = re.compile(r"Currency=([A-Z]{3})", re.IGNORECASE)
_CONDITIONS = (  # first digits of eBay's condition numbers
    (("1000", "1500", "1750", "new"), "new"),
    (("2000", "2010", "2020", "2030", "2500", "certified", "seller refurbished", "refurbished"), "refurbished"),
    (("2750", "2990", "3000", "3010", "4000", "5000", "6000", "7000", "used", "pre-owned", "for parts", "like new",
      "very good", "good", "acceptable"), "used"),
)  # fmt: skip


def join(header: Sequence[str], rows: Iterator[Sequence[str]]) -> Joined:
    """One record for each listing; the rows of variations below it become its variants."""
    columns = Columns.of(EBAY, header)
    found = _CURRENCY.search(" ".join(header))
    currency = found[1].upper() if found else ""
    by_number = ".variation" in columns.names and ".relationship" not in columns.names

    def keyed() -> Iterator[tuple[str, Record]]:
        number = 0
        for record in map(columns.record, rows):
            if not record or record.get(".action", "").startswith(("#", "Info")):
                continue
            if by_number:
                item = record.get(".item", "")
                yield f"{item} {record.get('title', '')}" if "E+" in item else item, record
            else:
                number += record.get(".relationship", "").casefold() != "variation"
                yield f"row {number}", record

    return table_of(made for group in grouped(keyed()) for made in _listing(group, currency))


def _listing(rows: list[Record], currency: str) -> Iterator[Record]:
    head = next((row for row in rows if not _is_variation(row)), None)
    variations = [row for row in rows if row is not head]
    parent = _product(head or {}, currency)
    if variations and head is None:  # a report without the row of the listing itself
        parent = {name: value for name, value in _product(variations[0], currency).items() if name != "sku"}
    variants = []
    for row in variations:
        details = row.get(".variation") or row.get(".details", "")
        chosen = dict(_pairs(details))
        one: Record = {name: row[name] for name in ("sku", "quantity", "price", "gtin") if name in row}
        one = _without_words(one)
        one.update({OPTION + name: value for name, value in chosen.items()})
        one["images"] = LIST_SEPARATOR.join(_pictures(row.get(".pictures", ""), tuple(chosen.values())))
        variants.append(one)
    if len(variants) != 1:
        number = parent.get("source_id", "")
        if "E+" in number:  # other listings are rounded to it, too
            number = short_hash(parent.get("title", ""))
        parent.setdefault("sku", f"ebay-{number}" if number else "")
    if variants and not parent.get("sku") and not parent.get("title"):
        yield from variants
        return
    key = parent.get("source_id") or parent.get("sku", "")
    yield from products(EBAY.name, key, parent, variants)


def _is_variation(row: Record) -> bool:
    return bool(row.get(".variation")) or row.get(".relationship", "").casefold() == "variation"


def _product(row: Record, currency: str) -> Record:
    made = dict(row)
    made["source_id"] = row.get(".item", "")
    if currency:
        made.setdefault("currency", currency)
    if not row.get("price") and row.get(".buy now"):
        made["price"] = row[".buy now"]
    condition = row.get("condition", "").casefold()
    made["condition"] = next((word for starts, word in _CONDITIONS if condition.startswith(starts)), "")
    made["images"] = LIST_SEPARATOR.join(_pictures(row.get(".pictures", ""), ()))
    made = _without_words(made)
    return {name: value for name, value in made.items() if value}


def _without_words(row: Record) -> Record:
    """Without a barcode that is none, such as “Does not apply”."""
    return row if row.get("gtin", "").strip().isdigit() else {name: row[name] for name in row if name != "gtin"}


def _pairs(text: str) -> list[tuple[str, str]]:
    """“Size=M|Color=Red”, or “[Size:M,Color:Red]” in the report."""
    bare = text.strip().strip("[]")
    parts = bare.split("|") if "=" in bare else re.split(r"[,;|]", bare)
    pairs = (re.split(r"[=:]", part, maxsplit=1) for part in parts)
    return [(pair[0].strip(), pair[1].strip()) for pair in pairs if len(pair) == 2 and pair[1].strip()]


def _pictures(text: str, chosen: tuple[str, ...]) -> list[str]:
    """The addresses of a cell; those that stand behind “Red=” only for that variation."""
    found = []
    for part in re.split(r"[|;]\s*(?=https?:|[^|;=]+=)|\|", text):
        before, address, rest = part.partition("http")
        value = before.rstrip("=").rpartition("=")[2].strip()
        if address and (not value or value in chosen):
            found.append((address + rest).strip())
    return unique(found)


EBAY = Dialect(
    name="ebay",
    label="eBay listings",
    needs=("title",),
    marks=("action", "customlabel", "custom label", "relationship", "relationshipdetails", "picurl", "startprice",
           "conditionid", "item photo url", "item number", "variation details", "available quantity", "start price",
           "current price", "ebay category 1 name", "listing site", "format", "duration", "itemid"),
    enough=4,
    join=join,
    columns={
        "action": ".action", "item number": ".item", "itemid": ".item", "item id": ".item", "title": "title",
        "subtitle": "attribute:Subtitle", "custom label": "sku", "customlabel": "sku", "category name": "category",
        "ebay category 1 name": "category", "category": IGNORE, "relationship": ".relationship",
        "relationshipdetails": ".details", "relationship details": ".details", "variation details": ".variation",
        "startprice": "price", "start price": "price", "current price": "price", "buyitnowprice": ".buy now",
        "buy it now price": ".buy now", "quantity": "quantity", "available quantity": "quantity",
        "conditionid": "condition", "condition id": "condition", "condition": "condition",
        "description": "description", "picurl": ".pictures", "item photo url": ".pictures", "currency": "currency",
        "product upc": "gtin", "product ean": "gtin", "product isbn": "gtin", "p upc": "gtin", "p ean": "gtin",
        "p isbn": "gtin", "upc": "gtin", "ean": "gtin", "c brand": "brand", "c marke": "brand", "c marca": "brand",
        "c marque": "brand", "product brand": "brand", "product mpn": "attribute:MPN", "brand": "brand",
        "mpn": "attribute:MPN", "c upc": "gtin", "c ean": "gtin",
    },
    patterns=((r"\*?C:\s*(.+)", r"attribute:\1"),),
    others=IGNORE,
    notes=("The currency is that of the column Currency, or the one in the header of the Action column.",),
)  # fmt: skip
