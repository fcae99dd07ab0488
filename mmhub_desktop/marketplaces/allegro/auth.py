"""What a seller enters to connect Allegro, the two ways to consent, and what every call carries."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from mmhub_desktop import __version__
from mmhub_desktop.domain.marketplace import Account, CredentialField, ValueForm
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.marketplaces.allegro.problems import LABEL
from mmhub_desktop.marketplaces.base import Connection, Consent, ConsentPage, SetupStep
from mmhub_desktop.marketplaces.device_consent import finish_device_flow, start_device_flow
from mmhub_desktop.marketplaces.oauth import TokenEndpoint, exchange_code, read_redirect, start_consent

MEDIA = "application/vnd.allegro.public.v1+json"
UPLOAD = "upload"  # the name of the host for images
_HOSTS = {
    "production": ("https://api.allegro.pl", "https://upload.allegro.pl", "https://allegro.pl"),
    "sandbox": (
        "https://api.allegro.pl.allegrosandbox.pl",
        "https://upload.allegro.pl.allegrosandbox.pl",
        "https://allegro.pl.allegrosandbox.pl",
    ),
}
HANDLING_TIMES = (
    ("PT0S", "at once"), ("PT24H", "within 24 hours"), ("P2D", "2 days"), ("P3D", "3 days"), ("P4D", "4 days"),
    ("P5D", "5 days"), ("P7D", "7 days"), ("P10D", "10 days"), ("P14D", "14 days"), ("P21D", "21 days"),
    ("P30D", "30 days"), ("P60D", "60 days"),
)  # fmt: skip
PROVINCES = (
    "DOLNOSLASKIE", "KUJAWSKO_POMORSKIE", "LUBELSKIE", "LUBUSKIE", "LODZKIE", "MALOPOLSKIE", "MAZOWIECKIE", "OPOLSKIE",
    "PODKARPACKIE", "PODLASKIE", "POMORSKIE", "SLASKIE", "SWIETOKRZYSKIE", "WARMINSKO_MAZURSKIE", "WIELKOPOLSKIE",
    "ZACHODNIOPOMORSKIE",
)  # fmt: skip

FIELDS = (
    CredentialField(
        "environment",
        "Environment",
        "The sandbox is a copy of Allegro to try things in, with accounts and applications of its own.",
        default="production",
        choices=(("production", "Allegro"), ("sandbox", "Sandbox")),
    ),
    CredentialField(
        "client_id",
        "Client ID",
        "From your application's page at apps.developer.allegro.pl.",
        forms=(ValueForm(r"[0-9a-f]{32}", "A Client ID is 32 digits and letters from a to f: copy it whole."),),
    ),
    CredentialField(
        "client_secret",
        "Client secret",
        "From the same page. It stays in the keyring.",
        secret=True,
        forms=(
            ValueForm(r"\w{40,}", "A Client secret is some 64 letters and digits; the shorter one is the Client ID."),
        ),
    ),
    CredentialField(
        "app_name",
        "Name of the application",
        "As registered at Allegro, without spaces: Allegro refuses calls that do not name it.",
        required=False,
        default="MultiMarketHub",
    ),
    CredentialField(
        "app_page",
        "Page about the application",
        "An https address that Allegro may look at to see who calls: your shop's page will do.",
        forms=(ValueForm(r"https?://\S+\.\S+", "This is no address of a page: it begins with https://."),),
    ),
    CredentialField("location_city", "Dispatched from: town", "Where parcels are sent from."),
    CredentialField(
        "location_postcode",
        "Dispatched from: postcode",
        "For Poland in the form 00-950.",
        forms=(
            ValueForm(
                r"\d\d-\d{3}", "A Polish postcode has the form 00-950, with the hyphen.", ("location_country", "PL")
            ),
        ),
    ),
    CredentialField(
        "location_country",
        "Dispatched from: country",
        "Two letters, for example PL.",
        default="PL",
        forms=(ValueForm(r"[A-Z]{2}", "The country is two capital letters, such as PL, CZ or DE."),),
    ),
    CredentialField(
        "location_province",
        "Dispatched from: province",
        choices=(
            ("", "Choose one"),
            ("none", "Not in Poland"),
            *((name, name.replace("_", "-").title()) for name in PROVINCES),
        ),
    ),
    CredentialField(
        "handling_time",
        "Dispatched within",
        "What buyers are promised for new offers.",
        default="PT24H",
        choices=HANDLING_TIMES,
    ),
    CredentialField(
        "invoice",
        "Invoice",
        "Which kind buyers of new offers get.",
        required=False,
        choices=(
            ("", "As your Allegro account says"),
            ("VAT", "VAT"),
            ("VAT_MARGIN", "VAT margin"),
            ("WITHOUT_VAT", "Without VAT"),
            ("NO_INVOICE", "None"),
        ),
    ),
    CredentialField(
        "products",
        "Products",
        "Whether a product with a barcode is taken from Allegro's catalogue where it is there.",
        required=False,
        default="catalogue",
        choices=(("catalogue", "From the catalogue by barcode"), ("own", "Always describe them anew")),
    ),
    CredentialField(
        "images_most",
        "Images of an offer",
        "Allegro's help names 16; its API does not say.",
        required=False,
        default="16",
    ),
    CredentialField(
        "mark_sent",
        "Orders with a parcel",
        "Whether an order is marked as sent once all of it has a parcel number.",
        required=False,
        default="yes",
        choices=(("yes", "Mark as sent"), ("no", "Leave it to Allegro")),
    ),
    CredentialField(
        "language",
        "Language of offers",
        "In which your titles and descriptions are written.",
        required=False,
        choices=(
            ("", "That of your Allegro marketplace"),
            ("pl-PL", "Polish"),
            ("cs-CZ", "Czech"),
            ("sk-SK", "Slovak"),
            ("hu-HU", "Hungarian"),
            ("en-US", "English"),
        ),
    ),
    CredentialField(
        "consent",
        "Way to sign in",
        "By a code on Allegro's page, for applications registered as a device; or by a redirect address.",
        required=False,
        default="device",
        choices=(("device", "By a code on Allegro's page"), ("code", "By a redirect address")),
    ),
    CredentialField(
        "redirect_uri",
        "Redirect address",
        "Only for signing in by a redirect address: exactly as registered. Paste quickly: what Allegro sends there is "
        "good for about ten seconds.",
        required=False,
    ),
    CredentialField(
        "lookup_lag_s",
        "Waits between look-ups",
        "Seconds, after a lost answer, before an offer may be created again. Leave empty for 10, 30, 60, 180.",
        required=False,
    ),
)

SETUP = (
    SetupStep(
        "Sign in at Allegro's page for applications and register one. Your account needs two-step sign-in. Choose "
        "“The application will work in an environment without a browser or keyboard” (a device).",
        "https://apps.developer.allegro.pl",
    ),
    SetupStep("Tick the rights to read and change offers, settings and orders, and to read your profile."),
    SetupStep("Copy Client ID and Client secret from the application's page into the form here."),
    SetupStep("Go on to sign in: Allegro's page opens with a code. Agree there, come back, choose “I have agreed”."),
    SetupStep("Choose shipping rates, return policy and the like for the account; make them on Allegro if need be."),
)

_AGAIN = "Open Marketplaces and connect the account again."
_REFUSALS = {
    "expired_token": ("The sign-in page of {label} was open for too long.", "Open it again and agree soon."),
    "invalid_token": ("{label} no longer accepts this connection: it was used, has expired or was withdrawn.", _AGAIN),
    "unauthorized": (
        "{label} does not know this Client ID with this secret.",
        "Compare both with the application's page, and the environment: the sandbox has applications of its own.",
    ),
}


def environment_of(account: Account) -> tuple[str, str, str]:
    """The account's hosts: of the API, for uploads, and of the shop itself with its sign-in."""
    return _HOSTS.get(account.settings.get("environment", ""), _HOSTS["production"])


