"""Which program a header comes from, why, and which headers are nobody's."""

import pytest

from mmhub_desktop.catalog.dialects import BY_NAME, DIALECTS, find_dialect, origins, recognise_dialect
from mmhub_desktop.catalog.export.ours import COLUMNS
from mmhub_desktop.catalog.plan import IGNORE

HEADERS = {
    "shopify": "Handle,Title,Body (HTML),Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price",
    "woocommerce": "ID,Type,SKU,Name,Published,Is featured?,Visibility in catalog,In stock?,Regular price,Parent",
    "woocommerce_suite": "post_title,post_content,post_status,sku,regular_price,stock_status",
    "prestashop": "Product ID,Active (0/1),Name *,Price tax excluded,Tax rules ID,On sale (0/1),Reference #",
    "prestashop_combinations": "Product ID*,Attribute (Name:Type:Position)*,Value (Value:Position)*,Impact on price",
    "etsy": "TITLE,DESCRIPTION,PRICE,CURRENCY_CODE,QUANTITY,TAGS,MATERIALS,IMAGE1",
    "wix": "handleId,fieldType,name,productImageUrl,surcharge",
    "tiendanube": "Identificador de URL,Nombre,Nombre de propiedad 1,Mostrar en tienda,Precio",
    "shopware": "id,parent_id,product_number,name,price_gross,tax_rate,cover_media_url",
    "baselinker": "ID produktu,SKU,EAN,Nazwa,Stawka VAT,Zdjęcie 1",
    "ebay": "*Action(SiteID=US|Currency=USD),CustomLabel,*Title,Relationship,RelationshipDetails,PicURL",
    "amazon": "item_sku,item_name,external_product_id,parent_child,variation_theme",
    "amazon_report": "item-name,seller-sku,asin1,price,open-date",
    "google": "id,title,link,image_link,availability,price,google_product_category",
    "mercadolibre": "Título,Fotos,SKU,Precio [$],Forma de envío,Tipo de garantía",
    "openfoodfacts": "code,creator,created_t,product_name,generic_name,brands_tags,quantity",
}


@pytest.mark.parametrize("name", [dialect.name for dialect in DIALECTS])
def test_each_is_known_by_its_header_and_says_why(name: str) -> None:
    header = HEADERS[name].split(",")
    found = recognise_dialect(header)
    assert found is not None
    dialect, reason = found
    assert (dialect.name, BY_NAME[name]) == (name, dialect)
    assert sum(f"“{title}”" in reason for title in header) >= 2
    below = find_dialect([["Export of my shop"], [], header, ["x"] * len(header)])
    assert below is not None
    assert (below.dialect, below.header_row) == (dialect, 2)


@pytest.mark.parametrize(
    "header",
    [
        "sku,title,description,price,stock,image",
        "SKU;EAN;Nazwa;Producent;Kategoria;Stan;Cena brutto;Waga",
        "Product ID,Name,Active,EAN13,Wholesale price,Quantity,Supplier,Material",
        "product_number,name,manufacturer_name,tax_rate,stock",
        "title,price,quantity,tags,materials,image1,color",
        "Artikelnummer;Bezeichnung;Preis;Bestand;Hersteller;Kurzbeschreibung",
        ",".join(column.name for column in COLUMNS),
    ],
)
def test_plain_tables_are_nobodys(header: str) -> None:
    assert recognise_dialect(header.replace(";", ",").split(",")) is None


def test_what_a_column_was_made_of_is_told() -> None:
    header = [*HEADERS["shopify"].split(","), "Gift Card", "Fabric (product.metafields.custom.fabric)"]
    reasons = origins(BY_NAME["shopify"], header)
    assert reasons["description"] == "Shopify products: “Body (HTML)”."
    assert reasons["attribute:Fabric"] == "Shopify products: “Fabric (product.metafields.custom.fabric)”."
    assert not [name for name in reasons if "Gift" in name or name == IGNORE or name.startswith(".")]
