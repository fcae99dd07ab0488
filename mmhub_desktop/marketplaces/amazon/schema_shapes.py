"""The keywords about objects, arrays, conditions and references, Amazon's unique entries among them."""

import operator
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from mmhub_desktop.marketplaces.amazon.schema_parts import (
    Check,
    Compiler,
    Found,
    Maker,
    Path,
    Problem,
    is_same,
    join,
)


def _unique(_: Compiler, schema: Mapping[str, Any]) -> Check:
    def check(value: Any, path: Path) -> Found:
        entries = value if isinstance(value, list) and schema["uniqueItems"] else []
        if any(is_same(one, other) for place, one in enumerate(entries) for other in entries[:place]):
            return (Problem(path, "uniqueItems", value, True),)
        return ()

    return check


def _grouped(keyword: str, wrong: Callable[[float, float], bool]) -> Maker:
    """``minUniqueItems`` and ``maxUniqueItems``: entries with the same ``selectors`` are counted together."""

    def make(_: Compiler, schema: Mapping[str, Any]) -> Check:
        limit, selectors = schema[keyword], schema.get("selectors") or ()

        def check(value: Any, path: Path) -> Found:
            if not isinstance(value, list):
                return ()
            if len(value) < 2:
                counts = [len(value)]
            else:
                keys = [
                    tuple(str(one.get(name)) for name in selectors) if isinstance(one, dict) else () for one in value
                ]
                counts = list(Counter(keys).values())
            return (Problem(path, keyword, value, limit),) if any(wrong(one, limit) for one in counts) else ()

        return check

    return make


def _required(_: Compiler, schema: Mapping[str, Any]) -> Check:
    names = schema["required"]
    wanted = frozenset(names)

    def check(value: Any, path: Path) -> Found:
        if not isinstance(value, dict) or wanted <= value.keys():
            return ()
        return [Problem((*path, name), "required", None, name) for name in names if name not in value]

    return check


def _dependent(_: Compiler, schema: Mapping[str, Any]) -> Check:
    def check(value: Any, path: Path) -> Found:
        if not isinstance(value, dict):
            return ()
        needed = [one for name, others in schema["dependentRequired"].items() if name in value for one in others]
        return [Problem((*path, one), "required", None, one) for one in needed if one not in value]

    return check


def _properties(checks: Compiler, schema: Mapping[str, Any]) -> Check:
    known: Mapping[str, Any] = schema["properties"]
    compiled = cache(lambda name: checks.compile(known[name]))

    def check(value: Any, path: Path) -> Found:
        if not isinstance(value, dict):
            return ()
        found: list[Problem] = []
        for name in value if len(value) < len(known) else known:
            if name in known and name in value and (part := compiled(name)(value[name], (*path, name))):
                found += part
        return found

    return check


def _additional(checks: Compiler, schema: Mapping[str, Any]) -> Check:
    known = schema.get("properties", {})
    rest = schema["additionalProperties"]
    rest_check = checks.compile(rest)

    def check(value: Any, path: Path) -> Found:
        if not isinstance(value, dict) or value.keys() <= known.keys():
            return ()
        others = [name for name in value if name not in known]
        if rest is False:
            return [Problem((*path, name), "additionalProperties", name, None) for name in others]
        return [one for name in others for one in rest_check(value[name], (*path, name))]

    return check


def _items(checks: Compiler, schema: Mapping[str, Any]) -> Check:
    entry = checks.compile(schema["items"])

    def check(value: Any, path: Path) -> Found:
        if not isinstance(value, list):
            return ()
        return [problem for place, one in enumerate(value) for problem in entry(one, (*path, place))]

    return check


def _contains(checks: Compiler, schema: Mapping[str, Any]) -> Check:
    wanted, least = checks.compile(schema["contains"]), schema.get("minContains", 1)
    most = schema.get("maxContains")

    def check(value: Any, path: Path) -> Found:
        if isinstance(value, list):
            count = sum(not wanted(one, path) for one in value)
            if count < least or (most is not None and count > most):
                return (Problem(path, "contains", value, schema["contains"]),)
        return ()

    return check


def _all_of(checks: Compiler, schema: Mapping[str, Any]) -> Check:
    return join([checks.compile(one) for one in schema["allOf"]])


def _some_of(keyword: str, fits: Callable[[int], bool]) -> Maker:
    """``anyOf`` and ``oneOf``; where none fits, what the nearest alternative misses."""

    def make(checks: Compiler, schema: Mapping[str, Any]) -> Check:
        parts = [checks.compile(one) for one in schema[keyword]]

        def check(value: Any, path: Path) -> Found:
            found = [one(value, path) for one in parts]
            count = sum(not one for one in found)
            if fits(count):
                return ()
            if count:
                return (Problem(path, keyword, value, schema[keyword]),)
            # The alternative that comes furthest explains best.
            return min(found, key=lambda one: (_is_other_type(one, path), len(one)))

        return check

    return make


def _is_other_type(problems: Found, path: Path) -> bool:
    return any(one.keyword == "type" and one.path == path for one in problems)


def _any_of(checks: Compiler, schema: Mapping[str, Any]) -> Check:
    explained = _some_of("anyOf", lambda count: count > 0)(checks, schema)
    parts = [checks.compile(one) for one in schema["anyOf"]]

    def check(value: Any, path: Path) -> Found:
        return () if any(not one(value, path) for one in parts) else explained(value, path)

    return check


def _not(checks: Compiler, schema: Mapping[str, Any]) -> Check:
    part = checks.compile(schema["not"])

    def check(value: Any, path: Path) -> Found:
        return () if part(value, path) else (Problem(path, "not", value, schema["not"]),)

    return check


def _if(checks: Compiler, schema: Mapping[str, Any]) -> Check:
    asked = checks.compile(schema["if"])
    then, other = checks.compile(schema.get("then", True)), checks.compile(schema.get("else", True))
    needed = _needed(schema["if"])

    def check(value: Any, path: Path) -> Found:
        if isinstance(value, dict) and not needed <= value.keys():  # most conditions fail on this, of hundreds
            return other(value, path)
        return other(value, path) if asked(value, path) else then(value, path)

    return check


def _needed(schema: Any) -> frozenset[str]:
    """Names without which an object cannot fit a schema."""
    if not isinstance(schema, dict):
        return frozenset()
    within = [_needed(one) for one in schema.get("allOf", ())]
    return frozenset(schema.get("required", ())).union(*within)


def _ref(checks: Compiler, schema: Mapping[str, Any]) -> Check:
    compiled = cache(lambda: checks.compile(checks.target(schema)))

    def check(value: Any, path: Path) -> Found:
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
