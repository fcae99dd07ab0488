"""eBay's marketplaces: language and currency of each, and the hosts of the real eBay and of its sandbox."""

from collections.abc import Mapping
from dataclasses import dataclass

from mmhub_desktop.domain.marketplace import Account


@dataclass(frozen=True, slots=True)
class Site:
    """One marketplace. ``no_barcode`` is what a listing says there instead of a barcode that does not exist."""

    id: str
    label: str
    currency: str
    language: str  # as the Content-Language header names it
    no_barcode: str = "Does not apply"


SITES: Mapping[str, Site] = {
    site.id: site
    for site in (
        Site("EBAY_US", "United States", "USD", "en-US"),
        Site("EBAY_GB", "United Kingdom", "GBP", "en-GB"),
        Site("EBAY_DE", "Germany", "EUR", "de-DE", "Nicht zutreffend"),
        Site("EBAY_AU", "Australia", "AUD", "en-AU"),
        Site("EBAY_AT", "Austria", "EUR", "de-AT", "Nicht zutreffend"),
        Site("EBAY_BE", "Belgium", "EUR", "fr-BE", "Ne s'applique pas"),
        Site("EBAY_CA", "Canada", "CAD", "en-CA"),
        Site("EBAY_FR", "France", "EUR", "fr-FR", "Ne s'applique pas"),
        Site("EBAY_HK", "Hong Kong", "HKD", "zh-HK"),
        Site("EBAY_IE", "Ireland", "EUR", "en-IE"),
        Site("EBAY_IT", "Italy", "EUR", "it-IT", "Non applicabile"),
        Site("EBAY_MY", "Malaysia", "MYR", "en-MY"),
        Site("EBAY_NL", "Netherlands", "EUR", "nl-NL", "Niet van toepassing"),
        Site("EBAY_PH", "Philippines", "PHP", "en-PH"),
        Site("EBAY_PL", "Poland", "PLN", "pl-PL", "Nie dotyczy"),
        Site("EBAY_SG", "Singapore", "SGD", "en-SG"),
        Site("EBAY_ES", "Spain", "EUR", "es-ES", "No aplicable"),
        Site("EBAY_CH", "Switzerland", "CHF", "de-CH", "Nicht zutreffend"),
    )
}
USUAL_SITE = SITES["EBAY_US"]
OTHER_LANGUAGES = (("", "The usual one"), ("fr-CA", "French (Canada)"), ("nl-BE", "Dutch (Belgium)"))

_PRODUCTION = {
    "": "https://api.ebay.com",
    "media": "https://apim.ebay.com",
    "identity": "https://apiz.ebay.com",
    "consent": "https://auth.ebay.com",
    "web": "https://www.ebay.com",
}
_SANDBOX = {name: host.replace(".ebay.com", ".sandbox.ebay.com") for name, host in _PRODUCTION.items()}


def hosts_of(account: Account) -> Mapping[str, str]:
    """eBay's hosts by what they serve, those of the sandbox where the account says so."""
    return _SANDBOX if account.settings.get("environment") == "sandbox" else _PRODUCTION


def site_of(account: Account) -> Site:
    """The marketplace the account sells on."""
    return SITES.get(account.site or account.settings.get("site", ""), USUAL_SITE)


def language_of(account: Account) -> str:
    """The language that texts are written in there (``de-DE``): the site's own, or one of its other languages."""
    site, wanted = site_of(account), account.settings.get("language", "")
    return wanted if wanted and wanted.endswith(site.id.removeprefix("EBAY_")) else site.language
