"""PrestaShop, Wix, Tiendanube, Shopware, BaseLinker: shops with families in rows of their own kinds."""

import pytest

from tests.catalog.dialects.conftest import Bring

EUR = {"currency": "EUR"}

PRESTA = (
    "Product ID;Active (0/1);Name *;Categories (x,y,z...);Price tax excluded;Tax rules ID;Wholesale price;"
    "On sale (0/1);Reference #;Manufacturer;EAN13;Width;Height;Depth;Weight;Quantity;Summary;Description;"
    "Tags (x,y,z...);Image URLs (x,y,z...);Feature(Name:Value:Position)\n"
    '1;1;Shirt;"Home, Men";10.50;1;5;0;SH;Nordhaus;;10;20;30;0.3;5;short;"<p>a;b\n""c""</p>";"a,b";'
    '"https://x.example/1.jpg,https://x.example/2.jpg";"Colour:Red:1, Fit:Slim: loose:2"\n'
    "2;0;Mug;Home;4;1;;0;;;;;;;;1;;;;;\n"
)
COMBINATIONS = (
    "Product ID*;Attribute (Name:Type:Position)*;Value (Value:Position)*;Reference;EAN13;Wholesale price;"
    "Impact on price;Quantity;Minimal quantity;Impact on weight;Default (0 = No, 1 = Yes);Image position\n"
    '1;"Size:select:0, Colour:color:1";"S:0, Blue:1";SH-S;4006381333931;;0;2;1;0;1;2\n'
    '1;"Size:select:0, Colour:color:1";"M:1, Blue:1";SH-M;;6;2.25;3;1;0;0;\n'
    '9;"Size:select:0";"L:0";LOST;;;1;1;1;0;0;\n'
)


@pytest.mark.parametrize("first", ["products", "combinations"])
async def test_prestashop_products_and_combinations_are_one_import(bring: Bring, first: str) -> None:
    files = {"products.csv": PRESTA, "combinations.csv": COMBINATIONS}
    found = await bring(dict(sorted(files.items(), key=lambda each: not each[0].startswith(first))), EUR)
    assert found.reading.dialect == "prestashop"
    assert found.skus == ["SH", "SH-S", "SH-M", "presta-2"]
    shirt, small, medium, mug = found.products
    assert (shirt.category, shirt.original.keywords) == ("Men", ("a", "b"))
    assert shirt.original.description == '<p>a;b\n"c"</p>'
    assert dict(shirt.attributes) == {"Summary": "short", "Colour": "Red", "Fit": "Slim: loose"}
    assert (shirt.weight_g, shirt.size_mm, str(shirt.cost)) == (300, (300, 100, 200), "5.00 EUR")
    assert found.variants("SH") == [
        ("SH-S", {"Size": "S", "Colour": "Blue"}), ("SH-M", {"Size": "M", "Colour": "Blue"}),
    ]  # fmt: skip
    assert (str(small.price), small.images, small.gtin) == (
        "10.50 EUR", ("https://x.example/2.jpg",), "4006381333931",
    )  # fmt: skip
    assert (str(medium.price), str(medium.cost), medium.quantity) == ("12.75 EUR", "6.00 EUR", 3)
    assert (mug.active, mug.source_id) == (False, "2")


async def test_prestashop_products_alone(bring: Bring) -> None:
    found = await bring(PRESTA, EUR)
    assert found.skus == ["SH", "presta-2"]
    assert found["SH"].images == ("https://x.example/1.jpg", "https://x.example/2.jpg")


async def test_wix_products_variants_and_surcharges(bring: Bring) -> None:
    found = await bring(
        "handleId,fieldType,name,description,productImageUrl,collection,sku,ribbon,price,surcharge,visible,inventory,"
        "weight,cost,productOptionName1,productOptionType1,productOptionDescription1,productOptionName2,"
        "productOptionType2,productOptionDescription2,additionalInfoTitle1,additionalInfoDescription1\r\n"
        'tee,Product,Tee,"<p>A ""b""</p>",a~mv2.jpg;https://x.example/b.jpg,Shirts;New,TEE,,20,,true,InStock,0.2,7,'
        "Size,DROP_DOWN,S;M,Colour,COLOR,#ff0000:Red,Care,Wash\r\n"
        "tee,Variant,,,,,TEE-S,,,0,,5,,,,,S,,,Red,,\r\n"
        "tee,Variant,,,,,,,,4.5,,OutOfStock,,,,,M,,,#ff0000:Red,,\r\n"
        "cup,Product,Cup,,,,CUP,,5,,false,InStock,,,,,,,,,,\r\n",
        EUR,
    )
    assert found.reading.dialect == "wix"
    assert found.variants("TEE") == [
        ("TEE-S", {"Size": "S", "Colour": "Red"}), ("TEE-M-Red", {"Size": "M", "Colour": "Red"}),
    ]  # fmt: skip
    tee, medium, cup = found["TEE"], found["TEE-M-Red"], found["CUP"]
    assert tee.images == ("https://static.wixstatic.com/media/a~mv2.jpg", "https://x.example/b.jpg")
    assert (tee.weight_g, tee.attributes["Care"], str(tee.cost)) == (200, "Wash", "7.00 EUR")
    assert (str(medium.price), medium.quantity) == ("24.50 EUR", 0)
    assert (cup.quantity, cup.active) == (1, False)


