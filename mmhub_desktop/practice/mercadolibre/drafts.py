"""Checks the body of ``POST /items`` and ``POST /items/validate``; both item models."""

import math
from decimal import Decimal
from typing import Any

from mmhub_desktop.practice.mercadolibre.attribute_checks import AttributeCheck, check_gender
from mmhub_desktop.practice.mercadolibre.catalog import MAX_PRICE, MIN_PRICE, WARRANTY_TYPES, WARRANTY_UNITS
from mmhub_desktop.practice.mercadolibre.categories import Category, find_category
from mmhub_desktop.practice.mercadolibre.errors import Cause, cause
from mmhub_desktop.practice.mercadolibre.market import Market
from mmhub_desktop.practice.mercadolibre.pictures import check_pictures
from mmhub_desktop.practice.mercadolibre.sites import LISTING_TYPES, Seller, Site
from mmhub_desktop.practice.state import Json

MAX_PICTURES = 12
_ALLOWED = {
    "title", "family_name", "category_id", "price", "currency_id", "available_quantity", "buying_mode", "condition",
    "listing_type_id", "pictures", "attributes", "sale_terms", "shipping", "variations", "seller_custom_field",
    "description", "channels", "video_id", "site_id", "catalog_product_id", "catalog_listing", "tags", "status",
    "official_store_id", "warranty",
}  # fmt: skip
_REQUIRED = (
    "category_id", "price", "currency_id", "available_quantity", "buying_mode", "listing_type_id",
)  # fmt: skip
_TYPES: dict[str, tuple[type, ...]] = {
    "title": (str,), "family_name": (str,), "category_id": (str,), "price": (int, float), "currency_id": (str,),
    "available_quantity": (int,), "buying_mode": (str,), "listing_type_id": (str,), "sale_terms": (list,),
    "variations": (list,), "shipping": (dict,), "condition": (str,), "seller_custom_field": (str,),
}  # fmt: skip
_CONDITIONS = {"new": "2230284", "used": "2230581"}


