"""A product draft in the form of Allegro's offers, with the findings of a check before any call.

Offers begin as drafts (``INACTIVE``) and are published by a command afterwards: a draft is seen by no buyer, so one
that was made twice does no harm. Variants are offers of their own; Allegro's API has no form for families.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mmhub_desktop.domain.gtin import is_gtin
from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.allegro.auth import HANDLING_TIMES, PROVINCES
from mmhub_desktop.marketplaces.allegro.demands import missing, unchosen
from mmhub_desktop.marketplaces.allegro.goods import (
    BEFORE_GPSR,
    NOT_THERE,
    PRODUCT_ID,
    SAFETY,
    check_goods,
    plain_gtin,
    special,
)
from mmhub_desktop.marketplaces.allegro.parameters import (
    Filled,
    fill_parameters,
    key_of,
    set_condition,
)
from mmhub_desktop.marketplaces.allegro.texts import clean_title, make_description
from mmhub_desktop.marketplaces.base import CategoryRules, ListingDraft, Mapped
from mmhub_desktop.marketplaces.characters import fold

_YES = frozenset({"yes", "y", "true", "1", "tak"})
_SETTINGS = "Open Marketplaces and edit the account's settings."


@dataclass(frozen=True, slots=True)
class Seller:
    """What of the account goes into every offer: the currency and the account's settings and choices."""

    currency: str
    settings: Mapping[str, str]

    def setting(self, key: str) -> str:
        """A setting without spaces around it; empty where there is none."""
        return self.settings.get(key, "").strip()


def map_draft(draft: ListingDraft, rules: CategoryRules, seller: Seller) -> Mapped:
    """The offer without pictures, how it goes on from there, and every problem that can be known beforehand."""
    title, findings = clean_title(draft.text.title)
    description, more = make_description(draft.text.description)
    findings += more
    filled = _fill(draft, rules)
    of_offer, of_product = missing(rules, filled)
    findings += [*filled.findings, *of_offer, *unchosen(filled, rules)]
    findings += check_goods(draft, rules, seller.currency)
    place, more = _location(seller)
    delivery, others = _delivery(seller)
    findings += [*more, *others]
    product, set_of = _product(draft, title, rules, filled, seller)
    if "id" not in product:
        of_product += _check_new_product(rules)
        findings += of_product if draft.catalog_id or not _may_be_known(draft, seller) else _mild(of_product)
    body: dict[str, Any] = {
        "name": title,
        "productSet": [{"product": product, "quantity": {"value": 1}, **set_of}],
        "parameters": filled.of(rules, product=False),
        "external": {"id": draft.sku.strip()},
        "sellingMode": {"format": "BUY_NOW", "price": price_json(draft.price or Money(0, seller.currency))},
        "stock": {"available": max(0, draft.quantity), "unit": "UNIT"},
        "delivery": delivery,
        "location": place,
        "publication": {"status": "INACTIVE"},
    }
    if description:
        body["description"] = description
    if after_sales := _after_sales(seller):
        body["afterSalesServices"] = after_sales
    if seller.setting("invoice"):
        body["payments"] = {"invoice": seller.setting("invoice")}
    if seller.setting("language"):
        body["language"] = seller.setting("language")
    return Mapped(body, {"publish": True, "images": rules.pictures_max}, tuple(findings))


def _may_be_known(draft: ListingDraft, seller: Seller) -> bool:
    """Whether Allegro's catalogue, which was not asked yet, may have the product."""
    return is_gtin(plain_gtin(draft)) and seller.setting("products") != "own"


def _check_new_product(rules: CategoryRules) -> list[Finding]:
    """Some categories take products of the catalogue only."""
    options = rules.schema.get("options")
    if not isinstance(options, Mapping) or options.get("productCreationEnabled") is not False:
        return []
    message = f"“{rules.name}” takes products of Allegro's catalogue only."
    fix = "Enter the barcode of one, or its id as attribute “Allegro product id”."
    return [Finding("allegro.catalogue_only", "gtin", message, fix)]


def _mild(findings: list[Finding]) -> list[Finding]:
    """What a new product needs, as warnings: one of the catalogue needs nothing."""
    return [
        replace(one, fix=f"{one.fix} Not needed if Allegro's catalogue has its barcode.", blocks=False)
        for one in findings
    ]


