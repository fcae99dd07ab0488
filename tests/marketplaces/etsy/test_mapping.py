"""Products in Etsy's form, and what is said of those that do not fit."""

from dataclasses import replace
from typing import Any

import pytest

from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules, ListingDraft, Mapped, VariantDraft
from mmhub_desktop.marketplaces.etsy.mapping import Seller, map_draft
from mmhub_desktop.marketplaces.etsy.texts import choose_tags, choose_words

SETTINGS = {
    "shipping_profile_id": "71", "return_policy_id": "72", "readiness_state_id": "73", "who_made": "i_did",
    "when_made": "2010_2019", "publish": "active",
}  # fmt: skip
SELLER = Seller("USD", "US", SETTINGS)
COLOR = AttributeRule("200", "Primary color", "list", values=(("1", "Beige"), ("3", "Blue"), ("10", "Red")))
CHAIN = AttributeRule("4201", "Chain style", "list", required=True, values=(("420101", "Ball"), ("420102", "Box")))
SIZE = AttributeRule("100", "Size", "list", units=("US",), values=(("10001", "S"), ("10002", "M")))
WIDTH = AttributeRule("570", "Capacity", "string")
RULES = CategoryRules(
    "1030", "Home › Mugs", True, 140, 0, 20, "USD",
    attributes=(COLOR, SIZE, WIDTH),
    schema={
        "properties": {
            "200": {"varies": True, "most": 1, "scale_of": {}},
            "100": {"varies": True, "most": 1, "scale_of": {"10001": 52, "10002": 52}},
            "570": {"varies": False, "most": 3, "scale_of": {}},
        },
        "who_made": ["i_did", "someone_else", "collective"],
        "when_made": ["made_to_order", "2020_2026", "2010_2019"],
    },
)  # fmt: skip
DRAFT = ListingDraft(
    "MUG-1", Text("Blue mug", "A mug.", ("mug",)), "", "", "", Condition.NEW, Money(1990, "USD"), 5, {"Color": "blue"},
    image_count=2,
)  # fmt: skip


def mapped(seller: Seller = SELLER, rules: CategoryRules = RULES, **changes: Any) -> Mapped:
    return map_draft(replace(DRAFT, **changes), rules, seller)


def about(found: Mapped, rule: str) -> Finding:
    """The only finding of this rule."""
    (finding,) = [one for one in found.findings if one.rule == f"etsy.{rule}"]
    return finding


def test_a_whole_product() -> None:
    form = mapped(weight_g=350, size_mm=(120, 90, 100), attributes={"Color": "blue", "Materials": "Clay, glaze"})
    assert not form.findings
    assert form.body == {
        "title": "Blue mug", "description": "A mug.", "quantity": 5, "taxonomy_id": 1030, "type": "physical",
        "should_auto_renew": False, "price": "19.90", "tags": ["mug"], "who_made": "i_did", "when_made": "2010_2019",
        "is_supply": False, "shipping_profile_id": 71, "return_policy_id": 72, "readiness_state_id": 73,
        "materials": ["Clay", "glaze"], "item_weight": 350, "item_weight_unit": "g", "item_length": 120,
        "item_width": 90, "item_height": 100, "item_dimensions_unit": "mm",
    }  # fmt: skip
    offering = {"price": 19.9, "quantity": 5, "is_enabled": True, "readiness_state_id": 73}
    assert form.after == {
        "sku": "MUG-1",
        "inventory": {
            "products": [{"sku": "MUG-1", "property_values": [], "offerings": [offering]}],
            "price_on_property": [], "quantity_on_property": [], "sku_on_property": [],
        },
        "properties": [{"property_id": 200, "value_ids": [3], "values": ["Blue"]}],
        "pictures": 2,
        "publish": True,
    }  # fmt: skip


def test_zero_weight_and_size_are_left_out() -> None:
    body = mapped(weight_g=0, size_mm=(0, 90, 100)).body
    assert not [key for key in body if key.startswith("item_")]


