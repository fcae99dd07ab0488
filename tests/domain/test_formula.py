"""Formulas over a product's numbers."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmhub_desktop.domain.formula import Missing, fill_template, read_formula
from mmhub_desktop.errors import UserMistake

NAMES = ("price", "cost", "quantity")


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("cost * 1.4 + 2", "16.00"),
        ("price - 10%", "18.0"),
        ("price + 10% - 2", "20.0"),
        ("(price + cost) / 2", "15"),
        ("-cost + price", "10"),
        ("1,5 * cost", "15.0"),
        ("50% * price", "10.0"),
        ("PRICE", "20"),
        ("2 + 3 * 4", "14"),
        ("20 - 2 - 3", "15"),
    ],
)
def test_what_formulas_say(formula: str, result: str) -> None:
    values = {"price": Decimal(20), "cost": Decimal(10), "quantity": Decimal(3)}
    assert read_formula(formula, NAMES).evaluate(values) == Decimal(result)


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("", "ends too early"),
        ("price *", "ends too early"),
        ("price price", "not expected"),
        ("weight * 2", "not a number of a product"),
        ("(price", "not closed"),
        ("10%", "of nothing"),
        ("price; import os", "cannot stand"),
        ("__import__", "cannot stand"),
        ("(" * 30, "too many brackets"),
        ("1+" * 200, "too long"),
    ],
)
def test_what_is_wrong_is_said(formula: str, said: str) -> None:
    with pytest.raises(UserMistake, match=said):
        read_formula(formula, NAMES)


def test_what_a_product_lacks_is_named() -> None:
    formula = read_formula("cost * 2", NAMES)
    assert formula.names == {"cost"}
    with pytest.raises(Missing, match="cost"):
        formula.evaluate({"cost": None})
    with pytest.raises(UserMistake, match="by zero"):
        read_formula("price / cost", NAMES).evaluate({"price": Decimal(1), "cost": Decimal(0)})


@given(st.text(alphabet="0123456789+-*/()%., pricecost", max_size=40))
def test_any_text_is_a_formula_or_explained(text: str) -> None:
    result = None
    with contextlib.suppress(UserMistake):  # any other error fails
        result = read_formula(text, NAMES).evaluate({name: Decimal("7.5") for name in NAMES})
    assert result is None or result.is_finite()


def test_templates_leave_no_gaps() -> None:
    names, fill = fill_template("{Brand} {title}, {category}", ("brand", "title", "category"))
    assert names == {"brand", "title", "category"}
    assert fill({"brand": "", "title": "Lamp", "category": "Home"}) == "Lamp, Home"
    with pytest.raises(UserMistake, match="not a field"):
        fill_template("{colour}", ("brand",))
    with pytest.raises(UserMistake, match="no field"):
        fill_template("Lamp", ("brand",))
