"""Work on the bytes of pictures: check, convert, shrink. Pure and blocking, for threads and processes of their own."""

import io
import os
import signal
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST_FILE = 50_000_000  # bytes of a file that is read at all
LARGEST_SENT = 10_000_000  # bytes; larger ones are made smaller
LARGEST_PIXELS = 60_000_000  # a small file can unpack to gigabytes
LONGEST_SIDE = 4_000  # of a picture that had to be made smaller
READABLE = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
_MIME = {"MPO": "image/jpeg"}  # a phone's JPEG with a second picture inside


class PictureProblem(Exception):
    """A picture that cannot be used: ``rule`` for the machine, the text for people."""

    def __init__(self, rule: str, message: str, fix: str) -> None:
        super().__init__(rule, message, fix)  # all three: it travels between processes
        self.rule, self.message, self.fix = rule, message, fix


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole picture in a format that may be sent. Size in pixels."""

    mime: str
    data: bytes
    width: int
    height: int


def prepare(data: bytes, formats: tuple[str, ...]) -> Picture:
    """Check that the picture is whole; convert to JPEG what is not of these MIME types, not RGB, or too large.

    Raises PictureProblem.
    """
    image = open_picture(data)
    mime = mime_of(image)
    if mime in formats and image.mode != "CMYK" and len(data) <= LARGEST_SENT:
        return Picture(mime, data, *image.size)
    image = turn_upright(image)
    if len(data) > LARGEST_SENT:
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    converted = as_jpeg(image, 92)
    return Picture("image/jpeg", converted, *image.size)


def shrink(source: bytes | Path, side: int) -> bytes:
    """A thumbnail that fits a square of ``side`` pixels, as JPEG, or PNG where it is transparent. PictureProblem."""
    if isinstance(source, Path):
        source = read_file(source)
    image = open_picture(source, draft_side=side * 2)
    image = turn_upright(image)
    image.thumbnail((side, side))
    if not is_transparent(image):
        return as_jpeg(image, 82)
    out = io.BytesIO()
    image.convert("RGBA").save(out, "PNG")
    return out.getvalue()


def read_file(path: Path) -> bytes:
    """The bytes of an image file. PictureProblem when it is missing, unreadable or huge."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):  # a device or a pipe may never end
            raise PictureProblem(
                "missing", f"“{path}” is not a file.", "Name the image file itself in the product's image list."
            )
        if about.st_size > LARGEST_FILE:
            raise PictureProblem(
                "too_large", f"The image file “{path.name}” is larger than {LARGEST_FILE // 1_000_000} MB.",
                "Save it smaller and name the smaller file.",
            )  # fmt: skip
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise PictureProblem(
            "missing", f"The image file “{path}” is not there or cannot be opened.",
            "Put the file in that place, or correct the product's image list.",
        ) from error  # fmt: skip


def begin_worker() -> None:
    """Set a process up for picture work: behind everything else, and deaf to the terminal's Ctrl+C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(10)


def prune(folder: Path, largest: int) -> int:
    """Delete the oldest files below ``folder`` until the rest is at most ``largest`` bytes; how many went."""
    files = []
    for path in folder.rglob("*"):
        try:
            about = path.stat()
        except OSError:
            continue
        if path.is_file():
            files.append((about.st_mtime, about.st_size, path))
    files.sort(key=lambda entry: entry[0])
    total, gone = sum(size for _, size, _ in files), 0
    for _, size, path in files:
        if total <= largest:
            break
        path.unlink(missing_ok=True)
        total, gone = total - size, gone + 1
    return gone


def open_picture(data: bytes, draft_side: int = 0) -> "Image":
    """The decoded picture, after its size was checked from the header alone."""
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # our own limit below refuses; Pillow's only warns
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=READABLE)
        width, height = image.size
        if width * height > LARGEST_PIXELS:
            raise PictureProblem(
                "too_many_pixels", f"The image has {width:,} × {height:,} pixels.",
                "Save it smaller: 1,200 × 1,200 is enough for every marketplace.",
            )  # fmt: skip
        if draft_side:
            image.draft("RGB", (draft_side, draft_side))  # a JPEG is decoded at a fraction of its size
        image.load()
    except UnidentifiedImageError as error:
        raise PictureProblem(
            "not_an_image", "The file is not an image that can be read.",
            "Use a JPEG, PNG or WebP picture.",
        ) from error  # fmt: skip
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise PictureProblem(
            "damaged", "The image is damaged or cut off.", "Open it in an image program, save it again and replace it."
        ) from error
    return image


def turn_upright(image: "Image") -> "Image":
    """Turned as the camera says."""
    from PIL import ImageOps

    return ImageOps.exif_transpose(image)


def mime_of(image: "Image") -> str:
    """The MIME type of an opened picture."""
    return _MIME.get(image.format or "", f"image/{(image.format or '').lower()}")


def is_transparent(image: "Image") -> bool:
    """Whether parts of the picture may be seen through."""
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info


def as_jpeg(image: "Image", quality: int) -> bytes:
    """JPEG bytes in RGB, transparency on white."""
    out = io.BytesIO()
    on_white(image).save(out, "JPEG", quality=quality, optimize=False)
    return out.getvalue()


def on_white(image: "Image") -> "Image":
    """In RGB, transparency on white."""
    from PIL import Image

    if not is_transparent(image):
        return image.convert("RGB")
    layer = image.convert("RGBA")
    ground = Image.new("RGB", layer.size, "white")
    ground.paste(layer, mask=layer.getchannel("A"))
    return ground
