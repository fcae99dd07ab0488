"""Amazon's own catalogue: whether there is a page for a product already, by its barcode."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mmhub_desktop.errors import Rejected
from mmhub_desktop.marketplaces.amazon.offers import gtin_entry
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import ListingDraft

_PATH = "/catalog/2022-04-01/items"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the catalogue, kept in ``ListingDraft.catalog_id`` as a text."""

    asin: str
    product_type: str
    title: str

    @classmethod
    def read(cls, catalog_id: str) -> "Page | None":
        """The page that a draft was found to be, None where it was not."""
        asin, _, rest = catalog_id.partition(" ")
        product_type, _, title = rest.partition(" ")
        return cls(asin, product_type, title) if asin else None

    def __str__(self) -> str:
        return f"{self.asin} {self.product_type} {self.title}"


async def look_up(api: Api, draft: ListingDraft, marketplace_id: str) -> ListingDraft:
    """The draft with the one page that carries its barcode; as it was where there is none, or several.

    Nothing is looked for where the seller names the page himself, nor for families. An application without the right
    to look goes on without it.
    """
    entry = gtin_entry(draft.gtin)
    if entry is None or draft.variants or any(name.strip().casefold() == "asin" for name in draft.attributes):
        return draft
    params = {
        "marketplaceIds": marketplace_id,
        "identifiers": entry["value"],
        "identifiersType": str(entry["type"]).upper(),
        "includedData": "summaries,productTypes",
    }
    try:
        rows = (await api.call("GET", _PATH, params=params)).fields.get("items")
    except Rejected:
        return draft
    pages = [page for row in (rows if isinstance(rows, list) else ()) if (page := _page(row, marketplace_id))]
    return replace(draft, catalog_id=str(pages[0])) if len(pages) == 1 else draft


def _page(row: Any, marketplace_id: str) -> Page | None:
    if not isinstance(row, Mapping) or not row.get("asin"):
        return None
    title = _here(row.get("summaries"), marketplace_id).get("itemName")
    product_type = _here(row.get("productTypes"), marketplace_id).get("productType")
    return Page(str(row["asin"]), str(product_type or ""), str(title or ""))


def _here(rows: Any, marketplace_id: str) -> Mapping[str, Any]:
    found = rows if isinstance(rows, list) else []
    return next((one for one in found if isinstance(one, Mapping) and one.get("marketplaceId") == marketplace_id), {})