class DraftCheck:
    """One pass over one draft. ``item`` is what would be stored; ``causes`` holds errors and warnings."""

    def __init__(self, market: Market, seller: Seller, draft: Json) -> None:
        self.market = market
        self.seller = seller
        self.draft = draft
        self.new_model = market.is_new_model(seller)
        self.causes: list[Cause] = []
        self.item: Json = {}

    def run(self) -> None:
        """Fill ``item`` and ``causes``."""
        self._check_fields()
        if self.causes:  # wrong fields or types: the real one does not look further either
            return
        draft = self.draft
        found = find_category(draft["category_id"])
        if found is None or found[0] is not self.seller.site or not found[1].is_leaf:
            message = f"Is not allowed to post in category {draft['category_id']}. "
            message += "Make sure you're posting in a leaf category."
            self.causes.append(cause("category", message, "item.category_id"))
            return
        site, category = found
        self._check_name(category)
        self._check_sale(site)
        self._check_pictures()
        self._check_attributes(site, category)
        self._check_terms()
        self.item = {**self._base(site, category), **self.item}

    def _base(self, site: Site, category: Category) -> Json:
        draft = self.draft
        return {
            "site_id": site.id,
            "seller_id": self.seller.id,
            "category_id": draft["category_id"],
            "domain_id": f"{site.id}-{category.domain}",
            "title": draft.get("title"),
            "family_name": draft.get("family_name"),
            "price": draft["price"],
            "currency_id": draft["currency_id"],
            "available_quantity": draft["available_quantity"],
            "initial_quantity": draft["available_quantity"],
            "buying_mode": draft["buying_mode"],
            "listing_type_id": draft["listing_type_id"],
            "sale_terms": draft.get("sale_terms") or [],
            "shipping": draft.get("shipping") or {"mode": "not_specified", "free_shipping": False},
            "seller_custom_field": draft.get("seller_custom_field"),
            "variations": [],
        }

    def _error(self, name: str, message: str, *references: str) -> None:
        self.causes.append(cause(name, message, *references))

    def _check_fields(self) -> None:
        draft = self.draft
        barred = {"title", "variations"} if self.new_model else {"family_name"}
        unknown = sorted(name for name in draft if name not in _ALLOWED or name in barred)
        if unknown:
            message = f"The fields [{', '.join(unknown)}] are invalid for requested call."
            self._error("field_not_allowed", message, *(f"item.{name}" for name in unknown))
        named = "family_name" if self.new_model else "title"
        missing = [name for name in (named, *_REQUIRED) if draft.get(name) is None]
        if self._quantity_in_variations():
            missing = [name for name in missing if name not in {"price", "available_quantity"}]
        if missing:
            message = f"The body does not contains some or none of the following properties [{', '.join(missing)}]"
            self._error("missing_field", message, *(f"item.{name}" for name in missing))
        for name, kinds in _TYPES.items():
            value = draft.get(name)
            if value is not None and (not isinstance(value, kinds) or isinstance(value, bool)):
                expected = "Number" if int in kinds else kinds[0].__name__
                message = (
                    f"invalid property type: [{name}] expected {expected} but was {type(value).__name__}: {value}."
                )
                self._error("wrong_type", message, f"item.{name}")

    def _quantity_in_variations(self) -> bool:
        variations = self.draft.get("variations")
        if self.new_model or not isinstance(variations, list) or not variations:
            return False
        first = variations[0] if isinstance(variations[0], dict) else {}
        self.draft.setdefault("price", first.get("price"))
        self.draft.setdefault("available_quantity", sum(map(_quantity_of, variations)))
        return True

    def _check_name(self, category: Category) -> None:
        name = (self.draft.get("family_name") if self.new_model else self.draft.get("title")) or ""
        place = "item.family_name" if self.new_model else "item.title"
        limit = category.max_title_length
        if len(name.strip()) < 3 or not any(letter.isalpha() for letter in name):
            message = "You should include more main features in the title to differentiate it from other products."
            self._error("title_short", message, place)
        if len(name) > limit:
            message = f"The {place[5:]} length is {len(name)}. The maximum length for this category is {limit}."
            self._error("title_long", message, place)

    def _check_sale(self, site: Site) -> None:
        draft = self.draft
        if draft["currency_id"] != site.currency:
            message = f"Currency {draft['currency_id']} is not allowed in site {site.id}. Use {site.currency}."
            self._error("currency", message, "item.currency_id")
        self.causes += price_causes(draft["price"], site, draft["category_id"])
        if draft["buying_mode"] != "buy_it_now":
            self._error("buying_mode", f"Buying mode {draft['buying_mode']} is not allowed.", "item.buying_mode")
        kind = draft["listing_type_id"]
        if kind not in LISTING_TYPES:
            self._error("listing_type", f"Listing type {kind} is invalid or not available.", "item.listing_type_id")
            return
        self.causes += quantity_causes(draft["available_quantity"], kind, least=1)

    def _check_pictures(self) -> None:
        rows = self.draft.get("pictures") or []
        kept, causes = check_pictures(self.market, rows, MAX_PICTURES)
        self.causes += causes
        if not rows:
            kind = self.draft["listing_type_id"]
            message = f"Item pictures are mandatory for listing type {kind}."
            self._error("no_pictures", message, "item.pictures")
        self.item["pictures"] = kept

    def _check_attributes(self, site: Site, category: Category) -> None:
        draft = self.draft
        condition = draft.get("condition")
        rows = draft.get("attributes") or []
        if condition is not None:
            message = "The field condition is deprecated. Use the attribute ITEM_CONDITION."
            self.causes.append(cause("condition_deprecated", message, "item.condition", warning=True))
            named = isinstance(rows, list) and any(
                isinstance(r, dict) and r.get("id") == "ITEM_CONDITION" for r in rows
            )
            if not named and condition in _CONDITIONS and isinstance(rows, list):
                rows = [*rows, {"id": "ITEM_CONDITION", "value_id": _CONDITIONS[condition]}]
        check = AttributeCheck(site, category)
        check.run(rows, draft, self._variation_attributes())
        self.causes += check.causes
        self.item["attributes"] = check.kept
        given = {row["id"]: row for row in check.kept}
        if "ITEM_CONDITION" not in given:
            message = "The attributes [ITEM_CONDITION] are required for this category and channel marketplace."
            self._error("required", message, "item.attributes")
        is_used = given.get("ITEM_CONDITION", {}).get("value_id") == "2230581"
        self.item["condition"] = "used" if is_used else "new"
        if is_used and category.used_single and draft["available_quantity"] > 1:
            message = "Used items in this category can only have available_quantity 1."
            self._error("quantity", message, "item.available_quantity")
        self._check_brand(given)
        self.causes += check_gender((draft.get("family_name") or draft.get("title") or ""), check.kept)

    def _check_brand(self, given: Json) -> None:
        brand = str(given.get("BRAND", {}).get("value_name") or "").casefold()
        barred = {name.casefold() for name in self.market.faults.settings.not_authorised_brands}
        if brand and brand in barred:
            message = "Seller is not authorized for this brand and category"
            self._error("not_authorised", message, "item.seller_id", "item.category_id", "item.attributes")

    def _variation_attributes(self) -> frozenset[str]:
        """Checks the old model's variations; returns the attributes that every one of them has."""
        variations = self.draft.get("variations") or []
        common: frozenset[str] | None = None
        for index, row in enumerate(variations):
            combination = row.get("attribute_combinations") if isinstance(row, dict) else None
            if not isinstance(combination, list) or not combination:
                message = (
                    f"The variations[{index}] does not contains some or none of the following properties "
                    "[attribute_combinations]."
                )
                self._error("missing_field", message, f"item.variations[{index}].attribute_combinations")
                continue
            more = row.get("attributes")
            rows = [*combination, *(more if isinstance(more, list) else [])]
            ids = frozenset(str(entry.get("id")) for entry in rows if isinstance(entry, dict))
            common = ids if common is None else common & ids
        self.item["variations"] = [
            {**row, "id": self.market.new_number("variation", 170_000_000_000)}
            for row in variations
            if isinstance(row, dict)
        ]
        return common or frozenset()

    def _check_terms(self) -> None:
        self.causes += term_causes(self.draft.get("sale_terms") or [])


