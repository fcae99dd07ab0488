"""Who the seller is, what eBay lets the account do, and what it offers to choose from."""

from collections.abc import Mapping
from typing import Any

from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.errors import Finding, UnexpectedReply, Unsupported
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import AccountIdentity
from mmhub_desktop.marketplaces.ebay.creating import OWN_LOCATION
from mmhub_desktop.marketplaces.ebay.problems import LABEL
from mmhub_desktop.marketplaces.ebay.records import INVENTORY
from mmhub_desktop.marketplaces.ebay.single import read_amount
from mmhub_desktop.marketplaces.ebay.sites import site_of

ACCOUNT = "/sell/account/v1"
# choice → (path, the list in the answer, the id in its rows)
_POLICIES = {
    "fulfillment_policy_id": ("fulfillment_policy", "fulfillmentPolicies", "fulfillmentPolicyId"),
    "payment_policy_id": ("payment_policy", "paymentPolicies", "paymentPolicyId"),
    "return_policy_id": ("return_policy", "returnPolicies", "returnPolicyId"),
}


async def identify(api: Api, account: Account) -> AccountIdentity:
    """The seller behind the token; warnings for what stands in the way of selling."""
    who = (await api.call("GET", "/commerce/identity/v1/user/", host="identity")).fields
    if not who.get("userId"):
        raise UnexpectedReply(f"{LABEL} did not say whose account this is.", original=f"fields: {sorted(who)}")
    rights = (await api.call("GET", f"{ACCOUNT}/privilege")).fields
    reply = await api.call("GET", f"{ACCOUNT}/program/get_opted_in_programs", accept=(404,))
    rows = reply.fields.get("programs")
    programs = {str(row.get("programType")) for row in rows or () if isinstance(row, Mapping)}
    site = site_of(account)
    name = str(who.get("username") or who["userId"])
    settings = {"user_id": str(who["userId"]), "username": name, "site": site.id, "currency": site.currency}
    return AccountIdentity(
        remote_id=settings["user_id"],
        name=name,
        site=site.id,
        currency=site.currency,
        settings=settings,
        warnings=tuple(_warnings(who, rights, programs)),
    )


def _warnings(who: Mapping[str, Any], rights: Mapping[str, Any], programs: set[str]) -> list[Finding]:
    found = []

    def warn(rule: str, message: str, fix: str, original: str = "") -> None:
        found.append(Finding(f"ebay.{rule}", "", message, fix, blocks=False, original=original))

    status = str(who.get("status") or "")
    if status in ("ACCOUNTONHOLD", "UNCONFIRMED"):
        warn("account", "eBay holds this account back.", "Sign in at eBay and see what it asks of you.", status)
    if rights.get("sellerRegistrationCompleted") is False:
        warn("registration", "The seller registration is not finished.", "Finish it in your eBay account.")
    if "SELLING_POLICY_MANAGEMENT" not in programs:
        fix = "Turn them on in your eBay account; that may take a day. Nothing can be listed without them."
        warn("policies", "Business policies are not turned on.", fix)
    if "OUT_OF_STOCK_CONTROL" not in programs:
        fix = "Turn on out-of-stock control in your selling preferences: then a listing whose stock is 0 only hides."
        warn("stock", "Listings of this account end when their stock reaches 0.", fix)
    limit = rights.get("sellingLimit")
    if isinstance(limit, Mapping) and isinstance(limit.get("quantity"), int):
        worth = read_amount(limit.get("amount"))
        message = f"eBay lets this account sell at most {limit['quantity']:,} pieces" + (
            f" worth {worth} a month." if worth else " a month."
        )
        warn("limit", message, "Ask eBay for a higher limit if that is too little.")
    return found


async def offer_choices(api: Api, account: Account, key: str) -> tuple[tuple[str, str], ...]:
    """The account's policies of a kind on this marketplace, or its inventory locations: (value, label)."""
    if key == "location_key":
        return await _locations(api, account)
    if key not in _POLICIES:
        raise Unsupported(f"{LABEL} cannot offer choices for “{key}”.")
    path, rows, name = _POLICIES[key]
    reply = await api.call("GET", f"{ACCOUNT}/{path}", params={"marketplace_id": site_of(account).id})
    return tuple(
        (str(row[name]), str(row.get("name") or row[name]))
        for row in reply.fields.get(rows) or ()
        if isinstance(row, Mapping) and row.get(name)
    )


async def _locations(api: Api, account: Account) -> tuple[tuple[str, str], ...]:
    """The locations that are switched on, and one to be made, where postcode and country are there for it."""
    reply = await api.call("GET", f"{INVENTORY}/location", params={"limit": 100})
    rows = [row for row in reply.fields.get("locations") or () if isinstance(row, Mapping)]
    found = []
    for row in rows:
        key = str(row.get("merchantLocationKey") or "")
        place = row.get("location") if isinstance(row.get("location"), Mapping) else {}
        address = (place or {}).get("address") or {}
        where = " ".join(str(address[part]) for part in ("postalCode", "city", "country") if address.get(part))
        if key and row.get("merchantLocationStatus") != "DISABLED":
            found.append((key, " – ".join(word for word in (str(row.get("name") or key), where) if word)))
    postcode = account.settings.get("location_postcode", "").strip()
    country = account.settings.get("location_country", "").strip().upper()
    if postcode and country and OWN_LOCATION not in {key for key, _ in found}:
        found.append((OWN_LOCATION, f"New: {postcode} {country} (made with the first listing)"))
    return tuple(found)
