"""MercadoLibre's items and categories read into the program's words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules, RemoteListing
from mmhub_desktop.marketplaces.mercadolibre.amounts import read_money
from mmhub_desktop.marketplaces.mercadolibre.variations import VARYING, read_variants

TITLE_MAX, DESCRIPTION_MAX, PICTURES_MAX = 60, 50_000, 12  # where a category does not say

_PICTURES_PENDING = frozenset({"picture_download_pending", "picture_downloading_pending"})
_REFUSED = frozenset({"waiting_for_patch", "pending_documentation", "forbidden", "suspended", "freezed"})

# sub-status → (field, message, what to do)
_REASONS = {
    "out_of_stock": ("quantity", "It is out of stock.", "Set a quantity above 0."),
    "paused_by_seller": ("", "You paused it on MercadoLibre.", "Activate it there."),
    "picture_download_pending": ("images", "Its pictures are still being processed.", ""),
    "picture_downloading_pending": ("images", "Its pictures are still being processed.", ""),
    "waiting_for_patch": ("", "MercadoLibre asks for a correction.", "Correct it there or publish it corrected."),
    "held": ("", "MercadoLibre is checking it.", "Wait; it goes live by itself if all is well."),
    "pending_documentation": ("", "MercadoLibre asks for documents.", "Sign in there and hand them in."),
    "forbidden": ("", "MercadoLibre has forbidden this listing.", "Read the reason on MercadoLibre."),
    "suspended": ("", "MercadoLibre has suspended this listing.", "Read the reason on MercadoLibre."),
    "freezed": ("", "MercadoLibre has frozen this listing.", "Read the reason on MercadoLibre."),
    "warning": ("", "MercadoLibre warns about this listing.", "Read the warning on MercadoLibre."),
    "expired": ("", "The listing has expired.", "Publish the product again."),
    "deleted": ("", "The listing was deleted.", "Publish the product again."),
}
_PICTURES_FAILED = ("A picture could not be fetched or is too small.", "Replace the image and publish again.")
_STATUS_REASONS = {
    "payment_required": ("", "MercadoLibre asks for a fee before it shows the listing.", "Pay it on MercadoLibre."),
    "inactive": ("", "MercadoLibre has taken the listing off.", "Read the reason on MercadoLibre."),
    "under_review": ("", "MercadoLibre is reviewing the listing.", "Wait; it is looked at again by itself."),
    "not_yet_active": ("", "MercadoLibre has not opened the listing yet.", ""),
    "paused": ("", "The listing is paused.", "Activate it on MercadoLibre."),
}
_STATES = {
    "active": ListingState.LIVE,
    "paused": ListingState.PAUSED,
    "closed": ListingState.ENDED,
    "under_review": ListingState.ACCEPTED,
    "not_yet_active": ListingState.ACCEPTED,
    "inactive": ListingState.REJECTED,
    "payment_required": ListingState.REJECTED,
}


def read_listing(item: Mapping[str, Any], moderation: Any = None) -> RemoteListing:
    """An item as a listing. Fields that a partial answer lacks stay None or empty; ``status`` must be there."""
    status = str(item.get("status", ""))
    subs = [str(sub) for sub in item.get("sub_status") or ()]
    state = _state(status, subs)
    quantity = item.get("available_quantity")
    sale = item.get("sale_price") if isinstance(item.get("sale_price"), Mapping) else None
    price = item.get("price")
    currency = str(item.get("currency_id") or "")
    if sale:  # the regular amount is what the seller set; a promotion lowers only the other
        price = sale.get("regular_amount") or sale.get("amount", price)
        currency = str(sale.get("currency_id") or currency)
    variants = read_variants(item)
    return RemoteListing(
        remote_id=str(item.get("id", "")),
        state=state,
        url=str(item.get("permalink") or ""),
        sku=seller_sku(item),
        title=str(item.get("title") or item.get("family_name") or ""),
        price=None if variants else read_money(price, currency),
        quantity=quantity if isinstance(quantity, int) and not variants else None,
        reasons=() if state is ListingState.LIVE else tuple(_reasons(status, subs, state, moderation)),
        raw=dict(item),
        gtin=_attribute(item, "GTIN"),
        variants=variants,
    )


def needs_reason(item: Mapping[str, Any]) -> bool:
    """Whether MercadoLibre's moderation may say more about why the item is not shown."""
    status, subs = str(item.get("status", "")), set(item.get("sub_status") or ())
    return status in ("under_review", "inactive") or bool(subs & _REFUSED) or "warning" in subs


def seller_sku(item: Mapping[str, Any]) -> str:
    """The SKU that the item carries, also where older programs put it; empty when the answer does not show one."""
    return _attribute(item, "SELLER_SKU") or str(item.get("seller_custom_field") or "")


def is_whole(item: Mapping[str, Any]) -> bool:
    """Whether a row of a multiget says as much as reading the item alone: its regular price, and no reason missing."""
    if not item.get("status") or needs_reason(item) or "attributes" not in item:
        return False
    return item.get("price") is not None and not item.get("original_price")


