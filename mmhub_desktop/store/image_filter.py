"""Products by what is known of their images: links by what was noted when they were fetched, files by the disk."""
# ruff: noqa: S608 - the statements are put together from words of this file

from mmhub_desktop.domain.kept_image import ImageState
from mmhub_desktop.domain.product_filter import Filter, Operator, chosen
from mmhub_desktop.store.image_files import LINKS

IS_LINK = "(" + " OR ".join(f"each.value LIKE '{start}%'" for start in LINKS) + ")"
# Lists without a link are not taken apart.
_SOME_LINK = (
    "((instr(p.images, '//') > 0 OR p.images LIKE '%data:%')"
    " AND EXISTS (SELECT 1 FROM json_each(p.images) AS each WHERE {which}))"
)
_IS_BROKEN = "each.value IN (SELECT url FROM kept_image WHERE rule <> '')"  # read once for all products
_IS_UNSEEN = f"{IS_LINK} AND NOT EXISTS (SELECT 1 FROM kept_image WHERE url = each.value)"
_MISSING = "images_missing(p.images, p.image_base)"
_STATES = {
    ImageState.BROKEN: _SOME_LINK.format(which=_IS_BROKEN),
    ImageState.MISSING: _MISSING,
    ImageState.FINE: f"(p.images <> '[]' AND NOT {_SOME_LINK.format(which=f'{_IS_BROKEN} OR ({_IS_UNSEEN})')}"
    f" AND NOT {_MISSING})",
    ImageState.UNSEEN: _SOME_LINK.format(which=_IS_UNSEEN),
}


def image_condition(filter_: Filter) -> str:
    """Products of which some image is so; FINE those of which all are, and there is one."""
    found = f"({' OR '.join(_STATES[ImageState(one)] for one in chosen(filter_.value))})"
    return found if filter_.operator is Operator.ONE_OF else f"NOT {found}"
