"""The schemas of one document, compiled on first use, for one direction (request or reply).

OpenAPI's dialects become JSON Schema: ``nullable``, ``readOnly``, ``discriminator`` and Boolean bounds. Two things are
read stricter or milder than the letter:

- An object that declares properties and does not say ``additionalProperties`` takes no others: a misspelled field is
  what these checks are there to find. ``allOf`` counts as one object.
- ``oneOf`` is met by several: the published ones overlap.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jsonschema
from jsonschema import FormatChecker
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend

from tests.fidelity.documents import Json, follow

_COPIED = (
    *("type", "enum", "const", "required", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
)
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_FORMATS = FormatChecker(formats=())


def _text_format(name: str, pattern: re.Pattern[str]) -> None:
    _FORMATS.checks(name)(lambda value: not isinstance(value, str) or pattern.fullmatch(value) is not None)


def _number_format(name: str, bits: int) -> None:
    bound = 2 ** (bits - 1)
    _FORMATS.checks(name)(lambda value: not isinstance(value, (int, float)) or -bound <= value < bound)


_text_format("date-time", _DATE_TIME)
_text_format("date", re.compile(r"\d{4}-\d\d-\d\d"))
_text_format("uuid", _UUID)
_number_format("int32", 32)
_number_format("int64", 64)
_KNOWN_FORMATS = frozenset({"date-time", "date", "uuid", "int32", "int64"})

Errors = Iterator[ValidationError]


def _nullable(validator: Any, inner: Json, instance: Any, _schema: Json) -> Errors:
    if instance is not None:
        yield from validator.descend(instance, inner)


def _refused(_validator: Any, why: str, _instance: Any, _schema: Json) -> Errors:
    yield ValidationError(why)


def _only(_validator: Any, names: frozenset[str], instance: Any, _schema: Json) -> Errors:
    if isinstance(instance, dict):
        for name in instance.keys() - names:
            yield ValidationError(f"no property {name!r} is described")


def _later(validator: Any, schema: Callable[[], Json], instance: Any, _schema: Json) -> Errors:
    yield from validator.descend(instance, schema())


def _chosen(validator: Any, choice: Json, instance: Any, _schema: Json) -> Errors:
    """A discriminator: the schema its property names, the fallback where it names none."""
    if not isinstance(instance, dict) or choice["property"] not in instance:
        yield from validator.descend(instance, choice["otherwise"])
        return
    value = instance[choice["property"]]
    named = choice["mapping"].get(value) if isinstance(value, str) else None
    if named is None:
        options = ", ".join(sorted(choice["mapping"]))
        yield ValidationError(f"{value!r} is not one of {options}", path=[choice["property"]])
    else:
        yield from validator.descend(instance, named())


_Validator: Any = extend(  # type: ignore[no-untyped-call]
    jsonschema.Draft202012Validator,
    {"nullable": _nullable, "refused": _refused, "only": _only, "later": _later, "chosen": _chosen},
)


class Schemas:
    """The schemas of a document as validators. ``direction`` is ``request`` or ``reply``."""

    def __init__(self, document: Json, direction: str) -> None:
        self._document = document
        self._barred = "readOnly" if direction == "request" else "writeOnly"
        self._why = f"is {'read' if direction == 'request' else 'write'}-only and has no place in a {direction}"
        self._named: dict[tuple[str, bool], Json] = {}
        self._validators: dict[int, tuple[Json, Any]] = {}

    def check(self, schema: Json, value: Any, where: str) -> list[str]:
        """What is wrong with a value; the schema object must stay the same from call to call."""
        held = self._validators.get(id(schema))
        if held is None:  # the schema is kept with it, so that its id is not given to another
            compiled = _Validator(self._compile(schema, whole=True), format_checker=_FORMATS)
            held = self._validators[id(schema)] = (schema, compiled)
        return [_describe(error, where) for error in held[1].iter_errors(value)]

    def types(self, schema: Json) -> frozenset[str]:
        """The JSON types a schema allows, as far as it says; for reading texts (queries, forms) as values."""
        schema = follow(self._document, schema)
        kind = _kind(schema)
        found = {kind} if isinstance(kind, str) else set(kind or ())
        for part in (*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
            found |= self.types(part)
        return frozenset(found)

    def items(self, schema: Json) -> Json:
        """The schema of an array's entries."""
        found: Json = follow(self._document, schema).get("items", {})
        return found

    def properties(self, schema: Json) -> Mapping[str, Json]:
        """The properties of an object, those of its ``allOf`` too."""
        schema = follow(self._document, schema)
        found = dict(schema.get("properties", {}))
        for part in schema.get("allOf", ()):
            found |= self.properties(part)
        return found

    def _compile(self, schema: Any, *, whole: bool) -> Json:
        """``whole``: the object is described by this alone and may be closed; else it is one part of an ``allOf``."""
        if not isinstance(schema, dict):
            return {} if schema in (True, {}, None) else {"refused": "is not allowed"}
        if isinstance(schema.get("$ref"), str):
            return {"later": self._reference(schema["$ref"], whole)}
        result = self._plain(schema)
        choice = schema.get("discriminator") if whole else None
        if isinstance(choice, dict) and (choice.get("mapping") or "oneOf" in schema or "anyOf" in schema):
            result = self._choice(schema, result, choice)
        else:
            result |= self._alternatives(schema, whole)
            if whole:
                result |= self._closing(schema)
        if schema.get("nullable") is True or schema.get("x-nullable") is True:
            return {"nullable": result}
        return result

    def _reference(self, target: str, whole: bool) -> Callable[[], Json]:
        def named() -> Json:
            key = (target, whole)
            if key not in self._named:
                self._named[key] = self._compile(follow(self._document, {"$ref": target}), whole=whole)
            return self._named[key]

        return named

    def _plain(self, schema: Json) -> Json:
        """What needs no look at other schemas."""
        result: Json = {key: schema[key] for key in _COPIED if key in schema}
        kind = _kind(schema)
        if kind is not None:
            result["type"] = kind
        if schema.get("format") in _KNOWN_FORMATS:
            result["format"] = schema["format"]
        _read_bounds(result)
        if isinstance(pattern := schema.get("pattern"), str):
            try:
                re.compile(pattern)
                result["pattern"] = pattern
            except re.error:
                pass  # another dialect of expressions
        if "items" in schema:
            result["items"] = self._compile(schema["items"], whole=True)
        if isinstance(properties := schema.get("properties"), dict):
            barred = {name for name, one in properties.items() if self._is_barred(one)}
            result["properties"] = {
                name: {"refused": self._why} if name in barred else self._compile(one, whole=True)
                for name, one in properties.items()
            }
        else:
            barred = set()
        if "required" in result:
            required = result.pop("required")
            if isinstance(required, list) and (left := [name for name in required if name not in barred]):
                result["required"] = left
        if isinstance(more := schema.get("additionalProperties"), dict) and more:
            result["additionalProperties"] = self._compile(more, whole=True)
        return result

    def _is_barred(self, schema: Any) -> bool:
        return isinstance(schema, dict) and follow(self._document, schema).get(self._barred) is True

    def _alternatives(self, schema: Json, whole: bool) -> Json:
        result: Json = {}
        if "allOf" in schema:
            result["allOf"] = [self._compile(part, whole=False) for part in schema["allOf"]]
        alone = whole and not schema.get("properties") and "allOf" not in schema
        options = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
        if options:
            result["anyOf"] = [self._compile(option, whole=alone) for option in options]
        if "not" in schema:
            result["not"] = self._compile(schema["not"], whole=False)
        return result

    def _choice(self, schema: Json, result: Json, choice: Json) -> Json:
        mapping = dict(choice.get("mapping") or {})
        if not mapping:
            references = [one["$ref"] for key in ("oneOf", "anyOf") for one in schema.get(key, ()) if "$ref" in one]
            mapping = {reference.rpartition("/")[2]: reference for reference in references}
        options = {}
        for value, target in mapping.items():
            reference = target if "/" in target else f"#/components/schemas/{target}"
            options[value] = self._reference(reference, whole=True)
        otherwise = result | self._alternatives(schema, whole=True) | self._closing(schema)
        return {"chosen": {"property": choice["propertyName"], "mapping": options, "otherwise": otherwise}}

    def _closing(self, schema: Json) -> Json:
        names: set[str] = set()
        options = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
        if options and not schema.get("properties") and "allOf" not in schema:
            return {}  # each option closes itself
        if not self._gather(schema, names, 0):
            return {}
        return {"only": frozenset(names)} if names or schema.get("additionalProperties") is False else {}

    def _gather(self, schema: Any, names: set[str], depth: int) -> bool:
        """Add every described property; False when the object takes others too."""
        schema = follow(self._document, schema)
        if not isinstance(schema, dict) or depth > 10:
            return False
        if schema.get("additionalProperties", False) is not False:
            return False
        names |= set(schema.get("properties", {}))
        parts = [*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())]
        return all(self._gather(part, names, depth + 1) for part in parts)


def _kind(schema: Json) -> Any:
    """The JSON type or types; a file is text, and eBay's documents call each enumeration of words an object."""
    kind = schema.get("type")
    words = all(isinstance(word, str) for word in schema.get("enum") or [None])
    return "string" if kind == "file" or (kind == "object" and words) else kind


def _read_bounds(result: Json) -> None:
    """Boolean ``exclusiveMinimum`` of OpenAPI 3.0 and Swagger as the number of JSON Schema."""
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(result.get(exclusive), bool) and result.pop(exclusive) and bound in result:
            result[exclusive] = result.pop(bound)


def _describe(error: ValidationError, where: str) -> str:
    path = list(error.absolute_path)
    if error.context:
        deepest = best_match(iter(error.context))
        if deepest is not None:
            path, error = list(deepest.absolute_path), deepest
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    message = error.message
    return f"{where}{place}: {message if len(message) <= 300 else message[:300] + '…'}"
