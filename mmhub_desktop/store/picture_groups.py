"""Pictures of the catalog that look the same, from what was kept when they were looked at.

Blocking, on a connection of its own that only reads: for a process of its own where there are many, since a hundred
thousand rows in a thread hold the window up.
"""
# ruff: noqa: S608 - the statements are put together from words of this file

import contextlib
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mmhub_desktop.domain.picture_look import PictureLook, find_groups
from mmhub_desktop.store.image_filter import IS_LINK

MOST = 1_000_000  # pictures compared
MOST_SHARED = 5_000  # pictures that several products name
MOST_GROUPS = 1_000  # groups told of, those with the most products

_KEY = f"CASE WHEN {IS_LINK} THEN '' ELSE p.image_base END"
_LOOKS = f"""
SELECT source, base, across, down, colour FROM picture_sight
WHERE across IS NOT NULL ORDER BY source, base LIMIT {MOST}
"""
_SHARED = f"""
SELECT each.value, {_KEY} FROM product AS p, json_each(p.images) AS each
GROUP BY 1, 2 HAVING count(DISTINCT coalesce(p.parent_id, p.id)) > 1 LIMIT {MOST_SHARED}
"""
_USES = f"""
SELECT p.id, coalesce(p.parent_id, p.id), p.sku, coalesce(p.optimized_title, p.title), each.value, {_KEY}
FROM product AS p, json_each(p.images) AS each
WHERE each.value IN (SELECT value FROM json_each(?)) ORDER BY p.sku_key, each.key
"""

Key = tuple[str, str]  # source, base


@dataclass(frozen=True, slots=True)
class PictureUse:
    """A product that shows a picture; ``family`` is its parent's id or its own."""

    product_id: int
    family: int
    sku: str
    title: str
    source: str
    base: str


@dataclass(frozen=True, slots=True)
class PictureGroup:
    """Pictures that look the same, and the products that show them, in the order of their SKUs."""

    uses: tuple[PictureUse, ...]

    @property
    def pictures(self) -> int:
        """How many different files and links they are."""
        return len({(use.source, use.base) for use in self.uses})

    @property
    def products(self) -> int:
        """How many products show them."""
        return len({use.product_id for use in self.uses})


@dataclass(frozen=True, slots=True)
class SimilarFound:
    """The groups, at most ``MOST_GROUPS``, and how many there are; how many pictures were compared."""

    groups: tuple[PictureGroup, ...]
    total: int
    compared: int


def find_similar(path: Path) -> SimilarFound:
    """Groups that concern products of more than one family, those with the most products first."""
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        looked = connection.execute(_LOOKS).fetchall()
        groups = find_groups([PictureLook(*row[2:]) for row in looked])
        alike: dict[Key, int] = {looked[place][:2]: group for group, places in enumerate(groups) for place in places}
        for number, key in enumerate(connection.execute(_SHARED), start=len(groups)):
            alike.setdefault(key, number)
        uses: dict[int, list[PictureUse]] = {}
        for use in _uses(connection, alike):
            uses.setdefault(alike[use.source, use.base], []).append(use)
    found = [PictureGroup(tuple(each)) for each in uses.values() if len({use.family for use in each}) > 1]
    found.sort(key=lambda group: (-group.products, group.uses[0].sku))
    return SimilarFound(tuple(found[:MOST_GROUPS]), len(found), len(looked))


def _uses(connection: sqlite3.Connection, keys: Iterable[Key]) -> Iterable[PictureUse]:
    wanted = set(keys)
    sources = json.dumps(sorted({source for source, _ in wanted}))
    for row in connection.execute(_USES, (sources,)) if wanted else ():
        use = PictureUse(*row)
        if (use.source, use.base) in wanted:
            yield use
