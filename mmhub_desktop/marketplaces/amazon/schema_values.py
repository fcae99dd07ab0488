"""The keywords about single values: type, allowed values, lengths and ranges, Amazon's count of bytes among them."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mmhub_desktop.marketplaces.amazon.schema_parts import (
    Check,
    Compiler,
    Found,
    Maker,
    Path,
    Problem,
    accept,
    is_same,
    is_type,
)


def _type(_: Compiler, schema: Mapping[str, Any]) -> Check:
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    exact: Any = {"object": dict, "array": list, "string": str}.get(names[0]) if len(names) == 1 else None

    def check(value: Any, path: Path) -> Found:
        if type(value) is exact or any(is_type(value, name) for name in names):
            return ()
        return (Problem(path, "type", value, names),)

    return check


def _enum(_: Compiler, schema: Mapping[str, Any]) -> Check:
    allowed: Sequence[Any] = schema["enum"]
    texts = frozenset(one for one in allowed if isinstance(one, str))
    others = [one for one in allowed if not isinstance(one, str)]

    def check(value: Any, path: Path) -> Found:
        if value in texts if isinstance(value, str) else any(is_same(value, one) for one in others):
            return ()
        return (Problem(path, "enum", value, allowed),)

    return check


def _const(_: Compiler, schema: Mapping[str, Any]) -> Check:
    wanted = schema["const"]

    def check(value: Any, path: Path) -> Found:
        return () if is_same(value, wanted) else (Problem(path, "const", value, wanted),)

    return check


def _size(keyword: str, measure: Callable[[Any], float], kind: str, wrong: Callable[[float, float], bool]) -> Maker:
    """The maker of a check that compares a measure of a value with the keyword's number."""

    def make(_: Compiler, schema: Mapping[str, Any]) -> Check:
        limit = schema[keyword]

        def check(value: Any, path: Path) -> Found:
            if is_type(value, kind) and wrong(measure(value), limit):
                return (Problem(path, keyword, value, limit),)
            return ()

        return check

    return make


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _multiple(_: Compiler, schema: Mapping[str, Any]) -> Check:
    step = schema["multipleOf"]

    def check(value: Any, path: Path) -> Found:
        if is_type(value, "number") and abs(value / step - round(value / step)) > 1e-9:
            return (Problem(path, "multipleOf", value, step),)
        return ()

    return check


def _pattern(_: Compiler, schema: Mapping[str, Any]) -> Check:
    try:
        pattern = re.compile(schema["pattern"])
    except re.error:  # a dialect of JavaScript that Python does not read: left to Amazon
        return accept

    def check(value: Any, path: Path) -> Found:
        if isinstance(value, str) and pattern.search(value) is None:
            return (Problem(path, "pattern", value, schema["pattern"]),)
        return ()

    return check


def _itself(value: float) -> float:
    return value


VALUES: Mapping[str, Maker] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "minLength": _size("minLength", len, "string", operator.lt),
    "maxLength": _size("maxLength", len, "string", operator.gt),
    "minUtf8ByteLength": _size("minUtf8ByteLength", _bytes, "string", operator.lt),
    "maxUtf8ByteLength": _size("maxUtf8ByteLength", _bytes, "string", operator.gt),
    "pattern": _pattern,
    "minimum": _size("minimum", _itself, "number", operator.lt),
    "maximum": _size("maximum", _itself, "number", operator.gt),
    "exclusiveMinimum": _size("exclusiveMinimum", _itself, "number", operator.le),
    "exclusiveMaximum": _size("exclusiveMaximum", _itself, "number", operator.ge),
    "multipleOf": _multiple,
    "minItems": _size("minItems", len, "array", operator.lt),
    "maxItems": _size("maxItems", len, "array", operator.gt),
}
