"""Stock rules, templates, mappings and the form in which rules are kept."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.listing_rules import ListingRules, StockRule, from_form, read_decimal, to_form
from mmhub_desktop.domain.mapping import CategoryMapping, Mappings, alike, map_attributes, nearest
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.offered import Own, offered_amount, offered_price
from mmhub_desktop.domain.price_rule import PriceRule, Rate, Rounding
from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.domain.template import check, fill
from mmhub_desktop.errors import UserMistake


@given(st.integers(-5, 10**6), st.integers(0, 100), st.none() | st.integers(1, 50))
def test_never_more_than_there_is_and_never_what_is_kept_back(stock: int, back: int, most: int | None) -> None:
    shown = StockRule(back, most).shown(stock)
    assert 0 <= shown <= max(0, stock - back)
    assert most is None or shown <= most


def test_a_stock_rule_is_explained() -> None:
    assert StockRule(2, 5).explain(12) == "12 − 2 kept back, at most 5 → 5"


def test_rules_are_kept_without_loss() -> None:
    rate = Rate("EUR", "PLN", Decimal("4.2512"), date(2026, 11, 1))
    price = PriceRule(Decimal("1.15"), Decimal("-3.5"), Rounding.NINETY_FIVE, Decimal(20), Decimal("12.5"), rate)
    rules = ListingRules(price, StockRule(2, 9), "{title}\n{description}", {"Warranty": "1 year"}, ("replica",))
    assert from_form(to_form(rules)) == rules
    older = {name: value for name, value in to_form(rules).items() if name != "forbidden"}
    assert from_form(older).forbidden == ()
    assert from_form(to_form(rules)) == rules
    assert from_form(to_form(ListingRules())).is_plain


def test_numbers_are_read_with_point_or_comma() -> None:
    assert read_decimal(" 1,15", "factor") == Decimal("1.15")
    with pytest.raises(UserMistake):
        read_decimal("nan", "factor")


def product(**changes: object) -> Product:
    values = {"id": ProductId(1), "sku": "A-1", "original": Text("Lamp {brand}", "It glows."), "brand": "Lumea"}
    return Product(**{**values, **changes})  # type: ignore[arg-type]


def test_a_template_is_filled_once_and_empty_lines_are_left_out() -> None:
    template = "{title}\nBrand: {brand}\nCode: {gtin}\n\n{description}\nColour: {attribute:colour}\n{attributes}"
    filled = fill(template, product(attributes={"Colour": "Blue"}))
    assert filled == "Lamp {brand}\nBrand: Lumea\n\nIt glows.\nColour: Blue\nColour: Blue"


def test_unknown_placeholders_are_refused_by_name() -> None:
    with pytest.raises(UserMistake, match=r"\{titel\}"):
        check("{titel} {brand}")
    check("{title} {attribute:Anything at all}")


def test_confirmed_names_and_values_take_the_place_of_ours() -> None:
    mappings = Mappings(attributes={"MLC1": {"colour": "COLOR"}}, values={("MLC1", "COLOR"): {"azul marino": "52049"}})
    found = map_attributes({"Colour": "Azul  Marino", "Model": "Flex"}, "MLC1", mappings)
    assert [(one.name, one.value, one.mapped) for one in found] == [("COLOR", "52049", True), ("Model", "Flex", False)]
    elsewhere = map_attributes({"Colour": "Azul Marino"}, "MLC2", mappings)
    assert (elsewhere[0].name, elsewhere[0].value) == ("Colour", "Azul Marino")


def test_the_nearest_words_are_proposed() -> None:
    choices = [("COLOR", "Color"), ("MODEL", "Modelo"), ("LIGHT", "Tipo de luz")]
    assert nearest("Colour", choices) == "COLOR"
    assert nearest("tipo luz", choices) == "LIGHT"
    assert nearest("Weight", choices) == ""
    many = [(str(number), f"Value {number}") for number in range(5000)] + [("x", "Azul marino")]
    assert nearest("marino azul", many) == "x"


def test_earlier_mappings_are_proposed_for_like_words() -> None:
    known = [CategoryMapping("Desk lamps", "L", "Lámparas"), CategoryMapping("Cables", "C", "Cables")]
    assert alike("Lamps, desk", known) == known[0]
    assert alike("Garden chairs", known) is None


@given(
    st.none() | st.integers(1, 10**7), st.integers(1, 10**7), st.none() | st.integers(1, 10**7),
    st.decimals("0.1", 5, places=2), st.none() | st.decimals(0, 200, places=1), st.sampled_from(Rounding),
)  # fmt: skip
def test_the_quick_way_offers_what_the_explained_one_does(
    wished: int | None, price: int, cost: int | None, factor: Decimal, margin: Decimal | None, rounding: Rounding
) -> None:
    own = Own(None if wished is None else Money(wished, "EUR"))
    rules = ListingRules(PriceRule(factor, Decimal("0.5"), rounding, margin, Decimal(12)))
    costs = None if cost is None else Money(cost, "EUR")
    explained = offered_price(own, Money(price, "EUR"), costs, rules, date(2026, 11, 20))
    assert offered_amount(own, Money(price, "EUR"), costs, rules) == explained.price
