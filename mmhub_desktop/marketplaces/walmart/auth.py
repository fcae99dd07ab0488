"""What a seller enters to connect Walmart, and how a call proves the account: by keys and short tokens."""

import uuid
from collections.abc import Mapping
from typing import Any

from mmhub_desktop.domain.marketplace import Account, CredentialField, ValueForm
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import AccountChoice, Connection, SetupStep
from mmhub_desktop.marketplaces.oauth import TokenEndpoint
from mmhub_desktop.marketplaces.walmart.problems import LABEL

HOSTS = {"production": "https://marketplace.walmartapis.com", "sandbox": "https://sandbox.walmartapis.com"}
SERVICE = "Walmart Marketplace"
CURRENCY = "USD"

# Walmart retires each some months after newer ones come out. Accounts begin with those in use in September 2026.
SPEC_VERSION = "5.0.20260803-17_50_56-api"
MATCH_VERSION = "5.0.20260607-22_38_54-api"
PRICE_VERSION = "2.0.20240126-12_25_52-api"

FIELDS = (
    CredentialField(
        "client_id",
        "Client ID",
        "From the developer portal, page “My API keys”.",
        forms=(
            ValueForm(
                r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
                "A Client ID is 36 characters in five groups, such as 1a2b3c4d-1234-…: copy it whole.",
            ),
        ),
    ),
    CredentialField(
        "client_secret",
        "Client Secret",
        "From the same page. It is kept in the keyring only.",
        secret=True,
        forms=(
            ValueForm(
                r"(?![0-9a-fA-F]{8}-)\S{40,}",
                "A Client Secret is a long text without blanks: copy it whole, it is not the Client ID.",
            ),
        ),
    ),
    CredentialField(
        "environment",
        "Environment",
        "The sandbox has its own pair of keys; nothing there is for sale.",
        default="production",
        choices=(("production", "Production"), ("sandbox", "Sandbox")),
    ),
    CredentialField(
        "spec_version",
        "Version of the item specification",
        "The full text as Walmart publishes it. Change it when Walmart says that it has retired this one.",
        default=SPEC_VERSION,
    ),
    CredentialField(
        "match_version",
        "Version for offers on existing items",
        "The full version text of Walmart's MP_ITEM_MATCH specification.",
        default=MATCH_VERSION,
    ),
    CredentialField(
        "existing_items",
        "Products that Walmart sells already",
        "With an offer only, Walmart's own text and pictures are shown and few attributes are needed.",
        default="offer",
        choices=(("offer", "Add my offer to Walmart's item"), ("own", "Always send my own text and pictures")),
    ),
    CredentialField(
        "description_form",
        "Descriptions",
        "It is not certain which HTML Walmart takes, so plain text is the safe choice.",
        default="plain",
        choices=(("plain", "As plain text"), ("html", "With simple HTML (p, ul, li, b, br)")),
    ),
    CredentialField(
        "price_call",
        "How a single price is changed",
        "Walmart has announced that it retires the first way; choose the second when it does.",
        default="put",
        choices=(("put", "PUT /v3/price"), ("post", "POST /v3/price, its successor")),
    ),
    CredentialField(
        "ending",
        "What “End” does",
        "Stock 0 can be taken back at any time. Retiring cannot: the item is gone for good within two days.",
        default="stock",
        choices=(("stock", "Set the stock to 0"), ("retire", "Retire the item for good")),
    ),
    CredentialField(
        "channel_type",
        "Channel type",
        "Only if Walmart has assigned a WM_CONSUMER.CHANNEL.TYPE to you.",
        required=False,
    ),
    CredentialField(
        "lookup_lag_s",
        "Waits between look-ups",
        "Seconds, after a lost answer, before a feed may be sent again. Leave empty for 15, 60, 180, 600.",
        required=False,
    ),
)

CHOICES = (
    AccountChoice(
        "ship_node", "Ship node", "Only with several warehouses: the one whose stock is set.", required=False
    ),
)

