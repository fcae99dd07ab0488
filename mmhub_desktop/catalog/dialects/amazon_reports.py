"""Amazon's inventory loader and its report of active listings: one row for each offer."""

from collections.abc import Iterator, Sequence

from mmhub_desktop.catalog.dialects.dialect import Columns, Dialect, Joined, Record
from mmhub_desktop.catalog.dialects.families import alone
from mmhub_desktop.catalog.dialects.spool import streamed
from mmhub_desktop.catalog.plan import IGNORE

_BARCODES = ("2", "3", "4", "isbn", "upc", "ean", "gtin")  # product-id-type; 1 is Amazon's own ASIN
_MADE = ("sku", "source", "source_id", "gtin", "attribute:ASIN", "active", "condition", "images", "title")


def join(header: Sequence[str], rows: Iterator[Sequence[str]]) -> Joined:
    """One record for each row."""
    columns = Columns.of(AMAZON_REPORT, header)
    names = [*columns.names, *_MADE]
    return streamed(
        (name for name in names if name != IGNORE),
        (_offer(record) for record in map(columns.record, rows) if record.get("sku")),
    )


def _offer(record: Record) -> Record:
    made = dict(record)
    code, kind = record.get(".code", ""), record.get(".code type", "").casefold()
    if code and kind in _BARCODES:
        made["gtin"] = code
    elif code:
        made.setdefault("attribute:ASIN", code)
    condition = record.get(".condition", "").casefold()
    if condition:
        made["condition"] = (
            "new" if condition in ("11", "new") else "refurbished" if condition in ("10", "refurbished") else "used"
        )
    status = record.get(".status", "").casefold()
    if status:
        made["active"] = "yes" if status == "active" else "no"
    return alone("amazon", record["sku"], made)  # the same offers as in the flat file


AMAZON_REPORT = Dialect(
    name="amazon_report",
    label="Amazon inventory file",
    needs=(),
    marks=("seller sku", "asin1", "item name", "item condition", "product id type", "listing id", "open date",
           "fulfillment channel", "merchant shipping group", "add delete", "minimum seller allowed price",
           "will ship internationally", "item note", "zshop category1", "item is marketplace"),
    enough=3,
    join=join,
    columns={
        "sku": "sku", "seller sku": "sku", "item name": "title", "item description": "description", "price": "price",
        "quantity": "quantity", "image url": "images", "product id": ".code", "product id type": ".code type",
        "asin1": "attribute:ASIN", "asin": "attribute:ASIN", "item condition": ".condition", "status": ".status",
        "item note": "attribute:Condition note", "listing id": "attribute:Amazon listing",
    },
    others=IGNORE,
    notes=("This file has no descriptions or brands: products that are in the catalog already keep theirs.",),
)  # fmt: skip
