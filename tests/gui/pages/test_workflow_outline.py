"""The order, indent and lines of a workflow's steps."""

from hypothesis import given
from hypothesis import strategies as st

from mmhub_desktop.gui.pages.workflow_outline import outline


def drawn(after: dict[str, list[str]]) -> list[str]:
    return [". " * place.indent + place.key for place in outline(after)]


def test_a_chain_is_not_indented() -> None:
    assert drawn({"improve": [], "publish": ["improve"], "tell": ["publish"]}) == ["improve", "publish", "tell"]


def test_branches_are_indented_and_what_waits_for_all_goes_back() -> None:
    after = {"improve": [], "a": ["improve"], "b": ["improve"], "tell": ["a", "b"], "a2": ["a"]}
    assert drawn(after) == ["improve", ". a", ". a2", ". b", "tell"]
    assert outline(after)[4].parents == (1, 3)


def test_several_first_steps_stand_side_by_side() -> None:
    assert drawn({"sync": [], "images": []}) == [". sync", ". images"]
    assert [place.parents for place in outline({"sync": [], "images": []})] == [(None,), (None,)]


def test_a_step_stands_below_what_it_comes_after_whatever_the_order() -> None:
    assert drawn({"tell": ["publish"], "publish": ["improve"], "improve": []}) == ["improve", "publish", "tell"]


def test_a_circle_and_an_unknown_step_are_still_shown() -> None:
    assert drawn({"a": ["b"], "b": ["a"], "c": ["gone"]}) == ["c", "a", "b"]


@given(st.lists(st.lists(st.integers(0, 11), max_size=3), max_size=12))
def test_each_step_once_and_below_all_it_comes_after(before: list[list[int]]) -> None:
    after = {str(number): [str(each) for each in each_before] for number, each_before in enumerate(before)}
    places = outline(after)
    assert sorted(place.key for place in places) == sorted(after)
    in_order = {key: [each for each in keys if each in after and int(each) < int(key)] for key, keys in after.items()}
    spots = {place.key: number for number, place in enumerate(outline(in_order))}
    assert all(spots[each] < spots[key] for key, keys in in_order.items() for each in keys)
