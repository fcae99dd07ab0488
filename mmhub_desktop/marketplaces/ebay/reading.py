"""eBay's answers as listings and category rules; words that are not known yet stay in ``raw`` and break nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from mmhub_desktop.domain.listing import ListingState, VariantState
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules, RemoteListing
from mmhub_desktop.marketplaces.ebay.mapping import PICTURES_MAX
from mmhub_desktop.marketplaces.ebay.single import read_amount
from mmhub_desktop.marketplaces.ebay.sites import hosts_of
from mmhub_desktop.marketplaces.ebay.texts import DESCRIPTION_MAX, TITLE_MAX

_GROUP = "group:"  # before the key of an inventory item group, in a listing's id
_OVER = frozenset({"ENDED", "EBAY_ENDED", "NOT_LISTED"})
_STATES = {
    "ACTIVE": ListingState.LIVE,
    "OUT_OF_STOCK": ListingState.PAUSED,
    "INACTIVE": ListingState.REJECTED,
    **dict.fromkeys(_OVER, ListingState.ENDED),
}
# status → (field, message, what to do)
_REASONS = {
    "OUT_OF_STOCK": ("quantity", "The stock is 0: eBay hides the listing.", "Enter a quantity; it comes back then."),
    "INACTIVE": ("", "eBay does not show the listing.", "Look at it in Seller Hub; eBay says there why."),
    "EBAY_ENDED": ("", "eBay has ended the listing.", "Read eBay's e-mail about it, then publish again."),
    "ENDED": (
        "",
        "The listing has ended: sold out, or ended at eBay.",
        "Publish again. With “out-of-stock control” in your selling preferences it stays when the stock is 0.",
    ),
    "hold": (
        "",
        "eBay holds the listing back for a violation of its rules.",
        "Read eBay's e-mail and mend the listing.",
    ),
}
_KINDS = {"NUMBER": "number", "DATE": "date"}


def group_id(key: str) -> str:
    """The listing id of a family: eBay gives it none that can be asked for."""
    return f"{_GROUP}{key}"


def group_key(remote_id: str) -> str:
    """The key of a family's listing id; empty for that of a single offer."""
    return remote_id.removeprefix(_GROUP) if remote_id.startswith(_GROUP) else ""


def is_listed(offer: Mapping[str, Any]) -> bool:
    """Whether an offer is a listing now, shown or not."""
    return offer.get("status") == "PUBLISHED" and _status(offer) not in _OVER


def was_listed(offer: Mapping[str, Any]) -> bool:
    """Whether an offer is or was a listing, as far as eBay still tells."""
    return offer.get("status") == "PUBLISHED" or bool(_details(offer).get("listingId"))


def public_address(account: Account, listing_id: str) -> str:
    """Where buyers see a listing, empty without an id."""
    return f"{hosts_of(account)['web']}/itm/{listing_id}" if listing_id else ""


def read_offer(offer: Mapping[str, Any], item: Mapping[str, Any], account: Account) -> RemoteListing:
    """A single listing from its offer and inventory item; its id here is the offer's, which relisting leaves."""
    state, reasons = state_of(offer)
    product = item.get("product") if isinstance(item.get("product"), Mapping) else {}
    pricing = offer.get("pricingSummary") if isinstance(offer.get("pricingSummary"), Mapping) else {}
    quantity = offer.get("availableQuantity")
    if not isinstance(quantity, int):
        quantity = stock_of(item)
    codes = [code for kind in ("ean", "upc", "isbn") for code in (product or {}).get(kind) or ()]
    return RemoteListing(
        remote_id=str(offer.get("offerId") or ""),
        state=state,
        url=public_address(account, str(_details(offer).get("listingId") or "")),
        sku=str(offer.get("sku") or ""),
        title=str((product or {}).get("title") or ""),
        price=read_amount((pricing or {}).get("price")),
        quantity=quantity,
        reasons=reasons,
        raw={"offer": dict(offer), "item": dict(item)},
        gtin=next((str(code) for code in codes if str(code).isdigit()), ""),
    )


def variant_of(offer: Mapping[str, Any]) -> VariantState:
    """Price and stock of a family's variant, from its offer."""
    quantity = offer.get("availableQuantity")
    pricing = offer.get("pricingSummary")
    return VariantState(
        sku=str(offer.get("sku") or ""),
        price=read_amount(pricing.get("price")) if isinstance(pricing, Mapping) else None,
        quantity=quantity if isinstance(quantity, int) else None,
    )


def read_group(
    key: str, group: Mapping[str, Any], offers: Sequence[Mapping[str, Any]], account: Account
) -> RemoteListing:
    """A family from its group and its offers, which are one listing. Price and stock are its variants' alone."""
    offer = next((one for one in offers if one.get("status") == "PUBLISHED"), offers[0])
    state, reasons = state_of(offer)
    return RemoteListing(
        remote_id=group_id(key),
        state=state,
        url=public_address(account, str(_details(offer).get("listingId") or "")),
        sku=key,
        title=str(group.get("title") or ""),
        reasons=reasons,
        raw={"group": dict(group), "offers": [dict(one) for one in offers]},
        variants=tuple(variant_of(one) for one in offers),
    )


