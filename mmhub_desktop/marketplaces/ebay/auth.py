"""What a seller enters to connect eBay, the consent in the browser, and the two tokens: the seller's and the program's.

eBay's redirect address is not an address but the *RuName*, the name of a registered pair of pages. The seller lands on
the accept page and pastes its whole address; the code in it is URL-encoded and works once, for about five minutes.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

from mmhub_desktop.domain.marketplace import CredentialField, ValueForm
from mmhub_desktop.errors import SignInNeeded, UserMistake
from mmhub_desktop.marketplaces.api import BearerToken
from mmhub_desktop.marketplaces.base import AccountChoice, Connection, Consent, SetupStep
from mmhub_desktop.marketplaces.ebay.problems import LABEL
from mmhub_desktop.marketplaces.ebay.sites import OTHER_LANGUAGES, SITES, USUAL_SITE, hosts_of, language_of, site_of
from mmhub_desktop.marketplaces.oauth import (
    SecretSlot,
    TokenEndpoint,
    TokenSource,
    exchange_code,
    read_redirect,
    start_consent,
)

_SCOPE = "https://api.ebay.com/oauth/api_scope"
SELLER_SCOPES = " ".join(
    f"{_SCOPE}/{right}"
    for right in ("sell.inventory", "sell.account", "sell.fulfillment", "commerce.identity.readonly")
)
_TOKEN_PATH = "/identity/v1/oauth2/token"  # noqa: S105 - a path

FIELDS = (
    CredentialField(
        "site",
        "eBay site",
        "The eBay site you sell on. Connect another account for each further site.",
        default=USUAL_SITE.id,
        choices=tuple((site.id, site.label) for site in SITES.values()),
    ),
    CredentialField(
        "environment",
        "Environment",
        "The sandbox is eBay's own copy for trying out; it has keys and test users of its own.",
        default="production",
        choices=(("production", "Production: the real eBay"), ("sandbox", "Sandbox")),
    ),
    CredentialField(
        "client_id",
        "App ID (Client ID)",
        "From the page Application Keys at developer.ebay.com.",
        forms=(
            ValueForm(
                r"(?!.*-SBX-).*",
                "This is an App ID of the sandbox: take the one of the Production key set, or choose Sandbox above.",
                ("environment", "production"),
            ),
            ValueForm(
                r"(?!.*-PRD-).*",
                "This is an App ID of production: take the one of the Sandbox key set, or choose Production above.",
                ("environment", "sandbox"),
            ),
            ValueForm(
                r".+-(PRD|SBX)-.+",
                "An App ID has -PRD- or -SBX- inside, such as JaneDoe-Shop-PRD-1a2b3c4d5-6e7f8a9b. Copy it whole.",
            ),
        ),
    ),
    CredentialField(
        "client_secret",
        "Cert ID (Client Secret)",
        "From the same page. It is kept in the keyring only.",
        secret=True,
        forms=(
            ValueForm(r"(PRD|SBX)-.+", "A Cert ID begins with PRD- or SBX-: copy it whole from the same key set."),
            ValueForm(r"PRD-.+", "This is the Cert ID of the sandbox.", ("environment", "production")),
            ValueForm(r"SBX-.+", "This is the Cert ID of production.", ("environment", "sandbox")),
        ),
    ),
    CredentialField(
        "redirect_uri",
        "RuName",
        "The eBay Redirect URL name of your application, such as Jane_Doe-JaneDoe-Shop-abcdef. It is not an address.",
        forms=(
            ValueForm(
                r"(?!https?:)[^\s/]+",
                "This is an address. The RuName is the name that stands beside it, under User Tokens.",
            ),
        ),
    ),
    CredentialField(
        "sku_characters",
        "SKUs may hold",
        "eBay's text says letters and digits only; hyphens and underscores are widely used and work for most.",
        default="usual",
        choices=(
            ("strict", "Letters and digits"),
            ("usual", "Letters, digits, - and _"),
            ("any", "Anything, up to 50 characters"),
        ),
    ),
    CredentialField(
        "own_specifics",
        "Attributes that a category does not know",
        "eBay shows them as item specifics of your own. Choose to send them only if none of your columns is private.",
        default="leave_out",
        choices=(("leave_out", "Leave them out"), ("send", "Send them")),
    ),
    CredentialField(
        "no_barcode",
        "Products without a barcode",
        "Some categories want a barcode or the words that none exists. Say so only of goods that really have none.",
        default="leave_out",
        choices=(("leave_out", "Say nothing"), ("say", "Say that none exists")),
    ),
    CredentialField(
        "language",
        "Language",
        "Only for Canada in French and Belgium in Dutch.",
        required=False,
        choices=OTHER_LANGUAGES,
    ),
    CredentialField(
        "location_postcode",
        "Postcode goods ship from",
        "Only if your account has no inventory location yet: the program can then make one with the first listing.",
        required=False,
    ),
    CredentialField(
        "location_country",
        "Country goods ship from",
        "With it, as two letters such as DE. An inventory location cannot be moved later.",
        required=False,
    ),
    CredentialField(
        "lookup_lag_s",
        "Waits between look-ups",
        "Seconds, after a lost answer, before a listing may be created again. Leave empty for 5, 15, 40.",
        required=False,
    ),
)

CHOICES = (
    AccountChoice("fulfillment_policy_id", "Shipping policy", "How and for how much goods are sent."),
    AccountChoice("payment_policy_id", "Payment policy", "How buyers pay."),
    AccountChoice("return_policy_id", "Return policy", "Whether and how long goods may be sent back."),
    AccountChoice(
        "location_key",
        "Inventory location",
        "Where goods ship from. If your account has none, enter postcode and country in the account's settings: then "
        "the program offers to make one.",
    ),
)

SETUP = (
    SetupStep(
        "Sign in at eBay's developer site with an account of its own (joining is free) and open Application Keys.",
        "https://developer.ebay.com/my/keys",
    ),
    SetupStep(
        "Create a Production key set. eBay keeps it switched off until you have dealt with Marketplace Account "
        "Deletion: eBay must be able to tell you when a user wants all data deleted. Take one of the next two steps.",
        "https://developer.ebay.com/marketplace-account-deletion",
    ),
    SetupStep(
        "Either subscribe: enter the https address of a server of yours that answers eBay's test message. This program "
        "runs on your own computer and cannot be that server."
    ),
    SetupStep(
        "Or ask for the exemption by declaring that you keep no data of eBay's users. This version fetches no "
        "orders from eBay and keeps nothing about its users; it holds for other programs that use the same keys, too."
    ),
    SetupStep(
        "Open User Tokens beside the key set, choose “Get a Token from eBay via Your Application”, and add an eBay "
        "Redirect URL. For “auth accepted” enter an https page of yours, or leave eBay's own. Copy the RuName.",
        "https://developer.ebay.com/my/auth",
    ),
    SetupStep("Enter App ID, Cert ID and RuName here and open the consent page."),
    SetupStep(
        "Sign in there as the seller and choose Agree. Copy the whole address of the page you land on and paste it "
        "here within five minutes, even if that page says that nothing was found."
    ),
    SetupStep(
        "In your eBay account turn on business policies and make one shipping, one payment and one return policy; "
        "eBay may take a day to turn them on.",
        "https://www.bizpolicy.ebay.com/businesspolicy/manage",
    ),
    SetupStep(
        "In your selling preferences turn on “out-of-stock control”: then a listing whose stock is 0 is hidden and "
        "comes back; without it, it ends."
    ),
    SetupStep("Choose the three policies and the inventory location for this account."),
)

_REFUSALS = {
    "invalid_grant": (
        "{label} no longer accepts this connection: the code or token is used up, expired or withdrawn.",
        "Connect the account again, with keys of the chosen environment: those of sandbox and production do not mix.",
    ),
    "unauthorized_client": (
        "{label} does not let this application sign sellers in.",
        "Check at developer.ebay.com that the key set is switched on (Marketplace Account Deletion).",
    ),
}


def token_endpoint(connection: Connection) -> TokenEndpoint:
    """Where the seller's tokens come from; a refresh asks for all scopes that were granted, by naming none."""
    return TokenEndpoint(LABEL, _token_url(connection), _client_id(connection), _REFUSALS, basic=True)


