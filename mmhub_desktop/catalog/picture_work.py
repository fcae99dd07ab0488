"""Making a new picture from one: cut, turned, squared, smaller, in another format. The original is never touched.

Pure and blocking, for threads. What a camera has written into the picture (place, time, device) is left behind.
"""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mmhub_desktop.catalog.picture_fix import padded
from mmhub_desktop.catalog.pictures import Picture, as_jpeg, open_picture, turn_upright

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class PictureWork:
    """What is done, in this order. ``crop`` is left, top, right and bottom as parts (0–1) of the turned picture.

    ``square``: the colour of the ground that is added, "" for none. ``longest``: pixels, 0 leaves the size.
    ``mime``: image/jpeg or image/png.
    """

    quarter_turns: int = 0  # to the right
    mirrored: bool = False
    crop: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    square: str = ""
    longest: int = 0
    mime: str = "image/jpeg"


def rework(data: bytes, work: PictureWork) -> Picture:
    """The new picture. PictureProblem when the old one cannot be read."""
    from PIL import Image

    image = turn_upright(open_picture(data))
    turned: Image.Image = image
    for _ in range(work.quarter_turns % 4):
        turned = turned.transpose(Image.Transpose.ROTATE_270)
    if work.mirrored:
        turned = turned.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    turned = _cut(turned, work.crop)
    if work.longest and max(turned.size) > work.longest:
        turned = turned.convert("RGBA" if "A" in turned.getbands() or turned.mode == "P" else "RGB")
        turned.thumbnail((work.longest, work.longest))
    if work.square:
        turned = padded(turned, work.square)
    if work.mime == "image/png":
        out = io.BytesIO()
        turned.convert("RGBA").save(out, "PNG")
        return Picture("image/png", out.getvalue(), *turned.size)
    return Picture("image/jpeg", as_jpeg(turned, 92), *turned.size)


def _cut(image: "Image", crop: tuple[float, float, float, float]) -> "Image":
    width, height = image.size
    left, top, right, bottom = crop
    box = (
        max(0, round(left * width)), max(0, round(top * height)),
        min(width, round(right * width)), min(height, round(bottom * height)),
    )  # fmt: skip
    if box == (0, 0, width, height) or box[2] - box[0] < 1 or box[3] - box[1] < 1:
        return image
    return image.crop(box)
