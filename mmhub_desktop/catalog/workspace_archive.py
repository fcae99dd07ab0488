"""A whole workspace as one file, to move it to another computer or to leave with everything.

A ZIP archive: ``workspace.mmhub`` (a copy made while the workspace may be open), ``images/`` (the workspace's image
folder without thumbnails), ``products.csv`` (every field, for other programs) and at last ``manifest.json`` with sizes
and hashes. Keys and tokens are in the keyring or the vault, never in these. Everything but ``csv_of`` blocks: call it
in a thread; ``tell(done, of)`` in bytes is called between slices, and what it raises ends the work, leaving nothing.
"""

import contextlib
import hashlib
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from mmhub_desktop import __version__
from mmhub_desktop.domain.backup import ARCHIVE_SUFFIX, Rested
from mmhub_desktop.errors import DiskFull, MmhubError, UserMistake, WorkspaceDamaged, WorkspaceTooNew
from mmhub_desktop.store.cancellable import Told
from mmhub_desktop.store.restoring import move_images, prepare_copy
from mmhub_desktop.store.workspace_copy import copy_workspace

FORMAT = 1
_DATA, _TABLE, _IMAGES, _MANIFEST = "workspace.mmhub", "products.csv", "images/", "manifest.json"
_NOT_IN_NAMES = "\\\0:" if os.name == "nt" else "\\\0"
_BLOCK = 1 << 20
_LARGEST_MANIFEST = 200 << 20
_LEFT_OUT = "thumbnails"  # made again when they are looked at


def image_folder(workspace: Path) -> Path:
    """Where a workspace keeps pictures."""
    return workspace.with_name(workspace.name + ".images")


async def csv_of(workspace: Path, target: Path) -> None:
    """Write the products of a workspace, which may be open, as CSV. For the loop; cancelled, it is given up."""
    from mmhub_desktop.catalog.export.run import ExportRun
    from mmhub_desktop.catalog.export.writing import ExportOrder

    running = ExportRun(workspace, ExportOrder("csv", str(target)), lambda _done, _of: None)
    try:
        await running.result()
    finally:
        await running.stop()


def write_archive(workspace: Path, table: Path, target: Path, tell: Told) -> None:
    """Write ``target``, with the CSV ``table`` inside. DiskFull or WorkspaceDamaged when it cannot be written.

    An older file of that name is replaced at the end; before, it stays as it is.
    """
    draft = target.with_name(f".{target.name}.{os.getpid()}.new")
    copy = target.with_name(f".{target.name}.{os.getpid()}.copy")
    try:
        with _disk_errors(target):
            copy_workspace(workspace, copy, lambda _done, _of: tell(0, 1))
            files = [(_DATA, copy), (_TABLE, table), *_pictures(image_folder(workspace))]
            total, done = sum(path.stat().st_size for _, path in files), 0
            listed: dict[str, dict[str, Any]] = {}
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
                for name, path in files:
                    how = zipfile.ZIP_STORED if name.startswith(_IMAGES) else zipfile.ZIP_DEFLATED
                    listed[name] = _put(archive, name, path, how, lambda more, base=done: tell(base + more, total))
                    done += int(listed[name]["size"])
                about = {
                    "format": FORMAT, "program": __version__, "name": workspace.stem,
                    "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                    "image_folder": str(image_folder(workspace.absolute())), "files": listed,
                }  # fmt: skip
                archive.writestr(_MANIFEST, json.dumps(about, ensure_ascii=False, indent=1))
            with draft.open("rb+") as file:
                os.fsync(file.fileno())
            draft.replace(target)
    finally:
        for left in (draft, copy):
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)


