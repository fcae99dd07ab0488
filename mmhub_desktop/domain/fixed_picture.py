"""Copies of a product's pictures used on one marketplace alone; kept with what was set for a listing itself."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

PICTURES = "pictures"  # among a listing's overrides: source → form


@dataclass(frozen=True, slots=True)
class FixedPicture:
    """A copy that stands in for ``source`` (an entry of the product's images). Size in bytes, sides in pixels.

    ``of`` tells when the picture that it was made from has changed: the SHA-256 of what is behind a link, time and size
    of a file. ``done`` says in words what was done.
    """

    source: str
    copy: str  # a path on this machine
    of: str
    mime: str
    size: int
    width: int
    height: int
    done: tuple[str, ...] = ()

    def to_form(self) -> dict[str, Any]:
        """Plain JSON, without the source, which is its key."""
        form = asdict(self)
        del form["source"]
        return form


def fixed_of(overrides: Mapping[str, Any]) -> dict[str, FixedPicture]:
    """The copies that are used for a listing, by the source they stand in for."""
    return {
        source: FixedPicture(source, **{**form, "done": tuple(form.get("done", ()))})
        for source, form in overrides.get(PICTURES, {}).items()
    }


def offered_images(images: Sequence[str], overrides: Mapping[str, Any]) -> tuple[str, ...]:
    """A product's images as they are used for a listing: copies where there are some."""
    forms = overrides.get(PICTURES, {})
    return tuple(forms[each]["copy"] if each in forms else each for each in images)
