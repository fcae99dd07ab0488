"""Whether a value is plainly as a JSON Schema says: a quick yes or no, or "ask the validator".

Nearly all values of an item are right, and asking the validator takes many times as long. A yes or no is certain:
what is not understood here, in kind or keyword, is left open. A schema is turned into functions once, when it is first
asked about, and must not be changed afterwards.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

Verdict = bool | None  # None: ask the validator
_Check = Callable[[Any], Verdict]

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "object": (dict,),
    "array": (list,), "null": (type(None),),
}  # fmt: skip
_JSON = frozenset({str, int, float, bool, dict, list, type(None)})
_MOST_KEPT = 50_000  # schemas whose functions are kept, with those inside: some of the largest product types

_kept: dict[int, tuple[Any, _Check]] = {}  # by the schema's id; the schema is held, so that the id stays its own


def is_multiple(value: float, step: Any) -> bool:
    """Counted exactly: 19.99 is a multiple of 0.01 though the floats say no."""
    return Decimal(str(value)) % Decimal(str(step)) == 0


def verdict(value: Any, schema: Any) -> Verdict:
    """True: the value is right. False: it is wrong. None: it may be either."""
    return _check_of(schema)(value)


def is_plainly_right(value: Any, schema: Any) -> bool:
    """True: the value is right. False: it may be wrong."""
    return _check_of(schema)(value) is True


def _check_of(schema: Any) -> _Check:
    kept = _kept.get(id(schema))
    if kept is not None:
        return kept[1]
    check = _make_check(schema)
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    _kept[id(schema)] = (schema, check)
    return check


def _make_check(schema: Any) -> _Check:
    if isinstance(schema, bool):
        return lambda _: schema
    if not isinstance(schema, dict) or "$ref" in schema:  # beside a reference nothing else counts
        return _open
    checks = [
        _KEYWORDS[keyword](wanted, schema) if keyword in _KEYWORDS else _open
        for keyword, wanted in schema.items()
        if keyword not in _SILENT
    ]
    return checks[0] if len(checks) == 1 else _all(checks)


def _open(_: Any) -> Verdict:
    return None


def _all(checks: list[_Check]) -> _Check:
    def check(value: Any) -> Verdict:
        found: Verdict = True
        for one in checks:
            said = one(value)
            if said is False:
                return False
            if said is None:
                found = None
        return found

    return check


def _any(checks: list[_Check]) -> _Check:
    def check(value: Any) -> Verdict:
        said = [one(value) for one in checks]
        return True if True in said else None if None in said else False

    return check


def _exactly_one(checks: list[_Check]) -> _Check:
    def check(value: Any) -> Verdict:
        said = [one(value) for one in checks]
        return False if said.count(True) > 1 else None if None in said else True in said

    return check


def _type(wanted: Any, _: Any) -> _Check:
    kinds = wanted if isinstance(wanted, list) else [wanted]
    types = frozenset(one for kind in kinds for one in _TYPES.get(kind, ()))
    opens = {float} if "integer" in kinds else set()  # 1.0 is a whole number, too
    known = _JSON - opens if all(kind in _TYPES for kind in kinds) else frozenset()

    def check(value: Any) -> Verdict:
        kind = type(value)
        return True if kind in types else False if kind in known else None

    return check


def _enum(choices: Any, _: Any) -> _Check:
    words = frozenset(one for one in choices if type(one) is str)
    return lambda value: value in words if type(value) is str else None


def _of_texts(is_right: Callable[[str, Any], bool]) -> Callable[[Any, Any], _Check]:
    return lambda wanted, _: lambda value: type(value) is not str or is_right(value, wanted)


def _of_numbers(is_right: Callable[[Any, Any], bool]) -> Callable[[Any, Any], _Check]:
    return lambda wanted, _: lambda value: type(value) not in (int, float) or is_right(value, wanted)


def _of_lists(is_right: Callable[[int, Any], bool]) -> Callable[[Any, Any], _Check]:
    return lambda wanted, _: lambda value: type(value) is not list or is_right(len(value), wanted)


def _pattern(form: str, _: Any) -> _Check:
    search = re.compile(form).search
    return lambda value: type(value) is not str or search(value) is not None


def _required(names: Any, _: Any) -> _Check:
    wanted = frozenset(names)
    return lambda value: type(value) is not dict or wanted <= value.keys()


def _properties(known: Mapping[str, Any], _: Any) -> _Check:
    def check(value: Any) -> Verdict:
        if type(value) is not dict:
            return True
        found: Verdict = True
        for name, one in value.items():
            if name in known:
                said = _check_of(known[name])(one)
                if said is False:
                    return False
                if said is None:
                    found = None
        return found

    return check


def _items(schema: Any, _: Any) -> _Check:
    def check(value: Any) -> Verdict:
        if type(value) is not list:
            return True
        each = _check_of(schema)
        said = [each(one) for one in value]
        return False if False in said else None if None in said else True

    return check


def _no_more(allowed: Any, schema: Mapping[str, Any]) -> _Check:
    names = schema.get("properties", {}).keys()
    closed = allowed is False and "patternProperties" not in schema

    def check(value: Any) -> Verdict:
        if type(value) is not dict or allowed is True or value.keys() <= names:
            return True
        return False if closed else None

    return check


def _not(schema: Any, _: Any) -> _Check:
    def check(value: Any) -> Verdict:
        said = _check_of(schema)(value)
        return None if said is None else not said

    return check


def _if(condition: Any, schema: Mapping[str, Any]) -> _Check:
    def check(value: Any) -> Verdict:
        said = _check_of(condition)(value)
        return None if said is None else _check_of(schema.get("then" if said else "else", True))(value)

    return check


_KEYWORDS: dict[str, Callable[[Any, Any], _Check]] = {
    "type": _type,
    "enum": _enum,
    "minLength": _of_texts(lambda value, limit: len(value) >= limit),
    "maxLength": _of_texts(lambda value, limit: len(value) <= limit),
    "pattern": _pattern,
    "minimum": _of_numbers(lambda value, limit: value >= limit),
    "maximum": _of_numbers(lambda value, limit: value <= limit),
    "multipleOf": _of_numbers(is_multiple),
    "minItems": _of_lists(lambda count, limit: count >= limit),
    "maxItems": _of_lists(lambda count, limit: count <= limit),
    "required": _required,
    "properties": _properties,
    "items": _items,
    "additionalProperties": _no_more,
    "allOf": lambda schemas, _: _all([_check_of(one) for one in schemas]),
    "anyOf": lambda schemas, _: _any([_check_of(one) for one in schemas]),
    "oneOf": lambda schemas, _: _exactly_one([_check_of(one) for one in schemas]),
    "not": _not,
    "if": _if,
}
# What says nothing of validity by itself; ``format`` is not checked without a format checker.
_SILENT = frozenset(
    {
        "title", "description", "examples", "default", "format", "$comment", "$id", "$schema", "minEntries", "readOnly",
        "then", "else",
    }
)  # fmt: skip
