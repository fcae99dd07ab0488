"""Price rules: exact, explained, and never below the floor."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmhub_desktop.domain.money import Money, currency_decimals
from mmhub_desktop.domain.price_rule import PriceRule, Rate, Rounding, floor_of, price_by, round_up, work_out
from mmhub_desktop.errors import UserMistake

TODAY = date(2026, 11, 20)
CURRENCIES = st.sampled_from(["EUR", "CLP", "JPY", "KWD", "PLN"])
AMOUNTS = st.integers(1, 10**11)
RULES = st.builds(
    PriceRule,
    factor=st.decimals("0.01", 20, places=4),
    addition=st.decimals(-50, 5000, places=2),
    rounding=st.sampled_from(Rounding),
    margin=st.none() | st.decimals(0, 300, places=1),
    fee=st.decimals(0, 60, places=2),
)


def clp(amount: str | int) -> Money:
    return Money.of(Decimal(amount), "CLP")


def eur(amount: str) -> Money:
    return Money.of(Decimal(amount), "EUR")


def test_a_price_is_explained_step_by_step() -> None:
    rule = PriceRule(Decimal("1.15"), Decimal(500), Rounding.NINETY_NINE)
    priced = work_out(rule, clp(24990), None, TODAY)
    assert priced.price == clp(29990)
    assert priced.explanation == "24,990 × 1.15 + 500 → 29,239 → rounded 29,990 CLP"


@pytest.mark.parametrize(
    ("amount", "currency", "rounding", "expected"),
    [
        ("12.34", "EUR", Rounding.NINETY_NINE, "12.99"), ("12.99", "EUR", Rounding.NINETY_NINE, "12.99"),
        ("13", "EUR", Rounding.NINETY_NINE, "13.99"), ("12.96", "EUR", Rounding.NINETY_FIVE, "13.95"),
        ("12.34", "EUR", Rounding.FIVE, "15"), ("20", "EUR", Rounding.TEN, "20"),
        ("29239", "CLP", Rounding.TEN, "29240"),
        ("29991", "CLP", Rounding.NINETY_NINE, "30990"), ("1234", "CLP", Rounding.NINETY_NINE, "1299"),
        ("480", "JPY", Rounding.NINETY_NINE, "489"), ("48", "JPY", Rounding.NINETY_NINE, "48"),
        ("29239", "CLP", Rounding.NINETY_FIVE, "29950"), ("1.2345", "KWD", Rounding.NINETY_NINE, "1.99"),
        ("12.34", "EUR", Rounding.NONE, "12.34"),
    ],
)  # fmt: skip
def test_prices_are_rounded_up_to_the_wished_end(amount: str, currency: str, rounding: Rounding, expected: str) -> None:
    assert round_up(Decimal(amount), currency, rounding) == Decimal(expected)


def test_the_floor_leaves_the_margin_after_the_fee() -> None:
    rule = PriceRule(margin=Decimal(20), fee=Decimal(15))
    floor = floor_of(rule, eur("10"), "EUR")
    assert floor == eur("14.12")  # 12 / 0.85 = 14.1176…, never rounded down
    priced = work_out(rule, eur("11"), eur("10"), TODAY)
    assert priced.price == floor
    assert "raised to the floor 14.12" in priced.explanation


def test_a_rate_converts_and_is_warned_about_when_it_is_old() -> None:
    rate = Rate("EUR", "PLN", Decimal("4.25"), date(2026, 11, 1))
    priced = work_out(PriceRule(rate=rate), eur("10"), None, TODAY)
    assert priced.price == Money.of(Decimal("42.5"), "PLN")
    assert priced.explanation == "10 EUR × 4.25 → 42.50 PLN"
    assert [(found.rule, found.blocks) for found in priced.findings] == [("price.old_rate", False)]
    fresh = PriceRule(rate=Rate("EUR", "PLN", Decimal("4.25"), TODAY))
    assert work_out(fresh, eur("10"), None, TODAY).findings == ()


def test_the_cost_is_converted_by_the_same_rate() -> None:
    rate = Rate("EUR", "PLN", Decimal(4), TODAY)
    rule = PriceRule(rate=rate, margin=Decimal(50))
    assert work_out(rule, eur("1"), eur("10"), TODAY).price == Money.of(Decimal(60), "PLN")


def test_no_cost_no_floor_and_it_is_said() -> None:
    priced = work_out(PriceRule(margin=Decimal(10)), eur("1"), None, TODAY)
    assert (priced.price, priced.findings[0].rule) == (eur("1"), "price.no_cost")


@given(RULES, AMOUNTS, AMOUNTS, CURRENCIES)
def test_no_price_is_ever_below_the_floor(rule: PriceRule, minor: int, cost: int, currency: str) -> None:
    priced = work_out(rule, Money(minor, currency), Money(cost, currency), TODAY)
    assert priced.price is not None
    if rule.margin is not None:
        assert priced.floor is not None
        assert priced.price.minor >= priced.floor.minor
        kept = priced.price.amount * (100 - rule.fee) / 100
        assert kept >= Money(cost, currency).amount * (100 + rule.margin) / 100


@given(AMOUNTS, CURRENCIES, st.sampled_from(Rounding))
def test_rounding_goes_up_stays_exact_and_is_idempotent(minor: int, currency: str, rounding: Rounding) -> None:
    amount = Money(minor, currency).amount
    rounded = round_up(amount, currency, rounding)
    assert rounded >= amount
    assert rounded == rounded.quantize(Decimal(1).scaleb(-currency_decimals(currency)))
    assert round_up(rounded, currency, rounding) == rounded
    assert rounded <= amount + max(Decimal(10), amount / 9)


def test_no_price_stays_no_price() -> None:
    rule = PriceRule(Decimal(2), Decimal(500), Rounding.NINETY_NINE, margin=Decimal(20))
    assert work_out(rule, clp(0), clp(100), TODAY).price == clp(0)
    assert price_by(rule, clp(0), clp(100)) == clp(0)
    assert work_out(rule, None, clp(100), TODAY).price is None


@given(AMOUNTS, CURRENCIES)
def test_a_plain_rule_changes_nothing(minor: int, currency: str) -> None:
    assert work_out(PriceRule(), Money(minor, currency), None, TODAY).price == Money(minor, currency)


@pytest.mark.parametrize(
    "rule",
    [
        PriceRule(factor=Decimal(0)), PriceRule(fee=Decimal(100)), PriceRule(margin=Decimal(-1)),
        PriceRule(addition=Decimal("NaN")), PriceRule(rate=Rate("EUR", "PLN", Decimal(0), TODAY)),
        PriceRule(rate=Rate("EUR", "EUR", Decimal(1), TODAY)),
    ],
)  # fmt: skip
def test_rules_that_make_no_sense_are_refused(rule: PriceRule) -> None:
    with pytest.raises(UserMistake):
        rule.check()
