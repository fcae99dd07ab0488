"""Which limit a call counts to, where a task makes calls of several kinds (look-ups, and one feed of ten an hour)."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

_group: ContextVar[str] = ContextVar("group", default="")


@contextlib.contextmanager
def counted_as(group: str) -> Iterator[None]:
    """Calls within count to the ``RateLimit`` and ``CallBudget`` of this group instead of the task's own."""
    token = _group.set(group)
    try:
        yield
    finally:
        _group.reset(token)


def present_group() -> str:
    """The group that calls count to here, empty for the task's own."""
    return _group.get()
