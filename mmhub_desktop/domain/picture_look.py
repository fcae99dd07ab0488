"""How a picture looks, in a few numbers, and which pictures of many look the same. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

NEAR = 6  # so many of 128 bits may differ in two pictures that look the same
COLOURS_NEAR = 5  # of 255 in each part of the mean colour: the same shirt in another colour is another picture
_BANDS = NEAR + 1  # bits that differ cannot touch all of them: one band is the same in both
_STEP = 2 * COLOURS_NEAR
_ALL = (1 << 64) - 1
_MASKS = tuple(sum(1 << bit for bit in range(band, 128, _BANDS)) for band in range(_BANDS))


@dataclass(frozen=True, slots=True)
class PictureLook:
    """``across`` and ``down``: 64 bits each (signed, as the store has them) that say where the picture grows lighter
    from left to right and from top to bottom; ``colour``: the mean colour, red in the highest of three bytes."""

    across: int
    down: int
    colour: int

    @property
    def bits(self) -> int:
        """Both as one number."""
        return (self.across & _ALL) << 64 | self.down & _ALL

    @property
    def parts(self) -> tuple[int, int, int]:
        """Red, green and blue."""
        return self.colour >> 16, self.colour >> 8 & 255, self.colour & 255


def are_alike(one: PictureLook, other: PictureLook) -> bool:
    """Whether two pictures look the same."""
    is_near = (one.bits ^ other.bits).bit_count() <= NEAR
    return is_near and all(abs(a - b) <= COLOURS_NEAR for a, b in zip(one.parts, other.parts, strict=True))


def find_groups(looks: Sequence[PictureLook]) -> list[list[int]]:
    """The places of pictures that look the same as the first of their group; groups of one are left out.

    Each picture is compared only with those that share a band of bits and about the colour: the effort grows with the
    number of pictures, not with its square.
    """
    same: dict[PictureLook, list[int]] = {}
    for place, look in enumerate(looks):
        same.setdefault(look, []).append(place)
    firsts: dict[tuple[int, int, int], list[PictureLook]] = defaultdict(list)
    groups: dict[PictureLook, list[int]] = {}
    for look, places in same.items():
        first = _like(look, firsts)
        if first is not None:
            groups[first] += places
            continue
        groups[look] = places
        cell = _cell(look.parts)
        for band, value in enumerate(_bands(look.bits)):
            firsts[band, value, cell].append(look)
    return [sorted(places) for places in groups.values() if len(places) > 1]


def _like(look: PictureLook, firsts: dict[tuple[int, int, int], list[PictureLook]]) -> PictureLook | None:
    cells = tuple(_cells_near(look.parts))
    for band, value in enumerate(_bands(look.bits)):
        for cell in cells:
            for other in firsts.get((band, value, cell), ()):
                if are_alike(look, other):
                    return other
    return None


def _bands(bits: int) -> tuple[int, ...]:
    """The bits in as many parts; each takes its bits from all over the picture, since borders look alike in many."""
    return tuple(bits & mask for mask in _MASKS)


def _cell(parts: tuple[int, int, int]) -> int:
    red, green, blue = (part // _STEP for part in parts)
    return red << 16 | green << 8 | blue


def _cells_near(parts: tuple[int, int, int]) -> Iterator[int]:
    """The cells in which a colour that is near enough may be: its own, and in each part the nearer neighbour."""
    choices = [(part // _STEP, part // _STEP + (1 if part % _STEP >= COLOURS_NEAR else -1)) for part in parts]
    for red in choices[0]:
        for green in choices[1]:
            for blue in choices[2]:
                if red >= 0 and green >= 0 and blue >= 0:
                    yield red << 16 | green << 8 | blue
