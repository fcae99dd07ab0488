"""Products in the form of Walmart's item feed: what is filled, what is refused, and in whose words."""

from dataclasses import replace
from typing import Any

import pytest

from mmhub_desktop.domain.gtin import is_gtin
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.errors import Finding, Rejected
from mmhub_desktop.marketplaces.base import CategoryRules, ListingDraft, Mapped, RemoteImage, VariantDraft
from mmhub_desktop.marketplaces.walmart.adapter import Walmart
from mmhub_desktop.marketplaces.walmart.creating import with_pictures
from mmhub_desktop.marketplaces.walmart.mapping import map_draft
from mmhub_desktop.marketplaces.walmart.offer import identifiers, map_offer
from mmhub_desktop.marketplaces.walmart.pictures import address_problem
from mmhub_desktop.marketplaces.walmart.schema import Unfit, fit, measure_of, read_rules
from tests.fakes.barcodes import barcode
from tests.fakes.walmart_stage import WalmartStage
from tests.fidelity.documents import why_missing
from tests.fidelity.examples import documented_replies
from tests.fidelity.specification import load_specification

VERSION = "5.0.20260608-18_15_07-api"


@pytest.fixture
async def lamps(walmart: Walmart) -> CategoryRules:
    return await walmart.read_category("Table Lamps")


@pytest.fixture
def draft(stage: WalmartStage) -> ListingDraft:
    return stage.draft("LAMP-1")


def mapped(draft: ListingDraft, rules: CategoryRules, **changes: Any) -> Mapped:
    return map_draft(replace(draft, **changes), rules, VERSION)


def blocking(result: Mapped) -> dict[str, Finding]:
    return {finding.field: finding for finding in result.findings if finding.blocks}


def visible(result: Mapped, place: int = 0) -> dict[str, Any]:
    return dict(next(iter(result.body["MPItem"][place]["Visible"].values())))


def test_a_whole_product(draft, lamps):
    result = mapped(draft, lamps)
    assert not result.blocked, result.findings
    assert result.body["MPItemFeedHeader"] == {"businessUnit": "WALMART_US", "locale": "en", "version": VERSION}
    orderable = result.body["MPItem"][0]["Orderable"]
    assert orderable["price"] == 24.99
    assert orderable["ShippingWeight"] == 2.756  # 1,250 g in pounds
    assert orderable["productIdentifiers"] == {"productIdType": "UPC", "productId": draft.gtin}
    shown = visible(result)
    assert shown["keyFeatures"] == ["Articulated arm", "Warm light", "Small foot"]
    assert (shown["bulbType"], shown["condition"]) == ("LED", "New")
    assert result.after["stock"] == {"LAMP-1": 7}


def test_key_features_come_from_the_points_of_the_description(draft, lamps):
    html = "<p>A lamp.</p><ul><li>Bright</li><li>Small</li><li>White</li></ul>"
    result = mapped(draft, lamps, attributes={"Color": "White"}, text=Text(draft.text.title, html))
    assert visible(result)["keyFeatures"] == ["Bright", "Small", "White"]
    assert "<" not in visible(result)["shortDescription"]
    assert any(finding.rule == "walmart.description_html" for finding in result.findings)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": Text("x" * 200, "A lamp.")}, "title"),
        ({"text": Text("Lamp", "A lamp.")}, "title"),
        ({"text": Text("A long enough title", "y" * 4001)}, "description"),
        ({"brand": ""}, "brand"),
        ({"price": None}, "price"),
        ({"price": Money(2499, "EUR")}, "price"),
        ({"quantity": 0}, "quantity"),
        ({"gtin": ""}, "gtin"),
        ({"gtin": "036000291453"}, "gtin"),
        ({"sku": "S" * 51}, "sku"),
        ({"weight_g": None}, "weight"),
        ({"image_count": 0}, "images"),
        ({"condition": Condition.USED}, "condition"),
        ({"attributes": {"Key Features": "One; Two", "Color": "White"}}, "attributes.keyFeatures"),
        ({"attributes": {"Key Features": "1;2;3"}}, "attributes.color"),
        ({"attributes": {"Key Features": "1;2;3", "Color": "White", "Bulb Type": "Candle"}}, "attributes.bulbType"),
        (
            {"attributes": {"Key Features": "1;2;3", "Color": "W", "Has Written Warranty": "Yes - Warranty Text"}},
            "attributes.warrantyText",
        ),
        (
            {"attributes": {"Key Features": "1;2;3", "Color": "W", "batteryTechnologyType": "Lithium Ion"}},
            "attributes.safetyDataSheet",
        ),
    ],
)
def test_what_walmart_would_refuse_is_named(draft, lamps, changes, field):
    found = blocking(mapped(draft, lamps, **changes))
    assert set(found) == {field}, found
    assert found[field].message
    assert found[field].fix


