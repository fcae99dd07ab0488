"""What Allegro refuses of an offer at once, and what it only finds wrong with a draft."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from mmhub_desktop.practice.allegro.account import IMPLIED, RATES, RETURNS, WARRANTY
from mmhub_desktop.practice.allegro.catalog import PARAMETERS
from mmhub_desktop.practice.allegro.errors import error
from mmhub_desktop.practice.allegro.market import AllegroMarket
from mmhub_desktop.practice.checks import Field, check_fields
from mmhub_desktop.practice.state import Json

_TIMES = ("PT0S", "PT24H", "P2D", "P3D", "P4D", "P5D", "P7D", "P10D", "P14D", "P21D", "P30D", "P60D")
_DESCRIPTION_MAX = 40_000
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)[^>]*>")
_TAGS = {"p", "h1", "h2", "ul", "ol", "li", "b"}
_AFTER_SALES = {"returnPolicy": RETURNS, "impliedWarranty": IMPLIED, "warranty": WARRANTY}
FIELDS: Mapping[str, Field] = {
    "name": Field(shortest=12, longest=75),
    "external": Field("object", nullable=True, fields={"id": Field(longest=100)}),
    "stock": Field("object", fields={"available": Field("integer", least=0, most=2**31 - 1)}),
    "delivery": Field("object", fields={"handlingTime": Field(choices=_TIMES)}),
    "images": Field("list", longest=16),
    "location": Field(
        "object",
        fields={
            "city": Field(longest=50),
            "countryCode": Field(pattern="[A-Z]{2}"),
            "postCode": Field(longest=12),
        },
    ),
}
_CODES = {
    "short": "is too short", "long": "is too long", "choice": "has a value that is not allowed",
    "type": "has the wrong type", "low": "is too small", "high": "is too large", "pattern": "has the wrong form",
}  # fmt: skip


def refusals(market: AllegroMarket, body: Json, *, creates: bool) -> list[Json]:
    """Errors for which nothing is made or changed."""
    if creates and not isinstance(body.get("stock"), dict):
        return [error("NotNull", "stock must not be null", "stock", "Enter the number of pieces.")]
    found = [
        error(
            "ConstraintViolationException", f"{one.path} {_CODES.get(one.code, one.code)}", one.path,
            f"The field {one.path} {_CODES.get(one.code, one.code)} (limit: {one.limit}).",
        )
        for one in check_fields(body, FIELDS)
    ]  # fmt: skip
    if isinstance(body.get("name"), str) and len(body["name"].split()) < 3:
        message = "The title must have at least three words"
        found.append(error("ConstraintViolationException.TitleWords", message, "name"))
    found += _price(market, body)
    found += _description(body)
    found += _images(market, body)
    found += _references(body)
    return found


def _price(market: AllegroMarket, body: Json) -> list[Json]:
    price = (body.get("sellingMode") or {}).get("price")
    if price is None:
        return []
    path = "sellingMode.price.amount"
    if not isinstance(price, dict) or not isinstance(price.get("amount"), str):
        return [error("JsonMappingException", "The amount must be a text", path)]
    try:
        amount = Decimal(price["amount"])
    except InvalidOperation:
        return [error("InvalidPrice", "The amount is not a number", path, "The price is not a number.")]
    if not re.fullmatch(r"\d{1,9}(\.\d{1,2})?", price["amount"]) or not 0 < amount < 10**9:
        return [error("InvalidPrice", "The amount is out of range", path, "The price is not allowed.")]
    if price.get("currency") != market.currency:
        return [error("InvalidCurrency", f"The currency must be {market.currency}", "sellingMode.price.currency")]
    return []


def _description(body: Json) -> list[Json]:
    sections = (body.get("description") or {}).get("sections")
    if not sections:
        return []
    if len(json.dumps(sections, ensure_ascii=False, separators=(",", ":")).encode()) > _DESCRIPTION_MAX:
        return [error("DescriptionTooLong", f"The description has more than {_DESCRIPTION_MAX} bytes", "description")]
    for section in sections:
        for item in section.get("items") or ():
            wrong = {tag.lower() for tag in _TAG.findall(item.get("content") or "")} - _TAGS
            if wrong:
                message = f"These tags are not allowed: {', '.join(sorted(wrong))}"
                return [error("DescriptionTagsNotAllowed", message, "description.sections")]
    return []


def _images(market: AllegroMarket, body: Json) -> list[Json]:
    known = market.state.table("images")
    for place, address in enumerate(body.get("images") or ()):
        row = known.get(address)
        if row is None or (not row.get("used") and row["expires_at"] < market.now()):
            return [
                error("ImageNotFound", f"The image {address} was not found", f"images[{place}]", "It is not there.")
            ]
    return []


def _references(body: Json) -> list[Json]:
    found = []
    rates = ((body.get("delivery") or {}).get("shippingRates") or {}).get("id")
    if rates is not None and rates[:4] != RATES[:4]:
        found.append(error("ShippingRatesNotFound", f"Shipping rates {rates} not found", "delivery.shippingRates.id"))
    for name, known in _AFTER_SALES.items():
        chosen = ((body.get("afterSalesServices") or {}).get(name) or {}).get("id")
        if chosen is not None and chosen != known:
            found.append(
                error("AfterSalesServiceNotFound", f"{name} {chosen} not found", f"afterSalesServices.{name}.id")
            )
    place = body.get("location") or {}
    if place.get("countryCode") == "PL" and not re.fullmatch(r"\d\d-\d{3}", str(place.get("postCode", ""))):
        found.append(error("InvalidPostCode", "The postcode must have the form XX-XXX", "location.postCode"))
    if place.get("countryCode") == "PL" and not place.get("province"):
        found.append(error("InvalidProvince", "The province is needed for PL", "location.province"))
    return found


def check_parameters(category: str, given: list[Json], *, product: bool, path: str) -> list[Json]:
    """Values that the category does not take, and those of a product that are missing."""
    found = []
    rules = {row["id"]: row for row in PARAMETERS[category]}
    filled = {str(row.get("id")): row for row in given}
    for key, row in filled.items():
        rule = rules.get(key)
        if rule is None or rule["options"]["describesProduct"] is not product:
            found.append(error("ParameterNotFound", f"The parameter {key} does not belong here", path))
            continue
        found += _check_value(rule, row, path)
    if product:
        found += _missing(category, filled, product=True, path=path)
    return found


def _check_value(rule: Json, row: Json, path: str) -> list[Json]:
    name = rule["names"]["en"]
    about = {"parameterId": rule["id"], "parameterName": name}
    limits = rule.get("restrictions") or {}
    if rule["type"] == "dictionary":
        ids = {one["id"]: one for one in rule["dictionary"]}
        chosen = row.get("valuesIds") or []
        wrong = [value for value in chosen if value not in ids]
        if wrong or not chosen:
            code, words = "InvalidDictionaryParameter", f"The value of {name} is not in the dictionary."
            return [error(code, words, path, dictionaryValue=(wrong or row.get("values") or [""])[0], **about)]
        if len(chosen) > 1 and not limits.get("multipleChoices"):
            return [error("TooManyValues", f"{name} takes one value only", path, **about)]
        if row.get("values") and chosen[0] != rule["options"]["ambiguousValueId"]:
            return [error("DictionaryParameterIdsAndValuesNotMatch", f"{name}: ids and values differ", path, **about)]
        return []
    if limits.get("range"):
        values = [(row.get("rangeValue") or {}).get(end) for end in ("from", "to")]
    else:
        values = row.get("values") or []
    if not values or len(values) > int(limits.get("allowedNumberOfValues") or 2):
        return [error("InvalidParameterValue", f"{name} has no value or too many", path, **about)]
    return [problem for value in values for problem in _check_text(rule, limits, str(value), name, path, about)]


def _check_text(
    rule: Json, limits: Mapping[str, Any], value: str, name: str, path: str, about: Mapping[str, str]
) -> list[Json]:
    if rule["type"] == "string":
        if not limits.get("minLength", 0) <= len(value) <= limits.get("maxLength", 1000):
            return [error("InvalidParameterValue", f"{name} is too short or too long", path, **about)]
        return []
    try:
        number = Decimal(value)
    except InvalidOperation:
        return [error("InvalidParameterValue", f"{name} must be a number", path, **about)]
    places = 0 if rule["type"] == "integer" else int(limits.get("precision", 2))
    if number != round(number, places) or not limits["min"] <= number <= limits["max"]:
        return [error("InvalidParameterValue", f"{name} is out of range", path, **about)]
    return []


def _missing(category: str, filled: Mapping[str, Json], *, product: bool, path: str) -> list[Json]:
    found = []
    for rule in PARAMETERS[category]:
        if rule["options"]["describesProduct"] is not product or rule["id"] in filled:
            continue
        needed = rule["requiredForProduct"] if product else rule["required"]
        for one in (rule.get("requiredIf") or {}).get("parametersWithValue", ()):
            chosen = (filled.get(one["id"]) or {}).get("valuesIds") or ()
            needed = needed or bool(set(chosen) & set(one["oneOfValueIds"]))
        if needed:
            name = rule["names"]["en"]
            found.append(
                error(
                    "ParameterRequired", f"The parameter {name} is required", path, f"Fill in {name}.",
                    parameterId=rule["id"], parameterName=name,
                )
            )  # fmt: skip
    return found


def faults_of(offer: Mapping[str, Any]) -> list[Json]:
    """What keeps a draft from being published."""
    found = []
    if not offer.get("images"):
        found.append(error("ImagesRequired", "An offer needs an image", "images", "Add an image."))
    if not (offer.get("sellingMode") or {}).get("price"):
        found.append(error("PriceRequired", "An offer needs a price", "sellingMode.price", "Enter a price."))
    if not (offer.get("delivery") or {}).get("shippingRates"):
        found.append(error("ShippingRatesRequired", "Shipping rates are needed", "delivery.shippingRates"))
    if not (offer.get("location") or {}).get("city"):
        found.append(error("LocationRequired", "The place of dispatch is needed", "location.city"))
    filled = {str(row.get("id")): row for row in offer.get("parameters") or ()}
    return found + _missing(offer["category"]["id"], filled, product=False, path="parameters")