async def test_newer_wix_files_have_pictures_in_rows(bring: Bring) -> None:
    found = await bring(
        "handle,fieldType,name,visible,plainDescription,media,mediaAltText,ribbon,brand,price,strikethroughPrice,cost,"
        "inventory,sku,barcode,weight,productOptionName1,productOptionType1,productOptionChoices1\n"
        "tee,MEDIA,,,,https://x.example/2.jpg,,,,,,,,,,,,,\n"
        "tee,PRODUCT,Tee,TRUE,Text,https://x.example/1.jpg,,,Nordhaus,,,,,,,,Size,TEXT_CHOICES,S;M\n"
        "tee,VARIANT,,,,,,,,20,25,7,4,TEE-S,4006381333931,0.2,,,S\n"
        "tee,VARIANT,,,,,,,,22,,,IN_STOCK,TEE-M,,0.2,,,M\n",
        EUR,
    )
    assert found.skus == ["tee", "TEE-S", "TEE-M"]
    assert set(found["tee"].images) == {"https://x.example/1.jpg", "https://x.example/2.jpg"}
    assert [str(each.price) for each in found.products] == ["20.00 EUR", "20.00 EUR", "22.00 EUR"]
    assert (found["TEE-S"].gtin, found["TEE-M"].quantity, found["tee"].brand) == ("4006381333931", 1, "Nordhaus")


TIENDANUBE = (
    "Identificador de URL;Nombre;Categorías;Nombre de propiedad 1;Valor de propiedad 1;Precio;Precio promocional;"
    "Peso (kg);Alto (cm);Ancho (cm);Profundidad (cm);Stock;SKU;Código de barras;Mostrar en tienda;Envío sin cargo;"
    "Descripción;Tags;Título para SEO;Marca;Producto Físico;Costo\n"
)


async def test_tiendanube_in_windows_characters(bring: Bring) -> None:
    text = TIENDANUBE + (
        "remera;Remera ñandú;Ropa > Remeras;Talle;S;1.500,00;1.200,00;0,20;10;20;2;3;R-S;;SI;NO;"
        '"<p>Algodón;\n100 %</p>";verano, sol;t;Acmé;SI;700\n'
        "remera;;;;M;1.600,00;;0,25;10;20;2;;R-M;;;;;;;;;\n"
        "taza;Taza;Casa;;;90,50;;;;;;-1;;;NO;NO;;;;;SI;\n"
    )
    found = await bring(text.encode("cp1252"), {"currency": "ARS"})
    assert found.reading.dialect == "tiendanube"
    assert found.skus == ["remera", "R-S", "R-M", "taza"]
    shirt, small, medium, cup = found.products
    assert (shirt.original.title, shirt.original.description) == ("Remera ñandú", "<p>Algodón;\n100 %</p>")
    assert (shirt.brand, shirt.original.keywords) == ("Acmé", ("verano", "sol"))
    assert (str(small.price), small.weight_g, small.size_mm) == ("1,500.00 ARS", 200, (20, 200, 100))
    assert (small.attributes["Precio promocional"], str(small.cost)) == ("1.200,00", "700.00 ARS")
    assert (str(medium.price), medium.weight_g, medium.original.title) == ("1,600.00 ARS", 250, "Remera ñandú - M")
    assert found.variants("remera") == [("R-S", {"Talle": "S"}), ("R-M", {"Talle": "M"})]
    assert (cup.quantity, cup.active, str(cup.price)) == (0, False, "90.50 ARS")


