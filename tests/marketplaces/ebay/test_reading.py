"""eBay's answers and errors as eBay documents them, and with words that nobody has heard yet."""

from datetime import UTC, datetime

import httpx
import pytest

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.order import OrderState
from mmhub_desktop.errors import RateLimited, Rejected, SignInNeeded, Unavailable
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.ebay.orders import read_order
from mmhub_desktop.marketplaces.ebay.problems import error_for, read_findings
from mmhub_desktop.marketplaces.ebay.reading import read_category_rules, read_offer, state_of
from mmhub_desktop.marketplaces.ebay.sites import hosts_of, language_of
from mmhub_desktop.marketplaces.http import open_client
from tests.fakes.account_secrets import MemorySecrets
from tests.fidelity.documents import why_missing
from tests.fidelity.specification import load_specification

ACCOUNT = Account(AccountId(1), "ebay", "Shop", site="EBAY_US")


def refusal(number: int, text: str = "Something is wrong.", **parameters: str) -> dict[str, object]:
    """A body with one error."""
    rows = [{"name": name, "value": value} for name, value in parameters.items()]
    error = {"errorId": number, "category": "REQUEST", "message": "Empty words", "longMessage": text}
    return {"errors": [{**error, "parameters": rows}]}


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        (refusal(25003), "price", "The price is not accepted."),
        (refusal(25029, fieldName="Color"), "attributes.Color", "Color: A required item specific is missing."),
        (refusal(25029, fieldName="Brand"), "brand", "Brand: A required item specific is missing."),
        (refusal(25016, "Invalid title.", fieldName="product.title"), "title", "Invalid title."),
        (refusal(25709, "Invalid value.", fieldName="sku"), "sku", "Invalid value."),
        (refusal(99999, "Never heard of."), "", "Never heard of."),
        ({"errors": [{"errorId": 25709, "inputRefIds": ["$.pricingSummary.price"]}]}, "price", ""),
    ],
)
def test_errors_name_their_field(body, field, words):
    (finding,) = read_findings(body)
    assert (finding.field, finding.blocks) == (field, True)
    assert finding.message.startswith(words)


def test_parameters_that_the_words_do_not_hold_are_shown():
    (finding,) = read_findings(refusal(25002, "A user error has occurred.", **{"0": "Brand is not allowed"}))
    assert finding.original == "A user error has occurred. · Brand is not allowed"


def test_warnings_do_not_forbid():
    body = {"warnings": refusal(25028, "The field was dropped.")["errors"]}
    assert [one.blocks for one in read_findings(body)] == [False]


@pytest.mark.parametrize("body", [None, [], "text", {"errors": "text"}, {"errors": [None, 3]}, {"errors": [{}]}])
async def test_bodies_of_any_form_are_survived(body):
    async with open_client() as client:
        connection = Connection(ACCOUNT, MemorySecrets(), client, lambda: datetime.now(UTC))
        response = httpx.Response(400, json=body, request=httpx.Request("GET", "https://api.ebay.com/x"))
        error = error_for(response, body, connection)
        assert isinstance(error, Rejected)
        assert error.findings


@pytest.mark.parametrize(
    ("status", "number", "kind"),
    [
        (401, 1001, SignInNeeded),
        (403, 1100, SignInNeeded),
        (403, 190013, SignInNeeded),
        (403, 25018, Rejected),
        (404, 25713, Rejected),
        (400, 25713, Rejected),
        (409, 25002, Unavailable),
        (400, 25025, Unavailable),
        (400, 2001, RateLimited),
        (400, 25019, Rejected),
    ],
)
async def test_what_an_answer_means(status, number, kind):
    async with open_client() as client:
        connection = Connection(ACCOUNT, MemorySecrets(), client, lambda: datetime.now(UTC))
        body = refusal(number)
        response = httpx.Response(status, json=body, request=httpx.Request("GET", "https://api.ebay.com/x"))
        assert type(error_for(response, body, connection)) is kind


@pytest.mark.parametrize(
    ("offer", "state"),
    [
        ({"status": "PUBLISHED", "listing": {"listingStatus": "ACTIVE"}}, ListingState.LIVE),
        ({"status": "PUBLISHED"}, ListingState.LIVE),
        ({"status": "PUBLISHED", "listing": {"listingStatus": "OUT_OF_STOCK"}}, ListingState.PAUSED),
        ({"status": "PUBLISHED", "listing": {"listingStatus": "INACTIVE"}}, ListingState.REJECTED),
        ({"status": "PUBLISHED", "listing": {"listingStatus": "EBAY_ENDED"}}, ListingState.ENDED),
        ({"status": "PUBLISHED", "listing": {"listingStatus": "ACTIVE", "listingOnHold": True}}, ListingState.REJECTED),
        ({"status": "PUBLISHED", "listing": {"listingStatus": "DREAMING"}}, ListingState.ACCEPTED),
        ({"status": "UNPUBLISHED"}, ListingState.ENDED),
        ({}, ListingState.ENDED),
    ],
)
def test_states(offer, state):
    found, reasons = state_of(offer)
    assert found is state
    assert bool(reasons) == (state is not ListingState.LIVE and offer.get("status") == "PUBLISHED")


