"""Numbers as sellers write them: which style a column uses, with the evidence, and how to read it exactly."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from mmhub_desktop.catalog.plan import NumberStyle
from mmhub_desktop.domain.money import currency_decimals

_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009'’")
_POINT = re.compile(r"[+-]?(?:\d+|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d+)?|[+-]?\.\d+", re.ASCII)
_COMMA = re.compile(r"[+-]?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d+)?|[+-]?,\d+", re.ASCII)
_PARTS = re.compile(r"([^\d.,+\-]*)([+-]?[\d.,' \u00a0\u202f\u2009’]*[\d.,])([^\d.,]*)", re.ASCII)
_SYMBOLS = {"€": "EUR", "£": "GBP", "R$": "BRL", "ZŁ": "PLN", "US$": "USD", "CA$": "CAD", "₡": "CRC", "S/": "PEN"}
_CODES = """
AED ARS AUD BGN BOB BRL CAD CHF CLP CNY COP CRC CZK DKK EUR GBP GTQ HNL HUF IDR ILS INR ISK JPY KRW MXN MYR
NIO NOK NZD PAB PEN PHP PLN PYG RON RSD SEK SGD THB TRY TWD UAH USD UYU VES VND ZAR
"""
CURRENCIES = frozenset(_CODES.split())


@dataclass(frozen=True, slots=True)
class StyleFound:
    """The number style of a column, why, and whether the seller must decide."""

    style: NumberStyle
    evidence: str
    ask: bool = False


class NotANumber(ValueError):
    """The text is no number in the column's style; the message says why."""


def split_value(text: str) -> tuple[str, str]:
    """A value's number and what stands before or behind it (a currency or unit): "€ 1.234,50" → "1.234,50", "€"."""
    match = _PARTS.fullmatch(text.strip())
    if not match:
        return text.strip().translate(_SPACES), ""
    return match[2].translate(_SPACES), (match[1] + match[3]).strip()


@lru_cache(maxsize=256)
def currency_of(mark: str) -> str | None:
    """The ISO code that a sign or code beside a number stands for; "" for a bare $; None when it is no currency."""
    mark = mark.strip().rstrip(".").upper()
    if mark in CURRENCIES:
        return mark
    if mark in ("", "$"):
        return ""
    return _SYMBOLS.get(mark)


def find_style(values: Sequence[str]) -> StyleFound:
    """Decide a column's style from its values. A value that can be read in one way only is evidence."""
    votes: dict[NumberStyle, list[str]] = {NumberStyle.POINT: [], NumberStyle.COMMA: []}
    open_values: list[str] = []
    for value in values:
        number = split_value(value)[0]
        if "." not in number and "," not in number:
            continue
        point, comma = bool(_POINT.fullmatch(number)), bool(_COMMA.fullmatch(number))
        if point and comma and not _same_in_both(number):
            open_values.append(value)
        elif point != comma:
            votes[NumberStyle.POINT if point else NumberStyle.COMMA].append(value)
    points, commas = votes[NumberStyle.POINT], votes[NumberStyle.COMMA]
    if points and commas:
        return StyleFound(
            NumberStyle.EITHER,
            f"Both styles occur: {len(points)} values like {points[0]} and {len(commas)} like {commas[0]}.",
            ask=bool(open_values),
        )
    if points:
        return StyleFound(NumberStyle.POINT, f"{len(points)} values such as {points[0]} have a decimal point.")
    if commas:
        return StyleFound(NumberStyle.COMMA, f"{len(commas)} values such as {commas[0]} have a decimal comma.")
    if open_values:
        return StyleFound(NumberStyle.EITHER, f"{open_values[0]} can be read in two ways.", ask=True)
    return StyleFound(NumberStyle.EITHER, "The values have neither point nor comma.")


def _same_in_both(number: str) -> bool:
    """Whether a number that fits both styles means the same in both, such as 0.000 or a plain one."""
    return _value(number, NumberStyle.POINT) == _value(number, NumberStyle.COMMA)


