"""Offers made, found and put back: the calls about units that come before one has an id of its own."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import OutcomeUnknown, Rejected, UnexpectedReply
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import Mapped, RemoteImage, RemoteListing
from mmhub_desktop.marketplaces.kaufland.changing import sets_stock
from mmhub_desktop.marketplaces.kaufland.mapping import Seller
from mmhub_desktop.marketplaces.kaufland.problems import LABEL, create_error
from mmhub_desktop.marketplaces.kaufland.product_data import SUBMISSION, ProductData
from mmhub_desktop.marketplaces.kaufland.reading import read_unit
from mmhub_desktop.marketplaces.outgoing import json_request

UNITS = "/v2/units"
_ID = "{{listing_id}}"
_NEVER_CHANGED = ("ean", "id_offer", "condition")
_CHOICES_PAGE = 30
# choice → (path, name of the id, whether it belongs to a storefront)
CHOICE_LISTS = {
    "id_shipping_group": ("/v2/shipping-groups", "id_shipping_group", True),
    "id_warehouse": ("/v2/warehouses", "id_warehouse", False),
}


class Offers:
    """One storefront's offers. Used on the loop."""

    def __init__(self, api: Api, data: ProductData, seller: Seller) -> None:
        self._api = api
        self._data = data
        self._seller = seller
        self._params = {"storefront": seller.storefront.id}

    async def find(self, sku: str) -> list[RemoteListing]:
        """Those with this SKU, also the ones that were taken out of the shop."""
        params = {**self._params, "id_offer": sku, "embedded": "products", "limit": 100}
        rows = rows_of((await self._api.call("GET", UNITS, params=params)).fields)
        return [one for row in rows if (one := read_unit(row)).sku == sku]

    async def create(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> RemoteListing:
        """Send the product's data where Kaufland needs it, which may be repeated, then make the offer, once.

        An offer that was taken out of the shop is put back instead, with what it should show now.
        """
        *put, post, back = self.create_requests(mapped, images)
        unit = mapped.body["unit"]
        held = await self._held(unit)
        if held is not None:
            request = replace(back, path=back.path.replace(_ID, held.remote_id))
            return _accepted((await self._api.submit(request)).body)
        ean = str(unit["ean"])
        needs_data = await self._data.is_needed(mapped)
        if needs_data:
            data = mapped.body["product_data"]["attributes"]
            await self._data.bring(ean, put[0], {**data, "picture": [image.url for image in images]})
        try:
            reply = await self._api.submit(post, once=True, refuse=create_error)
        except Rejected as refusal:
            if needs_data:
                await self._data.refuse_or_wait(ean, refusal)
            raise
        listing = _accepted(reply.body)
        is_followed = needs_data or is_incomplete(listing)
        return replace(listing, submission=f"{SUBMISSION}{ean}") if is_followed else listing

    async def _held(self, unit: Mapping[str, Any]) -> RemoteListing | None:
        """The offer of the same SKU, product and condition that was taken out of the shop."""
        for one in await self.find(str(unit["id_offer"])):
            is_same = one.gtin in ("", unit["ean"]) and one.raw.get("condition") == unit["condition"]
            if one.state is ListingState.ENDED and is_same:
                return one
        return None

    def create_requests(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> tuple[OutgoingRequest, ...]:
        """The product's data, which may turn out not to be needed, and the offer, made or put back."""
        unit = mapped.body["unit"]
        put = (self._data.put_request(mapped, images),) if mapped.body["product_data"] else ()
        post = json_request("POST", UNITS, unit, params=self._params, only_if="when there is no offer of this SKU yet")
        kept = {name: value for name, value in unit.items() if name not in _NEVER_CHANGED}
        if not sets_stock(self._seller):
            del kept["amount"]
        back = json_request(
            "PATCH",
            f"{UNITS}/{_ID}",
            {**kept, "status": "AVAILABLE"},
            params=self._params,
            only_if="when the offer was taken out of the shop before",
        )
        return (*put, post, back)


def _accepted(body: Any) -> RemoteListing:
    """The offer as a create answers it; never live yet. OutcomeUnknown where it has no id."""
    unit = body.get("data") if isinstance(body, Mapping) else None
    if not isinstance(unit, Mapping) or not unit.get("id_unit"):
        raise OutcomeUnknown(
            f"{LABEL} took the offer but gave it no id.",
            hint="The program looks it up there before it tries again.",
            original=str(body)[:300],
        )
    listing = read_unit(unit)
    return replace(listing, state=ListingState.ACCEPTED) if listing.state is ListingState.LIVE else listing


def is_incomplete(listing: RemoteListing) -> bool:
    """Whether the offer waits for its product's page."""
    return str(listing.raw.get("status") or "") == "INCOMPLETE"


def rows_of(fields: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rows of a list. UnexpectedReply where there is none."""
    rows = fields.get("data")
    if not isinstance(rows, list):
        raise UnexpectedReply(f"{LABEL} gave no list.", original=str(fields)[:300])
    return [row for row in rows if isinstance(row, Mapping)]


async def read_choices(api: Api, key: str, storefront: str) -> tuple[tuple[str, str], ...]:
    """What the seller has of shipping groups or warehouses, as (id, name)."""
    path, name, is_local = CHOICE_LISTS[key]
    params: dict[str, Any] = {"limit": _CHOICES_PAGE} | ({"storefront": storefront} if is_local else {})
    found: list[tuple[str, str]] = []
    while True:
        rows = rows_of((await api.call("GET", path, params={**params, "offset": len(found)})).fields)
        for row in rows:
            label = f"{row.get('name')}{' (default)' if row.get('is_default') else ''}"
            found.append((str(row.get(name) or ""), label))
        if len(rows) < _CHOICES_PAGE:
            return tuple(found)
