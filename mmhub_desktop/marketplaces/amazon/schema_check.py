"""Amazon's product type schemas as fast local checks: JSON Schema 2019-09 with Amazon's own vocabulary.

A general validator takes some ten milliseconds for one product against a schema of megabytes; this compiles each part
of a schema when a product first uses it, and then takes a fraction of one. Keywords that assert nothing are passed by.
"""

from collections.abc import Mapping
from typing import Any

from mmhub_desktop.marketplaces.amazon.schema_parts import Check, Found, Maker, accept, join, refuse
from mmhub_desktop.marketplaces.amazon.schema_shapes import SHAPES
from mmhub_desktop.marketplaces.amazon.schema_values import VALUES

MAKERS: Mapping[str, Maker] = {**VALUES, **SHAPES}


class SchemaCheck:
    """The compiled form of one schema; keeps a reference to it. Used on the loop."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._root = schema
        self._compiled: dict[int, Check] = {}
        self._check = self.compile(schema)

    def problems(self, value: Any) -> Found:
        """What is wrong with a value."""
        return self._check(value, ())

    def compile(self, schema: Any) -> Check:
        """The check of one part of the schema."""
        if schema is True or not isinstance(schema, Mapping):
            return accept if schema is not False else refuse
        found = self._compiled.get(id(schema))
        if found is None:
            found = self._compiled[id(schema)] = self._combine(schema)
        return found

    def target(self, schema: Mapping[str, Any]) -> Any:
        """What a schema's ``$ref`` within the document points at. LookupError."""
        place: Any = self._root
        for step in str(schema["$ref"]).removeprefix("#").split("/")[1:]:
            place = place[step.replace("~1", "/").replace("~0", "~")]
        return place

    def _combine(self, schema: Mapping[str, Any]) -> Check:
        return join([maker(self, schema) for keyword, maker in MAKERS.items() if keyword in schema])


_KEPT = 12  # of ten megabytes each
_checks: dict[tuple[str, object], SchemaCheck] = {}


def check_of(category_id: str, version: str, schema: Mapping[str, Any]) -> SchemaCheck:
    """The compiled schema of a product type, made once for each version of it."""
    key = (category_id, version or id(schema))
    found = _checks.pop(key, None)
    if found is None:
        found = SchemaCheck(schema)
    _checks[key] = found  # used last
    while len(_checks) > _KEPT:
        del _checks[next(iter(_checks))]
    return found
