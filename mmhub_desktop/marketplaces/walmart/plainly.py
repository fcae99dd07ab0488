"""Whether a value is plainly as a JSON Schema says: a quick yes, or "ask the validator".

Nearly all values of an item are right, and asking the validator takes many times as long. A yes is certain: what is
not understood here, in kind or keyword, is a no.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "object": (dict,),
    "array": (list,), "null": (type(None),),
}  # fmt: skip


def is_multiple(value: float, step: Any) -> bool:
    """Counted exactly: 19.99 is a multiple of 0.01 though the floats say no."""
    return Decimal(str(value)) % Decimal(str(step)) == 0


def _has_type(value: Any, kind: Any, _: Mapping[str, Any]) -> bool:
    kinds = kind if isinstance(kind, list) else [kind]
    return any(type(value) in _TYPES.get(one, ()) for one in kinds)


def _is_one_of(value: Any, choices: Any, _: Mapping[str, Any]) -> bool:
    return type(value) is str and value in choices


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _properties(value: Any, properties: Any, _: Mapping[str, Any]) -> bool:
    return type(value) is not dict or all(
        is_plainly_right(one, properties[name]) for name, one in value.items() if name in properties
    )


def _items(value: Any, schema: Any, _: Mapping[str, Any]) -> bool:
    return type(value) is not list or all(is_plainly_right(one, schema) for one in value)


def _no_more(value: Any, allowed: Any, schema: Mapping[str, Any]) -> bool:
    if type(value) is not dict or allowed is True:
        return True
    return (
        allowed is False and "patternProperties" not in schema and value.keys() <= schema.get("properties", {}).keys()
    )


_KEYWORDS: dict[str, Callable[[Any, Any, Mapping[str, Any]], bool]] = {
    "type": _has_type,
    "enum": _is_one_of,
    "minLength": lambda value, limit, _: type(value) is not str or len(value) >= limit,
    "maxLength": lambda value, limit, _: type(value) is not str or len(value) <= limit,
    "pattern": lambda value, form, _: type(value) is not str or re.search(form, value) is not None,
    "minimum": lambda value, limit, _: not _is_number(value) or value >= limit,
    "maximum": lambda value, limit, _: not _is_number(value) or value <= limit,
    "multipleOf": lambda value, step, _: not _is_number(value) or is_multiple(value, step),
    "minItems": lambda value, limit, _: type(value) is not list or len(value) >= limit,
    "maxItems": lambda value, limit, _: type(value) is not list or len(value) <= limit,
    "required": lambda value, names, _: type(value) is not dict or all(name in value for name in names),
    "properties": _properties,
    "items": _items,
    "additionalProperties": _no_more,
}
# What says nothing of validity; ``format`` is not checked without a format checker.
_SILENT = frozenset(
    {"title", "description", "examples", "default", "format", "$comment", "$id", "$schema", "minEntries", "readOnly"}
)


def is_plainly_right(value: Any, schema: Any) -> bool:
    """True: the value is right. False: it may be wrong."""
    if schema is True:
        return True
    if not isinstance(schema, dict):
        return False
    for keyword, wanted in schema.items():
        check = _KEYWORDS.get(keyword)
        if check is None:
            if keyword not in _SILENT:
                return False
        elif not check(value, wanted, schema):
            return False
    return True
