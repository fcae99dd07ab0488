"""Money: exact, in the currency's own minor unit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmhub_desktop.domain.money import Money, currency_decimals


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "shown"),
    [
        ("12.34", "EUR", 1234, "12.34 EUR"), ("0.1", "USD", 10, "0.10 USD"), ("24990", "CLP", 24990, "24,990 CLP"),
        ("1234567.891", "KWD", 1234567891, "1,234,567.891 KWD"), ("-5", "MXN", -500, "-5.00 MXN"),
    ],
)  # fmt: skip
def test_amounts_are_kept_in_minor_units(amount: str, currency: str, minor: int, shown: str) -> None:
    money = Money.of(Decimal(amount), currency)
    assert (money.minor, str(money)) == (minor, shown)
    assert money.amount == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("0.005", "EUR", 1), ("0.0049", "EUR", 0), ("2.675", "EUR", 268), ("-0.005", "EUR", -1), ("999.5", "CLP", 1000)],
)
def test_halves_are_rounded_up(amount: str, currency: str, minor: int) -> None:
    assert Money.of(Decimal(amount), currency).minor == minor


def test_currencies_have_their_own_decimals() -> None:
    assert [currency_decimals(code) for code in ("CLP", "EUR", "TND", "ZZZ")] == [0, 2, 3, 2]


@given(st.integers(-(10**15), 10**15), st.sampled_from(["CLP", "EUR", "KWD"]))
def test_nothing_is_lost_on_the_way(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.of(money.amount, currency) == money


def test_the_same_number_in_another_currency_is_another_amount() -> None:
    assert Money(100, "EUR") != Money(100, "USD")
    assert Money(100, "EUR") == Money.of(Decimal(1), "EUR")
