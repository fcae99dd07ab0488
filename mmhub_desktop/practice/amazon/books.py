"""The practice Amazon's listings as they are kept, seen and shown: one row for each SKU of a marketplace."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from mmhub_desktop.practice.amazon.checks import issue
from mmhub_desktop.practice.amazon.shops import SHOPS
from mmhub_desktop.practice.amazon.words import SELLER_ID
from mmhub_desktop.practice.marketplace import PracticeMarketplace
from mmhub_desktop.practice.state import Json

SELECTORS = {
    "purchasable_offer": ("marketplace_id", "currency", "audience"),
    "fulfillment_availability": ("fulfillment_channel_code",),
}
_PICTURES = ("main_product_image_locator", *(f"other_product_image_locator_{n}" for n in range(1, 9)))


class Books:
    """Listings of all marketplaces; a listing's key is ``marketplace|SKU``. Used on the loop's thread only."""

    def __init__(self, market: PracticeMarketplace) -> None:
        self.market = market
        self.rows = market.shelf("listings", parent=lambda row: [parent_key(row)], all=lambda row: [row["marketplace"]])

    def put(self, marketplace: str, sku: str, body: Mapping[str, Any]) -> Json:
        """Keep a whole submission; one of a SKU that is there replaces everything."""
        key = f"{marketplace}|{sku}"
        before = self.rows.truth(key)
        now = self.market.now()
        fresh = before is None or before["deleted"]
        suggested = _first(body["attributes"], "merchant_suggested_asin").get("value")
        asin = suggested or (before["asin"] if before else f"B0{self.market.new_number('asin', 10_000_000):08d}")
        row: Json = {
            "sku": sku,
            "marketplace": marketplace,
            "seller": SELLER_ID,
            "asin": asin,
            "product_type": body["productType"],
            "requirements": body.get("requirements", "LISTING"),
            "attributes": dict(body["attributes"]),
            "created_at": now if fresh or before is None else before["created_at"],
            "updated_at": now,
            "issues": [],
            "deleted": False,
            "sold": before["sold"] if before else 0,
        }
        self.rows.put(key, row)
        return row

    def change(self, key: str, **changes: Any) -> Json:
        """Keep a changed row. KeyError."""
        row = self.rows.truth(key)
        if row is None:
            raise KeyError(key)
        row = {**row, **changes, "updated_at": self.market.now()}
        self.rows.put(key, row)
        return row

    def seen(self, marketplace: str, sku: str) -> Json | None:
        """The listing as the API shows it by now; new ones come late, changes too."""
        key = f"{marketplace}|{sku}"
        if key not in self.rows or not self._is_found(key):
            return None
        row = self.rows.seen(key)
        return None if row is None or row["deleted"] else row

    def all_seen(self, marketplace: str) -> list[Json]:
        """Every listing of a marketplace that a search shows by now, oldest first."""
        found = (self.rows.seen(key) for key in self.rows.find("all", marketplace))
        return [row for row in found if row is not None and not row["deleted"]]

    def children(self, row: Json) -> list[str]:
        """The SKUs of a parent's variants."""
        keys = self.rows.find("parent", f"{row['marketplace']}|{row['sku']}")
        return [key.partition("|")[2] for key in keys]

    def _is_found(self, key: str) -> bool:
        lag: float = self.market.settings().lookup_lag_s
        return self.rows.created_at(key) + lag <= self.market.now()

    def status(self, row: Json) -> list[str]:
        """What buyers can do: BUYABLE, DISCOVERABLE, or nothing yet."""
        settings, age_s = self.market.settings(), self.market.now() - row["created_at"]
        if settings.live_after_s is None or not 0 <= settings.live_after_s <= age_s or row["deleted"]:
            return []
        actions = {
            action["action"]
            for one in self.issues(row)
            if one["severity"] == "ERROR"
            for action in one.get("enforcements", {}).get("actions", ())
        }
        if actions & {"CATALOG_ITEM_REMOVED", "LISTING_SUPPRESSED"}:
            return []
        shown = [] if "SEARCH_SUPPRESSED" in actions else ["DISCOVERABLE"]
        if is_parent(row) or not stock_of(row) or price_of(row, self.market.now()) is None:
            return shown
        return ["BUYABLE", *shown]

    def issues(self, row: Json) -> list[Json]:
        """What Amazon finds fault with: what was set from outside, and pictures that cannot be used."""
        bad = self.market.settings().bad_pictures
        urls = [url for _, url in pictures_of(row) if any(part in url for part in bad)]
        found = [issue("18027", f"The image {url} cannot be used.", [], "INVALID_IMAGE") for url in urls]
        return [*row["issues"], *found]


