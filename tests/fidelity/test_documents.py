"""The real documents: each says yes to a call that is known to be good and no to one that is known to be bad.

Skipped, saying why, where the documents are not at hand.
"""

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.fidelity.documents import MARKETPLACES, why_missing
from tests.fidelity.examples import documented_replies
from tests.fidelity.exceptions import known_exceptions
from tests.fidelity.specification import Specification, load_specification

UUID = "b3261d2d-028a-4ef7-8602-633c23200af6"
WALMART = {"WM_SEC.ACCESS_TOKEN": "t", "WM_QOS.CORRELATION_ID": UUID, "WM_SVC.NAME": "Walmart Marketplace"}
KAUFLAND = {"Shop-Client-Key": "k", "Shop-Timestamp": "1", "Shop-Signature": "s", "User-Agent": "x"}
ETSY = {"x-api-key": "key:secret", "Authorization": "Bearer t"}
ALLEGRO = {"Authorization": "Bearer t", "Accept": "application/vnd.allegro.public.v1+json"}
AMAZON = {"x-amz-access-token": "t", "user-agent": "x"}
EBAY = {"Authorization": "Bearer t", "Content-Type": "application/json", "Content-Language": "en-US"}

LISTING = {
    "quantity": 2, "title": "Lamp", "description": "A lamp", "price": 9.9, "who_made": "i_did",
    "when_made": "2020_2025", "taxonomy_id": 1,
}  # fmt: skip

# marketplace, method, path, query, headers, body, media type; then what is changed to make it wrong, and what is said
CALLS: list[tuple[str, str, str, str, dict[str, str], Any, str, dict[str, Any], str]] = [
    (
        "amazon", "PUT", f"/listings/2021-08-01/items/A1/{quote('LAMP/1', safe='')}", "marketplaceIds=ATVPDKIKX0DER",
        AMAZON, {"productType": "LAMP", "requirements": "LISTING", "attributes": {"item_name": []}}, "application/json",
        {"requirements": "ALL"}, "'ALL' is not one of",
    ),
    (
        "ebay", "PUT", "/sell/inventory/v1/inventory_item/LAMP-1", "", EBAY,
        {"condition": "NEW", "product": {"title": "Lamp", "description": "A lamp", "imageUrls": ["https://x.example/1.png"]},
         "availability": {"shipToLocationAvailability": {"quantity": 2}}}, "application/json",
        {"conditon": "NEW"}, "no property 'conditon'",
    ),
    (
        "etsy", "POST", "/v3/application/shops/1/listings", "", ETSY, LISTING, "application/x-www-form-urlencoded",
        {"who_made": "robot"}, "'robot' is not one of",
    ),
    (
        "walmart", "PUT", "/v3/inventory", "sku=LAMP-1", WALMART,
        {"sku": "LAMP-1", "quantity": {"unit": "EACH", "amount": 2}}, "application/json",
        {"quantity": {"unit": "EACH", "amount": "two"}}, "'two' is not of type",
    ),
    (
        "kaufland", "POST", "/v2/units", "storefront=de", KAUFLAND,
        {"ean": "4006381333931", "listing_price": 990, "amount": 2, "handling_time": 1, "id_offer": "L"},
        "application/json",
        {"listing_price": "9.90"}, "'9.90' is not of type 'integer'",
    ),
    (
        "allegro", "PATCH", "/sale/product-offers/123", "", ALLEGRO,
        {"sellingMode": {"price": {"amount": "9.90", "currency": "PLN"}}},
        "application/vnd.allegro.public.v1+json", {"sellingMode": {"price": {"amount": 9.9, "currency": "PLN"}}},
        "is not of type 'string'",
    ),
]  # fmt: skip


def specification(name: str) -> Specification:
    if why := why_missing(name):
        pytest.skip(why)
    return load_specification(name)


def encode(body: dict[str, Any], kind: str) -> bytes:
    if "json" in kind:
        return json.dumps(body).encode()
    return "&".join(f"{name}={quote(str(value))}" for name, value in body.items()).encode()


@pytest.mark.parametrize("call", CALLS, ids=[call[0] for call in CALLS])
def test_a_good_call_passes_and_a_bad_one_is_named(call):
    name, method, path, query, headers, body, kind, change, said = call
    referee = specification(name)
    assert referee.check_request(method, path, query, headers, encode(body, kind), kind) == []
    wrong = referee.check_request(method, path, query, headers, encode(body | change, kind), kind)
    assert len(wrong) == 1, wrong
    assert said in wrong[0]
    assert "colour is not described" in str(
        referee.check_request(method, path, "colour=red", headers, encode(body, kind), kind)
    )
    assert "no such path" in referee.check_request(method, "/no" + path, query, headers, b"", kind)[0]


@pytest.mark.parametrize("name", MARKETPLACES)
def test_every_schema_of_a_document_can_be_used(name):
    """Compiling looks at every reference and pattern."""
    operations = specification(name).operations
    assert len(operations) > 50
    for operation in operations:
        for schema in operation.content.values():
            operation.requests.check(schema, {"x": 1}, "body")
        for reply in operation.replies.values():
            for schema in reply.content.values():
                operation.answers.check(schema, {"x": 1}, "body")


@pytest.mark.parametrize("name", MARKETPLACES)
def test_every_exception_has_a_reason(name):
    assert all(len(reason) > 15 for reason in known_exceptions(name).reasons)


def test_amazons_sandbox_examples_are_as_its_models_say():
    """The publisher's own examples are the best proof that the referee is not stricter than the publisher."""
    referee = specification("amazon")
    used = {"listingsItems_2021-08-01.json", "feeds_2021-06-30.json", "definitionsProductTypes_2020-09-01.json"}
    examples = [one for one in documented_replies(referee) if one.document in used]
    assert len(examples) > 20
    for one in examples:
        path = one.path.replace("{", "").replace("}", "")
        kind = {"Content-Type": "application/json"}
        assert referee.check_reply(one.method, path, one.status, kind, json.dumps(one.body).encode()) == []


@pytest.mark.parametrize(("name", "least"), [("amazon", 130), ("allegro", 130), ("kaufland", 20), ("walmart", 140)])
def test_documents_hold_examples_to_try_readers_with(name, least):
    assert sum(1 for _ in documented_replies(specification(name))) >= least


def test_each_call_knows_its_host():
    """Where a marketplace has several hosts the paths tell them apart."""
    assert specification("allegro").hosts("POST", "/sale/images") == {"upload.allegro.pl"}
    assert specification("allegro").hosts("GET", "/me") == {"api.allegro.pl"}
    assert "apiz.ebay.com" in specification("ebay").hosts("GET", "/commerce/identity/v1/user/")
