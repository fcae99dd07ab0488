"""Pictures made from pictures: turned, cut, squared, smaller, without what the camera wrote."""

import io

import pytest
from PIL import Image

from mmhub_desktop.catalog.picture_work import PictureWork, rework
from mmhub_desktop.catalog.pictures import PictureProblem


def drawn(mode: str = "RGB", size: tuple[int, int] = (120, 60), kind: str = "PNG", **more: object) -> bytes:
    """Left half red, right half blue, a white corner at the upper left."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    image.paste("white", (0, 0, size[0] // 6, size[1] // 3))
    out = io.BytesIO()
    image.convert(mode).save(out, kind, **more)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def is_near(color: object, name: str) -> bool:
    wanted = {"red": (255, 0, 0), "blue": (0, 0, 255), "white": (255, 255, 255), "black": (0, 0, 0)}[name]
    assert isinstance(color, tuple)
    return all(abs(one - other) < 40 for one, other in zip(color, wanted, strict=True))


@pytest.mark.parametrize("mode", ["RGB", "P", "L", "CMYK", "RGBA"])
@pytest.mark.parametrize("mime", ["image/jpeg", "image/png"])
def test_every_kind_of_picture_can_be_worked_on(mode: str, mime: str) -> None:
    data = drawn(mode, kind="TIFF" if mode == "CMYK" else "PNG")
    made = rework(data, PictureWork(1, True, (0.1, 0.1, 0.9, 0.9), "white", 40, mime))
    assert (made.mime, made.width, made.height) == (mime, 40, 40)
    assert opened(made.data).size == (40, 40)


def test_turning_goes_to_the_right() -> None:
    made = rework(drawn(), PictureWork(quarter_turns=1, mime="image/png"))
    image = opened(made.data)
    assert image.size == (60, 120)
    assert is_near(image.getpixel((30, 30)), "red")
    assert is_near(image.getpixel((30, 90)), "blue")
    assert is_near(image.getpixel((58, 2)), "white")
    again = rework(drawn(), PictureWork(quarter_turns=-3, mime="image/png"))
    assert again.data == made.data


def test_a_part_is_cut_out_and_squared() -> None:
    made = rework(drawn(), PictureWork(crop=(0.5, 0.0, 1.0, 0.5), square="black"))
    image = opened(made.data)
    assert image.size == (60, 60)
    assert is_near(image.getpixel((30, 30)), "blue")
    assert is_near(image.getpixel((30, 2)), "black")


def test_a_crop_of_nothing_is_left_out() -> None:
    assert rework(drawn(), PictureWork(crop=(0.5, 0.5, 0.5, 0.5))).width == 120


def test_what_the_camera_wrote_is_obeyed_and_left_behind() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned to the right
    exif[0x010F] = "Camera"
    made = rework(drawn(kind="JPEG", exif=exif.tobytes(), quality=95), PictureWork())
    image = Image.open(io.BytesIO(made.data))
    assert image.size == (60, 120)
    assert dict(image.getexif()) == {}
    assert b"Camera" not in made.data


@pytest.mark.parametrize("data", [b"", b"no picture", drawn()[:200]])
def test_what_cannot_be_read_is_explained(data: bytes) -> None:
    with pytest.raises(PictureProblem, match="image"):
        rework(data, PictureWork())
