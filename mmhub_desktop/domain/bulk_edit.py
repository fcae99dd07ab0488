"""A bulk edit: one operation on one field of any number of products, checked once and applied row by row.

Pure: rows come in as stored columns, and what is to be written comes out. A new operation is one entry here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from mmhub_desktop.domain.bulk_fields import NUMBERS, TEXTS, BulkField, Row, ValueKind, Values, find_field
from mmhub_desktop.domain.formula import Missing, fill_template, read_formula
from mmhub_desktop.domain.measures import read_weight
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.price_rule import Rounding, round_up
from mmhub_desktop.domain.product_cells import read_currency, read_price, read_quantity
from mmhub_desktop.errors import UserMistake

Inputs = Mapping[str, str]
# (old value, new value, columns to write; none when it stays the same), or in words why the product is left out
Outcome = tuple[Any, Any, Values] | str
Change = Callable[[Row, Any], Any]  # a row and the field's value → the new value; UserMistake refuses the product
_MOST_PIECES = 999_999_999
_MOST_MINOR = 10**15


class InputKind(StrEnum):
    """How an operation's input is asked for."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    YES_NO = "yes_no"
    VALUE = "value"  # a value of the field itself


@dataclass(frozen=True, slots=True)
class Input:
    """One thing an operation asks for. ``choices``: (value, label)."""

    name: str
    label: str
    kind: InputKind = InputKind.TEXT
    hint: str = ""
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """Something to do with a field. ``prepare`` checks the inputs and gives what is done to each value."""

    name: str
    label: str
    kinds: frozenset[ValueKind]
    inputs: tuple[Input, ...]
    prepare: Callable[[BulkField, Inputs], "Prepared"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is done to each value, and the columns it looks at besides the field's own.

    ``endless``: whether what the seller typed decides how long it takes, so that it must be watched.
    """

    change: Change
    columns: tuple[str, ...] = ()
    endless: bool = False


@dataclass(frozen=True, slots=True)
class BulkEdit:
    """What a seller asks for: names of a field and an operation, with its inputs as typed."""

    field: str
    operation: str
    inputs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReadyEdit:
    """A bulk edit that was checked. ``columns`` is all it reads; ``endless`` as in ``Prepared``."""

    field: BulkField
    columns: tuple[str, ...]
    label: str
    endless: bool
    _change: Change

    def outcome(self, row: Row) -> Outcome:
        """``apply``, with a refusal in words."""
        try:
            return self.apply(row)
        except UserMistake as refusal:
            return str(refusal)

    def apply(self, row: Row) -> tuple[Any, Any, Values]:
        """(old value, new value, columns to write; none when it stays the same). UserMistake refuses the product."""
        old = self.field.read(row)
        new = self._change(row, old)
        if new == old:
            return old, old, {}
        if self.field.needed and not new:
            raise UserMistake(
                f"The {self.field.label.lower()} would be empty.", hint="Leave this product out, or change the edit."
            )
        return old, new, self.field.write(row, new)


def check_edit(edit: BulkEdit) -> ReadyEdit:
    """Understand an edit. UserMistake says what is missing or wrong in it."""
    field = find_field(edit.field)
    if field is None:
        raise UserMistake(f"“{edit.field}” cannot be edited in bulk.", hint="Choose a field from the list.")
    operation = OPERATIONS.get(edit.operation)
    if operation is None or operation not in operations_for(field):
        raise UserMistake(f"{field.label} cannot be edited like that.", hint="Choose another operation.")
    given = {each.name: each.default for each in operation.inputs} | dict(edit.inputs)
    prepared = operation.prepare(field, given)
    columns = tuple(dict.fromkeys((*field.columns, *prepared.columns)))
    return ReadyEdit(field, columns, f"{field.label}: {operation.label.lower()}", prepared.endless, prepared.change)


def operations_for(field: BulkField) -> tuple[Operation, ...]:
    """What can be done with a field."""
    return tuple(
        each for each in OPERATIONS.values() if field.kind in each.kinds and not (each.name == "clear" and field.needed)
    )


def _set(field: BulkField, given: Inputs) -> Prepared:
    text = given["value"]
    if field.kind is ValueKind.MONEY:
        return Prepared(_set_money(field, text))
    value = _read_value(field, text)
    return Prepared(lambda _row, _old: value)


def _read_value(field: BulkField, text: str) -> Any:
    kind = field.kind
    if kind is ValueKind.WHOLE:
        return read_quantity(text)
    if kind is ValueKind.WEIGHT:
        return read_weight(text)
    if kind is ValueKind.LIST:
        return _words(text)
    if kind in (ValueKind.CHOICE, ValueKind.YES_NO):
        if text not in dict(field.choices):
            raise UserMistake(f"Choose the {field.label.lower()}.", hint="It is one of the list.")
        return text == "yes" if kind is ValueKind.YES_NO else text
    if not text.strip():
        raise UserMistake("There is nothing to set.", hint="Enter a value; to empty the field choose “Clear”.")
    return text.strip()


def _set_money(field: BulkField, text: str) -> Change:
    """An amount in each product's own currency, or with a currency behind it, which then is the product's."""
    amount, _, code = text.strip().rpartition(" ")
    currency = read_currency(code) if amount and code.isalpha() else ""
    amount = amount if currency else text
    if read_price(amount, currency or "EUR", field.name) is None:
        raise UserMistake("There is nothing to set.", hint="Enter an amount; to empty the field choose “Clear”.")
    other = "cost_minor" if field.name == "price" else "price_minor"

    def change(row: Row, _old: Money | None) -> Money | None:
        own = currency or row["currency"]
        if not own:
            raise UserMistake("The product has no currency.", hint="Enter the amount with one, as 10 EUR.")
        if currency and row[other] is not None and row["currency"] != currency:
            what = "cost" if field.name == "price" else "price"
            raise UserMistake(f"Its {what} is in {row['currency']}.", hint="A product has one currency.")
        return read_price(amount, own, field.name)

    return change


def _clear(field: BulkField, _given: Inputs) -> Prepared:
    empty: Any = {ValueKind.TEXT: "", ValueKind.LIST: ()}.get(field.kind)
    return Prepared(lambda _row, _old: empty)


def _put(given: Inputs, *, before: bool) -> Prepared:
    text = given["text"]
    if not text.strip():
        raise UserMistake("There is no text to add.", hint="Enter the text.")

    def change(_row: Row, old: str) -> str:
        if before:
            return old if old.startswith(text) else f"{text}{old}"
        return old if old.endswith(text) else f"{old}{text}"

    return Prepared(change)


def _replace(field: BulkField, given: Inputs) -> Prepared:
    wanted, by = given["find"], given["by"]
    if not wanted:
        raise UserMistake("There is no text to look for.", hint="Enter what is to be replaced.")
    flags = 0 if given["case"] == "yes" else re.IGNORECASE
    try:
        pattern = re.compile(wanted if given["pattern"] == "yes" else re.escape(wanted), flags)
        made: Any = by if given["pattern"] == "yes" else lambda _found: by
        pattern.sub(made, "")
        if given["pattern"] == "yes":
            re.compile(f"(?:{wanted})|", flags).sub(made, "")  # tries the groups that the replacement names
    except (re.error, IndexError) as error:
        raise UserMistake("The pattern is not understood.", hint="Correct it, or switch patterns off.",
                          original=str(error)) from error  # fmt: skip

    def change(_row: Row, old: Any) -> Any:
        if field.kind is ValueKind.LIST:
            return tuple(dict.fromkeys(new for each in old if (new := pattern.sub(made, each).strip())))
        return pattern.sub(made, old)

    return Prepared(change, endless=given["pattern"] == "yes")


def _fill(_field: BulkField, given: Inputs) -> Prepared:
    used, fill = fill_template(given["template"], tuple(TEXTS))
    columns = tuple(column for name in used for column in TEXTS[name][0])
    return Prepared(lambda row, _old: fill({name: TEXTS[name][1](row) for name in used}), columns)


def _change_amount(field: BulkField, given: Inputs) -> Prepared:
    text = given["by"].strip().replace(" ", "").replace(",", ".")
    found = re.fullmatch(r"([+-]?\d+(?:\.\d+)?)(%?)", text)
    if found is None:
        raise UserMistake(f"“{given['by']}” is not a change.", hint="Enter +10%, -5% or an amount as -2.50.")
    number, rounding = Decimal(found[1]), Rounding(given["rounding"])

    def change(_row: Row, old: Money | None) -> Money:
        if old is None:
            raise UserMistake(f"It has no {field.label.lower()}.", hint="Set one first.")
        amount = old.amount * (1 + number / 100) if found[2] else old.amount + number
        return _rounded(amount, old.currency, rounding, field)

    return Prepared(change)


def _rounded(amount: Decimal, currency: str, rounding: Rounding, field: BulkField) -> Money:
    if abs(amount) > _MOST_MINOR:
        raise UserMistake(f"The {field.label.lower()} would be too large.", hint="Change the edit.")
    money = Money.of(round_up(Money.of(amount, currency).amount, currency, rounding), currency)
    if money.minor < 0:
        raise UserMistake(f"The {field.label.lower()} would be below zero.", hint="Change the edit.")
    return money


def _compute(field: BulkField, given: Inputs) -> Prepared:
    formula = read_formula(given["formula"], tuple(NUMBERS))
    columns = tuple(column for name in formula.names for column in NUMBERS[name][0])
    rounding = Rounding(given.get("rounding", Rounding.NONE.value))

    def change(row: Row, _old: Any) -> Any:
        try:
            result = formula.evaluate({name: NUMBERS[name][1](row) for name in formula.names})
        except Missing as missing:
            raise UserMistake(f"It has no {missing}.", hint="The formula needs one.") from missing
        if field.kind is ValueKind.MONEY:
            if not row["currency"]:
                raise UserMistake("The product has no currency.", hint="Set a price with its currency first.")
            return _rounded(result, row["currency"], rounding, field)
        return _pieces(result.quantize(Decimal(1), rounding=ROUND_HALF_UP), field)

    return Prepared(change, columns)


def _pieces(number: Decimal, field: BulkField) -> int:
    if not 0 <= number <= _MOST_PIECES:
        raise UserMistake(f"The {field.label.lower()} would be {number:,}.", hint="It must be 0 or more.")
    return int(number)


def _add_pieces(field: BulkField, given: Inputs) -> Prepared:
    text = given["by"].strip().replace(" ", "")
    if not re.fullmatch(r"[+-]?\d{1,9}", text):
        raise UserMistake(f"“{given['by']}” is not a whole number.", hint="Enter +5 or -3.")
    number = int(text)
    return Prepared(lambda _row, old: _pieces(Decimal(old + number), field))


def _words(text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(word.strip() for word in re.split(r"[,\n]", text) if word.strip()))
    if not found:
        raise UserMistake("There is nothing in the list.", hint="Enter values, separated by commas.")
    return found


def _add_words(_field: BulkField, given: Inputs) -> Prepared:
    added = _words(given["words"])
    if given.get("first") == "yes":
        return Prepared(lambda _row, old: (*added, *(each for each in old if each not in added)))
    return Prepared(lambda _row, old: tuple(dict.fromkeys((*old, *added))))


def _remove_words(_field: BulkField, given: Inputs) -> Prepared:
    gone = {word.casefold() for word in _words(given["words"])}
    return Prepared(lambda _row, old: tuple(each for each in old if each.casefold() not in gone))


_ROUNDING = Input(
    "rounding", "Round up", InputKind.CHOICE, default=Rounding.NONE.value,
    choices=(
        (Rounding.NONE.value, "as it comes"), (Rounding.NINETY_NINE.value, "the next .99"),
        (Rounding.NINETY_FIVE.value, "the next .95"), (Rounding.FIVE.value, "the next 5"),
        (Rounding.TEN.value, "the next 10"),
    ),
)  # fmt: skip
_LIST_HINT = "Separated by commas"
_VALUE = Input("value", "New value", InputKind.VALUE)
_TEXTS, _AMOUNTS = frozenset({ValueKind.TEXT}), frozenset({ValueKind.MONEY})
_PIECES, _LISTS = frozenset({ValueKind.WHOLE}), frozenset({ValueKind.LIST})

OPERATIONS: Mapping[str, Operation] = {
    operation.name: operation
    for operation in (
        Operation("change", "Add or take off", _AMOUNTS,
                  (Input("by", "By", hint="+10%, -5%, or an amount as -2.50"), _ROUNDING), _change_amount),
        Operation("add", "Add or take off", _PIECES, (Input("by", "By", hint="+5 or -3"),), _add_pieces),
        Operation("set", "Set", frozenset(ValueKind), (_VALUE,), _set),
        Operation("replace", "Find and replace", _TEXTS | _LISTS, (
            Input("find", "Find"), Input("by", "Replace by"),
            Input("case", "Upper and lower case matter", InputKind.YES_NO),
            Input("pattern", "Is a pattern (regular expression)", InputKind.YES_NO),
        ), _replace),
        Operation("prepend", "Put before", _TEXTS,
                  (Input("text", "Text", hint="With a space at its end if it needs one"),),
                  lambda _field, given: _put(given, before=True)),
        Operation("append", "Put behind", _TEXTS,
                  (Input("text", "Text", hint="With a space at its beginning if it needs one"),),
                  lambda _field, given: _put(given, before=False)),
        Operation("fill", "Compose from other fields", _TEXTS,
                  (Input("template", "Text", InputKind.LONG_TEXT, hint=f"Fields in braces: {', '.join(TEXTS)}"),),
                  _fill),
        Operation("compute", "Compute", _AMOUNTS | _PIECES,
                  (Input("formula", "Formula", hint="cost * 1.4 + 2, or price - 10%; with "
                         f"{', '.join(NUMBERS)}"), _ROUNDING), _compute),
        Operation("add_words", "Add", _LISTS,
                  (Input("words", "Values", hint=_LIST_HINT), Input("first", "Before the others", InputKind.YES_NO)),
                  _add_words),
        Operation("remove_words", "Remove", _LISTS, (Input("words", "Values", hint=_LIST_HINT),), _remove_words),
        Operation("clear", "Clear",
                  frozenset({ValueKind.TEXT, ValueKind.MONEY, ValueKind.WEIGHT, ValueKind.LIST}), (), _clear),
    )
}  # fmt: skip
