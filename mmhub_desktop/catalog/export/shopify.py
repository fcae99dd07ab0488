"""Shopify's product import: a row for each variant and each picture, under one handle."""

from collections.abc import Iterator, Sequence
from functools import partial

from mmhub_desktop.catalog.export.formats import Cell, ExportFormat, Table, note
from mmhub_desktop.catalog.slug import short_hash, slug
from mmhub_desktop.domain.product import Product, sku_key
from mmhub_desktop.store.export_reader import Exported, ExportNames

_COLUMNS = (
    "Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published", "Option1 Name", "Option1 Value",
    "Option2 Name", "Option2 Value", "Option3 Name", "Option3 Value", "Variant SKU", "Variant Grams",
    "Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy", "Variant Fulfillment Service",
    "Variant Price", "Variant Requires Shipping", "Variant Taxable", "Variant Barcode", "Image Src",
    "Image Position", "Variant Image", "Variant Weight Unit", "Cost per item", "Status",
)  # fmt: skip
_OPTIONS = 3  # Shopify has no more
_FILES = "images that are files: Shopify takes links only"
_MANY = "variants with more than three options: the others stand in the third"


def table(names: ExportNames, _chosen: Sequence[str]) -> Table:
    """Shopify's columns, then a metafield for each attribute."""
    left_out: dict[str, int] = {}
    metafields = tuple(f"{name} (product.metafields.custom.{_key(name)})" for name in names.attributes)
    rows = partial(_rows, left_out=left_out, attributes=names.attributes)
    return Table((*_COLUMNS, *metafields), rows, left_out)


def _rows(one: Exported, *, left_out: dict[str, int], attributes: Sequence[str]) -> Iterator[list[Cell]]:
    product = one.product
    variants = one.variants or (product,)
    images = [image for image in product.images if "://" in image]
    for _ in range(len(product.images) - len(images)):
        note(left_out, _FILES)
    options = list(dict.fromkeys(name for variant in one.variants for name in variant.options))
    handle = handle_of(product)
    for place in range(max(len(variants), len(images))):
        row: dict[str, Cell] = {"Handle": handle}
        if place == 0:
            row.update(_head(product))
            row.update(
                zip(options[:_OPTIONS] and [f"Option{at} Name" for at in range(1, _OPTIONS + 1)], options, strict=False)
            )
            if not one.variants:
                row.update({"Option1 Name": "Title", "Option1 Value": "Default Title"})
        if place < len(variants):
            row.update(_variant(variants[place], product))
            if one.variants:
                row.update(_choices(variants[place], options, left_out))
        if place < len(images):
            row.update({"Image Src": images[place], "Image Position": place + 1})
        own = product.attributes if place == 0 else {}
        yield [*(row.get(name, "") for name in _COLUMNS), *(own.get(name, "") for name in attributes)]


def _head(product: Product) -> dict[str, Cell]:
    text = product.text
    return {
        "Title": text.title, "Body (HTML)": text.description, "Vendor": product.brand, "Type": product.category,
        "Tags": ", ".join(text.keywords), "Published": "TRUE" if product.active else "FALSE",
        "Status": "active" if product.active else "draft",
    }  # fmt: skip


def _variant(variant: Product, product: Product) -> dict[str, Cell]:
    price = variant.price or product.price
    cost = variant.cost or product.cost
    own = next((image for image in variant.images if "://" in image), "")
    weight = product.weight_g if variant.weight_g is None else variant.weight_g
    return {
        "Variant SKU": variant.sku, "Variant Grams": weight,
        "Variant Inventory Tracker": "shopify", "Variant Inventory Qty": variant.quantity,
        "Variant Inventory Policy": "deny", "Variant Fulfillment Service": "manual",
        "Variant Price": price.amount if price else None, "Variant Requires Shipping": "TRUE",
        "Variant Taxable": "TRUE", "Variant Barcode": variant.gtin,
        "Variant Image": own if variant is not product and variant.images != product.images else "",
        "Variant Weight Unit": "g", "Cost per item": cost.amount if cost else None,
    }  # fmt: skip


def _choices(variant: Product, options: Sequence[str], left_out: dict[str, int]) -> dict[str, Cell]:
    values = [variant.options.get(name, "") for name in options]
    if len(values) > _OPTIONS:
        note(left_out, _MANY)
        values[_OPTIONS - 1 :] = [" / ".join(value for value in values[_OPTIONS - 1 :] if value)]
    return {f"Option{place} Value": value for place, value in enumerate(values, 1)}


def handle_of(product: Product) -> str:
    """The handle that Shopify gave it, else one made of the SKU that no other product gets."""
    if product.source == "shopify" and product.source_id and "#" not in product.source_id:
        return product.source_id
    plain = slug(product.sku).lower()
    return plain if plain == sku_key(product.sku) else f"{plain}-{short_hash(sku_key(product.sku))}"


def _key(name: str) -> str:
    return slug(name).lower().replace("-", "_")


SHOPIFY = ExportFormat(
    name="shopify",
    label="Shopify CSV",
    about="For Products › Import in Shopify: variants and pictures as rows.",
    suffix="csv",
    families=True,
    table=table,
)
