"""How an item looks from outside: whether it is live by now, and its JSON."""

from typing import Any

from mmhub_desktop.practice.mercadolibre.market import Market, stamp
from mmhub_desktop.practice.state import Json

_BAD_SOURCE = ("missing", "broken", "tiny")


def live_status(market: Market, item: Json) -> tuple[str, list[str]]:
    """Status and sub-status at this moment: a new item may still wait for its review or its pictures."""
    status, sub_status = item["status"], list(item["sub_status"])
    if status not in {"active", "paused"}:
        return status, sub_status
    settings = market.faults.settings
    waits_for_pictures = any("source" in picture for picture in item["pictures"])
    if any(name in picture.get("source", "") for picture in item["pictures"] for name in _BAD_SOURCE):
        return "under_review", ["picture_download_pending"]
    after = settings.live_after_s
    if after is not None and after >= 0 and market.now() >= item["created_at"] + after:
        return status, sub_status
    if waits_for_pictures or settings.live_as == "picture_download_pending":
        return "paused", ["picture_download_pending"]
    return "under_review", ["waiting_for_patch"] if settings.live_as == "waiting_for_patch" else []


def view_item(market: Market, item: Json, base: str, internal: bool = False) -> Json:
    """The item as ``GET /items/{id}`` answers it; ``internal`` shows attributes that do not apply, too."""
    status, sub_status = live_status(market, item)
    pictures = [_view_picture(market, row, number, base) for number, row in enumerate(item["pictures"])]
    row: dict[str, Any] = {
        "id": item["id"],
        "site_id": item["site_id"],
        "title": item["title"],
        "family_name": item["family_name"],
        "family_id": item["family_id"],
        "user_product_id": item["user_product_id"],
        "seller_id": item["seller_id"],
        "category_id": item["category_id"],
        "domain_id": item["domain_id"],
        "price": item["price"],
        "base_price": item["price"],
        "original_price": None,
        "currency_id": item["currency_id"],
        "initial_quantity": item["initial_quantity"],
        "available_quantity": item["available_quantity"],
        "sold_quantity": item["sold_quantity"],
        "sale_terms": item["sale_terms"],
        "buying_mode": item["buying_mode"],
        "listing_type_id": item["listing_type_id"],
        "condition": item["condition"],
        "permalink": f"{base}/_practice/items/{item['id']}",
        "thumbnail": pictures[0]["url"] if pictures else "",
        "pictures": pictures,
        "video_id": None,
        "descriptions": [],
        "accepts_mercadopago": True,
        "shipping": item["shipping"],
        "seller_custom_field": item["seller_custom_field"],
        "attributes": [a for a in item["attributes"] if internal or a["value_id"] != "-1"],
        "variations": item["variations"],
        "status": status,
        "sub_status": sub_status,
        "tags": ["user_product_listing"] if item["family_name"] else [],
        "warnings": [],
        "catalog_product_id": None,
        "parent_item_id": item.get("parent_item_id"),
        "date_created": stamp(item["created_at"]),
        "last_updated": item["last_updated"],
        "health": 0.8,
    }
    return row


def _view_picture(market: Market, row: Json, number: int, base: str) -> Json:
    picture = market.pictures.get(row.get("id", ""))
    if picture is None:
        return {
            "id": f"PENDING-{number}",
            "url": row.get("source", ""),
            "secure_url": row.get("source", ""),
            "size": "",
        }
    url = f"{base}/_practice/pictures/{picture['id']}"
    return {
        "id": picture["id"],
        "url": url,
        "secure_url": url,
        "size": picture["size"],
        "max_size": picture["max_size"],
        "quality": "",
    }


def pick(row: Json, names: str) -> Json:
    """Only the named fields, as ``attributes=id,price`` asks; all of them when nothing is named."""
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    return {name: row[name] for name in wanted if name in row} if wanted else row