def unpack_archive(archive: Path, target: Path, tell: Told) -> Rested:
    """Make the workspace ``target``, which must not exist, from an archive; what was under way in it rests.

    UserMistake, WorkspaceDamaged, WorkspaceTooNew or DiskFull say why not: then nothing is left behind.
    """
    for there in (target, image_folder(target)):
        if there.exists():
            raise UserMistake(f"“{there.name}” is there already.", hint="Choose a new name for the workspace.")
    home = target.with_name(f".{target.name}.{os.getpid()}.unpacked")
    try:
        with _disk_errors(target), _opened(archive) as file:
            about = _read_manifest(archive, file)
            _need_room(archive, target, about["files"])
            total, done = sum(each["size"] for each in about["files"].values()), 0
            for name, known in about["files"].items():
                _take(archive, file, name, known, home, lambda more, base=done: tell(base + more, total))
                done += known["size"]
            rested = prepare_copy(home / _DATA, of=archive)
            tell(total, total)
            pictures = home / _IMAGES.rstrip("/")
            if pictures.exists():
                move_images(home / _DATA, about["image_folder"], str(image_folder(target.absolute())))
                pictures.replace(image_folder(target))
            (home / _DATA).replace(target)
            return rested
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _pictures(folder: Path) -> list[tuple[str, Path]]:
    return [
        (_IMAGES + path.relative_to(folder).as_posix(), path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.relative_to(folder).parts[0] != _LEFT_OUT
    ]


def _put(archive: zipfile.ZipFile, name: str, path: Path, how: int, tell: Any) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    entry = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    entry.compress_type = how
    with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as to:
        while block := source.read(_BLOCK):
            tell(size)
            digest.update(block)
            to.write(block)
            size += len(block)
    return {"size": size, "sha256": digest.hexdigest()}


@contextlib.contextmanager
def _opened(archive: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(archive) as file:
            yield file
    except FileNotFoundError as error:
        raise UserMistake(
            f"There is no file “{archive}”.", hint=f"Choose a workspace archive (*{ARCHIVE_SUFFIX})."
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _damaged(archive, str(error)) from error


def _read_manifest(archive: Path, file: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest, of which every part that is used was looked at."""
    if _MANIFEST not in file.NameToInfo:
        raise UserMistake(
            f"“{archive.name}” is no workspace archive.", hint=f"Choose a file of the kind *{ARCHIVE_SUFFIX}."
        )
    if file.getinfo(_MANIFEST).file_size > _LARGEST_MANIFEST:
        raise _damaged(archive, "its list of contents is too long")
    try:
        about: dict[str, Any] = json.loads(file.read(_MANIFEST))
        number = int(about["format"])
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(archive, "its list of contents cannot be read") from error
    if number > FORMAT:
        raise WorkspaceTooNew(
            f"“{archive.name}” was written by a newer version of this program.",
            hint="Install the newest version. Nothing was changed.",
        )
    files = about.get("files")
    if not isinstance(files, dict) or _DATA not in files or not isinstance(about.get("image_folder"), str):
        raise _damaged(archive, "its list of contents is not whole")
    for name, known in files.items():
        if not _is_plain(name):
            raise WorkspaceDamaged(
                f"“{archive.name}” has a file with a name that leads out of its folder: “{name}”.",
                hint="An archive made by this program never does. Do not use this one.",
            )
        if not isinstance(known, dict) or not isinstance(known.get("size"), int) or known["size"] < 0:
            raise _damaged(archive, f"“{name}” has no size")
    return about


def _is_plain(name: str) -> bool:
    """Whether a name is one of ours and stays below the folder, on every system."""
    if name in (_DATA, _TABLE):
        return True
    parts = name.split("/")
    return name.startswith(_IMAGES) and not {"", ".", ".."} & set(parts) and not set(name) & set(_NOT_IN_NAMES)


def _take(
    archive: Path, file: zipfile.ZipFile, name: str, known: dict[str, Any], home: Path, tell: Any
) -> None:  # fmt: skip
    """Unpack one file, no longer than the manifest says, and compare its hash."""
    if name not in file.NameToInfo:
        raise _damaged(archive, f"“{name}” is missing")
    digest, size = hashlib.sha256(), 0
    path = home / PurePosixPath(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with file.open(name) as source, path.open("wb") as to:
        while block := source.read(_BLOCK):
            tell(size)
            size += len(block)
            if size > known["size"]:
                break
            digest.update(block)
            to.write(block)
    if size != known["size"] or digest.hexdigest() != known.get("sha256"):
        raise _damaged(archive, f"“{name}” is not as it was written")


def _need_room(archive: Path, target: Path, files: dict[str, dict[str, Any]]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    needed, free = sum(each["size"] for each in files.values()), shutil.disk_usage(target.parent).free
    if needed > free:
        raise DiskFull(
            f"There is no room to open “{archive.name}”: it takes {needed // 1_000_000:,} MB, and "
            f"{free // 1_000_000:,} MB are free.",
            hint=f"Free some space on the disk of “{target.parent}”, or choose another folder.",
        )


def _damaged(archive: Path, why: str) -> MmhubError:
    return WorkspaceDamaged(
        f"The archive “{archive.name}” is damaged.", hint="Copy it again from where it was made.", original=why
    )


@contextlib.contextmanager
def _disk_errors(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DiskFull(
            f"“{target.name}” could not be written.",
            hint=f"Free some disk space or check the permissions of “{target.parent}”. Nothing was changed.",
            original=str(error),
        ) from error
