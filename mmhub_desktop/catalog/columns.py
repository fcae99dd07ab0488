"""What a column of an import file can be: declared once, with the headers it is known by.

Words are English, Spanish, German, Portuguese and Polish, folded (lower case, no accents). A new field is one
entry here, and its place in ``rows``.
"""

import re
from dataclasses import dataclass
from enum import Enum

from mmhub_desktop.catalog.plan import ATTRIBUTE, IGNORE, OPTION
from mmhub_desktop.domain.product import fold

REFUSED_BECAUSE = "Refused because"  # the reason column of a refused-rows file; ignored when that file is imported
STATUS = "Status in the workspace"  # a column of our own exports; what the program works out is not imported
ORIGIN = "Row in the file"  # a column of staged files: where a row stands in what the seller chose


class Kind(Enum):
    """How the cells of a field are read."""

    TEXT = "text"
    MONEY = "money"
    WHOLE = "whole"
    WEIGHT = "weight"
    LENGTH = "length"
    LIST = "list"
    CONDITION = "condition"
    FLAG = "flag"
    CURRENCY = "currency"

    @property
    def is_number(self) -> bool:
        """Whether the column has a number style."""
        return self in (Kind.MONEY, Kind.WHOLE, Kind.WEIGHT, Kind.LENGTH)


@dataclass(frozen=True, slots=True)
class ImportField:
    """One field of a product that a column can be imported into. ``many``: several columns may share it."""

    name: str
    label: str
    kind: Kind
    words: str  # headers, separated by " | "
    many: bool = False

    @property
    def headers(self) -> frozenset[str]:
        """The headers that mean this field, folded."""
        return frozenset(word.strip() for word in self.words.split("|"))

    @property
    def single_words(self) -> frozenset[str]:
        """The headers of one word, which mean this field inside a longer header, too."""
        return frozenset(header for header in self.headers if " " not in header)


