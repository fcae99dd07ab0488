"""Drafts in Amazon's form: texts, attributes by schema, offers, families, and a finding for each rule."""

import json
from dataclasses import replace
from typing import Any

import pytest

from mmhub_desktop.domain.gtin import is_gtin
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.amazon.definitions import read_rules, slim
from mmhub_desktop.marketplaces.amazon.mapping import map_draft, with_pictures
from mmhub_desktop.marketplaces.amazon.offers import Seller
from mmhub_desktop.marketplaces.base import CategoryRules, ListingDraft, Mapped, VariantDraft
from mmhub_desktop.practice.amazon.product_types import TYPES, schema_of

US = "ATVPDKIKX0DER"
SELLER = Seller(US, "USD", "en_US")
DRAFT = ListingDraft(
    sku="LAMP-1",
    text=Text("Lumea Flex Desk Lamp", "A desk lamp.\n- Dimmable\n- Folds flat", ("desk", "office lamp")),
    brand="Lumea",
    category="Lamps",
    gtin="4006381333931",
    condition=Condition.NEW,
    price=Money(2499, "USD"),
    quantity=5,
    attributes={},
    image_count=2,
    weight_g=850,
    size_mm=(400, 120, 95),
)


def rules(name: str = "LAMP", **changes: Any) -> CategoryRules:
    schema = {**schema_of(name, US), **changes}
    return read_rules(
        {"productType": name, "displayName": TYPES[name].label, "schema": {"checksum": f"{name}{sorted(changes)}"}},
        schema,
        "USD",
    )


def lamp(**changes: Any) -> Mapped:
    return map_draft(replace(DRAFT, **changes), rules(), SELLER)


def blocking(mapped: Mapped) -> dict[str, Finding]:
    return {one.field: one for one in mapped.findings if one.blocks}


def value(mapped: Mapped, name: str) -> Any:
    return mapped.body["attributes"][name][0]["value"]


def test_a_whole_listing():
    mapped = lamp(attributes={"Wattage": "40 W", "Colour": "Blue", "Origin": "China", "Are batteries required?": "no"})
    assert not blocking(mapped), mapped.findings
    assert mapped.body["productType"] == "LAMP"
    assert mapped.body["requirements"] == "LISTING"
    attributes = mapped.body["attributes"]
    here = {"marketplace_id": US}
    text = {"language_tag": "en_US", **here}
    assert attributes["item_name"] == [{"value": "Lumea Flex Desk Lamp", **text}]
    assert attributes["bullet_point"] == [{"value": "Dimmable", **text}, {"value": "Folds flat", **text}]
    assert attributes["generic_keyword"] == [{"value": "desk office lamp", **text}]
    assert attributes["condition_type"] == [{"value": "new_new", **here}]
    assert attributes["externally_assigned_product_identifier"] == [{"type": "ean", "value": "4006381333931", **here}]
    assert attributes["purchasable_offer"] == [
        {"currency": "USD", "our_price": [{"schedule": [{"value_with_tax": 24.99}]}], **here}
    ]
    assert attributes["fulfillment_availability"] == [{"fulfillment_channel_code": "DEFAULT", "quantity": 5}]
    assert attributes["wattage"] == [{"value": 40, "unit": "watts", **here}]
    assert attributes["color"] == [{"value": "blue", **text}]
    assert attributes["country_of_origin"] == [{"value": "CN", **here}]
    assert attributes["batteries_required"] == [{"value": False, **here}]
    assert attributes["item_package_weight"] == [{"value": 850, "unit": "grams", **here}]
    assert attributes["item_package_dimensions"] == [
        {
            "length": {"value": 400, "unit": "millimeters"},
            "width": {"value": 120, "unit": "millimeters"},
            "height": {"value": 95, "unit": "millimeters"},
            **here,
        }
    ]
    json.dumps(mapped.body, allow_nan=False)


def test_pictures_are_addresses_the_first_one_is_the_main_one():
    found = with_pictures({}, [f"https://x.example/{n}.jpg" for n in range(11)], US)
    assert found["main_product_image_locator"] == [{"media_location": "https://x.example/0.jpg", "marketplace_id": US}]
    assert found["other_product_image_locator_8"][0]["media_location"] == "https://x.example/8.jpg"
    assert len(found) == 9


