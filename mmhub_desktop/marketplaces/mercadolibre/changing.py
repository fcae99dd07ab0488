"""Changes to a MercadoLibre listing that exists: price, stock, title, description. All are safe to repeat."""

from collections.abc import Mapping, Sequence
from typing import Any

from mmhub_desktop.domain.listing import ListingChange, ListingState
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding, Rejected, UnexpectedReply
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import RemoteListing
from mmhub_desktop.marketplaces.kept_values import kept_values
from mmhub_desktop.marketplaces.mercadolibre.amounts import json_number, read_money
from mmhub_desktop.marketplaces.mercadolibre.problems import LABEL, PRICE_AUTOMATED, read_findings
from mmhub_desktop.marketplaces.mercadolibre.reading import DESCRIPTION_MAX, TITLE_MAX
from mmhub_desktop.marketplaces.mercadolibre.texts import clean_description, clean_title
from mmhub_desktop.marketplaces.mercadolibre.variations import plan_variations, read_variants
from mmhub_desktop.marketplaces.outgoing import json_request

_STOCK = "seller_warehouse"


async def plan_change(
    api: Api, remote_id: str, change: ListingChange, *, user_products: bool, warehouses: bool, store_id: str
) -> tuple[OutgoingRequest, ...]:
    """The requests that make the change, in order; only reads. Rejected when MercadoLibre would not take one of them.

    A description comes as two, of which the second is only sent when there is none yet.
    """
    body: dict[str, Any] = {}
    item: Mapping[str, Any] = {}
    sells = change.price is not None or change.quantity is not None or bool(change.variants)
    needs_item = change.title is not None or (warehouses if user_products else sells)
    if needs_item:
        item = (await api.call("GET", f"/items/{remote_id}")).fields
    if change.title is not None and change.title != item.get("title"):
        body["title"] = await _new_title(api, change.title, item, user_products)
    if change.price is not None:
        if change.price.minor <= 0:
            raise _refusal("price", "The price must be above 0.", "Enter a price.", str(change.price))
        body["price"] = json_number(change.price)
    if change.quantity is not None:
        if change.quantity < 0:
            raise _refusal("quantity", "The quantity must not be below 0.", "Enter 0 or more.", str(change.quantity))
        if not warehouses:
            body["available_quantity"] = change.quantity
    if item.get("variations"):
        body = _into_variations(body, item, change)
    planned = [json_request("PUT", f"/items/{remote_id}", body)] if body else []
    if change.quantity is not None and warehouses:
        planned.append(await _warehouse_stock(api, item, change.quantity, store_id))
    if change.description is not None:
        plain, findings = clean_description(change.description, DESCRIPTION_MAX)
        if any(finding.blocks for finding in findings):
            raise Rejected(f"{LABEL} does not take this description.", findings=tuple(findings), hint="Shorten it.")
        planned += plan_description(remote_id, plain, fresh=False)
    return tuple(planned)


def _into_variations(body: Mapping[str, Any], item: Mapping[str, Any], change: ListingChange) -> dict[str, Any]:
    """The change of an item with variations: price and stock belong into each of them."""
    rows, findings = plan_variations(item, change, body.get("price"))
    if findings:
        raise Rejected(findings[0].message, findings=tuple(findings), hint=findings[0].fix)
    left = {name: value for name, value in body.items() if name not in ("price", "available_quantity")}
    return {**left, "variations": rows} if rows else left


async def send_change(
    api: Api, remote_id: str, change: ListingChange, planned: Sequence[OutgoingRequest]
) -> tuple[Finding, ...]:
    """Send what was planned; returns findings for what MercadoLibre took note of but did not do."""
    ignored: list[Finding] = []
    for request in planned:
        if request.path == f"/items/{remote_id}":
            reply = await api.submit(request)
            checks_quantity = change.quantity is not None and b'"available_quantity":' in request.body
            ignored += _kept(change, reply.fields, checks_quantity=checks_quantity)
        elif "/stock/" in request.path:
            await api.submit(request)
    description = [request for request in planned if "/description" in request.path]
    if description:
        await send_description(api, description)
    return tuple(ignored)


def plan_description(remote_id: str, text: str, *, fresh: bool) -> tuple[OutgoingRequest, ...]:
    """Set the description: the first one is posted, a later one put; each falls back to the other."""
    path, body = f"/items/{remote_id}/description", {"plain_text": text}
    post = json_request("POST", path, body, only_if="" if fresh else "when the listing has no description yet")
    known = "when the listing has a description already" if fresh else ""
    put = json_request("PUT", path, body, params={"api_version": 2}, only_if=known)
    return (post, put) if fresh else (put, post)


