"""The quality score: its parts, its limits, and a reason for every lost point."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.domain.quality import (
    attribute_count,
    attribute_points,
    description_points,
    image_points,
    rate,
    score_parts,
    title_points,
)

GOOD_TITLE = "Lámpara de escritorio LED Lumea Flex 3"
ATTRIBUTES = {"Color": "Azul", "Material": "Aluminio", "Modelo": "Flex 3", "Potencia": "8 W"}


def product(
    title: str = GOOD_TITLE, description: str = "x" * 600, images: int = 5, attributes: dict[str, str] | None = None,
    brand: str = "Lumea", gtin: str = "7800000010374", optimized: Text | None = None,
) -> Product:  # fmt: skip
    return Product(
        ProductId(1), "S", Text(title, description), optimized=optimized, brand=brand, gtin=gtin,
        images=tuple(f"{n}.jpg" for n in range(images)), attributes=ATTRIBUTES if attributes is None else attributes,
    )  # fmt: skip


def test_a_complete_product_has_every_point_and_no_finding() -> None:
    quality = rate(product())
    assert (quality.score, quality.title, quality.description, quality.images, quality.attributes) == (
        100, 30, 30, 20, 20,
    )  # fmt: skip
    assert quality.findings == ()


def test_an_empty_product_has_none_and_is_told_why() -> None:
    quality = rate(product("", "", 0, {}, "", ""))
    assert quality.score == 0
    assert {finding.field for finding in quality.findings} == {"title", "description", "images", "attributes"}
    assert all(finding.fix and finding.message and not finding.blocks for finding in quality.findings)


@pytest.mark.parametrize(
    ("changed", "rule", "field"),
    [
        ({"title": "Lámpara azul"}, "quality.title_short", "title"),
        ({"title": "Lámpara azul " * 10}, "quality.title_long", "title"),
        ({"title": GOOD_TITLE.upper()}, "quality.title_shouts", "title"),
        ({"title": "Lámparadeescritorioconbrazoarticulado"}, "quality.title_one_word", "title"),
        ({"description": "short"}, "quality.description_short", "description"),
        ({"images": 4}, "quality.few_images", "images"),
        ({"attributes": {"Color": "Azul"}}, "quality.few_attributes", "attributes"),
        ({"brand": ""}, "quality.few_attributes", "attributes"),
    ],
)
def test_each_lost_point_has_a_reason(changed: dict[str, object], rule: str, field: str) -> None:
    quality = rate(product(**changed))  # type: ignore[arg-type]
    assert quality.score < 100
    assert [(finding.rule, finding.field) for finding in quality.findings] == [(rule, field)]


def test_the_optimised_words_are_rated() -> None:
    plain = rate(product("Taza", ""))
    better = rate(product("Taza", "", optimized=Text(GOOD_TITLE, "x" * 600)))
    assert (plain.title, plain.description) < (better.title, better.description)
    assert better.score == 100


def test_empty_attributes_do_not_count() -> None:
    assert attribute_count(product(attributes={"Color": "", "Material": "Wood"}, gtin="")) == 2


@given(st.text(), st.integers(0, 100_000), st.integers(0, 50), st.integers(0, 200))
def test_the_score_is_the_sum_of_parts_within_their_limits(
    title: str, description: int, images: int, attributes: int
) -> None:
    parts = (title_points(title), description_points(description), image_points(images), attribute_points(attributes))
    assert all(0 <= part <= most for part, most in zip(parts, (30, 30, 20, 20), strict=True))
    assert score_parts(title, description, images, attributes) == sum(parts)


@given(st.integers(0, 2_000), st.integers(0, 50))
def test_more_never_scores_less(length: int, count: int) -> None:
    assert description_points(length + 1) >= description_points(length)
    assert image_points(count + 1) >= image_points(count)
    assert attribute_points(count + 1) >= attribute_points(count)


@given(st.text(min_size=1, max_size=200))
def test_what_is_rated_agrees_with_what_an_import_counts(title: str) -> None:
    rated = rate(product(title, "abc", 2))
    assert rated.score == score_parts(title, 3, 2, 6)
