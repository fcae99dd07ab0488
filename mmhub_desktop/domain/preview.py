"""What is shown before anything is sent: for each listing what would happen, field by field, and the exact requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from mmhub_desktop.domain.ids import AccountId, PreviewId, ProductId
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding


class PreviewOutcome(StrEnum):
    """What sending would do to one listing."""

    NEW = "new"
    CHANGED = "changed"
    ENDS = "ends"
    SAME = "same"  # nothing differs: left out
    SKIPPED = "skipped"  # left out for the reason given
    BLOCKED = "blocked"  # findings forbid sending
    FAILED = "failed"  # it could not be found out

    @property
    def is_sent(self) -> bool:
        """Whether submitting the preview makes a job of it."""
        return self in SENDS


SENDS = frozenset({PreviewOutcome.NEW, PreviewOutcome.CHANGED, PreviewOutcome.ENDS})


class PreviewState(StrEnum):
    """How far a preview has come."""

    BUILDING = "building"
    READY = "ready"
    CANCELLED = "cancelled"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Preview:
    """One preview: what was asked for and how far it has come. Counts are of listings."""

    id: PreviewId
    action: str
    options: Mapping[str, Any]
    state: PreviewState
    total: int
    done: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PreviewField:
    """One field of a listing: as it is there now or was last sent, and as it will be sent."""

    name: str
    old: str
    new: str

    @property
    def differs(self) -> bool:
        """Whether sending changes it."""
        return self.old != self.new


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One line of a preview. ``changes`` is the number of fields that differ; ``id`` is 0 before it is kept."""

    id: int
    product_id: ProductId
    account_id: AccountId
    outcome: PreviewOutcome
    sku: str = ""
    title: str = ""
    reason: str = ""
    changes: int = 0


@dataclass(frozen=True, slots=True)
class PreviewDetail:
    """All of one line.

    ``marks`` holds a short hash of each field of the product at that time, to tell later what changed. ``limited`` are
    the fields an update sends, ``category_id`` the category a new listing goes into.
    """

    row: PreviewRow
    fields: tuple[PreviewField, ...] = ()
    findings: tuple[Finding, ...] = ()
    requests: tuple[OutgoingRequest, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    category_id: str = ""
    limited: tuple[str, ...] = ()
    outdated: bool = False  # a job found that it holds no more
