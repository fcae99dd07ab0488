"""A copy of an image that products name by a link, and what was wrong when it was last looked at."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mmhub_desktop.errors import Finding


class ImageState(StrEnum):
    """What is known of a product's images; links are looked at when they are fetched."""

    BROKEN = "broken"  # a link
    MISSING = "missing"  # a file
    FINE = "fine"  # all of them
    UNSEEN = "unseen"  # a link that was never fetched


@dataclass(frozen=True, slots=True)
class KeptImage:
    """What is known of a link. ``content`` (the SHA-256 of the bytes) is empty until it was fetched once.

    ``rule``, ``message`` and ``fix`` say why the last look failed, empty when it went well; an older copy stays usable.
    """

    url: str
    content: str = ""
    mime: str = ""
    size: int = 0  # bytes
    width: int = 0  # pixels
    height: int = 0
    etag: str = ""
    last_modified: str = ""
    rule: str = ""
    message: str = ""
    fix: str = ""
    fetched_at: datetime | None = None  # when the copy was made
    checked_at: datetime | None = None  # when the link was last asked

    @property
    def finding(self) -> Finding | None:
        """What the seller must mend; None when all is well."""
        if not self.rule:
            return None
        rest = " An earlier copy is used." if self.content else ""
        return Finding(
            f"image.{self.rule}", "images", f"{self.message}{rest}", self.fix, value=self.url, blocks=not self.content
        )
