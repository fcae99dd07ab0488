"""One row of an import file → checked product values in the order of the store's columns, or why it is refused.

Half a million rows pass through here, so a row stays a plain tuple and the plan is looked at once, beforehand.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from json.encoder import encode_basestring as quoted  # in C, and what json.dumps itself uses
from typing import Any

from mmhub_desktop.catalog.columns import BY_NAME
from mmhub_desktop.catalog.flags import NO, YES
from mmhub_desktop.catalog.numbers import (
    CURRENCIES,
    NOTHING,
    NotANumber,
    currency_of,
    parse_measure,
    parse_money,
    parse_whole,
)
from mmhub_desktop.catalog.plan import ImportPlan, NumberStyle, PlanColumn
from mmhub_desktop.catalog.row_code import write_code
from mmhub_desktop.catalog.row_columns import cells_of, refuse_clearing, stored_columns
from mmhub_desktop.catalog.row_keys import Seen, generate_sku, mend_gtin, mend_sku, mend_source_id
from mmhub_desktop.catalog.row_refusal import Refused
from mmhub_desktop.domain.gtin import LENGTHS
from mmhub_desktop.domain.money import Money, currency_decimals
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
from mmhub_desktop.errors import UserMistake

LONGEST_SKU = 255

_CONDITIONS = {
    **dict.fromkeys(("new", "nuevo", "nueva", "neu", "neuware", "novo", "nova", "nowy", "nowe", "brand new"), "new"),
    **dict.fromkeys(("used", "usado", "usada", "gebraucht", "second hand", "uzywany", "uzywane", "pre-owned"), "used"),
    **dict.fromkeys(
        ("refurbished", "reacondicionado", "generaluberholt", "renewed", "recondicionado", "odnowiony"), "refurbished"
    ),
}
_FLAGS = {**dict.fromkeys(YES, 1), **dict.fromkeys(NO, 0)}
_LIST_SEPARATOR = re.compile(r"\s*[,;|\r\n]\s*")
_BETWEEN_URLS = re.compile(r"\s*\|\s*|[\s,;]+(?=\w+://)|[\r\n]+")
_BETWEEN_FILES = re.compile(
    r"\s*[,;|\r\n\t]\s*|(?<=\.jpg|\.png|\.gif|\.bmp|\.tif)\s+|(?<=\.jpeg|\.webp|\.avif|\.tiff)\s+", re.IGNORECASE
)
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


def split_images(text: str) -> list[str]:
    """The URLs or file names of a cell, separated by , ; | or spaces or lines; commas inside a URL stay in it."""
    if "," not in text and ";" not in text and text.split() == [text]:
        parts = text.split("|")
        return parts if "" not in parts else [part for part in parts if part]
    between = _BETWEEN_URLS if "://" in text else _BETWEEN_FILES
    return [part for part in (part.strip(" ,;|") for part in between.split(text.strip())) if part]


class RowMaker:
    """A function from the cells of a row to values in the order of ``stored_columns``, which raises Refused.

    It belongs to one run through a file and remembers the SKUs it has seen: a second row with a SKU is refused,
    since which of the two is right only the seller knows. What was mended in a row it keeps in ``notes`` as
    (rule, message), for the caller to take.
    """

    def __init__(self, plan: ImportPlan) -> None:
        self.notes: list[tuple[str, str]] = []
        self.seen, self._sources = Seen(), Seen()
        read = _Reading(self.notes)
        row = cells_of(plan)
        known: dict[str, Any] = {
            "seen": self.seen.latest, "add": self.seen.latest.add, "make_key": sku_key, "make_search_key": search_key,
            "LONGEST": LONGEST_SKU, "refuse_sku": _refuse_sku, "listed": _listed, "word": _word, "code": _code,
            "seen_sources": self._sources.latest, "add_source": self._sources.latest.add,
            "refuse_source": _refuse_source, "refuse_parent": _refuse_parent, "generate": generate_sku,
            "mend_source_id": lambda text: mend_source_id(text, self.notes),
            "mend_gtin": lambda text: mend_gtin(text, self.notes), "mend_sku": lambda text: mend_sku(text, self.notes),
            "amount": read.amount, "count": read.count, "measure": read.measure, "quoted": quoted,
            "pictures": _pictures, "CONDITIONS": _CONDITIONS, "FLAGS": _FLAGS, "default_currency": plan.currency,
            "base": plan.image_base, "check": _check_characters, "CURRENCIES": CURRENCIES, "IN_CENTS": _IN_CENTS,
            "SIGNS": frozenset(".,"), "GTIN_LENGTHS": LENGTHS, **_POINTS,
        }  # fmt: skip
        for cell in row:
            known[f"style_{cell.field}"], known[f"unit_{cell.field}"] = cell.column.style, cell.column.unit
            known[f"name_{cell.variable}"] = quoted(cell.name) + ":"
            if cell.variable.startswith("k"):
                known[cell.variable] = plan.constants[cell.column.header]
        known |= {f"default_c{column.index}": column.default for column in plan.columns}
        exec(write_code(plan, stored_columns(plan), row), known)  # noqa: S102 - our own text, see row_code
        self._known = known
        self.make: Callable[[list[str]], tuple[Any, ...]] = known["make"]

    def rest(self) -> None:
        """Between two chunks: what was seen long ago is kept in less room."""
        for names, seen in ((("seen", "add"), self.seen), (("seen_sources", "add_source"), self._sources)):
            seen.rest()
            self._known[names[0]], self._known[names[1]] = seen.latest, seen.latest.add


def check_values(plan: ImportPlan) -> None:
    """UserMistake when a constant or a default cannot be read as its field, or a field is to be cleared that cannot."""
    refuse_clearing(plan.columns)
    given = [*plan.constants.items(), *((column.field, column.default) for column in plan.columns if column.default)]
    for name, value in given:
        only = replace(
            plan, header=("sku",), columns=(PlanColumn(0, "sku", "sku"),), constants={name: value}, sku_from=None,
            currency=plan.currency or "EUR", generate_sku=False,
        )  # fmt: skip
        try:
            RowMaker(only).make(["x"])
        except Refused as error:
            raise UserMistake(error.message, hint="Correct the value that is meant for all rows.") from error


def _pictures(text: str) -> tuple[str, int, int]:
    """The images of a row as JSON, how many they are, and how many of them are URLs."""
    if not text:
        return "[]", 0, 0
    if " " not in text and "," not in text and ";" not in text and "||" not in text:
        json_text = quoted(text)  # longer by more than the quotes when there is a line break or a quote in it
        if len(json_text) == len(text) + 2 and text[0] != "|" != text[-1]:  # one, or several with | between
            return f"[{json_text.replace('|', _NEXT)}]", text.count("|") + 1, text.count("://")
    found = _json_list(text) or split_images(text)
    return f"[{','.join(map(quoted, found))}]", len(found), sum("://" in each for each in found)


def _refuse_sku(sku: str, twice: bool) -> None:
    if not sku:
        raise Refused("The SKU is missing.", "The SKU is missing.")
    if twice:
        raise Refused("The SKU stands in the file twice.", f"The SKU “{sku}” stands in an earlier row of the file.")
    raise Refused("The SKU is too long.", f"The SKU has {len(sku)} characters, {LONGEST_SKU} at most.")


def _listed(text: str) -> str:
    found = _json_list(text) or filter(None, _LIST_SEPARATOR.split(text.strip()))
    return f"[{','.join(map(quoted, found))}]"


def _json_list(text: str) -> list[str]:
    """A list as our own export writes it where its members hold separators; empty when it is none."""
    if not text.startswith('["'):
        return []
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return found if all(isinstance(each, str) for each in found) else []


def _code(text: str) -> str:
    """The ISO code of a currency cell; an empty one has been looked at before."""
    code = currency_of(text)
    if not code:
        raise _refused("currency", text, "is not a currency code such as EUR or CLP")
    return code


def _refuse_source(source_id: str) -> None:
    raise Refused("The source id stands in the file twice.", f"The source id “{source_id}” stands in an earlier row.")


def _refuse_parent(sku: str) -> None:
    raise Refused("The product is its own parent.", f"“{sku}” names itself as its parent.")


class _Reading:
    """Numbers of cells; what was done to them is noted."""

    def __init__(self, notes: list[tuple[str, str]]) -> None:
        self._notes = notes

    def amount(self, field: str, text: str, style: NumberStyle, currency: str) -> tuple[int | None, str]:
        try:
            minor, currency, rounded = parse_money(text, style, currency)
        except NotANumber as error:
            if self._says_nothing(field, text):
                return None, ""
            raise _refused(field, text, str(error)) from None
        if rounded:
            rule = f"{BY_NAME[field].label}: rounded to the {currency_decimals(currency)} digits of {currency}."
            self._notes.append((rule, f"{BY_NAME[field].label} “{text.strip()[:40]}” → {Money(minor, currency)}"))
        return minor, currency

    def count(self, text: str, style: NumberStyle) -> int:
        try:
            return parse_whole(text, style)
        except NotANumber as error:
            if not text.strip() or self._says_nothing("quantity", text):
                return -1
            raise _refused("quantity", text, str(error)) from None

    def measure(self, field: str, text: str, style: NumberStyle, unit: str) -> int | None:
        try:
            return parse_measure(text, style, unit, weight=field == "weight")
        except NotANumber as error:
            if not text.strip() or self._says_nothing(field, text):
                return None
            raise _refused(field, text, str(error)) from None

    def _says_nothing(self, field: str, text: str) -> bool:
        """Whether it is a word for "empty", which is then noted."""
        if text.strip().lower() not in NOTHING:
            return False
        label = BY_NAME[field].label
        self._notes.append((f"{label}: words for “nothing” read as empty.", f"{label} “{text.strip()}”"))
        return True


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


def _check_characters(cells: list[str]) -> None:
    text = "".join(cells)
    if "\0" in text or "\ufffd" in text or any("\udc80" <= character <= "\udcff" for character in text):
        why = "Some characters do not fit the file's encoding."
        raise Refused(why, why)
