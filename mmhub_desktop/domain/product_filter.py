"""Filters of products: which fields there are, how each can be compared, and how a filter is written in a line.

A value is always text, as a seller types it: amounts as ``10.50``, days as ``2026-11-20``, a range as ``10..20``,
several choices as ``new,used``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from mmhub_desktop.domain.kept_image import ImageState
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.product import Condition, ProductStatus
from mmhub_desktop.domain.readiness import ReadyState
from mmhub_desktop.errors import UserMistake


class Kind(StrEnum):
    """What a field's values are."""

    TEXT = "text"
    NUMBER = "number"  # whole
    MONEY = "money"  # a decimal amount, in each product's own currency
    DATE = "date"  # days by UTC
    CHOICE = "choice"
    YES_NO = "yes_no"


class Operator(StrEnum):
    """How a field is compared. Case and accents of text do not count."""

    CONTAINS = "contains"
    STARTS = "starts"
    IS = "is"
    IS_NOT = "is_not"
    EMPTY = "empty"
    SET = "set"
    BELOW = "below"
    AT_MOST = "at_most"
    ABOVE = "above"
    AT_LEAST = "at_least"
    BETWEEN = "between"  # both ends belong to it
    LAST_DAYS = "last_days"
    BEFORE = "before"
    AFTER = "after"
    ONE_OF = "one_of"
    NONE_OF = "none_of"


OPERATOR_WORDS: Mapping[Operator, str] = {
    Operator.CONTAINS: "contains",
    Operator.STARTS: "starts with",
    Operator.IS: "is",
    Operator.IS_NOT: "is not",
    Operator.EMPTY: "is empty",
    Operator.SET: "is set",
    Operator.BELOW: "is below",
    Operator.AT_MOST: "is at most",
    Operator.ABOVE: "is above",
    Operator.AT_LEAST: "is at least",
    Operator.BETWEEN: "is between",
    Operator.LAST_DAYS: "in the last days",
    Operator.BEFORE: "before",
    Operator.AFTER: "after",
    Operator.ONE_OF: "is",
    Operator.NONE_OF: "is not",
}
WITHOUT_VALUE = frozenset({Operator.EMPTY, Operator.SET})


class About(StrEnum):
    """What stands behind the colon of ``Filter.field``: ``state:3`` (an account's id), ``attribute:Colour``."""

    PRODUCT = ""
    ACCOUNT = "account"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Field:
    """Something products can be filtered by. ``choices`` are (value, label); ``unit`` is shown behind the value."""

    name: str
    label: str
    kind: Kind
    operators: tuple[Operator, ...]
    about: About = About.PRODUCT
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition: ``field`` names one of ``FIELDS``, with what it is about behind a colon where it needs that."""

    field: str
    operator: Operator
    value: str = ""

    @property
    def name(self) -> str:
        """The field's name without what it is about."""
        return self.field.partition(":")[0]

    @property
    def about(self) -> str:
        """What stands behind the colon, "" for plain fields."""
        return self.field.partition(":")[2]


_WORDS = (Operator.CONTAINS, Operator.STARTS, Operator.IS, Operator.IS_NOT, Operator.EMPTY, Operator.SET)
_SIZES = (
    Operator.IS, Operator.BELOW, Operator.AT_MOST, Operator.ABOVE, Operator.AT_LEAST, Operator.BETWEEN,
)  # fmt: skip
_OPEN_SIZES = (*_SIZES, Operator.EMPTY, Operator.SET)
_DAYS = (Operator.LAST_DAYS, Operator.BEFORE, Operator.AFTER, Operator.BETWEEN, Operator.IS)
_CHOSEN = (Operator.ONE_OF, Operator.NONE_OF)
_EITHER = (Operator.IS,)
_YES_NO = (("yes", "Yes"), ("no", "No"))
_IMAGE_STATES = (
    (ImageState.BROKEN.value, "Broken link"),
    (ImageState.MISSING.value, "Missing file"),
    (ImageState.FINE.value, "All fine"),
    (ImageState.UNSEEN.value, "Not looked at"),
)
NO_LISTING = "none"
NOT_CHECKED = "unknown"


_SAID = {"optimizing": "Enhancing", "optimized": "Enhanced", "blocked": "Not ready", "unread": "Not read yet"}


def _choices(values: type[StrEnum]) -> tuple[tuple[str, str], ...]:
    """The values with the words that the program says for them everywhere."""
    return tuple((value.value, _SAID.get(value.value, value.value.capitalize())) for value in values)


FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("title", "Title", Kind.TEXT, _WORDS),
        Field("sku", "SKU", Kind.TEXT, _WORDS),
        Field("description", "Description", Kind.TEXT, _WORDS),
        Field("brand", "Brand", Kind.TEXT, _WORDS),
        Field("category", "Category", Kind.TEXT, _WORDS),
        Field("gtin", "GTIN", Kind.TEXT, _WORDS),
        Field("keywords", "Keywords", Kind.TEXT, _WORDS),
        Field("source", "Source", Kind.TEXT, _WORDS),
        Field("source_id", "Source id", Kind.TEXT, _WORDS),
        Field("price", "Price", Kind.MONEY, _OPEN_SIZES),
        Field("cost", "Cost", Kind.MONEY, _OPEN_SIZES),
        Field("currency", "Currency", Kind.TEXT, (Operator.IS, Operator.IS_NOT)),
        Field("quantity", "Stock", Kind.NUMBER, _SIZES),
        Field("quality", "Quality", Kind.NUMBER, _SIZES),
        Field("images", "Number of images", Kind.NUMBER, _SIZES),
        Field("weight", "Weight", Kind.NUMBER, _OPEN_SIZES, unit="g"),
        Field("created", "Added", Kind.DATE, _DAYS),
        Field("updated", "Last changed", Kind.DATE, _DAYS),
        Field("status", "Status", Kind.CHOICE, _CHOSEN, choices=_choices(ProductStatus)),
        Field("condition", "Condition", Kind.CHOICE, _CHOSEN, choices=_choices(Condition)),
        Field(
            "state", "State on", Kind.CHOICE, _CHOSEN, About.ACCOUNT,
            (*_choices(ListingState), (NO_LISTING, "Not listed")),
        ),
        Field(
            "ready", "Readiness for", Kind.CHOICE, _CHOSEN, About.ACCOUNT,
            (*_choices(ReadyState), (NOT_CHECKED, "Not checked")),
        ),
        Field("image_state", "Images", Kind.CHOICE, _CHOSEN, choices=_IMAGE_STATES),
        Field("attribute", "Attribute", Kind.TEXT, _WORDS, About.NAME),
        Field("active", "For sale", Kind.YES_NO, _EITHER, choices=_YES_NO),
        Field("has_images", "Has images", Kind.YES_NO, _EITHER, choices=_YES_NO),
        Field("listed", "Listed anywhere", Kind.YES_NO, _EITHER, choices=_YES_NO),
        Field("has_finding", "Has a finding", Kind.YES_NO, _EITHER, choices=_YES_NO),
        Field("is_variant", "Is a variant", Kind.YES_NO, _EITHER, choices=_YES_NO),
        Field("has_variants", "Has variants", Kind.YES_NO, _EITHER, choices=_YES_NO),
        Field("optimized", "Has an optimised text", Kind.YES_NO, _EITHER, choices=_YES_NO),
        Field("import", "Import number", Kind.NUMBER, (Operator.IS,)),
        Field("history", "Change number", Kind.NUMBER, (Operator.IS,)),
    )
}  # fmt: skip


def check(filter_: Filter) -> None:
    """UserMistake with plain words when a filter names no field, or its value is none for the field."""
    field = FIELDS.get(filter_.name)
    if field is None:
        raise UserMistake(f"There is no field “{filter_.name}” to filter by.", hint=f"Fields: {', '.join(FIELDS)}.")
    if field.about is not About.PRODUCT and not filter_.about:
        what = "the account's number" if field.about is About.ACCOUNT else "the attribute's name"
        raise UserMistake(
            f"The filter “{field.label}” does not say of what.", hint=f"Write {field.name}:, then {what}."
        )
    if field.about is About.ACCOUNT and not _is_whole(filter_.about):
        raise UserMistake(f"“{filter_.about}” is not the number of an account.", hint="See “mmhub accounts”.")
    if filter_.operator not in field.operators:
        allowed = ", ".join(OPERATOR_WORDS[one] for one in field.operators)
        raise UserMistake(f"“{field.label}” cannot be compared like this.", hint=f"It can be asked for as: {allowed}.")
    if filter_.operator not in WITHOUT_VALUE:
        _check_value(field, filter_)


def bounds(value: str) -> tuple[str, str]:
    """The two ends of a range written as ``10..20``; both are the value where it is none."""
    low, dots, high = value.partition("..")
    return (low.strip(), high.strip()) if dots else (value.strip(), value.strip())


def chosen(value: str) -> tuple[str, ...]:
    """The single choices of a value."""
    return tuple(part for part in (one.strip() for one in value.split(",")) if part)


