"""What is known of a product's pictures without looking anywhere: from the copies that are kept of its links."""

from collections.abc import Iterator, Mapping, Sequence

from mmhub_desktop.domain.kept_image import KeptImage
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import Marketplace, PictureSource
from mmhub_desktop.marketplaces.declared import format_words


def picture_findings(images: Sequence[str], known: Mapping[str, KeptImage], declared: Marketplace) -> Iterator[Finding]:
    """Links that were broken when they were last looked at, and pictures that the marketplace does not take.

    What is uploaded is converted before, so that only its pixels count; what the marketplace fetches itself must be
    right as it is, but only the marketplace decides, so that this is advice.
    """
    fetched = declared.pictures is PictureSource.URL
    for place, source in enumerate(images, start=1):
        kept = known.get(source)
        if kept is None:
            continue
        if kept.finding is not None:
            yield kept.finding
        if not kept.content:
            continue
        wrong, limit, value = declared.picture_rules.wrong(kept.width, kept.height, kept.size if fetched else 0)
        if fetched and kept.mime not in declared.image_formats:
            limit = format_words(declared.image_formats)
            wrong, value = f"is none of {limit}", kept.mime
        if wrong:
            message = f"Image {place} {wrong} for {declared.label}: {value}, {limit}."
            if value == kept.mime:
                message = f"Image {place} {wrong}, which {declared.label} takes: it is {format_words((value,))}."
            yield Finding("images.not_taken", "images", message, declared.picture_rules.fix, source, limit, not fetched)
