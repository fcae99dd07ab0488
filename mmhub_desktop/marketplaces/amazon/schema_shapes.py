"""The keywords about objects, arrays, conditions and references, Amazon's unique entries among them."""

import operator
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from mmhub_desktop.marketplaces.amazon.schema_parts import (
    Check,
    Compiler,
    Maker,
    Path,
    Problem,
    holds,
    is_same,
)


def _unique(_: Compiler, schema: Mapping[str, Any]) -> Check:
    def check(value: Any, path: Path) -> Iterator[Problem]:
        entries = value if isinstance(value, list) and schema["uniqueItems"] else []
        if any(is_same(one, other) for place, one in enumerate(entries) for other in entries[:place]):
            yield Problem(path, "uniqueItems", value, True)

    return check


def _grouped(keyword: str, wrong: Callable[[float, float], bool]) -> Any:
    """``minUniqueItems`` and ``maxUniqueItems``: entries with the same ``selectors`` are counted together."""

    def make(_: Compiler, schema: Mapping[str, Any]) -> Check:
        limit, selectors = schema[keyword], schema.get("selectors") or ()

        def check(value: Any, path: Path) -> Iterator[Problem]:
            if not isinstance(value, list):
                return
            groups = Counter(
                tuple(str(one.get(name)) for name in selectors) if isinstance(one, dict) else () for one in value
            )
            if any(wrong(count, limit) for count in groups.values() or (0,)):
                yield Problem(path, keyword, value, limit)

        return check

    return make


def _required(_: Compiler, schema: Mapping[str, Any]) -> Check:
    names = schema["required"]

    def check(value: Any, path: Path) -> Iterator[Problem]:
        if isinstance(value, dict):
            for name in names:
                if name not in value:
                    yield Problem((*path, name), "required", None, name)

    return check


def _dependent(_: Compiler, schema: Mapping[str, Any]) -> Check:
    def check(value: Any, path: Path) -> Iterator[Problem]:
        if isinstance(value, dict):
            for name, needed in schema["dependentRequired"].items():
                for other in needed if name in value else ():
                    if other not in value:
                        yield Problem((*path, other), "required", None, other)

    return check


def _properties(checks: Compiler, schema: Mapping[str, Any]) -> Check:
    known: Mapping[str, Any] = schema["properties"]
    compiled = cache(lambda name: checks.compile(known[name]))

    def check(value: Any, path: Path) -> Iterator[Problem]:
        if isinstance(value, dict):
            for name in value if len(value) < len(known) else known:
                if name in known and name in value:
                    yield from compiled(name)(value[name], (*path, name))

    return check


def _additional(checks: Compiler, schema: Mapping[str, Any]) -> Check:
    known = schema.get("properties", {})
    rest = schema["additionalProperties"]
    rest_check = checks.compile(rest)

    def check(value: Any, path: Path) -> Iterator[Problem]:
        if isinstance(value, dict):
            for name in value:
                if name not in known:
                    if rest is False:
                        yield Problem((*path, name), "additionalProperties", name, None)
                    else:
                        yield from rest_check(value[name], (*path, name))

    return check


def _items(checks: Compiler, schema: Mapping[str, Any]) -> Check:
    entry = checks.compile(schema["items"])

    def check(value: Any, path: Path) -> Iterator[Problem]:
        if isinstance(value, list):
            for place, one in enumerate(value):
                yield from entry(one, (*path, place))

    return check


def _contains(checks: Compiler, schema: Mapping[str, Any]) -> Check:
    wanted, least = checks.compile(schema["contains"]), schema.get("minContains", 1)
    most = schema.get("maxContains")

    def check(value: Any, path: Path) -> Iterator[Problem]:
        if isinstance(value, list):
            count = sum(holds(wanted, one) for one in value)
            if count < least or (most is not None and count > most):
                yield Problem(path, "contains", value, schema["contains"])

    return check


def _all_of(checks: Compiler, schema: Mapping[str, Any]) -> Check:
    parts = [checks.compile(one) for one in schema["allOf"]]

    def check(value: Any, path: Path) -> Iterator[Problem]:
        for one in parts:
            yield from one(value, path)

    return check


def _some_of(keyword: str, fits: Callable[[int], bool]) -> Any:
    """``anyOf`` and ``oneOf``; where none fits, what the nearest alternative misses."""

    def make(checks: Compiler, schema: Mapping[str, Any]) -> Check:
        parts = [checks.compile(one) for one in schema[keyword]]

        def check(value: Any, path: Path) -> Iterator[Problem]:
            found = [list(one(value, path)) for one in parts]
            count = sum(not one for one in found)
            if fits(count):
                return
            if count:
                yield Problem(path, keyword, value, schema[keyword])
            else:  # the alternative that comes furthest explains best
                yield from min(
                    found, key=lambda one: (any(p.keyword == "type" and p.path == path for p in one), len(one))
                )

        return check

    return make


def _is_other_type(problems: Sequence[Problem], path: Path) -> bool:
    return any(one.keyword == "type" and one.path == path for one in problems)


def _any_of(checks: Compiler, schema: Mapping[str, Any]) -> Check:
    explained: Check = _some_of("anyOf", lambda count: count > 0)(checks, schema)
    parts = [checks.compile(one) for one in schema["anyOf"]]

    def check(value: Any, path: Path) -> Iterator[Problem]:
        return iter(()) if any(holds(one, value) for one in parts) else explained(value, path)

    return check


def _not(checks: Compiler, schema: Mapping[str, Any]) -> Check:
    part = checks.compile(schema["not"])

    def check(value: Any, path: Path) -> Iterator[Problem]:
        if holds(part, value):
            yield Problem(path, "not", value, schema["not"])

    return check


def _if(checks: Compiler, schema: Mapping[str, Any]) -> Check:
    asked = checks.compile(schema["if"])
    then, other = checks.compile(schema.get("then", True)), checks.compile(schema.get("else", True))
    needed = _needed(schema["if"])

    def check(value: Any, path: Path) -> Iterator[Problem]:
        if isinstance(value, dict) and not needed <= value.keys():  # most conditions fail on this, of hundreds
            return other(value, path)
        return then(value, path) if holds(asked, value) else other(value, path)

    return check


def _needed(schema: Any) -> frozenset[str]:
    """Names without which an object cannot fit a schema."""
    if not isinstance(schema, dict):
        return frozenset()
    within = [_needed(one) for one in schema.get("allOf", ())]
    return frozenset(schema.get("required", ())).union(*within)


def _ref(checks: Compiler, schema: Mapping[str, Any]) -> Check:
    compiled = cache(lambda: checks.compile(checks.target(schema)))

    def check(value: Any, path: Path) -> Iterator[Problem]:
        return compiled()(value, path)

    return check


SHAPES: Mapping[str, Maker] = {
    "$ref": _ref,
    "uniqueItems": _unique,
    "minUniqueItems": _grouped("minUniqueItems", operator.lt),
    "maxUniqueItems": _grouped("maxUniqueItems", operator.gt),
    "required": _required,
    "dependentRequired": _dependent,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    "contains": _contains,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _some_of("oneOf", lambda count: count == 1),
    "not": _not,
    "if": _if,
}
