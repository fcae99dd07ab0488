"""In which forms products can be exported: declared as data, each with a function that makes rows of products."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from mmhub_desktop.store.export_reader import Exported, ExportNames

Cell = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Table:
    """A file to be: its header, and the rows of a product. ``left_out`` counts what the form cannot hold, in words."""

    header: tuple[str, ...]
    rows: Callable[[Exported], Iterator[list[Cell]]]
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A form of file. ``families``: a product comes with its variants; else each is a row of its own."""

    name: str
    label: str
    about: str
    suffix: str
    families: bool
    table: Callable[[ExportNames, Sequence[str]], Table]  # (names, names of chosen columns, none: all)
    has_columns: bool = False  # whether columns can be chosen
    mark: bool = False  # whether a text file begins with the UTF-8 mark, by which spreadsheets know it


def note(counts: dict[str, int], words: str) -> None:
    """Count something that a form cannot hold."""
    counts[words] = counts.get(words, 0) + 1
