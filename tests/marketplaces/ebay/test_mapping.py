"""Drafts in eBay's form: what is sent, and what is found wrong beforehand."""

from dataclasses import replace

import pytest

from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules, ListingDraft, Mapped, VariantDraft
from mmhub_desktop.marketplaces.ebay.mapping import map_draft
from mmhub_desktop.marketplaces.ebay.single import Seller, amount_of
from mmhub_desktop.marketplaces.ebay.sites import SITES

CHOSEN = {
    "fulfillment_policy_id": "1",
    "payment_policy_id": "2",
    "return_policy_id": "3",
    "location_key": "home",
}
RULES = CategoryRules(
    id="20696",
    name="Mugs",
    listing_allowed=True,
    title_max=80,
    description_max=500_000,
    pictures_max=24,
    attributes=(
        AttributeRule("Brand", "Brand", "string", required=True, max_length=65),
        AttributeRule("Color", "Color", "string", values=(("Blue", "Blue"), ("Red", "Red"))),
        AttributeRule("Type", "Type", "list", values=(("Mug", "Mug"), ("Travel Mug", "Travel Mug"))),
        AttributeRule("Material", "Material", "string", values=(("Ceramic", "Ceramic"), ("Glass", "Glass"))),
        AttributeRule("Capacity", "Capacity", "string"),
        AttributeRule("Energy Star", "Energy Star", "string", conditional=True),
    ),
    schema={
        "several": ["Material"],
        "never_varies": ["Brand", "Type"],
        "soon": {"Energy Star": "2027-02-01T00:00:00.000Z"},
        "conditions": [["1000", "New"], ["3000", "Used"], ["1500", "Open box"]],
    },
)
DRAFT = ListingDraft(
    sku="MUG-1",
    text=Text("Andina ceramic mug", "A mug.\nDishwasher safe & solid."),
    brand="Andina",
    category="Kitchen",
    gtin="7501031311309",
    condition=Condition.NEW,
    price=Money(1999, "USD"),
    quantity=7,
    attributes={},
    image_count=1,
)


def mapped(draft: ListingDraft = DRAFT, rules: CategoryRules = RULES, site: str = "EBAY_US", **settings: str) -> Mapped:
    """The draft for an account with these settings."""
    return map_draft(draft, rules, Seller(SITES[site], {**CHOSEN, **settings}))


def problems(found: Mapped) -> list[tuple[str, str]]:
    """Rule and field of what forbids."""
    return [(one.rule, one.field) for one in found.findings if one.blocks]


def with_attributes(**attributes: str) -> ListingDraft:
    """The draft with these attributes, ``_`` for blanks."""
    return replace(DRAFT, attributes={name.replace("_", " "): value for name, value in attributes.items()})


def test_a_draft_becomes_item_and_offer():
    found = mapped(replace(DRAFT, weight_g=350, size_mm=(95, 80, 100)))
    assert problems(found) == []
    assert found.body == {
        "sku": "MUG-1",
        "item": {
            "product": {
                "title": "Andina ceramic mug",
                "description": "A mug. Dishwasher safe & solid.",
                "aspects": {"Brand": ["Andina"]},
                "ean": ["7501031311309"],
            },
            "condition": "NEW",
            "packageWeightAndSize": {
                "weight": {"value": 350, "unit": "GRAM"},
                "dimensions": {"length": 9.5, "width": 8, "height": 10, "unit": "CENTIMETER"},
            },
            "availability": {"shipToLocationAvailability": {"quantity": 7}},
        },
        "offer": {
            "sku": "MUG-1",
            "marketplaceId": "EBAY_US",
            "format": "FIXED_PRICE",
            "availableQuantity": 7,
            "categoryId": "20696",
            "listingDuration": "GTC",
            "listingPolicies": {"fulfillmentPolicyId": "1", "paymentPolicyId": "2", "returnPolicyId": "3"},
            "merchantLocationKey": "home",
            "includeCatalogProductDetails": False,
            "pricingSummary": {"price": {"value": "19.99", "currency": "USD"}},
            "listingDescription": "A mug.<br>\nDishwasher safe &amp; solid.",
        },
    }


def test_amounts_are_texts_without_grouping_or_exponent():
    assert amount_of(Money(123_456_700, "USD")) == {"value": "1234567.00", "currency": "USD"}
    assert amount_of(Money(5, "EUR")) == {"value": "0.05", "currency": "EUR"}


