"""eBay's error bodies turned into findings and the program's errors.

The body is ``{errors: [{errorId, category, message, longMessage, parameters: [{name, value}]}], warnings: […]}``. The
short message is often empty words; what is wrong stands in the long one and in the parameters.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx

from mmhub_desktop.errors import Finding, MarketplaceError, RateLimited, Rejected, SignInNeeded, Unavailable
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.http import quote, read_wait, unexpected
from mmhub_desktop.marketplaces.refusals import Refusals

LABEL = "eBay"
_REFUSALS = Refusals("ebay", LABEL)
rejection = _REFUSALS.rejection
not_there = _REFUSALS.not_found
EXISTS = 25002  # the generic user error; with an offerId among its parameters: this offer exists already
NOT_A_LEAF = frozenset({62005, 62008, 62009})
_GONE = frozenset({25710, 25713, 25702, 25705, 25725, 25726, 32100, 190200})
_EXPIRED_OR_NO_RIGHT = 1100
_BUSY = frozenset({25001, 25025, 30500, 62000, 190000})
_CALL_LIMIT = 2001
_NOT_FOUND = "ebay.not_found"
_LOCK_WAIT_S = 5.0  # a concurrent change is over after seconds

_POLICY = "Choose another policy in the account's settings, or mend it in your eBay account."
_HELD = "Read eBay's e-mail about it; the listing can be changed again when that is settled."
_REFURBISHED = "Check eBay's terms for refurbished goods, or choose another condition."
_EU = "Add the data in your eBay account or on the listing; goods for the EU need them."
_LATER = "Try again when the bidding or the sale is over."

# errorId → (field, message, what to do). The field "?" is taken from the parameters; a message "" keeps eBay's words.
_KNOWN: dict[int, tuple[str, str, str]] = {
    25003: ("price", "The price is not accepted.", "Check amount, decimals and currency."),
    25004: ("quantity", "The quantity is not accepted.", "Correct the quantity."),
    25005: ("category", "The category is not accepted.", "Choose one that has no subcategories."),
    25006: ("", "", "Check the listing's options at eBay."),
    25007: ("", "The shipping policy is not accepted.", _POLICY),
    25008: ("", "The payment policy is not accepted.", _POLICY),
    25009: ("", "The return policy is not accepted.", _POLICY),
    25011: ("", "The tax data are not accepted.", "Check the tax settings in your eBay account."),
    25012: ("", "The inventory location is not accepted.", "Choose another one in the account's settings."),
    25014: ("images", "A picture is not accepted.", "Use JPG or PNG of at least 500 pixels, better 1600."),
    25015: ("images", "A picture's address is not accepted.", "Publish again: the images are sent anew."),
    25016: ("?", "", "Correct the value."),
    25017: ("?", "", "Fill in what is missing."),
    25018: ("", "", "Complete your seller account at eBay, then retry."),
    25019: ("", "eBay does not let this listing be changed now.", _LATER),
    25020: ("weight_g", "Weight or size of the parcel is not accepted.", "Correct weight and size."),
    25021: ("condition", "The condition is not accepted in this category.", "Choose another condition."),
    25022: ("attributes?", "An item specific is not accepted.", "Correct or remove it."),
    25024: ("", "The Best Offer terms are not accepted.", "Check them at eBay."),
    25026: ("", "The selling limit of your account is used up.", "End other listings, or ask eBay for a higher limit."),
    25029: ("attributes?", "A required item specific is missing.", "Fill it in."),
    25031: ("?", "", "Correct the number."),
    25032: ("?", "", "Correct the value."),
    25034: ("", "", _POLICY),
    25035: ("", "A chosen policy does not exist on this eBay site.", _POLICY),
    25036: ("", "A chosen policy is of another kind.", _POLICY),
    25083: ("images", "The energy label's picture is missing.", _EU),
    25086: ("images", "eBay takes only pictures that were uploaded to it here.", "Publish again."),
    25096: ("", "eBay holds the listing back for a violation of its rules.", _HELD),
    25097: ("", "eBay holds the listing back for a violation of its rules.", _HELD),
    25098: ("", "eBay holds the listing back for a violation of its rules.", _HELD),
    25120: ("gtin", "eBay's catalogue gives these data itself.", "Leave them out, or give the barcode."),
    25121: ("gtin", "This category takes only goods from eBay's catalogue.", "Give the barcode of the product."),
    25501: ("images", "A picture is not accepted.", "Use JPG or PNG of at least 500 pixels, better 1600."),
    25502: ("attributes?", "An item specific is not accepted.", "Correct or remove it."),
    25503: ("?", "", "Correct the product."),
    25601: ("attributes?", "An item specific is not accepted.", "Correct or remove it."),
    25604: ("?", "", "Correct the value."),
    25701: ("sku", "eBay does not know one of the SKUs.", "Publish again."),
    25703: ("sku", "The SKU is a variant of another listing already.", "End that listing first, or use another SKU."),
    25704: ("sku", "The SKU is listed alone already.", "End that listing first, or use another SKU."),
    25707: ("sku", "The SKU is not accepted.", "Use up to 50 letters and digits."),
    25708: ("sku", "The SKU is not accepted.", "Use up to 50 letters and digits."),
    25709: ("?", "", "Correct the value."),
    25715: ("weight_g", "Weight or size of the parcel is not accepted.", "Correct weight and size."),
    25759: ("quantity", "More is promised to auctions than there is.", "Raise the quantity."),
    25803: ("", "The inventory location exists already.", "Nothing to do."),
    32200: ("lines", "The order has no such line.", "Fetch the order again."),
    32210: ("lines", "A line is named twice.", "Name each line once."),
    32300: ("tracking", "Tracking number or carrier is not accepted.", "Use letters and digits only; give both."),
    32400: ("", "eBay has suspended the account.", "Sign in at eBay and see what it asks of you."),
    32500: ("shipped_at", "The shipping date is not accepted.", "Use a date between the sale and today."),
    34100: ("tracking", "The order has as many tracking numbers as eBay takes.", "Look at the order at eBay."),
    34500: ("tracking", "eBay knows this parcel with other contents.", "Change it at eBay."),
    190201: ("images", "The image file is too large.", "Use a file of at most 12 MB."),
    190202: ("images", "The image has too many or too few pixels.", "Use 500 to 9000 pixels a side."),
    190203: ("images", "The image has a format that eBay does not take.", "Use JPG or PNG without animation."),
    190204: ("images", "eBay could not load the image.", "Check the image's address."),
    21919137: ("images", "A picture is too small.", "Its longer side needs at least 500 pixels."),
}  # fmt: skip
_KNOWN |= dict.fromkeys((25038, 25039, 25040), ("", "The listing has bids or ends soon: it cannot be changed.", _LATER))
_KNOWN |= dict.fromkeys(range(25041, 25053), ("condition", "", _REFURBISHED))
_KNOWN |= dict.fromkeys((*range(25076, 25083), 25084, *range(25104, 25120), 25122), ("", "", _EU))

# What eBay calls a field, as it ends there → the product's field.
_FIELDS = {
    "title": "title", "description": "description", "listingdescription": "description", "price": "price",
    "pricingsummary": "price", "quantity": "quantity", "availablequantity": "quantity", "categoryid": "category",
    "imageurls": "images", "pictureurl": "images", "sku": "sku", "condition": "condition", "conditionid": "condition",
    "conditiondescription": "condition", "upc": "gtin", "ean": "gtin", "isbn": "gtin", "brand": "brand",
    "aspects": "attributes", "packageweightandsize": "weight_g", "trackingnumber": "tracking",
}  # fmt: skip


def attribute_field(name: str) -> str:
    """The product's field that an item specific comes from."""
    return "brand" if name.casefold() in BRAND_NAMES else f"attributes.{name}"


