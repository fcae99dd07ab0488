"""What happened, told after it is on disk, and the bus that tells it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from mmhub_desktop.domain.ids import (
    AccountId,
    BatchId,
    ImportId,
    JobId,
    ListingId,
    PreviewId,
    ProductId,
    SubscriptionId,
    TaskId,
)
from mmhub_desktop.domain.image_queue import FetchProgress
from mmhub_desktop.domain.imports import ImportCounts, ImportState

_log = logging.getLogger("mmhub.events")


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""


@dataclass(frozen=True, slots=True)
class ProductsChanged(Event):
    """Products were added, changed or deleted; no ids means too many to name."""

    ids: tuple[ProductId, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryChanged(Event):
    """An entry of the history of changes came to its end, was undone or done again."""


@dataclass(frozen=True, slots=True)
class SearchIndexed(Event):
    """More of the products that are new or changed can be searched quickly: ``done`` of ``total``."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ListingsChanged(Event):
    """Listings changed state or content."""

    ids: tuple[ListingId, ...] = ()
    product_ids: tuple[ProductId, ...] = ()


@dataclass(frozen=True, slots=True)
class RulesChanged(Event):
    """What listings of these accounts are composed by changed: rules, mappings, what was set for one alone."""

    account_ids: tuple[AccountId, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadinessChanged(Event):
    """More products of an account were checked before publishing: ``done`` of ``total``."""

    account_id: AccountId
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class AccountsChanged(Event):
    """An account was added, changed, paused, removed, or its health changed."""

    ids: tuple[AccountId, ...] = ()


@dataclass(frozen=True, slots=True)
class TasksSettled(Event):
    """Tasks of one commit: (task, job) pairs whose new state is on disk."""

    pairs: tuple[tuple[TaskId, JobId], ...]


@dataclass(frozen=True, slots=True)
class BatchesProgressed(Event):
    """Batches whose counts or state changed."""

    ids: tuple[BatchId, ...]


@dataclass(frozen=True, slots=True)
class ImportProgressed(Event):
    """An import moved on; ``total_rows`` is an estimate until the end is reached."""

    id: ImportId
    state: ImportState
    counts: ImportCounts
    total_rows: int
    rows_per_second: float
    seconds_left: float | None
    phase: str = "rows"


@dataclass(frozen=True, slots=True)
class SchedulesChanged(Event):
    """A schedule was added, changed or removed, or has run."""


@dataclass(frozen=True, slots=True)
class WorkflowsChanged(Event):
    """A workflow was saved or removed, or a run of one moved on."""


@dataclass(frozen=True, slots=True)
class PreviewProgressed(Event):
    """More lines of a preview are there, or its building has ended."""

    preview_id: PreviewId


@dataclass(frozen=True, slots=True)
class ConnectivityChanged(Event):
    """The network went away or came back."""

    online: bool


@dataclass(frozen=True, slots=True)
class WebhooksChanged(Event):
    """Subscriptions were changed, or messages of theirs were tried."""

    ids: tuple[SubscriptionId, ...] = ()


@dataclass(frozen=True, slots=True)
class BackupsChanged(Event):
    """A backup of the workspace was made or removed."""


@dataclass(frozen=True, slots=True)
class ImagesFetched(Event):
    """How the fetching of pictures behind links stands."""

    progress: FetchProgress


@dataclass(frozen=True, slots=True)
class Notice(Event):
    """Something to tell the seller once: level is info, ok, warn or err."""

    level: str
    message: str
    hint: str = ""


E_ = TypeVar("E_", bound=Event)


class Bus:
    """Publish and subscribe by event class, on the loop's thread; a failing listener harms nobody else."""

    def __init__(self) -> None:
        self._listeners: dict[type[Event], list[Callable[[Any], None]]] = {}

    def subscribe(self, kind: type[E_], listener: Callable[[E_], None]) -> Callable[[], None]:
        """Call ``listener`` for every event of exactly this class; returns a function that unsubscribes."""
        listeners = self._listeners.setdefault(kind, [])
        listeners.append(listener)
        return lambda: listeners.remove(listener) if listener in listeners else None

    def wants(self, kind: type[Event]) -> bool:
        """Whether anybody listens to this class: spares making events that nobody hears."""
        return bool(self._listeners.get(kind))

    def publish(self, event: Event) -> None:
        """Tell all listeners, in the order they subscribed."""
        for listener in tuple(self._listeners.get(type(event), ())):
            try:
                listener(event)
            except Exception:  # noqa: BLE001 - a listener is foreign code; the failure is logged whole
                _log.exception("a listener of %s failed", type(event).__name__)
