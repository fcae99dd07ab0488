"""Changes to items: price, stock, status, pictures, attributes, descriptions, deletion."""

from aiohttp import web

from mmhub_desktop.practice.answers import base_url, read_object
from mmhub_desktop.practice.mercadolibre.attribute_checks import AttributeCheck, check_gender
from mmhub_desktop.practice.mercadolibre.categories import find_category
from mmhub_desktop.practice.mercadolibre.drafts import MAX_PICTURES, price_causes, quantity_causes, term_causes
from mmhub_desktop.practice.mercadolibre.errors import Cause, blocks, cause, invalid, invalid_one, refuse
from mmhub_desktop.practice.mercadolibre.items import check_lock, note_received, own_item, wrong_status
from mmhub_desktop.practice.mercadolibre.market import Market
from mmhub_desktop.practice.mercadolibre.pictures import check_pictures
from mmhub_desktop.practice.mercadolibre.sites import SITES, Seller
from mmhub_desktop.practice.mercadolibre.user_products import make_title, set_quantity, spread_stock
from mmhub_desktop.practice.mercadolibre.variations import change_variations, without_prices
from mmhub_desktop.practice.mercadolibre.views import live_status, view_item
from mmhub_desktop.practice.mercadolibre.web import answer, market_of
from mmhub_desktop.practice.state import Json

_CHANGEABLE = {
    "price", "available_quantity", "status", "deleted", "title", "family_name", "pictures", "attributes", "shipping",
    "sale_terms", "seller_custom_field", "video_id", "variations",
}  # fmt: skip
_AUTOMATED = "Cannot modify price on items with dynamic pricing"

routes = web.RouteTableDef()


@routes.put("/items/{item}")
async def update(request: web.Request) -> web.Response:
    """Changes the fields that are sent and leaves the rest."""
    seller, item = own_item(request)
    market, body = market_of(request), await read_object(request)
    settings = market.faults.settings
    check_lock(market, item)
    if not body:
        raise refuse(400, "bad_request", "The request body must not be empty")
    warnings: list[Cause] = []
    changes = dict(body)
    if {item["id"], "*"} & set(settings.price_automation) and (kept := without_prices(changes)) != changes:
        if not kept:
            raise refuse(400, "item.price.not_modifiable", _AUTOMATED)
        changes = kept
        warnings.append(cause("price_automated", _AUTOMATED, "item.price", warning=True))
    fresh = dict(item)
    causes = _Change(market, seller, fresh, changes).run()
    if blocks(causes):
        raise invalid(causes)
    note_received(request, fresh, body)
    market.save_item(fresh)
    if "available_quantity" in body and not settings.warehouse:
        _follow_stock(market, fresh)
    return answer({**view_item(market, fresh, base_url(request)), "warnings": [*warnings, *causes]})


def _follow_stock(market: Market, item: Json) -> None:
    """One physical product has one stock: the user product and its other items follow the item's."""
    product = market.user_products[item["user_product_id"]]
    product["locations"] = [{"type": "selling_address", "quantity": item["available_quantity"]}]
    product["version"] += 1
    market.state.put("user_products", product["id"], product)
    spread_stock(market, product)


