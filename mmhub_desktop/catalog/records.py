"""The records of a delimited text file, streamed, where one broken record does not swallow those that follow.

A quote that is never closed makes a csv reader take in the following lines until the next quote. So the lines
of the present record are kept, and when the record turns out to be wrong, reading goes on behind its first line
as soon as a line of it is a whole record by itself.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

LONGEST_FIELD = 262_144  # characters; a longer one is an unclosed quote or a picture pasted into a cell
_LINES = 4_000  # physical lines read at once


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that cannot be used: its cells as far as they were understood, and why."""

    cells: tuple[str, ...]
    reason: str


Record = list[str] | BadRecord

# What is done to make a record fit.
FILLED = "Rows one cell short: an empty cell is added at the end."
CUT = "Rows with more cells than the header: the empty ones at the end are left out."
QUOTES = "Quotation marks inside quoted cells that are not doubled: taken as they stand."


class Records:
    """Reads the records of a file one by one; blank lines are passed over. For one thread.

    ``width`` is how many cells a record must have; None takes any number (while looking for the header).
    """

    def __init__(
        self, path: Path, encoding: str, delimiter: str, *, width: int | None = None, undecodable: bool = False
    ) -> None:
        self._delimiter = delimiter
        errors = "strict"
        if undecodable:
            errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
        self._file: TextIO = path.open(encoding=encoding, errors=errors, newline="")
        self.width = width
        self.line = 0  # the line of the file, from 1, on which the present record begins
        self.mended = ""  # what was done to the present record to make it fit, in words
        self._lines_read = 0
        self._taken: list[str] = []  # the lines of the present record, when it has quotes
        csv.field_size_limit(LONGEST_FIELD)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def position(self) -> int:
        """About how many bytes of the file lie before the present record: lines are read in blocks."""
        return self._file.buffer.tell() * self.line // max(self._lines_read, 1)

    def __iter__(self) -> Iterator[Record]:
        source: Iterator[str] = chain.from_iterable(self._blocks())
        delimiter, next_line = self._delimiter, 1
        while True:
            reader = csv.reader(self._feed(source), delimiter=delimiter, strict=True)
            for line in source:
                self.line = next_line
                if '"' not in line and len(line) < LONGEST_FIELD:  # the quick way, the same as csv for such a line
                    next_line += 1
                    cells = line.rstrip("\r\n").split(delimiter)
                    if len(cells) == self.width or (self.width is None and cells != [""]):
                        yield cells
                    elif cells != [""]:
                        yield self._fit(cells) or BadRecord(tuple(cells), self._wrong_width(cells))
                        self.mended = ""
                    continue
                taken = self._taken = [line]
                found: Record
                try:
                    cells = next(reader)
                except csv.Error as error:
                    found, used = self._repair(None, _explain(error))
                else:
                    used = len(taken)
                    if len(cells) == self.width or (self.width is None and cells):
                        next_line += used
                        yield cells
                        continue
                    found, used = self._repair(cells, self._wrong_width(cells))
                next_line += used
                yield found
                self.mended = ""
                source = chain(taken[used:], source)
                break
            else:
                return

    def _feed(self, source: Iterator[str]) -> Iterator[str]:
        """The lines of one record after the other for the csv reader: the first is taken already."""
        while True:
            taken = self._taken
            yield taken[0]
            while taken is self._taken:
                line = next(source, None)
                if line is None:
                    return
                taken.append(line)
                yield line

    def _blocks(self) -> Iterator[list[str]]:
        while block := list(islice(self._file, _LINES)):
            self._lines_read += len(block)
            if any("\0" in line for line in block):
                block = [line.replace("\0", "") for line in block]
            yield block

    def _wrong_width(self, cells: Sequence[str]) -> str:
        return f"The row has {len(cells)} cells, the header has {self.width}."

    def _fit(self, cells: list[str]) -> list[str] | None:
        """A record of nearly the right width, mended; None when it cannot be told what belongs where.

        A line without any delimiter is no row that is short of a cell.
        """
        width = self.width or 0
        if len(cells) == width - 1 > 1:
            self.mended = FILLED
            return [*cells, ""]
        if len(cells) > width and not any(cells[width:]):
            self.mended = CUT
            return cells[:width]
        return None

    def _repair(self, cells: list[str] | None, reason: str) -> tuple[Record, int]:
        """The record, mended or to be refused, and how many of its lines it keeps; reading goes on at the next one."""
        lines = self._taken
        if cells is None and (found := self._take_quotes(lines[0])) is not None:
            return found, 1
        for index in range(1, len(lines)):
            if self._stands_alone(lines[index]):
                text = "".join(lines[:index]).rstrip("\r\n")
                return BadRecord((text,), "A quotation mark is opened in this row and not closed."), index
        if cells is not None and (found := self._fit(cells)) is not None:
            return found, len(lines)
        return BadRecord(tuple(cells or ("".join(lines).rstrip("\r\n"),)), reason), len(lines)

    def _take_quotes(self, line: str) -> list[str] | None:
        """The cells of a line whose quotes are not doubled, as in A,"Best" lamp,5; None when that makes no record."""
        if len(line) > LONGEST_FIELD:
            return None
        text, cells, at = line.rstrip("\r\n"), list[str](), 0
        while at <= len(text):
            end = text.find(self._delimiter, at)
            if text[at : at + 1] == '"':
                close = text.find('"' + self._delimiter, at + 1)
                if close < 0 and len(text) > at + 1 and text.endswith('"'):
                    close = len(text) - 1
                if close > at and (end < 0 or text[end - 1] != '"' or close < end or '"' not in text[at + 1 : end]):
                    cells.append(text[at + 1 : close].replace('""', '"'))
                    at = close + 2
                    continue
            end = len(text) if end < 0 else end
            if text[at : at + 1] == '"' and text.count('"', at, end) % 2:
                return None  # it is opened and not closed
            cells.append(text[at:end])
            at = end + 1
        if len(cells) != self.width:
            return None
        self.mended = QUOTES
        return cells

    def _stands_alone(self, line: str) -> bool:
        try:
            found = list(csv.reader([line], delimiter=self._delimiter, strict=True))
        except csv.Error:
            return False
        return len(found) == 1 and len(found[0]) == self.width


def _explain(error: csv.Error) -> str:
    said = str(error)
    if "field larger" in said:
        return f"A cell is longer than {LONGEST_FIELD:,} characters, or a quotation mark is opened and not closed."
    if "unexpected end" in said:
        return "A quotation mark is opened and never closed: the file may be cut off here."
    return 'A quotation mark stands inside a quoted cell; it must be doubled ("").'