def price_json(price: Money) -> dict[str, str]:
    """An amount as Allegro writes it: a text with a dot."""
    return {"amount": f"{price.amount:f}", "currency": price.currency}


def _fill(draft: ListingDraft, rules: CategoryRules) -> Filled:
    filled, gtin = Filled(), plain_gtin(draft)
    given = {
        name: value
        for name, value in draft.attributes.items()
        if fold(name) not in (*PRODUCT_ID, *SAFETY, *BEFORE_GPSR)
    }
    named = {key_of(name) for name, value in given.items() if value.strip()}
    own = {"brand": draft.brand.strip(), "ean gtin": gtin if is_gtin(gtin) else ""}
    if draft.weight_g and "weight" not in named:
        own["weight"] = f"{draft.weight_g} g"
    for name, mm in zip(("length", "width", "height"), draft.size_mm or (), strict=False):
        if name not in named:
            own[name] = f"{mm} mm"
    set_condition(draft.condition, rules, filled)
    fill_parameters(given, {name: value for name, value in own.items() if value}, rules, filled)
    return filled


def _product(
    draft: ListingDraft, title: str, rules: CategoryRules, filled: Filled, seller: Seller
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(The product: one of the catalogue by its id, or a whole description; what stands beside it in the set)."""
    beside: dict[str, Any] = {}
    if seller.setting("responsible_producer"):
        beside["responsibleProducer"] = {"type": "ID", "id": seller.setting("responsible_producer")}
    if safety := special(draft, SAFETY):
        beside["safetyInformation"] = {"type": "TEXT", "description": safety}
    if fold(special(draft, BEFORE_GPSR)) in _YES:
        beside["marketedBeforeGPSRObligation"] = True
    known = special(draft, PRODUCT_ID) or draft.catalog_id
    if known and known != NOT_THERE:
        return {"id": known}, beside
    return {"name": title, "category": {"id": rules.id}, "parameters": filled.of(rules, product=True)}, beside


def _location(seller: Seller) -> tuple[dict[str, str], list[Finding]]:
    """Where goods are dispatched from."""
    city, postcode = seller.setting("location_city"), seller.setting("location_postcode")
    country = seller.setting("location_country").upper() or "PL"
    province = seller.setting("location_province")
    found: list[Finding] = []

    def problem(message: str, value: str = "", limit: str = "") -> None:
        found.append(Finding("allegro.location", "", message, _SETTINGS, value, limit))

    if not city or not postcode:
        problem("The account does not say which town and postcode goods are dispatched from.")
    elif len(city) > 50:
        problem("The town that goods are dispatched from has too long a name.", city, "at most 50")
    if country == "PL" and postcode and not re.fullmatch(r"\d\d-\d{3}", postcode):
        problem("The postcode that goods are dispatched from is not a Polish one.", postcode, "in the form 00-950")
    elif len(postcode) > 12:
        problem("The postcode that goods are dispatched from is too long.", postcode, "at most 12")
    if not re.fullmatch(r"[A-Z]{2}", country):
        problem("The country that goods are dispatched from is not a country's code.", country, "two letters")
    if country == "PL" and province not in PROVINCES:
        problem("The account does not say which Polish province goods are dispatched from.", province)
    place = {"city": city, "countryCode": country, "postCode": postcode}
    return ({**place, "province": province} if country == "PL" else place), found


def _delivery(seller: Seller) -> tuple[dict[str, Any], list[Finding]]:
    found: list[Finding] = []
    rates, handling = seller.setting("shipping_rates"), seller.setting("handling_time") or "PT24H"
    times = dict(HANDLING_TIMES)
    if handling not in times:
        message = "The time until dispatch is none that Allegro knows."
        found.append(Finding("allegro.handling_time", "", message, _SETTINGS, handling, ", ".join(times)))
    delivery: dict[str, Any] = {"handlingTime": handling}
    return ({**delivery, "shippingRates": {"id": rates}} if rates else delivery), found


def _after_sales(seller: Seller) -> dict[str, Any]:
    names = {"impliedWarranty": "implied_warranty", "returnPolicy": "return_policy", "warranty": "warranty"}
    return {name: {"id": seller.setting(key)} for name, key in names.items() if seller.setting(key)}
