"""Open Food Facts: a tab separated table of foods; the barcode is the SKU and the GTIN."""

import re
from collections.abc import Iterator, Sequence

from mmhub_desktop.catalog.dialects.dialect import Columns, Dialect, Joined, Record
from mmhub_desktop.catalog.dialects.families import alone
from mmhub_desktop.catalog.dialects.spool import streamed
from mmhub_desktop.catalog.plan import IGNORE

_LENGTHS = (8, 12, 13, 14)


def join(header: Sequence[str], rows: Iterator[Sequence[str]]) -> Joined:
    """One record for each row; millions of them are read as they come."""
    columns = Columns.of(OPEN_FOOD_FACTS, header)
    names = ["sku", "gtin", "source", "source_id", *(name for name in columns.names if name != IGNORE)]
    return streamed(names, (_food(record) for record in map(columns.record, rows) if record.get(".code")))


def _food(record: Record) -> Record:
    code = record[".code"]
    made = dict(record)
    if not record.get("title"):
        made["title"] = record.get("description", "")
    if re.fullmatch(r"\d+", code) and len(code) in _LENGTHS:
        made["gtin"] = code
    made["sku"] = code
    made["brand"] = record.get("brand", "").split(",")[0].strip()
    categories = [part.strip() for part in record.get("category", "").split(",") if part.strip()]
    made["category"] = categories[-1] if categories else ""  # from the general to the special
    return alone(OPEN_FOOD_FACTS.name, code, made)


OPEN_FOOD_FACTS = Dialect(
    name="openfoodfacts",
    label="Open Food Facts",
    needs=("code", "product name"),
    marks=("creator", "generic name", "brands tags", "countries tags", "nutriscore grade", "ingredients text",
           "image url", "categories tags", "created t", "last modified t", "serving size", "packaging tags"),
    enough=4,
    join=join,
    columns={
        "code": ".code", "product name": "title", "generic name": "description", "brands": "brand",
        "categories": "category", "image url": "images", "quantity": "attribute:Net content",
        "packaging": "attribute:Packaging", "labels": "attribute:Labels", "origins": "attribute:Origin",
        "ingredients text": "attribute:Ingredients", "allergens": "attribute:Allergens", "traces": "attribute:Traces",
        "serving size": "attribute:Serving size", "nutriscore grade": "attribute:Nutri-Score",
        "nova group": "attribute:NOVA group", "countries": "attribute:Countries", "stores": IGNORE,
        "energy kcal 100g": "attribute:Energy (kcal/100 g)", "fat 100g": "attribute:Fat (g/100 g)",
        "carbohydrates 100g": "attribute:Carbohydrates (g/100 g)", "sugars 100g": "attribute:Sugars (g/100 g)",
        "proteins 100g": "attribute:Proteins (g/100 g)", "salt 100g": "attribute:Salt (g/100 g)",
    },
    others=IGNORE,
    notes=("“quantity” is what a package holds, such as 500 g: it is kept as “Net content”, not as stock.",),
)  # fmt: skip
