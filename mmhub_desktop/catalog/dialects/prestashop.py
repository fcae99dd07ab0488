"""PrestaShop: its products file, and its combinations file joined to it when both are given."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from mmhub_desktop.catalog.dialects.dialect import KG_AND_CM, LIST_SEPARATOR, Columns, Dialect, Joined, Record
from mmhub_desktop.catalog.dialects.families import MADE, not_below_zero, plain_number, products, unique, yes_or_no
from mmhub_desktop.catalog.dialects.spool import grouped, table_of
from mmhub_desktop.catalog.plan import IGNORE, NAMED_ATTRIBUTE, OPTION

NAME = "prestashop"


def join(header: Sequence[str], rows: Iterator[Sequence[str]]) -> Joined:
    """The products alone."""
    columns = Columns.of(PRESTASHOP, header)
    return table_of(
        made
        for record in map(columns.record, rows)
        if record
        for made in products(NAME, record.get(".id", ""), _product(record), [])
    )


def join_combinations(header: Sequence[str], rows: Iterator[Sequence[str]]) -> Joined:
    """The combinations alone: variants of products that were imported before."""
    columns = Columns.of(PRESTASHOP_COMBINATIONS, header)

    def records() -> Iterator[Record]:
        for record in map(columns.record, rows):
            parent = record.get(".parent sku") or (f"presta-{record['.id']}" if record.get(".id") else "")
            if parent:
                variant = _variant(record, {})
                named = "-".join(value for name, value in variant.items() if name.startswith(OPTION))
                variant.setdefault("sku", f"{parent}-{named}")
                variant["parent_sku"] = parent
                yield variant

    return table_of(records())


def join_both(
    header: Sequence[str], rows: Iterator[Sequence[str]], other: Sequence[str], combinations: Iterator[Sequence[str]]
) -> Joined:
    """Products with their combinations, found by the product's id, else by its reference."""
    columns, others = Columns.of(PRESTASHOP, header), Columns.of(PRESTASHOP_COMBINATIONS, other)
    by_id = ".id" in columns.names and ".id" in others.names

    def keyed() -> Iterator[tuple[str, Record]]:
        for record in map(columns.record, rows):
            if record:
                yield record.get(".id" if by_id else "sku", ""), _product(record)
        for record in map(others.record, combinations):
            if record:
                yield record.get(".id" if by_id else ".parent sku", ""), {".is": "combination", **record}

    return table_of(made for group in grouped(keyed()) for made in _family(group))


def _family(rows: list[Record]) -> Iterator[Record]:
    heads = [row for row in rows if ".is" not in row]
    combinations = [row for row in rows if ".is" in row]
    head = heads[0] if heads else {}
    if not heads and combinations[0].get(".parent sku"):
        head = {"sku": combinations[0][".parent sku"]}
    variants = [_variant(row, head) for row in combinations]
    if heads or head:
        yield from products(
            NAME, head.get(".id", combinations[0].get(".id", "") if combinations else ""), head, variants
        )
    for again in heads[1:]:
        yield from products(NAME, again.get(".id", ""), again, [])


def _product(record: Record) -> Record:
    made = dict(record)
    if record.get(".id") and not record.get("sku"):
        made |= {"sku": f"presta-{record['.id']}", MADE: "yes"}
    made["price"] = record.get("price") or record.get(".net", "")
    made["quantity"] = not_below_zero(record.get("quantity", ""))
    made["active"] = yes_or_no(record.get(".active", ""))
    short = record.get(".short", "")
    made["description"] = record.get("description") or short
    if short and record.get("description"):
        made["attribute:Summary"] = short
    categories = [part.strip() for part in re.split(r"[,|]", record.get("category", "")) if part.strip()]
    made["category"] = categories[-1] if categories else ""  # from the general to the special
    made["images"] = _pictures(record.get("images", ""))
    for feature in re.split(r"[,|]\s*(?=[^,|:]+:)", record.get(".features", "")):
        name, _, value = feature.partition(":")
        if value.strip():
            made[NAMED_ATTRIBUTE + name.strip()] = re.sub(r":\d+(?::[01])?$", "", value.strip())
    return {name: value for name, value in made.items() if value}


