"""Which image files of products are there, asked for whole catalogs: folders are listed, not file after file.

For a reader's thread. A folder on a drive that does not answer holds up that one query, once.
"""
# ruff: noqa: PTH111, PTH118 - asked for each image of a catalog, where a Path costs ten times as much

import json
import os
import sys
import unicodedata
from urllib.parse import urlsplit
from urllib.request import url2pathname

LINKS = ("http://", "https://", "ftp://", "//", "data:")  # as catalog.links knows them, in either case
_FOLDERS_SEARCHED = 50  # as where an image is read
_Listing = tuple[frozenset[str], tuple[str, ...]]  # names of files, names of folders


class ImageFiles:
    """Finds files as ``catalog.images.find_file`` does. For one query: what it has listed it does not list again."""

    def __init__(self) -> None:
        self._listed: dict[str, _Listing] = {}

    def are_missing(self, images: str, base: str) -> bool:
        """Whether one of a product's images, a JSON list, is meant to be a file and is not there."""
        return any(
            not source.casefold().startswith(LINKS) and not self.is_there(source, base) for source in json.loads(images)
        )

    def is_there(self, source: str, base: str) -> bool:
        """Whether an image entry that is no link names a file which exists, from the folder ``base``."""
        if base and _spelled(source) in self._list(base)[0]:
            return True
        if source.casefold().startswith("file:"):
            return self._has(url2pathname(urlsplit(source).path))
        path = os.path.normpath(os.path.join(base, os.path.expanduser(source)))
        if self._has(path):
            return True
        if "\\" in source:
            path = os.path.normpath(os.path.join(base, source.replace("\\", "/")))
            if self._has(path):
                return True
        folder, name = os.path.split(path)
        if not base or folder != os.path.normpath(base):
            return False
        return any(_spelled(name) in self._list(os.path.join(folder, each))[0] for each in self._list(folder)[1])

    def _has(self, path: str) -> bool:
        folder, name = os.path.split(path)
        return _spelled(name) in self._list(folder)[0]

    def _list(self, folder: str) -> _Listing:
        known = self._listed.get(folder)
        if known is None:
            known = self._listed[folder] = _read(folder or ".")
        return known


def _read(folder: str) -> _Listing:
    files: set[str] = set()
    folders: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.is_dir():
                    files.add(_spelled(entry.name))
                elif not entry.name.startswith(".") and len(folders) < _FOLDERS_SEARCHED:
                    folders.append(entry.name)
    except (OSError, ValueError):  # there is no such folder, or a cell holds what is no name at all
        pass
    return frozenset(files), tuple(folders)


def _as_written(name: str) -> str:
    return name


def _without_case(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


_spelled = _without_case if sys.platform in ("win32", "darwin") else _as_written