def parent_key(row: Json) -> str:
    """The key of the family that a variant belongs to, empty for others."""
    sku = _first(row["attributes"], "child_parent_sku_relationship").get("parent_sku")
    return f"{row['marketplace']}|{sku}" if sku and not row["deleted"] else ""


def is_parent(row: Json) -> bool:
    """Whether a row is the heading of a family."""
    return bool(_first(row["attributes"], "parentage_level").get("value") == "parent")


def stock_of(row: Json) -> int:
    """What can be bought, over all ways of shipping."""
    entries = row["attributes"].get("fulfillment_availability") or []
    return sum(int(entry.get("quantity") or 0) for entry in entries)


def price_of(row: Json, now: float) -> float | None:
    """What a buyer pays: a sale price while it runs, else the regular one."""
    for offer in row["attributes"].get("purchasable_offer") or []:
        if offer.get("audience", "ALL") != "ALL":
            continue
        sale = _schedule(offer, "discounted_price")
        if sale.get("value_with_tax") is not None and str(sale.get("end_at", "9999")) > stamp(now):
            return float(sale["value_with_tax"])
        regular = _schedule(offer, "our_price").get("value_with_tax")
        return None if regular is None else float(regular)
    return None


def pictures_of(row: Json) -> Iterator[tuple[str, str]]:
    """The pictures' attributes and addresses, the main one first."""
    for name in _PICTURES:
        url = _first(row["attributes"], name).get("media_location")
        if url:
            yield name, str(url)


def text_of(row: Json, name: str) -> str:
    """The first value of an attribute, as text."""
    return str(_first(row["attributes"], name).get("value") or "")


def money(row: Json, amount: float) -> Json:
    """An amount in the marketplace's currency, as a text."""
    shop = SHOPS[row["marketplace"]]
    return {"currencyCode": shop.currency, "amount": f"{amount:.{shop.decimals}f}"}


def stamp(at: float) -> str:
    """A time as the API writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def patched(attributes: Mapping[str, Any], operation: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The attributes after one operation. ``merge`` goes entry by entry, found by its selectors."""
    found, value = dict(attributes), [dict(one) for one in operation.get("value") or []]
    match operation["op"]:
        case "delete":
            found.pop(name, None)
        case "merge":
            found[name] = _merged(found.get(name) or [], value, SELECTORS.get(name, ("marketplace_id", "language_tag")))
        case "add" if name not in SELECTORS:
            found[name] = [*(found.get(name) or []), *value]
        case _:
            found[name] = value
    return found


def _merged(before: list[Json], value: list[Json], selectors: tuple[str, ...]) -> list[Json]:
    entries = [dict(one) for one in before]
    for one in value:
        same = [
            entry
            for entry in entries
            if all(name not in entry or name not in one or entry[name] == one[name] for name in selectors)
        ]
        if same:
            same[0].update(one)
        else:
            entries.append(dict(one))
    return entries


def _schedule(offer: Json, name: str) -> Json:
    rows = offer.get(name) or [{}]
    schedule = rows[0].get("schedule") or [{}]
    entry: Json = schedule[0]
    return entry


def _first(attributes: Mapping[str, Any], name: str) -> Json:
    rows = attributes.get(name)
    return rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
