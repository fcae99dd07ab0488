"""The switches of the practice Allegro beside those of all."""

from dataclasses import dataclass, field

from mmhub_desktop.practice.faults import Switches

SCOPES = (
    "allegro:api:profile:read", "allegro:api:sale:offers:read", "allegro:api:sale:offers:write",
    "allegro:api:sale:settings:read", "allegro:api:sale:settings:write", "allegro:api:orders:read",
    "allegro:api:orders:write", "allegro:api:shipments:read", "allegro:api:shipments:write",
)  # fmt: skip


@dataclass
class AllegroSwitches(Switches):
    """Its own traps. ``ready_after_s`` and ``ready_after_polls`` make commands and, with ``later``, edits take time."""

    expires_in: int = 43_200
    refresh_grace_s: float = 60
    later: bool = False  # creates and edits are answered 202 with an operation to follow
    operation_hangs: bool = False  # an operation stays "in progress" although the offer is done
    retry_after_s: int = 5  # what answers of 202 name
    device_interval_s: int = 5
    device_asks: bool = False  # opening the page does not agree yet
    publication_fails: str = ""  # the userMessage with which every ACTIVATE fails
    price_rule: bool = False  # prices are set by a rule: edits of them are answered 200 and do nothing
    sent_by_parcel: bool = False  # a parcel number marks the order as sent
    account_blocked: bool = False
    marketplace: str = "allegro-pl"
    scopes: list[str] = field(default_factory=lambda: list(SCOPES))  # what new tokens may do