def test_what_is_not_chosen_forbids():
    found = map_draft(DRAFT, RULES, Seller(SITES["EBAY_US"], {}))
    assert [rule for rule, _ in problems(found)] == [f"ebay.{key}" for key in CHOSEN]
    assert "No shipping policy is chosen" in found.findings[-4].message


@pytest.mark.parametrize(
    ("sku", "setting", "ok"),
    [
        ("MUG_1-a", "usual", True),
        ("MUG 1", "usual", False),
        ("ÑANDU", "usual", False),
        ("MUG-1", "strict", False),
        ("MUG1", "strict", True),
        ("MUG 1/ü", "any", True),
        ("M" * 51, "any", False),
        (" ", "any", False),
    ],
)
def test_skus(sku, setting, ok):
    found = mapped(replace(DRAFT, sku=sku), sku_characters=setting)
    assert [field for _, field in problems(found)] == ([] if ok else ["sku"])


def test_a_title_too_long_is_not_cut_and_a_shorter_one_is_proposed():
    title = "Andina ceramic mug with a handle " * 4
    found = mapped(replace(DRAFT, text=Text(title, "A mug.")))
    (finding,) = [one for one in found.findings if one.blocks]
    assert (finding.rule, finding.limit) == ("ebay.title_long", "at most 80")
    proposal = finding.fix.partition("to: ")[2]
    assert 40 <= len(proposal) <= 80
    assert title.startswith(proposal)
    assert found.body["item"]["product"]["title"] == title.strip()


@pytest.mark.parametrize(
    ("html", "rules"),
    [
        ("<p>Fine</p><b>bold</b>", []),
        ("<p>x</p><SCRIPT src='a.js'></SCRIPT>", ["ebay.description_active"]),
        ("<div onclick=run()>x</div>", ["ebay.description_active"]),
        ("<form action='x'></form>", ["ebay.description_active"]),
        ("5 < 6, onclick=1, javascript: no HTML", []),
        ("x" * 500_001, ["ebay.description_long"]),
    ],
)
def test_descriptions(html, rules):
    found = mapped(replace(DRAFT, text=Text("A mug", html)))
    assert [rule for rule, _ in problems(found)] == rules


def test_a_long_description_is_the_listings_and_not_the_items():
    found = mapped(replace(DRAFT, text=Text("A mug", "word " * 1_000)))
    assert found.body["item"]["product"]["description"] == "A mug"
    assert len(found.body["offer"]["listingDescription"]) == 4_999


def test_specifics_are_matched_by_name_and_value():
    draft = with_attributes(Farbe="blue", TYPE="travel mug", Material="ceramic | Glass", Capacity="350 ml")
    specifics = mapped(draft).body["item"]["product"]["aspects"]
    assert specifics == {
        "Brand": ["Andina"],
        "Color": ["Blue"],
        "Type": ["Travel Mug"],
        "Material": ["Ceramic", "Glass"],
        "Capacity": ["350 ml"],
    }


def test_commas_divide_values_only_where_all_are_known():
    assert mapped(with_attributes(Material="ceramic, glass")).body["item"]["product"]["aspects"]["Material"] == [
        "Ceramic",
        "Glass",
    ]
    whole = mapped(with_attributes(Material="clay, hand-made")).body["item"]["product"]["aspects"]["Material"]
    assert whole == ["clay, hand-made"]


def test_a_missing_specific_forbids_and_one_that_is_asked_for_later_warns():
    found = mapped(replace(DRAFT, brand=""))
    assert problems(found) == [("ebay.specific_missing", "brand")]
    (soon,) = [one for one in found.findings if one.rule == "ebay.specific_soon"]
    assert "2027-02-01" in soon.message


def test_a_value_that_is_not_taken_is_left_out_and_said():
    found = mapped(with_attributes(Type="Bowl"))
    assert "Type" not in found.body["item"]["product"]["aspects"]
    (finding,) = [one for one in found.findings if one.field == "attributes.Type"]
    assert not finding.blocks
    assert "Mug, Travel Mug" in finding.fix


def test_own_specifics_leave_the_house_only_when_wished():
    draft = with_attributes(Supplier_cost="3.20", Handle="two")
    kept = mapped(draft)
    assert set(kept.body["item"]["product"]["aspects"]) == {"Brand"}
    assert any("Supplier cost, Handle" in one.message for one in kept.findings)
    sent = mapped(draft, own_specifics="send")
    assert sent.body["item"]["product"]["aspects"]["Handle"] == ["two"]


