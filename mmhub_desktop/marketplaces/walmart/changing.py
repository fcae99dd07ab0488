"""Changes of listings: single calls for price and stock, feeds for texts and for many listings together."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from mmhub_desktop.domain.listing import ListingChange, VariantState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding, MmhubError, NotLiveYet, Rejected
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import CategoryRules, RemoteListing
from mmhub_desktop.marketplaces.call_groups import counted_as
from mmhub_desktop.marketplaces.kept_values import kept_values
from mmhub_desktop.marketplaces.outgoing import json_request
from mmhub_desktop.marketplaces.walmart.auth import CURRENCY, PRICE_VERSION
from mmhub_desktop.marketplaces.walmart.feeds import (
    FEED_GROUPS,
    Feeds,
    feed_request,
    file_request,
    read_file,
    submission_text,
)
from mmhub_desktop.marketplaces.walmart.offer import check_price, feed_header, identifiers, json_number
from mmhub_desktop.marketplaces.walmart.problems import LABEL, read_findings, rejection
from mmhub_desktop.marketplaces.walmart.texts import clean_description, clean_title, suggest_title

SINGLE_PRICES, SINGLE_STOCKS = 5, 20  # so many go by calls of their own: done at once, and no feed of an hour is used
TITLE_MAX, DESCRIPTION_MAX = 199, 4_000  # the specification's own limits are checked when a listing is made
_NOT_READY_S = 1_800.0  # until an item that was ingested may take stock; publishing it can take hours
PRICE_CALLS, STOCK_CALLS = "price changes", "stock changes"


@dataclass(frozen=True, slots=True)
class Ways:
    """What of the account's settings decides how changes are sent."""

    spec_version: str
    price_call: str = "put"
    ship_node: str = ""
    keep_html: bool = False


@dataclass(slots=True)
class Sent:
    """What became of each listing of one call: its refusal, or the feeds that work on it."""

    refused: dict[str, MmhubError] = field(default_factory=dict)
    feeds: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def answer(self, skus: Sequence[str]) -> MmhubError | str:
        """The error of a listing of one SKU or of a family's, or the submission, empty where all is done."""
        refused = [self.refused[sku] for sku in skus if sku in self.refused]
        if refused:
            return refused[0]
        feeds: dict[tuple[str, str], list[str]] = {}
        for sku in skus:
            for feed in self.feeds.get(sku, ()):
                feeds.setdefault(feed, []).append(sku)
        return "&".join(submission_text([feed], held if len(skus) > 1 else ()) for feed, held in feeds.items())


def check_change(change: ListingChange, rules: CategoryRules | None = None) -> ListingChange:
    """The change with its texts as they are sent. Rejected for what Walmart would refuse."""
    prices = [price for price in (change.price, *(one.price for one in change.variants)) if price is not None]
    found = [finding for price in prices for finding in check_price(price)]
    if any(count is not None and count < 0 for count in (change.quantity, *(one.quantity for one in change.variants))):
        message = "The quantity must not be below 0."
        found.append(Finding("walmart.quantity", "quantity", message, "Enter 0 or more.", str(change.quantity)))
    if change.title is not None:
        title, _ = clean_title(change.title)
        most = rules.title_max if rules else TITLE_MAX
        if not title or len(title) > most:
            message = f"The title has {len(title)} characters; {LABEL} takes 1 to {most}."
            fix = f"Shorten it, for example to: {suggest_title(title, most)}" if title else "Write a title."
            found.append(Finding("walmart.title_long", "title", message, fix, title, f"at most {most}"))
        change = replace(change, title=title)
    if change.description is not None and not change.description.strip():
        found.append(Finding("walmart.description", "description", "The description is empty.", "Write one."))
    if found:
        raise Rejected(f"{LABEL} does not take this change.", findings=tuple(found), hint=found[0].fix)
    return change


