"""Shopify's files, the tidy and the nasty ones."""

from mmhub_desktop.domain.product import Condition
from tests.catalog.dialects.conftest import Bring

EUR = {"currency": "EUR"}
HEADER = (
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,"
    "Option2 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,Variant Compare At Price,"
    "Variant Barcode,Image Src,Image Position,Variant Image,Variant Weight Unit,Cost per item,Status,"
    "Fabric (product.metafields.custom.fabric),Google Shopping / Condition,SEO Title,Price / EU"
)


def _row(**cells: str) -> str:
    names = HEADER.split(",")
    quoted = ('"' + cells.get(name, "").replace('"', '""') + '"' for name in names)
    return ",".join(quoted)


def _file(*rows: dict[str, str], end: str = "\n") -> str:
    return end.join([HEADER, *(_row(**row) for row in rows)]) + end


SHIRT = {
    "Handle": "shirt", "Title": "Linen shirt", "Body (HTML)": '<p>Two\nlines, "quoted" 😀</p>', "Vendor": "Nordhaus",
    "Product Category": "Apparel > Shirts", "Type": "Shirt", "Tags": "summer, linen", "Published": "true",
    "Option1 Name": "Size", "Option1 Value": "S", "Option2 Name": "Colour", "Option2 Value": "Red",
    "Variant SKU": "SH-S", "Variant Grams": "200", "Variant Inventory Qty": "3", "Variant Price": "19.90",
    "Variant Compare At Price": "25.00", "Variant Barcode": "'4006381333931", "Image Src": "https://x.example/2.jpg",
    "Image Position": "2", "Cost per item": "7.50", "Status": "active", "Variant Weight Unit": "kg",
    "Fabric (product.metafields.custom.fabric)": "Linen", "Google Shopping / Condition": "used", "SEO Title": "Buy!",
    "Price / EU": "29.00",
}  # fmt: skip


async def test_rows_of_a_handle_become_a_family(bring: Bring) -> None:
    found = await bring(
        "\ufeff" + _file(
            SHIRT,
            {"Handle": "shirt", "Option1 Value": "M", "Option2 Value": "Red", "Variant SKU": "SH-M",
             "Variant Inventory Qty": "-2", "Variant Price": "21.90", "Image Src": "https://x.example/1.jpg?a,b",
             "Image Position": "1", "Variant Image": "https://x.example/m.jpg"},
            {"Handle": "shirt", "Image Src": "https://x.example/2.jpg", "Image Position": "3"},
            end="\r\n",
        ),
        EUR,
    )  # fmt: skip
    assert found.reading.dialect == "shopify"
    assert "“Handle”" in found.reading.dialect_reason
    assert found.skus == ["shirt", "SH-S", "SH-M"]
    shirt, small, medium = found.products
    assert shirt.original.title == "Linen shirt"
    assert shirt.original.description == '<p>Two\nlines, "quoted" 😀</p>'
    assert shirt.original.keywords == ("summer", "linen")
    assert (shirt.brand, shirt.category, shirt.attributes["Type"]) == ("Nordhaus", "Apparel > Shirts", "Shirt")
    assert (shirt.source, shirt.source_id, shirt.condition) == ("shopify", "shirt", Condition.USED)
    assert (str(shirt.price), shirt.quantity, shirt.active) == ("19.90 EUR", 3, True)
    assert shirt.images == ("https://x.example/1.jpg?a,b", "https://x.example/2.jpg", "https://x.example/m.jpg")
    assert found.variants("shirt") == [
        ("SH-S", {"Size": "S", "Colour": "Red"}), ("SH-M", {"Size": "M", "Colour": "Red"}),
    ]  # fmt: skip
    assert (small.original.title, small.gtin, small.weight_g) == ("Linen shirt - S / Red", "4006381333931", 200)
    assert (str(small.cost), small.attributes["Compare at price"]) == ("7.50 EUR", "25.00")
    assert (str(medium.price), medium.quantity, medium.images) == ("21.90 EUR", 0, ("https://x.example/m.jpg",))
    assert medium.attributes["Fabric"] == "Linen"
    assert not {"SEO Title", "Price / EU"} & set(shirt.attributes)


async def test_a_product_without_a_choice_is_one_product(bring: Bring) -> None:
    found = await bring(
        _file(
            {"Handle": "mug", "Title": "Mug", "Option1 Name": "Title", "Option1 Value": "Default Title",
             "Variant SKU": "MUG", "Variant Price": "5.00", "Status": "draft"},
            {"Handle": "bag", "Title": "Bag", "Option1 Name": "Size", "Option1 Value": "One", "Variant Price": "9.00"},
        ),
        EUR,
    )  # fmt: skip
    assert found.skus == ["MUG", "bag"]
    assert (found["MUG"].active, dict(found["MUG"].options), found["MUG"].source_id) == (False, {}, "mug")
    assert (found["bag"].attributes, found["bag"].parent_id) == ({"Size": "One"}, None)


