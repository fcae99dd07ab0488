"""Exports as they arrive: opened in a spreadsheet on the way, saved in another language, with with gaps."""

import pytest

from tests.catalog.dialects.conftest import Bring

SHOPIFY = "Handle;Title;Vendor;Published;Option1 Name;Option1 Value;Variant SKU;Variant Inventory Qty;Variant Price\r\n"


async def test_shopify_saved_by_a_german_spreadsheet(bring: Bring) -> None:
    rows = (
        "größe;Hemd „Größe“;Lumea;WAHR;Größe;S;'0012;-3;19,90\r\n"
        "becher;Becher;Lumea;FALSCH;Title;Default Title;MUG;4;1.299,00\r\n"
        "größe;;;;;M;0013;5;20,5\r\n"
    )
    found = await bring((SHOPIFY + rows).encode("cp1252"), {"currency": "EUR"})
    assert found.reasons == {}
    assert {each.sku: (str(each.price), each.quantity, each.active) for each in found.products} == {
        "größe": ("19.90 EUR", 5, True), "0012": ("19.90 EUR", 0, True), "0013": ("20.50 EUR", 5, True),
        "MUG": ("1,299.00 EUR", 4, False),
    }  # fmt: skip


WIX = (
    "handleId;fieldType;name;productImageUrl;collection;sku;price;surcharge;visible;inventory;productOptionName1;"
    "productOptionType1;productOptionDescription1\n"
)


async def test_wix_surcharges_with_a_decimal_comma_and_hidden_variants(bring: Bring) -> None:
    rows = (
        "p1;Product;Shirt;;;;20,5;;WAHR;InStock;Size;DROP_DOWN;S,M\n"
        "p1;Variant;;;;SH-S;;2,25;WAHR;5;;;S\n"
        "p1;Variant;;;;SH-M;;0;FALSCH;1;;;M\n"
    )
    found = await bring(WIX + rows, {"currency": "EUR"})
    assert {each.sku: (str(each.price), each.active) for each in found.products} == {
        "p1": ("20.50 EUR", True), "SH-S": ("22.75 EUR", True), "SH-M": ("20.50 EUR", False),
    }  # fmt: skip


async def test_the_list_of_products_that_prestashop_exports(bring: Bring) -> None:
    found = await bring(
        "Product ID;Image;Name;Reference;Category;Price (tax excl.);Price (tax incl.);Quantity;Status;Position\n"
        "1;https://p.example/1.jpg;Cup;DEMO_1;Home;€12.50;€15.13;300;1;\n"
        "2;;Plate;;Home;€1,299.90;€1,572.88;-2;0;\n"
    )
    assert found.reading.dialect == "prestashop"
    assert [(each.sku, str(each.price), each.quantity, each.active) for each in found.products] == [
        ("DEMO_1", "15.13 EUR", 300, True), ("presta-2", "1,572.88 EUR", 0, False),
    ]  # fmt: skip


EBAY = (
    "Item number,Title,Variation details,Custom label (SKU),Available quantity,Currency,Start price,"
    "eBay category 1 name,Listing site,P:EAN\n"
)


async def test_ebay_item_numbers_that_excel_rounded_do_not_make_one_listing_of_two(bring: Bring) -> None:
    rows = (
        "1.95E+11,Dress,,,5,EUR,20,Dresses,Germany,\n"
        '1.95E+11,Dress,"[Size:S]",DR-S,2,EUR,20,Dresses,Germany,Does not apply\n'
        '1.95E+11,Dress,"[Size:M]",DR-M,3,EUR,22,Dresses,Germany,4006381333931\n'
        "1.95E+11,Lamp,,L-1,4,EUR,12.5,Lamps,Germany,Nicht zutreffend\n"
    )
    found = await bring(EBAY + rows)
    assert found.reasons == {}
    lamp = found["L-1"]
    assert (lamp.original.title, lamp.parent_id, lamp.source_id, lamp.gtin) == ("Lamp", None, "", "")
    parent = next(each for each in found.products if each.sku.startswith("ebay-"))
    assert [sku for sku, _ in found.variants(parent.sku)] == ["DR-S", "DR-M"]
    assert [found[sku].gtin for sku in ("DR-S", "DR-M")] == ["", "4006381333931"]
    again = await bring(EBAY + rows)
    assert again.counts == (0, 0, 4, 0), "the second import finds the same products"


async def test_mercado_libre_hints_below_the_header_are_no_product(bring: Bring) -> None:
    found = await bring(
        "Título;Código universal de producto;Fotos;SKU;Stock;Precio [$];Condición;Forma de envío;Tipo de garantía\n"
        "Obligatorio;;;;;;;;\n"
        "Taza;7791234567898;;TZ;5;1.500,00;Nuevo;Mercado Envíos;Del vendedor\n",
        {"currency": "ARS"},
    )
    assert (found.skus, found.reasons) == (["TZ"], {})


BASELINKER = "ID produktu;SKU;EAN;Nazwa produktu;Cena brutto;Stawka VAT;Stan magazynowy;ID produktu nadrzędnego\n"


@pytest.mark.parametrize("own", ["BL-1", ""])
async def test_one_variant_beside_a_product_with_its_own_sku_is_a_family(bring: Bring, own: str) -> None:
    rows = f"101;{own};5901234123457;Koszula;129,99;23;7;0\n102;BL-1-L;;Koszula L;134,99;23;2;101\n"
    found = await bring(BASELINKER + rows, {"currency": "PLN"})
    assert found.skus == ([own, "BL-1-L"] if own else ["BL-1-L"])
    assert found["BL-1-L"].quantity == 2
    assert found["BL-1-L"].gtin == ("" if own else "5901234123457")


async def test_amazon_names_for_people_above_the_header_are_not_taken_for_it(bring: Bring) -> None:
    found = await bring(
        "TemplateType=fptcustom\tVersion=2024.0101\tTemplateSignature=U0hJUlQ=\t\t\t\t\t\t\t\t\t\n"
        "Product Type\tSeller SKU\tProduct Name\tBrand\tPrice\tQuantity\tParentage\tParent SKU\tRelationship Type\t"
        "Variation Theme\tSize\tMain Image URL\n"
        "feed_product_type\titem_sku\titem_name\tbrand_name\tstandard_price\tquantity\tparent_child\tparent_sku\t"
        "relationship_type\tvariation_theme\tsize_name\tmain_image_url\n"
        'shirt\tAP-1\tShirt "Ana"\tLumea\t\t\tParent\t\t\tSize\t\thttps://a.example/1.jpg\n'
        "shirt\tAP-1-S\tShirt Ana S\tLumea\t19.90\t5\tChild\tAP-1\tVariation\tSize\tS\t\n"
        "shirt\tAP-1-M\tShirt Ana M\tLumea\t1,299.00\t\tChild\tAP-1\tVariation\tSize\tM\t\n",
        {"currency": "USD"},
    )
    assert (found.reading.dialect, found.reasons) == ("amazon", {})
    assert found.variants("AP-1") == [("AP-1-S", {"Size": "S"}), ("AP-1-M", {"Size": "M"})]
    assert str(found["AP-1-M"].price) == "1,299.00 USD"