def state_of(offer: Mapping[str, Any]) -> tuple[ListingState, tuple[Finding, ...]]:
    """How far an offer's listing is, and why it is not shown."""
    if offer.get("status") != "PUBLISHED":
        return ListingState.ENDED, ()
    status = _status(offer)
    state = _STATES.get(status, ListingState.ACCEPTED)
    if _details(offer).get("listingOnHold") and state is not ListingState.ENDED:
        return ListingState.REJECTED, (_reason("hold"),)
    if state is ListingState.LIVE:
        return state, ()
    if status not in _REASONS:
        return state, (Finding("ebay.status", "", f"eBay reports: {status}.", blocks=False, original=status),)
    return state, (_reason(status, blocks=state is ListingState.REJECTED),)


def stock_of(item: Mapping[str, Any]) -> int | None:
    """The stock of an inventory item, None when it does not say."""
    found: Any = item
    for name in ("availability", "shipToLocationAvailability", "quantity"):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, int) else None


def read_category_rules(
    category_id: str,
    name: str,
    aspects: Sequence[Any],
    conditions: Mapping[str, Any] | None,
    currency: str,
    version: str,
) -> CategoryRules:
    """A category's aspects and condition policy as rules; ``conditions`` None where eBay tells none."""
    rows = [one for one in aspects if isinstance(one, Mapping) and one.get("localizedAspectName")]
    limits = {str(one["localizedAspectName"]): one.get("aspectConstraint") or {} for one in rows}
    schema: dict[str, Any] = {
        "several": [name for name, limit in limits.items() if limit.get("itemToAspectCardinality") == "MULTI"],
        "never_varies": [name for name, limit in limits.items() if limit.get("aspectEnabledForVariations") is False],
        "soon": {
            name: str(limit["expectedRequiredByDate"])
            for name, limit in limits.items()
            if limit.get("expectedRequiredByDate") and not limit.get("aspectRequired")
        },
    }
    bound = {str(one["localizedAspectName"]): _bound_values(one) for one in rows}
    schema["goes_with"] = {name: values for name, values in bound.items() if values}
    if conditions is not None:
        told = [one for one in conditions.get("itemConditions") or () if isinstance(one, Mapping)]
        schema["conditions"] = [
            [str(one.get("conditionId")), str(one.get("conditionDescription") or "")] for one in told
        ]
        schema["no_conditions"] = not told and not conditions.get("itemConditionRequired")
    return CategoryRules(
        id=category_id,
        name=name or category_id,
        listing_allowed=True,
        title_max=TITLE_MAX,
        description_max=DESCRIPTION_MAX,
        pictures_max=PICTURES_MAX,
        currency=currency,
        attributes=tuple(_rule(one) for one in rows),
        schema=schema,
        version=version,
    )


def no_category(category_id: str, name: str, currency: str) -> CategoryRules:
    """Rules of a category that nothing can be listed in: it has subcategories."""
    return CategoryRules(
        category_id, name or category_id, False, TITLE_MAX, DESCRIPTION_MAX, PICTURES_MAX, currency
    )  # fmt: skip


def _bound_values(aspect: Mapping[str, Any]) -> dict[str, dict[str, list[str]]]:
    """Values that are taken only beside certain values of other specifics: value → specific → its values."""
    found: dict[str, dict[str, list[str]]] = {}
    for value in aspect.get("aspectValues") or ():
        for limit in value.get("valueConstraints") or () if isinstance(value, Mapping) else ():
            other = str(limit.get("applicableForLocalizedAspectName") or "")
            beside = [str(word) for word in limit.get("applicableForLocalizedAspectValues") or ()]
            if other and beside:
                found.setdefault(str(value.get("localizedValue")), {})[other] = beside
    return found


def _rule(one: Mapping[str, Any]) -> AttributeRule:
    name, limit = str(one["localizedAspectName"]), one.get("aspectConstraint") or {}
    words = [str(value.get("localizedValue") or "") for value in one.get("aspectValues") or () if value]
    length = limit.get("aspectMaxLength")
    closed = limit.get("aspectMode") == "SELECTION_ONLY"
    return AttributeRule(
        id=name,
        name=name,
        value_type="list" if closed else _KINDS.get(str(limit.get("aspectDataType")), "string"),
        required=limit.get("aspectRequired") is True,
        conditional=bool(limit.get("expectedRequiredByDate")) and limit.get("aspectRequired") is not True,
        recommended=limit.get("aspectUsage") == "RECOMMENDED",
        max_length=length if isinstance(length, int) and length > 0 else None,
        values=tuple((word, word) for word in words if word),
    )


def _details(offer: Mapping[str, Any]) -> Mapping[str, Any]:
    listing = offer.get("listing")
    return listing if isinstance(listing, Mapping) else {}


def _status(offer: Mapping[str, Any]) -> str:
    """The listing's status; a published offer that does not name one is shown."""
    return str(_details(offer).get("listingStatus") or "ACTIVE")


def _reason(word: str, *, blocks: bool = True) -> Finding:
    return Finding(f"ebay.{word.lower()}", *_REASONS[word], blocks=blocks, original=word)
