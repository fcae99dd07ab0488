"""What a marketplace declares that it needs of the seller, and how it takes pictures; part of ``base.Marketplace``."""

from dataclasses import dataclass
from enum import StrEnum

EVERY_FIELD = frozenset({"price", "quantity", "title", "description"})
"""Everything that an update may change."""
FAMILY_FIELDS, WITH_VARIANTS = frozenset({"price", "quantity"}), "variants"
"""``WITH_VARIANTS`` among ``Marketplace.changes_together``: price and quantity of a family's variants go along, too."""


class PictureSource(StrEnum):
    """How a marketplace takes pictures."""

    BYTES = "bytes"  # uploaded by us, before the listing is created (``Adapter.upload_image``)
    URL = "url"  # it fetches them from a public address
    TO_LISTING = "to_listing"  # uploaded by us to a listing that is there already (``Adapter.add_picture``)


@dataclass(frozen=True, slots=True)
class PictureRules:
    """What a marketplace asks of a picture: pixels of its shorter and longer side, bytes; 0 where that is not known.

    ``best`` is what to replace one by that is not taken; ``plain``: neither transparency nor animation; ``square``: as
    wide as high; ``white_main``: the first picture stands on white.
    """

    short_side: int = 0
    long_side: int = 0
    bytes_most: int = 0
    best: str = ""
    long_most: int = 0
    plain: bool = False
    square: bool = False
    white_main: bool = False

    @property
    def fix(self) -> str:
        """What to do about a picture that is not taken."""
        return f"Replace it; {self.best} are best." if self.best else "Replace it."

    def wrong(self, width: int, height: int, size: int) -> tuple[str, str, str]:
        """(what is wrong, what is taken, what it has), all empty when nothing is; ``size`` in bytes."""
        if self.bytes_most and size > self.bytes_most:
            most = f"{self.bytes_most / 2**20:g} MB"
            return f"is larger than {most}", f"at most {most}", f"{size / 2**20:.1f} MB"
        if self.long_most and max(width, height) > self.long_most:
            most = f"at most {self.long_most:,} pixels on its longer side"
            return "is too large", most, f"{width} × {height} pixels"
        if min(width, height) >= self.short_side and max(width, height) >= self.long_side:
            return "", "", ""
        sides = [f"{self.long_side} pixels on its longer side"] if self.long_side else []
        sides += [f"{self.short_side} on its shorter one"] if self.short_side else []
        return "is too small", f"at least {', '.join(sides)}", f"{width} × {height} pixels"

    def is_off_square(self, width: int, height: int) -> bool:
        """Whether the sides differ by more than a rounding where they must be the same."""
        return self.square and abs(width - height) > max(2, 0.01 * max(width, height))


def format_words(formats: tuple[str, ...]) -> str:
    """Picture formats for people: ``JPEG, PNG``."""
    return ", ".join(one.rpartition("/")[2].upper().replace("WEBP", "WebP") for one in formats)


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """Something the seller chooses once for an account from what it offers (``Adapter.read_choices``).

    Kept in the account's settings under ``key``. ``required``: nothing can be listed without it.
    """

    key: str
    label: str
    help: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class SetupStep:
    """One step of connecting an account, in the seller's words: what to open and what to click there."""

    text: str
    link: str = ""
