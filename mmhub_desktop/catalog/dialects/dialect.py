"""What a dialect is: the export of another program, known by its header, and how its columns are read."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mmhub_desktop.catalog.columns import ORIGIN, header_words
from mmhub_desktop.catalog.plan import IGNORE, NAMED_ATTRIBUTE

Record = dict[str, str]
"""One row by name: fields of ``columns.FIELDS``, parent_sku, source, source_id, ``option:…``, ``attribute:…``; what a
dialect alone needs has a name that begins with “.” and is never handed on."""

Joined = tuple[tuple[str, ...], Iterator[list[str]]]
Joiner = Callable[[Sequence[str], Iterator[Sequence[str]]], Joined]

LIST_SEPARATOR = "|"  # between several images in one cell
_NUMBERS = frozenset(("price", "cost", "weight", "length", "width", "height"))
_OPEN = re.compile(r"\d{1,3}\.\d{3}").fullmatch  # could be thousands; with another digit it can not
_LISTS = {"images": LIST_SEPARATOR, "keywords": ", "}
_NUMBER = re.compile(r"[\d.,' ]*\d[\d.,' ]*")


@dataclass(frozen=True, slots=True)
class Dialect:
    """One program's export, as data. ``columns`` and ``marks`` are written as ``header_words`` makes them.

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
    units: dict[str, str] = field(default_factory=dict)  # name → unit that stands in its header
    has_point: bool = False

    @classmethod
    def of(cls, dialect: Dialect, header: Sequence[str]) -> "Columns":
        """By the dialect's declarations; a column without a header is not read."""
        names = [name_of(dialect, title) for title in header]
        units = {}
        for name, title in zip(names, header, strict=True):
            if found := re.search(r"[(\[](\w+)[)\]]\s*$", title.strip()):
                units[name] = found[1].lower()
        return cls(names, units, dialect.has_point)

    def record(self, row: Sequence[str]) -> Record:
        """The row by name, without empty cells: images and keywords are joined, of others the first counts."""
        found: Record = {}
        for name, cell in zip(self.names, row, strict=False):
            if name != IGNORE and (value := cell.strip()):
                if name not in found:
                    found[name] = f"{value}0" if self.has_point and name in _NUMBERS and _OPEN(value) else value
                elif name in _LISTS:
                    found[name] += _LISTS[name] + value
        return found

    def with_unit(self, record: Record, name: str, unit: str) -> None:
        """Put the unit of the header, else ``unit``, behind a number that has none."""
        value = record.get(name, "")
        if _NUMBER.fullmatch(value):
            record[name] = f"{value} {self.units.get(name, unit)}"


def name_of(dialect: Dialect, title: str) -> str:
    """What a column is in a dialect."""
    if title == ORIGIN:
        return ORIGIN
    words = header_words(title)
    if not words and not title.strip():
        return IGNORE
    found = dialect.columns.get(words)
    if found is not None:
        return found
    for pattern, name in dialect.patterns:
        if match := re.fullmatch(pattern, title.strip(), re.IGNORECASE):
            return match.expand(name).strip()
    return IGNORE if dialect.others == IGNORE else f"{NAMED_ATTRIBUTE}{plain_title(title)}"


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
