"""Price rules: what a product costs on one account, worked out exactly and explained step by step."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum

from mmhub_desktop.domain.money import Money, currency_decimals
from mmhub_desktop.errors import Finding, UserMistake

RATE_OLD_DAYS = 7  # an exchange rate older than this is warned about

_PERCENT = Decimal(100)
_ONE = Decimal(1)


class Rounding(StrEnum):
    """To which prices a rule rounds; always up, so that no floor is broken."""

    NONE = "none"
    NINETY_NINE = ".99"
    NINETY_FIVE = ".95"
    FIVE = "5"
    TEN = "10"


@dataclass(frozen=True, slots=True)
class Rate:
    """``factor`` units of the account's ``currency`` are one unit of ``of``; read on ``day``."""

    of: str
    currency: str
    factor: Decimal
    day: date


@dataclass(frozen=True, slots=True)
class PriceRule:
    """An account's prices: (price × rate) × factor + addition, at least the floor, rounded up.

    ``addition`` is in the account's currency. The floor is what leaves ``margin`` percent on the product's cost after
    the marketplace has taken ``fee`` percent of the price; without a margin there is none.
    """

    factor: Decimal = _ONE
    addition: Decimal = Decimal(0)
    rounding: Rounding = Rounding.NONE
    margin: Decimal | None = None
    fee: Decimal = Decimal(0)
    rate: Rate | None = None

    def check(self) -> None:
        """UserMistake when no price can be worked out by this rule."""
        if not self.factor.is_finite() or not 0 < self.factor <= 1000:
            raise UserMistake("The factor must be above 0 and at most 1,000.", hint="1 leaves the price as it is.")
        if not self.addition.is_finite() or abs(self.addition) > 10**12:
            raise UserMistake("The addition is not an amount.", hint="Enter a number; 0 adds nothing.")
        if not self.fee.is_finite() or not 0 <= self.fee < _PERCENT:
            raise UserMistake("The fee must be from 0 to below 100 percent.", hint="Enter the marketplace's share.")
        if self.margin is not None and (not self.margin.is_finite() or not 0 <= self.margin <= 10_000):
            raise UserMistake("The margin must be from 0 to 10,000 percent.", hint="Leave it empty for no floor.")
        rate = self.rate
        if rate is not None and (not rate.factor.is_finite() or not 0 < rate.factor <= 10**9):
            raise UserMistake("The exchange rate must be above 0.", hint="Enter what one unit is worth.")
        if rate is not None and (len(rate.of) != 3 or len(rate.currency) != 3 or rate.of == rate.currency):
            raise UserMistake("The rate needs two different currencies.", hint="Use codes of three letters, as EUR.")

    @property
    def is_plain(self) -> bool:
        """Whether prices stay as the products have them."""
        return self == PriceRule(fee=self.fee)


@dataclass(frozen=True, slots=True)
class Priced:
    """A price on an account, how it came about in words, the floor, and what is to be said about it."""

    price: Money | None
    explanation: str = ""
    floor: Money | None = None
    findings: tuple[Finding, ...] = ()


def price_by(rule: PriceRule, price: Money, cost: Money | None) -> Money:
    """What a product of this price and cost costs on the account. Amounts in other currencies are not touched.

    A price of zero stays zero: it says that there is none yet, and no rule must make an offer of it.
    """
    if price.minor <= 0:
        return price
    _, currency, _, _, rounded = _amounts(rule, price, cost)
    return Money.of(rounded, currency)


