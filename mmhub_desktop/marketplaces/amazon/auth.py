"""What a seller enters to connect Amazon: a self-authorised private application, its secret and its refresh token."""

import platform
from collections.abc import Mapping
from datetime import UTC

from mmhub_desktop import __version__
from mmhub_desktop.domain.marketplace import Account, CredentialField, ValueForm
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.marketplaces.amazon.problems import LABEL
from mmhub_desktop.marketplaces.api import BearerToken
from mmhub_desktop.marketplaces.base import AccountChoice, Connection, SetupStep
from mmhub_desktop.marketplaces.oauth import TokenEndpoint, TokenSource

REGIONS = {
    "na": ("North America and Brazil", "https://sellingpartnerapi-na.amazon.com"),
    "eu": ("Europe, Middle East, Africa and India", "https://sellingpartnerapi-eu.amazon.com"),
    "fe": ("Japan, Australia and Singapore", "https://sellingpartnerapi-fe.amazon.com"),
}
SIGN_IN = "https://api.amazon.com"
END_WAYS = (("stock", "Set the quantity to 0 (can be undone)"), ("delete", "Delete the offer"))

FIELDS = (
    CredentialField(
        "region",
        "Region",
        "Where your seller account is registered. A refresh token works in one region only.",
        choices=tuple((key, label) for key, (label, _) in REGIONS.items()),
    ),
    CredentialField(
        "client_id",
        "Client id",
        "From your application in Seller Central, under “LWA credentials”.",
        forms=(
            ValueForm(
                r"amzn1\.application-oa2-client\..+",
                "A client id begins with amzn1.application-oa2-client. Copy it from “View” under LWA credentials.",
            ),
        ),
    ),
    CredentialField(
        "client_secret", "Client secret", "From the same place. Amazon asks for a new one every 180 days.", secret=True,
        forms=(
            ValueForm(
                r"(?!amzn1\.application|Atzr\|).{30,}",
                "This does not look like the client secret: it stands below the client id, under LWA credentials.",
            ),
        ),
    ),
    CredentialField(
        "refresh_token", "Refresh token", "Shown by “Authorise app” in Seller Central; begins with Atzr|.", secret=True,
        forms=(
            ValueForm(
                r"Atzr\|\S{20,}",
                "A refresh token begins with Atzr| and is long, without blanks: copy it whole from “Authorise app”.",
            ),
        ),
    ),
    CredentialField(
        "seller_id", "Merchant token", "Your seller id: Seller Central, Account info, “Your merchant token”.",
        forms=(
            ValueForm(
                r"[A-Z0-9]{10,20}",
                "A merchant token is some 14 capital letters and digits, such as A1B2C3D4E5F6G7; not the shop's name.",
            ),
        ),
    ),
    CredentialField(
        "end_way",
        "Ending a listing",
        "Deleting removes your offer for good; the same SKU may not be taken again for a day.",
        required=False,
        default="stock",
        choices=END_WAYS,
    ),
    CredentialField(
        "known_products",
        "Products that Amazon knows",
        "Known by their barcode. An offer needs no text and pictures; the page's own count.",
        required=False,
        default="offer",
        choices=(("offer", "Are offered on their page"), ("whole", "Are sent whole, with my text")),
    ),
    CredentialField(
        "used_grade",
        "Used goods are",
        "Amazon knows four grades; a product's attribute “Condition” goes before this.",
        required=False,
        default="used_acceptable",
        choices=(
            ("used_like_new", "Like new"), ("used_very_good", "Very good"),
            ("used_good", "Good"), ("used_acceptable", "Acceptable"),
        ),
    ),
    CredentialField(
        "handling_days", "Days until you ship", "Leave empty for the account's own setting at Amazon.", required=False
    ),
    CredentialField(
        "gtin_exempt",
        "Products without barcode",
        "Say yes only if Amazon has exempted your brand from barcodes.",
        required=False,
        default="no",
        choices=(("no", "Must have one"), ("yes", "Are exempt")),
    ),
    CredentialField(
        "patch_type",
        "Product type in updates",
        "How price and quantity are sent: with the listing's own type, or with the general one.",
        required=False,
        default="own",
        choices=(("own", "The listing's own"), ("PRODUCT", "PRODUCT for all")),
    ),
    CredentialField(
        "lookup_lag_s",
        "Waits between look-ups",
        "Seconds, after a lost answer, before a listing may be sent again. Leave empty for 30, 120.",
        required=False,
    ),
)  # fmt: skip

CHOICES = (
    AccountChoice(
        "marketplace_id",
        "Marketplace",
        "The country's shop that this account stands for. Needed only if you sell in several; connect another account "
        "for each other one.",
        required=False,
    ),
)

SETUP = (
    SetupStep(
        "Sign in to Seller Central as the main user of a Professional account and register as a private developer. "
        "Ask for the roles Product Listing, and Inventory and Order Tracking; for delivery addresses also "
        "Direct-to-Consumer Delivery.",
        "https://sellercentral.amazon.com/sellingpartner/developerconsole",
    ),
    SetupStep("Choose “Add new app client”, type SP-API, with the same roles. It may stay a draft."),
    SetupStep("Next to the application choose “View” under LWA credentials: copy client id and client secret."),
    SetupStep("In the menu next to it choose “Authorise app”, then “Authorise”: copy the refresh token at once."),
    SetupStep("Copy your merchant token from Settings, Account info, and enter everything here."),
    SetupStep("Amazon asks for a new client secret every 180 days; the refresh token stays the same."),
)


def host_of(account: Account) -> str:
    """The API's host of the account's region. UserMistake when the region is missing or unknown."""
    region = account.settings.get("region", "")
    if region not in REGIONS:
        raise UserMistake("The region is missing.", hint="Choose the region your seller account is registered in.")
    return REGIONS[region][1]


def access_of(connection: Connection, tokens: TokenSource) -> BearerToken:
    """The token in Amazon's own header, beside the time and who is calling."""

    def beside() -> Mapping[str, str]:
        return {"x-amz-date": connection.now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"), "User-Agent": user_agent()}

    return BearerToken(tokens, header="x-amz-access-token", prefix="", beside=beside)


def user_agent() -> str:
    """Name, version, language and platform, as Amazon asks for."""
    return f"MultiMarketHub/{__version__} (Language=Python/{platform.python_version()}; Platform={platform.system()})"


def token_endpoint(connection: Connection) -> TokenEndpoint:
    """Where access tokens come from (Login with Amazon)."""
    client_id = connection.account.settings.get("client_id", "").strip()
    url = f"{(connection.base_url or SIGN_IN).rstrip('/')}/auth/o2/token"
    return TokenEndpoint(LABEL, url, client_id, _REFUSALS)


_REFUSALS = {
    "invalid_grant": (
        "{label} no longer accepts the refresh token: it was withdrawn, or belongs to another application.",
        "Choose “Authorise app” in Seller Central again and enter the new refresh token.",
    ),
    "invalid_client": (
        "{label} does not know this client id with this secret.",
        "The secret must be renewed every 180 days: copy both anew from the application in Seller Central.",
    ),
    "unauthorized_client": (
        "{label} does not let this application ask for access.",
        "Enter the refresh token that belongs to this client id.",
    ),
}
