"""Etsy, eBay, Amazon, Google, Mercado Libre and Open Food Facts."""

from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from mmhub_desktop.domain.product import Condition
from tests.catalog.dialects.conftest import Bring

ETSY = (
    "TITLE,DESCRIPTION,PRICE,CURRENCY_CODE,QUANTITY,TAGS,MATERIALS,IMAGE1,IMAGE2,IMAGE3,VARIATION 1 TYPE,"
    "VARIATION 1 NAME,VARIATION 1 VALUES,VARIATION 2 TYPE,VARIATION 2 NAME,VARIATION 2 VALUES,SKU\n"
)


async def test_etsy_lists_variations_in_cells(bring: Bring) -> None:
    found = await bring(
        ETSY
        + 'Ring &amp; band,"It&#39;s\na ring, ""silver""",20.00,EUR,10,"silver_ring,gift","gold,silver",'
        'https://x.example/1.jpg,https://x.example/2.jpg,,Size,Ring size,"5,6",Colour,Colour,"Red,Blue","A,B,C,D"\n'
        + 'Cup,Plain,"1,250.00",EUR,1,,,https://x.example/3.jpg,,,,,,,,,CUP\n'
        + 'Bowl,Plain,7.00,EUR,4,,,,,,Size,,"Small,Large",,,,\n'
    )  # fmt: skip
    assert found.reading.dialect == "etsy"
    ring = found.products[0]
    assert (ring.original.title, ring.original.description) == ("Ring & band", 'It\'s\na ring, "silver"')
    assert (ring.original.keywords, ring.attributes["Materials"]) == (("silver ring", "gift"), "gold, silver")
    assert (ring.images, ring.quantity) == (("https://x.example/1.jpg", "https://x.example/2.jpg"), 10)
    assert found.variants(ring.sku) == [
        (sku, {"Ring size": size, "Colour": colour})
        for sku, (size, colour) in zip("ABCD", [("5", "Red"), ("5", "Blue"), ("6", "Red"), ("6", "Blue")], strict=True)
    ]
    assert (str(found["CUP"].price), str(found["C"].price), found["C"].quantity) == ("1,250.00 EUR", "20.00 EUR", 0)
    bowl = next(each for each in found.products if each.original.title == "Bowl")
    assert [options for _, options in found.variants(bowl.sku)] == [{"Size": "Small"}, {"Size": "Large"}]
    again = await bring(ETSY + "Bowl,Changed,8.00,EUR,4,,,,,,Size,,Large,,,,\n")
    assert again["etsy-" + bowl.sku[5:]].original.description == "Changed"


EBAY = (
    "Info,Version=1.0.0,Template=fx_category_template_EBAY_DE\n"
    "*Action(SiteID=Germany|Country=DE|Currency=EUR|Version=1193|CC=UTF-8),CustomLabel,*Category,*Title,Relationship,"
    "RelationshipDetails,*ConditionID,*C:Marke,C:Material,*Description,PicURL,*StartPrice,*Quantity,P:EAN\n"
)


async def test_ebay_template_with_facts_in_the_header(bring: Bring) -> None:
    found = await bring(
        EBAY + 'Add,SHIRT,123,Hemd,,Farbe=Rot;Blau|Größe=M,1000,Nordhaus,Leinen,"<b>Schön</b>, ""neu""\nZeile",'
        "https://x.example/1.jpg|https://x.example/2.jpg,,,Nicht zutreffend\n"
        + ",SHIRT-R,,,Variation,Farbe=Rot|Größe=M,,,,,Rot=https://x.example/r.jpg,10.00,2,4006381333931\n"
        + ",SHIRT-B,,,Variation,Farbe=Blau|Größe=M,,,,,Blau=https://x.example/b.jpg|Rot=https://x.example/z.jpg,11.50,3,\n"
        + "Add,MUG,5,Tasse,,,3000,,,,https://x.example/m.jpg,4.50,1,\n"
    )
    assert found.reading.dialect == "ebay"
    assert found.reading.currency in ("EUR", "")
    assert found.skus == ["SHIRT", "SHIRT-R", "SHIRT-B", "MUG"]
    shirt, red, blue, mug = found.products
    assert shirt.original.description == '<b>Schön</b>, "neu"\nZeile'
    assert (shirt.brand, shirt.attributes, shirt.gtin) == ("Nordhaus", {"Material": "Leinen"}, "")
    assert shirt.images[:2] == ("https://x.example/1.jpg", "https://x.example/2.jpg")
    assert found.variants("SHIRT") == [
        ("SHIRT-R", {"Farbe": "Rot", "Größe": "M"}), ("SHIRT-B", {"Farbe": "Blau", "Größe": "M"}),
    ]  # fmt: skip
    assert (str(red.price), red.images, red.gtin) == ("10.00 EUR", ("https://x.example/r.jpg",), "4006381333931")
    assert (blue.images, blue.quantity) == (("https://x.example/b.jpg",), 3)
    assert (mug.condition, str(mug.price)) == (Condition.USED, "4.50 EUR")


