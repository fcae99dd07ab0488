"""The quick look at values never says yes where the validator says no, and says yes to what is plain."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from mmhub_desktop.marketplaces.walmart.checking import item_validator
from mmhub_desktop.marketplaces.walmart.plainly import is_plainly_right, verdict

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-3, 3) | st.text("ab1", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=6,
)
KINDS = st.sampled_from(["string", "integer", "number", "boolean", "object", "array", "null"])
SCHEMAS = st.recursive(
    st.fixed_dictionaries(
        {},
        optional={
            "type": KINDS | st.lists(KINDS, min_size=1, max_size=2),
            "enum": st.lists(VALUES, min_size=1, max_size=3),
            "minLength": st.integers(0, 3),
            "maxLength": st.integers(0, 3),
            "pattern": st.sampled_from(["^a", "1$"]),
            "minimum": st.integers(-2, 2),
            "maximum": st.integers(-2, 2),
            "exclusiveMinimum": st.integers(-2, 2),
            "const": VALUES,
            "title": st.just("t"),
            "not": st.just({"type": "string"}),
        },
    )
    | st.booleans(),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "type": KINDS,
            "properties": st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
            "required": st.lists(st.sampled_from("xyz"), max_size=2, unique=True),
            "additionalProperties": inner,
            "items": inner | st.lists(inner, max_size=2),
            "minItems": st.integers(0, 2),
            "maxItems": st.integers(0, 2),
            "uniqueItems": st.booleans(),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "oneOf": st.lists(inner, min_size=1, max_size=3),
            "not": inner,
            "if": inner,
            "then": inner,
            "else": inner,
        },
    ),
    max_leaves=5,
)


@given(VALUES, SCHEMAS)
def test_a_yes_or_no_is_certain(value: Any, schema: Any) -> None:
    said = verdict(value, schema)
    assert is_plainly_right(value, schema) is (said is True)
    if said is not None:
        assert Draft7Validator(schema).is_valid(value) is said


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        ("Red", {"type": "string", "enum": ["Red", "Blue"], "title": "Colour"}),
        (19.99, {"type": "number", "multipleOf": 0.01, "minimum": 0, "maximum": 100}),
        ({"x": ["a"]}, {"type": "object", "properties": {"x": {"type": "array", "items": {"maxLength": 2}}}}),
        ({}, {"additionalProperties": False, "required": []}),
    ],
)
def test_what_is_plain_is_seen(value: Any, schema: Any) -> None:
    assert is_plainly_right(value, schema)
    assert not is_plainly_right(value, {**schema, "const": value})  # what it does not know is left to the validator


@given(VALUES, SCHEMAS)
def test_the_quick_validator_finds_the_same_errors(value: Any, schema: Any) -> None:
    def errors(validator: Any) -> set[tuple[str, tuple[Any, ...]]]:
        return {(str(one.validator), tuple(one.absolute_path)) for one in validator(schema).iter_errors(value)}

    assert errors(item_validator()) == errors(Draft7Validator)
