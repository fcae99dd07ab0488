"""WooCommerce's product export: variable products and their variations, which name their parent by SKU or id."""

import re
from collections.abc import Iterable, Iterator, Sequence

from mmhub_desktop.catalog.dialects.dialect import KG_AND_CM, LIST_SEPARATOR, Columns, Dialect, Joined, Record
from mmhub_desktop.catalog.dialects.families import MADE, alone, are_family, not_below_zero, products, unique, yes_or_no
from mmhub_desktop.catalog.dialects.spool import Spool, grouped, table_of
from mmhub_desktop.catalog.dialects.woocommerce_languages import COLUMNS, MARKS, PATTERNS
from mmhub_desktop.catalog.plan import IGNORE, NAMED_ATTRIBUTE, OPTION
from mmhub_desktop.catalog.slug import slug

NAME = "woocommerce"
IN_STOCK = {"1": "1", "instock": "1", "yes": "1", "true": "1", "0": "0", "outofstock": "0", "onbackorder": "0",
            "backorder": "0", "no": "0", "false": "0"}  # fmt: skip
_BETWEEN = re.compile(r"(?<!\\),")


def join(header: Sequence[str], rows: Iterator[Sequence[str]]) -> Joined:
    """One record for each product and each of its variations."""
    columns = Columns.of(WOOCOMMERCE, header)
    return join_records(_with_pairs(record) for record in map(columns.record, rows) if record)


def join_records(records: Iterable[Record]) -> Joined:
    """The families of records that name .id, .type, .parent; used by both of WooCommerce's formats."""
    kept, skus = Spool(), {}
    for record in records:
        if "variation" not in record.get(".type", "") and record.get(".id") and record.get("sku"):
            skus[record[".id"]] = record["sku"]
        kept.add(record)
    parents = {f"id:{number}": f"sku:{sku.casefold()}" for number, sku in skus.items()}

    def keyed() -> Iterator[tuple[str, Record]]:
        for record in kept:
            yield _key(record, parents), record

    try:
        return table_of(made for group in grouped(keyed()) for made in _family(group, skus))
    finally:
        kept.close()


def _key(record: Record, parents: dict[str, str]) -> str:
    """The same for a product and its variations, whether they name it by SKU or by id."""
    if is_variation(record):
        parent = record[".parent"]
        number = re.fullmatch(r"id:\s*(\d+)", parent)
        return parents.get(f"id:{number[1]}", f"id:{number[1]}") if number else f"sku:{parent.casefold()}"
    if record.get("sku"):
        return f"sku:{record['sku'].casefold()}"
    return f"id:{record['.id']}" if record.get(".id") else ""


def is_variation(record: Record) -> bool:
    """Whether a record is a variation of another one."""
    return bool(record.get(".parent")) and "grouped" not in record.get(".type", "")


def _with_pairs(record: Record) -> Record:
    """Attribute 1 name, Attribute 1 value(s) as one entry: what a variation is, or what a product has."""
    kind = OPTION if is_variation(record) else NAMED_ATTRIBUTE
    for place in [name[6:] for name in record if name.startswith(".name ")]:
        value = record.get(f".value {place}", "").replace("\\,", ",")
        if value:
            record[kind + record[f".name {place}"]] = value
    return record


def _family(rows: list[Record], skus: dict[str, str]) -> Iterator[Record]:
    heads = [row for row in rows if not is_variation(row)]
    variations = [_product(row) for row in rows if is_variation(row)]
    variations.sort(key=lambda row: int(row[".position"]) if row.get(".position", "").isdigit() else 0)
    for head in heads[1:]:  # the same SKU twice: the import says so
        yield alone(NAME, head.get(".id", ""), _product(head))
    if not heads:
        for row in variations:  # their product is not in this file, but may be in the catalog
            number = re.fullmatch(r"id:\s*(\d+)", row[".parent"])
            parent = (skus.get(number[1]) or f"woo-{number[1]}") if number else row[".parent"]
            yield {**row, "parent_sku": parent, "source": NAME if row.get("source_id") else ""}
        return
    head = _product(heads[0])
    chosen = {name[len(OPTION) :] for row in variations for name in row if name.startswith(OPTION)}
    if are_family(head, variations):
        head = {name: value for name, value in head.items() if name[len(NAMED_ATTRIBUTE) :] not in chosen
                or not name.startswith(NAMED_ATTRIBUTE)}  # fmt: skip
    yield from products(NAME, head.get("source_id", ""), head, variations)


