"""What kind of value an attribute has, read from the value itself: they are kept as text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

_MEASURE = re.compile(r"([+-]?\d+(?:[.,]\d+)*)\s*([^\W\d_]{1,6}|%|°[CF]?|\"|″|m²|m³|cm²|cm³|l/min|km/h)?")
_YES_NO = frozenset({"yes", "no", "true", "false", "sí", "si", "ja", "nein", "tak", "nie", "sim", "não", "oui", "non"})
_LIST = re.compile(r"\s*[;|]\s*")


class AttributeKind(StrEnum):
    """How a value reads."""

    TEXT = "Text"
    NUMBER = "Number"
    MEASURE = "Measure"
    YES_NO = "Yes or no"
    LIST = "List"


@dataclass(frozen=True, slots=True)
class AttributeReading:
    """A value's kind, with the unit of a measure or the number of values of a list."""

    kind: AttributeKind
    unit: str = ""
    count: int = 1

    @property
    def words(self) -> str:
        """The same for people: “Measure in cm”."""
        if self.kind is AttributeKind.MEASURE:
            return f"Measure in {self.unit}"
        return f"List of {self.count}" if self.kind is AttributeKind.LIST else self.kind.value


def read_attribute(value: str) -> AttributeReading:
    """What a value is."""
    words = value.strip()
    if words.casefold() in _YES_NO:
        return AttributeReading(AttributeKind.YES_NO)
    found = _MEASURE.fullmatch(words)
    if found:
        return AttributeReading(AttributeKind.MEASURE, found[2]) if found[2] else AttributeReading(AttributeKind.NUMBER)
    parts = [part for part in _LIST.split(words) if part]
    return (
        AttributeReading(AttributeKind.LIST, count=len(parts))
        if len(parts) > 1
        else AttributeReading(AttributeKind.TEXT)
    )


def mismatch(value: str, value_type: str, units: Sequence[str], values: Sequence[str]) -> str:
    """Why a marketplace that describes an attribute so would not take a value; empty where it would."""
    words, reading = value.strip(), read_attribute(value)
    if not words:
        return ""
    if units:
        known = {unit.casefold() for unit in units}
        if reading.kind is AttributeKind.NUMBER:
            return f"needs a unit: {', '.join(units[:5])}"
        if reading.kind is not AttributeKind.MEASURE or reading.unit.casefold() not in known:
            return f"wants a number with {', '.join(units[:5])}"
        return ""
    if value_type == "number" and reading.kind is not AttributeKind.NUMBER:
        return "wants a number"
    if value_type in ("list", "boolean") and values and words.casefold() not in {each.casefold() for each in values}:
        return f"takes one of {len(values)} values: {', '.join(values[:3])}{', …' if len(values) > 3 else ''}"
    return ""
