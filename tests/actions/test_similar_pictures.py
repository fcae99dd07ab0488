"""Pictures that look the same across the catalog: found by how they look, by whom they are shown, and taken out."""

import io
import random
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from mmhub_desktop.catalog.picture_sight import look_of
from mmhub_desktop.catalog.pictures import PictureProblem
from mmhub_desktop.domain.picture_look import PictureLook, are_alike, find_groups
from tests.fakes.shop import lamp, open_shop


def drawn(seed: int, *, color: str = "#b04020", size: int = 600, kind: str = "PNG", quality: int = 90) -> bytes:
    """A picture of its own for each seed."""
    dice = random.Random(seed)
    image = Image.new("RGB", (400, 400), "white")
    draw = ImageDraw.Draw(image)
    for number in range(6):
        left, top = dice.randint(20, 220), dice.randint(20, 220)
        box = (left, top, left + dice.randint(40, 160), top + dice.randint(40, 160))
        draw.ellipse(box, fill=color if number % 2 else f"#{dice.randrange(1 << 24):06x}")
    out = io.BytesIO()
    image.resize((size, size)).save(out, kind, quality=quality)
    return out.getvalue()


def test_a_smaller_and_heavier_compressed_copy_looks_the_same() -> None:
    for seed in range(30):
        one, copy = look_of(drawn(seed)), look_of(drawn(seed, size=240, kind="JPEG", quality=60))
        assert are_alike(one, copy), seed
        assert not are_alike(one, look_of(drawn(seed + 100))), seed


def test_another_colour_and_another_side_are_other_pictures() -> None:
    one = look_of(drawn(1))
    assert not are_alike(one, look_of(drawn(1, color="#2040b0")))
    with Image.open(io.BytesIO(drawn(1))) as image:
        out = io.BytesIO()
        image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(out, "PNG")
    assert not are_alike(one, look_of(out.getvalue()))
    with pytest.raises(PictureProblem):
        look_of(b"no picture")


def test_no_pair_is_missed_among_many() -> None:
    """The groups are those that comparing each with each finds, where none is near to two groups."""
    dice = random.Random(7)
    looks: list[PictureLook] = []
    for _ in range(400):
        bits, colour = dice.getrandbits(128), [dice.randrange(6, 250) for _ in range(3)]
        for _ in range(dice.choice((1, 1, 2, 3))):
            flipped = bits
            for bit in dice.sample(range(128), dice.randint(0, 3)):
                flipped ^= 1 << bit
            red, green, blue = (part + dice.randint(-2, 2) for part in colour)
            halves = [half - (1 << 64) if half >> 63 else half for half in (flipped >> 64, flipped & (1 << 64) - 1)]
            looks.append(PictureLook(halves[0], halves[1], red << 16 | green << 8 | blue))
    dice.shuffle(looks)
    groups = find_groups(looks)
    together = {(one, other) for places in groups for one in places for other in places if one < other}
    pairs = {
        (one, other)
        for one in range(len(looks)) for other in range(one + 1, len(looks)) if are_alike(looks[one], looks[other])
    }  # fmt: skip
    assert together == pairs
    assert len(pairs) > 100


async def test_products_with_similar_pictures_are_found_and_one_is_taken_out(tmp_path: Path) -> None:
    for name, data in (
        ("a.png", drawn(1)), ("a-small.jpg", drawn(1, size=250, kind="JPEG", quality=70)), ("b.png", drawn(2)),
        ("c.png", drawn(3)),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(data)
    base = str(tmp_path)
    link = "https://pictures.example.com/same.jpg"
    async with open_shop(tmp_path, run=False) as shop:
        first, second, parent = await shop.add(
            lamp(1, images=("a.png", "b.png"), image_base=base),
            lamp(2, images=("a-small.jpg", link), image_base=base),
            lamp(3, images=("c.png", link), image_base=base),
        )
        await shop.add(lamp(4, images=("c.png",), image_base=base, parent_id=parent))
        similar = shop.workspace.similar_pictures
        assert [group.products for group in (await similar.find()).groups] == [2], "one link that two products name"
        await shop.workspace.readiness.looking.look_at_all()
        found = await similar.find()
        assert (found.total, found.compared) == (2, 4)
        copies, shared = found.groups
        assert [(use.sku, use.source) for use in copies.uses] == [("LAMP-1", "a.png"), ("LAMP-2", "a-small.jpg")]
        assert (copies.pictures, copies.products, shared.pictures) == (2, 2, 1)
        assert [use.sku for use in shared.uses] == ["LAMP-2", "LAMP-3"]
        await similar.remove(copies.uses[1])
        product = await shop.workspace.products.get(second)
        assert product is not None
        assert product.images == (link,)
        assert [group.uses[0].source for group in (await similar.find()).groups] == [link]
        entry = await shop.workspace.history.next_undo()
        assert entry is not None
        await shop.workspace.history.undo(entry.id)
        assert (await similar.find()).total == 2
        assert first != second


async def test_many_are_compared_in_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mmhub_desktop.actions import similar_pictures

    monkeypatch.setattr(similar_pictures, "FEW", 0)
    async with open_shop(tmp_path, run=False) as shop:
        link = "https://pictures.example.com/same.jpg"
        await shop.add(lamp(1, images=(link,), image_base=""), lamp(2, images=(link,), image_base=""))
        found = await shop.workspace.similar_pictures.find()
        assert [use.sku for use in found.groups[0].uses] == ["LAMP-1", "LAMP-2"]
