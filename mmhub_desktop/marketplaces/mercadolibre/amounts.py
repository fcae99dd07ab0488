"""Money as MercadoLibre's JSON carries it."""

from decimal import Decimal
from typing import Any

from mmhub_desktop.domain.money import Money


def json_number(money: Money) -> int | float:
    """An amount as a JSON number: whole where it can be, else the shortest float that prints as that amount.

    Exact for amounts of up to 15 digits; ``map_draft`` refuses longer ones.
    """
    amount = money.amount
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def read_money(value: Any, currency: str) -> Money | None:
    """An amount from JSON, by its printed digits; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)) or not currency:
        return None
    try:
        return Money.of(Decimal(str(value)), currency)
    except ArithmeticError:
        return None