BRAND_NAMES = frozenset({"brand", "marke", "marque", "marca", "merk", "marka"})


def errors_of(body: Any, key: str = "errors") -> Sequence[Mapping[str, Any]]:
    """The error objects of a body."""
    rows = body.get(key) if isinstance(body, Mapping) else None
    return [one for one in rows if isinstance(one, Mapping)] if isinstance(rows, list) else []


def ids_of(body: Any) -> frozenset[int]:
    """The numbers of a body's errors."""
    return frozenset(_number(one.get("errorId")) for one in errors_of(body))


def parameter(body: Any, *names: str) -> str:
    """The first value of a parameter with one of these names, empty where there is none."""
    for one in errors_of(body):
        for name, value in _parameters(one):
            if name.casefold() in names and value:
                return value
    return ""


def read_findings(body: Any) -> tuple[Finding, ...]:
    """The findings of a body: errors forbid, warnings do not."""
    found = [_finding(one, blocks=True) for one in errors_of(body)]
    found += [_finding(one, blocks=False) for one in errors_of(body, "warnings")]
    return tuple(dict.fromkeys(found))


def error_for(response: httpx.Response, body: Any, connection: Connection) -> MarketplaceError:
    """The error that an answer with a 4xx status (429 excepted) or an unexpected one means."""
    status, ids, original = response.status_code, ids_of(body), quote(response)
    wait = read_wait(response.headers, connection.now())
    if _CALL_LIMIT in ids:
        return RateLimited(f"{LABEL} asks for fewer calls.", retry_after_s=wait, original=original)
    if status == 401:
        return SignInNeeded(
            f"{LABEL} no longer accepts this connection.", hint="Open Marketplaces and connect the account again.",
            original=original,
        )  # fmt: skip
    if status == 403:
        return _forbidden(body, ids, original)
    if status == 409 or ids & _BUSY:
        return Unavailable(
            f"{LABEL} is busy with another change of the same thing.", retry_after_s=wait or _LOCK_WAIT_S,
            hint="The program tries again by itself.", original=original,
        )  # fmt: skip
    if status == 404 or (status == 400 and ids and ids <= _GONE):
        return not_there(original, "; ".join(one.original for one in read_findings(body) if one.original))
    if 400 <= status < 500:
        return rejection(read_findings(body), original=original)
    return unexpected(response, label=LABEL)


