"""The seller's words for states, numbers and times, with the tone and icon that go with them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from mmhub_desktop.domain.history import Undone
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.domain.readiness import ReadyState


@dataclass(frozen=True, slots=True)
class Wording:
    """How a state is shown: word, tone of its chip, icon."""

    word: str
    tone: str
    icon: str


PRODUCT_STATUS: dict[ProductStatus, Wording] = {
    ProductStatus.IMPORTED: Wording("Imported", "neutral", "inbox"),
    ProductStatus.OPTIMIZING: Wording("Enhancing", "info", "loader"),
    ProductStatus.OPTIMIZED: Wording("Enhanced", "accent", "sparkles"),
    ProductStatus.PUBLISHING: Wording("Publishing", "info", "loader"),
    ProductStatus.PUBLISHED: Wording("Published", "ok", "circle-check"),
    ProductStatus.FAILED: Wording("Failed", "err", "circle-alert"),
}

LISTING_STATE: dict[ListingState, Wording] = {
    ListingState.DRAFT: Wording("Draft", "neutral", "circle"),
    ListingState.READY: Wording("Ready", "accent", "circle-dot"),
    ListingState.SENT: Wording("Sent", "info", "send"),
    ListingState.ACCEPTED: Wording("Accepted", "info", "clock"),
    ListingState.LIVE: Wording("Live", "ok", "circle-check"),
    ListingState.PAUSED: Wording("Paused", "warn", "circle-pause"),
    ListingState.REJECTED: Wording("Rejected", "err", "circle-x"),
    ListingState.ENDED: Wording("Ended", "neutral", "circle-stop"),
}


READY_STATE: dict[ReadyState, Wording] = {
    ReadyState.READY: Wording("Ready", "ok", "circle-check"),
    ReadyState.BLOCKED: Wording("Not ready", "err", "circle-x"),
    ReadyState.UNREAD: Wording("Not read yet", "neutral", "circle-help"),
    ReadyState.INACTIVE: Wording("Inactive", "neutral", "circle"),
}


def field_word(field: str) -> str:
    """A finding's field as people say it: “Price”, “Attribute COLOR”."""
    if field.startswith("attributes."):
        return f"Attribute {field.removeprefix('attributes.')}"
    words = {"gtin": "Barcode", "sku": "SKU", "images": "Images", "": "Listing"}
    return words.get(field, field.replace("_", " ").capitalize())


def listing_wording(state: str) -> Wording:
    """The wording of a stored listing state."""
    return LISTING_STATE[ListingState(state)]


def number(value: int) -> str:
    """A whole number with separators."""
    return f"{value:,}"


def megabytes(size: int) -> str:
    """A file's size, from bytes."""
    return f"{number(max(1, round(size / 1e6)))} MB"


def counted(value: int, noun: str, plural: str = "") -> str:
    """“1 product”, “214 products”."""
    return f"{value:,} {noun if value == 1 else plural or noun + 's'}"


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """How long ago, in few words; the date when it is more than a week."""
    if moment is None:
        return "never"
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    if seconds < 86_400:
        return f"{int(seconds // 3600)} h ago"
    if seconds < 7 * 86_400:
        return "yesterday" if seconds < 2 * 86_400 else f"{int(seconds // 86_400)} days ago"
    local = moment.astimezone()
    return f"{local.day} {local:%b %Y}"


def moment_text(moment: datetime | None) -> str:
    """Date and time in the machine's own time zone, for tooltips and logs."""
    return "" if moment is None else f"{moment.astimezone():%d %b %Y, %H:%M}"


def undone_words(undone: Undone) -> str:
    """What an undo did, and what it left with the reason."""
    words = f"{counted(undone.products, 'product')} {'is' if undone.products == 1 else 'are'} as before."
    if undone.refused and undone.refusals:
        first = undone.refusals[0]
        words += f" {counted(undone.refused, 'value')} stayed, such as {first.sku}: {first.message}"
    return words
