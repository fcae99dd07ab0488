"""What a seller enters to connect Paris, and access: an API key is exchanged for tokens of four hours.

Facts about Paris that nobody could confirm are settings here, with the safer default.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

import httpx

from mmhub_desktop.domain.marketplace import CredentialField
from mmhub_desktop.errors import Finding, SignInNeeded
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.http import read_json, send
from mmhub_desktop.marketplaces.oauth import TokenEndpoint
from mmhub_desktop.marketplaces.paris.problems import LABEL

HOSTS = {
    "production": "https://api-developers.ecomm.cencosud.com",
    "staging": "https://api-developers.ecomm-stg.cencosud.com",
}
PAGE_ADDRESS = "https://www.paris.cl/search?q={id}"
_KEY_HINT = "Copy the API key from Seller Center › Mi Cuenta (as administrator) and connect the account again."
_UNSURE = "Not confirmed by Paris; change it only if your listings show otherwise."

FIELDS = (
    CredentialField(
        "api_key",
        "API key",
        "Seller Center › Mi Cuenta, as administrator. It is kept in the keyring only.",
        secret=True,
    ),
    CredentialField(
        "environment",
        "Environment",
        "A key is usually valid on production only.",
        default="production",
        choices=(("production", "Production"), ("staging", "Staging (tests)")),
    ),
    CredentialField(
        "warehouse",
        "Warehouse",
        "Only for sellers with several warehouses: its name at Paris, for example ffparis. Its stock is set.",
        required=False,
    ),
    CredentialField(
        "title_max", "Longest title", f"Characters of a product's name. {_UNSURE}", required=False, default="120"
    ),
    CredentialField(
        "pictures_max", "Most pictures", f"Pictures of one product. {_UNSURE}", required=False, default="10"
    ),
    CredentialField(
        "price_id",
        "Prices are set for",
        f"What a price call names. {_UNSURE}",
        required=False,
        default="parent",
        choices=(("parent", "the product (MK…)"), ("variant", "its variant (MK…-1)")),
    ),
    CredentialField(
        "price_row",
        "Form of a price",
        f"How store and kind of a price are named. {_UNSURE}",
        required=False,
        default="storePrice",
        choices=(
            ("storePrice", "storePrice and type"),
            ("store", "store and price"),
            ("priceTypeId", "priceTypeId: list or offer"),
            ("value", "the value alone"),
        ),
    ),
    CredentialField(
        "price_change",
        "Prices are changed with",
        f"The method of the call. {_UNSURE}",
        required=False,
        default="POST",
        choices=(("POST", "POST (overwrite)"), ("PATCH", "PATCH")),
    ),
    CredentialField(
        "offer_row",
        "Offer price",
        "Setting the price alone ends a running offer at Paris, so both are sent; without an offer the price twice.",
        required=False,
        default="always",
        choices=(("always", "Always send it"), ("running", "Only while an offer runs")),
    ),
    CredentialField(
        "renew_on_403",
        "New token after status 403",
        f"An expired token may be answered with 403 as well as 401. {_UNSURE}",
        required=False,
        default="yes",
        choices=(("yes", "Yes, once"), ("no", "No")),
    ),
    CredentialField(
        "page_address",
        "Page of a product",
        f"Address with {{id}} for the product's id (MK…). {_UNSURE}",
        required=False,
        default=PAGE_ADDRESS,
    ),
    CredentialField(
        "lookup_lag_s",
        "Waits between look-ups",
        "Seconds, after a lost answer, before a product may be created again. Leave empty for 30, 60, 300, 900.",
        required=False,
    ),
)

_REFUSED = ("{label} does not accept this API key.", _KEY_HINT)
_REFUSALS = {"": _REFUSED, "Unauthorized": _REFUSED, "Forbidden": _REFUSED, "Bad Request": _REFUSED}


def host_of(connection: Connection) -> str:
    """The address of Paris' API that the account speaks to."""
    return HOSTS.get(connection.account.settings.get("environment", ""), HOSTS["production"])


def token_endpoint(connection: Connection) -> TokenEndpoint:
    """Where an API key is exchanged for an access token; there is no refresh token."""
    address = f"{(connection.base_url or host_of(connection)).rstrip('/')}/v1/auth/apiKey"

    def ask(client: httpx.AsyncClient, known: Mapping[str, str]) -> httpx.Request:
        return _key_request(client, address, known)

    return TokenEndpoint(LABEL, address, "", _REFUSALS, ask=ask)


def _key_request(client: httpx.AsyncClient, address: str, known: Mapping[str, str]) -> httpx.Request:
    key = known.get("api_key", "").strip()
    if not key:
        raise SignInNeeded(f"This account has no API key for {LABEL}.", hint=_KEY_HINT)
    return client.build_request("POST", address, json={}, headers={"Authorization": f"Bearer {key}"})


async def read_seller(connection: Connection, token: str) -> Mapping[str, Any]:
    """Who the key belongs to: what the token itself carries, else what signing in once more tells."""
    carried = _payload_of(token)
    if carried.get("seller_id"):
        return carried
    request = _key_request(connection.http, token_endpoint(connection).url, await connection.secrets.load())
    answer = read_json(await send(connection, request, label=LABEL, signs_in=True), label=LABEL)
    told = answer.get("jwtPayload") if isinstance(answer, Mapping) else None
    return told if isinstance(told, Mapping) else {}


def _payload_of(token: str) -> Mapping[str, Any]:
    """The middle part of a JSON Web Token; empty for any other token. It is only shown, so its seal is not proved."""
    parts = token.split(".")
    try:
        payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (IndexError, ValueError):
        return {}
    return payload if isinstance(payload, Mapping) else {}


def account_warnings(seller: Mapping[str, Any], has_store: bool) -> tuple[Finding, ...]:
    """What the seller should know about the account."""
    found = []
    status = str(seller.get("seller_status") or "")
    if status and status.casefold() != "active":
        message = f"{LABEL} shows your seller account as “{status}”."
        fix = "Sign in to Seller Center and see what it asks of you."
        found.append(Finding("paris.seller_status", "", message, fix, status, "active", blocks=False))
    if not has_store:
        message = "It is not clear for which store prices are to be set."
        fix = "Choose the store price in the account's settings."
        found.append(Finding("paris.store_price", "price", message, fix, blocks=False))
    return tuple(found)
