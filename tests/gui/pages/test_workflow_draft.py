"""Editing a workflow: where steps go, and undo."""

from dataclasses import replace

import pytest

from mmhub_desktop.domain.ids import WorkflowId
from mmhub_desktop.domain.workflow import Condition, Workflow, WorkflowStep
from mmhub_desktop.domain.workflow_facts import Operator
from mmhub_desktop.gui.pages.workflow_draft import Draft, followers, in_order


def draft(**after: tuple[str, ...]) -> Draft:
    steps = tuple(WorkflowStep(key, "sync", after=before) for key, before in after.items())
    return Draft(Workflow(WorkflowId(1), "Test", steps))


def shape(of: Draft) -> dict[str, tuple[str, ...]]:
    return {step.key: step.after for step in in_order(of.now)}


def test_a_step_after_another_stands_between_it_and_what_came_after() -> None:
    chain = draft(a=(), b=("a",))
    key = chain.add("publish", after="a")
    assert shape(chain) == {"a": (), key: ("a",), "b": (key,)}


def test_a_step_beside_another_is_waited_for_like_it() -> None:
    fork = draft(a=(), b=("a",), c=("a",), d=("b", "c"))
    key = fork.add("publish", beside="c")
    assert shape(fork) == {"a": (), "b": ("a",), "c": ("a",), key: ("a",), "d": ("b", "c", key)}


def test_without_a_place_a_step_goes_to_the_end() -> None:
    empty = Draft(None, Workflow(WorkflowId(0), "Test"))
    first, second = empty.add("sync"), empty.add("sync")
    assert shape(empty) == {first: (), second: (first,)}
    assert first != second


def test_a_removed_step_is_bridged_and_conditions_on_it_go() -> None:
    chain = draft(a=(), b=("a",), c=("b",))
    chain.set_step(replace(chain.now.step("c"), when=(Condition("outcome:b", Operator.IS, "failed"),)))
    chain.remove("b")
    assert shape(chain) == {"a": (), "c": ("a",)}
    assert chain.now.step("c").when == ()
    chain.undo()
    assert chain.now.step("c").when


@pytest.mark.parametrize(
    ("spot", "expected"),
    [
        ("before", {"c": (), "a": ("c",), "b": ("a",)}),
        ("beside", {"a": (), "b": ("a",), "c": ()}),
        ("after", {"a": (), "c": ("a",), "b": ("c",)}),
    ],
)
def test_a_step_is_moved(spot: str, expected: dict[str, tuple[str, ...]]) -> None:
    chain = draft(a=(), b=("a",), c=("b",))
    chain.move("c", "a", spot)
    assert shape(chain) == expected


def test_up_and_down_exchange_neighbours() -> None:
    chain = draft(a=(), b=("a",), c=("b",))
    chain.move_by("c", -1)
    assert shape(chain) == {"a": (), "c": ("a",), "b": ("c",)}
    chain.move_by("c", -1)
    chain.move_by("c", -1)
    assert list(shape(chain)) == ["c", "a", "b"]
    chain.move_by("c", 1)
    assert shape(chain) == {"a": (), "c": ("a",), "b": ("c",)}
    fork = draft(a=(), b=("a",), c=("a",), d=("b", "c"))
    fork.move_by("c", -1)
    assert shape(fork) == {"a": (), "c": ("a",), "b": ("a",), "d": ("b", "c")}


def test_a_copy_stands_beside_its_original() -> None:
    chain = draft(a=(), b=("a",))
    key = chain.duplicate("b")
    assert shape(chain) == {"a": (), "b": ("a",), key: ("a",)}


def test_what_comes_after_a_step_directly_or_not() -> None:
    assert followers(draft(a=(), b=("a",), c=("b",), d=()).now, "a") == {"b", "c"}


def test_changes_are_undone_and_done_again_and_typing_counts_once() -> None:
    edited = draft(a=())
    assert not edited.is_changed
    for name in ("N", "Ni", "Night"):
        edited.change(replace(edited.now, name=name), merge="name")
    edited.add("sync")
    assert edited.is_changed
    edited.undo()
    assert edited.now.name == "Night"
    edited.undo()
    assert edited.now.name == "Test"
    assert not edited.can_undo
    assert not edited.is_changed
    edited.redo()
    assert edited.now.name == "Night"
    edited.change(replace(edited.now, name="Day"), merge="name")
    assert not edited.can_redo
    edited.undo()
    assert edited.now.name == "Night"


def test_what_was_saved_can_still_be_undone() -> None:
    new = Draft(None, Workflow(WorkflowId(0), "New"))
    assert new.is_changed
    new.add("sync")
    new.was_saved(replace(new.now, id=WorkflowId(7)))
    assert not new.is_changed
    new.undo()
    assert new.now.id == 7
    assert new.is_changed