def members_of(remote_id: str, change: ListingChange) -> list[tuple[str, ListingChange]]:
    """A change by SKU: of a family, what each of its variants gets."""
    if not change.variants:
        return [(remote_id, change)]
    return [(one.sku, ListingChange(price=one.price, quantity=one.quantity)) for one in change.variants]


def price_request(sku: str, price: Money, ways: Ways) -> OutgoingRequest:
    """One price by itself."""
    if ways.price_call == "post":
        body = {
            "MPItemFeedHeader": feed_header(PRICE_VERSION),
            "MPItem": {"Price": {"sku": sku, "price": json_number(price)}},
        }
        headers = (("WM_GLOBAL_VERSION", "3.1"), ("WM_MARKET", "us"))
        return json_request("POST", "/v3/price", body, headers=headers)
    amount = {"currency": CURRENCY, "amount": json_number(price)}
    return json_request(
        "PUT", "/v3/price", {"sku": sku, "pricing": [{"currentPriceType": "BASE", "currentPrice": amount}]}
    )


def stock_request(sku: str, quantity: int, ways: Ways) -> OutgoingRequest:
    """One stock by itself; it replaces what is there."""
    node = f"&shipNode={quote(ways.ship_node, safe='')}" if ways.ship_node else ""
    path = f"/v3/inventory?sku={quote(sku, safe='')}{node}"
    return json_request("PUT", path, {"sku": sku, "quantity": {"unit": "EACH", "amount": quantity}})


def offer_requests(skus: Sequence[str], change: ListingChange, ways: Ways) -> list[OutgoingRequest]:
    """Stock first, then price: of each of these items, or of the variants among them that the change names."""
    states = change.variants or [VariantState(sku, change.price, change.quantity) for sku in skus]
    states = [one for one in states if one.sku in skus]
    stocks = [stock_request(one.sku, one.quantity, ways) for one in states if one.quantity is not None]
    return stocks + [price_request(one.sku, one.price, ways) for one in states if one.price is not None]


def text_entry(item: Mapping[str, Any], change: ListingChange, ways: Ways) -> dict[str, Any]:
    """One entry of a maintenance feed: only what changes, under the item's own barcode and type."""
    visible: dict[str, Any] = {}
    if change.title is not None:
        visible["productName"] = change.title
    if change.description is not None:
        visible["shortDescription"], _ = clean_description(change.description, keep_html=ways.keep_html)
    code = str(item.get("upc") or item.get("gtin") or "")
    orderable = {"sku": str(item["sku"]), "productIdentifiers": identifiers(code)}
    return {"Orderable": orderable, "Visible": {str(item.get("productType") or ""): visible}}


def text_request(entries: Sequence[Mapping[str, Any]], ways: Ways) -> OutgoingRequest:
    """Texts of one item or of many."""
    return feed_request("MP_MAINTENANCE", {"MPItemFeedHeader": feed_header(ways.spec_version), "MPItem": list(entries)})


async def send_price(api: Api, request: OutgoingRequest) -> None:
    """Send one price. Rejected when Walmart refuses it, in whatever form it says so."""
    with counted_as(PRICE_CALLS):
        reply = await api.submit(request)
    findings = [finding for finding in read_findings(reply.fields) if finding.blocks]
    failed = reply.fields.get("itemsFailed")
    if findings or (isinstance(failed, int) and failed > 0):
        raise rejection(findings, f"{LABEL} did not take the price.", str(reply.body)[:300])


async def send_stock(api: Api, request: OutgoingRequest, *, later: bool = False) -> None:
    """Send one stock. ``later``: an item that is not known yet is waited for (NotLiveYet)."""
    with counted_as(STOCK_CALLS):
        reply = await api.submit(request, accept=(404,) if later else ())
    if reply.status == 404:
        raise NotLiveYet(
            f"{LABEL} has taken the item and does not take its stock yet.",
            retry_after_s=2.0 if api.connection.base_url else _NOT_READY_S,
            hint="Nothing to do: the stock is sent again.",
            original=str(reply.body)[:300],
        )
    findings = [finding for finding in read_findings(reply.fields) if finding.blocks]
    if findings:
        raise rejection(findings, "", str(reply.body)[:300])


