"""A few categories with their item specifics and conditions, and the sites that they stand on."""

from collections.abc import Mapping
from dataclasses import dataclass

# marketplace → (category tree, language, currency)
SITES: Mapping[str, tuple[str, str, str]] = {
    "EBAY_US": ("0", "en-US", "USD"),
    "EBAY_CA": ("2", "en-CA", "CAD"),
    "EBAY_GB": ("3", "en-GB", "GBP"),
    "EBAY_AU": ("15", "en-AU", "AUD"),
    "EBAY_AT": ("16", "de-AT", "EUR"),
    "EBAY_FR": ("71", "fr-FR", "EUR"),
    "EBAY_DE": ("77", "de-DE", "EUR"),
    "EBAY_IT": ("101", "it-IT", "EUR"),
    "EBAY_ES": ("186", "es-ES", "EUR"),
    "EBAY_PL": ("212", "pl-PL", "PLN"),
}
TREES = {tree: site for site, (tree, _, _) in SITES.items()}
TREE_VERSION = "134"


@dataclass(frozen=True)
class Aspect:
    """One item specific: ``closed`` takes its values only, ``soon`` is when it becomes required, ``only_with`` binds
    values to those of another.
    """

    name: str
    required: bool = False
    values: tuple[str, ...] = ()
    closed: bool = False
    several: bool = False
    varies: bool = False
    longest: int = 65
    soon: str = ""
    only_with: tuple[tuple[str, str, tuple[str, ...]], ...] = ()  # (value, other specific, its values)


@dataclass(frozen=True)
class Category:
    """A leaf, with words of titles that lead to it. ``above``: (id, name) of its ancestors, nearest first."""

    id: str
    name: str
    above: tuple[tuple[str, str], ...]
    words: frozenset[str]
    aspects: tuple[Aspect, ...]
    conditions: tuple[str, ...] = ("1000", "1500", "3000", "7000")


CONDITIONS: Mapping[str, tuple[str, str]] = {  # number → (name, the word of an inventory item)
    "1000": ("New", "NEW"),
    "1500": ("Open box", "NEW_OTHER"),
    "2000": ("Certified - Refurbished", "CERTIFIED_REFURBISHED"),
    "2020": ("Very Good - Refurbished", "VERY_GOOD_REFURBISHED"),
    "2030": ("Good - Refurbished", "GOOD_REFURBISHED"),
    "2500": ("Seller refurbished", "SELLER_REFURBISHED"),
    "2750": ("Like New", "LIKE_NEW"),
    "3000": ("Used", "USED_EXCELLENT"),
    "4000": ("Very Good", "USED_VERY_GOOD"),
    "5000": ("Good", "USED_GOOD"),
    "6000": ("Acceptable", "USED_ACCEPTABLE"),
    "7000": ("For parts or not working", "FOR_PARTS_OR_NOT_WORKING"),
}

_COLORS = ("Black", "Blue", "Green", "Red", "White", "Multicolor")
_HOME = (("11700", "Home & Garden"),)
CATEGORIES: Mapping[str, Category] = {
    one.id: one
    for one in (
        Category(
            "20696",
            "Mugs",
            (("20625", "Kitchen, Dining & Bar"), *_HOME),
            frozenset({"mug", "mugs", "cup", "cups", "taza", "tasse", "becher", "kubek"}),
            (
                Aspect("Brand", required=True),
                Aspect("Color", values=_COLORS, varies=True),
                Aspect("Material", values=("Ceramic", "Glass", "Porcelain", "Stainless Steel"), several=True),
                Aspect("Capacity", varies=True),
                Aspect("Type", values=("Mug", "Travel Mug"), closed=True),
            ),
        ),
        Category(
            "112581",
            "Lamps",
            (("20697", "Lamps, Lighting & Ceiling Fans"), *_HOME),
            frozenset({"lamp", "lamps", "lampara", "lámpara", "lampe", "leuchte", "lampa"}),
            (
                Aspect("Brand", required=True),
                Aspect("Type", values=("Desk Lamp", "Floor Lamp", "Table Lamp"), closed=True),
                Aspect("Color", values=_COLORS, varies=True),
                Aspect("Model"),
                Aspect("Energy Star", values=("A", "B", "C"), soon="2027-02-01T00:00:00.000Z"),
            ),
        ),
        Category(
            "15687",
            "T-Shirts",
            (("1059", "Men's Clothing"), ("11450", "Clothing, Shoes & Accessories")),
            frozenset({"t-shirt", "shirt", "tshirt", "camiseta", "koszulka"}),
            (
                Aspect("Brand", required=True),
                Aspect("Department", required=True, values=("Men", "Women", "Unisex Adults"), closed=True),
                Aspect("Size", required=True, values=("S", "M", "L", "XL"), varies=True),
                Aspect("Color", required=True, values=_COLORS, varies=True),
                Aspect(
                    "Size Type",
                    values=("Regular", "Big & Tall"),
                    closed=True,
                    only_with=(("Big & Tall", "Department", ("Men",)),),
                ),
            ),
            ("1000", "1500", "3000"),
        ),
        Category(
            "261186",
            "Books",
            (("267", "Books & Magazines"),),
            frozenset({"book", "libro", "buch", "livre", "książka"}),
            (Aspect("Author", required=True), Aspect("Book Title", required=True), Aspect("Language")),
            ("1000", "2750", "4000", "5000", "6000"),
        ),
        Category(
            "9355",
            "Cell Phones & Smartphones",
            (("15032", "Cell Phones & Accessories"),),
            frozenset({"phone", "smartphone", "telefono", "handy"}),
            (Aspect("Brand", required=True), Aspect("Model", required=True), Aspect("Storage Capacity", varies=True)),
            ("1000", "1500", "2000", "2020", "2030", "2500", "3000", "7000"),
        ),
        Category(
            "88433",
            "Every Other Thing",
            (("99", "Everything Else"),),
            frozenset(),
            (Aspect("Brand"), Aspect("Color", varies=True)),
        ),
    )
}
PARENTS = {number: name for one in CATEGORIES.values() for number, name in one.above}
_GERMAN = {"Brand": "Marke", "Color": "Farbe", "Size": "Größe", "Type": "Produktart", "Department": "Abteilung"}


def aspect_name(aspect: Aspect, site: str) -> str:
    """What an item specific is called on a site."""
    return _GERMAN.get(aspect.name, aspect.name) if site in ("EBAY_DE", "EBAY_AT") else aspect.name


def suggest(words: str) -> list[Category]:
    """The categories of a title, best first; the rest for what nothing fits."""
    named = {word.strip(".,;:!?").lower() for word in words.split()}
    found = [one for one in CATEGORIES.values() if one.words & named]
    return found or [CATEGORIES["88433"]]
