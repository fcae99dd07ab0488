"""Pictures of one product that look the same, told without fetching anything."""

import asyncio
from collections.abc import Sequence

from mmhub_desktop.catalog.images import find_file
from mmhub_desktop.catalog.kept_images import KeptImages
from mmhub_desktop.catalog.links import is_link
from mmhub_desktop.catalog.picture_work import difference_hash, look_alike
from mmhub_desktop.catalog.pictures import PictureProblem, read_file
from mmhub_desktop.errors import Finding


async def find_alike(kept: KeptImages, images: Sequence[str], base: str) -> list[Finding]:
    """A finding for each picture that looks like one before it; those that cannot be read are left out."""
    seen: list[tuple[int, int]] = []
    found = []
    for place, source in enumerate(images, start=1):
        path = await kept.find(source)
        if path is None and is_link(source):
            continue
        try:
            data = await asyncio.to_thread(read_file, path or find_file(source, base))
            bits = await asyncio.to_thread(difference_hash, data)
        except PictureProblem:
            continue
        twin = next((earlier for earlier, other in seen if look_alike(bits, other)), None)
        if twin is not None:
            message = f"Image {place} looks the same as image {twin}."
            found.append(Finding("images.alike", "images", message, "Remove one of them.", source, blocks=False))
        seen.append((place, bits))
    return found
