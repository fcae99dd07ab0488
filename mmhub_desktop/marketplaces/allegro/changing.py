"""Changes to an offer that exists: price, stock, title, description. All are safe to repeat."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mmhub_desktop.domain.listing import ListingChange
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding, Rejected
from mmhub_desktop.marketplaces.allegro.commands import ACTIVATE, call, price_request, publication_request
from mmhub_desktop.marketplaces.allegro.mapping import price_json
from mmhub_desktop.marketplaces.allegro.problems import LABEL, rejection
from mmhub_desktop.marketplaces.allegro.reading import read_money, status_of
from mmhub_desktop.marketplaces.allegro.texts import (
    DESCRIPTION_MAX,
    clean_title,
    description_items,
    description_size,
    make_description,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What makes a change: a price command, or an edit, and the command that shows the offer again."""

    price_alone: bool = False
    edit: Mapping[str, Any] | None = None
    activate: bool = False

    def requests(self, offer_id: str, change: ListingChange) -> tuple[OutgoingRequest, ...]:
        """What will be sent, in order; a command's id stands as a placeholder."""
        found: list[OutgoingRequest] = []
        if self.price_alone and change.price is not None:
            found.append(price_request(offer_id, change.price))
        if self.edit:
            found.append(edit_request(offer_id, self.edit))
        if self.activate:
            found.append(publication_request([offer_id], ACTIVATE))
        return tuple(found)


def edit_request(offer_id: str, edit: Mapping[str, Any]) -> OutgoingRequest:
    """Change the named fields only."""
    return call("PATCH", f"/sale/product-offers/{offer_id}", dict(edit))


def quantity_edit(offer_id: str, quantity: int) -> OutgoingRequest:
    """Change the stock of an offer that is shown."""
    return edit_request(offer_id, {"stock": {"available": quantity}})


def needs_offer(change: ListingChange) -> bool:
    """Whether the offer must be read before the change can be planned."""
    return bool(change.quantity) or change.title is not None or change.description is not None


def plan_change(change: ListingChange, offer: Mapping[str, Any]) -> Plan:
    """The least that makes the change. Rejected when Allegro would not take it.

    A stock of 0 ends an offer; one that has ended so is shown again when there is stock.
    """
    edit: dict[str, Any] = {}
    activate = False
    if change.price is not None:
        if change.price.minor <= 0:
            raise _refusal("price", "The price must be above 0.", "Enter a price.", str(change.price))
        edit["sellingMode"] = {"price": price_json(change.price)}
    if change.quantity is not None:
        if change.quantity < 0:
            raise _refusal("quantity", "The quantity must not be below 0.", "Enter 0 or more.", str(change.quantity))
        activate = change.quantity > 0 and _has_sold_out(offer)
        stock = offer.get("stock")
        if not activate or not isinstance(stock, Mapping) or stock.get("available") != change.quantity:
            edit["stock"] = {"available": change.quantity}
    if change.title is not None and change.title != offer.get("name"):
        title, findings = clean_title(change.title)
        _refuse(findings)
        edit["name"] = title
    if change.description is not None:
        edit["description"] = _new_description(change.description, offer)
    if set(edit) == {"sellingMode"} and not activate and not needs_offer(change):
        return Plan(price_alone=True)
    return Plan(edit=edit or None, activate=activate)


def price_kept(change: ListingChange, shown: Mapping[str, Any]) -> tuple[Finding, ...]:
    """A finding where an edit was answered with another price: a price rule on Allegro sets it."""
    mode = shown.get("sellingMode")
    kept = read_money(mode.get("price")) if isinstance(mode, Mapping) else None
    if change.price is None or kept is None or kept == change.price:
        return ()
    message = f"{LABEL} kept the price {kept}: an automatic price rule of the offer sets it."
    fix = "Take the offer out of the price rule on Allegro, then update again."
    return (Finding("allegro.price_kept", "price", message, fix, str(change.price), str(kept)),)


def _has_sold_out(offer: Mapping[str, Any]) -> bool:
    publication, stock = offer.get("publication") or {}, offer.get("stock") or {}
    return status_of(offer) == "ENDED" and (publication.get("endedBy") == "EMPTY_STOCK" or stock.get("available") == 0)


def _new_description(text: str, offer: Mapping[str, Any]) -> dict[str, Any]:
    """The text's sections, with the pictures that the seller has put between the old ones behind it."""
    description, findings = make_description(text)
    _refuse(findings)
    pictures = list(description_items(offer.get("description"), "IMAGE"))
    sections = [*description.get("sections", ()), *({"items": [picture]} for picture in pictures)]
    if description_size({"sections": sections}) > DESCRIPTION_MAX:
        raise _refusal("description", "The description and its pictures are too long.", "Shorten it.", "")
    return {"sections": sections}


def _refuse(findings: list[Finding]) -> None:
    if any(finding.blocks for finding in findings):
        raise rejection(findings)


def _refusal(field: str, message: str, fix: str, value: str) -> Rejected:
    return Rejected(message, findings=(Finding(f"allegro.{field}", field, message, fix, value),), hint=fix)
