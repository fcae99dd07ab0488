"""Listings, images, inventories and receipts as the API shows them."""

from collections.abc import Iterable
from typing import Any

from mmhub_desktop.practice.etsy.market import SHOP_ID, USER_ID, Market, cheapest, images_of, skus, stock
from mmhub_desktop.practice.state import Json


def show_listing(market: Market, listing: Json, includes: Iterable[str] = ()) -> Json:
    """A ``ShopListing`` with the associations asked for."""
    shown: Json = {
        "listing_id": listing["listing_id"],
        "user_id": USER_ID,
        "shop_id": SHOP_ID,
        "title": listing["title"],
        "description": listing["description"],
        "state": market.state_of(listing),
        "creation_timestamp": listing["created"],
        "created_timestamp": listing["created"],
        "ending_timestamp": listing["ending"],
        "original_creation_timestamp": listing["created"],
        "last_modified_timestamp": listing["updated"],
        "updated_timestamp": listing["updated"],
        "state_timestamp": listing["state_at"],
        "quantity": stock(listing),
        "shop_section_id": listing.get("shop_section_id"),
        "featured_rank": -1,
        "url": f"https://www.etsy.com/listing/{listing['listing_id']}/practice",
        "num_favorers": 0,
        "non_taxable": False,
        "is_taxable": True,
        "is_customizable": False,
        "is_personalizable": False,
        "listing_type": listing.get("type", "physical"),
        "tags": listing["tags"],
        "materials": listing["materials"],
        "shipping_profile_id": listing.get("shipping_profile_id"),
        "return_policy_id": listing.get("return_policy_id"),
        "processing_min": None,
        "processing_max": None,
        "who_made": listing["who_made"],
        "when_made": listing["when_made"],
        "is_supply": listing["is_supply"],
        "item_weight": listing.get("item_weight"),
        "item_weight_unit": listing.get("item_weight_unit"),
        "item_length": listing.get("item_length"),
        "item_width": listing.get("item_width"),
        "item_height": listing.get("item_height"),
        "item_dimensions_unit": listing.get("item_dimensions_unit"),
        "is_private": False,
        "style": listing.get("styles", []),
        "file_data": "",
        "has_variations": len(listing["products"]) > 1,
        "should_auto_renew": listing.get("should_auto_renew", False),
        "language": "en-US",
        "price": market.money(cheapest(listing)),
        "taxonomy_id": listing["taxonomy_id"],
        "readiness_state_id": None,
    }
    wanted = set(includes)
    if "Images" in wanted:
        shown["images"] = [show_image(market, listing, one) for one in images_of(listing)]
    if "Inventory" in wanted and not market.settings().sku_hidden:
        shown["inventory"] = show_inventory(market, listing)
        shown["skus"] = [sku for sku in skus(listing) if sku]
    return shown


def show_inventory(market: Market, listing: Json) -> Json:
    """A ``ListingInventory``."""
    return {
        "products": [
            {
                "product_id": product["product_id"],
                "sku": product["sku"],
                "is_deleted": False,
                "offerings": [
                    {
                        "offering_id": one["offering_id"],
                        "quantity": one["quantity"],
                        "is_enabled": one["is_enabled"],
                        "is_deleted": False,
                        "price": market.money(one["price"]),
                        "readiness_state_id": one["readiness_state_id"],
                    }
                    for one in product["offerings"]
                ],
                "property_values": [{**one, "scale_name": None} for one in product["property_values"]],
            }
            for product in listing["products"]
        ],
        "price_on_property": listing["price_on_property"],
        "quantity_on_property": listing["quantity_on_property"],
        "sku_on_property": listing["sku_on_property"],
        "readiness_state_on_property": [],
    }