def in_words(filter_: Filter, about: str = "") -> str:
    """A filter as a seller reads it: ``Price is between 10 and 20``; ``about`` is the account's name."""
    field = FIELDS[filter_.name]
    label = field.label
    if field.about is About.ACCOUNT:
        label = f"{field.label} {about or filter_.about}"
    elif field.about is About.NAME:
        label = filter_.about
    if field.kind is Kind.YES_NO:
        return f"{label}: {filter_.value}"
    said = OPERATOR_WORDS[filter_.operator]
    if filter_.operator in WITHOUT_VALUE:
        return f"{label} {said}"
    if filter_.operator is Operator.LAST_DAYS:
        days = "day" if filter_.value == "1" else f"{filter_.value} days"
        return f"{label} in the last {days}"
    value = " and ".join(bounds(filter_.value)) if filter_.operator is Operator.BETWEEN else filter_.value
    if field.kind is Kind.CHOICE:
        labels = dict(field.choices)
        value = " or ".join(labels.get(one, one) for one in chosen(filter_.value))
    return f"{label} {said} {value}{f' {field.unit}' if field.unit else ''}"


_WRITTEN = re.compile(r"\s*(\w+(?::[^<>=!~^?]*?)?)\s*(>=|<=|!=|>|<|=|~|\^|\?|!)\s*(.*?)\s*", re.DOTALL)


def parse(text: str) -> Filter:
    """A filter from one line: ``price>10``, ``brand=Bosch``, ``title~lamp``, ``sku^A-``, ``cost?``, ``cost!``.

    ``~`` contains, ``^`` starts with, ``?`` is set, ``!`` is empty, ``=10..20`` between, ``=7d`` in the last 7 days.
    UserMistake when it cannot be read.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise UserMistake(
            f"The filter “{text}” cannot be read.", hint="Write it like price>10, brand=Bosch or title~lamp."
        )
    name, sign, value = match.groups()
    field = FIELDS.get(name.partition(":")[0])
    if field is None:
        raise UserMistake(f"There is no field “{name}” to filter by.", hint=f"Fields: {', '.join(FIELDS)}.")
    found = Filter(name, _operator(field, sign, value), value)
    if found.operator is Operator.LAST_DAYS:
        found = Filter(name, found.operator, value.removesuffix("d"))
    check(found)
    return found


def _operator(field: Field, sign: str, value: str) -> Operator:
    if field.kind is Kind.CHOICE and sign in ("=", "!="):
        return Operator.ONE_OF if sign == "=" else Operator.NONE_OF
    if field.kind is Kind.DATE and sign in ("<", ">"):
        return Operator.BEFORE if sign == "<" else Operator.AFTER
    if sign == "=" and field.kind in (Kind.NUMBER, Kind.MONEY, Kind.DATE) and ".." in value:
        return Operator.BETWEEN
    if sign == "=" and field.kind is Kind.DATE and _is_whole(value.removesuffix("d")):
        return Operator.LAST_DAYS
    return _SIGNS.get(sign, Operator.IS)


_SIGNS = {
    ">": Operator.ABOVE, ">=": Operator.AT_LEAST, "<": Operator.BELOW, "<=": Operator.AT_MOST, "=": Operator.IS,
    "!=": Operator.IS_NOT, "~": Operator.CONTAINS, "^": Operator.STARTS, "?": Operator.SET, "!": Operator.EMPTY,
}  # fmt: skip


def _check_value(field: Field, filter_: Filter) -> None:
    value = filter_.value.strip()
    ends = bounds(value) if filter_.operator is Operator.BETWEEN else (value,)
    if filter_.operator is Operator.LAST_DAYS:
        if not _is_whole(value) or int(value) > 36_500:
            raise UserMistake(f"“{value}” is not a number of days.", hint="Write a whole number, for example 7.")
    elif field.kind is Kind.NUMBER and not all(map(_is_whole, ends)):
        raise UserMistake(f"“{value}” is not a whole number for {field.label}.", hint="Write it in digits, such as 10.")
    elif field.kind is Kind.MONEY and not all(map(_is_amount, ends)):
        raise UserMistake(
            f"“{value}” is not an amount for {field.label}.", hint="Write it like 10.50, without currency."
        )
    elif field.kind is Kind.DATE and not all(map(_is_day, ends)):
        raise UserMistake(f"“{value}” is not a day for {field.label}.", hint="Write it as year-month-day: 2026-11-20.")
    elif field.kind in (Kind.CHOICE, Kind.YES_NO):
        known = dict(field.choices)
        if not chosen(value) or any(one not in known for one in chosen(value)):
            raise UserMistake(f"“{value}” is no choice for {field.label}.", hint=f"Choices: {', '.join(known)}.")
    elif not value:
        raise UserMistake(f"The filter “{field.label}” has no value.", hint="Enter one, or ask for “is empty”.")


def _is_whole(value: str) -> bool:
    return re.fullmatch(r"-?[0-9]{1,15}", value) is not None


def _is_amount(value: str) -> bool:
    try:
        return abs(Decimal(value)) < Decimal(10) ** 14 if value else False
    except InvalidOperation:
        return False


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