async def test_pictures_before_the_product_and_torn_handles_come_together(bring: Bring) -> None:
    found = await bring(
        _file(
            {"Handle": "shirt", "Image Src": "https://x.example/a.jpg"},
            {"Handle": "mug", "Title": "Mug", "Variant SKU": "MUG", "Variant Price": "5.00"},
            SHIRT,
            {"Handle": "cup", "Title": "Cup", "Variant SKU": "CUP", "Variant Price": "6.00"},
            {"Handle": "shirt", "Option1 Value": "M", "Option2 Value": "Red", "Variant Price": "20.00"},
        ),
        EUR,
    )
    assert sorted(found.skus) == ["CUP", "MUG", "SH-S", "shirt", "shirt-M-Red"]
    assert found["shirt"].images == ("https://x.example/2.jpg", "https://x.example/a.jpg")
    assert [sku for sku, _ in found.variants("shirt")] == ["SH-S", "shirt-M-Red"]


async def test_a_variant_may_have_the_sku_of_its_handle(bring: Bring) -> None:
    found = await bring(
        _file(
            {**SHIRT, "Variant SKU": "SHIRT"},
            {"Handle": "shirt", "Option1 Value": "M", "Option2 Value": "Red", "Variant SKU": "SHIRT-M",
             "Variant Price": "20"},
        ),
        EUR,
    )  # fmt: skip
    assert found.skus == ["shirt-parent", "SHIRT", "SHIRT-M"]


async def test_the_newer_header_and_missing_columns(bring: Bring) -> None:
    found = await bring(
        "Title,URL handle,Description,Vendor,Published on online store,Status,SKU,Barcode,Option1 name,Option1 value,"
        "Price,Inventory quantity,Weight value (grams),Product image URL,Image position,Variant image URL\n"
        "Lamp,lamp,<b>Bright</b>,Nordhaus,TRUE,archived,L-1,,Colour,Red,10.00,4,300,https://x.example/l.jpg,1,\n"
        ",lamp,,,,,L-2,,,Blue,11.00,5,300,,,https://x.example/b.jpg\n",
        EUR,
    )
    assert found.variants("lamp") == [("L-1", {"Colour": "Red"}), ("L-2", {"Colour": "Blue"})]
    assert (found["lamp"].active, found["L-2"].weight_g, found["lamp"].quantity) == (False, 300, 9)


async def test_the_second_import_finds_the_same_products(bring: Bring) -> None:
    first = await bring(_file(SHIRT, {"Handle": "shirt", "Option1 Value": "M", "Variant Price": "21.00"}), EUR)
    again = await bring(
        _file({**SHIRT, "Variant Price": "22.00"}, {"Handle": "shirt", "Option1 Value": "M", "Variant Price": "21.00"},
              {"Handle": "shirt", "Option1 Value": "L", "Variant Price": "23.00"}),
        EUR,
    )  # fmt: skip
    assert again.counts == (1, 2, 1, 0)  # L is new; the price of S shows in the parent, too
    assert again.skus == [*first.skus, "shirt-L"]
    assert [each.id for each in again.products[:3]] == [each.id for each in first.products]


async def test_few_columns_are_enough(bring: Bring) -> None:
    found = await bring("Handle,Title,Vendor,Image Src\nlamp,Lamp,Nordhaus,https://x.example/1.jpg\nlamp,,,\n")
    assert found.reading.dialect == "shopify"
    assert [(each.sku, each.original.title, each.images) for each in found.products] == [
        ("lamp", "Lamp", ("https://x.example/1.jpg",))
    ]


async def test_matrixify_adds_columns_of_its_own(bring: Bring) -> None:
    found = await bring(
        "ID,Handle,Command,Title,Body HTML,Vendor,Tags,Top Row,Image Src,Image Position,Variant ID,Option1 Name,"
        "Option1 Value,Variant SKU,Variant Price,Variant Grams,Metafield: custom.fabric [single_line_text_field]\n"
        "1,lamp,MERGE,Lamp,<b>x</b>,Nordhaus,a,TRUE,https://x.example/1.jpg,1,11,Colour,Red,L-R,10.00,250,Linen\n"
        "1,lamp,MERGE,,,,,,,,12,Colour,Blue,L-B,11.00,1.250,\n",
        EUR,
    )
    assert found.variants("lamp") == [("L-R", {"Colour": "Red"}), ("L-B", {"Colour": "Blue"})]
    assert found["lamp"].attributes == {"fabric": "Linen"}
    assert (found["L-R"].weight_g, found["L-B"].weight_g) == (250, 1)
