"""WooCommerce's export, in three languages, and the format of the CSV Import Suite."""

import pytest

from tests.catalog.dialects.conftest import Bring

EUR = {"currency": "EUR"}
HEADER = (
    'ID,Type,SKU,"GTIN, UPC, EAN, or ISBN",Name,Published,"Is featured?","Visibility in catalog","Short description",'
    'Description,"Tax status","In stock?",Stock,"Weight (lbs)","Length (cm)","Width (cm)","Height (cm)",'
    '"Sale price","Regular price",Categories,Tags,Images,Parent,Position,Brands,"Attribute 1 name",'
    '"Attribute 1 value(s)","Attribute 1 visible","Attribute 2 name","Attribute 2 value(s)",Meta: _hidden,'
    "Meta: care\n"
)


async def test_variations_find_their_product_by_sku_and_by_id(bring: Bring) -> None:
    found = await bring(
        "\ufeff" + HEADER
        + "10,variation,,,Hoodie - Blue,1,0,visible,,,taxable,1,parent,,,,,,40,,,https://x.example/blue.jpg,id:9,2,,"
        "Colour,Blue,,,,,\n"
        + '9,variable,HOOD,4006381333931,Hoodie,1,0,visible,Short,'
        '"<p>One\\nTwo, ""three""</p>",taxable,1,,1.5,30,20,5,,'
        ',"Clothes > Hoodies, Sale\\, now","warm, soft","https://x.example/1.jpg, https://x.example/2.jpg",,0,Nordhaus,'
        'Colour,"Red, Blue",1,Material,Wool,x,cold wash\n'
        + "11,variation,HOOD-R,,Hoodie - Red,1,0,visible,,,taxable,1,-3,,,,,35,45,,,,HOOD,1,,Colour,Red,,,,,\n"
        + '12,"simple, virtual",CAP,,Cap,-1,0,visible,Only short,,taxable,0,,,,,,,9.99,Hats,,,,0,,,,,,,,\n',
        EUR,
    )  # fmt: skip
    assert found.reading.dialect == "woocommerce"
    assert found.skus == ["HOOD", "HOOD-R", "woo-10", "CAP"]
    hoodie, red, blue, cap = found.products
    assert hoodie.original.description == '<p>One\nTwo, "three"</p>'
    assert (hoodie.category, hoodie.original.keywords) == ("Clothes > Hoodies", ("warm", "soft"))
    assert dict(hoodie.attributes) == {
        "Material": "Wool", "care": "cold wash", "Short description": "Short", "Other categories": "Sale, now",
    }  # fmt: skip
    assert (hoodie.weight_g, hoodie.size_mm, hoodie.brand, hoodie.gtin) == (
        680, (300, 200, 50), "Nordhaus", "4006381333931",
    )  # fmt: skip
    assert hoodie.images == tuple(f"https://x.example/{name}.jpg" for name in ("1", "2", "blue"))
    assert found.variants("HOOD") == [("HOOD-R", {"Colour": "Red"}), ("woo-10", {"Colour": "Blue"})]
    assert (str(red.price), red.quantity, red.attributes["Sale price"]) == ("45.00 EUR", 0, "35")
    assert (blue.images, blue.source, blue.source_id) == (("https://x.example/blue.jpg",), "woocommerce", "10")
    assert (cap.original.description, cap.active, cap.quantity) == ("Only short", False, 0)


async def test_a_variation_without_its_product_stands_alone_and_is_said(bring: Bring) -> None:
    found = await bring(
        HEADER + "7,variation,X-1,,Lone,1,0,visible,,,taxable,1,2,,,,,,4,,,,id:999,1,,Colour,Red,,,,,\n"
        "8,simple,S,,Solo,1,0,visible,,,taxable,1,,,,,,,4,,,,,0,,,,,,,,\n",
        EUR,
    )
    assert found.skus == ["X-1", "S"]
    assert (found["X-1"].parent_id, dict(found["X-1"].options), found["S"].quantity) == (None, {"Colour": "Red"}, 1)
    assert any("read as 1" in note for note in found.reading.notes)


