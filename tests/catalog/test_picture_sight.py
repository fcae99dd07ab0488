"""What is seen of a picture: sides, format, and how white its edge is."""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from mmhub_desktop.catalog.picture_sight import look_at, stamp_of, white_edge


def picture(
    ground: str, box: tuple[int, int, int, int], kind: str = "JPEG", size: tuple[int, int] = (1_200, 900)
) -> bytes:
    """A red thing in ``box`` on a ground."""
    image = Image.new("RGBA" if kind == "PNG" else "RGB", size, ground)
    ImageDraw.Draw(image).rectangle(box, fill="#b0302a")
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


MIDDLE = (300, 200, 900, 700)


@pytest.mark.parametrize(
    ("data", "least", "most"),
    [
        (picture("white", MIDDLE), 100, 100),
        (picture("#fafafa", MIDDLE), 100, 100),  # what JPEG leaves of white
        (picture("#e6e6e6", MIDDLE), 0, 0),  # a grey studio
        (picture("#00000000", MIDDLE, "PNG"), 100, 100),  # see-through is shown on white
        (picture("white", (0, 300, 1_199, 600)), 75, 90),  # the product touches two edges
        (picture("white", (0, 0, 1_199, 899)), 0, 0),
    ],
)  # fmt: skip
def test_the_edge_tells_what_a_picture_stands_on(data: bytes, least: int, most: int) -> None:
    assert least <= white_edge(data) <= most


def test_files_are_seen_with_their_sides_and_what_is_wrong_with_them(tmp_path: Path) -> None:
    (tmp_path / "good.jpg").write_bytes(picture("white", MIDDLE))
    (tmp_path / "broken.jpg").write_bytes(picture("white", MIDDLE)[:3_000])
    (tmp_path / "words.jpg").write_text("not a picture")
    base = str(tmp_path)
    places = [(name, base, *stamp_of(name, base)) for name in ("good.jpg", "broken.jpg", "words.jpg", "gone.jpg", "\0")]
    good, broken, words, gone, odd = look_at(places)
    assert (good.mime, good.width, good.height, good.white, good.rule) == ("image/jpeg", 1_200, 900, 100, "")
    assert good.size == (tmp_path / "good.jpg").stat().st_size
    assert (broken.rule, words.rule, gone.rule, odd.rule) == ("damaged", "not_an_image", "missing", "missing")
    assert broken.fix
    assert (gone.stamp, odd.stamp) == ("", "")
    before = good.stamp
    (tmp_path / "good.jpg").write_bytes(picture("white", MIDDLE, size=(800, 800)))
    assert stamp_of("good.jpg", base)[1] != before
