"""One row of an import file → checked product values in the order of the store's columns, or why it is refused.

Half a million rows pass through here, so a row stays a plain tuple and the plan is looked at once, beforehand.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from json.encoder import encode_basestring as quoted  # in C, and what json.dumps itself uses
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

# The store's columns that a row can fill, in order. An import fills only those its plan has columns for.
VALUES = (
    "sku", "sku_key", "search_key", "import_hash", "title", "description", "keywords", "brand", "category", "gtin",
    "condition", "price_minor", "cost_minor", "currency", "quantity", "weight_g", "length_mm", "width_mm", "height_mm",
    "images", "image_base", "attributes", "active", "quality",
)  # fmt: skip
_ALWAYS = {"sku", "sku_key", "search_key", "import_hash", "title", "quality"}
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
    if "," not in text and ";" not in text and text.split() == [text]:
        parts = text.split("|")
        return parts if "" not in parts else [part for part in parts if part]
    between = _BETWEEN_URLS if "://" in text else _BETWEEN_FILES
    return [part for part in (part.strip(" ,;|") for part in between.split(text.strip())) if part]


@dataclass(frozen=True, slots=True)
class RowMaker:
    """What a plan makes of rows. It belongs to one run through a file.

    ``make`` takes the cells of a row and its hash, and returns values in the order of ``stored_columns``, or raises
    Refused. ``seen`` holds the SKU keys of the rows made; a second row with a SKU is refused, since which of the
    two is right only the seller knows. ``digest`` is the hash of a row under this plan: equal hash, equal outcome.
    """

    make: Callable[[list[str], bytes], tuple[Any, ...]]
    digest: Callable[[list[str]], bytes]
    seen: set[str]
    sku_at: int


# What the code for a field looks like: {c} is the row's cell, {s} and {u} the column's number style and unit.
_CODE = {
    "title": "title = {c}.strip()",
    "description": "description = {c}.strip()",
    "brand": "brand = {c}.strip()",
    "category": "category = {c}.strip()",
    "keywords": "keywords = listed({c}) if {c} else '[]'",
    "gtin": "gtin = {c}.strip()\n if gtin and not gtin.isdigit(): gtin = mend_gtin(gtin)",
    "condition": "condition = word('condition', {c}, CONDITIONS) if {c} else ''",
    "active": "active = word('active', {c}, FLAGS) if {c} else -1",
    "currency": "money = code({c}) if {c} and not {c}.isspace() else default_currency",
    "price": "price_minor = None\n if {c} and not {c}.isspace():"
    " price_minor, currency = amount('price', {c}, {s}, money)",
    "cost": "cost_minor = None\n if {c} and not {c}.isspace():"
    " cost_minor, currency = amount('cost', {c}, {s}, currency or money)",
    "quantity": "quantity = count({c}, {s}) if {c} else -1",
    "weight": "weight_g = measure('weight', {c}, {s}, {u}) if {c} else None",
    "length": "length_mm = measure('length', {c}, {s}, {u}) if {c} else None",
    "width": "width_mm = measure('width', {c}, {s}, {u}) if {c} else None",
    "height": "height_mm = measure('height', {c}, {s}, {u}) if {c} else None",
}
_START = """
def make(cells, import_hash):
 {cells} = cells
 sku = {sku}.strip()
 key = sku.lower() if sku.isascii() else sku_key(sku)
 if not key or key in seen or len(key) > LONGEST: refuse_sku(sku, key in seen)
"""
_END = """
 length = len(description)
 search_key = f"{title.lower() if title.isascii() else fold(title)}\\n{key if sku.isascii() else fold(sku)}"
 quality = (title_points(title) + (DESCRIPTION[length] if length < FULL_DESCRIPTION else DESCRIPTION[-1])
  + (IMAGES[images_count] if images_count < FULL else IMAGES[-1])
  + (ATTRIBUTES[filled] if filled < FULL else ATTRIBUTES[-1]))
 add(key)
