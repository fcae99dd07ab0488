"""A closed item offered again: MercadoLibre makes a new one of it, so it is looked for before it is asked for."""

from typing import Any

from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.errors import OutcomeUnknown, Rejected
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import RemoteListing
from mmhub_desktop.marketplaces.mercadolibre.listings import Listings
from mmhub_desktop.marketplaces.mercadolibre.problems import LABEL, rejection
from mmhub_desktop.marketplaces.mercadolibre.reading import read_listing


async def relist_item(api: Api, listings: Listings, remote_id: str) -> RemoteListing:
    """The item itself while it has not ended, the one that already came of it, else a new one. Safe to repeat once the
    new one is found by its SKU; until then a lost answer is OutcomeUnknown."""
    old = await listings.read(remote_id)
    if old.state is not ListingState.ENDED:
        return old
    for other in await listings.find(old.sku) if old.sku else ():
        if str(other.raw.get("parent_item_id") or remote_id) == remote_id:
            return other
    if old.raw.get("variations"):
        raise rejection((), "A listing with variants cannot be listed again here; publish the product again.", "")
    if "deleted" in (old.raw.get("sub_status") or ()):
        raise rejection((), "The listing was deleted there; publish the product again.", "")
    reply = await api.call("POST", f"/items/{remote_id}/relist", json=_wish(old), once=True)
    if not reply.fields.get("id"):
        raise OutcomeUnknown(f"{LABEL} listed it again but gave it no id.", original=str(reply.body)[:300])
    return read_listing(reply.fields)


def _wish(old: RemoteListing) -> dict[str, Any]:
    """Price, quantity and listing type as they were; the quantity it began with where nothing is left."""
    quantity = old.quantity or old.raw.get("initial_quantity")
    if not isinstance(quantity, int) or quantity < 1 or "price" not in old.raw:
        raise Rejected(f"{LABEL} does not show what was offered.", hint="Publish the product again.")
    return {"price": old.raw["price"], "quantity": quantity, "listing_type_id": old.raw.get("listing_type_id")}