async def test_nuvemshop_speaks_portuguese(bring: Bring) -> None:
    found = await bring(
        "Identificador URL;Nome;Categorias;Nome da variação 1;Valor da variação 1;Preço;Peso (kg);Altura (cm);"
        "Largura (cm);Comprimento (cm);Estoque;SKU;Exibir na loja;Frete gratis;Descrição;Produto Físico\n"
        "camisa;Camisa;Roupas;Cor;Azul;19,90;0,3;1;2;3;4;C-A;SIM;NÃO;Texto;SIM\n",
        {"currency": "BRL"},
    )
    assert found.skus == ["C-A"]
    shirt = found.products[0]
    assert (shirt.attributes, shirt.size_mm, shirt.active) == ({"Cor": "Azul"}, (30, 20, 10), True)


async def test_shopware_variants_before_their_product(bring: Bring) -> None:
    parent, child = "a" * 32, "b" * 32
    found = await bring(
        "id;parent_id;product_number;active;stock;name;description;price_net;price_gross;purchase_prices_gross;tax_rate;"
        "cover_media_url;manufacturer_name;categories;options;properties;weight;width\n"
        f"{child};{parent};SW1.1;1;4;;;;12.5;;19;;;;Colour: Red|Size: M;;;\n"
        f'{parent};;SW1;1;10;Shirt;"<p>x;y</p>";8.4;10;5;19;https://x.example/1.jpg;Nordhaus;{"c" * 32}|Clothes;;'
        "Material: Cotton;0.5;120\n"
        f"{'d' * 32};{parent};SW1.2;1;6;Shirt in blue;;;;;19;;;;{'e' * 32}|{'f' * 32};;0.6;\n",
        EUR,
    )
    assert found.skus == ["SW1", "SW1.1", "SW1.2"]
    shirt, red, blue = found.products
    assert (shirt.category, shirt.weight_g, shirt.attributes) == ("Clothes", 500, {"Material": "Cotton"})
    assert found.variants("SW1") == [("SW1.1", {"Colour": "Red", "Size": "M"}), ("SW1.2", {"Variant": "SW1.2"})]
    assert (str(red.price), str(blue.price), blue.weight_g, blue.original.title) == (
        "12.50 EUR", "10.00 EUR", 600, "Shirt in blue",
    )  # fmt: skip
    assert (shirt.source_id, red.source_id) == (parent, child)


async def test_shopware_prices_as_json_and_names_of_the_api(bring: Bring) -> None:
    found = await bring(
        "id;parentId;productNumber;active;stock;translations.DEFAULT.name;translations.DEFAULT.description;price;"
        "manufacturer.translations.DEFAULT.name;tax.id\n"
        '1;;A;0;2;Lamp;Bright;"{""DEFAULT"":{""net"":8.4,""gross"":10,""linked"":true}}";Nordhaus;x\n'
        '2;;B;1;2;Chair;;"[{""currencyId"":""c"",""net"":1,""gross"":2.5}]";;x\n',
        EUR,
    )
    assert [(each.sku, str(each.price), each.active) for each in found.products] == [
        ("A", "10.00 EUR", False), ("B", "2.50 EUR", True),
    ]  # fmt: skip


async def test_baselinker_in_polish(bring: Bring) -> None:
    found = await bring(
        "ID produktu;SKU;EAN;Nazwa;Stan [Magazyn główny];Stan [Drugi];Cena brutto [PLN];Stawka VAT;Kategoria;Producent;"
        "Waga;Opis;Zdjęcie 1;Zdjęcie 2;Parametry;ID produktu nadrzędnego\n"
        '1;A;4006381333931;Koszulka;5;9;"1 019,90";23;Odzież;Żółw;0,3;"opis;<br>\n""x""";https://x.example/1.jpg;'
        "https://x.example/2.jpg;Kolor: czarny|Materiał: bawełna;0\n"
        "2;A-M;;Koszulka - M;2;;;23;;;;;;;;1\n"
        "3;A-L;;Koszulka - L;3;;21,90;23;;;;;;;;1\n",
    )
    assert found.reading.dialect == "baselinker"
    shirt, medium, large = found.products
    assert (str(shirt.price), shirt.quantity, shirt.weight_g) == ("1,019.90 PLN", 5, 300)
    assert dict(shirt.attributes) == {"Kolor": "czarny", "Materiał": "bawełna"}
    assert found.variants("A") == [("A-M", {"Variant": "M"}), ("A-L", {"Variant": "L"})]
    assert (str(medium.price), str(large.price), large.brand) == ("1,019.90 PLN", "21.90 PLN", "Żółw")