"""


def row_maker(plan: ImportPlan) -> RowMaker:
    """Compile the plan: the code of the fields it has is put together once, instead of asking in every row.

    (Half of the time of a row went into asking; the text holds names and places only, never words of the file.)
    """
    by_field = {column.field: column for column in plan.columns}
    images = [column.index for column in plan.columns if column.field == "images"]
    attributes = _attribute_names(plan)
    seen: set[str] = set()
    known: dict[str, Any] = {
        "seen": seen, "add": seen.add, "sku_key": sku_key, "fold": fold, "LONGEST": LONGEST_SKU,
        "refuse_sku": _refuse_sku, "listed": _listed, "mend_gtin": _mend_gtin, "word": _word, "code": _code,
        "amount": _amount, "count": _count, "measure": _measure, "quoted": quoted, "split_images": split_images,
        "CONDITIONS": _CONDITIONS, "FLAGS": _FLAGS, "default_currency": plan.currency, "base": plan.image_base,
        "title_points": title_points, "DESCRIPTION": _DESCRIPTION_POINTS, "FULL_DESCRIPTION": GOOD_DESCRIPTION,
        "IMAGES": _IMAGE_POINTS, "ATTRIBUTES": _ATTRIBUTE_POINTS, "FULL": _FULL, "check": _check_characters,
    }  # fmt: skip
    sku_at = by_field["sku"].index
    cells = ", ".join(f"c{index}" for index in range(len(plan.header))) + ","
    lines = [_START.format(cells=cells, sku=f"c{sku_at}")]
    if plan.undecodable:
        lines.append(" check(cells)")
    lines.append(" money, currency, title, description, brand, gtin = default_currency, '', '', '', '', ''")
    for field in ("currency", *(name for name in _CODE if name != "currency")):
        if field in by_field:
            column = by_field[field]
            known[f"style_{field}"], known[f"unit_{field}"] = column.style, column.unit
            code = _CODE[field].format(c=f"c{column.index}", s=f"style_{field}", u=f"unit_{field}")
            lines.append(f" {code}")
    lines += _image_code(images) + _attribute_code(attributes, known)
    values = ["key" if name == "sku_key" else name for name in stored_columns(plan)]
    lines += [_END, f" return ({', '.join(values)},)"]
    exec("\n".join(lines), known)  # noqa: S102 - see above
    return RowMaker(known["make"], _digest(plan), seen, sku_at)


def _image_code(columns: list[int]) -> list[str]:
    if not columns:
        return [" images_count = 0"]
    return [
        " found = []",
        *(f" if c{at}: found += split_images(c{at})" for at in columns),
        " images_count = len(found)",
        """ images = f'[{",".join([quoted(each) for each in found])}]'""",
        " image_base = '' if ''.join(found).count('://') >= images_count else base",
    ]


def _attribute_code(attributes: list[tuple[str, int]], known: dict[str, Any]) -> list[str]:
    if not attributes:
        return [" filled = (brand != '') + (gtin != '')"]
    lines = [" named = []"]
    for number, (name, at) in enumerate(attributes):
        known[f"name_{number}"] = quoted(name) + ":"
        lines.append(f" if c{at} and (text := c{at}.strip()): named.append(name_{number} + quoted(text))")
    return [*lines, " attributes = '{' + ','.join(named) + '}'", " filled = len(named) + (brand != '') + (gtin != '')"]


def _digest(plan: ImportPlan) -> Callable[[list[str]], bytes]:
    """The hash of a row's cells, mixed with everything else that decides what becomes of them."""
    meaning = repr((plan.columns, plan.currency, plan.image_base, len(plan.header)))
    person = blake2b(meaning.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    join, errors = "\x1f".join, "surrogatepass" if plan.undecodable else "strict"

    def digest(cells: list[str]) -> bytes:
        return blake2b(join(cells).encode("utf-8", errors), digest_size=8, person=person).digest()

    return digest


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
