"""What a seller enters to connect MercadoLibre, and the consent in the browser."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from mmhub_desktop.domain.marketplace import Account, CredentialField, ValueForm
from mmhub_desktop.errors import Finding, UserMistake
from mmhub_desktop.marketplaces.base import Connection, Consent, SetupStep
from mmhub_desktop.marketplaces.mercadolibre.problems import LABEL
from mmhub_desktop.marketplaces.mercadolibre.sites import SITES
from mmhub_desktop.marketplaces.oauth import TokenEndpoint, exchange_code, read_redirect, start_consent

API = "https://api.mercadolibre.com"

FIELDS = (
    CredentialField(
        "site",
        "Country",
        "The country your seller account belongs to.",
        choices=tuple((site.id, site.label) for site in SITES.values()),
    ),
    CredentialField(
        "client_id",
        "Application id",
        "From your application's page in MercadoLibre's DevCenter.",
        forms=(
            ValueForm(r"\d{8,20}", "An application id is digits alone, some 16 of them. The text is the secret key."),
        ),
    ),
    CredentialField(
        "client_secret",
        "Secret key",
        "From the same page. It is kept in the keyring only.",
        secret=True,
        forms=(
            ValueForm(r"(?=.*[A-Za-z])\S{20,}", "A secret key is some 32 letters and digits; digits alone are the id."),
        ),
    ),
    CredentialField(
        "redirect_uri",
        "Redirect address",
        "Exactly as registered in the application: an https page of yours, without “?”. Any page will do: "
        "you copy its address from the browser.",
        forms=(ValueForm(r"https://[^?#\s]+", "The address begins with https:// and has no “?” and no “#” in it."),),
    ),
    CredentialField(
        "listing_type",
        "Listing type",
        "Decides fees and visibility of new listings.",
        default="gold_special",
        choices=(("gold_special", "Classic"), ("gold_pro", "Premium"), ("free", "Free")),
    ),
    CredentialField(
        "store_id",
        "Warehouse",
        "Only for sellers with several warehouses: the store id whose stock this program sets.",
        required=False,
    ),
    CredentialField(
        "consent_host",
        "Consent page",
        "Leave empty for your country's own, for example https://auth.mercadolibre.com.ar",
        required=False,
    ),
    CredentialField(
        "lookup_lag_s",
        "Waits between look-ups",
        "Seconds, after a lost answer, before a listing may be created again. Leave empty for 10, 30, 60, 180.",
        required=False,
    ),
)

SETUP = (
    SetupStep(
        "Sign in to your country's DevCenter (developers page of MercadoLibre) as the main user of the seller account "
        "and create an application."
    ),
    SetupStep("Tick offline access, read and write, and the permissions for users and for publishing."),
    SetupStep("Register an https page of yours as redirect address, without “?” and “#”. It need not do anything."),
    SetupStep(
        "Copy application id and secret key into the fields here, and the same redirect address, letter by letter."
    ),
    SetupStep("Connect: choose Allow in the browser, copy the whole address of the page you land on and paste it."),
)

_REFUSALS = {
    "invalid_operator_user_id": (
        "Only the main user of the {label} account may give access.",
        "Sign in to {label} as the main user, not as a collaborator, and connect again.",
    ),
    "unauthorized_application": (
        "{label} has blocked this application.",
        "Look at the application's page in DevCenter; nothing can be sent until it is free again.",
    ),
    "forbidden": (
        "{label} does not let this application ask for access from here.",
        "Check the application's permissions and its list of allowed addresses in DevCenter.",
    ),
}


def site_of(account: Account) -> str:
    """The account's site (MLA, MLB, …): chosen by the seller or told by MercadoLibre; empty when unknown."""
    return account.identity.get("site", "") or account.site or account.settings.get("site", "")


def api_url(connection: Connection) -> str:
    """The host that is spoken to, without a slash at its end."""
    return (connection.base_url or API).rstrip("/")


def token_endpoint(connection: Connection) -> TokenEndpoint:
    """Where the account's tokens come from."""
    client_id = connection.account.settings.get("client_id", "").strip()
    return TokenEndpoint(LABEL, f"{api_url(connection)}/oauth/token", client_id, _REFUSALS)


class MercadoLibreConsent(Consent):
    """Consent with PKCE; the seller pastes the address of the page they are sent to."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start(self) -> tuple[str, Mapping[str, str]]:
        """The consent page of the seller's country. UserMistake when a needed setting is missing or unusable."""
        settings = self._connection.account.settings
        client_id = settings.get("client_id", "").strip()
        if not client_id:
            raise UserMistake(
                "The application id is missing.", hint="Copy it from the application's page in DevCenter."
            )
        redirect = _checked_redirect(settings.get("redirect_uri", "").strip())
        page, remembered = start_consent(f"{self._host()}/authorization", client_id, redirect)
        if self._connection.base_url and site_of(self._connection.account):
            page += f"&site={site_of(self._connection.account)}"  # the practice page asks nobody who signs in
        return page, remembered

    async def finish(self, redirect: str, remembered: Mapping[str, str]) -> None:
        """Exchange the code of the pasted address; the tokens are saved before this returns."""
        code = read_redirect(redirect, remembered)
        await exchange_code(self._connection, token_endpoint(self._connection), code, remembered)

    def _host(self) -> str:
        if self._connection.base_url:
            return self._connection.base_url.rstrip("/")
        account = self._connection.account
        host = account.settings.get("consent_host", "").strip().rstrip("/").removesuffix("/authorization")
        if host:
            if urlsplit(host).scheme != "https" or not urlsplit(host).netloc:
                raise UserMistake(
                    "The consent page must be an https address.", hint="Leave it empty for the usual one."
                )
            return host
        site = SITES.get(site_of(account))
        if site is None:
            raise UserMistake("The country is missing.", hint="Choose the country your seller account belongs to.")
        return site.consent_host


def _checked_redirect(address: str) -> str:
    """The redirect address as entered, byte for byte; https, or this computer for those who try a loopback one."""
    parts = urlsplit(address)
    here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
    if not (parts.scheme == "https" and parts.netloc) and not here:
        raise UserMistake(
            "The redirect address must begin with https://.",
            hint="Enter it exactly as it is registered in the application in DevCenter.",
        )
    if parts.query or parts.fragment or "?" in address or "#" in address:
        raise UserMistake(
            "The redirect address must not contain “?” or “#”.",
            hint="Register an address without them in DevCenter and enter the same here.",
        )
    return address


def account_warnings(me: Mapping[str, Any], account: Account) -> list[Finding]:
    """What the seller should know about the account that the token belongs to (``/users/me``)."""
    found = []
    chosen, told = account.site, str(me.get("site_id"))
    if chosen and chosen != told:
        message = f"The account sells in {told}, not in {chosen}."
        found.append(Finding("mercadolibre.site", "site", message, "Choose the right country.", chosen, told, False))
    status = me.get("status")
    may_list = status.get("list") if isinstance(status, Mapping) else None
    if isinstance(may_list, Mapping) and may_list.get("allow") is False:
        codes = ", ".join(str(code) for code in may_list.get("codes") or ())
        message = f"{LABEL} does not let this account list products at the moment."
        fix = "Sign in there and see what it asks of you."
        found.append(Finding("mercadolibre.unable_to_list", "", message, fix, blocks=False, original=codes))
    return found
