"""ZIP archives of tables and pictures, unpacked without trust: no path leads out, nothing unpacks without bounds."""

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mmhub_desktop.catalog.workbook import is_steep, is_workbook
from mmhub_desktop.errors import UserMistake

LARGEST = 8 << 30  # bytes of all that is unpacked
MOST_FILES = 200_000
_BLOCK = 1 << 20
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif")


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The tables of an archive, each with the folder of its images, and how many pictures there are."""

    tables: tuple[tuple[Path, str], ...]
    pictures: int


def is_archive(path: Path) -> bool:
    """Whether it is a ZIP archive and no workbook, which is one, too."""
    return path.is_file() and zipfile.is_zipfile(path) and not is_workbook(path)


def unpack(
    path: Path,
    folder: Path,
    pictures_in: Path,
    endings: tuple[str, ...],
    told: Callable[[float], None] = lambda _: None,
) -> Unpacked:
    """Unpack the tables (files with these endings) and the pictures of an archive, each into a folder of their own.

    Those are made in ``folder`` and in ``pictures_in``. The pictures' folder is named by what they are, so that the
    same pictures beside a newer table lie where they lay. ``told`` hears the part that is done, 0–1.
    UserMistake when the archive is damaged, locked with a password, has no table, or looks made to do harm.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            placed = [(entry, _place(path, entry.filename)) for entry in archive.infolist() if not entry.is_dir()]
            tables = [(each, place) for each, place in placed if place and place.suffix.lower() in endings]
            pictures = [(each, place) for each, place in placed if place and place.suffix.lower() in _PICTURES]
            if not tables:
                raise UserMistake(
                    f"There is no table in “{path.name}”.",
                    hint=f"It must hold a file that ends in one of: {', '.join(endings)}.",
                )
            total = _check(path, [entry for entry, _ in (*tables, *pictures)])
            homes = [_home(path, folder, tables), _home(path, pictures_in, pictures)]
            done = 0
            for home, some in zip(homes, (tables, pictures), strict=True):
                for entry, place in some:
                    done += _copy(path, archive, entry, home / place, LARGEST - done)
                    told(done / max(total, 1))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise UserMistake(
            f"“{path.name}” is damaged and cannot be unpacked.", hint="Pack or download it again.", original=str(error)
        ) from error
    found = tuple((homes[0] / place, _images_of(homes[1], place)) for _, place in sorted(tables, key=lambda t: t[1]))
    return Unpacked(found, len(pictures))


_Placed = Sequence[tuple[zipfile.ZipInfo, PurePosixPath]]


def _home(path: Path, folder: Path, entries: _Placed) -> Path:
    """The folder for these entries, the same for the same content."""
    said = "\n".join(f"{place} {entry.CRC} {entry.file_size}" for entry, place in entries)
    return folder / f"{path.stem[:40].strip()} {hashlib.blake2b(said.encode(), digest_size=6).hexdigest()}"


def _images_of(home: Path, table: PurePosixPath) -> str:
    beside = home / table.parent
    return str(beside if beside.is_dir() else home)


def _place(path: Path, name: str) -> PurePosixPath | None:
    """Where an entry goes; None for what systems add of their own. UserMistake when its path leads out."""
    place = PurePosixPath(name.replace("\\", "/"))
    if place.is_absolute() or ".." in place.parts or (place.parts and ":" in place.parts[0]):
        raise UserMistake(
            f"“{path.name}” holds “{name[:80]}”, which would be written outside its folder.",
            hint="An archive made by a shop or by your system never does. Do not use this one.",
        )
    if "__MACOSX" in place.parts or place.name.startswith((".", "~$")) or "\0" in name:
        return None
    return place


def _check(path: Path, entries: list[zipfile.ZipInfo]) -> int:
    """The bytes that the entries say they unpack to."""
    if any(entry.flag_bits & 1 for entry in entries):
        raise UserMistake(
            f"“{path.name}” is protected by a password.", hint="Unpack it yourself and import the file inside."
        )
    total = sum(entry.file_size for entry in entries)
    if total > LARGEST or len(entries) > MOST_FILES:
        raise UserMistake(
            f"“{path.name}” unpacks to {total / (1 << 30):,.1f} GB in {len(entries):,} files: that is too much.",
            hint=f"At most {LARGEST >> 30} GB in {MOST_FILES:,} files. Unpack it yourself and import the file inside.",
        )
    if any(is_steep(entry) for entry in entries):
        raise _bomb(path)
    return total


def _copy(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, to: Path, room: int) -> int:
    to.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(entry) as source, to.open("wb") as target:
        while block := source.read(_BLOCK):
            written += len(block)
            if written > min(entry.file_size, room):  # what an entry says of itself need not be true
                raise _bomb(path)
            target.write(block)
    return written


def _bomb(path: Path) -> UserMistake:
    return UserMistake(
        f"“{path.name}” unpacks to far more than a product file does: it looks made to fill the disk.",
        hint="Unpack it yourself if you trust it, and import the file inside.",
    )
