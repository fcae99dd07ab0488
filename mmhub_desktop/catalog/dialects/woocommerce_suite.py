"""WooCommerce's other format (Product CSV Import Suite): post_title, attribute:pa_color, meta:attribute_pa_color."""

import re
from collections.abc import Iterator, Sequence

from mmhub_desktop.catalog.dialects.dialect import LIST_SEPARATOR, Columns, Dialect, Joined, Record
from mmhub_desktop.catalog.dialects.woocommerce import IN_STOCK, join_records
from mmhub_desktop.catalog.plan import IGNORE, NAMED_ATTRIBUTE, OPTION


def join(header: Sequence[str], rows: Iterator[Sequence[str]]) -> Joined:
    """As WooCommerce's own export, from names of the database."""
    columns = Columns.of(WOOCOMMERCE_SUITE, header)
    return join_records(_as_export(record) for record in map(columns.record, rows) if record)


def _as_export(record: Record) -> Record:
    if record.get(".parent id", "0") != "0":
        record.setdefault(".parent", f"id:{record['.parent id']}")
    for name in list(record):
        if name.startswith(".attribute "):
            record[NAMED_ATTRIBUTE + _plain(name[11:])] = record[name].replace("|", ", ")
        elif name.startswith(".option "):
            record[OPTION + _plain(name[8:])] = record[name]
    record["category"] = re.sub(r"\s*\|\s*", ",", record.get("category", "").replace(",", "\\,"))
    record["keywords"] = record.get("keywords", "").replace("|", ", ")
    pictures = (part.split("!")[0].strip() for part in record.get("images", "").split("|"))  # “url ! alt : … | url”
    record["images"] = LIST_SEPARATOR.join(pictures)
    record[".published"] = record.get(".published", "").replace("publish", "1")
    return {name: value for name, value in record.items() if value}


def _plain(name: str) -> str:
    return name.replace("-", " ").replace("_", " ").strip().capitalize()


WOOCOMMERCE_SUITE = Dialect(
    name="woocommerce_suite",
    label="WooCommerce (CSV Import Suite)",
    needs=(),
    marks=("post title", "post name", "post content", "post excerpt", "post status", "post parent", "regular price",
           "parent sku", "tax product type", "tax product cat", "stock status"),
    enough=3,
    join=join,
    has_point=True,
    words={".in stock": IN_STOCK},
    columns={
        "id": ".id", "post title": "title", "post content": "description", "post excerpt": ".short",
        "post status": ".published", "post parent": ".parent id", "parent sku": ".parent", "parent": ".parent",
        "sku": "sku", "regular price": "price", "sale price": "attribute:Sale price", "stock": "quantity",
        "stock status": ".in stock", "weight": "weight", "length": "length", "width": "width", "height": "height",
        "images": "images", "tax product cat": "category", "tax product tag": "keywords", "tax product brand": "brand",
        "tax product type": ".type", "menu order": ".position", "gtin": "gtin", "global unique id": "gtin",
        **dict.fromkeys(
            ("post name", "post author", "post date", "post password", "menu_order", "downloadable", "virtual",
             "manage stock", "backorders", "tax status", "tax class", "visibility", "featured", "comment status",
             "tax product visibility", "tax product shipping class", "upsell ids", "crosssell ids", "button text",
             "product url", "file paths", "download limit", "download expiry", "sold individually", "low stock amount",
             "sale price dates from", "sale price dates to", "product page url"),
            IGNORE,
        ),
    },
    patterns=(
        (r"attribute:(?:pa_)?(.+)", r".attribute \1"),
        (r"meta:attribute_(?:pa_)?(.+)", r".option \1"),
        (r"attribute_(?:data|default):.*|meta:_.*", IGNORE),
        (r"meta:(.+)", r"attribute:\1"),
    ),
)  # fmt: skip