async def test_ebay_report_and_a_variation_without_its_listing(bring: Bring) -> None:
    header = (
        "Item number,Title,Variation details,Custom label (SKU),Available quantity,Format,Currency,Start price,"
        "eBay category 1 name,Condition\n"
    )
    found = await bring(
        header
        + "11,Shirt,,,5,FIXED_PRICE,USD,,Shirts,NEW\n"
        + '11,Shirt,"[Colour:Red,Size:M]",S-R,2,FIXED_PRICE,USD,10.00,Shirts,\n'
        + '11,Shirt,"[Colour:Blue,Size:M]",S-B,3,FIXED_PRICE,USD,11.00,Shirts,\n'
        + "12,Mug,,MUG,5,FIXED_PRICE,USD,4.00,Mugs,Seller refurbished\n"
        + '13,Cap,"[Colour:Red]",CAP-R,1,FIXED_PRICE,USD,9.00,Hats,\n'
    )
    assert found.variants("ebay-11") == [
        ("S-R", {"Colour": "Red", "Size": "M"}), ("S-B", {"Colour": "Blue", "Size": "M"}),
    ]  # fmt: skip
    assert (found["MUG"].condition, found["ebay-11"].quantity) == (Condition.REFURBISHED, 5)
    assert (found["CAP-R"].parent_id, found["CAP-R"].original.title) == (None, "Cap")


async def test_amazon_flat_file_below_three_header_rows(bring: Bring) -> None:
    found = await bring(
        "TemplateType=fptcustom\tVersion=2024.1\tThe top 3 rows are for Amazon.com use only.\n"
        "Seller SKU\tProduct Name\tProduct ID\n"
        "item_sku\titem_name\texternal_product_id\texternal_product_id_type\tbrand_name\tproduct_description\t"
        "standard_price\tcurrency\tquantity\tmain_image_url\tother_image_url1\tparent_child\tparent_sku\t"
        "relationship_type\tvariation_theme\tcolor_name\tsize_name\tbullet_point1\tcondition_type\titem_weight\t"
        "item_weight_unit_of_measure\n"
        "C1\tShirt red\t4006381333931\tEAN\tNordhaus\td\t10\tUSD\t2\thttps://x.example/r.jpg\thttps://x.example/2.jpg\t"
        "child\tP\tVariation\tSizeColor\tRed\tM\tSoft\tNew\t0.5\tKG\n"
        "S\tSolo\tB000000001\tASIN\tNordhaus\td\t5\tUSD\t1\t\t\t\t\t\t\tGreen\t\t\tUsedLikeNew\t8\tounces\n"
        "P\tShirt\t\t\tNordhaus\td\t\tUSD\t\thttps://x.example/1.jpg\t\tparent\t\t\tSizeColor\t\t\tSoft\t\t\t\n"
        "C2\tShirt blue\t\t\tNordhaus\td\t11\tUSD\t3\t\t\tchild\tP\tVariation\tSizeColor\tBlue\tM\tSoft\tNew\t\t\n"
    )
    assert found.reading.dialect == "amazon"
    assert sorted(found.skus) == ["C1", "C2", "P", "S"]
    assert found.variants("P") == [("C1", {"Color": "Red", "Size": "M"}), ("C2", {"Color": "Blue", "Size": "M"})]
    assert (found["C1"].gtin, found["C1"].weight_g) == ("4006381333931", 500)
    assert (found["C1"].images, found["P"].attributes) == (
        ("https://x.example/r.jpg", "https://x.example/2.jpg"), {"Bullet point 1": "Soft"},
    )  # fmt: skip
    assert (found["S"].condition, found["S"].gtin, found["S"].attributes) == (Condition.USED, "", {"Color": "Green"})
    assert found["S"].weight_g == 227


async def test_amazon_templates_with_long_names(bring: Bring) -> None:
    market = "[marketplace_id=ATVPDKIKX0DER]"
    found = await bring(
        "Settings\tx\nSKU\tItem Name\n"
        f"contribution_sku#1.value\titem_name{market}[language_tag=en_US]#1.value\tbrand{market}#1.value\t"
        f"product_type#1.value\texternally_assigned_product_identifier{market}#1.type\t"
        f"externally_assigned_product_identifier{market}#1.value\tfulfillment_availability#1.quantity\t"
        f"purchasable_offer{market}[audience=ALL]#1.our_price#1.schedule#1.value_with_tax\t"
        f"main_product_image_locator{market}#1.media_location\tcolor{market}#1.value\n"
        "A\tLamp\tNordhaus\tLAMP\tEAN\t4006381333931\t7\t19.90\thttps://x.example/1.jpg\tRed\n",
        {"currency": "USD"},
    )
    lamp = found["A"]
    assert (lamp.original.title, lamp.gtin, lamp.quantity) == ("Lamp", "4006381333931", 7)
    assert (str(lamp.price), lamp.images, lamp.attributes) == (
        "19.90 USD", ("https://x.example/1.jpg",), {"Color": "Red"},
    )  # fmt: skip


