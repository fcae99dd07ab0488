"""The countries of the practice MercadoLibre: currency, language, listing types and demo sellers."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Site:
    """One country. ``language`` is ``es`` or ``pt``; prices have ``decimals`` places."""

    id: str
    name: str
    country: str
    currency: str
    symbol: str
    decimals: int
    language: str = "es"

    @property
    def has_selling_address(self) -> bool:
        """Whether stock can be set at the seller's address (seen on two sites only)."""
        return self.id in {"MLA", "MLC"}


SITES = {
    site.id: site
    for site in (
        Site("MLA", "Argentina", "AR", "ARS", "$", 2),
        Site("MLB", "Brasil", "BR", "BRL", "R$", 2, "pt"),
        Site("MLC", "Chile", "CL", "CLP", "$", 0),
        Site("MLM", "Mexico", "MX", "MXN", "$", 2),
        Site("MCO", "Colombia", "CO", "COP", "$", 2),
        Site("MLU", "Uruguay", "UY", "UYU", "$", 2),
        Site("MPE", "Perú", "PE", "PEN", "S/", 2),
    )
}

CURRENCIES: dict[str, dict[str, Any]] = {
    site.currency: {
        "id": site.currency,
        "description": f"{site.name} ({site.currency})",
        "symbol": site.symbol,
        "decimal_places": site.decimals,
    }
    for site in SITES.values()
}

LISTING_TYPES: dict[str, dict[str, Any]] = {
    "gold_pro": {"name": "Premium", "exposure": "highest", "max_stock": 99999},
    "gold_special": {"name": "Clásica", "exposure": "highest", "max_stock": 99999},
    "free": {"name": "Gratuita", "exposure": "lowest", "max_stock": 1},
}


@dataclass(frozen=True, slots=True)
class Seller:
    """One demo seller; ``user_products`` is on the new item model."""

    id: int
    nickname: str
    site: Site
    user_products: bool


SELLERS = {
    seller.id: seller
    for index, site in enumerate(SITES.values())
    for seller in (
        Seller(180_000_001 + 10 * index, f"PRACTICA_{site.id}", site, False),
        Seller(180_000_002 + 10 * index, f"PRACTICA_UP_{site.id}", site, True),
    )
}


def find_seller(site: str, user_products: bool) -> Seller:
    """The demo seller of a site and item model. KeyError for an unknown site."""
    return next(s for s in SELLERS.values() if s.site is SITES[site] and s.user_products is user_products)
