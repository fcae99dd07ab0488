"""The countries that MercadoLibre works in. The site belongs to the seller's account, not to a request."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Site:
    """One country: its consent page's host (only Argentina's is documented, the others follow its pattern), currency,
    and the local words for the condition of goods, used where a category lists none."""

    id: str
    label: str
    consent_host: str
    currency: str
    new: str = "Nuevo"
    used: str = "Usado"
    refurbished: str = "Reacondicionado"


SITES = {
    site.id: site
    for site in (
        Site("MLA", "Argentina", "https://auth.mercadolibre.com.ar", "ARS"),
        Site("MLB", "Brazil", "https://auth.mercadolivre.com.br", "BRL", "Novo", "Usado", "Recondicionado"),
        Site("MLC", "Chile", "https://auth.mercadolibre.cl", "CLP"),
        Site("MCO", "Colombia", "https://auth.mercadolibre.com.co", "COP"),
        Site("MLM", "Mexico", "https://auth.mercadolibre.com.mx", "MXN"),
        Site("MPE", "Peru", "https://auth.mercadolibre.com.pe", "PEN"),
        Site("MLU", "Uruguay", "https://auth.mercadolibre.com.uy", "UYU"),
    )
}
