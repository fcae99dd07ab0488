"""WooCommerce's product import: a variable product and its variations, which name it by its SKU."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial

from mmhub_desktop.catalog.export.formats import Cell, ExportFormat, Table, note
from mmhub_desktop.domain.product import Product
from mmhub_desktop.store.export_reader import Exported, ExportNames

_COLUMNS = (
    "ID", "Type", "SKU", "GTIN, UPC, EAN, or ISBN", "Name", "Published", "Is featured?", "Visibility in catalog",
    "Short description", "Description", "Tax status", "In stock?", "Stock", "Backorders allowed?", "Weight (kg)",
    "Length (cm)", "Width (cm)", "Height (cm)", "Regular price", "Categories", "Tags", "Images", "Parent", "Position",
    "Brands",
)  # fmt: skip
_FILES = "images that are files: WooCommerce takes links only"


def table(names: ExportNames, _chosen: Sequence[str]) -> Table:
    """WooCommerce's columns, then as many numbered attributes as a product needs."""
    left_out: dict[str, int] = {}
    most = names.most_attributes + len(names.options)
    numbered = [
        f"Attribute {place} {what}"
        for place in range(1, most + 1)
        for what in ("name", "value(s)", "visible", "global")
    ]
    return Table((*_COLUMNS, *numbered), partial(_rows, left_out=left_out, most=most), left_out)


def _rows(one: Exported, *, left_out: dict[str, int], most: int) -> Iterator[list[Cell]]:
    options: dict[str, list[str]] = {}
    for variant in one.variants:
        for name, value in variant.options.items():
            if value not in options.setdefault(name, []):
                options[name].append(value)
    for row in (one.product, *one.variants):
        for image in row.images:
            if "://" not in image:
                note(left_out, _FILES)
    kind = "variable" if one.variants else "simple"
    values = {name: ", ".join(value.replace(",", "\\,") for value in some) for name, some in options.items()}
    attributes = {name: value.replace(",", "\\,") for name, value in one.product.attributes.items()}
    yield _row(one.product, kind, {**values, **attributes}, most, 0, None)
    for place, variant in enumerate(one.variants, 1):
        chosen = {name: value.replace(",", "\\,") for name, value in variant.options.items()}
        yield _row(variant, "variation", chosen, most, place, one.product)


def _row(
    product: Product, kind: str, attributes: Mapping[str, str], most: int, place: int, parent: Product | None
) -> list[Cell]:
    text = product.text
    price = product.price or (parent.price if parent else None)
    images = () if parent is not None and product.images == parent.images else product.images
    row: dict[str, Cell] = {
        "ID": product.source_id if product.source == "woocommerce" else "", "Type": kind, "SKU": product.sku,
        "GTIN, UPC, EAN, or ISBN": product.gtin, "Name": text.title, "Published": 1 if product.active else 0,
        "Is featured?": 0, "Visibility in catalog": "visible", "Tax status": "taxable",
        "Description": _lines("" if parent and text.description == parent.text.description else text.description),
        "In stock?": 1 if product.quantity > 0 or kind == "variable" else 0,
        "Stock": None if kind == "variable" else product.quantity, "Backorders allowed?": 0,
        "Weight (kg)": None if product.weight_g is None else _shorter(Decimal(product.weight_g) / 1000),
        "Regular price": None if price is None or kind == "variable" else price.amount,
        "Categories": product.category.replace(",", "\\,") if parent is None else "",
        "Tags": ", ".join(word.replace(",", "\\,") for word in text.keywords) if parent is None else "",
        "Images": ", ".join(image for image in images if "://" in image),
        "Parent": parent.sku if parent else "", "Position": place,
        "Brands": product.brand if parent is None else "",
    }  # fmt: skip
    for side, length in zip(("Length (cm)", "Width (cm)", "Height (cm)"), product.size_mm or (), strict=False):
        row[side] = _shorter(Decimal(length) / 10)
    numbered: list[Cell] = []
    for name, value in attributes.items():
        numbered += [name, value, 1, 0]
    return [*(row.get(name, "") for name in _COLUMNS), *numbered, *([""] * (4 * most - len(numbered)))]


def _lines(text: str) -> str:
    return text.replace("\n", "\\n")  # as WooCommerce itself writes them


def _shorter(number: Decimal) -> Decimal:
    return number.normalize() if number % 1 else number.quantize(Decimal(1))


WOOCOMMERCE = ExportFormat(
    name="woocommerce",
    label="WooCommerce CSV",
    about="For Products › Import in WooCommerce: products with variations.",
    suffix="csv",
    families=True,
    table=table,
)