def shop_url(connection: Connection) -> str:
    """Where buyers look, without a final slash."""
    return (connection.base_url or environment_of(connection.account)[2]).rstrip("/")


def call_headers(account: Account) -> Mapping[str, str]:
    """What every call carries. The User-Agent's form is enforced since 2026."""
    name = "".join(account.settings.get("app_name", "").split()) or "MultiMarketHub"
    page = account.settings.get("app_page", "").strip()
    agent = f"{name}/{__version__} (+{page})" if page else f"{name}/{__version__}"
    return {
        "Accept": MEDIA,
        "Accept-Language": "en-US",
        "User-Agent": agent.encode("ascii", "ignore").decode("ascii"),
    }


def token_endpoint(connection: Connection) -> TokenEndpoint:
    """Where the account's tokens come from."""
    account = connection.account
    agent = {"User-Agent": call_headers(account)["User-Agent"]}
    return TokenEndpoint(
        LABEL,
        f"{shop_url(connection)}/auth/oauth/token",
        account.settings.get("client_id", "").strip(),
        _REFUSALS,
        basic=True,
        headers=lambda: agent,
    )


class AllegroConsent(Consent):
    """Consent by a device code, or by a redirect for applications that were registered with one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def begin(self) -> ConsentPage:
        """Allegro's page with a code on it; the page for a redirect where the account says so."""
        if self._connection.account.settings.get("consent") == "code":
            return await super().begin()
        self._client_id()
        url = f"{shop_url(self._connection)}/auth/oauth/device"
        return await start_device_flow(self._connection, token_endpoint(self._connection), url)

    def start(self) -> tuple[str, Mapping[str, str]]:
        """The page for consent by a redirect. UserMistake when a needed setting is missing."""
        redirect = self._connection.account.settings.get("redirect_uri", "").strip()
        parts = urlsplit(redirect)
        if parts.scheme not in ("https", "http") or not parts.netloc:
            raise UserMistake(
                "The redirect address is missing.",
                hint="Enter it exactly as it is registered at Allegro, or sign in by a code on Allegro's page.",
            )
        return start_consent(f"{shop_url(self._connection)}/auth/oauth/authorize", self._client_id(), redirect)

    async def finish(self, redirect: str, remembered: Mapping[str, str]) -> None:
        """Ask whether the seller has agreed, or exchange the code of the pasted address."""
        endpoint = token_endpoint(self._connection)
        if "device_code" in remembered:
            await finish_device_flow(self._connection, endpoint, remembered)
        else:
            await exchange_code(self._connection, endpoint, read_redirect(redirect, remembered), remembered)

    def _client_id(self) -> str:
        """The Client ID, once everything is there that Allegro asks of a caller."""
        client_id = self._connection.account.settings.get("client_id", "").strip()
        if not client_id:
            raise UserMistake("The Client ID is missing.", hint="Copy it from your application's page at Allegro.")
        page = self._connection.account.settings.get("app_page", "").strip()
        if urlsplit(page).scheme not in ("https", "http") or not page.isascii() or len(page.split()) != 1:
            raise UserMistake(
                "“Page about the application” is not an address.",
                hint="Enter it whole, beginning with https://. Your shop's page will do.",
            )
        return client_id
