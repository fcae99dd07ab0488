"""Uploaded pictures: kept for the buyer's page, and measured from their own headers."""

import asyncio
from pathlib import Path

_KEPT = 200  # newest picture files kept in memory when there is no state file


class Pictures:
    """The bytes of uploaded pictures, beside the state file or the newest few in memory.

    They are served at ``/_practice/pictures/{id}``; what else is known of a picture is the marketplace's own table.
    """

    def __init__(self, state_file: Path | None = None) -> None:
        self._folder = state_file.with_name(state_file.name + ".pictures") if state_file else None
        self._bytes: dict[str, bytes] = {}

    async def keep(self, picture_id: str, data: bytes) -> None:
        """Keep a picture; the id must be fit for a file name."""
        if self._folder is None:
            self._bytes[picture_id] = data
            while len(self._bytes) > _KEPT:
                del self._bytes[next(iter(self._bytes))]
            return
        folder = self._folder

        def write() -> None:
            folder.mkdir(exist_ok=True)
            (folder / picture_id).write_bytes(data)

        await asyncio.to_thread(write)

    def read(self, picture_id: str) -> bytes | None:
        """A picture's bytes when they are still kept."""
        if self._folder is None:
            return self._bytes.get(picture_id)
        path = self._folder / picture_id
        if path.parent != self._folder or not path.is_file():
            return None
        return path.read_bytes()

    def clear(self) -> None:
        """Forget what is in memory; files are found by nobody once their table is empty."""
        self._bytes.clear()


def media_type(data: bytes) -> str:
    """What the bytes are: image/jpeg, image/png, image/gif or image/webp; empty for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def measure(data: bytes) -> tuple[int, int, int]:
    """Width, height and colour components of a JPEG or PNG; zeros when it is neither."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 33:
        return int.from_bytes(data[16:20]), int.from_bytes(data[20:24]), 3
    if not data.startswith(b"\xff\xd8\xff"):
        return 0, 0, 0
    at = 2
    while at + 9 < len(data):
        if data[at] != 0xFF:
            return 0, 0, 0
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:  # a frame header
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7]), data[at + 9]
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return 0, 0, 0
