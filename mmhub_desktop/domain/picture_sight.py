"""What was seen of a picture when it was last looked at: a file that a product names, or the copy of a link."""

from dataclasses import dataclass

from mmhub_desktop.domain.kept_image import KeptImage
from mmhub_desktop.domain.picture_look import PictureLook


@dataclass(frozen=True, slots=True)
class PictureSight:
    """``base`` is the folder that ``source`` is found in, empty for a link. Size in bytes, sides in pixels.

    ``stamp`` tells when the picture is another one: the hash of a copy, time and size of a file, empty when there is
    no file. ``white`` is how many of 100 points along its edge are white, None where that was not seen. ``across``,
    ``down`` and ``colour`` are how it looks (see ``PictureLook``). ``rule``, ``message`` and ``fix`` say why it cannot
    be used, empty when it can.
    """

    source: str
    base: str
    stamp: str
    mime: str = ""
    size: int = 0
    width: int = 0
    height: int = 0
    white: int | None = None
    rule: str = ""
    message: str = ""
    fix: str = ""
    across: int | None = None
    down: int | None = None
    colour: int | None = None

    @property
    def look(self) -> PictureLook | None:
        """How it looks, as far as that was seen."""
        if self.across is None or self.down is None or self.colour is None:
            return None
        return PictureLook(self.across, self.down, self.colour)

    @property
    def key(self) -> tuple[str, str]:
        """By what it is kept."""
        return self.source, self.base

    def as_kept(self) -> KeptImage:
        """A file in the form in which links are checked."""
        return KeptImage(
            self.source, "" if self.rule else self.stamp, self.mime, self.size, self.width, self.height,
            rule=self.rule, message=self.message, fix=self.fix,
        )  # fmt: skip
