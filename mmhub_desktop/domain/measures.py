"""Weights and sizes as people write them: ``1.2 kg``, ``12 oz``, ``30 × 20 × 10 cm``."""

import re
from decimal import ROUND_HALF_UP, Decimal

from mmhub_desktop.errors import UserMistake

GRAMS = {"g": Decimal(1), "kg": Decimal(1000), "mg": Decimal("0.001"), "oz": Decimal("28.349523125"),
         "lb": Decimal("453.59237"), "lbs": Decimal("453.59237"), "t": Decimal(1_000_000)}  # fmt: skip
MILLIMETRES = {"mm": Decimal(1), "cm": Decimal(10), "m": Decimal(1000), "in": Decimal("25.4"), '"': Decimal("25.4"),
               "″": Decimal("25.4"), "ft": Decimal("304.8")}  # fmt: skip
MOST = 1_000_000_000

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_WEIGHT = re.compile(rf"{_NUMBER}\s*([^\W\d]+)?")
_SIZE = re.compile(rf"{_NUMBER}\s*[x×X*/]\s*{_NUMBER}\s*[x×X*/]\s*{_NUMBER}\s*([^\W\d]+|[\"″])?")


def weight_text(grams: int | None) -> str:
    """A weight in grams as it is edited."""
    return "" if grams is None else f"{grams} g"


def size_text(millimetres: tuple[int, int, int] | None) -> str:
    """Length, width and height in millimetres as they are edited."""
    return "" if millimetres is None else f"{' × '.join(map(str, millimetres))} mm"


def read_weight(text: str) -> int | None:
    """Whole grams, None for nothing. A number alone is grams. UserMistake for what is no weight."""
    words = text.strip()
    if not words:
        return None
    found = _WEIGHT.fullmatch(words)
    factor = GRAMS.get((found[2] or "g").lower()) if found else None
    if found is None or factor is None:
        raise UserMistake(f"“{words}” is not a weight.", hint="Enter a number with g, kg, oz or lb, as 1.2 kg.")
    return _whole(found[1], factor, words)


def read_size(text: str) -> tuple[int, int, int] | None:
    """Whole millimetres of length, width and height, None for nothing; without a unit they are millimetres."""
    words = text.strip()
    if not words:
        return None
    found = _SIZE.fullmatch(words)
    factor = MILLIMETRES.get((found[4] or "mm").lower()) if found else None
    if found is None or factor is None:
        raise UserMistake(
            f"“{words}” is not a size.", hint="Enter length × width × height with mm, cm, m or in, as 30 × 20 × 10 cm."
        )
    return (_whole(found[1], factor, words), _whole(found[2], factor, words), _whole(found[3], factor, words))


def _whole(number: str, factor: Decimal, words: str) -> int:
    value = (Decimal(number.replace(",", ".")) * factor).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    if value > MOST:
        raise UserMistake(f"“{words}” is too large.", hint="Check the unit.")
    return int(value)