@pytest.mark.parametrize(
    ("gtin", "told", "rules"),
    [
        ("7501031311309", {"ean": ["7501031311309"]}, []),
        ("036000291452", {"upc": ["036000291452"]}, []),
        ("9780306406157", {"isbn": ["9780306406157"]}, []),
        ("00036000291452", {"ean": ["0036000291452"]}, []),
        ("10036000291459", {}, ["ebay.gtin_box"]),
        ("7501031311308", {}, ["ebay.gtin"]),
        ("", {}, []),
    ],
)
def test_barcodes(gtin, told, rules):
    found = mapped(replace(DRAFT, gtin=gtin))
    product = found.body["item"]["product"]
    assert {kind: product[kind] for kind in ("ean", "upc", "isbn") if kind in product} == told
    assert [one.rule for one in found.findings if one.field == "gtin"] == rules


def test_no_barcode_is_said_in_the_sites_words_when_wished():
    euro = replace(DRAFT, gtin="", price=Money(1999, "EUR"))
    assert mapped(euro, site="EBAY_DE", no_barcode="say").body["item"]["product"]["ean"] == ["Nicht zutreffend"]
    assert mapped(replace(DRAFT, gtin=""), no_barcode="say").body["item"]["product"]["upc"] == ["Does not apply"]


@pytest.mark.parametrize(
    ("condition", "attributes", "conditions", "word"),
    [
        (Condition.NEW, {}, RULES.schema["conditions"], "NEW"),
        (Condition.USED, {}, RULES.schema["conditions"], "USED_EXCELLENT"),
        (Condition.USED, {}, [["4000", "Very Good"], ["5000", "Good"]], "USED_GOOD"),
        (Condition.USED, {"Condition": "very good"}, [["4000", "Very Good"], ["5000", "Good"]], "USED_VERY_GOOD"),
        (Condition.NEW, {"Condition": "open box"}, RULES.schema["conditions"], "NEW_OTHER"),
        (Condition.REFURBISHED, {}, RULES.schema["conditions"], ""),
        (Condition.USED, {}, [["9999", "Unheard of"]], "USED_EXCELLENT"),
    ],
)
def test_conditions(condition, attributes, conditions, word):
    rules = replace(RULES, schema={**RULES.schema, "conditions": conditions})
    found = mapped(replace(DRAFT, condition=condition, attributes=attributes), rules)
    assert found.body["item"].get("condition", "") == word
    assert [field for _, field in problems(found)] == ([] if word else ["condition"])


def test_a_category_without_conditions_gets_none():
    rules = replace(RULES, schema={**RULES.schema, "conditions": [], "no_conditions": True})
    assert "condition" not in mapped(DRAFT, rules).body["item"]


def test_the_sites_currency_is_asked_for():
    found = mapped(DRAFT, site="EBAY_GB")
    (finding,) = [one for one in found.findings if one.blocks]
    assert (finding.field, finding.limit) == ("price", "GBP")


def family(*variants: VariantDraft) -> ListingDraft:
    """The draft with these variants."""
    return replace(DRAFT, sku="FAM", gtin="", image_count=2, variants=variants)


def test_a_family_becomes_group_items_and_offers():
    found = mapped(
        family(
            VariantDraft("FAM-B", {"colour": "blue"}, 3, image=0),
            VariantDraft("FAM-R", {"Colour": "Red"}, 0, price=Money(2499, "USD"), gtin="036000291452", image=1),
        )
    )
    assert problems(found) == []
    assert found.body["group"] == {
        "title": "Andina ceramic mug",
        "description": "A mug.<br>\nDishwasher safe &amp; solid.",
        "variantSKUs": ["FAM-B", "FAM-R"],
        "variesBy": {
            "aspectsImageVariesBy": ["Color"],
            "specifications": [{"name": "Color", "values": ["Blue", "Red"]}],
        },
        "aspects": {"Brand": ["Andina"]},
    }
    blue, red = found.body["members"]
    assert blue["item"]["product"]["aspects"] == {"Brand": ["Andina"], "Color": ["Blue"]}
    assert red["item"]["product"]["upc"] == ["036000291452"]
    assert red["offer"]["pricingSummary"]["price"]["value"] == "24.99"
    assert "listingDescription" not in red["offer"], "it would overwrite the group's"


