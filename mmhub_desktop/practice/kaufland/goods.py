"""What stands at the practice Kaufland from the first day: storefronts, categories, attributes, known products."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Shop:
    """A storefront; the price limit in whole units of its currency."""

    locale: str
    currency: str
    price_most: int


SHOPS: Mapping[str, Shop] = {
    "de": Shop("de-DE", "EUR", 1_000_000),
    "cz": Shop("cs-CZ", "CZK", 25_000_000),
    "sk": Shop("sk-SK", "EUR", 1_000_000),
    "pl": Shop("pl-PL", "PLN", 4_500_000),
    "at": Shop("de-AT", "EUR", 1_000_000),
    "fr": Shop("fr-FR", "EUR", 1_000_000),
    "it": Shop("it-IT", "EUR", 1_000_000),
}
OPENED = ("de", "cz", "pl", "at", "sk")  # by the practice seller
LOCALES = tuple(shop.locale for shop in SHOPS.values())
CONTENT_LOCALES = (*LOCALES, "en-US", "zh-CN")


@dataclass(frozen=True)
class Attribute:
    """An attribute of categories; ``values`` is its shared set."""

    number: int
    name: str
    title: str
    multiple: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Category:
    """A category with its attributes; ``words`` are those that titles have which belong there."""

    number: int
    name: str
    title: str
    parent: int = 1
    leaf: bool = True
    words: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    conditional: tuple[str, ...] = ()
    optional: tuple[str, ...] = field(default=())


ATTRIBUTES: Mapping[str, Attribute] = {
    one.name: one
    for one in (
        Attribute(1, "title", "Titel"),
        Attribute(2, "description", "Beschreibung"),
        Attribute(3, "picture", "Bild", multiple=True),
        Attribute(4, "category", "Kategorie"),
        Attribute(5, "manufacturer", "Hersteller"),
        Attribute(
            351, "colour", "Farbe", multiple=True,
            values=("Schwarz", "Weiß", "Braun", "Rot", "Blau", "Grün", "Grau", "Mehrfarbig"),
        ),
        Attribute(352, "material", "Material", multiple=True),
        Attribute(353, "energy_efficiency_class", "Energieeffizienzklasse", values=("A", "B", "C", "D", "E", "F", "G")),
        Attribute(354, "capacity", "Fassungsvermögen"),
    )
}  # fmt: skip
BASIC = ("title", "description", "picture", "category", "manufacturer")
CATEGORIES: Mapping[int, Category] = {
    one.number: one
    for one in (
        Category(1, "root", "Alle Kategorien", leaf=False),
        Category(
            21, "Schreibtischlampen", "Schreibtischlampe", words=("lamp", "leuchte", "lámpara"),
            required=(*BASIC, "colour"), conditional=("energy_efficiency_class",), optional=("material",),
        ),
        Category(
            31, "Tassen", "Tasse", words=("tasse", "taza", "cup", "mug", "becher"),
            required=BASIC, optional=("colour", "material", "capacity"),
        ),
        Category(11, "Haushaltsartikel", "Haushaltsartikel", required=BASIC, optional=("colour", "material")),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Known:
    """A product that has its page already."""

    number: int
    title: str
    manufacturer: str
    category: int


KNOWN: Mapping[str, Known] = {
    "4006381333931": Known(300_000_001, "Stabilo Boss Textmarker gelb", "Stabilo", 11),
    "5901234123457": Known(300_000_002, "Kubek ceramiczny 300 ml", "Lubiana", 31),
}
CARRIERS = ("DHL", "DPD", "GLS", "Hermes", "UPS", "FedEx", "PPL", "InPost", "Other", "Other Hauler")
SHIPPING_GROUPS: Mapping[int, tuple[str, bool]] = {101: ("Standard", True), 102: ("Sperrgut", False)}
WAREHOUSES: Mapping[int, tuple[str, bool]] = {201: ("Lager Berlin", True), 202: ("Lager Wien", False)}