async def test_amazon_report_of_active_listings(bring: Bring) -> None:
    text = (
        "item-name\titem-description\tlisting-id\tseller-sku\tprice\tquantity\topen-date\timage-url\t"
        "item-is-marketplace\tproduct-id-type\titem-condition\tasin1\tproduct-id\tfulfillment-channel\tstatus\n"
        "Müg\tNice\tL1\tMUG\t4.5\t3\t2020-01-01\t\ty\t4\t11\tB000000001\t4006381333931\tDEFAULT\tActive\n"
        "Cup\tNice\tL2\tCUP\t5.5\t\t2020-01-01\t\ty\t1\t10\tB000000002\tB000000002\tAMAZON_NA\tInactive\n"
    )
    found = await bring(text.encode("cp1252"), {"currency": "USD"})
    mug, cup = found.products
    assert (mug.original.title, mug.gtin, mug.attributes["ASIN"], mug.active) == (
        "Müg", "4006381333931", "B000000001", True,
    )  # fmt: skip
    assert (cup.gtin, cup.condition, cup.active, cup.source) == ("", Condition.REFURBISHED, False, "amazon")


async def test_amazon_inventory_loader_changes_what_is_there(bring: Bring) -> None:
    await bring("sku,title,price\nMUG,Mug,5.00\n", {"currency": "USD"})
    found = await bring(
        "sku\tproduct-id\tproduct-id-type\tprice\tminimum-seller-allowed-price\titem-condition\tquantity\tadd-delete\n"
        "MUG\t4006381333931\t4\t6.00\t\t11\t9\ta\nNEW\t\t\t1.00\t\t11\t1\ta\n",
        {"currency": "USD"},
    )
    assert found.counts == (0, 1, 0, 1)  # a new product would need a title
    assert (str(found["MUG"].price), found["MUG"].quantity, found["MUG"].gtin) == ("6.00 USD", 9, "4006381333931")


async def test_google_feed_groups_variants(bring: Bring) -> None:
    found = await bring(
        "id\ttitle\tdescription\tlink\timage_link\tadditional_image_link\tprice\tavailability\tcondition\tbrand\tgtin\t"
        "google_product_category\tproduct_type\titem_group_id\tcolor\tsize\tshipping_weight\tproduct_detail\n"
        "a\tShirt red\tx\thttps://s.example/a\thttps://x.example/1.jpg\t"
        "https://x.example/2.jpg,https://x.example/3.jpg\t"
        "15.00 USD\tin_stock\tnew\tNordhaus\t\t212\tShirts\tG\tRed\tM\t0.5 kg\tFit:Cut:Slim\n"
        "c\tMug\tx\thttps://s.example/c\thttps://x.example/5.jpg\t\t6.00 USD\tin stock\trefurbished\tNordhaus"
        "\t\t\t\t\t\t\t\t\n"
        "b\tShirt blue\ty\thttps://s.example/b\thttps://x.example/4.jpg\t\t16.00 USD\tout of stock\tnew\t"
        "Nordhaus\t\t212\tShirts\tG\tBlue\tM\t0.5 kg\t\n"
        "d\tCap\tx\t\t\t\t7.00 USD\tpreorder\tnew\t\t\t\t\tALONE\tRed\t\t\t\n"
    )
    assert found.reading.dialect == "google"
    assert found.variants("G") == [("a", {"Color": "Red"}), ("b", {"Color": "Blue"})]
    shirt, red = found["G"], found["a"]
    assert (shirt.original.title, shirt.category, shirt.attributes) == ("Shirt", "Shirts", {"Size": "M"})
    assert red.images == tuple(f"https://x.example/{each}.jpg" for each in (1, 2, 3))
    assert (str(red.price), red.weight_g, red.quantity, red.attributes["Cut"]) == ("15.00 USD", 500, 1, "Slim")
    assert (found["b"].quantity, found["c"].condition, found["d"].parent_id) == (0, Condition.REFURBISHED, None)
    assert found["d"].attributes == {"Color": "Red"}


