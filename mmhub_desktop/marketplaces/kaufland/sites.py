"""Kaufland's storefronts: each is an account of its own here, with its currency and the language of its texts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Storefront:
    """One country's shop. ``price_max`` in cents: Kaufland's own maximum, and what its 32-bit number holds."""

    id: str
    label: str
    locale: str
    currency: str = "EUR"
    price_max: int = 100_000_000


STOREFRONTS = {
    one.id: one
    for one in (
        Storefront("de", "Germany (kaufland.de)", "de-DE"),
        Storefront("at", "Austria (kaufland.at)", "de-AT"),
        Storefront("cz", "Czechia (kaufland.cz)", "cs-CZ", "CZK", 2_147_483_647),
        Storefront("sk", "Slovakia (kaufland.sk)", "sk-SK"),
        Storefront("pl", "Poland (kaufland.pl)", "pl-PL", "PLN", 450_000_000),
        Storefront("fr", "France (kaufland.fr)", "fr-FR"),
        Storefront("it", "Italy (kaufland.it)", "it-IT"),
        Storefront("es", "Spain", "es-ES"),
        Storefront("nl", "Netherlands", "nl-NL"),
    )
}


def storefront_of(site: str) -> Storefront:
    """The storefront of that name; an unknown one is taken for a new one in the euro area."""
    return STOREFRONTS.get(site) or Storefront(site, site, f"{site}-{site.upper()}")
