"""Shopify's product export: rows that share a handle are one product, its variants and its images."""

from collections.abc import Iterator, Sequence

from mmhub_desktop.catalog.dialects.dialect import LIST_SEPARATOR, Columns, Dialect, Joined, Record
from mmhub_desktop.catalog.dialects.families import not_below_zero, products, split, unique, yes_or_no
from mmhub_desktop.catalog.dialects.spool import grouped, table_of
from mmhub_desktop.catalog.plan import IGNORE, OPTION

_OPTIONS = (1, 2, 3)
_OF_VARIANTS = ("sku", "price", "cost", "quantity", "weight", "gtin", "attribute:Compare at price")


def join(header: Sequence[str], rows: Iterator[Sequence[str]]) -> Joined:
    """One record for each product and each of its variants."""
    columns = Columns.of(SHOPIFY, header)
    keyed = ((record.get(".handle", ""), record) for record in map(columns.record, rows) if record)
    return table_of(record for group in grouped(keyed) for record in _product(group))


def _product(rows: list[Record]) -> Iterator[Record]:
    head = next((row for row in rows if row.get("title")), rows[0])
    names = {
        place: next((row[f".option{place} name"] for row in rows if row.get(f".option{place} name")), "")
        for place in _OPTIONS
    }
    parent = {name: value for name, value in head.items() if not name.startswith(".") and name not in _OF_VARIANTS}
    parent["images"] = LIST_SEPARATOR.join(_images(rows))
    if head.get(".type"):
        parent["attribute:Type" if parent.get("category") else "category"] = head[".type"]
    states = [yes_or_no(head[name]) for name in (".status", ".published") if head.get(name)]
    if states:
        parent["active"] = "no" if "no" in states else "yes"
    variants = [_variant(row, names) for row in rows if _is_variant(row)]
    yield from products(SHOPIFY.name, head.get(".handle", ""), parent, variants)


def _is_variant(row: Record) -> bool:
    return any(name in row for name in (".option1 value", "sku", "price", "quantity"))


def _variant(row: Record, names: dict[int, str]) -> Record:
    found = {name: row[name] for name in _OF_VARIANTS if name in row}
    if "sku" in found:
        found["sku"] = found["sku"].lstrip("'")
    if "quantity" in found:
        found["quantity"] = not_below_zero(found["quantity"])
    for place in _OPTIONS:
        value = row.get(f".option{place} value", "")
        if value and value != "Default Title":
            found[OPTION + (names[place] or f"Option {place}")] = value
    if row.get(".variant image"):
        found["images"] = row[".variant image"]
    return found


def _images(rows: list[Record]) -> list[str]:
    """By their positions, where they have some; otherwise as they come."""
    placed = [
        (float(row[".position"]) if row.get(".position", "").isdigit() else float("inf"), image)
        for row in rows
        for image in split(row.get("images", ""))
    ]
    return unique(image for _, image in sorted(placed, key=lambda each: each[0]))


SHOPIFY = Dialect(
    name="shopify",
    label="Shopify products",
    needs=(),
    marks=("handle", "url handle", "body", "vendor", "variant sku", "variant price", "variant inventory qty",
           "image src", "option1 name", "option1 value", "variant grams", "variant barcode", "variant image",
           "product image url", "variant image url", "published on online store"),
    enough=3,
    join=join,
    has_point=True,
    units={"weight": "g"},  # whatever unit it shows
    columns={
        "handle": ".handle", "url handle": ".handle", "title": "title", "body": "description",
        "body html": "description", "description": "description", "vendor": "brand", "product category": "category",
        "type": ".type", "custom product type": ".type", "tags": "keywords", "published": ".published",
        "published on online store": ".published", "status": ".status",
        **{f"option{place} name": f".option{place} name" for place in _OPTIONS},
        **{f"option{place} value": f".option{place} value" for place in _OPTIONS},
        **{f"option{place} linked to": IGNORE for place in _OPTIONS},
        "variant sku": "sku", "sku": "sku", "variant grams": "weight", "weight value": "weight",
        "variant weight unit": IGNORE, "weight unit for display": IGNORE, "variant inventory qty": "quantity",
        "inventory quantity": "quantity", "variant price": "price", "price": "price",
        "variant compare at price": "attribute:Compare at price", "compare at price": "attribute:Compare at price",
        "cost per item": "cost", "variant barcode": "gtin", "barcode": "gtin", "image src": "images",
        "product image url": "images", "image position": ".position", "variant image": ".variant image",
        "variant image url": ".variant image", "google shopping condition": "condition",
        "google shopping mpn": "attribute:MPN", "google shopping gender": "attribute:Gender",
        "google shopping age group": "attribute:Age group",
        **dict.fromkeys(
            ("variant inventory tracker", "inventory tracker", "variant inventory policy",
             "continue selling when out of stock", "variant fulfillment service", "fulfillment service",
             "variant requires shipping", "requires shipping", "variant taxable", "charge tax", "variant tax code",
             "tax code", "unit price total measure", "unit price total measure unit", "unit price base measure",
             "unit price base measure unit", "image alt text", "gift card", "seo title", "seo description",
             # what Matrixify adds
             "id", "command", "tags command", "top row", "row", "image type", "image command", "image width",
             "image height", "variant id", "variant inventory item id", "variant command", "variant position",
             "template suffix", "created at", "updated at", "published at", "published scope", "url",
             "total inventory qty", "variant weight"),
            IGNORE,
        ),
    },
    patterns=(
        (r"(.+?) \((?:product|variant)\.metafields\..+\)", r"attribute:\1"),
        (r"Metafield: (?:[\w-]+\.)?([\w-]+)(?: \[.+\])?", r"attribute:\1"),
        (r"(?:Included|Price|Compare[ -]At Price) / .+", IGNORE),
        (r"Google Shopping / .+", IGNORE),
    ),
)  # fmt: skip
