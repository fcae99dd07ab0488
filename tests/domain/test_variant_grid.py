"""Axes and missing combinations of variants."""

from mmhub_desktop.domain.variant_grid import axes_of, is_whole, missing

SHIRTS = [{"Size": "S", "Colour": "Red"}, {"Size": "M", "Colour": "Red"}, {"Size": "S", "Colour": "Blue"}]


def test_axes_keep_the_order_in_which_they_appear() -> None:
    assert axes_of(SHIRTS) == {"Size": ["S", "M"], "Colour": ["Red", "Blue"]}
    assert axes_of(SHIRTS, {"Size": ["M", "L"], "Fit": ["Slim"]}) == {
        "Size": ["S", "M", "L"], "Colour": ["Red", "Blue"], "Fit": ["Slim"],
    }  # fmt: skip


def test_missing_combinations_are_named() -> None:
    assert missing(axes_of(SHIRTS), SHIRTS) == [{"Size": "M", "Colour": "Blue"}]
    assert missing({}, []) == []
    assert missing({"Size": []}, []) == []


def test_a_variant_without_a_value_on_an_axis_makes_no_grid() -> None:
    assert is_whole(SHIRTS, axes_of(SHIRTS))
    assert not is_whole([*SHIRTS, {"Size": "L"}], axes_of(SHIRTS))
