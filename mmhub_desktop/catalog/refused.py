"""The file of refused rows: the original columns behind a reason, to be mended and imported again."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from mmhub_desktop.catalog.columns import REFUSED_BECAUSE


def refused_path(database: Path, import_id: int, name: str) -> Path:
    """Where the refused rows of an import go: a folder beside the workspace."""
    return database.parent / "refused rows" / f"{Path(name).stem} ({database.stem} import {import_id}).csv"


class RefusedFile:
    """Written row by row, made with the first one. UTF-8 with a mark, so that Excel shows it right.

    The reason stands first, so that a row with too few or too many cells keeps its form.
    """

    def __init__(self, path: Path, header: Sequence[str], delimiter: str) -> None:
        self._path = path
        self._header = header
        self._delimiter = delimiter
        self._file: TextIO | None = None
        path.unlink(missing_ok=True)

    @property
    def name(self) -> str:
        """The path once there is a file, else empty."""
        return str(self._path) if self._file else ""

    def add(self, reason: str, cells: Sequence[str]) -> None:
        """Append one refused row."""
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8-sig", errors="replace", newline="")
            self._writer = csv.writer(self._file, delimiter=self._delimiter)
            self._writer.writerow([REFUSED_BECAUSE, *self._header])
        self._writer.writerow([reason, *cells, *[""] * (len(self._header) - len(cells))])

    def flush(self) -> None:
        """Hand what was added to the system: a killed process does not lose it."""
        if self._file is not None:
            self._file.flush()

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file is not None:
            self._file.close()
