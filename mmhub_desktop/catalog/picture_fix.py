"""Making a copy of a picture as a marketplace wants it; the picture itself is never touched.

Pure and blocking, for threads. A picture is never enlarged: one with too few pixels stays what it is, and that is said.
"""

import contextlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mmhub_desktop.catalog.pictures import (
    Picture,
    as_jpeg,
    is_transparent,
    mime_of,
    on_white,
    open_picture,
    turn_upright,
)
from mmhub_desktop.marketplaces.base import PictureRules

if TYPE_CHECKING:
    from PIL.Image import Image

WRITTEN = ("image/jpeg", "image/png")
_NAMES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WebP", "image/gif": "GIF", "image/tiff": "TIFF"}
_QUALITIES = (92, 85, 78, 70)
_SMALLER = 0.8
_ORIENTATION = 0x0112
_PLAIN_TAGS = frozenset({_ORIENTATION, 0x011A, 0x011B, 0x0128, 0x0213})  # how to show it: nothing about the seller
_TEXTS = ("xmp", "XML:com.adobe.xmp", "photoshop", "comment")


@dataclass(frozen=True, slots=True)
class PictureNeeds:
    """What a copy is to meet. ``square``: each is padded on white; ``strip``: what the camera wrote is left out."""

    label: str  # of the marketplace
    formats: tuple[str, ...]
    rules: PictureRules
    square: bool = False
    strip: bool = True


@dataclass(frozen=True, slots=True)
class Fixed:
    """What becomes of a picture. ``copy`` is None where nothing is to be done; ``left`` is what no copy can mend."""

    width: int
    height: int
    size: int
    mime: str
    done: tuple[str, ...] = ()
    left: str = ""
    copy: Picture | None = None


def fix(data: bytes, needs: PictureNeeds) -> Fixed:
    """The copy that meets the needs, and what was done in words. PictureProblem when the picture cannot be read."""
    original = open_picture(data)
    mime, rules = mime_of(original), needs.rules
    done: list[str] = []
    image = turn_upright(original)
    if original.getexif().get(_ORIENTATION, 1) not in (0, 1):
        done.append("Turned upright")
    keeps_format = mime in needs.formats
    if keeps_format and rules.plain and getattr(original, "n_frames", 1) > 1:
        done.append("First picture of the animation kept")
    transparent = is_transparent(original)
    if transparent and (rules.plain or not keeps_format):
        done.append("Transparency put on white")
    if original.mode == "CMYK":
        done.append("Print colours changed to screen colours")
    image, changes = _sized(image, needs)
    done += changes
    target = mime if keeps_format and mime in WRITTEN else "image/jpeg"
    if target not in needs.formats:
        target = "image/png"
    if not keeps_format or (done and target != mime):
        done.append(f"Saved as {_NAMES[target]} instead of {_NAMES.get(mime, mime)}")
    if needs.strip and _has_notes(original):
        done.append("What the camera wrote into it (place, time, device) left out")
    is_heavy = bool(rules.bytes_most) and len(data) > rules.bytes_most
    about = Fixed(*turn_upright(original).size, len(data), mime)
    if not done and not is_heavy:
        return Fixed(about.width, about.height, about.size, mime, (), _left(about.width, about.height, needs))
    copy = _written(_in_screen_colours(image, original), target, needs, transparent and not rules.plain)
    if is_heavy:
        done.append(f"Made lighter: {_megabytes(len(data))} → {_megabytes(len(copy.data))}")
        if copy.mime != mime and keeps_format and target == mime:
            done.append(f"Saved as {_NAMES[copy.mime]} instead of {_NAMES.get(mime, mime)}")
    left = _left(copy.width, copy.height, needs)
    if left and not _mends(done):
        return Fixed(about.width, about.height, about.size, mime, (), left)
    return Fixed(about.width, about.height, about.size, mime, tuple(done), left, copy)


def _mends(done: list[str]) -> bool:
    """Whether a copy is worth having although it stays too small: not for a white border alone."""
    return any(not words.startswith("Padded") for words in done)


def _sized(image: "Image", needs: PictureNeeds) -> tuple["Image", list[str]]:
    """Not larger than is taken, and padded on white where its shape is what is wrong."""
    rules, done = needs.rules, []
    if rules.long_most and max(image.size) > rules.long_most:
        before = _sides(image.size)
        image = _resizable(image)
        image.thumbnail((rules.long_most, rules.long_most))
        done.append(f"Made smaller: {before} → {_sides(image.size)} pixels")
    width, height = image.size
    enough = max(width, height) >= max(rules.long_side, rules.short_side)
    is_flat = enough and min(width, height) < rules.short_side
    if width != height and (needs.square or is_flat or rules.is_off_square(width, height)):
        image = padded(image)
        done.append(f"Padded to a square on white: {_sides((width, height))} → {_sides(image.size)} pixels")
    return image, done


def padded(image: "Image", ground: str = "white") -> "Image":
    """The picture in the middle of a square of its longer side."""
    from PIL import Image

    side = max(image.size)
    square = Image.new("RGB", (side, side), ground)
    layer = image.convert("RGBA")
    square.paste(layer, ((side - image.width) // 2, (side - image.height) // 2), layer.getchannel("A"))
    return square


def _written(image: "Image", mime: str, needs: PictureNeeds, keep_transparency: bool) -> Picture:
    """The bytes, lighter and at last smaller until they are as light as is asked for."""
    most = needs.rules.bytes_most
    if mime == "image/png":
        out = io.BytesIO()
        shown = image.convert("RGBA") if keep_transparency and is_transparent(image) else on_white(image)
        shown.save(out, "PNG", optimize=False)
        if not most or out.tell() <= most or "image/jpeg" not in needs.formats:
            return Picture(mime, out.getvalue(), *image.size)
    while True:
        for quality in _QUALITIES:
            data = as_jpeg(image, quality)
            if not most or len(data) <= most:
                return Picture("image/jpeg", data, *image.size)
        image = _resizable(image)
        image.thumbnail((round(image.width * _SMALLER), round(image.height * _SMALLER)))


def _resizable(image: "Image") -> "Image":
    return image.convert("RGBA" if is_transparent(image) else "RGB")


def _in_screen_colours(image: "Image", original: "Image") -> "Image":
    """In sRGB, since the profile is not written into the copy; as it is where the profile means nothing."""
    profile = original.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK", "L"):
        from PIL import ImageCms

        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return image if turned is None else turned
    return image


def _has_notes(image: "Image") -> bool:
    return bool(set(image.getexif()) - _PLAIN_TAGS) or any(image.info.get(name) for name in _TEXTS)


def _left(width: int, height: int, needs: PictureNeeds) -> str:
    wrong, limit, value = needs.rules.wrong(width, height, 0)
    return f"It {wrong} for {needs.label}: {value}, {limit}. {needs.rules.fix}" if wrong else ""


def _sides(size: tuple[int, int]) -> str:
    return f"{size[0]:,} × {size[1]:,}"


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.1f} MB"
