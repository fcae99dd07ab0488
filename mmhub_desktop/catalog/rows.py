"""One row of an import file → checked product values in the order of the store's columns, or why it is refused.

Half a million rows pass through here, so a row stays a plain tuple and the plan is looked at once, beforehand.
"""

import re
from collections.abc import Callable
from json.encoder import encode_basestring as quoted  # in C, and what json.dumps itself uses
from typing import Any

from mmhub_desktop.catalog.columns import BY_NAME
from mmhub_desktop.catalog.numbers import CURRENCIES, NotANumber, currency_of, parse_measure, parse_money, parse_whole
from mmhub_desktop.catalog.plan import ATTRIBUTE, ImportPlan, NumberStyle
from mmhub_desktop.catalog.row_code import decimal_sign, write_code
from mmhub_desktop.domain.money import currency_decimals
from mmhub_desktop.domain.product import fold, search_key, sku_key
from mmhub_desktop.domain.quality import (
    GOOD_ATTRIBUTES,
    GOOD_DESCRIPTION,
    GOOD_IMAGES,
    GOOD_TITLE_MAX,
    attribute_points,
    description_points,
    image_points,
    title_points,
)

LONGEST_SKU = 255

# The store's columns that a row can fill, in order. An import fills only those its plan has columns for.
VALUES = (
    "sku", "sku_key", "search_key", "title", "description", "keywords", "brand", "category", "gtin",
    "condition", "price_minor", "cost_minor", "currency", "quantity", "weight_g", "length_mm", "width_mm", "height_mm",
    "images", "image_base", "attributes", "active", "quality",
)  # fmt: skip
_ALWAYS = {"sku", "sku_key", "search_key", "title", "quality"}
_STORED_AS = {
    "price": ("price_minor", "currency"), "cost": ("cost_minor", "currency"), "weight": ("weight_g",),
    "length": ("length_mm",), "width": ("width_mm",), "height": ("height_mm",), "images": ("images", "image_base"),
    "currency": (), ATTRIBUTE: ("attributes",),
}  # fmt: skip

_CONDITIONS = {
    **dict.fromkeys(("new", "nuevo", "nueva", "neu", "neuware", "novo", "nova", "nowy", "nowe", "brand new"), "new"),
    **dict.fromkeys(("used", "usado", "usada", "gebraucht", "second hand", "uzywany", "uzywane", "pre-owned"), "used"),
    **dict.fromkeys(
        ("refurbished", "reacondicionado", "generaluberholt", "renewed", "recondicionado", "odnowiony"), "refurbished"
    ),
}
_FLAGS = {
    **dict.fromkeys(("1", "yes", "true", "y", "si", "ja", "sim", "tak", "active", "activo", "aktiv", "on", "x"), 1),
    **dict.fromkeys(("0", "no", "false", "n", "nein", "nao", "nie", "inactive", "inactivo", "inaktiv", "off"), 0),
}
_LIST_SEPARATOR = re.compile(r"\s*[,;|\r\n]\s*")
_BETWEEN_URLS = re.compile(r"\s*\|\s*|[\s,;]+(?=\w+://)|[\r\n]+")
_BETWEEN_FILES = re.compile(
    r"\s*[,;|\r\n\t]\s*|(?<=\.jpg|\.png|\.gif|\.bmp|\.tif)\s+|(?<=\.jpeg|\.webp|\.avif|\.tiff)\s+", re.IGNORECASE
)
_EXCEL_ROUNDED = re.compile(r"\d+([.,]\d+)?E\+?\d+", re.IGNORECASE)
_NEXT = '","'
_IN_CENTS = frozenset(code for code in CURRENCIES if currency_decimals(code) == 2)

# The quality score as tables, worked out from domain.quality: beyond their ends nothing changes any more.
_MANY = max(GOOD_IMAGES, GOOD_ATTRIBUTES) + 1
_LONG_TITLE = GOOD_TITLE_MAX + 100
_POINTS = {
    "TITLE": [title_points("x" * size) for size in range(_LONG_TITLE + 1)],
    "WORDS": title_points("x x") - title_points("xxx"),
    "SHOUTS": title_points("xxx") - title_points("XXX"),
    "DESCRIPTION": [description_points(size) for size in range(GOOD_DESCRIPTION + 1)],
    "IMAGES": [image_points(count) for count in range(_MANY + 1)],
    "ATTRIBUTES": [attribute_points(count) for count in range(_MANY + 1)],
    "LONG_TITLE": _LONG_TITLE, "LONG_DESCRIPTION": GOOD_DESCRIPTION, "MANY": _MANY,
}  # fmt: skip


class Refused(Exception):
    """A row that cannot be imported: ``rule`` is the same for all rows of its kind, the text names the value."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message


def stored_columns(plan: ImportPlan) -> tuple[str, ...]:
    """The store's columns that this plan fills, in the order of VALUES; the others are never touched."""
    wanted = set(_ALWAYS)
    for column in plan.columns:
        if column.field in BY_NAME or column.field == ATTRIBUTE:
            wanted.update(_STORED_AS.get(column.field, (column.field,)))
    return tuple(name for name in VALUES if name in wanted)


def split_images(text: str) -> list[str]:
    """The URLs or file names of a cell, separated by , ; | or spaces or lines; commas inside a URL stay in it."""
    if "," not in text and ";" not in text and text.split() == [text]:
        parts = text.split("|")
        return parts if "" not in parts else [part for part in parts if part]
    between = _BETWEEN_URLS if "://" in text else _BETWEEN_FILES
    return [part for part in (part.strip(" ,;|") for part in between.split(text.strip())) if part]