@pytest.mark.parametrize(
    ("changes", "field", "limit"),
    [
        ({"sku": "x" * 41}, "sku", "at most 40"),
        ({"sku": " "}, "sku", ""),
        ({"text": Text("x" * 201, "d")}, "title", "at most 200"),
        ({"text": Text("ä" * 190 + " " + "𝐚" * 9, "d" * 2001)}, "description", "at most 2000"),
        ({"text": Text("T", "")}, "description", ""),
        ({"brand": ""}, "brand", ""),
        ({"gtin": "4006381333932"}, "gtin", ""),
        ({"gtin": ""}, "gtin", ""),
        ({"price": Money(2499, "EUR")}, "price", "USD"),
        ({"price": None}, "price", "above 0"),
        ({"price": Money(10**16, "USD")}, "price", ""),
        ({"price": Money(10**14, "USD")}, "price", "at most 1000000000"),
        ({"quantity": 0}, "quantity", "at least 1"),
        ({"image_count": 0}, "images", ""),
        ({"attributes": {"Are batteries required?": "yes"}}, "attributes.batteries_included", ""),
        ({"attributes": {"asin": "B0"}}, "attributes.merchant_suggested_asin", ""),
        ({"attributes": {"Item Condition": "broken"}}, "condition", ""),
    ],
)  # fmt: skip
def test_each_rule_has_a_finding(changes, field, limit):
    finding = blocking(lamp(**changes))[field]
    assert finding.message
    assert finding.fix
    assert limit in finding.limit


def test_a_title_too_long_in_bytes_is_told_so():
    mapped = lamp(text=Text("你" * 180, "d"))
    assert "bytes" in blocking(mapped)["title"].limit


def test_nothing_is_cut_and_html_becomes_words():
    long = "Lamp " * 60
    mapped = lamp(text=Text(long, "<p>Five &lt; six</p><ul><li>One</li><li>Two</li></ul><script>x()</script>"))
    assert value(mapped, "item_name") == long.strip()
    assert "for example to: Lamp Lamp" in blocking(mapped)["title"].fix
    assert value(mapped, "product_description") == "Five < six\n\n- One\n- Two"
    assert [row["value"] for row in mapped.body["attributes"]["bullet_point"]] == ["One", "Two"]


def test_required_values_that_do_not_fit_block_others_are_left_out_and_said():
    found = {one.field: one for one in lamp(attributes={"Wattage": "bright", "Country of Origin": "Mars"}).findings}
    assert not found["attributes.wattage"].blocks
    assert "left out" in found["attributes.wattage"].message
    assert "China" in found["attributes.country_of_origin"].fix
    strict = rules(required=["item_name", "wattage"])
    mapped = map_draft(replace(DRAFT, attributes={"Wattage": "1.500 W"}), strict, SELLER)
    assert "attributes.wattage" in blocking(mapped)


def test_attributes_that_fit_nowhere_are_named():
    found = [one for one in lamp(attributes={"My own column": "x"}).findings if one.rule == "amazon.attributes_unknown"]
    assert "My own column" in found[0].message
    assert not found[0].blocks


def test_an_offer_on_an_existing_page_sends_terms_of_sale_only():
    mapped = lamp(attributes={"ASIN": "b0exampl12"}, image_count=0, gtin="", text=Text(""), brand="")
    assert not blocking(mapped), mapped.findings
    assert mapped.body["requirements"] == "LISTING_OFFER_ONLY"
    assert set(mapped.body["attributes"]) == {
        "merchant_suggested_asin", "purchasable_offer", "fulfillment_availability", "condition_type",
    }  # fmt: skip
    assert value(mapped, "merchant_suggested_asin") == "B0EXAMPL12"


def test_what_the_account_says_decides():
    seller = replace(SELLER, used_grade="used_good", handling_days=3, gtin_exempt=True)
    mapped = map_draft(replace(DRAFT, condition=Condition.USED, gtin=""), rules(), seller)
    assert not blocking(mapped), mapped.findings
    assert value(mapped, "condition_type") == "used_good"
    assert value(mapped, "supplier_declared_has_product_identifier_exemption") is True
    assert mapped.body["attributes"]["fulfillment_availability"][0]["lead_time_to_ship_max_days"] == 3
    assert value(lamp(condition=Condition.USED), "condition_type") == "used_acceptable"
    assert value(
        lamp(condition=Condition.USED, attributes={"Item Condition": "Used - Like New"}), "condition_type"
    ) == ("used_like_new")


def test_what_a_type_demands_is_taken_from_what_is_there():
    wanted = rules(required=["item_name", "bullet_point", "manufacturer", "list_price"])
    mapped = map_draft(replace(DRAFT, text=Text("Lamp", "A lamp. It shines.")), wanted, SELLER)
    assert value(mapped, "bullet_point") == "A lamp."
    assert value(mapped, "manufacturer") == "Lumea"
    assert mapped.body["attributes"]["list_price"][0]["value"] == 24.99
    assert {one.field for one in mapped.findings} >= {"attributes.bullet_point", "attributes.manufacturer"}