def show_image(market: Market, listing: Json, image: Json) -> Json:
    """A ``ListingImage``; its sizes are known after a while only."""
    known = market.now() >= image["created"] + market.settings().ready_after_s
    address = f"https://i.etsystatic.com/practice/{image['listing_image_id']}"
    return {
        "listing_id": listing["listing_id"],
        "listing_image_id": image["listing_image_id"],
        "hex_code": None, "red": None, "green": None, "blue": None, "hue": None, "saturation": None,
        "brightness": None, "is_black_and_white": None,
        "creation_tsz": image["created"],
        "created_timestamp": image["created"],
        "rank": image["rank"],
        "url_75x75": f"{address}_75x75.jpg", "url_170x135": f"{address}_170x135.jpg",
        "url_570xN": f"{address}_570xN.jpg", "url_fullxfull": f"{address}_fullxfull.jpg",
        "full_height": image["height"] if known else None,
        "full_width": image["width"] if known else None,
        "alt_text": image["alt_text"],
    }  # fmt: skip


def show_receipt(market: Market, receipt: Json) -> Json:
    """A ``ShopReceipt`` with one transaction."""
    total = market.money(receipt["price"] * receipt["quantity"])
    nothing = market.money(0)
    buyer = {"name": "Robin Example", "city": "Springfield", **receipt["buyer"]}
    address: Json = {
        "first_line": "1 Example Street", "second_line": None, "city": buyer["city"], "state": "IL", "zip": "62701",
        "formatted_address": f"{buyer['name']}\n1 Example Street\n{buyer['city']}", "country_iso": "US",
    }  # fmt: skip
    if market.settings().addresses_hidden:
        address = dict.fromkeys(address)
    shipped = bool(receipt["shipments"]) or receipt["status"] == "completed"
    return {
        "receipt_id": receipt["receipt_id"],
        "receipt_type": 0,
        "seller_user_id": USER_ID,
        "seller_email": None,
        "buyer_user_id": 88_000_001,
        "buyer_email": None,
        "name": buyer["name"],
        **address,
        "status": receipt["status"],
        "payment_method": "cc",
        "payment_email": None,
        "message_from_seller": None, "message_from_buyer": None, "message_from_payment": None,
        "is_paid": receipt["status"] not in ("open", "payment processing"),
        "is_shipped": shipped,
        "create_timestamp": receipt["created"], "created_timestamp": receipt["created"],
        "update_timestamp": receipt["updated"], "updated_timestamp": receipt["updated"],
        "is_gift": False, "gift_message": "", "gift_sender": "",
        "grandtotal": total, "subtotal": total, "total_price": total, "total_shipping_cost": nothing,
        "total_tax_cost": nothing, "total_vat_cost": nothing, "discount_amt": nothing, "gift_wrap_price": nothing,
        "shipments": receipt["shipments"],
        "transactions": [_transaction(market, receipt, shipped)],
        "refunds": [],
    }  # fmt: skip


def _transaction(market: Market, receipt: Json, shipped: bool) -> dict[str, Any]:
    return {
        "transaction_id": receipt["receipt_id"] + 1_000_000_000,
        "title": receipt["title"],
        "description": None,
        "seller_user_id": USER_ID,
        "buyer_user_id": 88_000_001,
        "create_timestamp": receipt["created"], "created_timestamp": receipt["created"],
        "paid_timestamp": receipt["created"],
        "shipped_timestamp": receipt["updated"] if shipped else None,
        "quantity": receipt["quantity"],
        "listing_image_id": None,
        "receipt_id": receipt["receipt_id"],
        "is_digital": False,
        "file_data": "",
        "listing_id": receipt["listing_id"],
        "transaction_type": "listing",
        "product_id": receipt["product_id"],
        "sku": receipt["sku"],
        "price": market.money(receipt["price"]),
        "shipping_cost": market.money(0),
        "variations": [], "product_data": [],
        "shipping_profile_id": None, "min_processing_days": 1, "max_processing_days": 3,
        "shipping_method": None, "shipping_upgrade": None,
        "expected_ship_date": receipt["created"] + 3 * 86_400,
        "buyer_coupon": 0, "shop_coupon": 0,
    }  # fmt: skip