def _attribute(item: Mapping[str, Any], name: str) -> str:
    for attribute in item.get("attributes") or ():
        if isinstance(attribute, Mapping) and attribute.get("id") == name:
            return str(attribute.get("value_name") or "")
    return ""


def _state(status: str, subs: Sequence[str]) -> ListingState:
    if "deleted" in subs or "expired" in subs:
        return ListingState.ENDED
    if status == "paused" and _PICTURES_PENDING & set(subs):
        return ListingState.ACCEPTED  # turns active by itself when the pictures are there
    if status == "under_review" and (_PICTURES_PENDING | _REFUSED) & set(subs):
        return ListingState.REJECTED  # pictures that failed, or something the seller must mend
    if status == "active" and "suspended" in subs:
        return ListingState.REJECTED
    return _STATES.get(status, ListingState.ACCEPTED)


def _reasons(status: str, subs: Sequence[str], state: ListingState, moderation: Any) -> Iterator[Finding]:
    waits = state in (ListingState.ACCEPTED, ListingState.ENDED)
    told = [(sub, _REASONS.get(sub, ("", f"MercadoLibre reports: {sub}.", ""))) for sub in subs]
    if not told and status in _STATUS_REASONS:
        told = [(status, _STATUS_REASONS[status])]
    for word, (field, message, fix) in told:
        if word in _PICTURES_PENDING and state is ListingState.REJECTED:
            yield Finding(f"mercadolibre.{word}", field, *_PICTURES_FAILED, original=word)
        else:
            yield Finding(f"mercadolibre.{word}", field, message, fix, blocks=not waits, original=word)
    for one in moderation if isinstance(moderation, list) else [moderation]:
        words = _wording(one, "reason")
        if words:
            fix = _wording(one, "remedy") or "Read the details on MercadoLibre."
            yield Finding("mercadolibre.moderation", "", words, fix, blocks=not waits, original=words)


def _wording(moderation: Any, kind: str) -> str:
    """What a moderation says as reason or remedy: a field of that name, or an entry of ``wordings``."""
    if not isinstance(moderation, Mapping):
        return ""
    for entry in moderation.get("wordings") or ():
        if isinstance(entry, Mapping) and str(entry.get("type", "")).lower() == kind:
            return str(entry.get("value") or "")
    return str(moderation.get(kind) or "")


def read_category_rules(category: Mapping[str, Any], attributes: Any, currency: str) -> CategoryRules:
    """A category's answer and its attributes as rules; limits that it does not name get the usual ones."""
    settings = category.get("settings")
    settings = settings if isinstance(settings, Mapping) else {}
    currencies = [str(one) for one in settings.get("currencies") or ()]
    currency = currency if currency in currencies or not currencies else currencies[0]
    leaf = not category.get("children_categories")
    rows = [one for one in attributes or () if isinstance(one, Mapping) and one.get("id")]
    rules = [_attribute_rule(one) for one in rows]
    varying = [str(one["id"]) for one in rows if VARYING in _tags(one)]
    return CategoryRules(
        id=str(category.get("id", "")),
        name=str(category.get("name", "")),
        listing_allowed=bool(settings.get("listing_allowed", leaf)),
        title_max=_whole(settings.get("max_title_length"), TITLE_MAX),
        description_max=_whole(settings.get("max_description_length"), DESCRIPTION_MAX),
        pictures_max=_whole(settings.get("max_pictures_per_item"), PICTURES_MAX),
        currency=currency,
        price_min=read_money(settings.get("minimum_price"), currency),
        price_max=read_money(settings.get("maximum_price"), currency),
        attributes=tuple(rules),
        schema={VARYING: varying},
    )


def _tags(one: Mapping[str, Any]) -> set[str]:
    tags = one.get("tags") or {}  # an object of true values; an older form is a list of names
    return {str(tag) for tag, on in tags.items() if on} if isinstance(tags, Mapping) else {str(tag) for tag in tags}


def _attribute_rule(one: Mapping[str, Any]) -> AttributeRule:
    given = _tags(one)
    units = [
        unit.get("name") or unit.get("id") if isinstance(unit, Mapping) else unit
        for unit in one.get("allowed_units") or ()
    ]
    values = [value for value in one.get("values") or () if isinstance(value, Mapping)]
    length = one.get("value_max_length")
    return AttributeRule(
        id=str(one["id"]),
        name=str(one.get("name") or one["id"]),
        value_type=str(one.get("value_type") or "string"),
        required="required" in given,
        conditional="conditional_required" in given,
        recommended="catalog_required" in given,
        hidden="hidden" in given,
        read_only="read_only" in given,
        max_length=length if isinstance(length, int) and length > 0 else None,
        units=tuple(str(unit) for unit in units),
        values=tuple((str(value.get("id") or ""), str(value.get("name") or "")) for value in values),
    )


def _whole(value: Any, default: int) -> int:
    return value if isinstance(value, int) and value > 0 else default
