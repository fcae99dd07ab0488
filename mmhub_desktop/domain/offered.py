"""Price and quantity as an account offers them: what was set for the listing itself, else the account's rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mmhub_desktop.domain.listing_rules import ListingRules
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.price_rule import Priced, floor_of, price_by, work_out
from mmhub_desktop.errors import Finding


@dataclass(frozen=True, slots=True)
class Own:
    """What was set for a listing itself, as ``Listing.overrides`` keeps it."""

    price: Money | None = None
    quantity: int | None = None

    @classmethod
    def of(cls, overrides: Mapping[str, Any]) -> "Own":
        """Read from the overrides of a listing."""
        minor, quantity = overrides.get("price_minor"), overrides.get("quantity")
        price = None if minor is None else Money(int(minor), str(overrides.get("currency", "")))
        return cls(price, None if quantity is None else int(quantity))


def offered_price(own: Own, price: Money | None, cost: Money | None, rules: ListingRules, today: date) -> Priced:
    """The price there; what was set for the listing is raised to the floor, which nothing breaks."""
    if own.price is None:
        return Priced(price) if rules.price.is_plain else work_out(rules.price, price, cost, today)
    floor = floor_of(rules.price, cost, own.price.currency)
    if floor is None or own.price.minor >= floor.minor:
        return Priced(own.price, "", floor)
    message = f"The price set for this account is below the floor; {floor} is offered."
    fix = "Set a higher price, or lower the margin of the account's price rule."
    finding = Finding("price.floor", "price", message, fix, str(own.price), str(floor), blocks=False)
    return Priced(floor, f"Set for this account to {own.price}, raised to the floor {floor}", floor, (finding,))


def offered_amount(own: Own, price: Money | None, cost: Money | None, rules: ListingRules) -> Money | None:
    """``offered_price`` without its words: asked for each row where many listings are compared."""
    if own.price is not None:
        floor = floor_of(rules.price, cost, own.price.currency)
        return own.price if floor is None or own.price.minor >= floor.minor else floor
    return price if price is None or rules.price.is_plain else price_by(rules.price, price, cost)


def offered_quantity(own: Own, stock: int, rules: ListingRules) -> int:
    """The quantity there: never more than there is, whatever was set."""
    if own.quantity is not None:
        return min(own.quantity, max(0, stock))
    return stock if rules.stock.is_plain else rules.stock.shown(stock)