def family(**changes: Any) -> ListingDraft:
    variants = (
        VariantDraft("S-B", {"Color": "Blue", "Size": "Small"}, 3, gtin="4006381333931"),
        VariantDraft("S-R", {"Color": "Red", "Size": "Medium"}, 0, Money(3000, "USD"), "036000291452", image=1),
    )
    values = {"sku": "S", "gtin": "", "quantity": 0, "variants": variants, "text": Text("Shirt", "A shirt.")}
    return replace(DRAFT, **{**values, **changes})


def test_a_family_is_a_heading_and_a_child_for_each_variant():
    mapped = map_draft(family(), rules("SHIRT"), SELLER)
    assert not blocking(mapped), mapped.findings
    parent = mapped.body["attributes"]
    assert value(mapped, "parentage_level") == "parent"
    assert parent["variation_theme"] == [{"name": "SIZE/COLOR"}]
    assert not {"purchasable_offer", "fulfillment_availability"} & set(parent)
    blue, red = (child["attributes"] for child in mapped.body["variants"])
    assert blue["child_parent_sku_relationship"][0]["parent_sku"] == "S"
    assert blue["color"][0]["value"] == "blue"
    assert red["size"][0]["value"] == "medium"
    assert red["purchasable_offer"][0]["our_price"][0]["schedule"][0]["value_with_tax"] == 30
    assert red["externally_assigned_product_identifier"][0]["type"] == "upc"
    assert [child["image"] for child in mapped.body["variants"]] == [None, 1]


def test_what_an_offer_carries_every_variant_carries_too():
    """The account's handling time, and the list price where the product type demands one."""
    wanted = rules("SHIRT", required=["list_price"])
    children = map_draft(family(), wanted, replace(SELLER, handling_days=3)).body["variants"]
    offers = [one["attributes"] for one in children]
    assert [one["fulfillment_availability"][0]["lead_time_to_ship_max_days"] for one in offers] == [3, 3]
    assert [one["list_price"][0]["value"] for one in offers] == [24.99, 30]


@pytest.mark.parametrize(
    ("variants", "field"),
    [
        ((VariantDraft("A", {"Wattage": "3"}, 1), VariantDraft("B", {"Wattage": "4"}, 1)), "variants"),
        ((VariantDraft("A", {"Smell": "3"}, 1), VariantDraft("B", {"Smell": "4"}, 1)), "variants"),
        ((VariantDraft("A", {"Color": "Blue"}, 1), VariantDraft("B", {"Color": "Blue"}, 1)), "variants"),
        ((VariantDraft("A", {"Color": "Blue"}, 0), VariantDraft("B", {"Color": "Red"}, 0)), "quantity"),
        ((VariantDraft("", {"Color": "Blue"}, 1), VariantDraft("B", {"Color": "Red"}, 1)), "sku"),
    ],
)
def test_families_that_cannot_be_are_explained(variants, field):
    assert field in blocking(map_draft(family(variants=variants), rules(), SELLER))


@pytest.mark.parametrize(("code", "good"), [("96385074", True), ("036000291452", True), ("4006381333931", True),
    ("00012345600012", True), ("4006381333930", False), ("123", False), ("٤٠٠٦٣٨١٣٣٣٩٣١", False)])  # fmt: skip
def test_check_digits(code, good):
    assert is_gtin(code) is good


def test_rules_of_a_schema():
    found = {rule.id: rule for rule in rules().attributes}
    assert found["wattage"].units == ("watts", "kilowatts")
    assert found["country_of_origin"].values[0] == ("CN", "China")
    assert found["country_of_origin"].value_type == "list"
    assert found["color"].value_type == "string"
    assert found["item_package_dimensions.length"].units == ("centimeters", "inches", "millimeters")
    assert found["item_package_dimensions.length"].name == "Package Dimensions: Length"
    assert found["batteries_included"].conditional
    assert found["item_name"].hidden
    assert found["model_number"].max_length == 40
    assert (rules().title_max, rules().description_max, rules().pictures_max) == (200, 2000, 9)


def test_a_thousand_products_are_mapped_and_checked_quickly():
    from time import process_time

    lamp()
    begun = process_time()
    for number in range(200):
        lamp(sku=f"L-{number}", attributes={"Wattage": "40 W", "Colour": "Blue", "Origin": "China"})
    assert (process_time() - begun) / 200 < 0.01, "a product takes a fraction of this"


def test_a_schema_is_kept_without_its_words_for_people():
    schema = {
        "description": "long words",
        "properties": {"description": {"type": "string", "description": "more", "examples": ["x"], "enumNames": ["X"]}},
        "allOf": [{"if": {"required": ["a"], "$comment": "why"}}],
    }
    assert slim(schema) == {
        "properties": {"description": {"type": "string", "enumNames": ["X"]}},
        "allOf": [{"if": {"required": ["a"]}}],
    }
