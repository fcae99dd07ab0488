"""Wix Stores: rows that share a handle are a product, its variants and (in newer files) its pictures."""

import re
from collections.abc import Iterator, Sequence

from mmhub_desktop.catalog.dialects.dialect import LIST_SEPARATOR, Columns, Dialect, Joined, Record
from mmhub_desktop.catalog.dialects.families import plain_number, products, unique, yes_or_no
from mmhub_desktop.catalog.dialects.spool import grouped, table_of
from mmhub_desktop.catalog.plan import IGNORE, NAMED_ATTRIBUTE, OPTION

_OPTIONS = range(1, 7)
_IN_STOCK = {"instock": "1", "outofstock": "0", "preorder": "0", "true": "1", "false": "0"}
_PICTURES = "https://static.wixstatic.com/media/"  # where Wix keeps pictures that a file names without an address


def join(header: Sequence[str], rows: Iterator[Sequence[str]]) -> Joined:
    """One record for each product and each of its variants."""
    columns = Columns.of(WIX, header)
    keyed = ((record.get(".handle", ""), record) for record in map(columns.record, rows) if record)
    return table_of(made for group in grouped(keyed) for made in _product(group))


def _product(rows: list[Record]) -> Iterator[Record]:
    kinds = [row.get(".kind", "product").casefold() for row in rows]
    heads = [row for row, kind in zip(rows, kinds, strict=True) if kind == "product"]
    head = heads[0] if heads else {}
    parent = {name: value for name, value in head.items() if not name.startswith(".")}
    pictures = [image for row, kind in zip(rows, kinds, strict=True) if kind != "variant" for image in _images(row)]
    parent["images"] = LIST_SEPARATOR.join(unique(pictures))
    parent["quantity"] = head.get("quantity", "")
    parent["active"] = yes_or_no(head.get(".visible", ""))
    for place in _OPTIONS:
        if head.get(f".info {place}") and head.get(f".info text {place}"):
            parent[NAMED_ATTRIBUTE + head[f".info {place}"]] = head[f".info text {place}"]
    names = {
        place: next((row[f".option {place}"] for row in rows if row.get(f".option {place}")), "") for place in _OPTIONS
    }
    variants = [_variant(row, parent, names) for row, kind in zip(rows, kinds, strict=True) if kind == "variant"]
    if not variants:
        for place, name in names.items():
            value = _choices(head.get(f".choice {place}", ""))
            if name and value:
                parent[NAMED_ATTRIBUTE + name] = ", ".join(value)
    yield from products(WIX.name, (head or rows[0]).get(".handle", ""), parent, variants)


def _variant(row: Record, parent: Record, names: dict[int, str]) -> Record:
    made: Record = {name: row[name] for name in ("sku", "price", "cost", "weight", "gtin") if name in row}
    base, more = plain_number(parent.get("price", "")), plain_number(row.get(".surcharge", ""))
    if "price" not in made and base is not None and more:
        made["price"] = str(base + more)
    made["quantity"] = row.get("quantity", "")
    made["images"] = LIST_SEPARATOR.join(_images(row))
    if parent.get("active") != "no" and yes_or_no(row.get(".visible", "")) == "no":
        made["active"] = "no"
    for place, name in names.items():
        choice = _choices(row.get(f".choice {place}", ""))
        if choice:
            made[OPTION + (name or f"Option {place}")] = choice[0]
    return made


def _choices(text: str) -> list[str]:
    """“S;M;L”, or colours as “#ff0000:Red;#00ff00:Green”."""
    return unique(re.sub(r"^(?:#[0-9a-fA-F]{3,8}|rgba?\([^)]*\)):", "", part.strip()) for part in text.split(";"))


def _images(row: Record) -> list[str]:
    found = unique(part.strip() for part in re.split(r"[;|]", row.get("images", "")))
    return [image if "://" in image else _PICTURES + image for image in found]


WIX = Dialect(
    name="wix",
    label="Wix Stores products",
    needs=("fieldtype",),
    marks=("handleid", "handle", "productimageurl", "productoptionname1", "surcharge", "ribbon", "collection",
           "plaindescription", "mediaurl", "media"),
    enough=2,
    join=join,
    has_point=True,
    units={"weight": "kg"},
    words={"quantity": _IN_STOCK},
    columns={
        "handleid": ".handle", "handle": ".handle", "fieldtype": ".kind", "name": "title",
        "description": "description", "plaindescription": "description", "productimageurl": "images",
        "media": "images", "mediaurl": "images", "collection": "category", "categories": "category", "sku": "sku",
        "ribbon": IGNORE, "price": "price", "surcharge": ".surcharge", "visible": ".visible",
        "strikethroughprice": "attribute:Price before", "discountmode": IGNORE, "discountvalue": IGNORE,
        "inventory": "quantity", "weight": "weight", "cost": "cost", "brand": "brand", "barcode": "gtin",
    },
    patterns=(
        (r"productOptionName(\d)", r".option \1"),
        (r"productOption(?:Description|Choices)(\d)", r".choice \1"),
        (r"(?:additionalInfoTitle|infoTitle)(\d)", r".info \1"),
        (r"(?:additionalInfoDescription|infoDescription)(\d)", r".info text \1"),
    ),
    others=IGNORE,
    notes=("“InStock” says that there is some, not how many: it is read as 1. Weights are read as kilograms.",),
)  # fmt: skip
