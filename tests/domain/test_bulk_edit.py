"""What each operation makes of a field, what it refuses, and which inputs it explains."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmhub_desktop.domain.bulk_edit import OPERATIONS, BulkEdit, InputKind, check_edit, operations_for
from mmhub_desktop.domain.bulk_fields import FIELDS, find_field
from mmhub_desktop.errors import UserMistake

ROW = {
    "sku": "LAMP-1", "title": "Red lamp", "description": "Bright.", "keywords": '["lamp","red"]',
    "optimized_title": None, "optimized_description": None, "optimized_keywords": None, "brand": "Lumea",
    "category": "Home", "gtin": "", "condition": "new", "price_minor": 2000, "cost_minor": 1000, "currency": "EUR",
    "quantity": 3, "weight_g": None, "images": '["a.jpg"]', "attributes": '{"Colour":"Red"}', "active": 1,
}  # fmt: skip


def done(field: str, operation: str, row: dict[str, Any] | None = None, **inputs: str) -> dict[str, Any]:
    """What the edit writes into the row."""
    ready = check_edit(BulkEdit(field, operation, tuple(inputs.items())))
    row = {**ROW, **(row or {})}
    return ready.apply({name: row[name] for name in ready.columns})[2]


@pytest.mark.parametrize(
    ("field", "operation", "inputs", "written"),
    [
        ("price", "change", {"by": "+10%"}, {"price_minor": 2200, "currency": "EUR"}),
        ("price", "change", {"by": "-2,50"}, {"price_minor": 1750, "currency": "EUR"}),
        ("price", "change", {"by": "10 %", "rounding": ".99"}, {"price_minor": 2299, "currency": "EUR"}),
        ("price", "set", {"value": "19.90"}, {"price_minor": 1990, "currency": "EUR"}),
        ("price", "compute", {"formula": "cost * 1.4 + 2"}, {"price_minor": 1600, "currency": "EUR"}),
        ("price", "clear", {}, {"price_minor": None}),
        ("quantity", "add", {"by": "-3"}, {"quantity": 0}),
        ("quantity", "set", {"value": "7"}, {"quantity": 7}),
        ("quantity", "compute", {"formula": "stock / 2"}, {"quantity": 2}),
        ("title", "replace", {"find": "RED", "by": "Blue"}, {"title": "Blue lamp"}),
        ("title", "replace", {"find": r"(\w+) lamp", "by": r"Lamp, \1", "pattern": "yes"}, {"title": "Lamp, Red"}),
        ("title", "prepend", {"text": "Lumea "}, {"title": "Lumea Red lamp"}),
        ("title", "fill", {"template": "{brand} {title} {gtin}"}, {"title": "Lumea Red lamp"}),
        ("description", "append", {"text": " Small."}, {"description": "Bright. Small."}),
        ("keywords", "add_words", {"words": "light, red"}, {"keywords": '["lamp","red","light"]'}),
        ("keywords", "remove_words", {"words": "RED"}, {"keywords": '["lamp"]'}),
        ("images", "add_words", {"words": "b.jpg", "first": "yes"}, {"images": '["b.jpg","a.jpg"]'}),
        ("category", "set", {"value": "Light"}, {"category": "Light"}),
        ("condition", "set", {"value": "used"}, {"condition": "used"}),
        ("active", "set", {"value": "no"}, {"active": 0}),
        ("weight_g", "set", {"value": "1.2 kg"}, {"weight_g": 1200}),
        ("attribute:Size", "set", {"value": "M"}, {"attributes": '{"Colour":"Red","Size":"M"}'}),
        ("attribute:Colour", "clear", {}, {"attributes": "{}"}),
        ("brand", "set", {"value": "Lumea"}, {}),
        ("title", "prepend", {"text": "Red"}, {}),
    ],
)
def test_what_is_written(field: str, operation: str, inputs: dict[str, str], written: dict[str, Any]) -> None:
    assert done(field, operation, None, **inputs) == written


def test_the_text_in_use_is_edited() -> None:
    better = {"optimized_title": "Bright red lamp", "optimized_keywords": '["a"]'}
    assert done("title", "replace", better, find="red", by="blue") == {"optimized_title": "Bright blue lamp"}
    assert done("keywords", "add_words", better, words="b") == {"optimized_keywords": '["a","b"]'}


@pytest.mark.parametrize(
    ("field", "operation", "row", "inputs", "said"),
    [
        ("price", "change", {"price_minor": None}, {"by": "5%"}, "has no price"),
        ("price", "change", {}, {"by": "-30"}, "below zero"),
        ("price", "set", {"currency": ""}, {"value": "5"}, "no currency"),
        ("price", "set", {}, {"value": "5 USD"}, "cost is in EUR"),
        ("price", "compute", {"cost_minor": None}, {"formula": "cost * 2"}, "has no cost"),
        ("quantity", "add", {}, {"by": "-4"}, "0 or more"),
        ("title", "replace", {}, {"find": ".*", "by": "", "pattern": "yes"}, "would be empty"),
    ],
)
def test_a_product_that_cannot_be_is_refused(
    field: str, operation: str, row: dict[str, Any], inputs: dict[str, str], said: str
) -> None:
    with pytest.raises(UserMistake, match=said):
        done(field, operation, row, **inputs)


@pytest.mark.parametrize(
    ("field", "operation", "inputs"),
    [
        ("sku", "set", {"value": "1"}),
        ("attribute:", "set", {"value": "1"}),
        ("title", "clear", {}),
        ("title", "change", {"by": "1"}),
        ("title", "set", {"value": " "}),
        ("title", "replace", {"find": "", "by": "x"}),
        ("title", "replace", {"find": "(", "by": "x", "pattern": "yes"}),
        ("title", "replace", {"find": "a", "by": r"\2", "pattern": "yes"}),
        ("title", "fill", {"template": "{colour}"}),
        ("price", "set", {"value": ""}),
        ("price", "set", {"value": "1,2,3"}),
        ("price", "change", {"by": "ten"}),
        ("price", "compute", {"formula": "margin * 2"}),
        ("quantity", "set", {"value": "-1"}),
        ("quantity", "add", {"by": "1.5"}),
        ("condition", "set", {"value": "broken"}),
        ("keywords", "add_words", {"words": " , "}),
        ("weight_g", "set", {"value": "heavy"}),
    ],
)
def test_inputs_that_mean_nothing_are_explained(field: str, operation: str, inputs: dict[str, str]) -> None:
    with pytest.raises(UserMistake) as told:
        check_edit(BulkEdit(field, operation, tuple(inputs.items())))
    assert told.value.hint


def test_every_field_can_be_edited_and_every_operation_is_of_use() -> None:
    assert all(operations_for(field) for field in FIELDS.values())
    assert {each.name for field in FIELDS.values() for each in operations_for(field)} == set(OPERATIONS)
    assert find_field("nothing") is None


@given(st.data())
def test_any_input_ends_in_a_change_or_in_words(data: st.DataObject) -> None:
    field = data.draw(st.sampled_from([*FIELDS.values()]))
    operation = data.draw(st.sampled_from(operations_for(field)))
    texts = st.text(max_size=12) | st.sampled_from(
        ["+10%", "price * 2", "{title}", "5", "used", "yes", "3 EUR", "1 kg"]
    )
    inputs = tuple(
        (each.name, data.draw(st.sampled_from([value for value, _ in each.choices])))
        if each.kind is InputKind.CHOICE
        else (each.name, data.draw(texts))
        for each in operation.inputs
    )
    try:
        ready = check_edit(BulkEdit(field.name, operation.name, inputs))
        old, new, written = ready.apply({name: ROW[name] for name in ready.columns})
    except UserMistake:
        return
    assert bool(written) == (new != old)
    assert field.shown(old) == field.shown(field.read({name: ROW[name] for name in ready.columns}))
