"""What a seller enters to connect Etsy, the consent in the browser, and what proves the account in every call."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from mmhub_desktop.domain.marketplace import CredentialField, ValueForm
from mmhub_desktop.errors import Finding, UserMistake
from mmhub_desktop.marketplaces.base import AccountChoice, Connection, Consent, SetupStep
from mmhub_desktop.marketplaces.etsy.problems import LABEL
from mmhub_desktop.marketplaces.oauth import TokenEndpoint, TokenSource, exchange_code, read_redirect, start_consent

API = "https://openapi.etsy.com"
TOKENS = "https://api.etsy.com"
PAGES = "https://www.etsy.com"
REDIRECT = "http://localhost:3003/oauth/redirect"  # the form that Etsy's own quick start uses
SCOPES = "listings_r listings_w listings_d transactions_r transactions_w shops_r"
_KEYS_PAGE = "https://www.etsy.com/developers/your-apps"
_YES_NO = (("no", "No"), ("yes", "Yes"))

FIELDS = (
    CredentialField(
        "client_id",
        "Keystring",
        "From your app's page at etsy.com/developers, “See API key details”.",
        forms=(
            ValueForm(
                r"[a-z0-9]{15,40}",
                "A keystring is some 24 small letters and digits. The shorter text below it is the shared secret.",
            ),
        ),
    ),
    CredentialField(
        "shared_secret",
        "Shared secret",
        "From the same page. It is kept in the keyring only.",
        secret=True,
        forms=(
            ValueForm(
                r"[A-Za-z0-9]{5,14}",
                "A shared secret is some ten letters and digits. The longer text above it is the keystring.",
            ),
        ),
    ),
    CredentialField(
        "redirect_uri",
        "Redirect address",
        "Exactly as registered in the app as callback URL, letter by letter. Any https page of yours will do as well: "
        "you copy its address from the browser.",
        default=REDIRECT,
        forms=(
            ValueForm(
                r"(https://|http://localhost[:/])[^?#\s]*",
                "The address begins with https:// (or is the one proposed here) and has no “?” and no “#”.",
            ),
        ),
    ),
    CredentialField(
        "publish",
        "New listings",
        "As drafts they cost nothing and nobody sees them: you publish them in Etsy's Shop Manager. Published by this "
        "program, Etsy charges its listing fee (USD 0.20) for each, at once.",
        default="draft",
        choices=(("draft", "Leave as drafts (free)"), ("active", "Publish at once (USD 0.20 each)")),
    ),
    CredentialField(
        "renew",
        "Renew what is sold out or has expired",
        "When a product is in stock again. Etsy charges USD 0.20 for each renewal. What was only switched off is shown "
        "again without a fee.",
        required=False,
        default="no",
        choices=_YES_NO,
    ),
    CredentialField(
        "auto_renew",
        "Renew new listings every four months",
        "Etsy renews them by itself then, for USD 0.20 each.",
        required=False,
        default="no",
        choices=_YES_NO,
    ),
    CredentialField(
        "ending",
        "Ending a listing",
        "Switched off, it can be shown again until it expires. Deleted, it is gone with its statistics.",
        required=False,
        default="inactive",
        choices=(("inactive", "Switch it off"), ("delete", "Delete it")),
    ),
    CredentialField(
        "is_supply",
        "Finished product or supply",
        "What your goods are, unless a product's attribute “Is supply” says otherwise.",
        default="no",
        choices=(("no", "Finished products"), ("yes", "Supplies or tools to make something")),
    ),
    CredentialField(
        "quantity_max",
        "Most pieces of one listing",
        "Sellers' tools report 999; Etsy does not publish it.",
        default="999",
        required=False,
    ),
    CredentialField(
        "lists",
        "How lists are sent",
        "Change it only if tags or materials arrive joined together.",
        required=False,
        default="comma",
        choices=(("comma", "Separated by commas, as Etsy describes"), ("repeat", "One field for each")),
    ),
    CredentialField(
        "legacy",
        "Processing profiles",
        "Change it only if Etsy does not accept the processing profile.",
        required=False,
        default="false",
        choices=(("false", "New form (legacy=false)"), ("true", "legacy=true"), ("none", "Say nothing")),
    ),
    CredentialField(
        "lookup_lag_s",
        "Waits between look-ups",
        "Seconds, after a lost answer, before a listing may be created again. Leave empty for 10, 20, 30.",
        required=False,
    ),
)

CHOICES = (
    AccountChoice("shipping_profile_id", "Shipping profile", "From Shop Manager › Settings › Shipping settings."),
    AccountChoice("readiness_state_id", "Processing profile", "How fast you ship: ready to ship or made to order."),
    AccountChoice(
        "return_policy_id",
        "Return policy",
        "Needed to publish, unless your shop is in the European Union.",
        required=False,
    ),
    AccountChoice("who_made", "Who made it", "Unless a product's attribute “Who made” says otherwise."),
    AccountChoice(
        "when_made",
        "When it was made",
        "Unless a product's attribute “When made” says otherwise. Changes each January.",
    ),
    AccountChoice("shop_section_id", "Shop section", "Where new listings stand in your shop.", required=False),
)

SETUP = (
    SetupStep(
        "Sign in to Etsy with your shop's account and open “Create a new app”.",
        "https://www.etsy.com/developers/register",
    ),
    SetupStep("Name the app, say that you manage your own shop with it, and send it in; Etsy approves it by e-mail."),
    SetupStep(f"Open “Your apps”, add the callback URL {REDIRECT} to the app and save.", _KEYS_PAGE),
    SetupStep("Choose “See API key details” and copy keystring and shared secret into the fields here.", _KEYS_PAGE),
    SetupStep(
        "Connect: choose “Grant access” on Etsy's page, then come back here. With another redirect address, copy the "
        "address of the page you are sent to and paste it, even if it does not open."
    ),
    SetupStep("Choose shipping profile, processing profile and return policy; they come from your shop's settings."),
)

_REFUSALS = {
    "invalid_client": (
        "{label} does not know this keystring.",
        "Compare it with your app's page at etsy.com/developers; Etsy must have approved the app.",
    ),
}


def token_endpoint(connection: Connection) -> TokenEndpoint:
    """Where the account's tokens come from. There is no client secret in the exchange."""
    host = (connection.base_url or TOKENS).rstrip("/")
    client_id = connection.account.settings.get("client_id", "").strip()
    return TokenEndpoint(LABEL, f"{host}/v3/public/oauth/token", client_id, _REFUSALS)