async def send_many(
    api: Api,
    feeds: Feeds,
    changes: Sequence[tuple[str, ListingChange]],
    items: Mapping[str, Mapping[str, Any]],
    ways: Ways,
) -> Sent:
    """Send changes of several listings, in as few feeds as there are kinds of change. Repeating it is harmless.

    ``items`` are those whose texts change, as Walmart shows them. A few prices or stocks go by calls of their own.
    """
    sent = Sent()
    prices = {sku: change.price for sku, change in changes if change.price is not None}
    stocks = {sku: change.quantity for sku, change in changes if change.quantity is not None}
    texts = [text_entry(items[sku], change, ways) for sku, change in changes if sku in items]
    if len(stocks) <= SINGLE_STOCKS or ways.ship_node:
        for sku, quantity in stocks.items():  # stock goes first: what is sold out must not be sold
            await _each(sent, sku, send_stock(api, stock_request(sku, quantity, ways)))
    else:
        rows = [{"sku": sku, "quantity": {"unit": "EACH", "amount": amount}} for sku, amount in stocks.items()]
        body = {"InventoryHeader": {"version": "1.4"}, "Inventory": rows}
        await _feed(sent, feeds, "inventory", file_request("inventory", body), stocks)
    if len(prices) <= SINGLE_PRICES:
        for sku, price in prices.items():
            if sku not in sent.refused:
                await _each(sent, sku, send_price(api, price_request(sku, price, ways)))
    else:
        rows = [{"Promo&Discount": {"sku": sku, "price": json_number(price)}} for sku, price in prices.items()]
        body = {"MPItemFeedHeader": feed_header(PRICE_VERSION), "MPItem": rows}
        await _feed(sent, feeds, "PRICE_AND_PROMOTION", feed_request("PRICE_AND_PROMOTION", body), prices)
    if texts:
        await _feed(sent, feeds, "MP_MAINTENANCE", text_request(texts, ways), items)
    return sent


def take_apart(request: OutgoingRequest, ways: Ways) -> list[OutgoingRequest]:
    """The calls for single items that a feed of prices, stocks or texts stands for; another request by itself."""
    kind = request.path.rpartition("/v3/feeds?feedType=")[2]
    if kind == "inventory":
        rows = read_file(request)["Inventory"]
        return [stock_request(str(row["sku"]), int(row["quantity"]["amount"]), ways) for row in rows]
    if kind == "PRICE_AND_PROMOTION":
        prices = [row["Promo&Discount"] for row in json.loads(request.body)["MPItem"]]
        return [price_request(str(one["sku"]), Money.of(Decimal(str(one["price"])), CURRENCY), ways) for one in prices]
    if kind == "MP_MAINTENANCE":
        return [text_request([entry], ways) for entry in json.loads(request.body)["MPItem"]]
    return [request]


async def _each(sent: Sent, sku: str, sending: Any) -> None:
    try:
        await sending
    except Rejected as error:  # this one's own; what holds for all is raised
        sent.refused[sku] = error


async def _feed(sent: Sent, feeds: Feeds, kind: str, request: OutgoingRequest, skus: Mapping[str, Any]) -> None:
    with counted_as(FEED_GROUPS[kind]):
        feed_id = await feeds.send(request, once=False)
    for sku in skus:
        sent.feeds.setdefault(sku, []).append((kind, feed_id))


def price_hidden(shown: RemoteListing, change: ListingChange) -> RemoteListing:
    """The listing with a word on each price that Walmart has taken and does not show."""
    findings = []
    for one in kept_values(change, shown):
        if one.field == "price":
            message = f"{LABEL} has taken the {one.name} {one.sent} and shows {one.shown}."
            fix = "It changes within minutes; if it stays so, a promotion or a repricer strategy covers your price."
            findings.append(one.finding("walmart.price_hidden", message, fix, blocks=False))
    return replace(shown, reasons=(*shown.reasons, *findings)) if findings else shown