@pytest.mark.parametrize(
    ("title", "rule", "blocks"),
    [
        ("", "title_missing", True),
        ("🎉", "title_missing", True),
        ("Mug 🎉 blue", "title_signs", False),
        ("Mug $5", "title_signs", False),
        ("Salt & pepper & mug", "title_once", True),
        ("100% wool, 50% off", "title_once", True),
        ("m" * 141, "title_long", True),
    ],
)
def test_titles_that_do_not_fit(title: str, rule: str, blocks: bool) -> None:
    finding = about(mapped(text=Text(title, "A mug.")), rule)
    assert (finding.field, finding.blocks) == ("title", blocks)
    assert finding.fix


def test_titles_that_fit() -> None:
    for title in ("m" * 140, "Tasse à café ™ 5 + 5 = 10: 100% “Ton” & mehr", "كوب أزرق", "陶器のマグ"):
        form = mapped(text=Text(title, "A mug."))
        assert form.body["title"] == title
        assert not form.findings


def test_a_long_title_is_not_cut_but_a_shorter_one_is_proposed() -> None:
    title = "Blue mug " * 20
    form = mapped(text=Text(title, "A mug."))
    assert form.body["title"] == title.strip()
    proposed = about(form, "title_long").fix.partition(": ")[2]
    assert 100 < len(proposed) <= 140
    assert title.startswith(proposed)


def test_html_is_said_and_sent_as_words() -> None:
    form = mapped(text=Text("Mug", "<p>Blue &amp; round</p><ul><li>5 &lt; 6</li></ul>"))
    assert form.body["description"] == "Blue & round\n\n- 5 < 6"
    assert not about(form, "description_html").blocks
    assert about(mapped(text=Text("Mug", " ")), "description_missing").blocks


def test_thirteen_tags_of_twenty_characters() -> None:
    words = tuple(f"word {n}" for n in range(15))
    form = mapped(text=Text("Mug", "A mug.", ("Mug", "mug", "-'hand made!", "k" * 21, *words)))
    assert form.body["tags"] == ["Mug", "hand made", *words[:11]]
    assert about(form, "tag_long").value == "k" * 21
    assert "word 11, word 12, word 13, word 14" in about(form, "tags_many").message
    assert not any(finding.blocks for finding in form.findings)


@pytest.mark.parametrize(
    ("price", "words"),
    [
        (None, "no price"), (Money(0, "USD"), "no price"), (Money(19, "USD"), "below"), (Money(500, "EUR"), "EUR"),
        (Money(10**15, "USD"), "too high"),
    ],
)  # fmt: skip
def test_prices_that_cannot_be_sent(price: Money | None, words: str) -> None:
    finding = about(mapped(price=price), "price")
    assert finding.blocks
    assert words in finding.message


def test_the_lowest_price_and_one_without_decimals() -> None:
    assert mapped(price=Money(20, "USD")).body["price"] == "0.20"
    form = mapped(replace(SELLER, currency="JPY"), price=Money(5, "JPY"))
    assert form.body["price"] == "5"
    assert not form.findings


def test_more_pieces_than_taken_are_a_limit_of_the_account() -> None:
    finding = about(mapped(quantity=1000), "quantity")
    assert (finding.blocks, finding.limit) == (True, "1 to 999")
    raised = replace(SELLER, settings={**SETTINGS, "quantity_max": "2000"})
    assert not mapped(raised, quantity=1000).findings


def test_choices_that_are_missing() -> None:
    for key, blocks in (
        ("shipping_profile_id", True), ("readiness_state_id", True), ("return_policy_id", True), ("who_made", True),
        ("when_made", True),
    ):  # fmt: skip
        settings = {name: value for name, value in SETTINGS.items() if name != key}
        assert about(mapped(replace(SELLER, settings=settings)), key).blocks is blocks, key
    without = {name: value for name, value in SETTINGS.items() if name != "return_policy_id"}
    assert not mapped(Seller("USD", "DE", without)).findings, "not needed in the EU"
    assert not about(mapped(Seller("USD", "US", {**without, "publish": "draft"})), "return_policy_id").blocks