class EtsyAccess:
    """The token in ``Authorization`` and ``keystring:shared secret`` in ``x-api-key``, on every call."""

    def __init__(self, connection: Connection, tokens: TokenSource) -> None:
        self._connection = connection
        self._tokens = tokens
        self._key = ""

    async def authorise(self, request: httpx.Request) -> str:
        """Put both."""
        token = await self._tokens.access_token()
        if not self._key:
            secret = (await self._connection.secrets.load()).get("shared_secret", "").strip()
            self._key = f"{self._connection.account.settings.get('client_id', '').strip()}:{secret}"
        request.headers["x-api-key"] = self._key
        request.headers["Authorization"] = f"Bearer {token}"
        return token

    async def renew(self, refused: str) -> bool:
        """A token that was not refused yet."""
        await self._tokens.renew(refused)
        return True


class NoAccess:
    """For pages that need no account."""

    async def authorise(self, request: httpx.Request) -> str:  # noqa: ARG002 - as the protocol says
        """Nothing is put."""
        return ""

    async def renew(self, refused: str) -> bool:  # noqa: ARG002 - as the protocol says
        """There is nothing to renew."""
        return False


class EtsyConsent(Consent):
    """Consent with PKCE; the seller pastes the address of the page they are sent to."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start(self) -> tuple[str, Mapping[str, str]]:
        """Etsy's consent page. UserMistake when a needed setting is missing or unusable."""
        settings = self._connection.account.settings
        client_id = settings.get("client_id", "").strip()
        if not client_id:
            raise UserMistake("The keystring is missing.", hint="Copy it from your app's page at etsy.com/developers.")
        redirect = settings.get("redirect_uri", "").strip() or REDIRECT
        if urlsplit(redirect).scheme not in ("http", "https") or not urlsplit(redirect).netloc or "?" in redirect:
            raise UserMistake(
                "The redirect address cannot be used.",
                hint=f"Enter it exactly as registered in your app, for example {REDIRECT}",
            )
        host = (self._connection.base_url or PAGES).rstrip("/")
        return start_consent(f"{host}/oauth/connect", client_id, redirect, scope=SCOPES)

    async def finish(self, redirect: str, remembered: Mapping[str, str]) -> None:
        """Exchange the code of the pasted address; the tokens are saved before this returns."""
        code = read_redirect(redirect, remembered)
        await exchange_code(self._connection, token_endpoint(self._connection), code, remembered)


def shop_warnings(shop: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What the seller should know about the shop that the token belongs to."""
    found = []
    if shop.get("is_vacation") is True:
        message, fix = "Your shop is in vacation mode: nothing can be bought.", "End it in Etsy's Shop Manager."
        found.append(Finding("etsy.vacation", "", message, fix, blocks=False))
    if shop.get("is_etsy_payments_onboarded") is False:
        message = "Your shop has not finished signing up for Etsy Payments; Etsy may refuse to publish."
        found.append(
            Finding("etsy.payments", "", message, "Finish it in Etsy's Shop Manager › Finances.", blocks=False)
        )
    return tuple(found)
