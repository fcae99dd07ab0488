"""The seam between the event bus and Qt: bursts are merged to at most ten deliveries a second."""

from collections.abc import Iterable
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from mmhub_desktop.events import (
    AccountsChanged,
    BackupsChanged,
    BatchesProgressed,
    Bus,
    ConnectivityChanged,
    Event,
    HistoryChanged,
    ImagesFetched,
    ImportProgressed,
    ListingsChanged,
    Notice,
    PreviewProgressed,
    ProductsChanged,
    ReadinessChanged,
    RulesChanged,
    SchedulesChanged,
    TasksSettled,
    WebhooksChanged,
    WorkflowsChanged,
)

KINDS: tuple[type[Event], ...] = (
    ProductsChanged,
    ListingsChanged,
    AccountsChanged,
    TasksSettled,
    BatchesProgressed,
    ImportProgressed,
    ConnectivityChanged,
    SchedulesChanged,
    WebhooksChanged,
    WorkflowsChanged,
    PreviewProgressed,
    ReadinessChanged,
    RulesChanged,
    BackupsChanged,
    HistoryChanged,
    ImagesFetched,
    Notice,
)
INTERVAL_MS = 100
T = TypeVar("T", bound=int)
MOST_IDS = 2_000  # beyond this an event says "many" (no ids) instead of naming them


class Bridge(QObject):
    """Collects the bus's events on the loop's thread and emits ``arrived(list[Event])``, merged."""

    arrived = Signal(object)

    def __init__(self, bus: Bus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[Event] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.deliver)
        self._unsubscribe = [bus.subscribe(kind, self._take) for kind in KINDS]

    def deliver(self) -> None:
        """Emit what has been collected, now."""
        self._timer.stop()
        if self._waiting:
            events, self._waiting = merge(self._waiting), []
            self.arrived.emit(events)

    def close(self) -> None:
        """Stop listening to the bus."""
        self._timer.stop()
        self._waiting.clear()
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()

    def _take(self, event: Event) -> None:
        self._waiting.append(event)
        if not self._timer.isActive():
            self._timer.start()


def merge(events: Iterable[Event]) -> list[Event]:
    """One event per kind where kinds can be merged; notices stay single, in order."""
    grouped: dict[type[Event], list[Event]] = {}
    for event in events:
        grouped.setdefault(type(event), []).append(event)
    merged: list[Event] = []
    for kind, group in grouped.items():
        merged.extend(_MERGERS.get(kind, lambda found: found)(group))
    return merged


def _products(group: list[Event]) -> list[Event]:
    ids = _joined([event.ids for event in group if isinstance(event, ProductsChanged)])
    return [ProductsChanged(ids)]


def _accounts(group: list[Event]) -> list[Event]:
    return [AccountsChanged(_joined([event.ids for event in group if isinstance(event, AccountsChanged)]))]


def _listings(group: list[Event]) -> list[Event]:
    found = [event for event in group if isinstance(event, ListingsChanged)]
    return [ListingsChanged(_joined([event.ids for event in found]), _joined([event.product_ids for event in found]))]


def _batches(group: list[Event]) -> list[Event]:
    ids = {id_ for event in group if isinstance(event, BatchesProgressed) for id_ in event.ids}
    return [BatchesProgressed(tuple(sorted(ids)))]


def _tasks(group: list[Event]) -> list[Event]:
    return [TasksSettled(tuple(pair for event in group if isinstance(event, TasksSettled) for pair in event.pairs))]


def _imports(group: list[Event]) -> list[Event]:
    return list({event.id: event for event in group if isinstance(event, ImportProgressed)}.values())


def _readiness(group: list[Event]) -> list[Event]:
    return list({event.account_id: event for event in group if isinstance(event, ReadinessChanged)}.values())


def _webhooks(group: list[Event]) -> list[Event]:
    return [WebhooksChanged(_joined([event.ids for event in group if isinstance(event, WebhooksChanged)]))]


def _last(group: list[Event]) -> list[Event]:
    return group[-1:]


def product_ids(event: Event) -> tuple[int, ...]:
    """The products that an event names."""
    if isinstance(event, ProductsChanged):
        return event.ids
    return event.product_ids if isinstance(event, ListingsChanged) else ()


def _joined(parts: list[tuple[T, ...]]) -> tuple[T, ...]:
    """All ids once; none at all when any part said "many" or there are too many."""
    if not all(parts):
        return ()
    ids = dict.fromkeys(id_ for part in parts for id_ in part)
    return tuple(ids) if len(ids) <= MOST_IDS else ()


_MERGERS = {
    ProductsChanged: _products,
    ListingsChanged: _listings,
    AccountsChanged: _accounts,
    BatchesProgressed: _batches,
    TasksSettled: _tasks,
    ImportProgressed: _imports,
    ConnectivityChanged: _last,
    WebhooksChanged: _webhooks,
    SchedulesChanged: _last,
    BackupsChanged: _last,
    HistoryChanged: _last,
    WorkflowsChanged: _last,
    ReadinessChanged: _readiness,
    RulesChanged: _last,
}
