"""Numbers as sellers write them: which style a column uses, with the evidence, and how to read it exactly."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from mmhub_desktop.catalog.plan import NumberStyle
from mmhub_desktop.domain.money import currency_decimals

# Taken out of numbers: spaces of all kinds, Swiss and Arabic signs between thousands, marks of writing direction.
_WITHOUT = dict.fromkeys(map(ord, " \t\r\n\u00a0\u202f\u2009'’`´٬\u200b\u200e\u200f\u061c\ufeff"))
_PLAIN = {
    **_WITHOUT, ord("−"): "-", ord("٫"): ".",
    **{first + digit: str(digit) for first in (0x660, 0x6F0, 0x966, 0xFF10) for digit in range(10)},
}  # fmt: skip
_SPACED = {**_PLAIN, **dict.fromkeys(map(ord, " \u00a0\u202f\u2009"), " ")}
_POINT = re.compile(
    r"[+-]?(?:\d+|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d?(?:,\d\d)+,\d{3})(?:\.\d+)?|[+-]?\.\d+", re.ASCII
)  # the middle one as in India: 1,00,000
_COMMA = re.compile(r"[+-]?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d+)?|[+-]?,\d+", re.ASCII)
_FIRST, _LAST = re.compile(r"\d"), re.compile(r"\d(?=\D*$)")
_WHOLE_PRICE = re.compile(r"[.,](?:[-–—=]+)?(?!\w)")  # the end of "12,-" and "12."
_SYMBOLS = {
    "€": "EUR", "EURO": "EUR", "EUROS": "EUR", "£": "GBP", "R$": "BRL", "REAIS": "BRL", "ZŁ": "PLN", "ZL": "PLN",
    "ZŁOTYCH": "PLN", "ZŁOTE": "PLN", "US$": "USD", "U$S": "USD", "USD$": "USD", "CA$": "CAD",
    "C$": "CAD", "AU$": "AUD", "A$": "AUD", "NZ$": "NZD", "MX$": "MXN", "MEX$": "MXN", "CL$": "CLP", "CLP$": "CLP",
    "AR$": "ARS", "COL$": "COP", "₡": "CRC", "S/": "PEN", "KČ": "CZK", "FT": "HUF", "LEI": "RON", "₹": "INR",
    "₺": "TRY", "TL": "TRY", "₴": "UAH", "₩": "KRW", "₪": "ILS", "฿": "THB", "₫": "VND", "₱": "PHP", "ЛВ": "BGN",
    "FR": "CHF", "SFR": "CHF", "G$": "PYG", "BS": "BOB", "HK$": "HKD", "S$": "SGD",
}  # fmt: skip
_CODES = """
AED ARS AUD BGN BOB BRL CAD CHF CLP CNY COP CRC CZK DKK EUR GBP GTQ HKD HNL HUF IDR ILS INR ISK JPY KRW KWD MXN MYR
NIO NOK NZD PAB PEN PHP PLN PYG RON RSD SEK SGD THB TRY TWD UAH USD UYU VES VND ZAR
"""
CURRENCIES = frozenset(_CODES.split())
NOTHING = frozenset(("-", "–", "—", "n/a", "#n/a", "null", "none", "nil", "nan", "k.a.", "s/d"))  # words for "empty"


@dataclass(frozen=True, slots=True)
class StyleFound:
    """The number style of a column, why, and whether the seller must decide."""

    style: NumberStyle
    evidence: str
    ask: bool = False
    open_values: tuple[str, ...] = ()  # some of those that can be read in two ways


class NotANumber(ValueError):
    """The text is no number in the column's style; the message says why."""


def split_value(text: str) -> tuple[str, str]:
    """A value's number and what stands before or behind it (a currency or unit): "€ 1.234,50" → "1.234,50", "€".

    A minus is kept with the number, wherever it stands; so are brackets, which mean the same in accounts.
    """
    text = text.strip()
    if not text.isascii():
        text = text.translate(_SPACED)
    first, last = _FIRST.search(text), _LAST.search(text)
    if first is None or last is None:
        return text.translate(_PLAIN), ""
    begin, end = first.start(), last.start() + 1
    before, behind = text[:begin], text[end:]
    if before.endswith((".", ",")) and not (before[:-1] and (before[-2].isalpha() or before[-2] == "/")):
        before, begin = before[:-1], begin - 1
    number = text[begin:end].translate(_PLAIN)
    before, behind = before.strip(), _WHOLE_PRICE.sub("", behind.strip(), count=1).strip()
    if before.startswith("(") and behind.endswith(")"):
        before, behind, number = before[1:].strip(), behind[:-1].strip(), f"-{number}"
    elif before.endswith(("-", "+")):
        number, before = before[-1] + number, before[:-1].strip()
    elif before.startswith("-"):
        number, before = f"-{number}", before[1:].strip()
    elif behind == "-":
        number, behind = f"-{number}", ""
    return number, f"{before} {behind}".strip()


@lru_cache(maxsize=256)
def currency_of(mark: str) -> str | None:
    """The ISO code that a sign or code beside a number stands for; "" for a bare $; None when it is no currency.

    Several marks must mean the same: "US$ 5 USD" is, "€ 5 USD" is no price.
    """
    found = {_SYMBOLS.get(each) or (each if each in CURRENCIES else None) for each in _marks(mark)}
    return found.pop() if len(found) == 1 else None if found else ""


def _marks(mark: str) -> list[str]:
    """The parts of a mark that say something: without signs and words that many currencies share."""
    parts = (part.strip(".") for part in mark.upper().split())
    return [part for part in parts if part not in _SHARED]


