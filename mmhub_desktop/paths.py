"""Where the program keeps its files, and where its own resources are, from source and frozen."""

import contextlib
import os
import sys
import threading
from pathlib import Path

import platformdirs

_DIRS = platformdirs.PlatformDirs("MultiMarketHub", appauthor=False)


def _folder(variable: str, default: Path) -> Path:
    """The folder named by an environment variable (tests, portable use), else the system's own."""
    folder = Path(os.environ[variable]) if os.environ.get(variable) else default
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def config_folder() -> Path:
    """Settings of this machine; ``MMHUB_HOME`` moves all three folders below one place."""
    return _home("config") or _folder("MMHUB_CONFIG", _DIRS.user_config_path)


def data_folder() -> Path:
    """Workspaces and the vault."""
    return _home("data") or _folder("MMHUB_DATA", _DIRS.user_data_path)


def log_folder() -> Path:
    """Log files."""
    return _home("logs") or _folder("MMHUB_LOGS", _DIRS.user_log_path)


def _home(name: str) -> Path | None:
    home = os.environ.get("MMHUB_HOME")
    if not home:
        return None
    folder = Path(home) / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def resource(name: str) -> Path:
    """The path of a file or folder below ``resources/``, from source, installed, or frozen."""
    package = Path(__file__).resolve().parent
    frozen = getattr(sys, "_MEIPASS", None)
    places = [Path(frozen) / "resources"] if frozen else [package.parent / "resources", package / "_resources"]
    for place in places:
        if (place / name).exists():
            return place / name
    return places[0] / name


def replace_file(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Put ``data`` in place of a file, durably and whole: after a crash there is the old file or the new one.

    Blocks for a disk flush. OSError when it cannot be written; the old file is then untouched.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.new")
    try:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
    if os.name == "posix":  # the rename itself must reach the disk too
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