def test_an_offer_is_read_with_its_item():
    offer = {
        "offerId": "7",
        "sku": "MUG",
        "status": "PUBLISHED",
        "pricingSummary": {"price": {"value": "19.99", "currency": "USD"}},
        "listing": {"listingId": "110"},
    }
    item = {
        "product": {"title": "Mug", "upc": ["036000291452"]},
        "availability": {"shipToLocationAvailability": {"quantity": 4}},
    }
    found = read_offer(offer, item, ACCOUNT)
    assert (found.remote_id, found.sku, found.title) == ("7", "MUG", "Mug")
    assert (found.price, found.quantity, found.gtin) == (Money(1999, "USD"), 4, "036000291452")
    assert found.url == "https://www.ebay.com/itm/110"


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"orderId": "1", "lineItems": [None, {}], "orderFulfillmentStatus": "LOST", "creationDate": "yesterday"},
        {"orderId": "1", "pricingSummary": {"total": {"value": "x", "currency": "USD"}}, "buyer": None},
    ],
)
def test_orders_with_holes_are_read(order):
    found = read_order(order)
    assert found.state is OrderState.PENDING, "what is not understood is not shipped"
    assert found.placed_at.tzinfo is not None


def test_a_category_of_unknown_words_is_read():
    aspects = [None, {}, {"localizedAspectName": "Odd", "aspectConstraint": {"aspectMode": "NEW_MODE"}}]
    rules = read_category_rules("1", "", aspects, {"itemConditions": [{"conditionId": "77"}]}, "USD", "")
    assert [rule.name for rule in rules.attributes] == ["Odd"]
    assert rules.schema["conditions"] == [["77", ""]]


def test_what_ebay_recommends_is_told_beside_what_it_requires():
    limits = {
        "Brand": {"aspectRequired": True, "aspectUsage": "RECOMMENDED"},
        "Colour": {"aspectRequired": False, "aspectUsage": "RECOMMENDED"},
        "Theme": {"aspectRequired": False, "aspectUsage": "OPTIONAL"},
        "Energy label": {"aspectRequired": False, "expectedRequiredByDate": "2027-01-01T00:00:00.000Z"},
    }
    aspects = [{"localizedAspectName": name, "aspectConstraint": limit} for name, limit in limits.items()]
    rules = read_category_rules("1", "", aspects, None, "USD", "").attributes
    assert {rule.name: (rule.required, rule.conditional, rule.recommended) for rule in rules} == {
        "Brand": (True, False, True),
        "Colour": (False, False, True),
        "Theme": (False, False, False),
        "Energy label": (False, True, False),
    }


def test_languages_and_hosts():
    def account(site: str, **settings: str) -> Account:
        return Account(AccountId(1), "ebay", "Shop", site=site, settings=settings)

    assert language_of(account("EBAY_DE")) == "de-DE"
    assert language_of(account("EBAY_CA")) == "en-CA"
    assert language_of(account("EBAY_CA", language="fr-CA")) == "fr-CA"
    assert language_of(account("EBAY_US", language="fr-CA")) == "en-US", "left from another site"
    assert hosts_of(account("EBAY_US"))["media"] == "https://apim.ebay.com"
    assert hosts_of(account("EBAY_US", environment="sandbox"))["identity"] == "https://apiz.sandbox.ebay.com"


@pytest.mark.skipif(bool(why_missing("ebay")), reason=why_missing("ebay") or "eBay's documents")
@pytest.mark.parametrize(
    ("method", "path", "host"),
    [
        ("PUT", "/sell/inventory/v1/inventory_item/X", ""),
        ("POST", "/sell/inventory/v1/offer", ""),
        ("GET", "/sell/account/v1/privilege", ""),
        ("GET", "/sell/fulfillment/v1/order", ""),
        ("GET", "/commerce/taxonomy/v1/get_default_category_tree_id", ""),
        ("GET", "/sell/metadata/v1/marketplace/EBAY_US/get_item_condition_policies", ""),
        ("GET", "/developer/analytics/v1_beta/rate_limit/", ""),
        ("POST", "/commerce/media/v1_beta/image/create_image_from_file", "media"),
        ("GET", "/commerce/identity/v1/user/", "identity"),
    ],
)
def test_calls_go_to_the_documented_hosts(method, path, host):
    hosts = load_specification("ebay").hosts(method, path)
    assert hosts_of(ACCOUNT)[host].removeprefix("https://") in hosts
