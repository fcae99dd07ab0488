"""Products and the data that sellers send for them: taken at once, worked on later, accepted or not."""

import re
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.answers import read_object
from mmhub_desktop.practice.checks import Field, check_fields
from mmhub_desktop.practice.kaufland.access import locale_of, signed, storefront_of
from mmhub_desktop.practice.kaufland.books import Books, data_key
from mmhub_desktop.practice.kaufland.errors import gone, invalid, invalid_fields
from mmhub_desktop.practice.kaufland.goods import ATTRIBUTES, BASIC, CATEGORIES, Category
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()

_SAFETY = "product_safety_contact"
_CONTACT = {
    "name": Field(required=True),
    "address": Field(required=True),
    "email_address": Field(nullable=True),
    "phone_number": Field(nullable=True),
    "url": Field(nullable=True),
}
_BODY = {
    "ean": Field("list", required=True, shortest=1, longest=1, entry=Field(pattern=r"\d{13,14}")),
    "attributes": Field("object", required=True),
}


@routes.get("/v2/products/ean/{ean}")
@signed
async def product_by_ean(books: Books, request: web.Request) -> web.Response:
    """The product page of an EAN."""
    storefront, ean = storefront_of(books, request), request.match_info["ean"]
    if not re.fullmatch(r"\d{13,15}", ean):
        raise invalid(("ean", "This is not a valid EAN."))
    page = books.product(ean)
    if page is None:
        raise gone("Product not found", plain=True)
    return books.answer({"data": books.show_product(ean, storefront, page)})


@routes.put("/v2/product-data")
@signed
async def put_data(books: Books, request: web.Request) -> web.Response:
    """Take a whole data set; what was sent before for that EAN and locale is replaced."""
    locale, (ean, attributes) = locale_of(request), await _read(request)
    _keep(books, locale, ean, attributes)
    return books.answer({"data": "Product data was accepted"})


@routes.patch("/v2/product-data")
@signed
async def patch_data(books: Books, request: web.Request) -> web.Response:
    """Take single attributes."""
    locale, (ean, attributes) = locale_of(request), await _read(request)
    before = books.state.table("product data").get(data_key(locale, ean), {}).get("attributes", {})
    _keep(books, locale, ean, {**before, **attributes})
    return books.answer({"data": "Product data was accepted"})


@routes.get("/v2/product-data/{ean}")
@signed
async def get_data(books: Books, request: web.Request) -> web.Response:
    """The seller's own data set."""
    row = _row(books, request)
    return books.answer({"data": {"ean": [row["ean"]], "attributes": row["attributes"]}})


@routes.get("/v2/product-data/status/{ean}")
@signed
async def data_status(books: Books, request: web.Request) -> web.Response:
    """How far the work on the data is."""
    row = _row(books, request)
    key, ean = data_key(locale_of(request), row["ean"]), row["ean"]
    is_done = books.background.poll(key)
    books.settle(ean)
    if is_done:
        return books.answer({"data": books.state.table("product data")[key]["verdict"]})
    is_ready = books.product(ean) is not None
    begun = books.now() - books.background.started_at(key) > 30
    status = _verdict(
        product_ready=is_ready,
        update_status="IN_PROGRESS" if begun else "PENDING",
        id_product=books.id_product(ean) if is_ready else None,
        product_not_ready_reason=None if is_ready else "NOT_YET_PROCESSED",
    )
    return books.answer({"data": status})


def _row(books: Books, request: web.Request) -> Json:
    key = data_key(locale_of(request), request.match_info["ean"])
    row: Json | None = books.state.table("product data").get(key)
    if row is None:
        raise gone("Product data not found", plain=True)
    return row


async def _read(request: web.Request) -> tuple[str, Json]:
    """EAN and attributes, each a list of texts. Refusal."""
    body = await read_object(request)
    if problems := check_fields(body, _BODY, strict=True):
        raise invalid_fields(problems)
    wrong = []
    for name, value in body["attributes"].items():
        if name == _SAFETY:
            wrong += check_fields(value if isinstance(value, dict) else {}, _CONTACT, name)
        else:
            wrong += check_fields({name: value}, {name: Field("list", entry=Field())}, "attributes")
    if wrong:
        raise invalid_fields(wrong)
    ean = body["ean"][0]
    if sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(ean))) % 10:
        raise invalid(("ean", "The check digit of the EAN is wrong."))
    return ean, body["attributes"]


def _keep(books: Books, locale: str, ean: str, attributes: Json) -> None:
    key = data_key(locale, ean)
    books.settle(ean)
    coming = _judge(books, ean, attributes)
    row = {"ean": ean, "locale": locale, "attributes": attributes, "verdict": None, "coming": coming}
    books.state.put("product data", key, row)
    books.state.count(f"product data {ean}")
    books.background.begin(key)
    books.settle(ean)


def _verdict(**said: Any) -> Json:
    empty = {
        "product_ready": False, "update_status": "SUCCESS", "id_product": None, "product_not_ready_reason": None,
        "update_fail_reason": None, "attribute_values": [], "missing_attributes": [], "min_one_missing_attributes": [],
    }  # fmt: skip
    return {**empty, **said}


def _judge(books: Books, ean: str, attributes: Json) -> Json:
    """What the work will come to."""
    settings = books.settings()
    rows = [row for name, value in attributes.items() if name != _SAFETY for row in _values(name, value)]
    category = _category(attributes)
    failed = settings.refuse_data
    if not failed and category is None:
        failed = "NO_CATEGORY"
    if not failed and not any(attributes.get("title", [])):
        failed = "NOT_ENOUGH_TEXT"
    if failed:
        reason = "PROCESSING_FAILED"
        return _verdict(
            update_status="FAIL", update_fail_reason=failed, product_not_ready_reason=reason, attribute_values=rows
        )
    declined = {row["attribute"] for row in rows if row["state"] == "DECLINED"}
    required = category.required if category else BASIC
    missing = [name for name in (*required, _SAFETY) if name in declined or not _filled(attributes.get(name))]
    if settings.missing_attribute:
        missing.append(settings.missing_attribute)
    if missing:
        return _verdict(
            product_not_ready_reason="MISSING_ATTRIBUTES", missing_attributes=missing, attribute_values=rows
        )
    return _verdict(product_ready=True, id_product=books.id_product(ean), attribute_values=rows)


def _filled(value: Any) -> bool:
    return bool(value) and (isinstance(value, dict) or any(value))


def _category(attributes: Json) -> Category | None:
    word = str((attributes.get("category") or [""])[0])
    for one in CATEGORIES.values():
        if word in (str(one.number), one.name, one.title) and one.leaf:
            return one
    return None


def _values(name: str, values: list[str]) -> list[Json]:
    """A state for each value."""
    allowed = ATTRIBUTES[name].values if name in ATTRIBUTES else ()
    rows = []
    for value in values:
        taken = not allowed or value in allowed
        state = "ACCEPTED" if taken and name in ATTRIBUTES else "IGNORED" if taken else "DECLINED"
        words = "" if taken else "The value is not part of the shared set."
        rows.append({"attribute": name, "original_value": value, "state": state, "message": words})
    return rows
