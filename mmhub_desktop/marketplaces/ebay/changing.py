"""Changes to a listing that exists. A PUT replaces everything, so it is made of what eBay shows now.

Price and stock alone go in the call for them; with a new text they go along in its PUT, since each listing may be
revised 250 times a day. Every change is safe to repeat.
"""

from collections.abc import Mapping
from typing import Any

from mmhub_desktop.domain.listing import ListingChange
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding, Rejected
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import RemoteListing
from mmhub_desktop.marketplaces.ebay.problems import LABEL, errors_of, not_there, read_findings, rejection
from mmhub_desktop.marketplaces.ebay.reading import is_listed
from mmhub_desktop.marketplaces.ebay.records import (
    INVENTORY,
    Records,
    group_path,
    item_path,
    offer_path,
    replace_group,
    replace_item,
    replace_offer,
)
from mmhub_desktop.marketplaces.ebay.single import amount_of
from mmhub_desktop.marketplaces.ebay.texts import clean_description, clean_title, fallback
from mmhub_desktop.marketplaces.kept_values import kept_values, not_in_listing
from mmhub_desktop.marketplaces.outgoing import json_request

_BULK = f"{INVENTORY}/bulk_update_price_quantity"
_Headers = tuple[tuple[str, str], ...]


async def plan_change(
    records: Records, offer_id: str, change: ListingChange, headers: _Headers
) -> tuple[OutgoingRequest, ...]:
    """The requests that make the change, in order; only reads. Rejected where eBay would not take it."""
    offer = await records.known_offer(offer_id)
    if not is_listed(offer):
        fix = "Publish the product again."
        raise _refusal("", "The listing has ended.", fix)
    sku = str(offer.get("sku") or "")
    _check(change, offer)
    planned = []
    if change.description is None and (change.price is not None or change.quantity is not None):
        planned.append(_price_and_stock(sku, offer_id, change))
    title, words = _texts(change)
    if change.title is not None or (change.description is not None and change.quantity is not None):
        planned.append(await _whole_item(records, sku, change, title, words, headers))
    if change.description is not None:
        ours: dict[str, Any] = {"listingDescription": words or str(change.description)}
        if change.price is not None:
            ours["pricingSummary"] = {"price": amount_of(change.price)}
        if change.quantity is not None:
            ours["availableQuantity"] = change.quantity
        planned.append(json_request("PUT", offer_path(offer_id), replace_offer(offer, ours), headers=headers))
    return tuple(planned)


async def plan_group_change(
    records: Records, key: str, change: ListingChange, headers: _Headers
) -> tuple[OutgoingRequest, ...]:
    """The same for a family: its title and description, price and stock of each variant named.

    Rejected for a price and a stock of its own, which it does not have.
    """
    if change.price is not None or change.quantity is not None:
        field = "price" if change.price is not None else "quantity"
        message = "A listing with variants has no price and no stock of its own."
        raise _refusal(field, message, "Change price and stock of its variants.")
    group = await records.group(key)
    if group is None:
        raise not_there()
    planned = await _variant_changes(records, group, change)
    if change.title is None and change.description is None:
        return planned
    title, words = _texts(change)
    ours = {"title": title} if change.title is not None else {}
    if change.description is not None:
        ours["description"] = words
    return (*planned, json_request("PUT", group_path(key), replace_group(group, ours), headers=headers))


async def _variant_changes(
    records: Records, group: Mapping[str, Any], change: ListingChange
) -> tuple[OutgoingRequest, ...]:
    """One call for each variant of the group; others are not in the listing."""
    members = {str(sku) for sku in group.get("variantSKUs") or ()}
    planned = []
    for variant in change.variants:
        offer = await records.offer_of(variant.sku) if variant.sku in members else None
        if offer is None:
            continue
        if not is_listed(offer):
            raise _refusal("", "The listing has ended.", "Publish the product again.")
        wish = ListingChange(price=variant.price, quantity=variant.quantity)
        _check(wish, offer)
        planned.append(_price_and_stock(variant.sku, str(offer["offerId"]), wish))
    return tuple(planned)