def seller_access(connection: Connection) -> tuple[TokenSource, BearerToken]:
    """The seller's own token, and how calls carry it."""
    tokens = TokenSource(connection, token_endpoint(connection))
    return tokens, BearerToken(tokens, beside=lambda: _headers(connection))


def program_access(connection: Connection) -> BearerToken:
    """The application's token, for what belongs to no seller (categories); about 1,000 a day, so it is kept."""
    endpoint = TokenEndpoint(
        LABEL, _token_url(connection), _client_id(connection), _REFUSALS, basic=True, keys_only=True, scope=_SCOPE
    )
    own = replace(connection, secrets=SecretSlot(connection.secrets, "app_"))
    return BearerToken(TokenSource(own, endpoint), beside=lambda: _headers(connection))


class EbayConsent(Consent):
    """Consent without PKCE, which eBay does not know; the seller pastes the address of the accept page."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start(self) -> tuple[str, Mapping[str, str]]:
        """The consent page. UserMistake when the App ID or the RuName is missing or is none."""
        client_id = _client_id(self._connection)
        if not client_id:
            raise UserMistake("The App ID is missing.", hint="Copy it from Application Keys at developer.ebay.com.")
        name = self._connection.account.settings.get("redirect_uri", "").strip()
        if not name or "/" in name or " " in name:
            raise UserMistake(
                "The RuName is missing." if not name else f"“{name}” is not a RuName.",
                hint="Copy the name (not the address) from User Tokens at developer.ebay.com, beside your key set.",
            )
        host = self._connection.base_url or hosts_of(self._connection.account)["consent"]
        return start_consent(f"{host.rstrip('/')}/oauth2/authorize", client_id, name, scope=SELLER_SCOPES, pkce=False)

    async def finish(self, redirect: str, remembered: Mapping[str, str]) -> None:
        """Exchange the code of the pasted address; the tokens are saved before this returns."""
        code = read_redirect(_mend(redirect), remembered)
        await exchange_code(self._connection, token_endpoint(self._connection), code, remembered)


def _mend(pasted: str) -> str:
    """The address with its code encoded: some browsers show, and copy, ``v^1.1#i^1…`` decoded."""
    if re.search(r"[?&]isAuthSuccessful=false", pasted):
        raise SignInNeeded("Access was not granted.", hint="Connect again and choose Agree on eBay's page.")
    return re.sub(r"(?<=[?&]code=)[^&\s]+", lambda found: quote(found[0], safe="%"), pasted)


def _client_id(connection: Connection) -> str:
    return connection.account.settings.get("client_id", "").strip()


def _token_url(connection: Connection) -> str:
    return f"{(connection.base_url or hosts_of(connection.account)['']).rstrip('/')}{_TOKEN_PATH}"


def _headers(connection: Connection) -> Mapping[str, str]:
    """What every call carries. The language is always named: some of eBay's gateways refuse calls without it."""
    account = connection.account
    return {"Accept-Language": language_of(account), "X-EBAY-C-MARKETPLACE-ID": site_of(account).id}