def row_maker(plan: ImportPlan) -> Callable[[list[str]], tuple[Any, ...]]:
    """A function from the cells of a row to values in the order of ``stored_columns``, which raises Refused.

    It belongs to one run through a file and remembers the SKUs it has seen: a second row with a SKU is refused,
    since which of the two is right only the seller knows.
    """
    seen: set[str] = set()
    known: dict[str, Any] = {
        "seen": seen, "add": seen.add, "sku_key": sku_key, "make_search_key": search_key, "LONGEST": LONGEST_SKU,
        "refuse_sku": _refuse_sku, "listed": _listed, "mend_gtin": _mend_gtin, "word": _word, "code": _code,
        "amount": _amount, "count": _count, "measure": _measure, "quoted": quoted, "pictures": _pictures,
        "CONDITIONS": _CONDITIONS, "FLAGS": _FLAGS, "default_currency": plan.currency, "base": plan.image_base,
        "check": _check_characters, "CURRENCIES": CURRENCIES, "IN_CENTS": _IN_CENTS, **_POINTS,
    }  # fmt: skip
    for column in plan.columns:
        if column.field in BY_NAME:
            known[f"style_{column.field}"], known[f"unit_{column.field}"] = column.style, column.unit
            known[f"sign_{column.field}"] = decimal_sign(column.style)
    attributes = []
    for number, (name, at) in enumerate(_attribute_names(plan)):
        known[f"name_{number}"] = quoted(name) + ":"
        attributes.append((f"name_{number}", at))
    exec(write_code(plan, stored_columns(plan), attributes), known)  # noqa: S102 - our own text, see row_code
    make: Callable[[list[str]], tuple[Any, ...]] = known["make"]
    return make


def _pictures(text: str) -> tuple[str, int, int]:
    """The images of a row as JSON, how many they are, and how many of them are URLs."""
    if not text:
        return "[]", 0, 0
    if " " not in text and "," not in text and ";" not in text and "||" not in text:
        json_text = quoted(text)  # longer by more than the quotes when there is a line break or a quote in it
        if len(json_text) == len(text) + 2 and text[0] != "|" != text[-1]:  # one, or several with | between
            return f"[{json_text.replace('|', _NEXT)}]", text.count("|") + 1, text.count("://")
    found = split_images(text)
    return f"[{','.join(map(quoted, found))}]", len(found), sum("://" in each for each in found)


def _refuse_sku(sku: str, twice: bool) -> None:
    if not sku:
        raise Refused("The SKU is missing.", "The SKU is missing.")
    if twice:
        raise Refused("The SKU stands in the file twice.", f"The SKU “{sku}” stands in an earlier row of the file.")
    raise Refused("The SKU is too long.", f"The SKU has {len(sku)} characters, {LONGEST_SKU} at most.")


def _listed(text: str) -> str:
    return f"[{','.join(map(quoted, filter(None, _LIST_SEPARATOR.split(text.strip()))))}]"


def _code(text: str) -> str:
    """The ISO code of a currency cell; an empty one has been looked at before."""
    code = currency_of(text)
    if not code:
        raise _refused("currency", text, "is not a currency code such as EUR or CLP")
    return code


def _amount(field: str, text: str, style: NumberStyle, currency: str) -> tuple[int, str]:
    try:
        return parse_money(text, style, currency)
    except NotANumber as error:
        raise _refused(field, text, str(error)) from None


def _count(text: str, style: NumberStyle) -> int:
    try:
        return parse_whole(text, style)
    except NotANumber as error:
        if not text.strip():
            return -1
        raise _refused("quantity", text, str(error)) from None


def _measure(field: str, text: str, style: NumberStyle, unit: str) -> int | None:
    try:
        return parse_measure(text, style, unit, weight=field == "weight")
    except NotANumber as error:
        if not text.strip():
            return None
        raise _refused(field, text, str(error)) from None


def _attribute_names(plan: ImportPlan) -> list[tuple[str, int]]:
    """(name, column) of the free attributes; a name that occurs twice is numbered."""
    names: dict[str, int] = {}
    for column in plan.columns:
        if column.field == ATTRIBUTE:
            name, number = column.header or f"Column {column.index + 1}", 2
            while name in names:
                name, number = f"{column.header} {number}", number + 1
            names[name] = column.index
    return list(names.items())


def _refused(field: str, value: str, why: str) -> Refused:
    label = BY_NAME[field].label
    return Refused(f"{label}: the value {why}.", f"{label} “{value[:80]}” {why}.")


def _word(field: str, text: str, words: dict[str, Any]) -> Any:
    text = text.strip()
    if not text:
        return "" if field == "condition" else -1
    found = words.get(fold(text))
    if found is None:
        raise _refused(field, text, f"is not one of {', '.join(list(words)[:3])}, …")
    return found


def _mend_gtin(text: str) -> str:
    """Excel's leading apostrophe and spaces taken off; a number that Excel has rounded is refused."""
    text = text.lstrip("'").replace(" ", "").replace("-", "")
    if _EXCEL_ROUNDED.fullmatch(text):
        raise _refused("gtin", text, "was rounded by Excel: format the column as text and export again")
    return text


def _check_characters(cells: list[str]) -> None:
    text = "".join(cells)
    if "\0" in text or "\ufffd" in text or any("\udc80" <= character <= "\udcff" for character in text):
        why = "Some characters do not fit the file's encoding."
        raise Refused(why, why)
