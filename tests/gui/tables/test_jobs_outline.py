"""The rows of the job tree: every row is the right batch, job or task, however it is opened and closed."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmhub_desktop.gui.tables.jobs_outline import Level, Node, Outline, added_in_front


def ids(*numbers: int) -> "array[int]":
    return array("q", numbers)


def listed(outline: Outline) -> list[Node]:
    return [outline.node(row) for row in range(len(outline))]


def test_open_batches_and_jobs_stand_below_their_parents() -> None:
    outline = Outline()
    outline.set_batches(ids(3, 2, 1))
    outline.open_batch(2, ids(20, 21))
    outline.open_job(2, 20, 2)
    outline.open_batch(1, ids(10))
    assert listed(outline) == [
        Node(Level.BATCH, 3),
        Node(Level.BATCH, 2),
        Node(Level.JOB, 2, 20),
        Node(Level.TASK, 2, 20, 0),
        Node(Level.TASK, 2, 20, 1),
        Node(Level.JOB, 2, 21),
        Node(Level.BATCH, 1),
        Node(Level.JOB, 1, 10),
    ]
    outline.close(Node(Level.JOB, 2, 20))
    assert outline.node(3) == Node(Level.JOB, 2, 21)
    outline.close(Node(Level.BATCH, 2))
    assert outline.node(2) == Node(Level.BATCH, 1)


def test_batches_that_go_take_their_jobs_along_and_the_others_stay_open() -> None:
    outline = Outline()
    outline.set_batches(ids(2, 1))
    outline.open_batch(2, ids(20))
    outline.open_batch(1, ids(10))
    outline.set_batches(ids(3, 1))
    assert listed(outline) == [Node(Level.BATCH, 3), Node(Level.BATCH, 1), Node(Level.JOB, 1, 10)]


def test_a_row_outside_is_an_error() -> None:
    outline = Outline()
    outline.set_batches(ids(1))
    with pytest.raises(IndexError):
        outline.node(1)


def test_new_batches_in_front_are_told_from_other_changes() -> None:
    assert added_in_front(ids(2, 1), ids(4, 3, 2, 1)) == 2
    assert added_in_front(ids(2, 1), ids(2, 1)) == 0
    assert added_in_front(ids(2, 1), ids(3, 1)) is None
    assert added_in_front(ids(2, 1), ids(1)) is None


@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=6),
    st.sets(st.integers(0, 5)),
    st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5))),
)
def test_every_row_leads_to_its_node_and_back(
    sizes: list[int], open_batches: set[int], open_jobs: set[tuple[int, int]]
) -> None:
    outline = Outline()
    batch_ids = [len(sizes) - place for place in range(len(sizes))]
    outline.set_batches(array("q", batch_ids))
    for place in open_batches:
        if place < len(sizes) and sizes[place]:
            batch = batch_ids[place]
            outline.open_batch(batch, array("q", [batch * 100 + job for job in range(sizes[place])]))
            for where, job in open_jobs:
                if where == place and job < sizes[place]:
                    outline.open_job(batch, batch * 100 + job, 3)
    nodes = listed(outline)
    assert len(set(nodes)) == len(nodes)
    assert [outline.row_of(node) for node in nodes] == list(range(len(nodes)))
    assert [node.batch_id for node in nodes if node.level is Level.BATCH] == batch_ids