def _quantity_of(variation: Any) -> int:
    quantity = variation.get("available_quantity") if isinstance(variation, dict) else 0
    return quantity if isinstance(quantity, int) else 0


def price_causes(price: Any, site: Site, category_id: str) -> list[Cause]:
    """What is wrong with a price in the site's currency."""
    if isinstance(price, bool) or not isinstance(price, int | float):
        return [cause("wrong_type", f"invalid property type: [price] expected Number but was: {price}.", "item.price")]
    if not math.isfinite(price):
        return [cause("price_high", f"Price must be less than {MAX_PRICE}.", "item.price")]
    exact = Decimal(str(price))
    if exact < MIN_PRICE:
        return [
            cause("price_low", f"The category {category_id} requires a minimum price of {MIN_PRICE}.", "item.price")
        ]
    if exact >= MAX_PRICE:
        return [cause("price_high", f"Price must be less than {MAX_PRICE}.", "item.price")]
    if exact != round(exact, site.decimals):
        message = f"The price {price} has more decimals than the {site.decimals} of currency {site.currency}."
        return [cause("price_decimals", message, "item.price")]
    return []


def quantity_causes(quantity: Any, listing_type: str, least: int = 0) -> list[Cause]:
    """What is wrong with a quantity for a kind of listing."""
    place = "item.available_quantity"
    if isinstance(quantity, bool) or not isinstance(quantity, int):
        message = f"invalid property type: [available_quantity] expected Number but was: {quantity}."
        return [cause("wrong_type", message, place)]
    most = LISTING_TYPES[listing_type]["max_stock"]
    if not least <= quantity <= most:
        message = (
            f"The available_quantity {quantity} is invalid: it must be between {least} and {most} for {listing_type}."
        )
        return [cause("quantity", message, place)]
    return []


def term_causes(rows: Any) -> list[Cause]:
    """What is wrong with sale terms."""
    if not isinstance(rows, list):
        return [cause("wrong_type", "invalid property type: [sale_terms] expected Array", "item.sale_terms")]
    causes = []
    names = {half for _, name in WARRANTY_TYPES for half in name.split("|")}
    for index, sent in enumerate(rows):
        row = sent if isinstance(sent, dict) else {}
        term_id, name = str(row.get("id")), str(row.get("value_name") or "")
        value_id = str(row["value_id"]) if row.get("value_id") else None
        if term_id == "WARRANTY_TYPE":
            fits = value_id in {i for i, _ in WARRANTY_TYPES} or (value_id is None and name in names)
        elif term_id == "WARRANTY_TIME":
            number, _, unit = name.partition(" ")
            fits = number.isdigit() and unit in WARRANTY_UNITS
        else:
            fits = term_id in {"MANUFACTURING_TIME", "PURCHASE_MAX_QUANTITY", "INVOICE"}
        if not fits:
            message = f"The sale term {term_id} with value {value_id or name} is not valid."
            causes.append(cause("sale_term", message, f"item.sale_terms[{index}]"))
    return causes
