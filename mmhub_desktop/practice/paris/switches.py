"""The traps of Paris as switches."""

from dataclasses import dataclass

from mmhub_desktop.practice.faults import Switches


@dataclass
class ParisSwitches(Switches):
    """Beside those of all: ``live_after_s`` is how long people take to approve a product."""

    expires_in: int = 14_400
    expires_as_text: bool = False  # ``expiresIn`` comes as a text
    forbids_expired: bool = False  # an expired token is answered with 403, not 401
    seller_status: str = "active"
    reject_reason: str = ""  # products sent from now on are refused by people, for this reason
    reapproves: bool = True  # changed content is approved anew
    search_offset_rows: bool = False  # ``offset`` of the search counts rows, not pages
    search_shows_sku: bool = False  # rows of the search carry ``sellerSku``
    empty_is_404: bool = False  # a list without rows is answered with 404
    product_shows_skus: bool = True  # a product that is read carries the seller's SKUs
    most_rows: int = 500  # rows of one answer, whatever ``limit`` asks for
    price_id: str = "parent"  # what the price call names: parent, variant or any
    price_row: str = "storePrice"  # the form of a price row: storePrice, store, priceTypeId, value or any
    price_reads: bool = True  # prices can be read where they are set
    ignores_prices: bool = False  # price calls are answered with 200 and do nothing
    safety_stock: int = 0  # taken off what is available
    scanned_after_s: float = -1  # until the carrier has scanned a parcel; negative: never
