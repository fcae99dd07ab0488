"""The history of changes: what was done to how many products, and what became of undoing it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mmhub_desktop.domain.ids import EntryId, ImportId, ProductId


class EntryKind(StrEnum):
    """What sort of thing was done."""

    EDIT = "edit"
    BULK_EDIT = "bulk_edit"
    ENHANCE = "enhance"
    DELETE = "delete"
    IMPORT = "import"
    TAKE_LIVE = "take_live"
    RESTORE = "restore"
    ADOPT = "adopt"


KIND_LABELS: Mapping[EntryKind, str] = {
    EntryKind.EDIT: "Edit",
    EntryKind.BULK_EDIT: "Bulk edit",
    EntryKind.ENHANCE: "Better texts",
    EntryKind.DELETE: "Deletion",
    EntryKind.IMPORT: "Import",
    EntryKind.TAKE_LIVE: "Taken from a marketplace",
    EntryKind.RESTORE: "Restored from a copy",
    EntryKind.ADOPT: "Listings adopted",
}


class EntryState(StrEnum):
    """How an entry stands. An open one is being made; one that was cut short has been taken back for good.

    Forgotten: too old to be undone, its record had to make room.
    """

    OPEN = "open"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    REDOING = "redoing"
    CUT_SHORT = "cut_short"
    FORGOTTEN = "forgotten"


class Reason(StrEnum):
    """Why something was left as it is by an undo or redo."""

    EDITED = "edited"
    DELETED = "deleted"
    LISTED = "listed"
    PUBLISHING = "publishing"
    VARIANTS = "variants"
    TAKEN = "taken"
    PARENT_GONE = "parent_gone"
    NOT_RESTORED = "not_restored"


_REASONS: Mapping[Reason, str] = {
    Reason.EDITED: "It was changed since.",
    Reason.DELETED: "The product was deleted since.",
    Reason.LISTED: "It is listed on a marketplace: end the listing first, then undo again.",
    Reason.PUBLISHING: "It is being published: wait until that has ended, then undo again.",
    Reason.VARIANTS: "One of its variants stays.",
    Reason.TAKEN: "Another product has this by now: change that one first, then try again.",
    Reason.PARENT_GONE: "The product it was a variant of is gone; it stands by itself now.",
    Reason.NOT_RESTORED: "What it belonged to is gone, for example the marketplace account.",
}


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that was done. ``bytes``: what its record takes; ``refused``: what the last undo or redo left."""

    id: EntryId
    at: datetime
    actor: str
    kind: EntryKind
    label: str
    products: int
    state: EntryState
    import_id: ImportId | None = None
    bytes: int = 0
    refused: int = 0
    undone_at: datetime | None = None

    @property
    def can_undo(self) -> bool:
        """Whether it can be undone now, or what its last undo left be tried again."""
        return self.state is EntryState.DONE or (self.state is EntryState.UNDONE and self.refused > 0)

    @property
    def can_redo(self) -> bool:
        """Whether it can be done again now."""
        return self.state is EntryState.UNDONE


@dataclass(frozen=True, slots=True)
class Refusal:
    """A cell (or, with an empty field, a whole row) that an undo or redo left as it is."""

    product_id: ProductId
    sku: str
    title: str
    field: str
    reason: Reason
    present: str = ""  # what the cell holds now

    @property
    def message(self) -> str:
        """The reason in words."""
        return _REASONS[self.reason]


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo or redo did: how many products, and what it left (all counted, the first of them named)."""

    entry: HistoryEntry
    products: int
    refused: int = 0
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductChange:
    """What an entry did to one product: cells before and after; ``came`` and ``went`` where it was made or deleted."""

    entry: HistoryEntry
    cells: Mapping[str, tuple[object, object]]
    came: bool = False
    went: bool = False
