"""Making an offer: its product found in Allegro's catalogue, the draft, its mending, the command that publishes it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mmhub_desktop.domain.gtin import is_gtin
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.marketplaces.allegro.commands import ACTIVATE, call, publication_request
from mmhub_desktop.marketplaces.allegro.goods import NOT_THERE, plain_gtin
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import ListingDraft, Mapped, RemoteImage

_NOT_AGAIN = frozenset({"publication", "language", "images"})  # of a draft that is there already


async def find_in_catalogue(api: Api, draft: ListingDraft) -> ListingDraft:
    """The draft with the id of the catalogue's product that has its barcode; with all of them where there are several.

    One of the draft's own category is taken before others; ``NOT_THERE`` where the catalogue has none.
    """
    gtin = plain_gtin(draft)
    if not is_gtin(gtin) or draft.catalog_id:
        return draft
    reply = await api.call("GET", "/sale/products", params={"phrase": gtin, "mode": "GTIN"})
    rows = reply.fields.get("products")
    found = [row for row in (rows if isinstance(rows, list) else ()) if isinstance(row, Mapping) and row.get("id")]
    same = [row for row in found if (row.get("category") or {}).get("id") == draft.category_id]
    chosen = same if len(same) == 1 else found
    return replace(draft, catalog_id=" ".join(str(row["id"]) for row in chosen) or NOT_THERE)


def create_request(mapped: Mapped, images: tuple[RemoteImage, ...]) -> OutgoingRequest:
    """The draft with as many pictures as an offer has; a product that is described anew gets them, too."""
    most = mapped.after.get("images") or len(images)
    pictures = [image.id for image in images[:most]]
    offer = {**mapped.body, "images": pictures} if pictures else dict(mapped.body)
    (set_of, *others) = offer["productSet"]
    if pictures and "id" not in set_of["product"]:
        offer["productSet"] = [{**set_of, "product": {**set_of["product"], "images": pictures}}, *others]
    return call("POST", "/sale/product-offers", offer)


def mend_request(offer_id: str, body: Mapping[str, Any]) -> OutgoingRequest:
    """Bring a draft that is there already to what the product says now; its pictures stay."""
    kept = {name: value for name, value in body.items() if name not in _NOT_AGAIN}
    only_if = "when a draft or a sold-out offer of this SKU is there already"
    return replace(call("PATCH", f"/sale/product-offers/{offer_id}", kept), only_if=only_if)


def is_as_wished(offer: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Whether an offer shows all that a mending would set, so that none is needed."""
    wanted = {name: value for name, value in body.items() if name not in _NOT_AGAIN}
    rows = [{**row, "product": _without_names(row.get("product") or {})} for row in wanted.get("productSet") or ()]
    return _holds(offer, {**wanted, "productSet": rows})


def _without_names(product: Mapping[str, Any]) -> dict[str, Any]:
    """A described product without what offers do not show of theirs."""
    return {name: value for name, value in product.items() if name not in ("name", "category")}


def _holds(shown: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(shown, Mapping) and all(_holds(shown.get(name), one) for name, one in wanted.items())
    if isinstance(wanted, list) and wanted and isinstance(wanted[0], Mapping) and "id" in wanted[0]:
        by_id = {one.get("id"): one for one in shown or () if isinstance(one, Mapping)}
        return all(_holds(by_id.get(one.get("id")), one) for one in wanted)
    if isinstance(wanted, list):
        return (
            isinstance(shown, list)
            and len(shown) == len(wanted)
            and all(_holds(there, one) for there, one in zip(shown, wanted, strict=True))
        )
    return bool(shown == wanted)


def publish_request(offer_id: str) -> OutgoingRequest:
    """Show the draft to buyers."""
    return publication_request([offer_id], ACTIVATE)