def _variant(record: Record, parent: Record) -> Record:
    made: Record = {name: record[name] for name in ("sku", "gtin", "quantity", "cost") if name in record}
    names = [part.split(":")[0].strip() for part in record.get(".attributes", "").split(",")]
    values = [re.sub(r":\d+$", "", part.strip()) for part in record.get(".values", "").split(",")]
    for name, value in zip(names, values, strict=False):
        if name and value:
            made[OPTION + name] = value
    price, impact = plain_number(parent.get("price", "")), plain_number(record.get(".impact", ""))
    if price is not None and impact:
        made["price"] = (
            str(max(price + impact, Decimal(0)).normalize().quantize(Decimal("0.000001"))).rstrip("0").rstrip(".")
        )
    found = _pictures(record.get("images", "")).split(LIST_SEPARATOR)
    places = [int(place) for place in re.findall(r"\d+", record.get(".image position", ""))]
    theirs = parent.get("images", "").split(LIST_SEPARATOR)
    found += [theirs[place - 1] for place in places if 0 < place <= len(theirs)]
    made["images"] = LIST_SEPARATOR.join(unique(found))
    return made


def _pictures(text: str) -> str:
    return LIST_SEPARATOR.join(unique(re.split(r"\s*[,|]\s*(?=\S)", text.strip())))


PRESTASHOP = Dialect(
    name=NAME,
    label="PrestaShop products",
    needs=(),
    marks=("price tax excluded", "price tax included", "price tax excl", "price tax incl", "tax rules id", "on sale",
           "ecotax", "delete existing images", "additional shipping cost", "url rewritten", "text when in stock",
           "minimal quantity", "available for order", "feature", "id product", "show price", "unity",
           "product id", "price (tax excl.)", "price (tax incl.)"),  # these are the list of products, exported
    enough=3,
    join=join,
    partner="prestashop_combinations",
    join_with=join_both,
    units=KG_AND_CM,
    columns={
        "product id": ".id", "id": ".id", "id product": ".id", "active": ".active", "status": ".active",
        "name": "title", "categories": "category", "category": "category", "price tax excluded": ".net",
        "price tax excl": ".net", "price (tax excl.)": ".net", "price (tax incl.)": "price", "price": "price",
        "price tax included": "price", "price tax incl": "price",
        "wholesale price": "cost", "reference": "sku", "manufacturer": "brand", "brand": "brand", "ean13": "gtin",
        "upc": "gtin", "isbn": "gtin", "mpn": "attribute:MPN", "width": "width", "height": "height",
        "depth": "length", "weight": "weight", "quantity": "quantity", "summary": ".short",
        "short description": ".short", "description": "description", "tags": "keywords", "image urls": "images",
        "image": "images", "feature": ".features", "features": ".features", "condition": "condition",
        "supplier": "attribute:Supplier", "supplier reference": "attribute:Supplier reference",
    },
    others=IGNORE,
    notes=("Prices without tax are read as they stand when the file has none with tax.",),
)  # fmt: skip

PRESTASHOP_COMBINATIONS = Dialect(
    name="prestashop_combinations",
    label="PrestaShop combinations",
    needs=("attribute", "value", "impact on price"),
    marks=("product id", "product reference", "impact on price", "impact on weight", "default",
           "combination available date", "image position", "ean13", "minimal quantity"),
    enough=1,
    join=join_combinations,
    columns={
        "product id": ".id", "product reference": ".parent sku", "attribute": ".attributes", "value": ".values",
        "reference": "sku", "ean13": "gtin", "upc": "gtin", "wholesale price": "cost", "impact on price": ".impact",
        "quantity": "quantity", "image position": ".image position", "image urls": "images",
    },
    others=IGNORE,
    notes=("Combinations tell prices as a difference: give the products file together with this one to have them.",),
)  # fmt: skip
