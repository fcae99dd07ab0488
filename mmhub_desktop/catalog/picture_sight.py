"""Looking at pictures: format, size, sides, and whether they stand on white. Blocking, for threads and processes."""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from mmhub_desktop.catalog.images import find_file
from mmhub_desktop.catalog.pictures import (
    READABLE,
    PictureProblem,
    mime_of,
    on_white,
    open_picture,
    read_file,
    turn_upright,
)
from mmhub_desktop.domain.picture_look import PictureLook
from mmhub_desktop.domain.picture_sight import PictureSight

WHITE = 245  # of 255 in each colour: what JPEG leaves of pure white
_SIDE = 64  # pixels that a picture is shrunk to before its edge is looked at

Place = tuple[str, str, str, str]  # source, base, path, stamp


def stamp_of(source: str, base: str) -> tuple[str, str]:
    """(path, stamp) of a file as it is now; the stamp is empty when it is not there."""
    path = find_file(source, base)
    try:
        stat = path.stat()
    except (OSError, ValueError):  # a cell may hold what is no name of a file at all
        return str(path), ""
    return str(path), f"{stat.st_mtime_ns} {stat.st_size}"


def look_at(places: Sequence[Place]) -> list[PictureSight]:
    """What is seen of each; one that cannot be read says why."""
    return [_look(*place) for place in places]


def _look(source: str, base: str, path: str, stamp: str) -> PictureSight:
    try:
        data = read_file(Path(path))
        width, height, mime = _sides(data)
        look = look_of(data)
        return PictureSight(
            source, base, stamp, mime, len(data), width, height, white_edge(data),
            across=look.across, down=look.down, colour=look.colour,
        )  # fmt: skip
    except PictureProblem as problem:
        return PictureSight(source, base, stamp, rule=problem.rule, message=problem.message, fix=problem.fix)


def _sides(data: bytes) -> tuple[int, int, str]:
    """Width, height and MIME type from the head alone; zeros where ``open_picture`` will say what is wrong."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=READABLE) as image:
            return *image.size, mime_of(image)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return 0, 0, ""


def white_edge(data: bytes) -> int:
    """How many of 100 points along the edge are white; what is transparent counts as white. PictureProblem."""
    from PIL import Image

    image = open_picture(data, draft_side=_SIDE * 2)
    image.thumbnail((_SIDE * 2, _SIDE * 2))
    layer = image.convert("RGBA").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    ground = Image.new("RGB", layer.size, "white")
    ground.paste(layer, mask=layer.getchannel("A"))
    last = _SIDE - 1
    edge = [ground.getpixel(at) for step in range(_SIDE) for at in ((step, 0), (step, last), (0, step), (last, step))]
    white = sum(1 for point in edge if isinstance(point, tuple) and min(point) >= WHITE)
    return round(100 * white / len(edge))


def look_of(data: bytes) -> PictureLook:
    """How a picture looks, transparency on white. PictureProblem when it cannot be read."""
    from PIL import Image

    image = turn_upright(open_picture(data, draft_side=_SIDE * 2))
    image.thumbnail((_SIDE * 2, _SIDE * 2))
    shown = on_white(image)
    grey, box = shown.convert("L"), Image.Resampling.BOX
    across, down = grey.resize((9, 8), box).tobytes(), grey.resize((8, 9), box).tobytes()
    red, green, blue = shown.resize((1, 1), box).tobytes()
    return PictureLook(
        _bits(across[row * 9 + column] < across[row * 9 + column + 1] for row in range(8) for column in range(8)),
        _bits(down[at] < down[at + 8] for at in range(64)),
        red << 16 | green << 8 | blue,
    )


def _bits(grows: Iterable[bool]) -> int:
    """64 answers as a signed number, as the store keeps numbers."""
    found = int("".join("1" if each else "0" for each in grows), 2)
    return found - (1 << 64) if found >> 63 else found
