"""What a practice marketplace remembers: named tables of JSON values, mirrored line by line into a file."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

Json = dict[str, Any]

_COUNTERS = "+"


class State:
    """Tables of JSON values on the event loop's thread; every change is one line appended to ``path``.

    A line is ``[table, key, value]`` (value None: removed) or ``["+", counter, step]``. The line reaches the
    operating system before the call returns, so a killed process loses nothing; a torn last line is skipped.
    On opening the file is written anew with what still counts. Without a path everything lives in memory.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._tables: dict[str, Json] = {}
        self._counters: dict[str, int] = {}
        self._file: TextIO | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                self._load(path)
            self._open_compacted(path)

    def table(self, name: str) -> Json:
        """The live table of that name; change it only through ``put`` and ``remove``."""
        return self._tables.setdefault(name, {})

    def put(self, table: str, key: str, value: Any) -> None:
        """Set one value; call it again after changing a value in place."""
        self.table(table)[key] = value
        self._append([table, key, value])

    def remove(self, table: str, key: str) -> None:
        """Forget one value; unknown keys are fine."""
        if self.table(table).pop(key, None) is not None:
            self._append([table, key, None])

    def count(self, counter: str, step: int = 1) -> int:
        """Raise a counter and return its new value."""
        value = self._counters.get(counter, 0) + step
        self._counters[counter] = value
        self._append([_COUNTERS, counter, step])
        return value

    def counted(self, prefix: str) -> dict[str, int]:
        """The counters whose name starts with the prefix, without it."""
        return {name[len(prefix) :]: n for name, n in self._counters.items() if name.startswith(prefix)}

    def clear(self) -> None:
        """Forget everything, on disk too."""
        self._tables.clear()
        self._counters.clear()
        if self.path is not None:
            self.close()
            self._open_compacted(self.path)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _append(self, record: list[Any]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(record, separators=(",", ":")) + "\n")
            self._file.flush()

    def _load(self, path: Path) -> None:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                try:
                    table, key, value = json.loads(line)
                except ValueError:
                    continue  # torn by a kill in the middle of a write
                if table == _COUNTERS:
                    self._counters[key] = self._counters.get(key, 0) + value
                elif value is None:
                    self.table(table).pop(key, None)
                else:
                    self.table(table)[key] = value

    def _records(self) -> Iterator[list[Any]]:
        for name, rows in self._tables.items():
            for key, value in rows.items():
                yield [name, key, value]
        for counter, value in self._counters.items():
            yield [_COUNTERS, counter, value]

    def _open_compacted(self, path: Path) -> None:
        fresh = path.with_name(path.name + ".new")
        with fresh.open("w", encoding="utf-8") as file:
            for record in self._records():
                file.write(json.dumps(record, separators=(",", ":")) + "\n")
        os.replace(fresh, path)  # noqa: PTH105 - one call, atomic
        self._file = path.open("a", encoding="utf-8")
