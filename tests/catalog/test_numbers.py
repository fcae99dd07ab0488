"""Numbers in both styles: the evidence, what must be asked, and exact values."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmhub_desktop.catalog.numbers import (
    NotANumber,
    find_style,
    parse_measure,
    parse_money,
    parse_number,
    parse_whole,
)
from mmhub_desktop.catalog.plan import NumberStyle

POINT, COMMA, EITHER = NumberStyle.POINT, NumberStyle.COMMA, NumberStyle.EITHER


@pytest.mark.parametrize(
    ("values", "style", "ask"),
    [
        (["19.90", "5"], POINT, False),
        (["19,90", "1.234"], COMMA, False),
        (["1,234.50"], POINT, False),
        (["1.234,50"], COMMA, False),
        (["1.234.567"], COMMA, False),
        (["1,234,567"], POINT, False),
        (["0.500"], POINT, False),
        (["1234,567"], COMMA, False),
        (["€ 19,90", "1 234,50 zł"], COMMA, False),
        (["1.234"], EITHER, True),
        (["1,234", "500"], EITHER, True),
        (["10", "20"], EITHER, False),
        (["19,90", "19.90"], EITHER, False),
        (["19,90", "19.90", "1.234"], EITHER, True),
        ([], EITHER, False),
    ],
)
def test_a_column_tells_its_style_or_is_asked_about(values: list[str], style: NumberStyle, ask: bool) -> None:
    found = find_style(values)
    assert (found.style, found.ask) == (style, ask)
    assert found.evidence


@pytest.mark.parametrize(
    ("text", "style", "currency", "expected"),
    [
        ("19.90", POINT, "EUR", (1990, "EUR")),
        ("1.234,5", COMMA, "EUR", (123450, "EUR")),
        ("1.234,50 €", COMMA, "", (123450, "EUR")),
        ("$ 12.990", COMMA, "CLP", (12990, "CLP")),
        ("R$ 10,00", COMMA, "", (1000, "BRL")),
        ("19.995", POINT, "EUR", (2000, "EUR")),  # half up
        ("1'234.50", POINT, "CHF", (123450, "CHF")),
        ("0.5", EITHER, "USD", (50, "USD")),
        ("1,5", EITHER, "KWD", (1500, "KWD")),
        ("19,90", POINT, "EUR", (1990, "EUR")),  # what can be read in one way only is, in whichever column
        ("19,531.00", COMMA, "EUR", (1953100, "EUR")),
        ("0,1", POINT, "EUR", (10, "EUR")),
        ("US$ 1.200", COMMA, "", (120000, "USD")),
        ("15 zł", POINT, "", (1500, "PLN")),
        ("CLP 1.990", COMMA, "", (1990, "CLP")),
        ("12,- €", EITHER, "", (1200, "EUR")),
        ("Rs. 1,00,000.50", POINT, "INR", (10000050, "INR")),
        ("US$1,200.00 USD", POINT, "", (120000, "USD")),
        ("\u200f١٢٫٥٠ €", POINT, "", (1250, "EUR")),  # Arabic digits, a mark of direction
        ("\uff11\uff12.5", POINT, "EUR", (1250, "EUR")),  # wide digits
    ],
)
def test_prices_are_exact(text: str, style: NumberStyle, currency: str, expected: tuple[int, str]) -> None:
    assert parse_money(text, style, currency)[:2] == expected


def test_what_is_rounded_is_told() -> None:
    assert parse_money("35.949999999999", POINT, "EUR") == (3595, "EUR", True)
    assert parse_money("35.950", POINT, "KWD") == (35950, "KWD", False)
    assert parse_money("1990.4", POINT, "CLP") == (1990, "CLP", True)
    assert parse_money("19.90", POINT, "EUR") == (1990, "EUR", False)


@pytest.mark.parametrize(
    ("text", "style", "currency", "why"),
    [
        ("on request", POINT, "EUR", "not a number"),
        ("5 apples", POINT, "EUR", "not an amount"),
        ("-5", POINT, "EUR", "below zero"),
        ("5", POINT, "", "no currency"),
        ("5 USD", POINT, "EUR", "is in USD"),
        ("(5.00)", POINT, "EUR", "below zero"),
        ("5-", POINT, "EUR", "below zero"),
        ("1-2", POINT, "EUR", "not a number"),
        ("€ 5 USD", POINT, "", "not an amount"),
        ("1.234", EITHER, "EUR", "two ways"),
        ("1.2.3", POINT, "EUR", "not a number"),
        ("1,23,4", POINT, "EUR", "not a number"),
        ("99999999999999999999", POINT, "EUR", "too large"),
    ],
)
def test_what_is_no_price_is_refused_with_the_reason(text: str, style: NumberStyle, currency: str, why: str) -> None:
    with pytest.raises(NotANumber, match=why):
        parse_money(text, style, currency)


def test_counts_and_measures() -> None:
    assert parse_whole("10.0", POINT) == 10
    assert parse_whole("1.000", COMMA) == 1000
    for text, why in (("1.5", "whole"), ("-1", "below zero"), ("many", "not a number")):
        with pytest.raises(NotANumber, match=why):
            parse_whole(text, POINT)
    assert parse_measure("1.2 kg", POINT, "", weight=True) == 1200
    assert parse_measure("1,5", COMMA, "cm", weight=False) == 15
    assert parse_measure("500g", POINT, "kg", weight=True) == 500
    assert parse_measure("2 lb 3 oz", POINT, "", weight=True) == 992
    assert parse_measure("1,5 Kilos", POINT, "", weight=True) == 1500
    assert parse_measure("5 ft 3 in", POINT, "", weight=False) == 1600
    for text in ("3", "3 oz 2 lb", "3 stones"):
        with pytest.raises(NotANumber, match="unit"):
            parse_measure(text, POINT, "", weight=True)


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from([POINT, COMMA]))
def test_whatever_is_written_in_a_style_is_read_back(value: Decimal, style: NumberStyle) -> None:
    text = f"{value:,.2f}"
    if style is COMMA:
        text = text.translate(str.maketrans(",.", ".,"))
    assert parse_number(text, style) == value
    assert find_style([text]).style in (style, EITHER)