def _product(row: Record) -> Record:
    made = dict(row)
    if row.get(".id"):
        made["source_id"] = row[".id"]
        if not row.get("sku"):
            made |= {"sku": f"woo-{row['.id']}", MADE: "yes"}
    elif not row.get("sku") and not is_variation(row):
        made["sku"] = slug(row.get("title", ""))
    quantity = not_below_zero(row.get("quantity", ""))
    if not quantity and row.get(".in stock"):
        quantity = row[".in stock"]
    made["quantity"] = quantity if quantity.replace(".", "", 1).isdigit() else ""  # “parent”: shared by all variations
    made["active"] = yes_or_no("0" if row.get(".published") in ("2", "private", "pending", "trash", "future")
                               else row.get(".published", ""))  # fmt: skip
    short = row.get(".short", "")
    made["description"] = _lines(row.get("description") or short)
    if short and row.get("description"):
        made["attribute:Short description"] = _lines(short)
    categories = [part.replace("\\,", ",").strip() for part in _BETWEEN.split(row.get("category", ""))]
    made["category"] = categories[0]
    if categories[1:]:
        made["attribute:Other categories"] = ", ".join(categories[1:])
    made["keywords"] = row.get("keywords", "").replace("\\,", " ")
    made["images"] = LIST_SEPARATOR.join(unique(re.split(r"\s*[,|]\s*", row.get("images", ""))))
    return {name: value for name, value in made.items() if value}


def _lines(text: str) -> str:
    return text.replace("\\n", "\n")  # the exporter writes line breaks so


WOOCOMMERCE = Dialect(
    name=NAME,
    label="WooCommerce products",
    needs=(),
    marks=(
        "visibility in catalog", "is featured", "in stock", "short description", "regular price", "tax status",
        "sold individually", "backorders allowed", "attribute 1 name", "attribute 1 value", "parent",
        "visibilidad en el catalogo", "esta destacado", "descripcion corta", "precio normal", "nombre del atributo 1",
        "valor es del atributo 1", "superior", "estado del impuesto",
        "sichtbarkeit im katalog", "ist hervorgehoben", "kurzbeschreibung", "regularer preis", "attribut 1 name",
        "ubergeordnetes produkt", "vorratig", *MARKS,
    ),
    enough=4,
    join=join,
    has_point=True,
    units=KG_AND_CM,
    words={".in stock": IN_STOCK},
    columns={
        "id": ".id", "type": ".type", "tipo": ".type", "typ": ".type", "sku": "sku", "artikelnummer": "sku",
        "gtin upc ean or isbn": "gtin", "gtin upc ean o isbn": "gtin", "gtin upc ean oder isbn": "gtin",
        "name": "title", "nombre": "title", "published": ".published", "publicado": ".published",
        "veroffentlicht": ".published", "short description": ".short", "descripcion corta": ".short",
        "kurzbeschreibung": ".short", "description": "description", "descripcion": "description",
        "beschreibung": "description", "in stock": ".in stock", "existencias": ".in stock", "vorratig": ".in stock",
        "hay existencias": ".in stock", "stock": "quantity", "inventario": "quantity", "bestand": "quantity",
        "lager": "quantity", "weight": "weight", "peso": "weight", "gewicht": "weight", "length": "length",
        "longitud": "length", "lange": "length", "width": "width", "anchura": "width", "breite": "width",
        "height": "height", "altura": "height", "hohe": "height", "sale price": "attribute:Sale price",
        "precio rebajado": "attribute:Sale price", "angebotspreis": "attribute:Sale price",
        "regular price": "price", "precio normal": "price", "regularer preis": "price", "categories": "category",
        "categorias": "category", "kategorien": "category", "tags": "keywords", "etiquetas": "keywords",
        "schlagworter": "keywords", "images": "images", "imagenes": "images", "bilder": "images", "parent": ".parent",
        "superior": ".parent", "ubergeordnetes produkt": ".parent", "position": ".position", "posicion": ".position",
        "brands": "brand", "marcas": "brand", "marken": "brand",
        **dict.fromkeys(
            ("is featured", "esta destacado", "ist hervorgehoben", "visibility in catalog",
             "visibilidad en el catalogo", "sichtbarkeit im katalog", "date sale price starts",
             "date sale price ends", "tax status", "estado del impuesto", "tax class", "low stock amount",
             "backorders allowed", "sold individually", "allow customer reviews", "purchase note", "shipping class",
             "download limit", "download expiry days", "grouped products", "upsells", "cross sells", "external url",
             "button text", "swatches attributes"),
            IGNORE,
        ),
        **COLUMNS,
    },
    patterns=(
        *PATTERNS,
        (r"Attribute? (\d+) name", r".name \1"),
        (r"Attribute? (\d+) (?:value\(s\)|wert\(e\))", r".value \1"),
        (r"Nombre del atributo (\d+)", r".name \1"),
        (r"Valor\(es\) del atributo (\d+)", r".value \1"),
        (r"(?:Attribute?|Atributo) \d+ .*|.* del atributo \d+|Download \d+ .*|Meta: _.*", IGNORE),
        (r"Meta: (.+)", r"attribute:\1"),
    ),
    notes=("“In stock” without a number is read as 1: WooCommerce does not count these products.",),
)  # fmt: skip
