"""The compiled checks say yes and no as an independent validator does, and know Amazon's own keywords."""

import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft201909Validator

from mmhub_desktop.marketplaces.amazon.schema_check import SchemaCheck, check_of

WORDS = ("a", "b", "value", "unit")
LEAVES = st.one_of(
    st.just({"type": "string"}), st.just({"type": "integer"}), st.just({"type": "number", "minimum": 2}),
    st.just({"type": "boolean"}), st.just({"type": ["string", "null"]}), st.just({"enum": ["a", 1, True, None]}),
    st.just({"const": 1}), st.just({"type": "string", "minLength": 2, "maxLength": 4}),
    st.just({"type": "string", "pattern": "^[ab]+$"}), st.just({"exclusiveMinimum": 1, "exclusiveMaximum": 4}),
    st.just({"multipleOf": 2}), st.just({"$ref": "#/$defs/short"}), st.just(True), st.just(False), st.just({}),
)  # fmt: skip


def _grow(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(inner, min_size=1, max_size=3)
    names = st.lists(st.sampled_from(WORDS), max_size=2, unique=True)
    parts = st.dictionaries(st.sampled_from(WORDS), inner, max_size=3)
    return st.one_of(
        st.fixed_dictionaries({"properties": parts}, optional={"required": names, "additionalProperties": inner}),
        st.fixed_dictionaries({"items": inner}, optional={"minItems": st.just(1), "uniqueItems": st.booleans()}),
        st.fixed_dictionaries({"contains": inner}, optional={"minContains": st.just(2), "maxItems": st.just(2)}),
        st.builds(lambda one: {"allOf": one}, some), st.builds(lambda one: {"anyOf": one}, some),
        st.builds(lambda one: {"oneOf": one}, some), st.builds(lambda one: {"not": one}, inner),
        st.builds(lambda a, b, c: {"if": a, "then": b, "else": c}, inner, inner, inner),
        st.builds(lambda a, b: {"dependentRequired": {a: [b]}}, st.sampled_from(WORDS), st.sampled_from(WORDS)),
    )  # fmt: skip


SCHEMAS = st.recursive(LEAVES, _grow, max_leaves=12)
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-2, 5), st.sampled_from([1.0, 2.5]), st.text("abc", max_size=5)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(WORDS), inner, max_size=4)
    ),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(schema=SCHEMAS, value=VALUES)
def test_it_judges_as_an_independent_validator(schema: Any, value: Any) -> None:
    whole = {"$defs": {"short": {"type": "string", "maxLength": 3}}, "allOf": [schema]}
    ours = SchemaCheck(whole).problems(value)
    assert (not ours) == Draft201909Validator(whole).is_valid(value), ours


def problems(schema: dict[str, Any], value: Any) -> list[tuple[str, str]]:
    return [(".".join(map(str, one.path)), one.keyword) for one in SchemaCheck(schema).problems(value)]


@pytest.mark.parametrize(
    ("text", "limit", "found"), [("abc", 3, []), ("äbc", 3, ["maxUtf8ByteLength"]), ("𝐚", 4, []), ("", 0, [])]
)
def test_lengths_in_bytes(text, limit, found):
    assert [keyword for _, keyword in problems({"maxUtf8ByteLength": limit}, text)] == found
    assert problems({"minUtf8ByteLength": len(text.encode()) + 1}, text) == [("", "minUtf8ByteLength")]


def test_unique_entries_are_counted_for_each_selector():
    schema = {"maxUniqueItems": 1, "selectors": ["marketplace_id", "language_tag"]}
    english, french = {"value": "a", "language_tag": "en_US"}, {"value": "b", "language_tag": "fr_CA"}
    assert problems(schema, [english, french]) == []
    assert problems(schema, [english, {**english, "value": "c"}]) == [("", "maxUniqueItems")]
    assert problems({"minUniqueItems": 1}, []) == [("", "minUniqueItems")]


def test_problems_say_where_and_how_much():
    schema = {"properties": {"item_name": {"items": {"properties": {"value": {"maxLength": 3}}}}}}
    (problem,) = SchemaCheck(schema).problems({"item_name": [{"value": "long"}]})
    assert problem.path == ("item_name", 0, "value")
    assert (problem.keyword, problem.value, problem.limit) == ("maxLength", "long", 3)


def test_a_pattern_that_python_cannot_read_is_left_to_amazon():
    assert problems({"pattern": "^(?<year>[0-9]{4}$"}, "x") == []


def test_a_schema_is_compiled_once_for_each_version():
    schema, other = {"type": "string"}, {"type": "integer"}
    assert check_of("LAMP", "v1", schema) is check_of("LAMP", "v1", dict(schema))
    assert check_of("LAMP", "v2", other) is not check_of("LAMP", "v1", schema)
    assert check_of("LAMP", "", schema) is not check_of("LAMP", "", other)


def test_only_what_is_used_of_a_large_schema_is_compiled():
    values = [f"value {n} {letter}" for n in range(2_000) for letter in string.ascii_lowercase]
    attribute = {"type": "array", "items": {"properties": {"value": {"enum": values}}}}
    checks = SchemaCheck({"properties": {f"attribute_{n}": dict(attribute) for n in range(60)}})
    assert list(checks.problems({"attribute_7": [{"value": values[-1]}]})) == []
    (problem,) = checks.problems({"attribute_7": [{"value": "other"}]})
    assert problem.keyword == "enum"
    assert len(checks._compiled) < 10
