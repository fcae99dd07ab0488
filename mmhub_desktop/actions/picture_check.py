"""What is known of a product's pictures without looking anywhere: from what was noted when they were last read."""

from collections.abc import Iterator, Mapping, Sequence

from mmhub_desktop.domain.fixed_picture import FixedPicture
from mmhub_desktop.domain.kept_image import KeptImage
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import Marketplace, PictureSource
from mmhub_desktop.marketplaces.declared import format_words

MENDED_BY_COPIES = frozenset({"images.not_taken", "images.copy_old", "images.ratio"})
"""Rules of findings that fixed copies of the pictures may mend."""

_MEND = "“Fix pictures” makes a copy that is taken; or replace it."

WHITE_LEAST = 60  # of 100 points along the edge: the product itself may touch it
_SQUARE = "Use “Fix pictures” to pad it on white, or replace it."


def picture_findings(
    images: Sequence[str],
    known: Mapping[str, KeptImage],
    declared: Marketplace,
    fixed: Mapping[str, FixedPicture] | None = None,
    white: Mapping[str, int] | None = None,
) -> Iterator[Finding]:
    """Pictures that were broken when they were last looked at, and those that the marketplace does not take.

    ``fixed`` are copies that are used in their place, ``white`` how many of 100 points along the edge of each are white
    where that was seen. What is uploaded is converted before, so that only its pixels
    count; what the marketplace fetches itself must be right as it is, but only the marketplace decides, so that this
    is advice.
    """
    fetched = declared.pictures is PictureSource.URL
    for place, source in enumerate(images, start=1):
        kept, copy = known.get(source), fixed.get(source) if fixed else None
        if copy is not None:
            if kept is not None and kept.content and kept.content != copy.of:
                message = f"Image {place} has changed since its copy for {declared.label} was made."
                yield Finding("images.copy_old", "images", message, "Fix the pictures again.", source, blocks=False)
            kept = KeptImage(source, copy.of, copy.mime, copy.size, copy.width, copy.height)
        if kept is None:
            continue
        if kept.finding is not None:
            yield kept.finding
        if not kept.content or not kept.width:
            continue
        wrong, limit, value = declared.picture_rules.wrong(kept.width, kept.height, kept.size if fetched else 0)
        if fetched and kept.mime not in declared.image_formats:
            limit = format_words(declared.image_formats)
            wrong, value = f"is none of {limit}", kept.mime
        if wrong:
            message = f"Image {place} {wrong} for {declared.label}: {value}, {limit}."
            if value == kept.mime:
                message = f"Image {place} {wrong}, which {declared.label} takes: it is {format_words((value,))}."
            few = max(kept.width, kept.height) < max(
                declared.picture_rules.long_side, declared.picture_rules.short_side
            )
            fix = declared.picture_rules.fix if few else _MEND
            yield Finding("images.not_taken", "images", message, fix, source, limit, not fetched)
        rules, label = declared.picture_rules, declared.label
        if rules.is_off_square(kept.width, kept.height):
            sides = f"{kept.width} × {kept.height} pixels"
            message = f"Image {place} is not square, as {label} wants it: {sides}."
            yield Finding("images.ratio", "images", message, _SQUARE, source, "1:1", blocks=False)
        edge = white.get(source) if white and place == 1 and copy is None and rules.white_main else None
        if edge is not None and edge < WHITE_LEAST:
            message = f"The main image is not on white, as {label} wants it: {edge} % of its edge is white."
            fix = "Put a picture of the product on a white background first."
            yield Finding(
                "images.background", "images", message, fix, source, f"at least {WHITE_LEAST} %", blocks=False
            )
