"""The steps of a create: item, offer, publication; for a family items, group, offers, publication of the group.

Each step looks for what exists, so that each may be repeated: a PUT says the same again, an offer that is there is
found (or named by eBay's refusal of a second one), and what is published is read instead of published again. Only the
publication itself makes a listing, so only its lost answer is an unknown outcome.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding, MarketplaceError, OutcomeUnknown, Rejected, UnexpectedReply
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import Connection, Mapped, RemoteImage
from mmhub_desktop.marketplaces.ebay.mapping import PICTURES_MAX, VARIANT_PICTURES_MAX
from mmhub_desktop.marketplaces.ebay.problems import EXISTS, LABEL, error_for, ids_of, parameter, read_findings
from mmhub_desktop.marketplaces.ebay.reading import is_listed
from mmhub_desktop.marketplaces.ebay.records import (
    INVENTORY,
    Records,
    create_item,
    group_as_it_is,
    group_path,
    holds,
    item_as_it_is,
    item_path,
    offer_as_it_is,
    offer_path,
    replace_group,
    replace_offer,
    without_pictures,
)
from mmhub_desktop.marketplaces.ebay.sites import language_of, site_of
from mmhub_desktop.marketplaces.outgoing import json_request

OWN_LOCATION = "mmhub-main"
"""The inventory location that the program makes where the account has none and the seller wants one."""


@dataclass(frozen=True)
class Step:
    """One request of a create. ``offer`` names the placeholder of the offer that it makes or works on.

    ``done``: an earlier attempt has done it. It is told all the same, so that what a preview showed stays the same.
    """

    request: OutgoingRequest
    does: str  # location, put, offer, mend, publish
    offer: str = ""
    done: bool = False


@dataclass(frozen=True)
class CreatePlan:
    """What a create sends, in order; ``offer`` is the one that is listed already, if so nothing is sent.

    ``known`` are the ids of the offers that are there, by their placeholders.
    """

    steps: tuple[Step, ...]
    offer: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)

    @property
    def requests(self) -> tuple[OutgoingRequest, ...]:
        """For the preview."""
        return tuple(step.request for step in self.steps)


@dataclass(frozen=True)
class Published:
    """A publication: eBay's number of the listing, the ids of its offers and eBay's remarks."""

    listing_id: str
    offers: Mapping[str, str]
    warnings: tuple[Finding, ...] = ()


class Creation:
    """Plans and carries out creates of one account; on the loop."""

    def __init__(self, api: Api, records: Records, account: Account) -> None:
        self._api = api
        self._records = records
        self._account = account
        self._site = site_of(account).id
        self._language = (("Content-Language", language_of(account)),)
        self._location_is_there = False

    async def plan(self, mapped: Mapped, images: Sequence[RemoteImage]) -> CreatePlan:
        """What ``carry_out`` will send; only reads."""
        body = mapped.body
        members = body["members"] if "group_key" in body else [{**body, "image": None}]
        pictures = [image.url for image in images]
        offers = [await self._records.offer_of(member["sku"]) for member in members]
        for offer in offers:
            if offer is not None and is_listed(offer):
                return CreatePlan((), offer)
        steps = await self._location()
        for member in members:
            steps.append(await self._item(member, pictures, alone="group_key" not in body))
        if "group_key" in body:
            steps.append(await self._group(body["group_key"], body["group"], pictures))
        names = [f"{{{{offer_id_{n}}}}}" for n, _ in enumerate(members, 1)] if len(members) > 1 else ["{{offer_id}}"]
        named = names[0]
        for name, member, offer in zip(names, members, offers, strict=True):
            made = self._offer(name, member["offer"], offer)
            steps += made
            if offer is not None and made[0].does == "put":
                named = str(offer["offerId"])
        if "group_key" in body:
            wish = {"inventoryItemGroupKey": body["group_key"], "marketplaceId": self._site}
            path = f"{INVENTORY}/offer/publish_by_inventory_item_group"
            steps.append(Step(json_request("POST", path, wish), "publish"))
        else:
            steps.append(Step(json_request("POST", offer_path(named, "publish")), "publish", names[0]))
        known = {name: str(offer["offerId"]) for name, offer in zip(names, offers, strict=True) if offer is not None}
        return CreatePlan(tuple(steps), known=known)

    async def carry_out(self, plan: CreatePlan) -> Published:
        """Send the steps. OutcomeUnknown when the publication was sent and no answer came."""
        known = dict(plan.known)
        for step in plan.steps:
            if step.done:
                continue
            if step.does == "location":
                await self._api.submit(step.request, accept=(400, 409))  # there already, or the publication will say
                self._location_is_there = True
            elif step.does == "offer":
                known[step.offer] = await self._make_offer(step, plan)
            elif step.does == "put":
                await self._api.submit(step.request)
            elif step.does == "publish":
                return await self._publish(_named(step.request, known), known)
        raise UnexpectedReply(f"{LABEL} was sent nothing.")

    async def publish(self, offer_id: str) -> Published:
        """Publish an offer that is not published now."""
        return await self._publish(json_request("POST", offer_path(offer_id, "publish")), {"": offer_id})

    async def publish_group(self, key: str) -> Published:
        """Publish a family that is not published now."""
        wish = {"inventoryItemGroupKey": key, "marketplaceId": self._site}
        path = f"{INVENTORY}/offer/publish_by_inventory_item_group"
        return await self._publish(json_request("POST", path, wish), {})

    async def _location(self) -> list[Step]:
        """Make the program's own inventory location, where the seller chose it and it is not there."""
        settings = self._account.settings
        if settings.get("location_key") != OWN_LOCATION:
            return []
        path = f"{INVENTORY}/location/{quote(OWN_LOCATION, safe='')}"
        if not self._location_is_there:
            reply = await self._api.call("GET", path, accept=(404,))
            self._location_is_there = reply.status == 200
        address = {
            "postalCode": settings.get("location_postcode", "").strip(),
            "country": settings.get("location_country", "").strip().upper(),
        }
        if not all(address.values()):
            if self._location_is_there:
                return []
            message = "The inventory location does not exist, and its postcode or country is missing."
            fix = "Enter both in the account's settings, or choose another inventory location."
            raise Rejected(message, findings=(Finding("ebay.location", "", message, fix),), hint=fix)
        body = {"location": {"address": address}, "locationTypes": ["WAREHOUSE"], "name": "MultiMarket Hub"}
        only_if = "when the account has no such location yet"
        return [Step(json_request("POST", path, body, only_if=only_if), "location", done=self._location_is_there)]

    async def _item(self, member: Mapping[str, Any], pictures: list[str], *, alone: bool) -> Step:
        most = PICTURES_MAX if alone else VARIANT_PICTURES_MAX
        own = member["image"]
        shown = pictures[:most] if own is None or not 0 <= own < len(pictures) else [pictures[own]]
        item = member["item"]
        if shown:
            item = {**item, "product": {**item["product"], "imageUrls": shown}}
        now = await self._records.item(member["sku"])
        whole = create_item(now, item)
        done = now is not None and _is_so(whole, item_as_it_is(now), shown)
        body = create_item(None, item) if done else whole
        return Step(json_request("PUT", item_path(member["sku"]), body, headers=self._language), "put", done=done)

    async def _group(self, key: str, group: Mapping[str, Any], pictures: list[str]) -> Step:
        ours = {**group, "imageUrls": pictures[:PICTURES_MAX]}
        now = await self._records.group(key)
        whole = replace_group(now, ours)
        done = now is not None and _is_so(whole, group_as_it_is(now), pictures)
        body = replace_group(None, ours) if done else whole
        return Step(json_request("PUT", group_path(key), body, headers=self._language), "put", done=done)

    def _offer(self, name: str, ours: Mapping[str, Any], now: Mapping[str, Any] | None) -> list[Step]:
        done = now is not None and replace_offer(now, ours) == offer_as_it_is(now)
        if now is not None and not done:
            whole = replace_offer(now, ours)
            path = offer_path(str(now["offerId"]))
            return [Step(json_request("PUT", path, whole, headers=self._language), "put", name)]
        again = json_request(
            "PUT", offer_path(name), replace_offer({}, ours), headers=self._language,
            only_if="when an earlier attempt has left another offer",
        )  # fmt: skip
        make = json_request("POST", f"{INVENTORY}/offer", ours, headers=self._language)
        return [Step(make, "offer", name, done=done), Step(again, "mend", name)]

    async def _make_offer(self, step: Step, plan: CreatePlan) -> str:
        """The id of the new offer, or of the one that is there already, brought to what it should say."""
        refused: list[Any] = []

        def note(response: httpx.Response, body: Any, connection: Connection) -> MarketplaceError:
            refused.append(body)
            return error_for(response, body, connection)

        try:
            reply = await self._api.submit(step.request, refuse=note)
        except MarketplaceError:
            there = await self._offer_there(refused[0], step.request) if refused else None
            if there is None:
                raise
        else:
            offer_id = str(reply.fields.get("offerId") or "")
            if not offer_id:
                raise UnexpectedReply(f"{LABEL} gave the offer no id.", original=str(reply.body)[:300])
            return offer_id
        offer_id = str(there["offerId"])
        mend = next(one for one in plan.steps if one.does == "mend" and one.offer == step.offer)
        if not is_listed(there) and not holds(there, _json(mend.request)):
            await self._api.submit(_named(mend.request, {step.offer: offer_id}))
        return offer_id

    async def _offer_there(self, refusal: Any, request: OutgoingRequest) -> Mapping[str, Any] | None:
        """The offer that a refusal (400 or 409) speaks of: by the id among its parameters, else by its SKU."""
        if EXISTS not in ids_of(refusal):
            return None
        offer_id = parameter(refusal, "offerid")
        return await (
            self._records.known_offer(offer_id) if offer_id else self._records.offer_of(str(_json(request).get("sku")))
        )

    async def _publish(self, request: OutgoingRequest, offers: Mapping[str, str]) -> Published:
        try:
            reply = await self._api.submit(request, once=True)
        except Rejected:
            listed = await self._already(offers)
            if listed:
                return Published(listed, offers)
            raise
        listing_id = str(reply.fields.get("listingId") or "")
        if not listing_id:
            raise OutcomeUnknown(
                f"{LABEL} took the listing but gave it no number.",
                hint="The program looks it up there before it tries again.",
                original=str(reply.body)[:300],
            )
        return Published(listing_id, offers, tuple(one for one in read_findings(reply.body) if not one.blocks))

    async def _already(self, offers: Mapping[str, str]) -> str:
        """The number of the listing that a refused publication would have made, where it is there already."""
        for offer_id in offers.values():
            offer = await self._records.offer(offer_id)
            if offer is not None and is_listed(offer):
                return str((offer.get("listing") or {}).get("listingId") or "")
        return ""


def _is_so(whole: Mapping[str, Any], there: Mapping[str, Any], pictures: Sequence[str]) -> bool:
    """Whether a record is there as it should be; pictures that have no addresses yet are passed by."""
    if any("{{" in picture for picture in pictures):
        return without_pictures(whole) == without_pictures(there)
    return whole == there


def _named(request: OutgoingRequest, known: Mapping[str, str]) -> OutgoingRequest:
    """The request with the offers' ids in the place of what stands for them."""
    path = request.path
    for name, offer_id in known.items():
        path = path.replace(name, quote(offer_id, safe=""))
    return OutgoingRequest(request.method, path, request.body, request.content_type, request.headers)


def _json(request: OutgoingRequest) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(request.body)
    return found
