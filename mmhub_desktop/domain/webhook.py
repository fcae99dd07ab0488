"""Webhooks as things: what can be told, who wants to hear it, and what became of each message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from mmhub_desktop.domain.ids import AccountId, SubscriptionId

PAYLOAD_VERSION = 1
TEST_EVENT = "webhook.test"  # sent by the Test button only
MAX_RETRIES_EVENT = "webhook.max_retries_exceeded"


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event that others can be told of. ``available`` False: its feature is not in this version yet."""

    name: str
    group: str
    about: str
    available: bool = True


EVENT_TYPES: tuple[EventType, ...] = (
    EventType("product.imported", "Products", "A product came into the catalog"),
    EventType("product.updated", "Products", "A product of the catalog was changed"),
    EventType("product.deleted", "Products", "A product was deleted from the catalog"),
    EventType("products.all_deleted", "Products", "The last product of the catalog was deleted"),
    EventType("product.enhanced", "Products", "A better text was written"),
    EventType("product.enhancement_failed", "Products", "No better text could be written"),
    EventType("product.published", "Listings", "A listing is live on a marketplace"),
    EventType("product.publish_failed", "Listings", "A product could not be published"),
    EventType("marketplace.publish.retry", "Listings", "Publishing failed for now and is tried again"),
    EventType("import.completed", "Imports", "A file was imported to its end"),
    EventType(MAX_RETRIES_EVENT, "Webhooks", "A message was given up after its last try"),
    EventType("canvas.workflow.started", "Workflows", "A workflow of the editor was started"),
    EventType("canvas.workflow.error", "Workflows", "A workflow of the editor failed"),
    EventType("workflow.completed", "Workflows", "A workflow came to its end"),
    EventType("workflow.error", "Workflows", "A workflow stopped at an error"),
    EventType("workflow.message", "Workflows", "A workflow came to a webhook step"),
    EventType("order.received", "Orders", "A marketplace reported an order", available=False),
    EventType("stock.low", "Stock", "A product is running out", available=False),
)
"""Every event type there is. Only ``available`` ones are offered and accepted."""

AVAILABLE = tuple(kind.name for kind in EVENT_TYPES if kind.available)


@dataclass(frozen=True, slots=True)
class Subscription:
    """Somebody who wants to be told. Its secret lies in the keyring.

    ``account_ids`` narrows events that belong to an account; without any, those of all accounts come. ``tags`` narrows
    events that tell of a product to those whose attribute “tags” has one of them. Inactive: what happens is not
    recorded. Paused: it is recorded and sent later. ``disabled_because`` says why the program itself switched it off.
    """

    id: SubscriptionId
    url: str
    event_types: tuple[str, ...]
    account_ids: tuple[AccountId, ...] = ()
    tags: tuple[str, ...] = ()
    active: bool = True
    paused: bool = False
    disabled_because: str = ""
    created_at: datetime | None = None


def split_tags(text: str) -> tuple[str, ...]:
    """Tags as sellers and shops write them, separated by commas or semicolons; each once, in order."""
    words = (" ".join(word.split()) for word in text.replace(";", ",").split(","))
    return tuple(dict.fromkeys(word for word in words if word))


class MessageState(StrEnum):
    """How far a message has come. A dropped one was waiting when its subscription was switched off."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver a message: the answer's status (0: none came), its shortened text, or why there was none."""

    at: datetime
    duration_ms: int
    url: str
    status: int = 0
    reply: str = ""
    error: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the receiver took the message."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Message:
    """One event on its way to one subscription. ``event_id`` stays the same in every try; ``payload`` is the body."""

    id: int
    subscription_id: SubscriptionId
    event_id: str
    event_type: str
    subject: str
    payload: str
    state: MessageState
    attempts: int
    ready_at: datetime
    created_at: datetime
    delivered_at: datetime | None = None
    log: tuple[Attempt, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class SubscriptionSummary:
    """How a subscription is doing: its last try, and how many messages wait and were given up."""

    last: Attempt | None
    waiting: int
    failed: int


def error_data(problem: Mapping[str, Any], retry_count: int) -> dict[str, Any]:
    """The detailed form of an error in a payload, from a stored ``Problem``."""
    findings = problem.get("findings") or []
    return {
        "type": problem.get("kind", ""),
        "code": findings[0]["rule"] if findings else problem.get("kind", ""),
        "message": problem.get("message", ""),
        "hint": problem.get("hint", ""),
        "marketplace_response": problem.get("original") or (findings[0].get("original", "") if findings else ""),
        "findings": [
            {key: finding.get(key, "") for key in ("rule", "field", "message", "fix", "original")}
            for finding in findings
        ],
        "retry_count": retry_count,
    }
