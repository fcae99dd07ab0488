"""The records of a delimited text file, streamed, where one broken record does not swallow those that follow.

A quote that is never closed makes a csv reader take in the following lines until the next quote. So the lines
of the present record are kept, and when the record turns out to be wrong, reading goes on behind its first line
as soon as a line of it is a whole record by itself.
"""

import csv
from collections import deque
from collections.abc import Iterator
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


class Records:
    """Reads the records of a file one by one; blank lines are passed over. For one thread.

    ``width`` is how many cells a record must have; None takes any number (while looking for the header).
    """

    def __init__(
        self, path: Path, encoding: str, delimiter: str, *, width: int | None = None, undecodable: bool = False
    ) -> None:
        self._undecodable = undecodable
        self._delimiter = delimiter
        self._file: TextIO = path.open(
            encoding=encoding, errors="surrogateescape" if undecodable else "strict", newline=""
        )
        self.width = width
        self._window: deque[tuple[int, list[str]]] = deque()  # (number of its first line, lines)
        self._record_at = 0  # number of the present record's first line
        self._lines_read = 0
        csv.field_size_limit(LONGEST_FIELD)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def position(self) -> int:
        """About how many bytes of the file lie before the present record: lines are read in blocks."""
        return self._file.buffer.tell() * self.line // max(self._lines_read, 1)

    @property
    def line(self) -> int:
        """The line of the file, from 1, on which the present record begins."""
        return self._record_at + 1

    def __iter__(self) -> Iterator[Record]:
        source: Iterator[str] = chain.from_iterable(self._blocks())
        base = 0  # number of the reader's first line
        while True:
            reader = csv.reader(source, delimiter=self._delimiter, strict=True)
            again: int | None = None
            try:
                for cells in reader:
                    width = self.width
                    if len(cells) == width or (width is None and cells):
                        yield cells
                    elif cells:
                        end = base + reader.line_num
                        bad, again = self._repair(
                            end, cells, f"The row has {len(cells)} cells, the header has {width}."
                        )
                        yield bad
                        if again is not None:
                            break
                    self._record_at = base + reader.line_num
                else:
                    return
            except csv.Error as error:
                end = base + reader.line_num
                bad, again = self._repair(end, None, _explain(error))
                yield bad
                again = end if again is None else again
            end = base + reader.line_num
            source = chain(self._lines(again or end, end), source)
            base = self._record_at = again or end

    def _blocks(self) -> Iterator[list[str]]:
        number = 0
        while block := list(islice(self._file, _LINES)):
            window = self._window
            while window and window[0][0] + len(window[0][1]) <= self._record_at:
                window.popleft()
            window.append((number, block))
            self._lines_read = number = number + len(block)
            yield block

    def _lines(self, start: int, end: int) -> list[str]:
        found: list[str] = []
        for number, block in self._window:
            found += block[max(0, start - number) : max(0, end - number)]
        return found

    def _repair(self, end: int, cells: list[str] | None, reason: str) -> tuple[BadRecord, int | None]:
        """The record to refuse, and the number of the line to go on at (None: behind the record)."""
        start = self._record_at
        lines = self._lines(start, end)
        for index in range(1, len(lines)):
            if self._stands_alone(lines[index]):
                text = "".join(lines[:index]).rstrip("\r\n")
                why = "A quotation mark is opened in this row and not closed."
                return BadRecord((text,), why), start + index
        if cells is None:
            return BadRecord(("".join(lines).rstrip("\r\n"),), reason), None
        return BadRecord(tuple(cells), reason), None

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