def work_out(rule: PriceRule, price: Money | None, cost: Money | None, today: date) -> Priced:
    """``price_by`` with the explanation, the floor and what is to be said about it."""
    if price is None or price.minor <= 0:
        return Priced(price, "" if price is None else f"{price}, which is no price")
    exact, currency, floor, raised, rounded = _amounts(rule, price, cost)
    findings: list[Finding] = []
    steps = [_number(price.amount)]
    if rule.rate is not None and rule.rate.of == price.currency:
        steps = [f"{_number(price.amount)} {price.currency} × {_plain(rule.rate.factor)}"]
        findings += _old_rate(rule.rate, today)
    if rule.factor != _ONE:
        steps.append(f"× {_plain(rule.factor)}")
    if rule.addition:
        steps.append(f"{'+' if rule.addition > 0 else '−'} {_number(abs(rule.addition))}")
    words = " ".join(steps)
    if len(steps) > 1 or currency != price.currency:
        words = f"{words} → {_number(exact)}"
    if raised != exact:
        words = f"{words} → raised to the floor {_number(raised)}"
    if rounded != raised:
        words = f"{words} → rounded {_number(rounded)}"
    if rule.margin is not None and cost is None:
        findings.append(
            Finding(
                "price.no_cost", "cost", "The product has no cost, so no lowest price can be kept.",
                "Enter what the product costs you.", blocks=False,
            )
        )  # fmt: skip
    return Priced(Money.of(rounded, currency), f"{words} {currency}", floor, tuple(findings))


def _amounts(rule: PriceRule, price: Money, cost: Money | None) -> tuple[Decimal, str, Money | None, Decimal, Decimal]:
    """(the price by factor and addition, its currency, the floor, raised to that, rounded)."""
    amount, currency = price.amount, price.currency
    if rule.rate is not None and rule.rate.of == currency:
        amount, currency = amount * rule.rate.factor, rule.rate.currency
    exact = (amount * rule.factor + rule.addition).quantize(_unit(currency), rounding=ROUND_HALF_UP)
    floor = floor_of(rule, cost, currency)
    raised = floor.amount if floor is not None and exact < floor.amount else exact
    return exact, currency, floor, raised, round_up(raised, currency, rule.rounding)


def floor_of(rule: PriceRule, cost: Money | None, currency: str) -> Money | None:
    """The lowest price of a product of this cost in the account's currency; None where there is none."""
    if rule.margin is None or cost is None:
        return None
    amount = cost.amount
    if cost.currency != currency:
        if rule.rate is None or (rule.rate.of, rule.rate.currency) != (cost.currency, currency):
            return None
        amount *= rule.rate.factor
    lowest = amount * (_PERCENT + rule.margin) / (_PERCENT - rule.fee)
    return Money.of(lowest.quantize(_unit(currency), rounding=ROUND_CEILING), currency)


def round_up(amount: Decimal, currency: str, rounding: Rounding) -> Decimal:
    """The next price that ends as wished; one that does already stays.

    Where a currency has no decimals, .99 means 990 at the end of prices from 10,000, 99 from 1,000, and 9 from 100.
    """
    if rounding is Rounding.NONE or amount <= 0:
        return amount
    if rounding in (Rounding.FIVE, Rounding.TEN):
        whole = Decimal(rounding.value)
        return (amount / whole).to_integral_value(rounding=ROUND_CEILING) * whole
    step = _step(amount, currency)
    if step is None:
        return amount
    end = (Decimal(f"0{rounding.value}") * step).quantize(_unit(currency), rounding=ROUND_DOWN)
    return ((amount - end) / step).to_integral_value(rounding=ROUND_CEILING) * step + end


def _step(amount: Decimal, currency: str) -> Decimal | None:
    if currency_decimals(currency):
        return _ONE
    return next((Decimal(step) for least, step in ((10_000, 1_000), (1_000, 100), (100, 10)) if amount >= least), None)


def _unit(currency: str) -> Decimal:
    return _ONE.scaleb(-currency_decimals(currency))


def _old_rate(rate: Rate, today: date) -> list[Finding]:
    age = (today - rate.day).days
    if age <= RATE_OLD_DAYS:
        return []
    message = f"The exchange rate {rate.of} → {rate.currency} is {age} days old."
    fix = "Enter today's rate in the account's price rule."
    return [Finding("price.old_rate", "price", message, fix, str(rate.factor), f"{RATE_OLD_DAYS} days", blocks=False)]


def _number(amount: Decimal) -> str:
    return f"{amount:,}" if amount != amount.to_integral_value() else f"{amount:,.0f}"


def _plain(factor: Decimal) -> str:
    return f"{factor.normalize():f}"
