"""Changes to offers that exist: price, stock and text, one by one or many in a call. All are safe to repeat."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mmhub_desktop.domain.listing import ListingChange
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding, MmhubError, RateLimited, Rejected, Unavailable, UnexpectedReply
from mmhub_desktop.marketplaces.base import RemoteListing
from mmhub_desktop.marketplaces.kaufland.mapping import Seller, check_price
from mmhub_desktop.marketplaces.kaufland.problems import LABEL, read_findings, rejection
from mmhub_desktop.marketplaces.kaufland.product_data import ProductData
from mmhub_desktop.marketplaces.kaufland.reading import read_unit
from mmhub_desktop.marketplaces.kaufland.texts import clean_description, clean_title
from mmhub_desktop.marketplaces.outgoing import json_request

_BULK = "/v2/units/bulk"
BULK_MOST = 150  # units of one call; one more fails them all


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change sends, in order, what of it is left out and said so, and the EAN whose data it changes."""

    requests: tuple[OutgoingRequest, ...]
    notes: tuple[Finding, ...] = ()
    ean: str = ""


def unit_fields(change: ListingChange, seller: Seller) -> dict[str, Any]:
    """What of a change belongs to the unit. Rejected for values that Kaufland would not take."""
    fields: dict[str, Any] = {}
    if change.price is not None:
        findings = check_price(change.price, seller.storefront)
        if findings:
            raise Rejected(findings[0].message, findings=tuple(findings), hint=findings[0].fix)
        fields["listing_price"] = change.price.minor
    if change.quantity is not None:
        if change.quantity < 0:
            message, fix = "The quantity must not be below 0.", "Enter 0 or more."
            finding = Finding("kaufland.quantity", "quantity", message, fix, str(change.quantity))
            raise Rejected(message, findings=(finding,), hint=fix)
        if sets_stock(seller):
            fields["amount"] = change.quantity
    return fields


def stock_note(change: ListingChange, seller: Seller) -> tuple[Finding, ...]:
    """Said where another account sets the stock."""
    if change.quantity is None or sets_stock(seller):
        return ()
    message = "The stock was not sent: another account sets it for all storefronts."
    fix = "See “This account sets the stock” in the account's settings."
    return (Finding("kaufland.stock_shared", "quantity", message, fix, str(change.quantity), blocks=False),)


async def plan_change(
    data: ProductData, read_unit_now: Mapping[str, Any] | None, remote_id: str, change: ListingChange, seller: Seller
) -> Plan:
    """The requests of one change; ``read_unit_now`` is the unit with its product where the text changes."""
    fields = unit_fields(change, seller)
    requests = []
    if fields:
        requests.append(unit_request(remote_id, fields, seller))
    notes = stock_note(change, seller)
    texts = _texts(change, seller)
    if not texts or read_unit_now is None:
        return Plan(tuple(requests), notes)
    ean = read_unit(read_unit_now).gtin
    if not ean or await data.own(ean) is None:
        message = "The text was not sent: this product page is written by others at Kaufland."
        names = ", ".join(sorted(texts))
        return Plan(tuple(requests), (*notes, Finding("kaufland.text_shared", names, message, blocks=False)))
    requests.append(data.patch_request(ean, texts))
    return Plan(tuple(requests), notes, ean)


def unit_request(remote_id: str, fields: Mapping[str, Any], seller: Seller) -> OutgoingRequest:
    """Price and stock of one unit."""
    return json_request("PATCH", f"/v2/units/{remote_id}", fields, params={"storefront": seller.storefront.id})


def changes_text(change: ListingChange) -> bool:
    """Whether the product's data is concerned, not only the unit."""
    return change.title is not None or change.description is not None


def sets_stock(seller: Seller) -> bool:
    """Whether this account, and no other one of the same seller, sets the stock."""
    return seller.settings.get("sets_stock") != "no"


def _texts(change: ListingChange, seller: Seller) -> dict[str, str]:
    texts: dict[str, str] = {}
    findings: list[Finding] = []
    if change.title is not None:
        texts["title"], found = clean_title(change.title, seller.number("title_max", 255) or 255)
        findings += found
    if change.description is not None:
        texts["description"], found = clean_description(change.description)
        findings += found
    if any(finding.blocks for finding in findings):
        raise Rejected(f"{LABEL} does not take this text.", findings=tuple(findings), hint="Correct it.")
    return texts


def bulk_request(rows: Sequence[tuple[str, Mapping[str, Any]]], seller: Seller) -> OutgoingRequest:
    """Price and stock of up to 150 units."""
    body = [{"id_unit": int(remote_id), "unit_data": dict(fields)} for remote_id, fields in rows]
    return json_request("POST", _BULK, body, params={"storefront": seller.storefront.id})


def take_apart(request: OutgoingRequest, seller: Seller) -> list[OutgoingRequest]:
    """The changes of single units that a call for many stands for; another request by itself."""
    if request.method != "POST" or _BULK not in request.path:
        return [request]
    return [unit_request(str(row["id_unit"]), row["unit_data"], seller) for row in json.loads(request.body)]


def read_bulk(body: Any, remote_ids: Sequence[str]) -> dict[str, RemoteListing | MmhubError]:
    """What each unit of a bulk call was answered, by id; an error for those that are not in the answer."""
    rows = body.get("data") if isinstance(body, Mapping) else None
    if not isinstance(rows, list):
        raise UnexpectedReply(f"{LABEL} did not say what became of the changes.", original=str(body)[:300])
    told = {str(row.get("id_unit")): row for row in rows if isinstance(row, Mapping)}
    return {one: _answer(told.get(one), one) for one in remote_ids}


def _answer(row: Mapping[str, Any] | None, remote_id: str) -> RemoteListing | MmhubError:
    if row is None:
        return Unavailable(f"{LABEL} did not say what became of offer {remote_id}.", hint="It is sent again.")
    unit, status, words = row.get("unit"), row.get("status_code"), str(row.get("message") or "")
    code = int(status) if isinstance(status, (int, float)) else 0
    if isinstance(unit, Mapping) and 200 <= code < 300:
        return read_unit({"id_unit": remote_id, **unit})
    original = f"{code} {words}".strip()
    if code == 429:
        return RateLimited(f"{LABEL} asks for fewer calls.", original=original)
    if code >= 500 or not code:
        return Unavailable(f"{LABEL} has a problem of its own with offer {remote_id}.", original=original)
    if code == 404:
        finding = Finding("kaufland.not_found", "", "It is not there any more.", original=words)
        return Rejected(f"{LABEL} does not know offer {remote_id}.", findings=(finding,), original=original)
    return rejection(read_findings(row), words, original)
