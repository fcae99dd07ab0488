"""A file of another program in the import's window: said what it is and why, columns with what they were made of."""

from pathlib import Path

from PySide6.QtWidgets import QLabel

from mmhub_desktop.gui.main_window import MainWindow
from tests.fakes.import_hand import ImportHand, write
from tests.gui.conftest import Until

SHOPIFY = (
    "Handle,Title,Body (HTML),Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,"
    "Image Src,Fabric (product.metafields.custom.fabric)\n"
    "shirt,Linen shirt,<p>Light</p>,Nordhaus,Size,S,SH-S,3,19.90,https://x.example/1.jpg,Linen\n"
    "shirt,,,,,M,SH-M,2,21.90,https://x.example/2.jpg,\n"
    "mug,Mug,,Nordhaus,Title,Default Title,MUG,5,5.00,,\n"
)


async def test_a_shop_file_is_recognised_and_becomes_families(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    assert shop.context is not None
    products = shop.context.workspace.products
    hand = ImportHand(shop, until, write(tmp_path, "products_export_1.csv", SHOPIFY))
    await hand.comes("Next: columns")
    said = " ".join(label.text() for label in hand.dialog.read.findChildren(QLabel) if label.isVisible())
    assert "Read as Shopify products. It is known by “Handle”" in said
    await hand.to_columns()
    assert "option:Size" in hand.fields()
    assert "Shopify products: “Variant SKU”." in [label.text() for label in hand.dialog.columns.findChildren(QLabel)]
    hand.type("EUR")  # the file names no currency, so the keyboard stands in the question
    await hand.comes("Check the rows")
    await hand.enter("Import 4 rows")
    await hand.enter("Done")
    parent = await products.by_sku("shirt")
    assert parent is not None
    variants = await products.variants_of(parent.id)
    assert [(each.sku, dict(each.options), str(each.price)) for each in variants] == [
        ("SH-S", {"Size": "S"}, "19.90 EUR"), ("SH-M", {"Size": "M"}, "21.90 EUR"),
    ]  # fmt: skip
    assert parent.attributes == {"Fabric": "Linen"}
    mug = await products.by_sku("MUG")
    assert mug is not None
    assert (mug.parent_id, mug.source, mug.source_id) == (None, "shopify", "mug")
