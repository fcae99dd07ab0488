"""What a seller enters to connect Kaufland, and the signature that every call carries."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx

from mmhub_desktop.domain.marketplace import Account, CredentialField, ValueForm
from mmhub_desktop.errors import SignInNeeded
from mmhub_desktop.marketplaces.base import AccountChoice, Connection, SetupStep
from mmhub_desktop.marketplaces.kaufland.sites import STOREFRONTS

HOSTS = {
    "production": "https://sellerapi.kaufland.com",
    "playground": "https://sellerapi-playground.kaufland.com",
}
_YES_NO = (("yes", "Yes"), ("no", "No"))

FIELDS = (
    CredentialField(
        "site",
        "Storefront",
        "The country's shop. Add an account for each storefront you sell on; the keys are the same.",
        default="de",
        choices=tuple((one.id, one.label) for one in STOREFRONTS.values()),
    ),
    CredentialField(
        "client_key",
        "Client key",
        "32 characters, from Seller Portal › Settings › API.",
        forms=(ValueForm(r"\S{32}", "A client key has 32 characters; the one with 64 is the secret key."),),
    ),
    CredentialField(
        "secret_key",
        "Secret key",
        "64 characters, shown once where the client key is made. It is kept in the keyring only.",
        secret=True,
        forms=(
            ValueForm(
                r"\S{64}",
                "A secret key has 64 characters. It is shown once: when it is lost, make a new pair of keys.",
            ),
        ),
    ),
    CredentialField(
        "environment",
        "Environment",
        "The playground has keys and data of its own; Kaufland's support gives access.",
        default="production", required=False,
        choices=(("production", "Real shop"), ("playground", "Kaufland's playground")),
    ),
    CredentialField(
        "handling_time", "Handling time", "Working days until an order is handed to the carrier, 0 to 100.", default="2"
    ),
    CredentialField(
        "used_grade",
        "Grade of used goods",
        "How used and refurbished products are offered. Kaufland never lets it be changed later.",
        default="GOOD", required=False,
        choices=(
            ("AS_NEW", "As new"), ("VERY_GOOD", "Very good"), ("GOOD", "Good"), ("ACCEPTABLE", "Acceptable"),
        ),
    ),
    CredentialField(
        "vat_indicator",
        "VAT rate",
        "Leave it to Kaufland unless your products have a rate of their own.",
        required=False,
        choices=(
            ("", "As set at Kaufland"), ("standard_rate", "Standard"), ("reduced_rate_1", "Reduced 1"),
            ("reduced_rate_2", "Reduced 2"), ("super_reduced_rate", "Super-reduced"), ("zero_rate", "Zero"),
        ),
    ),
    CredentialField(
        "send_data",
        "Send texts and pictures",
        "Product pages belong to all sellers. Yours are needed only where Kaufland does not know the EAN.",
        default="unknown", required=False,
        choices=(("unknown", "Only for products Kaufland does not know"), ("always", "For every new listing")),
    ),
    CredentialField(
        "safety_name", "Product safety: name", "Manufacturer or responsible person in the EU, for new products.",
        required=False,
    ),
    CredentialField(
        "safety_address", "Product safety: address", "Street, town, postcode, country; demanded with the name.",
        required=False,
    ),
    CredentialField("safety_email", "Product safety: e-mail", "", required=False),
    CredentialField("safety_url", "Product safety: web page", "", required=False),
    CredentialField(
        "title_max",
        "Longest title",
        "Characters. Kaufland publishes no maximum and recommends 50 to 80; longer titles are stopped here.",
        default="255", required=False,
    ),
    CredentialField(
        "category_form",
        "How the category is named",
        "Change it only if Kaufland answers NO_CATEGORY.",
        default="name", required=False,
        choices=(("name", "By its name"), ("title", "By its title"), ("id", "By its number")),
    ),
    CredentialField(
        "end_by",
        "Ending a listing",
        "Taking it out of the shop can be undone; a deleted offer cannot be brought back.",
        default="hold", required=False,
        choices=(("hold", "Take it out of the shop"), ("delete", "Delete the offer")),
    ),
    CredentialField(
        "sets_stock",
        "This account sets the stock",
        "Kaufland keeps one stock for the same SKU on all storefronts. With several, say yes for one account only.",
        default="yes", required=False,
        choices=_YES_NO,
    ),
    CredentialField(
        "user_agent", "Name of the software", "Leave empty, unless Kaufland gave you a name to send.", required=False
    ),
    CredentialField(
        "lookup_lag_s",
        "Waits between look-ups",
        "Seconds, after a lost answer, before a listing may be created again. Leave empty for 30, 90, 180, 300.",
        required=False,
    ),
)  # fmt: skip

CHOICES = (
    AccountChoice("id_shipping_group", "Shipping group", "Empty: the default one of your account.", required=False),
    AccountChoice("id_warehouse", "Warehouse", "Empty: the default one of your account.", required=False),
)

SETUP = (
    SetupStep(
        "Sign in to Kaufland's Seller Portal as the main user of the shop.", "https://sellerportal.kaufland.com/"
    ),
    SetupStep("Open Settings › API and create a client key with its secret key. The secret is shown once: copy both."),
    SetupStep("Choose the storefront here, paste both keys and press Connect. There is no consent page."),
    SetupStep("Choose shipping group and warehouse, or leave them to your account's defaults."),
    SetupStep("For products that Kaufland does not know yet, enter who answers for product safety in the EU."),
)


def sign(secret: str, method: str, url: str, body: bytes, timestamp: str) -> str:
    """The signature of one request: lower-case hex of an HMAC-SHA256 over four lines."""
    message = b"\n".join((method.upper().encode(), url.encode(), body, timestamp.encode()))
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class SignedAccess:
    """Signs each built request as it goes over the wire, with the time of signing."""

    connection: Connection

    async def authorise(self, request: httpx.Request) -> str:
        """Put keys, time and signature. SignInNeeded where a key is missing."""
        client_key = self.connection.account.settings.get("client_key", "").strip()
        secret = str((await self.connection.secrets.load()).get("secret_key") or "").strip()
        if not client_key or not secret:
            raise SignInNeeded(
                "Kaufland's keys are missing.",
                hint="Open Marketplaces and enter client key and secret key of the account.",
            )
        timestamp = str(int(self.connection.now().timestamp()))
        body = request.read()
        own_name = self.connection.account.settings.get("user_agent", "").strip()
        if own_name:
            request.headers["User-Agent"] = own_name
        request.headers["Shop-Client-Key"] = client_key
        request.headers["Shop-Timestamp"] = timestamp
        request.headers["Shop-Signature"] = sign(secret, request.method, str(request.url), body, timestamp)
        return ""

    async def renew(self, refused: str) -> bool:  # noqa: ARG002 - as Access says
        """Keys do not end and cannot be renewed."""
        return False


def clock_ahead_s(headers: Mapping[str, str], now: datetime) -> float:
    """How many seconds this computer's clock is ahead of Kaufland's, 0 where Kaufland does not tell its own."""
    from email.utils import parsedate_to_datetime

    try:
        told = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return 0.0
    return (now - told).total_seconds() if told.tzinfo else 0.0


def account_id(account: Account) -> str:
    """What tells accounts apart: Kaufland gives sellers no id here, so it is made of the client key and storefront."""
    key = account.settings.get("client_key", "").strip()
    return f"{hashlib.sha256(key.encode()).hexdigest()[:12]}-{site_of(account)}"


def site_of(account: Account) -> str:
    """The account's storefront."""
    return account.site or account.settings.get("site", "") or "de"
