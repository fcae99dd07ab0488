"""What Amazon still works on after it has accepted a submission.

No call reads a submission back, so it is the listing that is looked at: whether it is there, shows what was sent, or is
gone. What is waited for stands in the ``submission`` text, so that a restart loses nothing.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mmhub_desktop.domain.listing import ListingChange, ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import Finding, NotLiveYet
from mmhub_desktop.marketplaces.amazon.problems import LABEL, rejection
from mmhub_desktop.marketplaces.base import RemoteListing

GIVE_UP_AFTER = timedelta(hours=24)
CREATE, CHANGE, DELETE = "create", "change", "delete"


@dataclass(frozen=True, slots=True)
class Awaited:
    """A submission: what was asked for, when (UTC), and the values that the listing should show then."""

    what: str
    at: datetime
    price: Money | None = None
    quantity: int | None = None

    def text(self, sku: str) -> str:
        """As it is kept with the job; the SKU keeps two listings' submissions apart."""
        kept: dict[str, str | int] = {"sku": sku, "what": self.what, "at": self.at.isoformat(timespec="seconds")}
        if self.price is not None:
            kept |= {"minor": self.price.minor, "currency": self.price.currency}
        if self.quantity is not None:
            kept["quantity"] = self.quantity
        return json.dumps(kept, sort_keys=True)


def awaited_change(change: ListingChange, now: datetime) -> Awaited:
    """What is waited for after a change; texts are not compared, Amazon words them as it likes."""
    return Awaited(CHANGE, now, change.price, change.quantity)


def read_awaited(text: str) -> Awaited:
    """What ``Awaited.text`` made. A text that is none waits for nothing but the listing itself."""
    try:
        kept = json.loads(text)
        price = Money(int(kept["minor"]), str(kept["currency"])) if "minor" in kept else None
        at = datetime.fromisoformat(kept["at"])
        return Awaited(str(kept["what"]), at, price, kept.get("quantity"))
    except (ValueError, KeyError, TypeError):
        return Awaited(CREATE, datetime.fromtimestamp(0, UTC))


def judge(awaited: Awaited, shown: RemoteListing | None, now: datetime, remote_id: str) -> RemoteListing:
    """How the submission has ended, by what Amazon shows now (None: it knows no such SKU).

    NotLiveYet while it may still come; Rejected with the reasons when it did not.
    """
    is_late = now - awaited.at > GIVE_UP_AFTER
    if awaited.what == DELETE:
        if shown is None:
            return RemoteListing(remote_id, ListingState.ENDED)
        if not is_late:
            raise _wait("The offer is being deleted.")
        raise _never("The offer is still there a day after it was deleted.")
    if shown is None:
        if not is_late:
            raise _wait(f"{LABEL} has accepted the listing and does not show it yet.")
        raise _never("The listing was accepted a day ago and is not there.")
    if awaited.what != CHANGE:
        return shown
    late = _differing(awaited, shown)
    if not late:
        return shown
    if not is_late and not any(reason.blocks and reason.field in late for reason in shown.reasons):
        raise _wait(f"{LABEL} has accepted the change and does not show it yet: {', '.join(late)}.")
    reasons = tuple(reason for reason in shown.reasons if reason.field in late)
    values = {"price": shown.price, "quantity": shown.quantity}
    kept = tuple(
        Finding("amazon.kept", name, f"{LABEL} still shows the {name} {values[name]}.", "Look in Seller Central.")
        for name in late
    )
    raise rejection((*reasons, *kept), "", "")


def _differing(awaited: Awaited, shown: RemoteListing) -> list[str]:
    """Which of the values the listing does not show; what it does not tell at all is taken for done."""
    late = []
    if awaited.price is not None and shown.price is not None and shown.price != awaited.price:
        late.append("price")
    if awaited.quantity is not None and shown.quantity is not None and shown.quantity != awaited.quantity:
        late.append("quantity")
    return late


def _wait(message: str) -> NotLiveYet:
    return NotLiveYet(message, hint="Nothing to do: it is looked at again.")


def _never(message: str) -> Exception:
    finding = Finding("amazon.lost", "", message, "Look for the SKU in Seller Central, then publish again.")
    return rejection((finding,), message, "")
