"""What a dialect is: the export of another program, known by its header, and how its columns are read."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape

from mmhub_desktop.catalog.columns import ORIGIN, header_words
from mmhub_desktop.catalog.numbers import LENGTH_UNITS, WEIGHT_UNITS
from mmhub_desktop.catalog.plan import IGNORE, NAMED_ATTRIBUTE
from mmhub_desktop.domain.product import fold

Record = dict[str, str]
"""One row by name: fields of ``columns.FIELDS``, parent_sku, source, source_id, ``option:…``, ``attribute:…``; what a
dialect alone needs has a name that begins with “.” and is never handed on."""

Joined = tuple[tuple[str, ...], Iterator[list[str]]]
Joiner = Callable[[Sequence[str], Iterator[Sequence[str]]], Joined]

LIST_SEPARATOR = "|"  # between several images in one cell
_NUMBERS = frozenset(("price", "cost", "weight", "length", "width", "height"))
_OPEN = re.compile(r"\d{1,3}\.\d{3}").fullmatch  # could be thousands; with another digit it can not
_LISTS = {"images": LIST_SEPARATOR, "keywords": ", "}
_PLAIN = re.compile(r"[\d.,' ]*\d[\d.,' ]*").fullmatch
KG_AND_CM = {"weight": "kg", "length": "cm", "width": "cm", "height": "cm"}
KG_AND_MM = {"weight": "kg", "length": "mm", "width": "mm", "height": "mm"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """One program's export, as data. ``columns`` and ``marks`` are written as ``header_words`` makes them; where what
    stands in brackets tells them apart, as ``whole_words`` does.

    ``needs`` must all stand in the header; of ``marks`` at least ``enough``. ``join`` makes rows of products of it:
    its header has canonical names only, so that what comes behind needs to know nothing of dialects.
    """

    name: str  # also the products' ``source``
    label: str
    needs: tuple[str, ...]
    columns: Mapping[str, str]  # header → name in a Record, or IGNORE; several headers may share a list of images
    join: Joiner
    marks: tuple[str, ...] = ()
    enough: int = 0
    patterns: tuple[tuple[str, str], ...] = ()  # (regular expression on the whole header, name with \1)
    others: str = NAMED_ATTRIBUTE  # what a column that is not declared becomes: an attribute of its name, or IGNORE
    has_point: bool = False  # whether its numbers have a decimal point, always: 1.250 is a little more than one
    units: Mapping[str, str] = field(default_factory=dict)  # name → unit of plain numbers, where the header has none
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # name → word, as ``plain_word`` → meaning
    with_entities: tuple[str, ...] = ()  # names whose cells hold &amp; and the like though they are no HTML
    notes: tuple[str, ...] = ()  # what a seller should know of how it is read
    partner: str = ""  # the dialect of a second file that belongs to this one, and
    join_with: Callable[..., Joined] | None = None  # (header, rows, its header, its rows) → both joined


@dataclass(frozen=True, slots=True)
class FoundDialect:
    """A dialect that was recognised, why, and which of the rows looked at is its header."""

    dialect: Dialect
    reason: str
    header_row: int = 0


@dataclass(slots=True)
class Columns:
    """The columns of one file in one dialect: what each is, and the record of a row."""

    names: list[str]
    in_brackets: dict[str, str]  # name → what stands in brackets at the end of its header: a unit, a currency
    readers: dict[str, Callable[[str], str]]  # name → what a cell is read as, where that is not what stands there

    @classmethod
    def of(cls, dialect: Dialect, header: Sequence[str]) -> "Columns":
        """By the dialect's declarations; a column without a header is not read."""
        names = [name_of(dialect, title) for title in header]
        brackets = {}
        for name, title in zip(names, header, strict=True):
            if found := re.search(r"[(\[](\w+)[)\]]\s*$", title.strip()):
                brackets[name] = found[1].lower()
        readers = {name: reader for name in names if (reader := _reader(dialect, name, brackets.get(name, "")))}
        return cls(names, brackets, readers)

    def record(self, row: Sequence[str]) -> Record:
        """The row by name, without empty cells: images and keywords are joined, of others the first counts."""
        found: Record = {}
        readers = self.readers
        for name, cell in zip(self.names, row, strict=False):
            if name != IGNORE and (value := cell.strip()):
                if name in readers:
                    value = readers[name](value)
                if name not in found:
                    found[name] = value
                elif name in _LISTS:
                    found[name] += _LISTS[name] + value
        return found


def _reader(dialect: Dialect, name: str, in_brackets: str) -> Callable[[str], str] | None:
    words = dialect.words.get(name)
    if words is not None:
        return lambda cell: words.get(plain_word(cell), cell)
    if name in dialect.with_entities:
        return unescape
    if name not in _NUMBERS:
        return None
    unit = dialect.units.get(name, "")
    if unit and (in_brackets in WEIGHT_UNITS or in_brackets in LENGTH_UNITS):
        unit = in_brackets

    def read(cell: str) -> str:
        if dialect.has_point and _OPEN(cell):
            cell += "0"
        return f"{cell} {unit}" if unit and _PLAIN(cell) else cell

    return read if unit or dialect.has_point else None


def plain_word(text: str) -> str:
    """A word in the form it is looked up in: "In Stock", "in_stock" and "InStock" are one."""
    return fold(text).replace(" ", "").replace("_", "").replace("-", "")


def name_of(dialect: Dialect, title: str) -> str:
    """What a column is in a dialect."""
    if title == ORIGIN:
        return ORIGIN
    words = header_words(title)
    if not words and not title.strip():
        return IGNORE
    found = dialect.columns.get(whole_words(title)) or dialect.columns.get(words)
    if found is not None:
        return found
    for pattern, name in dialect.patterns:
        if match := re.fullmatch(pattern, title.strip(), re.IGNORECASE):
            return match.expand(name).strip()
    return IGNORE if dialect.others == IGNORE else f"{NAMED_ATTRIBUTE}{plain_title(title)}"


def whole_words(title: str) -> str:
    """A header in lower case with all that stands in it: what tells “Price (tax excl.)” from “Price”."""
    return " ".join(title.casefold().split())


def plain_title(title: str) -> str:
    """A header as the name of an attribute: no line breaks, no colon at the end."""
    return " ".join(title.split()).rstrip(":").strip()


def origins(dialect: Dialect, header: Sequence[str]) -> dict[str, str]:
    """For each canonical name the headers it was made of, in words: the reasons of a joined file's columns."""
    found: dict[str, list[str]] = {}
    for title in header:
        name = name_of(dialect, title)
        if name != IGNORE and not name.startswith("."):
            found.setdefault(name, []).append(f"“{plain_title(title)}”")
    return {
        name: f"{dialect.label}: {' and '.join(titles[:2])}{' and others' if len(titles) > 2 else ''}."
        for name, titles in found.items()
    }