SETUP = (
    SetupStep(
        "Open the developer portal and sign in with your Walmart seller account.", "https://developer.walmart.com/"
    ),
    SetupStep("Choose “My API keys”, and there “Production keys” (or “Sandbox keys” to try things out)."),
    SetupStep("Copy Client ID and Client Secret and paste them here. No page opens: the keys alone give access."),
    SetupStep(
        "In Seller Center, check that shipping templates and a ship node are set up: without them nothing is shown.",
        "https://seller.walmart.com/",
    ),
)

# scope → what cannot be done without it
_SCOPES = {
    "item": "list products",
    "feeds": "send feeds",
    "price": "change prices",
    "inventory": "set the stock",
    "orders": "read and ship orders",
}
_NEEDS_FULL = frozenset({"feeds", "price", "inventory", "orders"})

_WRONG_KEYS = (
    "{label} does not know this Client ID with this Client Secret.",
    "Copy both again from “My API keys”, for the environment chosen here, and connect the account again.",
)
_REFUSALS = dict.fromkeys(
    (
        "invalid_client", "invalid_request", "unauthorized_client", "invalid_grant", "UNAUTHORIZED.GMP_GATEWAY_API",
        "INVALID_REQUEST_HEADER.GMP_GATEWAY_API", "UNAUTHORIZED", "INVALID_REQUEST", "SYSTEM_ERROR.GMP_GATEWAY_API",
    ),
    _WRONG_KEYS,
)  # fmt: skip


def host_of(account: Account) -> str:
    """The host of the environment that the seller chose."""
    return HOSTS.get(account.settings.get("environment", ""), HOSTS["production"])


def token_endpoint(connection: Connection) -> TokenEndpoint:
    """Where the account's tokens come from: client credentials, no refresh token."""
    url = f"{(connection.base_url or host_of(connection.account)).rstrip('/')}/v3/token"
    return TokenEndpoint(
        LABEL,
        url,
        connection.account.settings.get("client_id", "").strip(),
        _REFUSALS,
        basic=True,
        keys_only=True,
        headers=lambda: call_headers(connection.account),
    )


def call_headers(account: Account) -> Mapping[str, str]:
    """What every call carries beside its token; the correlation id is a new one each time."""
    headers = {"WM_SVC.NAME": SERVICE, "WM_QOS.CORRELATION_ID": str(uuid.uuid4()), "Accept": "application/json"}
    if channel := account.settings.get("channel_type", "").strip():
        headers["WM_CONSUMER.CHANNEL.TYPE"] = channel
    if account.settings.get("environment") == "sandbox":
        headers["WM_SANDBOX"] = "v2"
    return headers


def account_warnings(token: Mapping[str, Any], profile: Mapping[str, Any], ship_nodes: Any) -> tuple[Finding, ...]:
    """What the seller should know: missing rights of the keys, a suspended account, no ship node."""
    found = []
    scopes = token.get("scopes")
    for scope, what in _SCOPES.items():
        has = str(scopes.get(scope, "full_access")) if isinstance(scopes, Mapping) else "full_access"
        if has == "no_access" or (has == "view_only" and scope in _NEEDS_FULL):
            message = f"These keys do not allow to {what}."
            fix = "Give the keys full access in the developer portal, or use others."
            found.append(Finding(f"walmart.scope.{scope}", "", message, fix, has, "full_access", blocks=False))
    status = _account_status(profile)
    if status not in ("", "ACTIVE"):
        message = f"{LABEL} shows your seller account as {status.replace('_', ' ').lower()}."
        fix = "Sign in to Seller Center and see what it asks of you."
        found.append(Finding("walmart.account", "", message, fix, status, "ACTIVE", blocks=False, original=status))
    if isinstance(ship_nodes, list) and not ship_nodes:
        fix = "Add one in Seller Center under Settings, Shipping."
        found.append(Finding("walmart.ship_node", "", "Your account has no ship node yet.", fix, blocks=False))
    return tuple(found)


def _account_status(profile: Mapping[str, Any]) -> str:
    for one in profile.get("configurations") or ():
        if isinstance(one, Mapping) and isinstance(one.get("configuration"), Mapping):
            status = one["configuration"].get("status")
            if isinstance(status, str):
                return status
    return ""
