"""BaseLinker's product export, with Polish or English column names."""

import re
from collections.abc import Iterator, Sequence

from mmhub_desktop.catalog.dialects.dialect import KG_AND_CM, LIST_SEPARATOR, Columns, Dialect, Joined, Record
from mmhub_desktop.catalog.dialects.families import MADE, products, unique
from mmhub_desktop.catalog.dialects.spool import grouped, table_of
from mmhub_desktop.catalog.plan import IGNORE, NAMED_ATTRIBUTE, OPTION

_FEATURE = re.compile(r"\s*([^:|;]+?)\s*:\s*([^|;]+?)\s*(?:[|;]|$)")


def join(header: Sequence[str], rows: Iterator[Sequence[str]]) -> Joined:
    """One record for each product and each variant, which names its product by id."""
    columns = Columns.of(BASELINKER, header)

    def records() -> Iterator[tuple[str, Record]]:
        for record in map(columns.record, rows):
            if record:
                parent = record.get(".parent", "0")
                yield (parent if parent != "0" else record.get(".id", "")), _product(columns, record)

    return table_of(made for group in grouped(records()) for made in _family(group))


def _family(rows: list[Record]) -> Iterator[Record]:
    heads = [row for row in rows if row.get(".parent", "0") == "0"]
    variants = [row for row in rows if row.get(".parent", "0") != "0"]
    if not heads:
        yield from variants  # their product is not in this file
        return
    title = heads[0].get("title", "")
    for row in variants:
        if not any(name.startswith(OPTION) for name in row):  # its name says what it is: “Shirt - M”
            own = row.get("title", "").removeprefix(title)
            row[f"{OPTION}Variant"] = own.strip(" -–,/()") or row.get("sku", "")
    yield from products(BASELINKER.name, heads[0].get(".id", ""), heads[0], variants)
    for again in heads[1:]:
        yield from products(BASELINKER.name, again.get(".id", ""), again, [])


def _product(columns: Columns, record: Record) -> Record:
    made = dict(record)
    made["source_id"] = record.get(".id", "")
    if record.get(".id") and not record.get("sku"):
        made |= {"sku": f"bl-{record['.id']}", MADE: "yes"}
    currency = columns.in_brackets.get("price", "")
    if len(currency) == 3:
        made["currency"] = currency.upper()
    made["images"] = LIST_SEPARATOR.join(unique(re.split(r"\s*[|;,]\s*(?=https?:)|\|", record.get("images", ""))))
    for name, value in _FEATURE.findall(record.get(".features", "")):
        made.setdefault(NAMED_ATTRIBUTE + name, value)
    return {name: value for name, value in made.items() if value}


BASELINKER = Dialect(
    name="baselinker",
    label="BaseLinker products",
    needs=("sku", "ean"),
    marks=("id produktu", "id produktu nadrzednego", "stawka vat", "opis dodatkowy 1", "zdjecie 1", "lokalizacja",
           "sredni koszt zakupu", "parametry", "product id", "price brutto", "tax rate", "man name",
           "manufacturer name", "category name", "description extra1", "average cost", "image 1", "features"),
    enough=3,
    join=join,
    units=KG_AND_CM,
    columns={
        "id": ".id", "id produktu": ".id", "product id": ".id", "id produktu nadrzednego": ".parent",
        "parent id": ".parent", "wariant produktu": ".parent", "sku": "sku", "ean": "gtin", "nazwa": "title",
        "nazwa produktu": "title", "name": "title", "product name": "title", "opis": "description",
        "description": "description", "cena": "price", "cena brutto": "price", "price": "price",
        "price brutto": "price", "price gross": "price", "cena zakupu": "cost", "koszt zakupu": "cost",
        "sredni koszt zakupu": "cost", "average cost": "cost", "purchase price": "cost", "stan": "quantity",
        "stan magazynowy": "quantity", "ilosc": "quantity", "quantity": "quantity", "stock": "quantity",
        "kategoria": "category", "category": "category", "category name": "category", "producent": "brand",
        "manufacturer": "brand", "manufacturer name": "brand", "man name": "brand", "waga": "weight",
        "weight": "weight", "szerokosc": "width", "width": "width", "wysokosc": "height", "height": "height",
        "dlugosc": "length", "length": "length", "tagi": "keywords", "tags": "keywords", "waluta": "currency",
        "currency": "currency", "parametry": ".features", "features": ".features", "zdjecia": "images",
        "images": "images", "image": "images",
        **dict.fromkeys(
            ("stawka vat", "tax rate", "vat", "lokalizacja", "locations", "id kategorii", "category id",
             "id producenta", "manufacturer id"),
            IGNORE,
        ),
    },
    patterns=(
        (r"(?:Zdj[eę]cie|image|photo)[ _]?(?:URL ?)?\d+", "images"),
        (r"(?:Cecha|Parametr|Feature|Parameter):? +(.+)", r"attribute:\1"),
        (r"(?:Stan|Stock|Ilo[sś][cć])\b.*", "quantity"),
        (r"(?:Cena|Price)\b.*", "price"),
    ),
    notes=("Of several warehouses or price groups the first is read. Weights are kilograms, sizes centimetres.",),
)  # fmt: skip
