"""Kinds of attribute values."""

import pytest

from mmhub_desktop.domain.attribute_kind import mismatch, read_attribute


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("12 cm", "Measure in cm"), ("3,5kg", "Measure in kg"), ("42", "Number"), ("-1.5", "Number"),
        ("Sí", "Yes or no"),
        ("Red | Blue|Green", "List of 3"), ("Oak", "Text"), ("12 large pieces", "Text"), ("100 %", "Measure in %"),
        ("", "Text"),
    ],
)  # fmt: skip
def test_a_value_says_what_it_is(value: str, words: str) -> None:
    assert read_attribute(value).words == words


def test_what_a_marketplace_would_not_take_is_said() -> None:
    assert mismatch("12", "number_unit", ("cm", "in"), ()) == "needs a unit: cm, in"
    assert mismatch("12 kg", "number_unit", ("cm", "in"), ()) == "wants a number with cm, in"
    assert mismatch("12 cm", "number_unit", ("cm", "in"), ()) == ""
    assert mismatch("many", "number", (), ()) == "wants a number"
    assert mismatch("Pink", "list", (), ("Red", "Blue")) == "takes one of 2 values: Red, Blue"
    assert mismatch("red", "list", (), ("Red", "Blue")) == ""