SPANISH = (
    "ID;Tipo;SKU;Nombre;Publicado;¿Está destacado?;Visibilidad en el catálogo;Descripción corta;Descripción;"
    "Inventario;Peso (kg);Precio normal;Categorías;Etiquetas;Imágenes;Superior;Nombre del atributo 1;"
    "Valor(es) del atributo 1"
)
GERMAN = (
    "ID;Typ;Artikelnummer;Name;Veröffentlicht;Ist hervorgehoben?;Sichtbarkeit im Katalog;Kurzbeschreibung;"
    "Beschreibung;Bestand;Gewicht (kg);Regulärer Preis;Kategorien;Schlagwörter;Bilder;Übergeordnetes Produkt;"
    "Attribut 1 Name;Attribut 1 Wert(e)"
)

POLISH = (
    "ID;Typ;SKU;Nazwa;Opublikowano;Wyróżniony produkt?;Widoczność w katalogu;Krótki opis;Opis;Stan magazynowy;"
    "Waga (kg);Cena;Kategorie;Tagi;Obrazki;Element nadrzędny;Nazwa atrybutu 1;Wartości atrybutu 1"
)
PORTUGUESE = (
    "ID;Tipo;SKU;Nome;Publicado;Em destaque?;Visibilidade no catálogo;Descrição curta;Descrição;Estoque;Peso (kg);"
    "Preço;Categorias;Tags;Imagens;Ascendente;Nome do atributo 1;Valores do atributo 1"
)


@pytest.mark.parametrize("header", [SPANISH, GERMAN, POLISH, PORTUGUESE])
async def test_headers_in_other_languages(bring: Bring, header: str) -> None:
    found = await bring(
        f"{header}\n1;variable;A;Silla;1;0;visible;;Texto;;0,5;;Casa;;;;Color;Rojo, Azul\n"
        "2;variation;A-R;Silla - Rojo;1;0;visible;;;3;;19,90;;;;A;Color;Rojo\n"
        "3;variation;A-A;Silla - Azul;1;0;visible;;;4;;21,90;;;;A;Color;Azul\n",
        EUR,
    )
    assert found.reading.dialect == "woocommerce"
    assert found.variants("A") == [("A-R", {"Color": "Rojo"}), ("A-A", {"Color": "Azul"})]
    assert (found["A"].original.title, found["A"].original.description, found["A"].attributes) == ("Silla", "Texto", {})
    assert (str(found["A-A"].price), found["A"].weight_g, found["A-R"].quantity) == ("21.90 EUR", 500, 3)


async def test_names_of_the_database(bring: Bring) -> None:
    found = await bring(
        "post_title,post_name,ID,post_content,post_status,sku,parent_sku,post_parent,regular_price,stock,stock_status,"
        "images,tax:product_cat,tax:product_type,attribute:pa_frame-color,attribute_data:pa_frame-color,"
        "meta:attribute_pa_frame-color,weight\n"
        "Tee,tee,5,Text,publish,TEE,,0,,,instock,https://x.example/1.jpg ! alt : A | https://x.example/2.jpg,"
        "Shirts > T|Sale,variable,Red|Blue,0|1|1,,\n"
        ",,6,,publish,TEE-R,TEE,5,10,2,instock,,,,,,red,\n"
        ",,7,,publish,TEE-B,,5,11,3,instock,,,,,,blue,\n",
        EUR,
    )
    assert found.reading.dialect == "woocommerce_suite"
    assert found.variants("TEE") == [("TEE-R", {"Frame color": "red"}), ("TEE-B", {"Frame color": "blue"})]
    assert found["TEE"].images == ("https://x.example/1.jpg", "https://x.example/2.jpg")
    assert found["TEE"].category == "Shirts > T"