class _Change:
    """One PUT on one item: ``item`` is a copy that may be changed in place."""

    def __init__(self, market: Market, seller: Seller, item: Json, body: Json) -> None:
        self.market = market
        self.seller = seller
        self.item = item
        self.body = body
        self.causes: list[Cause] = []

    def run(self) -> list[Cause]:
        """Apply what can be applied; the causes decide whether it counts."""
        if "deleted" in self.body:
            self._delete()
            return self.causes
        if self.item["status"] == "closed":
            raise wrong_status(f"Item {self.item['id']} is closed and cannot be changed")
        fixed = sorted(set(self.body) - _CHANGEABLE)
        if fixed:
            self._error("not_modifiable", f"The fields [{', '.join(fixed)}] are not modifiable", *_places(fixed))
        self._change_sale()
        self._change_name()
        self._change_pictures()
        self._change_attributes()
        for name in ("shipping", "seller_custom_field"):
            if name in self.body:
                self.item[name] = self.body[name]
        if "status" in self.body:
            self._change_status(self.body["status"])
        return self.causes

    def _error(self, name: str, message: str, *references: str) -> None:
        self.causes.append(cause(name, message, *references))

    def _delete(self) -> None:
        if self.body["deleted"] is not True and self.body["deleted"] != "true":
            self._error("wrong_type", "invalid property type: [deleted] expected true", "item.deleted")
        elif self.item["status"] != "closed":
            raise wrong_status(f"Item {self.item['id']} must be closed before it can be deleted")
        self.item["sub_status"] = ["deleted"]

    def _change_sale(self) -> None:
        body, item = self.body, self.item
        whole: list[str] = [name for name in ("price", "available_quantity") if name in body]
        if item["variations"] and whole:
            message = f"The fields [{', '.join(whole)}] are not modifiable in an item with variations"
            self._error("not_modifiable", message, *_places(whole))
            return
        if "variations" in body:
            self.causes += change_variations(item, body["variations"])
        if "price" in body:
            self.causes += price_causes(body["price"], SITES[item["site_id"]], item["category_id"])
            item["price"] = body["price"]
        # With several warehouses the answer is 200 and nothing happens; stock is set on the user product.
        if "available_quantity" in body and not self.market.faults.settings.warehouse:
            causes = quantity_causes(body["available_quantity"], item["listing_type_id"])
            self.causes += causes
            if not causes:
                set_quantity(item, body["available_quantity"])
        if "sale_terms" in body:
            self.causes += term_causes(body["sale_terms"])
            item["sale_terms"] = body["sale_terms"]

    def _change_name(self) -> None:
        new_model = bool(self.item["family_name"])
        name = "family_name" if new_model else "title"
        barred = "title" if new_model else "family_name"
        if barred in self.body:
            self._error("not_modifiable", f"The fields [{barred}] are not modifiable", f"item.{barred}")
        if name not in self.body:
            return
        text = self.body[name]
        found = find_category(self.item["category_id"])
        limit = found[1].max_title_length if found else 60
        if not isinstance(text, str) or len(text.strip()) < 3:
            message = "You should include more main features in the title to differentiate it from other products."
            self._error("title_short", message, f"item.{name}")
        elif len(text) > limit:
            message = f"The {name} length is {len(text)}. The maximum length for this category is {limit}."
            self._error("title_long", message, f"item.{name}")
        elif self.item["sold_quantity"] > 0:
            self._error("not_modifiable", f"Cannot update {name} when the item has sales", f"item.{name}")
        else:
            self.causes += check_gender(text, self.item["attributes"])
            self.item[name] = text
            if new_model:
                self.item["title"] = make_title(self.item)

    def _change_pictures(self) -> None:
        if "pictures" not in self.body:
            return
        kept, causes = check_pictures(self.market, self.body["pictures"], MAX_PICTURES)
        self.causes += causes
        if not kept and not causes:
            message = f"Item pictures are mandatory for listing type {self.item['listing_type_id']}."
            self._error("no_pictures", message, "item.pictures")
        self.item["pictures"] = kept

    def _change_attributes(self) -> None:
        if "attributes" not in self.body:
            return
        found = find_category(self.item["category_id"])
        if found is None:
            return
        rows = self.body["attributes"]
        if self.market.faults.settings.attributes_merge and isinstance(rows, list):
            sent = {str(row.get("id")) for row in rows if isinstance(row, dict)}
            rows = [*(row for row in self.item["attributes"] if row["id"] not in sent), *rows]
        check = AttributeCheck(*found)
        check.run(rows, {"condition": self.item["condition"]})
        self.causes += check.causes
        self.item["attributes"] = check.kept

    def _change_status(self, status: object) -> None:
        item = self.item
        shown, sub_status = live_status(self.market, item)
        if status == "closed":
            item["status"], item["sub_status"], item["closed_at"] = "closed", [], self.market.now()
        elif status == "paused" and shown in {"active", "paused"}:
            item["status"], item["sub_status"] = "paused", ["paused_by_seller"]
        elif status == "active" and item["available_quantity"] == 0:
            raise wrong_status("Item cannot be activated with available_quantity 0")
        elif status == "active" and shown in {"active", "paused"} and "picture_download_pending" not in sub_status:
            item["status"], item["sub_status"] = "active", []
        elif status not in ("active", "paused"):
            self._error("status", f"Invalid status: {status}", "item.status")
        else:
            raise wrong_status(f"Item in status {shown} cannot change to {status}")


def _places(names: list[str]) -> list[str]:
    return [f"item.{name}" for name in names]


@routes.post("/items/{item}/pictures")
async def add_picture(request: web.Request) -> web.Response:
    """Adds one uploaded picture to an item."""
    _, item = own_item(request)
    market, body = market_of(request), await read_object(request)
    kept, causes = check_pictures(market, [*item["pictures"], body], MAX_PICTURES)
    if causes:
        raise invalid(causes)
    item["pictures"] = kept
    note_received(request, item, body)
    market.save_item(item)
    return answer(view_item(market, item, base_url(request))["pictures"][-1])


def check_plain_text(body: Json) -> str:
    """The description sent. Refuses 400 with the place of the first HTML bracket or emoji."""
    text = body.get("plain_text")
    if not isinstance(text, str):
        raise invalid_one("wrong_type", "invalid property type: [plain_text] expected String", "plain_text")
    for place, letter in enumerate(text):
        closes = letter == "<" and ">" in text[place : place + 40]
        if closes or ord(letter) > 0xFFFF or letter in "\u2600\u2605\u2764\u2705\u26a0\u2728\ufe0f":
            raise invalid_one("plain_text", "The description must be in plain text", f"plain_text[{place}]")
    if len(text) > 50000:
        message = "You exceeded the 50000 character limit. Shorten the description."
        raise invalid_one("description_long", message, "plain_text")
    return text