async def send_change(api: Api, planned: tuple[OutgoingRequest, ...]) -> None:
    """Send what was planned. Rejected when eBay refuses a part of it in an answer that is a success as a whole."""
    for request in planned:
        reply = await api.submit(request)
        if not request.path.startswith(_BULK):
            continue
        rows = reply.fields.get("responses")
        for row in rows if isinstance(rows, list) else ():
            if not isinstance(row, Mapping):
                continue
            status = row.get("statusCode")
            if errors_of(row) or (isinstance(status, int) and status >= 400):
                raise rejection(read_findings(row), original=str(row)[:300])


def kept_by_ebay(change: ListingChange, shown: RemoteListing) -> tuple[Finding, ...]:
    """What eBay does not show as asked: titles of its catalogue and of families, values, variants not listed."""
    found = []
    for one in kept_values(change, shown):
        message = f"eBay took the {one.name} {one.sent} and shows {one.shown}."
        fix = "Sync the listing later. If it stays so, look at eBay for a rule, a promotion or a limit that sets it."
        found.append(one.finding(f"ebay.{one.field}_kept", message, fix, blocks=False))
    wanted = clean_title(change.title)[0] if change.title is not None else shown.title
    if shown.title and shown.title != wanted:
        message = "eBay took the new title and shows the old one: the listing belongs to its catalogue or to a family."
        fix = "Look at the listing at eBay; to change its title, end it and publish it anew."
        found.append(Finding("ebay.title_kept", "title", message, fix, wanted, shown.title, blocks=False))
    fix = "End the listing and publish the product again to add them."
    return (*found, *not_in_listing("ebay", change.variants, shown, fix))


def _price_and_stock(sku: str, offer_id: str, change: ListingChange) -> OutgoingRequest:
    """One SKU in one call: eBay's own text says so, though the fields would take more."""
    offer: dict[str, Any] = {"offerId": offer_id}
    wish: dict[str, Any] = {"sku": sku, "offers": [offer]}
    if change.quantity is not None:
        wish["shipToLocationAvailability"] = {"quantity": change.quantity}
        offer["availableQuantity"] = change.quantity
    if change.price is not None:
        offer["price"] = amount_of(change.price)
    return json_request("POST", _BULK, {"requests": [wish]})


async def _whole_item(
    records: Records, sku: str, change: ListingChange, title: str, words: str, headers: _Headers
) -> OutgoingRequest:
    item = await records.item(sku)
    if item is None:
        raise not_there()
    ours: dict[str, Any] = {}
    if change.title is not None:
        ours["product"] = {"title": title}
    if change.description is not None:
        known = str((item.get("product") or {}).get("title") or "")
        ours.setdefault("product", {})["description"] = fallback(words, title or known)
    if change.quantity is not None:
        ours["availability"] = {"shipToLocationAvailability": {"quantity": change.quantity}}
    return json_request("PUT", item_path(sku), replace_item(item, ours), headers=headers)


def _texts(change: ListingChange) -> tuple[str, str]:
    """Title and description as sent. Rejected when they cannot be."""
    title, found = clean_title(change.title) if change.title is not None else ("", [])
    words, more = clean_description(change.description, title) if change.description is not None else ("", [])
    blocking = tuple(finding for finding in (*found, *more) if finding.blocks)
    if blocking:
        raise Rejected(f"{LABEL} does not take this text.", findings=blocking, hint=blocking[0].fix)
    if change.description is not None and not words:
        raise _refusal("description", "The description is empty.", "Write one.")
    return title, words


def _check(change: ListingChange, offer: Mapping[str, Any]) -> None:
    if change.price is not None:
        if change.price.minor <= 0:
            raise _refusal("price", "The price must be above 0.", "Enter a price.", change.price)
        pricing = offer.get("pricingSummary") or {}
        currency = str((pricing.get("price") or {}).get("currency") or change.price.currency)
        if currency != change.price.currency:
            message = f"The listing sells in {currency}, the price is in {change.price.currency}."
            raise _refusal("price", message, f"Enter a price in {currency} for this account.", change.price)
    if change.quantity is not None and change.quantity < 0:
        raise _refusal("quantity", "The quantity must not be below 0.", "Enter 0 or more.")


def _refusal(field: str, message: str, fix: str, value: Money | None = None) -> Rejected:
    finding = Finding(f"ebay.{field or 'ended'}", field, message, fix, str(value or ""))
    return Rejected(message, findings=(finding,), hint=fix)
