"""Quality score of a product's listing text: 0–100, each lost point explained.

Title 30, description 30, images 20, attributes 20. The arithmetic takes plain lengths and counts so that an
import can score half a million rows in passing; the findings are made only when somebody looks.
"""

from dataclasses import dataclass

from mmhub_desktop.domain.product import Product
from mmhub_desktop.errors import Finding

GOOD_TITLE_MIN, GOOD_TITLE_MAX = 30, 80
GOOD_DESCRIPTION = 600
GOOD_IMAGES = 5
GOOD_ATTRIBUTES = 6


def title_points(title: str) -> int:
    """0–30: length within the useful range, more than one word, not shouting."""
    length = len(title)
    if not length:
        return 0
    if length < GOOD_TITLE_MIN:
        points = 24 * length // GOOD_TITLE_MIN
    elif length <= GOOD_TITLE_MAX:
        points = 24
    else:
        points = max(10, 24 - (length - GOOD_TITLE_MAX) // 5)
    if " " in title:
        points += 3
    if not title.isupper():
        points += 3
    return points


def description_points(length: int) -> int:
    """0–30 by length in characters."""
    return min(30, 30 * length // GOOD_DESCRIPTION)


def image_points(count: int) -> int:
    """0–20 by number of images."""
    return min(20, 20 * count // GOOD_IMAGES)


def attribute_points(count: int) -> int:
    """0–20 by number of filled attributes; brand and GTIN count as attributes."""
    return min(20, 20 * count // GOOD_ATTRIBUTES)


def score_parts(title: str, description_length: int, images: int, attributes: int) -> int:
    """The whole score from plain values."""
    return (
        title_points(title)
        + description_points(description_length)
        + image_points(images)
        + attribute_points(attributes)
    )


@dataclass(frozen=True, slots=True)
class Quality:
    """A score with its parts and the reasons for each lost point."""

    score: int
    title: int
    description: int
    images: int
    attributes: int
    findings: tuple[Finding, ...]


def attribute_count(product: Product) -> int:
    """Filled attributes, with brand and GTIN counted as attributes."""
    return sum(1 for value in product.attributes.values() if value) + bool(product.brand) + bool(product.gtin)


def rate(product: Product) -> Quality:
    """Score the words that would be published, and say why points are missing."""
    text = product.text
    attributes = attribute_count(product)
    parts = (
        title_points(text.title),
        description_points(len(text.description)),
        image_points(len(product.images)),
        attribute_points(attributes),
    )
    return Quality(sum(parts), *parts, findings=tuple(_reasons(product, attributes, parts)))


def _reasons(product: Product, attributes: int, parts: tuple[int, int, int, int]) -> list[Finding]:
    title, description = product.text.title, product.text.description
    found: list[Finding] = []

    def add(rule: str, field: str, message: str, fix: str, value: str, limit: str) -> None:
        found.append(Finding(f"quality.{rule}", field, message, fix, value, limit, blocks=False))

    if len(title) < GOOD_TITLE_MIN:
        add("title_short", "title", f"The title has {_count(len(title), 'character')}.",
            "Add brand, model and the main specification.", title, f"at least {GOOD_TITLE_MIN}")  # fmt: skip
    elif len(title) > GOOD_TITLE_MAX:
        add("title_long", "title", f"The title has {_count(len(title), 'character')}.",
            "Buyers read the first words: shorten it.", title, f"at most {GOOD_TITLE_MAX}")  # fmt: skip
    if title and title.isupper():
        add("title_shouts", "title", "The title is written in capitals only.",
            "Write it in normal case.", title, "")  # fmt: skip
    if title and " " not in title:
        add("title_one_word", "title", "The title is a single word.", "Describe the product.", title, "")
    if parts[1] < 30:
        add("description_short", "description", f"The description has {_count(len(description), 'character')}.",
            "Describe use, material, size and what is in the box.", "", f"at least {GOOD_DESCRIPTION}")  # fmt: skip
    if parts[2] < 20:
        shown = _count(len(product.images), "image")
        add("few_images", "images", f"The product has {shown}.",
            "Show the product from several sides and in use.", "", f"at least {GOOD_IMAGES}")  # fmt: skip
    if parts[3] < 20:
        filled = _count(attributes, "attribute")
        add("few_attributes", "attributes", f"The product has {filled}.",
            "Fill brand, GTIN, colour, material, size and model.", "", f"at least {GOOD_ATTRIBUTES}")  # fmt: skip
    return found


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
