"""What is to be fetched behind products' links by itself: the queue as it is kept, and how far it has come."""

import json
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from mmhub_desktop.domain.ids import ImportId


class FetchState(StrEnum):
    """How the fetching stands."""

    IDLE = "idle"  # nothing waits
    FETCHING = "fetching"
    RESTING = "resting"  # the hosts do not answer, or an import runs: it goes on by itself
    PAUSED = "paused"  # by the seller
    FULL = "full"  # the copies take as much room as they may
    ENOUGH = "enough"  # as many were fetched for one import as may be by themselves
    FAILED = "failed"  # the disk


WAITS_FOR_SELLER = frozenset({FetchState.PAUSED, FetchState.FULL, FetchState.ENOUGH, FetchState.FAILED})


@dataclass(frozen=True, slots=True)
class Waiting:
    """Links that wait together: those that an import brought, or (``import_id`` 0) those known as broken by ``before``.

    ``done`` of them were fetched by themselves, at most ``most``. ``before`` in milliseconds since 1970.
    """

    import_id: ImportId
    before: int = 0
    done: int = 0
    most: int = 0

    @property
    def key(self) -> tuple[int, int]:
        """By what it is known while its numbers change."""
        return self.import_id, self.before


@dataclass(frozen=True, slots=True)
class ImageQueue:
    """What waits, in order, and whether the seller holds it."""

    waiting: tuple[Waiting, ...] = ()
    paused: bool = False

    def find(self, one: Waiting) -> Waiting | None:
        """As it stands now; None when it does not wait any more."""
        return next((each for each in self.waiting if each.key == one.key), None)

    def changed(self, one: Waiting, *, done: int | None = None, most: int | None = None) -> "ImageQueue":
        """The same with other numbers for one that waits."""

        def now(each: Waiting) -> Waiting:
            if each.key != one.key:
                return each
            return replace(
                each, done=each.done if done is None else done, most=each.most if most is None else most
            )  # fmt: skip

        return replace(self, waiting=tuple(now(each) for each in self.waiting))

    def without(self, one: Waiting) -> "ImageQueue":
        """The same without one of them."""
        return replace(self, waiting=tuple(each for each in self.waiting if each.key != one.key))

    def with_more(self, more: Waiting) -> "ImageQueue":
        """The same with one more at the end. An import waits once; broken links as they are known last."""
        if more.import_id and self.find(more) is not None:
            return self
        return replace(
            self, waiting=(*(each for each in self.waiting if each.import_id != more.import_id), more)
        )  # fmt: skip

    def to_text(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self))


def queue_of(text: str) -> ImageQueue:
    """As it was kept; an empty one for words that are none."""
    try:
        form = json.loads(text or "{}")
        waiting = tuple(Waiting(**{**each, "import_id": ImportId(each["import_id"])}) for each in form["waiting"])
        return ImageQueue(waiting, bool(form["paused"]))
    except (ValueError, TypeError, KeyError):
        return ImageQueue()


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """``done`` of ``total`` links that wait together; ``broken`` of them cannot be used. ``words``: why it rests."""

    state: FetchState = FetchState.IDLE
    done: int = 0
    total: int = 0
    broken: int = 0
    words: str = ""

    @property
    def left(self) -> int:
        """Links that wait."""
        return max(0, self.total - self.done)
