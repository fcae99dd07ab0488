"""An account's rules for its listings: price, stock, description, and what holds where a product says nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from mmhub_desktop.domain.price_rule import PriceRule, Rate, Rounding
from mmhub_desktop.errors import UserMistake


@dataclass(frozen=True, slots=True)
class StockRule:
    """How much of the stock an account shows: what is left after ``keep_back`` pieces, at most ``at_most``."""

    keep_back: int = 0
    at_most: int | None = None

    def check(self) -> None:
        """UserMistake for numbers that make no sense."""
        if self.keep_back < 0 or (self.at_most is not None and self.at_most < 1):
            raise UserMistake("Stock to keep back is 0 or more, stock to show 1 or more.", hint="Correct the number.")

    def shown(self, stock: int) -> int:
        """The quantity to offer of a stock, never below 0 nor above it."""
        left = max(0, stock - self.keep_back)
        return left if self.at_most is None else min(left, self.at_most)

    def explain(self, stock: int) -> str:
        """The same in words: “12 − 2 kept back, at most 5 → 5”."""
        words = f"{stock:,}"
        if self.keep_back:
            words += f" − {self.keep_back:,} kept back"
        if self.at_most is not None:
            words += f", at most {self.at_most:,}"
        return f"{words} → {self.shown(stock):,}"

    @property
    def is_plain(self) -> bool:
        """Whether all stock is shown."""
        return self == StockRule()


@dataclass(frozen=True, slots=True)
class ListingRules:
    """All rules of one account. ``template`` is that of descriptions, see ``domain.template``; empty for none.

    ``defaults`` are attributes for products that do not have them (a warranty, a country of origin), ``forbidden`` are
    words that must not be in title, description or keywords.
    """

    price: PriceRule = field(default_factory=PriceRule)
    stock: StockRule = field(default_factory=StockRule)
    template: str = ""
    defaults: Mapping[str, str] = field(default_factory=dict)
    forbidden: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether listings show what the products say."""
        return self.price.is_plain and self.stock.is_plain and not self.template and not self.defaults


def read_decimal(text: str, name: str) -> Decimal:
    """A number as a seller types it, with point or comma. UserMistake for anything else."""
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise UserMistake(f"“{text}” is not a number ({name}).", hint="Enter digits with a point, as 1.15.")
    return number


def to_form(rules: ListingRules) -> dict[str, Any]:
    """The rules as JSON values."""
    price, rate = rules.price, rules.price.rate
    return {
        "price": {
            "factor": str(price.factor),
            "addition": str(price.addition),
            "rounding": price.rounding.value,
            "margin": None if price.margin is None else str(price.margin),
            "fee": str(price.fee),
            "rate": None
            if rate is None
            else {
                "of": rate.of,
                "currency": rate.currency,
                "factor": str(rate.factor),
                "day": rate.day.isoformat(),
            },
        },
        "stock": {"keep_back": rules.stock.keep_back, "at_most": rules.stock.at_most},
        "template": rules.template,
        "defaults": dict(rules.defaults),
        "forbidden": list(rules.forbidden),
    }


def from_form(form: Mapping[str, Any]) -> ListingRules:
    """What ``to_form`` made of rules."""
    price, rate = form["price"], form["price"]["rate"]
    return ListingRules(
        PriceRule(
            factor=Decimal(price["factor"]),
            addition=Decimal(price["addition"]),
            rounding=Rounding(price["rounding"]),
            margin=None if price["margin"] is None else Decimal(price["margin"]),
            fee=Decimal(price["fee"]),
            rate=None
            if rate is None
            else Rate(rate["of"], rate["currency"], Decimal(rate["factor"]), date.fromisoformat(rate["day"])),
        ),
        StockRule(form["stock"]["keep_back"], form["stock"]["at_most"]),
        form["template"],
        form["defaults"],
        tuple(form.get("forbidden", ())),
    )