@pytest.mark.parametrize("portuguese", [False, True])
async def test_mercado_libre_sheet_below_rows_of_headings(bring: Bring, portuguese: bool) -> None:
    title, varies, code, photos, price, warranty, stock, state = (
        ("Título", "Varia por: Cor", "Código universal de produto", "Fotos", "Preço [R$]", "Tempo de garantia",
         "Estoque", "Condição")
        if portuguese
        else ("Título", "Varía por: Color", "Código universal de producto", "Fotos", "Precio [$]",
              "Tiempo de garantía", "Stock", "Condición")
    )  # fmt: skip
    hint = "Obrigatório" if portuguese else "Obligatorio"
    found = await bring(
        f"Cuadros Decorativos,,,,,,,,\n{title},{varies},{code},{photos},SKU,{stock},{price},{state},{warranty}\n"
        f"{hint},Opcional,Opcional,{hint},Opcional,{hint},{hint},{hint},Opcional\n"
        'Cuadro,Rojo,El producto no tiene código registrado,"https://x.example/1.jpg, https://x.example/2.jpg",C-R,3,'
        "1500,Nuevo,90\n"
        "Cuadro,Azul,,https://x.example/3.jpg,C-A,2,1600,Nuevo,90\n"
        "Taza,,4006381333931,https://x.example/4.jpg,T,1,100,Usado,\n",
        {"currency": "MXN"},
    )
    assert found.reading.dialect == "mercadolibre"
    name = "Cor" if portuguese else "Color"
    (parent,) = [each for each in found.products if each.sku.startswith("ml-")]
    assert found.variants(parent.sku) == [("C-R", {name: "Rojo"}), ("C-A", {name: "Azul"})]
    assert parent.images == tuple(f"https://x.example/{each}.jpg" for each in (1, 2, 3))
    assert (found["C-R"].gtin, found["C-A"].original.title) == ("", "Cuadro - Azul")
    assert (found["T"].gtin, found["T"].condition, str(found["T"].price)) == (
        "4006381333931", Condition.USED, "100.00 MXN",
    )  # fmt: skip


async def test_mercado_libre_workbook_with_a_sheet_of_help(bring: Bring, tmp_path: Path) -> None:
    path = tmp_path / "made.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        about = book.add_worksheet("Ayuda")
        about.write_column(0, 0, ["Cómo publicar", "Completa la hoja de tu categoría", "Título, precio y stock"])
        sheet = book.add_worksheet("Tazas")
        for number, row in enumerate(
            (
                ("Cocina > Tazas",),
                ("Código de catálogo ML", "Título", "Condición", "Código universal de producto", "Varía por: Color",
                 "Fotos", "SKU", "Stock", "Precio [$]", "Forma de envío", "Tipo de garantía"),
                ("", "Obligatorio", "Obligatorio", "Opcional", "Opcional", "Obligatorio", "", "Obligatorio"),
                ("", "Taza", "Nuevo", 4006381333931, "Roja", "https://x.example/1.jpg", "T-R", 3, 1500.5, "", ""),
                ("", "Taza", "Nuevo", "", "Azul", "https://x.example/2.jpg", "T-A", 2, 1500.5, "", ""),
            )
        ):  # fmt: skip
            sheet.write_row(number, 0, row)
    found = await bring({"tazas.xlsx": path.read_bytes()}, {"currency": "MXN"})
    assert found.reading.dialect == "mercadolibre"
    assert [(each.sku, each.gtin, str(each.price)) for each in found.products[1:]] == [
        ("T-R", "4006381333931", "1,500.50 MXN"), ("T-A", "", "1,500.50 MXN"),
    ]  # fmt: skip
    assert found.products[1].options == {"Color": "Roja"}


async def test_open_food_facts_quantity_is_no_stock(bring: Bring) -> None:
    found = await bring(
        "code\turl\tcreator\tcreated_t\tproduct_name\tgeneric_name\tquantity\tbrands\tcategories\tcountries_tags\t"
        "ingredients_text\tnutriscore_grade\timage_url\tenergy-kcal_100g\tnever_heard_of\n"
        '0737628064502\thttp://x\tme\t1\tRice "noodles\t\t155 g\tThai Kitchen,Simply\tMeals,Noodles\ten:us\t'
        "Rice, water\tb\thttps://x.example/1.jpg\t385\tz\n"
        "123\thttp://x\tme\t1\t\tOats\t500 g\t\t\ten:us\t\t\t\t\t\n"
    )
    noodles, oats = found.products
    assert (noodles.sku, noodles.gtin, noodles.quantity) == ("0737628064502", "0737628064502", 0)
    assert (noodles.original.title, noodles.brand, noodles.category) == ('Rice "noodles', "Thai Kitchen", "Noodles")
    assert noodles.attributes == {
        "Net content": "155 g", "Ingredients": "Rice, water", "Nutri-Score": "b", "Energy (kcal/100 g)": "385",
    }  # fmt: skip
    assert (oats.original.title, oats.gtin) == ("Oats", "")