def test_a_long_title_comes_with_a_shorter_one_and_is_not_cut(draft, lamps):
    title = "Lamp with many words " * 12
    result = mapped(draft, lamps, text=Text(title, "A lamp."))
    (finding,) = [one for one in result.findings if one.field == "title"]
    assert finding.limit == "at most 199"
    assert visible(result)["productName"] == title.strip()
    assert len(finding.fix.partition(": ")[2]) <= 199


@pytest.mark.parametrize("cents", [1, 10, 1999, 2499, 105, 99_999, 1_234_567])
def test_prices_are_exact_multiples(draft, lamps, cents):
    result = mapped(draft, lamps, price=Money(cents, "USD"))
    assert not result.blocked, result.findings
    assert round(result.body["MPItem"][0]["Orderable"]["price"] * 100) == cents


@pytest.mark.parametrize(
    ("code", "kind", "digits"),
    [
        ("036000291452", "UPC", "036000291452"),
        ("4006381333931", "EAN", "4006381333931"),
        ("978-0-306-40615-7", "ISBN", "9780306406157"),
        ("00036000291452", "GTIN", "00036000291452"),
        ("96385074", "GTIN", "00000096385074"),
    ],
)
def test_kinds_of_barcodes(code, kind, digits):
    assert identifiers(code) == {"productIdType": kind, "productId": digits}
    assert is_gtin(digits)


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("https://pictures.example.com/lamp.jpg", True),
        ("https://pictures.example.com:8443/lamp.PNG", True),
        ("https://pictures.example.com/lamp.jpg?width=2000", False),
        ("https://pictures.example.com:9000/lamp.jpg", False),
        ("https://pictures.example.com/lamp", False),
        ("https://pictures.example.com/lamp.webp", False),
        ("https://me:secret@pictures.example.com/lamp.jpg", False),
        ("ftp://pictures.example.com/lamp.jpg", False),
        ("lamp.jpg", False),
        ("{{picture_1}}", True),
    ],
)
def test_addresses_of_pictures(address, taken):
    assert (address_problem(address) == "") is taken


def test_pictures_that_walmart_cannot_fetch_are_refused_before_sending(draft, lamps):
    with pytest.raises(Rejected) as caught:
        with_pictures(mapped(draft, lamps), [RemoteImage("", "https://pictures.example.com/lamp.jpg?x=1")])
    assert caught.value.findings[0].field == "images"


@pytest.mark.parametrize(("count", "further"), [(1, 0), (2, 0), (3, 0), (4, 3), (6, 5)])
def test_too_few_further_pictures_are_left_out_with_a_word(draft, lamps, count, further):
    result = mapped(draft, lamps, image_count=count)
    images = [RemoteImage("", f"https://pictures.example.com/{number}.jpg") for number in range(count)]
    (item,) = with_pictures(result, images)
    shown = item["Visible"]["Table Lamps"]
    assert shown["mainImageUrl"] == images[0].url
    assert len(shown.get("productSecondaryImageURL", ())) == further
    told = any(finding.rule == "walmart.images_few" for finding in result.findings)
    assert told is (count > 1 and not further)
    assert not result.blocked


def test_a_family_is_an_item_for_each_variant(stage, lamps):
    draft = replace(
        stage.draft("FLEX"),
        variants=(
            VariantDraft("FLEX-W", {"Colour": "White", "Shape": "Round"}, 3, gtin=barcode("FLEX-W"), image=1),
            VariantDraft("FLEX-B", {"Colour": "Black", "Shape": "Round"}, 0, Money(2999, "USD"), barcode("FLEX-B")),
        ),
    )
    result = mapped(draft, lamps)
    assert not result.blocked, result.findings
    shown = [visible(result, place) for place in (0, 1)]
    assert {one["variantGroupId"] for one in shown} == {"FLEX"}
    assert [one["isPrimaryVariant"] for one in shown] == ["Yes", "No"]
    assert shown[0]["variantAttributeNames"] == ["color", "shape"]
    assert [one["color"] for one in shown] == ["White", "Black"]
    assert result.body["MPItem"][1]["Orderable"]["price"] == 29.99
    assert result.after["stock"] == {"FLEX-W": 3, "FLEX-B": 0}
    images = [RemoteImage("", f"https://pictures.example.com/{number}.jpg") for number in (0, 1)]
    mains = [next(iter(one["Visible"].values()))["mainImageUrl"] for one in with_pictures(result, images)]
    assert mains == [images[1].url, images[0].url]


def test_what_cannot_vary_is_named_with_what_can(stage, lamps):
    variants = (VariantDraft("FLEX-1", {"Voltage": "110"}, 3, gtin=barcode("FLEX-1")),)
    found = blocking(mapped(replace(stage.draft("FLEX"), variants=variants), lamps))
    assert found["variants"].limit == "color, shape"


