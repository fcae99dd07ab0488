"""Formulas that sellers write: ``cost * 1.4 + 2``, ``price - 10%``, and text with names in it: ``{brand} {title}``.

Amounts are exact. A percentage behind + or - is one of what stands before it, as on a pocket calculator.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, DivisionByZero, InvalidOperation

from mmhub_desktop.errors import UserMistake

Names = Mapping[str, Decimal | None]
_TOKEN = re.compile(r"\s*(?:(\d+(?:[.,]\d+)?)|([a-z][a-z_]*)|([-+*/()%]))", re.IGNORECASE)
_IN_BRACES = re.compile(r"\{([^{}]*)\}")
_EXAMPLE = "For example: cost * 1.4 + 2, or price - 10%."
_LONGEST = 200
_DEEPEST = 20


class Missing(Exception):
    """A product does not have what the formula needs; its text is the name."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was understood: the names it uses, and what works it out.

    ``evaluate`` raises Missing for a name without a value, and UserMistake where there is no result.
    """

    names: frozenset[str]
    _term: Callable[[Names], Decimal]

    def evaluate(self, values: Names) -> Decimal:
        """The result for these values."""
        try:
            return self._term(values)
        except (DivisionByZero, InvalidOperation) as error:
            raise UserMistake("The formula divides by zero here.", hint="Change the formula.") from error


def read_formula(text: str, names: Sequence[str]) -> Formula:
    """Understand a formula over these names. UserMistake says what is wrong with it."""
    if len(text) > _LONGEST:
        raise UserMistake("The formula is too long.", hint=f"Use at most {_LONGEST} characters.")
    return _Parser(text, names).read()


def fill_template(text: str, names: Sequence[str]) -> tuple[frozenset[str], Callable[[Mapping[str, str]], str]]:
    """The names in a text with ``{name}`` in it, and what fills it; empty values leave no double space."""
    used = frozenset(name.strip().lower() for name in _IN_BRACES.findall(text))
    if unknown := sorted(used - set(names)):
        raise UserMistake(f"“{{{unknown[0]}}}” is not a field.", hint=f"Use one of {', '.join(names)}.")
    if not used:
        raise UserMistake(
            "The text has no field in it.", hint="Write fields in braces, as {brand} {title}; or use “Set”."
        )

    def fill(values: Mapping[str, str]) -> str:
        filled = _IN_BRACES.sub(lambda found: values[found[1].strip().lower()], text)
        return re.sub(r" {2,}", " ", filled).strip()

    return used, fill


class _Parser:
    def __init__(self, text: str, names: Sequence[str]) -> None:
        self._names = names
        self._used: set[str] = set()
        self._depth = 0
        self._tokens: list[str] = []
        place = 0
        while text[place:].strip():
            found = _TOKEN.match(text, place)
            if found is None:
                raise UserMistake(f"“{text[place:].strip()[0]}” cannot stand in a formula.", hint=_EXAMPLE)
            self._tokens.append(found[0].strip().lower())
            place = found.end()

    def read(self) -> Formula:
        term, percent = self._sum()
        if self._tokens:
            raise UserMistake(f"“{self._tokens[0]}” is not expected there.", hint=_EXAMPLE)
        if percent:
            raise UserMistake("A percentage alone is of nothing.", hint=_EXAMPLE)
        return Formula(frozenset(self._used), term)

    def _next(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def _sum(self) -> tuple[Callable[[Names], Decimal], bool]:
        left, percent = self._product()
        while self._next() in ("+", "-"):
            sign = Decimal(1 if self._tokens.pop(0) == "+" else -1)
            right, of_left = self._product()
            left, percent = _added(left, right, sign, of_left=of_left), False
        return left, percent

    def _product(self) -> tuple[Callable[[Names], Decimal], bool]:
        left, percent = self._factor()
        while self._next() in ("*", "/"):
            times = self._tokens.pop(0) == "*"
            right, _ = self._factor()
            left, percent = _multiplied(left, right, times=times), False
        return left, percent

    def _factor(self) -> tuple[Callable[[Names], Decimal], bool]:
        if not self._tokens:
            raise UserMistake("The formula ends too early.", hint=_EXAMPLE)
        part = self._tokens.pop(0)
        if part == "-":
            inner, percent = self._factor()
            return (lambda values: -inner(values)), percent
        if part == "(":
            self._depth += 1
            if self._depth > _DEEPEST:
                raise UserMistake("The formula has too many brackets.", hint=_EXAMPLE)
            term, _ = self._sum()
            if not self._tokens or self._tokens.pop(0) != ")":
                raise UserMistake("A bracket is not closed.", hint=_EXAMPLE)
            self._depth -= 1
        elif part[0].isdigit():
            amount = Decimal(part.replace(",", "."))
            term = lambda _values: amount  # noqa: E731 - one of several shapes of the same thing
        elif part[0].isalpha():
            term = self._name(part)
        else:
            raise UserMistake(f"“{part}” is not expected there.", hint=_EXAMPLE)
        if self._next() == "%":
            self._tokens.pop(0)
            return (lambda values: term(values) / 100), True
        return term, False

    def _name(self, name: str) -> Callable[[Names], Decimal]:
        if name not in self._names:
            raise UserMistake(f"“{name}” is not a number of a product.", hint=f"Use {', '.join(self._names)}.")
        self._used.add(name)

        def look_up(values: Names) -> Decimal:
            value = values[name]
            if value is None:
                raise Missing(name)
            return value

        return look_up


def _added(
    left: Callable[[Names], Decimal], right: Callable[[Names], Decimal], sign: Decimal, *, of_left: bool
) -> Callable[[Names], Decimal]:
    if of_left:
        return lambda values: left(values) * (1 + sign * right(values))
    return lambda values: left(values) + sign * right(values)


def _multiplied(
    left: Callable[[Names], Decimal], right: Callable[[Names], Decimal], *, times: bool
) -> Callable[[Names], Decimal]:
    if times:
        return lambda values: left(values) * right(values)
    return lambda values: left(values) / right(values)