FIELDS: tuple[ImportField, ...] = (
    ImportField("sku", "SKU", Kind.TEXT,
        "sku | seller sku | product sku | variant sku | item sku | custom label | item number | item no |"
        " article number | article no | part number | product code | item code | product id | ref | reference |"
        " codigo | cod | codigo sku | codigo producto | codigo de producto | codigo del producto |"
        " codigo de articulo | codigo articulo | clave | referencia | ref producto | numero de articulo |"
        " artikelnummer | artikel nr | artikelnr | art nr | artnr | bestellnummer | produktnummer | haendler sku |"
        " handler sku | codigo do produto | kod | kod produktu | symbol | indeks | sygnatura"),
    ImportField("title", "Title", Kind.TEXT,
        "title | product title | name | product name | item name | product | listing title | titulo | nombre |"
        " nombre producto | nombre del producto | nombre de producto | producto | articulo | titel | bezeichnung |"
        " artikelbezeichnung | produktname | artikelname | produkt | produktbezeichnung | produkttitel | nome |"
        " nome do produto | titulo do produto | nazwa | nazwa produktu | tytul"),
    ImportField("description", "Description", Kind.TEXT,
        "description | product description | long description | body | body html | details | content |"
        " descripcion | descripcion larga | descripcion del producto | detalle | detalles | beschreibung |"
        " produktbeschreibung | artikelbeschreibung | langtext | langbeschreibung | descricao |"
        " descricao do produto | opis | opis produktu"),
    ImportField("keywords", "Keywords", Kind.LIST,
        "keywords | tags | search terms | palabras clave | etiquetas | schlagworte | schlagworter | stichworte |"
        " suchbegriffe | palavras chave | slowa kluczowe | tagi"),
    ImportField("brand", "Brand", Kind.TEXT,
        "brand | brand name | vendor | manufacturer | make | marca | fabricante | marke | hersteller |"
        " herstellername | marka | producent"),
    ImportField("category", "Category", Kind.TEXT,
        "category | categories | product category | product type | categoria | categorias | rubro |"
        " tipo de producto | kategorie | kategorien | warengruppe | produktkategorie | kategoria"),
    ImportField("gtin", "GTIN (EAN, UPC)", Kind.TEXT,
        "gtin | ean | upc | barcode | ean code | ean13 | ean 13 | isbn | gtin13 | upc ean | codigo de barras |"
        " codigo ean | cod barras | strichcode | barcode ean | ean nummer | ean gtin | gtin ean | kod kreskowy |"
        " kod ean"),
    ImportField("condition", "Condition", Kind.CONDITION,
        "condition | item condition | condicion | estado | estado del producto | zustand | artikelzustand |"
        " condicao | stan"),
    ImportField("price", "Price", Kind.MONEY,
        "price | sale price | selling price | unit price | retail price | variant price | regular price |"
        " list price | precio | precio venta | precio de venta | precio normal | precio unitario | precio final |"
        " pvp | preis | verkaufspreis | vk | vk preis | vk brutto | bruttopreis | stuckpreis | einzelpreis | preco"
        " | preco de venda | cena | cena brutto | cena sprzedazy"),
    ImportField("cost", "Cost", Kind.MONEY,
        "cost | cost price | unit cost | cost per item | purchase price | costo | coste | precio de costo |"
        " precio de coste | precio costo | precio de compra | einkaufspreis | ek | ek preis | ek netto | custo |"
        " preco de custo | cena zakupu | koszt"),
    ImportField("currency", "Currency", Kind.CURRENCY,
        "currency | currency code | moneda | divisa | codigo de moneda | wahrung | waehrung | wahrungscode |"
        " moeda | waluta"),
    ImportField("quantity", "Quantity", Kind.WHOLE,
        "quantity | qty | stock | inventory | stock quantity | available | available quantity |"
        " variant inventory qty | on hand | units | cantidad | existencias | existencia | inventario | disponible"
        " | stock disponible | unidades | menge | bestand | lagerbestand | anzahl | verfugbar |"
        " verfugbarer bestand | stuck | lager | quantidade | estoque | ilosc | stan magazynowy"),
    ImportField("weight", "Weight", Kind.WEIGHT,
        "weight | item weight | shipping weight | package weight | variant grams | grams | peso | peso bruto |"
        " peso neto | gewicht | artikelgewicht | versandgewicht | waga"),
    ImportField("length", "Length", Kind.LENGTH,
        "length | item length | depth | largo | longitud | profundidad | fondo | lange | laenge | tiefe |"
        " comprimento | dlugosc"),
    ImportField("width", "Width", Kind.LENGTH,
        "width | item width | ancho | anchura | breite | largura | szerokosc"),
    ImportField("height", "Height", Kind.LENGTH,
        "height | item height | alto | altura | hohe | hoehe | wysokosc"),
    ImportField("images", "Images", Kind.LIST,
        "image | images | image url | image urls | image link | picture | pictures | picture url | photo | photos"
        " | main image | image src | additional images | additional image link | imagen | imagenes | imagen url |"
        " url imagen | url de imagen | url imagenes | foto | fotos | imagen principal | bild | bilder | bild url |"
        " bildurl | bild urls | bildlink | produktbild | imagem | imagens | url da imagem | zdjecie | zdjecia |"
        " obraz",
        many=True),
    ImportField("active", "Active", Kind.FLAG,
        "active | enabled | published | visible | is active | activo | habilitado | publicado | aktiv | sichtbar"
        " | ativo | aktywny"),
    ImportField("parent_sku", "SKU of the parent", Kind.TEXT,
        "parent sku | parent item sku | parent product sku | parent article number | sku padre | sku del padre |"
        " codigo padre | vater sku | vaterartikel | vaterartikelnummer | hauptartikelnummer | sku pai | codigo pai |"
        " sku rodzica | kod rodzica"),
    ImportField("optimized_title", "Optimised title", Kind.TEXT, "optimized title | optimised title"),
    ImportField("optimized_description", "Optimised description", Kind.TEXT,
        "optimized description | optimised description"),
    ImportField("optimized_keywords", "Optimised keywords", Kind.LIST, "optimized keywords | optimised keywords"),
    ImportField("optimized_by", "Optimised by", Kind.TEXT, "optimized by | optimised by"),
    ImportField("image_base", "Folder of the images", Kind.TEXT, "image base | image folder"),
    ImportField("source", "Source (platform)", Kind.TEXT, "source platform | plataforma de origen"),
    ImportField("source_id", "Source id", Kind.TEXT, "source id | id de origen"),
)  # fmt: skip

BY_NAME = {each.name: each for each in FIELDS}
BY_HEADER = {header: each for each in FIELDS for header in each.headers}


def field_choices() -> tuple[tuple[str, str], ...]:
    """(name, label) of everything a column can be, for the faces."""
    return (
        *((each.name, each.label) for each in FIELDS), (OPTION, "Option of a variant"), (ATTRIBUTE, "Attribute"),
        (IGNORE, "Do not import"),
    )  # fmt: skip


_BRACKETS = re.compile(r"[(\[{].*?[)\]}]")
_LETTERS = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i"})  # marks that do not come off
_NOT_WORDS = re.compile(r"[^0-9a-z]+")


def header_words(header: str) -> str:
    """A header in the form it is compared in: folded, without brackets and signs ("Precio (CLP)" → "precio")."""
    folded = fold(header.strip()).translate(_LETTERS)
    bare = _NOT_WORDS.sub(" ", _BRACKETS.sub(" ", folded)).strip()
    return bare or _NOT_WORDS.sub(" ", folded).strip()


def header_marks(header: str) -> tuple[str, ...]:
    """All words of a header, those in brackets too: where units and currencies stand."""
    folded = fold(header).replace("€", " eur ").replace("£", " gbp ")
    return tuple(_NOT_WORDS.sub(" ", folded).split())
