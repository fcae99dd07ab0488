"""Changes of a product in words."""

from mmhub_desktop.domain.history_words import change_lines


def test_each_changed_field_has_a_line() -> None:
    lines = change_lines(
        {
            "price_minor": (2490, 2750), "cost_minor": (None, 900), "title": ("Lamp", "Desk lamp"), "active": (1, 0),
            "optimized_title": (None, "Better"), "optimized_by": ("", "gpt"),
            "optimized_description": (None, ""), "keywords": ("[]", '["a","b"]'),
            "attributes": ('{"Colour":"Red","Size":"M"}', '{"Colour":"Blue","Power":"9 W"}'),
            "images": ('["a.jpg"]', "[]"), "description": ("", "x" * 100),
        },
        "EUR",
    )  # fmt: skip
    assert lines == [
        "Price: 24.90 EUR → 27.50 EUR", "Cost: none → 9.00 EUR", "Original title: Lamp → Desk lamp", "Active: yes → no",
        "Optimised title: empty → Better", "Original keywords: empty → a, b", "Colour: Red → Blue", "Size: M → empty",
        "Power: empty → 9 W", "Images: 1 → 0", f"Original description: empty → {'x' * 69}…",
    ]  # fmt: skip


def test_another_currency_is_named_with_the_amounts() -> None:
    assert change_lines({"price_minor": (100, 100), "currency": ("EUR", "CLP")}, "CLP") == ["Price: 1.00 EUR → 100 CLP"]
