"""Amazon's flat file of listings: three or more rows above the goods, parents and children by SKU."""

import re
from collections.abc import Iterator, Sequence

from mmhub_desktop.catalog.dialects.dialect import Columns, Dialect, Joined, Record
from mmhub_desktop.catalog.dialects.families import products
from mmhub_desktop.catalog.dialects.spool import grouped, table_of
from mmhub_desktop.catalog.plan import IGNORE, NAMED_ATTRIBUTE, OPTION

_VALUE = r"(?:\[[^\]]*\])*(?:#\d+\.value)?"  # item_name[marketplace_id=…]#1.value in newer templates
_NOT_KEPT = (
    r"(?:fulfillment|list_price|purchasable_offer|batteries|ghs|supplier_declared|merchant_shipping|package_|swatch_|"
    r"main_offer|sale_|offering_|max_|number_of_items|website_shipping|item_weight|item_length|::)\S*"
)
_CODES = ("upc", "ean", "gtin", "isbn", "3", "4", "2")


def join(header: Sequence[str], rows: Iterator[Sequence[str]]) -> Joined:
    """One record for each product and each child of a parent, wherever in the file it stands."""
    columns = Columns.of(AMAZON, header)

    def records() -> Iterator[tuple[str, Record]]:
        for record in map(columns.record, rows):
            if record.get("sku"):
                parent = record.get(".parent", "")
                yield (parent if parent and not _is_parent(record) else record["sku"]).casefold(), _product(record)

    return table_of(made for group in grouped(records()) for made in _family(group))


def _is_parent(record: Record) -> bool:
    return record.get(".level", "").casefold() == "parent"


def _family(rows: list[Record]) -> Iterator[Record]:
    heads = [row for row in rows if _is_parent(row) or not row.get(".parent")]
    children = [row for row in rows if not _is_parent(row) and row.get(".parent")]
    theme = re.sub(r"[^a-z]", "", (heads or rows)[0].get(".theme", "").casefold())
    variants = [_with_options(row, theme) for row in children]
    if not heads:
        for row in variants:
            yield {**row, "parent_sku": row[".parent"], "source": AMAZON.name, "source_id": row["sku"]}
        return
    yield from products(AMAZON.name, heads[0]["sku"], heads[0], variants)
    for again in heads[1:]:
        yield from products(AMAZON.name, again["sku"], again, [])


def _with_options(row: Record, theme: str) -> Record:
    """Those of its properties that the variation theme names are what the variant is."""
    made = {"source_id": row["sku"]}
    for name, value in row.items():
        plain = re.sub(r"[^a-z]", "", name[len(NAMED_ATTRIBUTE) :].casefold())
        if name.startswith(NAMED_ATTRIBUTE) and plain and plain in theme:
            made[OPTION + name[len(NAMED_ATTRIBUTE) :]] = value
        else:
            made[name] = value
    return made


def _product(record: Record) -> Record:
    made: Record = {}
    for name, value in record.items():
        key = name
        if name.startswith(NAMED_ATTRIBUTE):
            key = NAMED_ATTRIBUTE + _readable(name[len(NAMED_ATTRIBUTE) :])
        made.setdefault(key, value)
    if record.get(".code type", "").casefold() in _CODES and record.get(".code"):
        made["gtin"] = record[".code"]
    if record.get(".weight unit") and record.get("weight"):
        made["weight"] = f"{record['weight']} {_unit(record['.weight unit'])}"
    if record.get(".size unit"):
        for side in ("length", "width", "height"):
            if record.get(side):
                made[side] = f"{record[side]} {_unit(record['.size unit'])}"
    condition = record.get("condition", "").casefold()
    if condition:
        made["condition"] = "refurbished" if "refurb" in condition or "renewed" in condition else (
            "new" if condition.startswith(("new", "11")) else "used")  # fmt: skip
    return made


def _readable(name: str) -> str:
    """color_name → Color; bullet_point1 → Bullet point 1."""
    bare = re.sub(r"\[[^\]]*\]|#\d+", "", name).replace(".value", "")
    words = re.sub(r"(?<=[a-z])(\d+)$", r" \1", bare.replace("_", " ").replace(".", " ")).strip()
    return re.sub(r" (?:name|type)$", "", words).capitalize()


def _unit(text: str) -> str:
    short = {"grams": "g", "gram": "g", "kilograms": "kg", "kilogram": "kg", "pounds": "lb", "pound": "lb",
             "ounces": "oz", "ounce": "oz", "millimeters": "mm", "centimeters": "cm", "centimetres": "cm",
             "meters": "m", "inches": "in", "inch": "in", "feet": "ft"}  # fmt: skip
    folded = text.strip().casefold()
    return short.get(folded, folded)


AMAZON = Dialect(
    name="amazon",
    label="Amazon flat file",
    needs=(),
    marks=("item sku", "item name", "feed product type", "external product id", "external product id type",
           "parent child", "parent sku", "relationship type", "variation theme", "main image url", "standard price",
           "brand name", "update delete", "contribution sku 1 value", "item name 1 value", "product type 1 value",
           "parentage level 1 value", "variation theme 1 name", "brand 1 value",
           "externally assigned product identifier 1 value", "fulfillment availability 1 quantity"),
    enough=4,
    join=join,
    columns={
        "item sku": "sku", "contribution sku 1 value": "sku", "seller sku": "sku", "item name": "title",
        "item name 1 value": "title", "product description": "description",
        "product description 1 value": "description", "brand name": "brand", "brand 1 value": "brand",
        "external product id": ".code", "external product id type": ".code type",
        "externally assigned product identifier 1 value": ".code",
        "externally assigned product identifier 1 type": ".code type",
        "standard price": "price", "currency": "currency", "quantity": "quantity",
        "fulfillment availability 1 quantity": "quantity", "feed product type": "category",
        "product type 1 value": "category", "parent child": ".level", "parentage level 1 value": ".level",
        "parent sku": ".parent", "child parent sku relationship 1 parent sku": ".parent",
        "relationship type": IGNORE, "variation theme": ".theme", "variation theme 1 name": ".theme",
        "condition type": "condition", "condition type 1 value": "condition", "item weight": "weight",
        "item weight unit of measure": ".weight unit", "item weight 1 value": "weight",
        "item weight 1 unit": ".weight unit", "item length": "length", "item width": "width",
        "item height": "height", "item dimensions unit of measure": ".size unit",
        "item length unit of measure": ".size unit", "update delete": IGNORE, "record action 1 value": IGNORE,
        "manufacturer": "attribute:Manufacturer", "part number": "attribute:MPN",
    },
    patterns=(
        (r"(?:main|other)_image_url\d*", "images"),
        (r"(?:main|other)_product_image_locator(?:_\d+)?\b.*media_location", "images"),
        (r"generic_keywords?\d*" + _VALUE, "keywords"),
        (r"purchasable_offer.*our_price#1\.schedule#1\.value_with_tax", "price"),
        (_NOT_KEPT, IGNORE),
        (r"(.+)", r"attribute:\1"),
    ),
)  # fmt: skip
