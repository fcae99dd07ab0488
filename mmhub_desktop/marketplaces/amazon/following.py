"""What Amazon still works on after it has accepted a submission.

No call reads a submission back, so it is the listing that is looked at: whether it is there, shows what was sent, or is
gone. What is waited for stands in the ``submission`` text, so that a restart loses nothing.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mmhub_desktop.domain.listing import ListingChange, ListingState, VariantState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import Finding, NotLiveYet
from mmhub_desktop.marketplaces.amazon.problems import LABEL, rejection
from mmhub_desktop.marketplaces.base import RemoteListing
from mmhub_desktop.marketplaces.kept_values import kept_values

GIVE_UP_AFTER = timedelta(hours=24)
CREATE, CHANGE, DELETE = "create", "change", "delete"


@dataclass(frozen=True, slots=True)
class Awaited:
    """A submission: what was asked for, when (UTC), and the values that the listing should show then."""

    what: str
    at: datetime
    change: ListingChange = field(default_factory=ListingChange)

    def text(self, sku: str) -> str:
        """As it is kept with the job; the SKU keeps two listings' submissions apart."""
        kept: dict[str, Any] = {"sku": sku, "what": self.what, "at": self.at.isoformat(timespec="seconds")}
        kept |= _plain(self.change.price, self.change.quantity)
        if self.change.variants:
            kept["variants"] = [{"sku": one.sku, **_plain(one.price, one.quantity)} for one in self.change.variants]
        return json.dumps(kept, sort_keys=True)


def awaited_change(change: ListingChange, now: datetime, left: Collection[str] = ()) -> Awaited:
    """What is waited for after a change; texts are not compared, Amazon words them as it likes.

    ``left``: SKUs whose quantity was not sent.
    """
    variants = tuple(replace(one, quantity=None) if one.sku in left else one for one in change.variants)
    quantity = None if left and not variants else change.quantity
    return Awaited(CHANGE, now, ListingChange(price=change.price, quantity=quantity, variants=variants))


def read_awaited(text: str) -> Awaited:
    """What ``Awaited.text`` made. A text that is none waits for nothing but the listing itself."""
    try:
        kept = json.loads(text)
        own = _state(kept)
        variants = tuple(_state(row) for row in kept.get("variants") or ())
        change = ListingChange(price=own.price, quantity=own.quantity, variants=variants)
        return Awaited(str(kept["what"]), datetime.fromisoformat(kept["at"]), change)
    except (ValueError, KeyError, TypeError, AttributeError):
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
    late = kept_values(awaited.change, shown)
    if not late:
        return shown
    fields = {one.field for one in late}
    if not is_late and not any(reason.blocks and reason.field in fields for reason in shown.reasons):
        names = ", ".join(one.name for one in late)
        raise _wait(f"{LABEL} has accepted the change and does not show it yet: {names}.")
    reasons = tuple(reason for reason in shown.reasons if reason.field in fields)
    fix = "Look in Seller Central."
    kept = [one.finding("amazon.kept", f"{LABEL} still shows the {one.name} {one.shown}.", fix) for one in late]
    raise rejection((*reasons, *kept), "", "")


def _plain(price: Money | None, quantity: int | None) -> dict[str, Any]:
    told: dict[str, Any] = {} if price is None else {"minor": price.minor, "currency": price.currency}
    return told if quantity is None else {**told, "quantity": quantity}


def _state(kept: Mapping[str, Any]) -> VariantState:
    price = Money(int(kept["minor"]), str(kept["currency"])) if "minor" in kept else None
    return VariantState(str(kept.get("sku") or ""), price, kept.get("quantity"))


def _wait(message: str) -> NotLiveYet:
    return NotLiveYet(message, hint="Nothing to do: it is looked at again.")


def _never(message: str) -> Exception:
    finding = Finding("amazon.lost", "", message, "Look for the SKU in Seller Central, then publish again.")
    return rejection((finding,), message, "")
