"""Products: how SKUs are compared, and which words count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.product import Product, Text, sku_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("abc-1", "ABC-1"),
        (" abc-1\t", "ABC-1"),
        ("straße", "STRASSE"),
        ("ＡＢＣ", "abc"),
        ("e\u0301", "É"),
        ("ﬁ-1", "FI-1"),
    ],
)
def test_skus_that_are_the_same(one: str, other: str) -> None:
    assert sku_key(one) == sku_key(other)


@pytest.mark.parametrize(("one", "other"), [("a-1", "a1"), ("a", "á"), ("0", "O"), ("a b", "ab")])
def test_skus_that_differ(one: str, other: str) -> None:
    assert sku_key(one) != sku_key(other)


@given(st.text(alphabet=st.characters(codec="utf-8", max_codepoint=0x24F)))
def test_writing_a_sku_in_capitals_changes_nothing(sku: str) -> None:
    assert sku_key(sku.upper()) == sku_key(sku.upper().lower().upper())
    assert sku_key(f"  {sku} ") == sku_key(sku)


def test_the_optimised_words_are_the_ones_to_publish() -> None:
    original = Text("Original")
    assert Product(ProductId(1), "S", original).text is original
    better = Text("Better")
    assert Product(ProductId(1), "S", original, optimized=better).text is better
