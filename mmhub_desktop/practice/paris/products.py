"""Products: created, changed as a whole, read and searched."""

from collections.abc import Iterator
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.answers import read_object
from mmhub_desktop.practice.checks import Field, Problem, check_fields
from mmhub_desktop.practice.paris.books import ParisBooks, books_of, missing, page_of, refuse
from mmhub_desktop.practice.paris.catalog import FAMILIES, Attribute, Family
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()

_ATTRIBUTES = Field(
    "list", required=True,
    entry=Field("object", fields={"id": Field(required=True, shortest=1), "value": Field(required=True)}),
)  # fmt: skip
_MEDIAS = Field(
    "list", required=True, shortest=1,
    entry=Field("object", fields={
        "src": Field(required=True, pattern=r"https?://\S+"), "position": Field("integer", required=True, least=1),
    }),
)  # fmt: skip
_BODY = {
    "product": Field("object", required=True, fields={
        "name": Field(required=True, shortest=1), "sellerSku": Field(required=True, shortest=1),
        "familyId": Field(required=True), "category": Field(required=True), "attributes": _ATTRIBUTES,
    }),
    "variants": Field("list", required=True, shortest=1, entry=Field("object", fields={
        "skuSeller": Field(required=True, shortest=1, longest=50), "medias": _MEDIAS, "attributes": _ATTRIBUTES,
    })),
}  # fmt: skip
_WORDS = {
    "missing": "{path} should not be empty", "type": "{path} must be a {limit}", "short": "{path} should not be empty",
    "long": "{path} must be shorter than or equal to {limit} characters", "pattern": "{path} must be a URL address",
    "low": "{path} must not be less than {limit}", "unknown": "property {path} should not exist",
}  # fmt: skip


def _say(problem: Problem) -> str:
    return _WORDS.get(problem.code, "{path} is not valid").format(path=problem.path, limit=problem.limit)


@routes.post("/v2/products")
async def create(request: web.Request) -> web.Response:
    """A product with its variants, for people to approve. The same SKU twice is not refused."""
    books, body = books_of(request), await read_object(request)
    _check(body)
    number = books.new_number("products", 1_000_000)
    product_id = f"MK{number}"
    variants = [{**row, "sku": f"{product_id}-{place}"} for place, row in enumerate(body["variants"], 1)]
    books.products.put(product_id, {**_sent(books, body), "id": product_id, "variants": variants})
    for variant in variants:
        books.set_stock(variant, 0)
    return books.answer({"id": product_id, "variants": [{"sku": one["sku"]} for one in variants]}, 201)


@routes.patch("/v2/products/{product}")
async def replace(request: web.Request) -> web.Response:
    """The whole product again; changed content is approved anew."""
    books, body = books_of(request), await read_object(request)
    key = request.match_info["product"]
    before = books.products.truth(key)
    if before is None:
        raise missing("Product")
    _check(body)
    known = {one["skuSeller"]: one["sku"] for one in before["variants"]}
    if {one["skuSeller"] for one in body["variants"]} != set(known):
        raise refuse(["variants must hold every variant of the product"])
    variants = [{**row, "sku": known[row["skuSeller"]]} for row in body["variants"]]
    after = {**_sent(books, body), "id": key, "variants": variants}
    if not books.settings().reapproves:
        after = {**after, "sent_at": before["sent_at"], "reason": before["reason"]}
    books.products.put(key, after)
    return books.answer(_shown(books, after))


@routes.get("/v2/products/search")
async def search(request: web.Request) -> web.Response:
    """All products, or those with a seller SKU; ``offset`` is the number of a page unless a switch says otherwise."""
    books, query = books_of(request), request.query
    keys = [key for key, _ in books.products]
    if "identifier" in query:
        if query.get("typeFilter") != "REF_ID":
            raise refuse(["typeFilter must be one of the following values: REF_ID"])
        keys = books.products.find("sku", query["identifier"])
    rows = [row for key in keys if (row := books.products.seen(key)) is not None]
    if wanted := query.get("statusApproval"):
        rows = [row for row in rows if books.approval(row) == wanted]
    if word := query.get("search", "").casefold():
        rows = [row for row in rows if word in row["name"].casefold()]
    for name, field in (("familyIds", "familyId"), ("category", "category")):
        if query.get(name):
            rows = [row for row in rows if row[field] in query[name].split(",")]
    some = page_of(request, rows, by_pages=not books.settings().search_offset_rows)
    return books.answer({"results": [_found(books, row) for row in some], "total": len(rows)})


