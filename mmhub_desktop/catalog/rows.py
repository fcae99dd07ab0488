"""One row of an import file → checked product values in the order of the store's columns, or why it is refused.

Half a million rows pass through here, so a row stays a plain tuple and the plan is looked at once, beforehand.
"""

import re
from collections.abc import Callable
from json.encoder import encode_basestring as quoted  # in C, and what json.dumps itself uses
from operator import itemgetter
from typing import Any

from mmhub_desktop.catalog.columns import BY_NAME
from mmhub_desktop.catalog.numbers import NotANumber, currency_of, parse_measure, parse_money, parse_whole
from mmhub_desktop.catalog.plan import ATTRIBUTE, ImportPlan, NumberStyle
from mmhub_desktop.domain.product import fold, sku_key
from mmhub_desktop.domain.quality import (
    GOOD_ATTRIBUTES,
    GOOD_DESCRIPTION,
    GOOD_IMAGES,
    attribute_points,
    description_points,
    image_points,
    title_points,
)

LONGEST_SKU = 255

# The order of the values a row becomes. Empty text, [] or {} and None mean: the file says nothing, keep what is there.
VALUES = (
    "sku", "sku_key", "search_key", "title", "description", "keywords", "brand", "category", "gtin", "condition",
    "price_minor", "cost_minor", "currency", "quantity", "weight_g", "length_mm", "width_mm", "height_mm", "images",
    "image_base", "attributes", "active", "quality",
)  # fmt: skip
KEY, TITLE = VALUES.index("sku_key"), VALUES.index("title")
_ALWAYS = {"sku", "sku_key", "search_key", "title", "quality"}
_STORED_AS = {
    "price": ("price_minor", "currency"), "cost": ("cost_minor", "currency"), "weight": ("weight_g",),
    "length": ("length_mm",), "width": ("width_mm",), "height": ("height_mm",), "images": ("images", "image_base"),
    "currency": (), ATTRIBUTE: ("attributes",),
}  # fmt: skip

_SINGLE = ("sku", "title", "description", "keywords", "brand", "category", "gtin", "condition", "price", "cost",
           "currency", "quantity", "weight", "length", "width", "height", "active")  # fmt: skip

_CONDITIONS = {
    **dict.fromkeys(("new", "nuevo", "nueva", "neu", "neuware", "novo", "nova", "nowy", "nowe", "brand new"), "new"),
    **dict.fromkeys(("used", "usado", "usada", "gebraucht", "second hand", "uzywany", "uzywane", "pre-owned"), "used"),
    **dict.fromkeys(
        ("refurbished", "reacondicionado", "generaluberholt", "renewed", "recondicionado", "odnowiony"), "refurbished"
    ),
}
_FLAGS = {
    **dict.fromkeys(("1", "yes", "true", "y", "si", "ja", "sim", "tak", "active", "activo", "aktiv", "on", "x"), True),
    **dict.fromkeys(("0", "no", "false", "n", "nein", "nao", "nie", "inactive", "inactivo", "inaktiv", "off"), False),
}
_LIST_SEPARATOR = re.compile(r"\s*[,;|\r\n]\s*")
_ANY_SEPARATOR = re.compile(r"[,;|\s]")
_BETWEEN_URLS = re.compile(r"\s*\|\s*|[\s,;]+(?=\w+://)|[\r\n]+")
_BETWEEN_FILES = re.compile(
    r"\s*[,;|\r\n\t]\s*|(?<=\.jpg|\.png|\.gif|\.bmp|\.tif)\s+|(?<=\.jpeg|\.webp|\.avif|\.tiff)\s+", re.IGNORECASE
)
_EXCEL_ROUNDED = re.compile(r"\d+([.,]\d+)?E\+?\d+", re.IGNORECASE)
_FULL = 24  # more than any of the counts below gives no more points
_DESCRIPTION_POINTS = [description_points(length) for length in range(GOOD_DESCRIPTION + 1)]
_IMAGE_POINTS = [image_points(min(count, GOOD_IMAGES)) for count in range(_FULL)]
_ATTRIBUTE_POINTS = [attribute_points(min(count, GOOD_ATTRIBUTES)) for count in range(_FULL)]


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
    if not _ANY_SEPARATOR.search(text):
        return [text]
    between = _BETWEEN_URLS if "://" in text else _BETWEEN_FILES
    return [part for part in (part.strip(" ,;") for part in between.split(text)) if part]


