"""eBay's records as they are now, and what a full replacement of one must send: ours over what stands there."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from mmhub_desktop.errors import Rejected
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.ebay.problems import is_not_there, not_there

INVENTORY = "/sell/inventory/v1"
"""Where the Inventory API is."""

Json = dict[str, Any]

_OFFER_FIELDS = frozenset(
    {
        "availableQuantity", "categoryId", "charity", "extendedProducerResponsibility", "hideBuyerDetails",
        "includeCatalogProductDetails", "listingDescription", "listingDuration", "listingPolicies",
        "listingStartDate", "lotSize", "merchantLocationKey", "pricingSummary", "quantityLimitPerBuyer",
        "regulatory", "secondaryCategoryId", "storeCategoryNames", "tax",
    }
)  # fmt: skip
_ITEM_FIELDS = frozenset(
    {"availability", "condition", "conditionDescription", "conditionDescriptors", "packageWeightAndSize", "product"}
)
_GROUP_FIELDS = frozenset(
    {"aspects", "description", "imageUrls", "subtitle", "title", "variantSKUs", "variesBy", "videoIds"}
)
_OUR_PRODUCT = frozenset({"title", "description", "aspects", "brand", "mpn", "ean", "upc", "isbn", "imageUrls"})
_WHOLE = frozenset({"variesBy", "value", "price"})  # replaced as a whole, not merged field by field


def item_path(sku: str) -> str:
    """The path of an inventory item."""
    return f"{INVENTORY}/inventory_item/{quote(sku, safe='')}"


def group_path(key: str) -> str:
    """The path of an inventory item group."""
    return f"{INVENTORY}/inventory_item_group/{quote(key, safe='')}"


def offer_path(offer_id: str, action: str = "") -> str:
    """The path of an offer, or of something done with it; a placeholder stays as it is."""
    return f"{INVENTORY}/offer/{quote(offer_id, safe='{}')}{'/' if action else ''}{action}"


class Records:
    """Reads of the account's records; None for what eBay does not have."""

    def __init__(self, api: Api, marketplace: str) -> None:
        self._api = api
        self._marketplace = marketplace

    async def item(self, sku: str) -> Json | None:
        """The inventory item of a SKU."""
        return await self._get(item_path(sku))

    async def group(self, key: str) -> Json | None:
        """The inventory item group of a key."""
        return await self._get(group_path(key))

    async def offer(self, offer_id: str) -> Json | None:
        """The offer with that id."""
        return await self._get(offer_path(offer_id))

    async def known_offer(self, offer_id: str) -> Json:
        """The offer with that id. Rejected when there is none."""
        found = await self.offer(offer_id)
        if found is None:
            raise not_there()
        return found

    async def offer_of(self, sku: str) -> Json | None:
        """The fixed-price offer of a SKU on this marketplace; an unknown SKU is a 404 there, not an empty list."""
        found = await self._get(f"{INVENTORY}/offer", {"sku": sku, "marketplace_id": self._marketplace})
        for one in (found or {}).get("offers") or ():
            if isinstance(one, Mapping) and self._fits(one):
                return dict(one)
        return None

    async def items(self, page: int, most: int) -> Json | None:
        """A page of all inventory items; eBay's offset is the page's number here."""
        return await self._get(f"{INVENTORY}/inventory_item", {"limit": most, "offset": page})

    def _fits(self, offer: Mapping[str, Any]) -> bool:
        return offer.get("format") == "FIXED_PRICE" and offer.get("marketplaceId") == self._marketplace

    async def _get(self, path: str, params: Mapping[str, Any] | None = None) -> Json | None:
        try:
            return dict((await self._api.call("GET", path, params=params)).fields)
        except Rejected as error:
            if is_not_there(error):
                return None
            raise


def replace_item(now: Mapping[str, Any] | None, ours: Mapping[str, Any]) -> Json:
    """The whole inventory item: ours over what the seller set elsewhere (videos, own specifics, pick-up stock)."""
    kept = _writable(now, _ITEM_FIELDS)
    stock = kept.get("availability", {}).get("shipToLocationAvailability")
    if isinstance(stock, Mapping):
        told = {name: value for name, value in stock.items() if name in ("availabilityDistributions", "quantity")}
        kept["availability"] = {**kept["availability"], "shipToLocationAvailability": told}
    return _over(kept, ours)


def create_item(now: Mapping[str, Any] | None, ours: Mapping[str, Any]) -> Json:
    """The whole inventory item of a new listing: what an earlier attempt has left of our own fields is not kept."""
    kept = {name: value for name, value in (now or {}).items() if name not in ("condition", "conditionDescription")}
    if isinstance(kept.get("product"), Mapping):
        kept["product"] = {name: value for name, value in kept["product"].items() if name not in _OUR_PRODUCT}
    return replace_item(kept, ours)


def item_as_it_is(now: Mapping[str, Any]) -> Json:
    """What a PUT that changes nothing would send of an item."""
    return replace_item(now, {})


def group_as_it_is(now: Mapping[str, Any]) -> Json:
    """What a PUT that changes nothing would send of a group."""
    return _writable(now, _GROUP_FIELDS)


def offer_as_it_is(now: Mapping[str, Any]) -> Json:
    """What a PUT that changes nothing would send of an offer."""
    return _writable(now, _OFFER_FIELDS)


def without_pictures(record: Mapping[str, Any]) -> Json:
    """An item or a group but for its pictures."""
    bare = {name: value for name, value in record.items() if name != "imageUrls"}
    if isinstance(bare.get("product"), Mapping):
        bare["product"] = {name: value for name, value in bare["product"].items() if name != "imageUrls"}
    return bare


def replace_offer(now: Mapping[str, Any], ours: Mapping[str, Any]) -> Json:
    """The whole offer: ours over what the seller set elsewhere (Best Offer, tax, store categories)."""
    return _over(_writable(now, _OFFER_FIELDS), {name: ours[name] for name in ours if name in _OFFER_FIELDS})


def replace_group(now: Mapping[str, Any] | None, ours: Mapping[str, Any]) -> Json:
    """The whole group: ours over what the seller set elsewhere; its specifics are ours alone where we have some."""
    kept = _writable(now, _GROUP_FIELDS)
    return _over({name: value for name, value in kept.items() if name not in ours}, ours)


def holds(offer: Mapping[str, Any], ours: Mapping[str, Any]) -> bool:
    """Whether an offer already says all that ours does."""
    return all(
        holds(offer[name], value) if isinstance(value, Mapping) and isinstance(offer.get(name), Mapping)
        else offer.get(name) == value
        for name, value in ours.items()
    )  # fmt: skip


def _writable(now: Mapping[str, Any] | None, fields: frozenset[str]) -> Json:
    return {name: value for name, value in (now or {}).items() if name in fields and value is not None}


def _over(kept: Mapping[str, Any], ours: Mapping[str, Any]) -> Json:
    """Ours, in its order, then what is kept."""
    merged: Json = {}
    for name, value in ours.items():
        before = kept.get(name)
        both = isinstance(before, Mapping) and isinstance(value, Mapping) and name not in _WHOLE
        merged[name] = _over(before or {}, value) if both else value
    return merged | {name: value for name, value in kept.items() if name not in ours}
