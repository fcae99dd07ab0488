"""Checks of request bodies, declared field by field; each marketplace says what is wrong in its own words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_KINDS: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "list": (list,),
    "any": (object,),
}


@dataclass(frozen=True)
class Field:
    """What one field of a JSON object must be; lengths count the characters of texts and the entries of lists."""

    kind: str = "text"  # or integer, number, boolean, object, list, any
    required: bool = False
    nullable: bool = False
    least: float | None = None
    most: float | None = None
    shortest: int | None = None
    longest: int | None = None
    choices: Sequence[Any] = ()
    pattern: str = ""  # must match the whole text
    entry: "Field | None" = None  # of a list
    fields: "Mapping[str, Field] | None" = None  # of an object


@dataclass(frozen=True)
class Problem:
    """``code`` is one of: missing, unknown, type, choice, pattern, short, long, low, high. ``limit`` is what it hit."""

    path: str  # such as product.imageUrls[0]
    code: str
    value: Any = None
    limit: Any = None


def check_fields(
    body: Mapping[str, Any], fields: Mapping[str, Field], path: str = "", *, strict: bool = False
) -> list[Problem]:
    """What is wrong with an object, in the order of the declaration; ``strict`` refuses undeclared fields."""
    found = []
    for name, field in fields.items():
        here = f"{path}.{name}" if path else name
        if name not in body:
            if field.required:
                found.append(Problem(here, "missing"))
        else:
            found += check_field(body[name], field, here, strict=strict)
    if strict:
        prefix = f"{path}." if path else ""
        found += [Problem(prefix + name, "unknown", value) for name, value in body.items() if name not in fields]
    return found


def check_field(value: Any, field: Field, path: str, *, strict: bool = False) -> list[Problem]:
    """What is wrong with one value."""
    if value is None and field.nullable:
        return []
    if not isinstance(value, _KINDS[field.kind]) or (isinstance(value, bool) and field.kind in {"integer", "number"}):
        return [Problem(path, "type", value, field.kind)]
    if field.choices and value not in field.choices:
        return [Problem(path, "choice", value, tuple(field.choices))]
    if isinstance(value, str):
        return _check_text(value, field, path)
    if isinstance(value, (int, float)):
        return _check_range(value, field.least, field.most, ("low", "high"), value, path)
    if isinstance(value, list):
        found = _check_range(len(value), field.shortest, field.longest, ("short", "long"), value, path)
        if field.entry is not None:
            for number, one in enumerate(value):
                found += check_field(one, field.entry, f"{path}[{number}]", strict=strict)
        return found
    if isinstance(value, dict) and field.fields is not None:
        return check_fields(value, field.fields, path, strict=strict)
    return []


def _check_text(value: str, field: Field, path: str) -> list[Problem]:
    found = _check_range(len(value), field.shortest, field.longest, ("short", "long"), value, path)
    if field.pattern and not re.fullmatch(field.pattern, value, re.DOTALL):
        found.append(Problem(path, "pattern", value, field.pattern))
    return found


def _check_range(
    size: float, least: float | None, most: float | None, codes: tuple[str, str], value: Any, path: str
) -> list[Problem]:
    if least is not None and size < least:
        return [Problem(path, codes[0], value, least)]
    if most is not None and size > most:
        return [Problem(path, codes[1], value, most)]
    return []
