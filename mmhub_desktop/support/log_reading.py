"""Reading the log files from the end, page by page, and what was written since. Blocking: call it in a thread."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mmhub_desktop.log import FILE_NAME, KEPT_FILES

LEVELS = ("debug", "info", "warning", "error", "critical")
PAGE = 200  # lines
MOST_READ = 2_000_000  # bytes looked through for one page: a filter that matches nothing must not read everything
_BLOCK = 65_536


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line: ``text`` is all of it, as it stands in the file."""

    at: datetime
    level: str
    subject: str
    message: str
    text: str


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which lines are wanted: ``level`` or worse, of one subject and those below it, containing a text."""

    level: str = "debug"
    subject: str = ""
    text: str = ""

    def lets_through(self, line: LogLine) -> bool:
        """Whether the line is wanted."""
        if line.level in LEVELS and LEVELS.index(line.level) < LEVELS.index(self.level):
            return False
        if self.subject and line.subject != self.subject and not line.subject.startswith(self.subject + "."):
            return False
        return not self.text or self.text.casefold() in line.text.casefold()


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a log file, whatever the file is called after it was rotated."""

    inode: int
    offset: int


@dataclass(frozen=True, slots=True)
class LogPage:
    """Lines, newest first; where the next older ones are (None: there are none), and where new ones will come."""

    lines: tuple[LogLine, ...]
    older: Place | None
    end: Place | None


def read_older(folder: Path, wanted: LogFilter, before: Place | None = None, count: int = PAGE) -> LogPage:
    """The newest lines before a place (None: the end of the log)."""
    files = _files(folder)
    end = Place(files[0][1], _size(files[0][0])) if files else None
    if before is not None:
        known = [place for place, (_, inode) in enumerate(files) if inode == before.inode]
        files = files[known[0] :] if known else []
    lines: list[LogLine] = []
    read = 0
    for path, inode in files:
        offset = before.offset if before is not None and before.inode == inode else _size(path)
        for start, raw in _lines_backwards(path, offset):
            read += len(raw) + 1
            line = _parse(raw)
            if line is not None and wanted.lets_through(line):
                lines.append(line)
            if len(lines) >= count or read >= MOST_READ:
                return LogPage(tuple(lines), Place(inode, start), end)
    return LogPage(tuple(lines), None, end)


def read_newer(folder: Path, wanted: LogFilter, after: Place | None) -> LogPage:
    """What was written since a place, newest first."""
    files = _files(folder)
    known = [place for place, (_, inode) in enumerate(files) if after is not None and inode == after.inode]
    newer = files[: known[0] + 1] if known else files[:1]
    lines: list[LogLine] = []
    end = after
    for path, inode in reversed(newer):
        start = after.offset if after is not None and after.inode == inode else 0
        with contextlib.suppress(OSError), path.open("rb") as file:
            file.seek(start)
            content = file.read(MOST_READ)
            whole = content.rfind(b"\n") + 1  # a line that is being written is read the next time
            lines += [
                line for raw in content[:whole].splitlines() if (line := _parse(raw)) and wanted.lets_through(line)
            ]
            end = Place(inode, start + whole)
    return LogPage(tuple(reversed(lines)), None, end)


def _files(folder: Path) -> list[tuple[Path, int]]:
    """The log files that are there, newest first, with what identifies each."""
    found = []
    for number in range(KEPT_FILES + 1):
        path = folder / (FILE_NAME if number == 0 else f"{FILE_NAME}.{number}")
        with contextlib.suppress(OSError):
            found.append((path, path.stat().st_ino))
    return found


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _lines_backwards(path: Path, end: int) -> Iterator[tuple[int, bytes]]:
    """Whole lines from ``end`` to the file's beginning, each with where it begins."""
    try:
        file = path.open("rb")
    except OSError:
        return
    with file:
        rest = b""
        while end > 0:
            start = max(0, end - _BLOCK)
            file.seek(start)
            block = file.read(end - start) + rest
            pieces = block.split(b"\n")
            rest = pieces[0]
            at = start + len(block)
            for piece in reversed(pieces[1:]):
                at -= len(piece)
                if piece:
                    yield at, piece
                at -= 1
            end = start
        if rest:
            yield 0, rest


def _parse(raw: bytes) -> LogLine | None:
    """A line; None when it is torn or not one of ours."""
    try:
        text = raw.decode("utf-8")
        found = json.loads(text)
        at = datetime.fromisoformat(found["at"]).astimezone(UTC)
        return LogLine(at, str(found["level"]), str(found["subject"]), str(found["message"]), text)
    except (ValueError, KeyError, TypeError):
        return None