@pytest.mark.parametrize(
    ("variants", "rule"),
    [
        ((VariantDraft("A", {"Color": "Blue"}, 1), VariantDraft("B", {"Size": "L"}, 1)), "ebay.options"),
        ((VariantDraft("A", {"Color": "Blue"}, 1), VariantDraft("B", {"color": "blue"}, 1)), "ebay.options_twice"),
        ((VariantDraft("A", {"Color": "Blue"}, 1), VariantDraft("A", {"Color": "Red"}, 1)), "ebay.sku_twice"),
        ((VariantDraft("A", {"Type": "Mug"}, 1), VariantDraft("B", {"Type": "Travel Mug"}, 1)), "ebay.option_refused"),
        ((VariantDraft("A", {"Color": "Blue"}, 0), VariantDraft("B", {"Color": "Red"}, 0)), "ebay.quantity"),
        ((VariantDraft("A b", {"Color": "Blue"}, 1), VariantDraft("B", {"Color": "Red"}, 0)), "ebay.sku_signs"),
    ],
)
def test_families_that_cannot_be(variants, rule):
    assert rule in [found for found, _ in problems(mapped(family(*variants)))]


MAKER = {
    "Manufacturer name": "Andina SpA",
    "Manufacturer street": "Calle 1",
    "Manufacturer city": "Lima",
    "Manufacturer postcode": "15001",
    "Manufacturer country": "pe",
}


def test_the_maker_is_told_and_is_no_specific():
    found = mapped(replace(DRAFT, attributes={**MAKER, "Responsible person name": "EU GmbH"}), own_specifics="send")
    assert problems(found) == [("ebay.safety", "attributes.Responsible person email")]
    assert found.body["offer"]["regulatory"] == {
        "manufacturer": {
            "companyName": "Andina SpA",
            "addressLine1": "Calle 1",
            "city": "Lima",
            "postalCode": "15001",
            "country": "PE",
        },
        "responsiblePersons": [{"companyName": "EU GmbH", "types": ["EU_RESPONSIBLE_PERSON"]}],
    }
    assert set(found.body["item"]["product"]["aspects"]) == {"Brand"}


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"Manufacturer name": ""}, "name"),
        ({"Manufacturer city": ""}, "city"),
        ({"Manufacturer country": "Peru"}, "country"),
        ({"Manufacturer postcode": "1234567890"}, "postcode"),
    ],
)
def test_a_maker_that_is_told_in_part(changes, part):
    found = mapped(replace(DRAFT, attributes={**MAKER, **changes}))
    assert problems(found) == [("ebay.safety", f"attributes.Manufacturer {part}")]


def test_in_the_eu_the_maker_is_asked_for():
    euro = replace(DRAFT, price=Money(1999, "EUR"))
    found = mapped(euro, site="EBAY_DE")
    assert problems(found) == []
    assert "ebay.manufacturer" in [one.rule for one in found.findings]
    assert "ebay.manufacturer" not in [one.rule for one in mapped().findings]


def test_the_variants_of_a_family_carry_the_maker():
    draft = family(VariantDraft("FAM-B", {"Color": "Blue"}, 3), VariantDraft("FAM-R", {"Color": "Red"}, 1))
    found = mapped(replace(draft, attributes=MAKER))
    assert [one["offer"]["regulatory"]["manufacturer"]["city"] for one in found.body["members"]] == ["Lima", "Lima"]


@pytest.mark.parametrize(
    ("color", "type_", "sent", "rules"),
    [
        ("Blue", "Mug", True, []),
        ("Red", "Mug", False, []),
        ("Red", "Travel Mug", True, []),
        ("Red", "", True, []),
    ],
)
def test_values_that_go_only_with_others(color, type_, sent, rules):
    bound = replace(RULES, schema={**RULES.schema, "goes_with": {"Color": {"Red": {"Type": ["Travel Mug"]}}}})
    found = mapped(with_attributes(Color=color, Type=type_), bound)
    assert ("Color" in found.body["item"]["product"]["aspects"]) is sent
    assert problems(found) == rules
    assert [one.value for one in found.findings if one.rule == "ebay.specific_together"] == ([] if sent else ["Red"])


def test_a_required_value_that_does_not_go_with_another_forbids():
    needed = tuple(replace(rule, required=rule.id in ("Brand", "Color")) for rule in RULES.attributes)
    schema = {**RULES.schema, "goes_with": {"Color": {"Red": {"Type": ["Travel Mug"]}}}}
    found = mapped(with_attributes(Color="Red", Type="Mug"), replace(RULES, attributes=needed, schema=schema))
    assert problems(found) == [("ebay.specific_together", "attributes.Color")]
    assert found.body["item"]["product"]["aspects"]["Color"] == ["Red"]