@routes.get("/v2/products/{product}")
async def read(request: web.Request) -> web.Response:
    """One product with everything that was sent."""
    books = books_of(request)
    product = books.products.seen(request.match_info["product"])
    if product is None:
        raise missing("Product")
    return books.answer(_shown(books, product))


@routes.get("/search")
async def buyers_search(request: web.Request) -> web.Response:
    """Where a buyer's search for a product's id leads."""
    raise web.HTTPFound(f"/_practice/items/{request.query.get('q', '')}")


def _sent(books: ParisBooks, body: Json) -> Json:
    return {**body["product"], "sent_at": books.now(), "reason": books.settings().reject_reason}


def _found(books: ParisBooks, product: Json) -> Json:
    """A row of the search, which usually lacks the seller's SKU."""
    variants: list[Json] = [{"sku": one["sku"]} for one in product["variants"]]
    row = {"id": product["id"], "name": product["name"], "statusApproval": books.approval(product)}
    shown = {"sellerSku": product["sellerSku"]} if books.settings().search_shows_sku else {}
    return {**row, "variants": variants, **shown}


def _shown(books: ParisBooks, product: Json) -> Json:
    approval = books.approval(product)
    kept = {key: value for key, value in product.items() if key not in ("sent_at", "reason", "approval")}
    if not books.settings().product_shows_skus:
        kept.pop("sellerSku")
        kept["variants"] = [{k: v for k, v in one.items() if k != "skuSeller"} for one in kept["variants"]]
    reasons = {"rejectionReasons": [product["reason"]]} if approval == "rejected" and product.get("reason") else {}
    return {**kept, "statusApproval": approval, **reasons}


def _check(body: Json) -> None:
    """400 with every text there is to say."""
    problems = check_fields(body, _BODY)
    if problems:
        raise refuse([_say(one) for one in problems])
    product = body["product"]
    family = FAMILIES.get(product["familyId"])
    if family is None:
        raise refuse(["product.familyId does not exist"])
    if product["category"] not in [key for key, _, _ in family.categories]:
        raise refuse(["product.category does not belong to the family"])
    told = list(_check_attributes("product", product["attributes"], family.product))
    told += _check_variants(body["variants"], family)
    if told:
        raise refuse(told)


def _check_variants(variants: list[Json], family: Family) -> Iterator[str]:
    if len(variants) > 1 and not family.allow_variant:
        yield "variants must contain exactly one element for this family"
    if len({one["skuSeller"] for one in variants}) < len(variants):
        yield "variants.skuSeller must be unique"
    for number, variant in enumerate(variants):
        yield from _check_attributes(f"variants.{number}", variant["attributes"], family.variant)
        if [media["position"] for media in variant["medias"]] != list(range(1, len(variant["medias"]) + 1)):
            yield f"variants.{number}.medias.position must count from 1"


def _check_attributes(path: str, rows: list[Any], wanted: tuple[Attribute, ...]) -> Iterator[str]:
    """The whole set must be there, with options by their id."""
    values = {row["id"]: row["value"] for row in rows}
    known = {one.id for one in wanted}
    for key in values:
        if key not in known:
            yield f"{path}.attributes {key} does not belong to the family"
    for one in wanted:
        if one.id not in values:
            yield f"{path}.attributes {one.name} ({one.id}) is missing: send the complete set"
            continue
        value = values[one.id]
        if one.required and not value.strip():
            yield f"{path}.attributes {one.name} ({one.id}) should not be empty"
        elif value and one.kind == "list" and value not in [row["id"] for row in one.option_rows()]:
            yield f"{path}.attributes {one.name} ({one.id}) must be one of its options"
        elif value and one.kind == "number" and not value.replace(".", "", 1).lstrip("-").isdigit():
            yield f"{path}.attributes {one.name} ({one.id}) must be a number"