def _value(number: str, style: NumberStyle) -> Decimal:
    if style is NumberStyle.COMMA:
        return Decimal(number.replace(".", "").replace(",", "."))
    return Decimal(number.replace(",", ""))


def parse_number(number: str, style: NumberStyle) -> Decimal:
    """The exact value of a number without signs and spaces. NotANumber when it does not fit the style."""
    if number.isdigit() and number.isascii():
        return Decimal(number)
    fits_point, fits_comma = bool(_POINT.fullmatch(number)), bool(_COMMA.fullmatch(number))
    if (style is NumberStyle.POINT and fits_point) or (style is NumberStyle.COMMA and fits_comma):
        return _value(number, style)
    if style is NumberStyle.EITHER and (fits_point or fits_comma):
        if fits_point and fits_comma and not _same_in_both(number):
            raise NotANumber("can be read in two ways: choose the number style of its column")
        return _value(number, NumberStyle.POINT if fits_point else NumberStyle.COMMA)
    if fits_point or fits_comma:
        name = "point" if style is NumberStyle.POINT else "comma"
        raise NotANumber(f"does not fit this column, whose numbers have a decimal {name}")
    raise NotANumber("is not a number")


@lru_cache(maxsize=65_536)
def parse_money(text: str, style: NumberStyle, currency: str) -> tuple[int, str]:
    """A price in minor units, rounded half up, and its currency: the value's own, else ``currency``.

    NotANumber when it is none, is negative, has no currency, or has another one than its row says.
    """
    number, mark = split_value(text)
    own = currency_of(mark)
    if own is None:
        raise NotANumber("is not an amount of money")
    if own and currency and own != currency and mark.upper() != "$":
        raise NotANumber(f"is in {own}, but the row says {currency}")
    currency = own or currency
    amount = parse_number(number, style)
    if amount < 0:
        raise NotANumber("is below zero")
    if not currency:
        raise NotANumber("has no currency")
    minor = int(amount.scaleb(currency_decimals(currency)).to_integral_value(ROUND_HALF_UP))
    if minor > 10**15:
        raise NotANumber("is too large")
    return minor, currency


@lru_cache(maxsize=16_384)
def parse_whole(text: str, style: NumberStyle) -> int:
    """A count such as a quantity; "10.0" is 10. NotANumber when it is broken, negative or no number."""
    amount = parse_number(split_value(text)[0], style)
    if amount != amount.to_integral_value():
        raise NotANumber("is not a whole number")
    if not 0 <= amount <= 10**9:
        raise NotANumber("is below zero" if amount < 0 else "is too large")
    return int(amount)


# How much one of a unit is in the unit that is stored: grams and millimetres.
WEIGHT_UNITS = {"g": Decimal(1), "kg": Decimal(1000), "mg": Decimal("0.001"), "lb": Decimal("453.59237"),
                "lbs": Decimal("453.59237"), "oz": Decimal("28.349523125"), "gr": Decimal(1)}  # fmt: skip
LENGTH_UNITS = {"mm": Decimal(1), "cm": Decimal(10), "m": Decimal(1000), "in": Decimal("25.4"),
                "inch": Decimal("25.4"), '"': Decimal("25.4"), "ft": Decimal("304.8")}  # fmt: skip


@lru_cache(maxsize=16_384)
def parse_measure(text: str, style: NumberStyle, unit: str, *, weight: bool) -> int:
    """A weight in grams or a length in millimetres, rounded. NotANumber when it is none or its unit is unknown."""
    number, mark = split_value(text)
    units = WEIGHT_UNITS if weight else LENGTH_UNITS
    factor = units.get(mark.lower().rstrip(".") or unit)
    if factor is None:
        raise NotANumber("has no known unit")
    amount = parse_number(number, style) * factor
    if not 0 <= amount <= 10**9:
        raise NotANumber("is below zero" if amount < 0 else "is too large")
    return int(amount.to_integral_value(ROUND_HALF_UP))
