"""The practice MercadoLibre's books: items, pictures, user products and the look-ups over them."""

import time

from mmhub_desktop.practice.limits import Bucket
from mmhub_desktop.practice.marketplace import PracticeMarketplace
from mmhub_desktop.practice.mercadolibre.sites import Seller
from mmhub_desktop.practice.state import Json


class Market:
    """State, faults and indexes of one practice marketplace; used on the loop's thread only."""

    def __init__(self, shop: PracticeMarketplace) -> None:
        self.state = shop.state
        self.faults = shop.faults
        self.tokens = shop.tokens
        self.now = shop.now
        self.files = shop.pictures
        self.new_number = shop.new_number
        self._uploads = Bucket(shop.now)
        self._by_sku: dict[tuple[int, str], list[str]] = {}
        self._by_seller: dict[int, list[str]] = {}
        self._sku_of: dict[str, str] = {}
        self.index_anew()

    @property
    def items(self) -> Json:
        """Every item ever created, by id, in order of creation."""
        return self.state.table("items")

    @property
    def pictures(self) -> Json:
        """Every picture by id."""
        return self.state.table("pictures")

    @property
    def user_products(self) -> Json:
        """Every user product by id."""
        return self.state.table("user_products")

    def may_upload(self) -> bool:
        """Whether the application's picture quota lets one more upload through."""
        return self._uploads.take(self.faults.settings.picture_quota_per_min / 60)

    def is_new_model(self, seller: Seller) -> bool:
        """Whether the seller's items follow the user products model."""
        return bool(seller.user_products or self.faults.settings.user_products)

    def tags_of(self, seller: Seller) -> list[str]:
        """The seller's account tags."""
        tags = ["normal", "mshops"]
        if self.is_new_model(seller):
            tags.append("user_product_seller")
        if self.faults.settings.warehouse:
            tags.append("warehouse_management")
        return tags

    def save_item(self, item: Json) -> None:
        """Keep a new or changed item and its place in the indexes."""
        item["last_updated"] = stamp()
        self._index(item)
        self.state.put("items", item["id"], item)

    def items_of(self, seller_id: int) -> list[str]:
        """Ids of a seller's items in order of creation, whatever their status."""
        return self._by_seller.get(seller_id, [])

    def items_by_sku(self, seller_id: int, sku: str) -> list[str]:
        """Ids of a seller's items with that ``SELLER_SKU``; new items only after the look-up lag."""
        lag = self.faults.settings.lookup_lag_s
        now = self.now()
        return [i for i in self._by_sku.get((seller_id, sku), ()) if self.items[i]["created_at"] + lag <= now]

    def index_anew(self) -> None:
        """Read everything again, after the state was cleared."""
        self._by_sku.clear()
        self._by_seller.clear()
        self._sku_of.clear()
        for item in self.items.values():
            self._index(item)

    def _index(self, item: Json) -> None:
        item_id, seller_id = item["id"], item["seller_id"]
        sku = sku_of(item)
        before = self._sku_of.get(item_id)
        if before is None:
            self._by_seller.setdefault(seller_id, []).append(item_id)
        if before == sku:
            return
        if before:
            self._by_sku[seller_id, before].remove(item_id)
        self._sku_of[item_id] = sku
        if sku:
            self._by_sku.setdefault((seller_id, sku), []).append(item_id)


def sku_of(item: Json) -> str:
    """The item's ``SELLER_SKU``, or nothing."""
    return next((str(a.get("value_name") or "") for a in item["attributes"] if a["id"] == "SELLER_SKU"), "")


def stamp(at: float | None = None) -> str:
    """A time as the API writes it: UTC with milliseconds."""
    seconds = time.time() if at is None else at
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds * 1000) % 1000:03d}Z"