def is_not_there(error: Rejected) -> bool:
    """Whether a refusal only says that the thing does not exist: eBay does so with 404 and with 400."""
    return [finding.rule for finding in error.findings] == [_NOT_FOUND]


def is_token_refused(response: httpx.Response, body: Any) -> bool:
    """Whether a fresh access token may help: 403 with 1100 is said for missing rights and for expired tokens, too."""
    return response.status_code == 401 or (response.status_code == 403 and _EXPIRED_OR_NO_RIGHT in ids_of(body))


def _forbidden(body: Any, ids: frozenset[int], original: str) -> MarketplaceError:
    if _EXPIRED_OR_NO_RIGHT in ids or 190013 in ids:
        return SignInNeeded(
            f"{LABEL} has not given this program the right to do that.",
            hint="Connect the account again and agree to everything on eBay's page.",
            original=original,
        )
    return rejection(read_findings(body), original=original)


def _finding(one: Mapping[str, Any], *, blocks: bool) -> Finding:
    number = _number(one.get("errorId"))
    words = str(one.get("longMessage") or one.get("message") or "")
    told = [value for _, value in _parameters(one) if value and value not in words]
    original = " · ".join([words, *told])[:600]
    field, message, fix = _KNOWN.get(number, ("?", "", ""))
    name = next((value for name, value in _parameters(one) if _is_a_name(name)), "")
    if field == "attributes?":
        field = attribute_field(name) if name else "attributes"
        message = f"{name}: {message}" if name else message
    elif field == "?":
        field = next(_fields_named(one, name), "")
    return Finding(f"ebay.{number or 'refused'}", field, message or original, fix, blocks=blocks, original=original)


def _is_a_name(name: str) -> bool:
    return name.casefold() in ("fieldname", "field", "aspectname", "0", "productaspectname")


def _fields_named(one: Mapping[str, Any], name: str) -> Iterator[str]:
    for words in (name, *(str(ref) for ref in one.get("inputRefIds") or ())):
        last = words.replace("]", "").replace("[", ".").rstrip(".0123456789").rpartition(".")[2].casefold()
        if last in _FIELDS:
            yield _FIELDS[last]


def _parameters(one: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for row in one.get("parameters") or ():
        if isinstance(row, Mapping):
            yield str(row.get("name") or ""), str(row.get("value") or "")


def _number(value: Any) -> int:
    return int(value) if str(value).isdigit() else 0