async def send_description(api: Api, planned: Sequence[OutgoingRequest]) -> None:
    """Send the first of the two ways, and the other one where that does not fit."""
    first, second = planned
    reply = await api.submit(first, accept=(400, 404) if first.method == "POST" else (404,))
    if reply.status in (400, 404):
        # A POST is refused when there is a description already, or for its text: then the PUT says so again.
        await api.submit(second)


async def _new_title(api: Api, wanted: str, item: Mapping[str, Any], user_products: bool) -> str:
    if user_products or item.get("family_name"):
        fix = "Leave the title out of the update."
        raise _refusal("title", f"{LABEL} writes the titles of your listings itself.", fix, wanted)
    sold = item.get("sold_quantity")
    if isinstance(sold, int) and sold > 0:
        fix = "Leave the title out of the update, or end the listing and publish it anew."
        raise _refusal("title", f"{LABEL} keeps the title of a listing that has been sold ({sold}).", fix, wanted)
    limit = TITLE_MAX
    if item.get("category_id"):
        settings = (await api.call("GET", f"/categories/{item['category_id']}")).fields.get("settings")
        length = settings.get("max_title_length") if isinstance(settings, Mapping) else None
        limit = length if isinstance(length, int) and length > 0 else TITLE_MAX
    title, findings = clean_title(wanted, limit)
    if any(finding.blocks for finding in findings):
        raise Rejected(f"{LABEL} does not take this title.", findings=tuple(findings), hint="Correct the title.")
    return title


def _kept(change: ListingChange, answer: Mapping[str, Any], *, checks_quantity: bool) -> list[Finding]:
    """What came back other than sent: answers of 200 that ignored a value (price automation, warehouse stock)."""
    words = "; ".join(finding.message for finding in read_findings(answer))
    quantity = answer.get("available_quantity")
    currency = str(answer.get("currency_id") or (change.price.currency if change.price is not None else ""))
    shown = RemoteListing(
        remote_id=str(answer.get("id") or ""),
        state=ListingState.LIVE,
        price=read_money(answer.get("price"), currency),
        quantity=quantity if checks_quantity and isinstance(quantity, int) else None,
        variants=read_variants(answer),
    )
    found = []
    for one in kept_values(change, shown):
        if one.field == "price":
            why, fix = PRICE_AUTOMATED
            message = f"{LABEL} kept the {one.name}, {one.shown}. {why}"
        else:
            message = f"{LABEL} kept the {one.name}, {one.shown}."
            fix = "If your account has warehouses, test the connection on the Marketplaces page, then update again."
        found.append(one.finding(f"mercadolibre.{one.field}_kept", message, fix, original=words))
    return found


async def _warehouse_stock(api: Api, item: Mapping[str, Any], quantity: int, store_id: str) -> OutgoingRequest:
    """Sets one warehouse's stock under the version that was read; a stale version is a 409, so Unavailable."""
    product_id = item.get("user_product_id")
    if not product_id:
        raise UnexpectedReply(f"{LABEL} did not say which user product holds the stock of {item.get('id')}.")
    reply = await api.call("GET", f"/user-products/{product_id}/stock")
    rows = [
        one for one in reply.fields.get("locations") or () if isinstance(one, Mapping) and one.get("type") == _STOCK
    ]
    chosen = [one for one in rows if str(one.get("store_id")) == store_id] if store_id else rows
    if len(chosen) != 1:
        stores = ", ".join(str(one.get("store_id")) for one in rows) or "none"
        message = f"The stock lies in {len(rows)} warehouses." if not store_id else f"There is no warehouse {store_id}."
        fix = f"Enter the warehouse's store id in the account's settings ({stores})."
        raise _refusal("quantity", message, fix, str(quantity))
    place = {key: chosen[0][key] for key in ("store_id", "network_node_id") if key in chosen[0]}
    return json_request(
        "PUT",
        f"/user-products/{product_id}/stock/type/{_STOCK}",
        {"locations": [{**place, "quantity": quantity}]},
        headers=(("x-version", reply.headers.get("x-version", "")),),
    )


def _refusal(field: str, message: str, fix: str, value: str) -> Rejected:
    finding = Finding(f"mercadolibre.{field}", field, message, fix, value)
    return Rejected(message, findings=(finding,), hint=fix)
