"""What is typed into the search is offered as a filter where it may mean one."""

import pytest

from mmhub_desktop.domain.filter_suggestions import MOST, suggest_filters
from mmhub_desktop.domain.product_filter import Filter, Operator

ACCOUNTS = {3: "Shop one", 5: "Shop two"}


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("price > 10", Filter("price", Operator.ABOVE, "10")),
        ("Stock<=5", Filter("quantity", Operator.AT_MOST, "5")),
        ("ean ^ 40", Filter("gtin", Operator.STARTS, "40")),
        ("brand=Nord Süd", Filter("brand", Operator.IS, "Nord Süd")),
        ("price=10..20", Filter("price", Operator.BETWEEN, "10..20")),
        ("attribute:Colour=red", Filter("attribute:Colour", Operator.IS, "red")),
        ("without images", Filter("has_images", Operator.IS, "no")),
        ("no barcode", Filter("gtin", Operator.EMPTY)),
        ("no stock", Filter("quantity", Operator.AT_MOST, "0")),
        ("with findings", Filter("has_finding", Operator.IS, "yes")),
        ("live on shop t", Filter("state:5", Operator.ONE_OF, "live")),
        ("not listed on Shop one", Filter("state:3", Operator.ONE_OF, "none")),
        ("fail", Filter("status", Operator.ONE_OF, "failed")),
        ("refurb", Filter("condition", Operator.ONE_OF, "refurbished")),
    ],
)
def test_the_likeliest_filter_comes_first(text: str, first: Filter) -> None:
    found = suggest_filters(text, ACCOUNTS)
    assert found[0] == first
    assert len(found) <= MOST


@pytest.mark.parametrize("text", ["", "lamp", "price > cheap", "> 10", "no", "moon = full", "live on nowhere"])
def test_plain_words_are_no_filter(text: str) -> None:
    assert suggest_filters(text, ACCOUNTS) == []