def test_a_period_that_january_has_changed() -> None:
    old = replace(SELLER, settings={**SETTINGS, "when_made": "2020_2025"})
    finding = about(mapped(old), "when_made")
    assert finding.blocks
    assert "2020_2026" in finding.fix
    unknown = replace(RULES, schema={"properties": RULES.schema["properties"]})
    assert not mapped(old, unknown).findings, "without Etsy's list Etsy itself judges"


def test_a_product_says_otherwise_than_the_account() -> None:
    given = {"Who made": "someone else", "When made": "Made to order", "Is supply": "yes", "Color": "Blue"}
    form = mapped(attributes=given)
    assert not form.findings
    assert (form.body["who_made"], form.body["when_made"]) == ("someone_else", "made_to_order")
    assert form.body["is_supply"] is True


def test_properties_are_set_by_their_values() -> None:
    form = mapped(attributes={"Size": "m", "Color": "Mauve", "Capacity": "350 ml", "My column": "x"})
    assert form.after["properties"] == [{"property_id": 100, "value_ids": [10002], "values": ["M"], "scale_id": 52}]
    assert {one.rule for one in form.findings} == {
        "etsy.attribute_value", "etsy.attribute_free", "etsy.attributes_unknown"
    }  # fmt: skip
    assert not any(one.blocks for one in form.findings)


def test_a_required_property_is_asked_for() -> None:
    rules = replace(RULES, attributes=(CHAIN,), schema={"properties": {"4201": {"most": 1}}})
    assert about(mapped(rules=rules, attributes={}), "attribute_missing").field == "attributes.Chain style"
    assert about(mapped(rules=rules, attributes={"Chain style": "Gold"}), "attribute_value").blocks
    assert not mapped(rules=rules, attributes={"Chain style": "box"}).findings


def test_a_family_has_its_options_and_prices() -> None:
    family = (
        VariantDraft("MUG-B", {"Color": "Blue", "Handle": "left"}, 2),
        VariantDraft("MUG-R", {"Color": "Red", "Handle": "left"}, 3, Money(2500, "USD")),
    )
    form = mapped(variants=family, attributes={})
    assert not form.findings
    assert form.body["quantity"] == 5
    inventory = form.after["inventory"]
    assert [one["sku"] for one in inventory["products"]] == ["MUG-B", "MUG-R"]
    assert inventory["products"][1]["property_values"] == [
        {"property_id": 200, "property_name": "Primary color", "scale_id": None, "value_ids": [10], "values": ["Red"]},
        {"property_id": 513, "property_name": "Handle", "scale_id": None, "value_ids": [], "values": ["left"]},
    ]
    assert inventory["price_on_property"] == inventory["quantity_on_property"] == [200, 513]
    assert inventory["sku_on_property"] == [200, 513]


def test_families_that_etsy_cannot_hold() -> None:
    three = (VariantDraft("A", {"Color": "Blue", "Size": "M", "Handle": "left"}, 1),)
    assert about(mapped(variants=three), "options").field == "variants"
    brackets = (VariantDraft("A", {"Color": "Blue (dark)"}, 1),)
    assert about(mapped(variants=brackets), "option_value").blocks


def test_a_general_category_and_too_many_pictures() -> None:
    assert about(mapped(rules=replace(RULES, listing_allowed=False)), "category_general").field == "category"
    form = mapped(image_count=25)
    assert form.after["pictures"] == 20
    assert not about(form, "images_many").blocks


def test_signs_that_are_left_out_of_tags_and_materials_are_said() -> None:
    tags, (said,) = choose_tags(["100% wool!", "desk lamp", "🎉", "-lamp"])
    assert tags == ["100 wool", "desk lamp", "lamp"]
    assert (said.rule, said.field, said.blocks) == ("etsy.tag_signs", "keywords", False)
    assert "“100% wool!” as “100 wool”" in said.message
    assert "“🎉” not at all" in said.message
    assert "desk lamp" not in said.message
    words, (told,) = choose_words("Steel (brushed), Oak", "etsy.materials", "attributes.materials", 13)
    assert words == ["Steel brushed", "Oak"]
    assert (told.rule, told.field) == ("etsy.materials_signs", "attributes.materials")
    assert choose_words("Steel, Oak", "etsy.materials", "attributes.materials", 13)[1] == []