_SHARED = {"", "$", "KR", "¥", "PESOS", "PESO", "RS", "DOLLARS", "DOLLAR"}


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
            f"Both styles occur: {_counted(points)} like {points[0]} and {len(commas):,} like {commas[0]}.",
            ask=bool(open_values),
            open_values=tuple(open_values[:5]),
        )
    if points:
        return StyleFound(NumberStyle.POINT, f"A decimal point, in {_counted(points)} such as {points[0]}.")
    if commas:
        return StyleFound(NumberStyle.COMMA, f"A decimal comma, in {_counted(commas)} such as {commas[0]}.")
    if open_values:
        said = f"{open_values[0]} can be read in two ways."
        return StyleFound(NumberStyle.EITHER, said, ask=True, open_values=tuple(open_values[:5]))
    return StyleFound(NumberStyle.EITHER, "The values have neither point nor comma.")


def _counted(values: Sequence[str]) -> str:
    return "1 value" if len(values) == 1 else f"{len(values):,} values"


def _same_in_both(number: str) -> bool:
    """Whether a number that fits both styles means the same in both, such as 0.000 or a plain one."""
    return _value(number, NumberStyle.POINT) == _value(number, NumberStyle.COMMA)


def _value(number: str, style: NumberStyle) -> Decimal:
    if style is NumberStyle.COMMA:
        return Decimal(number.replace(".", "").replace(",", "."))
    return Decimal(number.replace(",", ""))


def parse_number(number: str, style: NumberStyle) -> Decimal:
    """The exact value of a number without signs and spaces. NotANumber when it is none.

    What can be read in one way only is read so, whatever the rest of the column looks like; ``style`` decides the
    others, and EITHER leaves them open: NotANumber.
    """
    if number.isdecimal():
        return Decimal(number)
    fits_point, fits_comma = bool(_POINT.fullmatch(number)), bool(_COMMA.fullmatch(number))
    if not fits_point and not fits_comma:
        raise NotANumber("is not a number")
    if fits_point != fits_comma:
        return _value(number, NumberStyle.POINT if fits_point else NumberStyle.COMMA)
    if style is NumberStyle.EITHER and not _same_in_both(number):
        raise NotANumber("can be read in two ways: choose the number style of its column")
    return _value(number, style)


@lru_cache(maxsize=65_536)
def parse_money(text: str, style: NumberStyle, currency: str) -> tuple[int, str, bool]:
    """A price in minor units, its currency (the value's own, else ``currency``), and whether it was rounded, half up.

    NotANumber when it is none, is negative, has no currency, or has another one than its row says.
    """
    number, mark = split_value(text)
    own = currency_of(mark)
    if own is None:
        raise NotANumber("is not an amount of money")
    if own and currency and own != currency:
        raise NotANumber(f"is in {own}, but the row says {currency}")
    currency = own or currency
    amount = parse_number(number, style)
    if amount < 0:
        raise NotANumber("is below zero")
    if not currency:
        raise NotANumber("has no currency")
    exact = amount.scaleb(currency_decimals(currency))
    minor = int(exact.to_integral_value(ROUND_HALF_UP))
    if minor > 10**15:
        raise NotANumber("is too large")
    return minor, currency, minor != exact


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


# Other names of the units, as they stand behind numbers.
_UNIT_WORDS = {
    **dict.fromkeys(("kgs", "kilo", "kilos", "kilogram", "kilograms", "kilogramm", "kilogramos", "quilos"), "kg"),
    **dict.fromkeys(("grs", "gram", "grams", "gramm", "gramos", "gramas", "gramow"), "g"),
    **dict.fromkeys(("pound", "pounds", "libra", "libras"), "lb"),
    **dict.fromkeys(("ounce", "ounces", "onza", "onzas", "unze"), "oz"),
    **dict.fromkeys(("cms", "centimeter", "centimeters", "centimetros", "zentimeter"), "cm"),
    **dict.fromkeys(("mms", "millimeter", "millimeters", "milimetros"), "mm"),
    **dict.fromkeys(("meter", "meters", "metros", "mt", "mts"), "m"),
    **dict.fromkeys(("inches", "zoll", "pulgadas", "pulg", "″", "”", "''"), "in"),
    **dict.fromkeys(("feet", "foot", "′", "'"), "ft"),
}
_TWO_MEASURES = re.compile(r"(\d[\d.,]*)\s*([^\d\s.,]+)\.?\s*(\d[\d.,]*)\s*([^\d\s.,]+)\.?")


@lru_cache(maxsize=16_384)
def parse_measure(text: str, style: NumberStyle, unit: str, *, weight: bool) -> int:
    """A weight in grams or a length in millimetres, rounded; also of two parts, as in "2 lb 3 oz".

    NotANumber when it is none or its unit is unknown.
    """
    units = WEIGHT_UNITS if weight else LENGTH_UNITS
    both = _TWO_MEASURES.fullmatch(text.strip())
    parts = [(both[1], both[2]), (both[3], both[4])] if both else [split_value(text)]
    amount, smallest = Decimal(0), None
    for number, mark in parts:
        name = mark.lower().rstrip(".") or unit
        factor = units.get(_UNIT_WORDS.get(name, name))
        if factor is None or (smallest is not None and factor >= smallest):
            raise NotANumber("has no known unit")
        amount, smallest = amount + parse_number(number, style) * factor, factor
    if not 0 <= amount <= 10**9:
        raise NotANumber("is below zero" if amount < 0 else "is too large")
    return int(amount.to_integral_value(ROUND_HALF_UP))
