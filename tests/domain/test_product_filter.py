"""Filters as they are written, checked and said."""

import pytest

from mmhub_desktop.domain.product_filter import (
    FIELDS,
    OPERATOR_WORDS,
    About,
    Filter,
    Kind,
    Operator,
    check,
    in_words,
    parse,
)
from mmhub_desktop.errors import UserMistake


@pytest.mark.parametrize(
    ("line", "filter_", "words"),
    [
        ("price>10", Filter("price", Operator.ABOVE, "10"), "Price is above 10"),
        (" price >= 10.50 ", Filter("price", Operator.AT_LEAST, "10.50"), "Price is at least 10.50"),
        ("price=10..20", Filter("price", Operator.BETWEEN, "10..20"), "Price is between 10 and 20"),
        ("weight<=500", Filter("weight", Operator.AT_MOST, "500"), "Weight is at most 500 g"),
        ("title~led lamp", Filter("title", Operator.CONTAINS, "led lamp"), "Title contains led lamp"),
        ("sku^A-1", Filter("sku", Operator.STARTS, "A-1"), "SKU starts with A-1"),
        ("brand!=Bosch", Filter("brand", Operator.IS_NOT, "Bosch"), "Brand is not Bosch"),
        ("gtin!", Filter("gtin", Operator.EMPTY), "GTIN is empty"),
        ("cost?", Filter("cost", Operator.SET), "Cost is set"),
        (
            "status=failed,imported",
            Filter("status", Operator.ONE_OF, "failed,imported"),
            "Status is Failed or Imported",
        ),
        ("condition!=new", Filter("condition", Operator.NONE_OF, "new"), "Condition is not New"),
        ("updated=7d", Filter("updated", Operator.LAST_DAYS, "7"), "Last changed in the last 7 days"),
        ("updated=1d", Filter("updated", Operator.LAST_DAYS, "1"), "Last changed in the last day"),
        ("created<2026-01-31", Filter("created", Operator.BEFORE, "2026-01-31"), "Added before 2026-01-31"),
        ("active=no", Filter("active", Operator.IS, "no"), "For sale: no"),
        ("attribute:Shoe size=42", Filter("attribute:Shoe size", Operator.IS, "42"), "Shoe size is 42"),
        ("state:3=live,none", Filter("state:3", Operator.ONE_OF, "live,none"), "State on Shop is Live or Not listed"),
    ],
)
def test_a_line_is_a_filter_and_reads_as_words(line: str, filter_: Filter, words: str) -> None:
    assert parse(line) == filter_
    assert in_words(filter_, "Shop" if filter_.name == "state" else "") == words


@pytest.mark.parametrize(
    "filter_",
    [
        Filter("nothing", Operator.IS, "1"),
        Filter("price", Operator.CONTAINS, "1"),
        Filter("price", Operator.ABOVE, "1,5"),
        Filter("price", Operator.ABOVE, "nan"),
        Filter("price", Operator.ABOVE, "1e40"),
        Filter("price", Operator.BETWEEN, "1.."),
        Filter("quantity", Operator.IS, ""),
        Filter("updated", Operator.LAST_DAYS, "99999999999"),
        Filter("updated", Operator.BEFORE, "31.01.2026"),
        Filter("status", Operator.ONE_OF, ","),
        Filter("state", Operator.ONE_OF, "live"),
        Filter("ready:x", Operator.ONE_OF, "ready"),
        Filter("attribute:", Operator.SET),
        Filter("title", Operator.CONTAINS, " "),
    ],
)
def test_what_makes_no_sense_is_refused(filter_: Filter) -> None:
    with pytest.raises(UserMistake):
        check(filter_)


def test_every_field_is_complete() -> None:
    for field in FIELDS.values():
        assert field.label
        assert field.operators
        assert all(operator in OPERATOR_WORDS for operator in field.operators)
        assert bool(field.choices) == (field.kind in (Kind.CHOICE, Kind.YES_NO)), field.name
        assert field.about in About
