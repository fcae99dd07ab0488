"""Copies of pictures as marketplaces want them: what is done, what is said, and what no copy can mend."""

import io
from typing import Any

import pytest
from PIL import Image, ImageCms

from mmhub_desktop.catalog.picture_fix import Fixed, PictureNeeds, fix
from mmhub_desktop.catalog.pictures import PictureProblem
from mmhub_desktop.marketplaces.base import PictureRules

JPEG_PNG = ("image/jpeg", "image/png")
RULES = PictureRules(short_side=250, long_side=501, bytes_most=400_000, best="1200 × 1200 pixels", long_most=2_000)


def picture(kind: str = "JPEG", size: tuple[int, int] = (800, 800), mode: str = "RGB", **save: Any) -> bytes:
    image = Image.new(mode, size, save.pop("color", None) or "#3366cc")
    out = io.BytesIO()
    image.save(out, kind, **save)
    return out.getvalue()


def needs(**changes: Any) -> PictureNeeds:
    values: dict[str, Any] = {"label": "Somewhere", "formats": JPEG_PNG, "rules": RULES}
    return PictureNeeds(**{**values, **changes})


def opened(fixed: Fixed) -> Image.Image:
    assert fixed.copy is not None
    return Image.open(io.BytesIO(fixed.copy.data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_that_is_right_is_left_alone(kind: str) -> None:
    fixed = fix(picture(kind), needs())
    assert (fixed.done, fixed.left, fixed.copy) == ((), "", None)


def test_another_format_is_converted_and_transparency_put_on_white() -> None:
    fixed = fix(picture("WEBP", mode="RGBA", color=(0, 0, 0, 0), lossless=True), needs())
    assert fixed.done == ("Transparency put on white", "Saved as JPEG instead of WebP")
    assert opened(fixed).getpixel((5, 5)) == (255, 255, 255)
    png = fix(picture("PNG", mode="RGBA", color=(0, 0, 0, 0)), needs(rules=PictureRules(plain=True)))
    assert png.done == ("Transparency put on white",)
    assert (opened(png).format, opened(png).mode) == ("PNG", "RGB")


def test_sizes_above_the_limit_shrink_and_a_flat_picture_is_padded_on_white() -> None:
    large = fix(picture(size=(3_000, 1_500)), needs())
    assert large.done == ("Made smaller: 3,000 × 1,500 → 2,000 × 1,000 pixels",)
    assert opened(large).size == (2_000, 1_000)
    flat = fix(picture(size=(800, 200)), needs())
    assert flat.done == ("Padded to a square on white: 800 × 200 → 800 × 800 pixels",)
    assert flat.left == ""
    assert opened(flat).getpixel((400, 10)) == (255, 255, 255)
    assert fix(picture(size=(800, 600)), needs(square=True)).done[0].startswith("Padded to a square")


def test_too_few_pixels_are_never_made_more() -> None:
    small = fix(picture(size=(300, 200)), needs())
    assert small.copy is None
    assert small.left.startswith("It is too small for Somewhere: 300 × 200 pixels, at least 501 pixels")
    both = fix(picture("WEBP", size=(300, 200)), needs())
    assert both.copy is not None  # the format is mended, the size stays a finding
    assert (both.copy.width, both.copy.height) == (300, 200)
    assert both.left


def test_what_the_camera_wrote_is_left_out_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x0110] = "A camera"
    data = picture(size=(900, 600), exif=exif)
    fixed = fix(data, needs())
    assert fixed.done == ("Turned upright", "What the camera wrote into it (place, time, device) left out")
    image = opened(fixed)
    assert image.size == (600, 900)
    assert not image.getexif()
    assert b"A camera" not in image.fp.read() if image.fp else True
    only_turned = fix(data, needs(strip=False))
    assert only_turned.done == ("Turned upright",)
    plain = Image.Exif()
    plain[0x0128] = 2  # a unit of resolution tells nothing about anybody
    assert fix(picture(exif=plain), needs()).copy is None


def test_a_heavy_picture_is_made_lighter() -> None:
    noise = Image.effect_noise((1_500, 1_500), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "PNG")
    fixed = fix(out.getvalue(), needs())
    assert fixed.copy is not None
    assert len(fixed.copy.data) <= 400_000
    assert fixed.done[0].startswith("Made lighter: ")
    assert fixed.done[1] == "Saved as JPEG instead of PNG"


def test_print_colours_become_screen_colours_by_their_profile() -> None:
    fixed = fix(picture(mode="CMYK", color=(0, 255, 255, 0)), needs())
    assert fixed.done == ("Print colours changed to screen colours",)
    assert opened(fixed).mode == "RGB"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    turned = fix(picture("WEBP", icc_profile=profile, lossless=True), needs())
    assert turned.copy is not None
    assert "icc_profile" not in opened(turned).info


def test_an_animation_keeps_its_first_picture_where_none_is_taken() -> None:
    frames = [Image.new("RGB", (600, 600), color) for color in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    gif = ("image/jpeg", "image/gif")
    assert fix(out.getvalue(), needs(formats=gif)).copy is None
    fixed = fix(out.getvalue(), needs(formats=gif, rules=PictureRules(plain=True)))
    assert fixed.done == ("First picture of the animation kept", "Saved as JPEG instead of GIF")


def test_what_is_no_picture_is_said() -> None:
    with pytest.raises(PictureProblem, match="not an image"):
        fix(b"<svg/>", needs())