def test_an_offer_needs_no_texts(draft):
    result = map_offer(replace(draft, text=Text(""), brand="", image_count=0), "5.0.20260607-22_38_54-api")
    assert not result.blocked, result.findings
    (item,) = result.body["MPItem"]
    assert set(item["Item"]) == {"sku", "productIdentifiers", "price", "ShippingWeight", "condition"}
    assert blocking(map_offer(replace(draft, weight_g=None), VERSION)).keys() == {"weight"}


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        ("1,234.5 in", {"type": "object", "properties": {"measure": {"type": "number"}, "unit": {"enum": ["in"]}}},
         {"measure": 1234.5, "unit": "in"}),
        ("12", {"type": "object", "properties": {"measure": {"type": "number"}, "unit": {"enum": ["in"]}}},
         {"measure": 12, "unit": "in"}),
        ("3", {"type": "integer"}, 3),
        ("yes", {"type": "boolean"}, True),
        ("red; green", {"type": "array", "items": {"type": "string"}}, ["red", "green"]),
        ("none", {"type": "array", "items": {"type": "object", "properties": {"text": {"enum": ["None", "Some"]}}}},
         [{"text": "None"}]),
        ('{"a": 1}', {"type": "object"}, {"a": 1}),
    ],
)  # fmt: skip
def test_words_are_put_into_their_form(text, schema, value):
    assert fit(text, schema) == value


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        ("many", {"type": "integer"}),
        ("2.5", {"type": "integer"}),
        ("perhaps", {"type": "boolean"}),
        ("blue", {"type": "string", "enum": ["Red", "Green"]}),
        ("5", {"type": "object", "properties": {"measure": {"type": "number"}, "unit": {"enum": ["ml", "fl oz"]}}}),
    ],
)
def test_words_that_do_not_fit_say_what_would(text, schema):
    with pytest.raises(Unfit) as caught:
        fit(text, schema)
    assert str(caught.value)


def test_sizes_are_turned_into_the_units_that_are_taken():
    inches = {"type": "object", "properties": {"measure": {"type": "number"}, "unit": {"enum": ["in"]}}}
    assert measure_of(inches, mm=254) == {"measure": 10, "unit": "in"}
    assert measure_of({"type": "number"}, g=453_592) == 1000
    assert measure_of({"type": "string"}, mm=10) is None


def test_walmarts_own_example_of_a_specification_is_read():
    """The published specification of Baby Blankets: nested objects, lists, measures, conditions."""
    if why := why_missing("walmart"):
        pytest.skip(why)
    (example,) = [
        one for one in documented_replies(load_specification("walmart"), "/v3/items/spec") if one.status == 200
    ][:1]
    rules = read_rules("Baby Blankets", example.body, "5.0.20241118-04_39_24-api")
    by_id = {rule.id: rule for rule in rules.attributes}
    assert (rules.title_max, rules.description_max) == (199, 100_000)
    assert by_id["netContent"].units[:2] == ("Count", "Inch")
    assert by_id["color"].required
    assert by_id["warrantyText"].conditional
    assert by_id["electronicsIndicator"].values == (("Yes", "Yes"), ("No", "No"))
    draft = ListingDraft(
        sku="BLANKET-1", text=Text("Soft Baby Blanket with Stripes", "A soft blanket."), brand="Cuddle", category="",
        gtin="036000291452", condition=Condition.NEW, price=Money(1999, "USD"), quantity=3, image_count=1,
        weight_g=400, size_mm=(762, 1016, 20),
        attributes={
            "keyFeatures": "Soft\nWarm\nWashable", "color": "Blue", "gender": "Unisex", "netContent": "1 Each",
            "countPerPack": "1", "smallPartsWarnings": "0 - No warning applicable", "has_written_warranty": "No",
            "isProp65WarningRequired": "no", "stateRestrictions": "None", "electronicsIndicator": "No",
            "chemicalAerosolPesticide": "No", "batteryTechnologyType": "Does Not Contain a Battery",
        },
    )  # fmt: skip
    result = map_draft(draft, rules, VERSION)
    assert blocking(result).keys() <= {"attributes.TradeItem"}, result.findings  # of goods that Walmart ships itself
    shown = visible(result)
    assert shown["assembledProductWidth"] == {"measure": 40, "unit": "in"}
    assert shown["netContent"] == {"productNetContentMeasure": 1, "productNetContentUnit": "Each"}
    assert result.body["MPItem"][0]["Orderable"]["stateRestrictions"] == [{"stateRestrictionsText": "None"}]
    bare = map_draft(replace(draft, attributes={}), rules, VERSION)
    assert "attributes.batteryTechnologyType" in blocking(bare)
