"""What staging makes of the files a seller chooses: one text file for each import, and what is to be said of it."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from mmhub_desktop.catalog.encoding import FileText

WRITTEN_AS = ("utf-8", ",", 0)  # encoding, delimiter and header row of staged files
NO_DIALECT = "none"
NO_HEADER = -1  # as the header's row: the first row is a product already
_STAGED = ".staged"
_KEPT_DAYS = 30


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How files are to be read, where it is not to be found out: the seller's corrections."""

    encoding: str = ""
    delimiter: str = ""
    header_row: int | None = None  # records above the header, or NO_HEADER
    sheet: str = ""  # of a workbook
    dialect: str = ""  # a name of ``catalog.dialects``, or NO_DIALECT


@dataclass(frozen=True, slots=True)
class StagedFile:
    """One import: a text file that ``reading.inspect`` takes, and where it comes from.

    ``is_rewritten``: the program wrote it from something else; otherwise it is the seller's own file, untouched.
    """

    path: Path
    origin: str  # path of what the seller chose; of several files the first, with their number
    is_rewritten: bool = False
    sources: tuple[Path, ...] = ()  # what ``stage`` takes to make it again, read otherwise
    dialect: str = ""
    dialect_reason: str = ""
    encoding_reason: str = ""
    notes: tuple[str, ...] = ()
    image_base: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    number_columns: frozenset[str] = frozenset()  # headers whose cells are numbers, not texts
    reasons: Mapping[str, str] = field(default_factory=dict)  # header → why it is what it is
    text: FileText | None = None  # of a file that is not rewritten: it need not be read for it again

    @property
    def name(self) -> str:
        """What the seller calls it."""
        return Path(self.origin).name


@dataclass(frozen=True, slots=True)
class Staged:
    """The imports that the chosen files make, to be done one after the other, and what is to be said of them."""

    files: tuple[StagedFile, ...]
    notes: tuple[str, ...] = ()


def staging_folder(database: Path) -> Path:
    """Where the staged files of a workspace lie until their import has ended."""
    return database.with_name(database.name + _STAGED)


def picture_folder(folder: Path) -> Path:
    """Where pictures out of archives go for good: the products name them. In the workspace's image folder."""
    if folder.name.endswith(_STAGED):
        return folder.with_name(folder.name.removesuffix(_STAGED) + ".images") / "imported"
    return folder / "pictures"


def unread_of(path: Path) -> Path:
    """Where the rows lie, beside a staged file, that could not be read: JSON list of (why, line, cells)."""
    return path.with_suffix(".unread")


def discard(path: Path, folder: Path) -> None:
    """Delete a staged file whose import has ended; a file of the seller's is never touched."""
    if folder.absolute() in path.absolute().parents:
        with suppress(OSError):
            path.unlink()
            unread_of(path).unlink(missing_ok=True)
            path.parent.rmdir()  # only when nothing else is in it


def forget_old(folder: Path) -> None:
    """Delete staged files that no import has taken for a month: the seller has turned away from them."""
    before = time.time() - _KEPT_DAYS * 86_400
    with suppress(OSError):
        for path in [each for each in folder.rglob("*") if each.is_file() and each.stat().st_mtime < before]:
            path.unlink()
            with suppress(OSError):  # something else is in it
                path.parent.rmdir()
