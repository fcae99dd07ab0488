"""What the checks of a schema are made of: a problem, a check, and what all of them ask of values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule: where, which keyword, the value, and what the keyword asks for."""

    path: Path
    keyword: str
    value: Any
    limit: Any


Found = Sequence[Problem]
Check = Callable[[Any, Path], Found]
"""What is wrong with a value at a place. Sequences, not generators: nearly all are empty, and those cost nothing."""


class Compiler(Protocol):
    """What the makers need for the parts of a schema."""

    def compile(self, schema: Any) -> Check:
        """The check of one part."""

    def target(self, schema: Mapping[str, Any]) -> Any:
        """What a ``$ref`` points at."""


Maker = Callable[[Compiler, Mapping[str, Any]], Check]


def accept(_value: Any, _path: Path) -> Found:
    """Takes everything."""
    return ()


def refuse(value: Any, path: Path) -> Found:
    """Takes nothing."""
    return (Problem(path, "false", value, None),)


def join(checks: Sequence[Check]) -> Check:
    """One check of several."""
    if len(checks) == 1:
        return checks[0]

    def check(value: Any, path: Path) -> Found:
        found: list[Problem] = []
        for one in checks:
            if part := one(value, path):
                found += part
        return found

    return check


_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,), "object": (dict,), "array": (list,), "boolean": (bool,), "null": (type(None),),
    "number": (int, float), "integer": (int, float),
}  # fmt: skip


def is_type(value: Any, name: str) -> bool:
    """Whether a value has a type of JSON Schema, where true is no number and 1.0 an integer."""
    if isinstance(value, bool):
        return name == "boolean"
    if not isinstance(value, _TYPES.get(name, (object,))):
        return False
    return name != "integer" or not isinstance(value, float) or value.is_integer()


def is_same(one: Any, other: Any) -> bool:
    """Equality of JSON, where true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
