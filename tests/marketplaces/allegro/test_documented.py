"""Replies made of the specification's own examples, and words it does not know yet: all are read, none breaks."""

from datetime import UTC
from typing import Any

import pytest

from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.order import OrderState
from mmhub_desktop.marketplaces.allegro.categories import read_category_rules, read_suggestions
from mmhub_desktop.marketplaces.allegro.orders import order_of
from mmhub_desktop.marketplaces.allegro.parameters import about, describes_product
from mmhub_desktop.marketplaces.allegro.problems import body_findings, field_of
from mmhub_desktop.marketplaces.allegro.reading import read_offer
from tests.fidelity.documents import Json, follow, why_missing
from tests.fidelity.specification import load_specification

needs_document = pytest.mark.skipif(bool(why_missing("allegro")), reason=why_missing("allegro") or "it is there")


def sample(name: str) -> Any:
    """An instance of a schema with every property, made of the examples that stand beside them."""
    (document,) = load_specification("allegro").documents.values()
    return _sample(document, document["components"]["schemas"][name], 6)


def _sample(document: Json, schema: Json, depth: int) -> Any:
    schema = follow(document, schema)
    parts = [_sample(document, part, depth) for part in schema.get("allOf", ())]
    if parts:
        whole: Json = {}
        for part in parts:
            whole |= part if isinstance(part, dict) else {}
        return whole | _properties(document, schema, depth) if whole or "properties" in schema else parts[0]
    for key in ("oneOf", "anyOf"):
        if key in schema:
            return _sample(document, schema[key][0], depth)
    if "properties" in schema:
        return _properties(document, schema, depth)
    if "example" in schema:
        return schema["example"]
    if schema.get("type") == "array":
        return [_sample(document, schema.get("items", {}), depth - 1)] if depth > 0 else []
    if "enum" in schema:
        return schema["enum"][0]
    return {"string": "text", "integer": 1, "number": 1, "boolean": True, "object": {}}.get(schema.get("type", ""))


def _properties(document: Json, schema: Json, depth: int) -> Json:
    if depth <= 0:
        return {}
    return {name: _sample(document, one, depth - 1) for name, one in schema.get("properties", {}).items()}


@needs_document
def test_the_documented_offer():
    offer = sample("SaleProductOfferResponseV1")
    listing = read_offer(offer, "https://allegro.pl")
    assert listing.remote_id == offer["id"]
    assert listing.title == offer["name"]
    assert listing.price == Money(12345, "PLN")
    assert listing.quantity == offer["stock"]["available"]
    assert listing.sku == offer["external"]["id"]
    assert listing.url == f"https://allegro.pl/oferta/{offer['id']}"
    assert listing.reasons
    assert dict(listing.raw) == offer


@needs_document
def test_the_documented_row_of_a_list():
    (row,) = sample("OffersSearchResultDto")["offers"]
    listing = read_offer(row, "https://allegro.pl")
    assert (listing.remote_id, listing.title) == (row["id"], row["name"])
    assert listing.price is not None
    assert listing.quantity == row["stock"]["available"]


@needs_document
def test_the_documented_order():
    form = sample("CheckoutForm")
    order = order_of(form)
    assert order.remote_id == form["id"]
    assert order.placed_at.tzinfo is UTC
    (line,) = order.lines
    (told,) = form["lineItems"]
    assert (line.remote_id, line.quantity) == (told["id"], told["quantity"])
    assert line.sku == told["offer"]["external"]["id"]
    assert line.price is not None
    assert order.total is not None
    assert order.address.city == form["delivery"]["address"]["city"]
    assert order.buyer == form["buyer"]["login"]
    assert order.ship_by is not None


@needs_document
def test_the_documented_parameters():
    kinds = ("Dictionary", "Integer", "Float", "String")
    rows = [{**sample(f"{kind}CategoryParameter"), "id": kind, "type": kind.lower()} for kind in kinds]
    rules = read_category_rules({**sample("CategoryDto"), "leaf": True}, {"parameters": rows}, "PLN", 16)
    assert [(rule.id, rule.value_type) for rule in rules.attributes] == [(kind, kind.lower()) for kind in kinds]
    dictionary, integer, _, string = rules.attributes
    assert dictionary.values[0] == (str(rows[0]["dictionary"][0]["id"]), rows[0]["dictionary"][0]["value"])
    assert dictionary.conditional
    assert integer.units == (rows[1]["unit"],)
    assert string.max_length == rows[3]["restrictions"]["maxLength"]
    for row in rows:
        assert about(rules, row["id"])["restrictions"] == row["restrictions"]
        assert describes_product(rules, row["id"]) is row["options"]["describesProduct"]


@needs_document
def test_the_documented_suggestions_and_errors():
    (first, *_) = read_suggestions(sample("CategorySuggestionResponse"))
    assert first.id
    assert first.name
    body = sample("ErrorsHolder")
    (finding,) = body_findings(body)
    assert finding.message == body["errors"][0]["userMessage"]
    assert body["errors"][0]["code"] in finding.original


@pytest.mark.parametrize("word", ["FROZEN", "", None])
def test_words_that_are_new(word: Any):
    listing = read_offer({"id": "1", "publication": {"status": word, "endedBy": word}}, "")
    assert listing.state is ListingState.ACCEPTED
    assert listing.reasons
    ended = read_offer({"id": "1", "publication": {"status": "ENDED", "endedBy": word}}, "")
    assert ended.state is ListingState.ENDED
    order = order_of({"id": "1", "status": word, "fulfillment": {"status": word}, "lineItems": [{"id": "1"}]})
    assert order.state is OrderState.PENDING, "what is not known to be paid is not shipped"
    paid = order_of({"id": "1", "status": "READY_FOR_PROCESSING", "fulfillment": {"status": word}})
    assert paid.state is OrderState.OPEN
    rules = read_category_rules({"id": "1", "leaf": True}, {"parameters": [{"id": "1", "type": word}]}, "PLN", 16)
    assert rules.attributes[0].id == "1"


def test_parts_that_are_null():
    names = ("publication", "stock", "validation", "external", "sellingMode", "productSet", "delivery")
    assert read_offer({"id": "1", **dict.fromkeys(names)}, "").remote_id == "1"
    forms = ("buyer", "payment", "fulfillment", "delivery", "lineItems", "summary", "updatedAt")
    assert order_of({"id": "1", **dict.fromkeys(forms)}).remote_id == "1"
    assert body_findings({"errors": None}) == body_findings(None) == body_findings([1]) == ()


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("name", "title"),
        ("sellingMode.price.amount", "price"),
        ("stock.available", "quantity"),
        ("productSet[0].product.images[3]", "images"),
        ("$.productSet[0].product.parameters", "attributes"),
        ("/external/id", "sku"),
        ("delivery.shippingRates.id", ""),
        ("productSet[0].responsibleProducer", ""),
        ("somethingNew.inside", ""),
        ("", ""),
    ],
)
def test_the_field_that_a_path_means(path: str, field: str):
    assert field_of(path) == field