def row_maker(plan: ImportPlan) -> Callable[[list[str]], tuple[Any, ...]]:  # noqa: C901 - one straight hot path
    """A function from the cells of a row to its VALUES. It raises Refused, and remembers the SKUs it has seen.

    The second row with a SKU is refused: which of the two is right only the seller knows.
    """
    index = {column.field: column.index for column in plan.columns}
    style = {column.field: column.style for column in plan.columns}
    unit = {column.field: column.unit for column in plan.columns}
    get = itemgetter(*(index.get(name, -1) for name in _SINGLE))  # -1: the empty cell put behind every row
    image_at = [column.index for column in plan.columns if column.field == "images"]
    attributes = [(quoted(name), at) for name, at in _attribute_names(plan)]
    price_style, cost_style = style.get("price", NumberStyle.EITHER), style.get("cost", NumberStyle.EITHER)
    quantity_style = style.get("quantity", NumberStyle.EITHER)
    default_currency, base, check_text = plan.currency, plan.image_base, plan.undecodable
    seen: set[str] = set()
    seen_add = seen.add

    def measure(field: str, text: str) -> int:
        try:
            return parse_measure(text, style[field], unit[field], weight=field == "weight")
        except NotANumber as error:
            raise _refused(field, text, str(error)) from None

    def make(cells: list[str]) -> tuple[Any, ...]:  # noqa: C901 - calls for each field would cost half the time
        if check_text:
            _check_characters(cells)
        cells.append("")
        (sku, title, description, keywords, brand, category, gtin, condition, price, cost, currency, quantity,
         weight, length, width, height, active) = get(cells)  # fmt: skip
        sku = sku.strip()
        if not sku:
            raise Refused("The SKU is missing.", "The SKU is missing.")
        key = sku.lower() if sku.isascii() else sku_key(sku)
        if key in seen:
            raise Refused("The SKU stands in the file twice.", f"The SKU “{sku}” stands in an earlier row of the file.")
        if len(sku) > LONGEST_SKU:
            raise Refused("The SKU is too long.", f"The SKU has {len(sku)} characters, {LONGEST_SKU} at most.")
        title = title.strip()
        description = description.strip()
        brand = brand.strip()
        gtin = gtin.strip()
        if gtin and not gtin.isdigit():
            gtin = _mend_gtin(gtin)
        try:
            money = currency_code(currency.strip()) if currency else default_currency
        except NotANumber as error:
            raise _refused("currency", currency, str(error)) from None
        price_minor = cost_minor = count = None
        own = ""
        if price and (price := price.strip()):
            try:
                price_minor, own = parse_money(price, price_style, money)
            except NotANumber as error:
                raise _refused("price", price, str(error)) from None
        if cost and (cost := cost.strip()):
            try:
                cost_minor, own = parse_money(cost, cost_style, own or money)
            except NotANumber as error:
                raise _refused("cost", cost, str(error)) from None
        if quantity and (quantity := quantity.strip()):
            try:
                count = parse_whole(quantity, quantity_style)
            except NotANumber as error:
                raise _refused("quantity", quantity, str(error)) from None
        images: list[str] = []
        for at in image_at:
            if cell := cells[at].strip():
                images += split_images(cell)
        named = [f"{name}:{quoted(cell)}" for name, at in attributes if (cell := cells[at].strip())]
        size = len(description)
        filled = len(named) + (brand != "") + (gtin != "")
        values = (
            sku,
            key,
            f"{title.lower() if title.isascii() else fold(title)}\n{key if sku.isascii() else fold(sku)}",
            title,
            description,
            f"[{','.join(map(quoted, filter(None, _LIST_SEPARATOR.split(keywords.strip()))))}]" if keywords else "[]",
            brand,
            category.strip(),
            gtin,
            _word("condition", condition, _CONDITIONS) if condition else None,
            price_minor,
            cost_minor,
            own,
            count,
            measure("weight", weight) if weight and (weight := weight.strip()) else None,
            measure("length", length) if length and (length := length.strip()) else None,
            measure("width", width) if width and (width := width.strip()) else None,
            measure("height", height) if height and (height := height.strip()) else None,
            f"[{','.join(map(quoted, images))}]",
            base if images and not all("://" in image for image in images) else "",
            f"{{{','.join(named)}}}",
            _word("active", active, _FLAGS) if active else None,
            title_points(title)
            + (_DESCRIPTION_POINTS[size] if size < GOOD_DESCRIPTION else _DESCRIPTION_POINTS[-1])
            + (_IMAGE_POINTS[len(images)] if len(images) < _FULL else _IMAGE_POINTS[-1])
            + (_ATTRIBUTE_POINTS[filled] if filled < _FULL else _ATTRIBUTE_POINTS[-1]),
        )
        seen_add(key)
        return values

    return make


def currency_code(text: str) -> str:
    """The ISO code of a currency cell. NotANumber when it is none."""
    code = currency_of(text)
    if not code:
        raise NotANumber("is not a currency code such as EUR or CLP")
    return code


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
        return None
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
