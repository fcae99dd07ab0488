"""Drafts in Kaufland's forms, and what is said of them beforehand."""

from dataclasses import replace

import pytest

from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules, ListingDraft, Mapped
from mmhub_desktop.marketplaces.kaufland.mapping import UNKNOWN, Seller, map_draft, read_gtin
from mmhub_desktop.marketplaces.kaufland.sites import storefront_of

RULES = CategoryRules(
    "21", "Schreibtischlampe", True, 80, 50_000, 10, "EUR",
    attributes=(
        AttributeRule("title", "Titel", "text", required=True),
        AttributeRule("colour", "Farbe", "list", required=True, values=(("Schwarz", "Schwarz"), ("Weiß", "Weiß"))),
        AttributeRule("energy_class", "Energieklasse", "text", conditional=True),
        AttributeRule("material", "Material", "text"),
    ),
    schema={"name": "Schreibtischlampen", "title": "Schreibtischlampe", "multiple": ["colour"]},
)  # fmt: skip
SETTINGS = {"safety_name": "Lumea GmbH", "safety_address": "Musterstraße 1, 12345 Berlin, DE"}


def draft(**changes: object) -> ListingDraft:
    values: dict[str, object] = {
        "sku": "L-1",
        "text": Text("Lumea Lampe", "Eine Lampe."),
        "brand": "Lumea",
        "category": "Lampen",
        "gtin": "4006381333931",
        "condition": Condition.NEW,
        "price": Money(2499, "EUR"),
        "quantity": 5,
        "attributes": {"Farbe": "schwarz; Weiß", "energy class": "E"},
        "image_count": 1,
    }
    return ListingDraft(**{**values, **changes})  # type: ignore[arg-type]


def mapped(one: ListingDraft, rules: CategoryRules = RULES, site: str = "de", **settings: str) -> Mapped:
    return map_draft(one, rules, Seller(storefront_of(site), {**SETTINGS, **settings}))


def blocking(found: Mapped) -> dict[str, Finding]:
    return {one.field: one for one in found.findings if one.blocks}


def test_the_two_forms() -> None:
    found = mapped(draft(), handling_time="3", id_warehouse="201", id_shipping_group="", vat_indicator="reduced_rate_1")
    assert not found.blocked, found.findings
    assert found.body["unit"] == {
        "ean": "4006381333931",
        "id_offer": "L-1",
        "condition": "NEW",
        "listing_price": 2499,
        "amount": 5,
        "handling_time": 3,
        "id_warehouse": 201,
        "vat_indicator": "reduced_rate_1",
    }
    assert found.body["product_data"] == {
        "ean": ["4006381333931"],
        "attributes": {
            "title": ["Lumea Lampe"],
            "description": ["Eine Lampe."],
            "category": ["Schreibtischlampen"],
            "manufacturer": ["Lumea"],
            "colour": ["Schwarz", "Weiß"],
            "energy_class": ["E"],
            "product_safety_contact": {"name": "Lumea GmbH", "address": "Musterstraße 1, 12345 Berlin, DE"},
        },
    }


@pytest.mark.parametrize(
    ("form", "word"), [("title", "Schreibtischlampe"), ("id", "21"), ("name", "Schreibtischlampen")]
)
def test_how_the_category_is_named_can_be_chosen(form: str, word: str) -> None:
    assert mapped(draft(), category_form=form).body["product_data"]["attributes"]["category"] == [word]


@pytest.mark.parametrize(
    ("code", "taken", "blocks"),
    [
        ("4006381333931", "4006381333931", False),
        ("4006-3813 33931", "4006381333931", False),
        ("04006381333931", "04006381333931", False),
        ("036000291452", "0036000291452", False),  # a UPC: said, not silent
        ("4006381333932", "4006381333932", True),
        ("73513537", "73513537", True),
        ("", "", True),
        ("KEINE", "KEINE", True),
    ],
)
def test_eans(code: str, taken: str, blocks: bool) -> None:
    ean, findings = read_gtin(code)
    assert ean == taken
    assert any(one.blocks for one in findings) is blocks
    assert bool(findings) is (blocks or len(code) == 12)


@pytest.mark.parametrize(
    ("site", "price", "words"),
    [
        ("de", Money(100_000_001, "EUR"), "too high"),
        ("pl", Money(450_000_001, "PLN"), "too high"),
        ("cz", Money(2_147_483_648, "CZK"), "too high"),
        ("cz", Money(100, "EUR"), "sells in CZK"),
        ("de", Money(0, "EUR"), "no price"),
        ("de", None, "no price"),
    ],
)
def test_prices_that_are_not_taken(site: str, price: Money | None, words: str) -> None:
    assert words in blocking(mapped(draft(price=price), site=site))["price"].message


def test_the_highest_prices_are_taken() -> None:
    for site, minor, currency in (("de", 100_000_000, "EUR"), ("pl", 450_000_000, "PLN"), ("cz", 2_147_483_647, "CZK")):
        found = mapped(draft(price=Money(minor, currency)), site=site)
        assert not found.blocked
        assert found.body["unit"]["listing_price"] == minor


def test_used_goods_have_a_grade_and_a_note() -> None:
    used = mapped(
        draft(condition=Condition.USED, attributes={"Farbe": "Schwarz", "Note": "Kratzer"}), used_grade="GOOD"
    )
    assert (used.body["unit"]["condition"], used.body["unit"]["note"]) == ("USED___GOOD", "Kratzer")
    again = mapped(draft(condition=Condition.REFURBISHED), used_grade="AS_NEW")
    assert again.body["unit"]["condition"] == "REFURBISHED___AS_NEW"
    long = mapped(draft(attributes={"Farbe": "Schwarz", "note": "x" * 251}))
    assert blocking(long)["attributes.note"].limit == "at most 250"
    assert "note" not in long.body["unit"]


@pytest.mark.parametrize("days", ["101", "-1", "two"])
def test_handling_time_is_checked(days: str) -> None:
    assert "0 to 100" in blocking(mapped(draft(), handling_time=days))[""].message


def test_what_a_new_page_misses_blocks_only_where_it_is_needed() -> None:
    bare = draft(attributes={}, brand="", text=Text("Lumea Lampe"))
    missing = {"attributes.colour", "brand", "description"}
    offline = mapped(bare)
    assert not offline.blocked
    assert {one["field"] for one in offline.body["problems"]} == missing
    assert all("only if" in one.message for one in offline.findings if one.field in missing)
    assert set(blocking(mapped(replace(bare, catalog_id=UNKNOWN)))) == missing
    assert set(blocking(mapped(bare, send_data="always"))) == missing
    known = mapped(replace(bare, catalog_id="300 Stabilo Boss gelb"))
    assert not known.blocked
    assert known.body["product_data"] == {}
    assert any("Stabilo Boss gelb" in one.message for one in known.findings)


def test_safety_contacts_come_from_the_product_before_the_account() -> None:
    own = {"product_safety_contact.name": "Andere GmbH", "Product safety email address": "a@example.com"}
    found = mapped(draft(attributes={"Farbe": "Schwarz", **own}))
    contact = found.body["product_data"]["attributes"]["product_safety_contact"]
    assert contact["name"] == "Andere GmbH"
    assert contact["email_address"] == "a@example.com"
    assert not any(one.rule == "kaufland.attributes_unknown" for one in found.findings)
    without = map_draft(draft(catalog_id=UNKNOWN), RULES, Seller(storefront_of("de"), {}))
    assert set(blocking(without)) == {"attributes.product_safety_contact.name"}


def test_safety_attributes_that_a_category_has_are_filled_one_by_one() -> None:
    family = tuple(
        AttributeRule(f"product_safety_contact_{part}", part, "text", required=True) for part in ("name", "url")
    )
    rules = replace(RULES, attributes=(*RULES.attributes, *family))
    found = mapped(draft(catalog_id=UNKNOWN), rules)
    attributes = found.body["product_data"]["attributes"]
    assert attributes["product_safety_contact_name"] == ["Lumea GmbH"]
    assert "product_safety_contact" not in attributes
    assert set(blocking(found)) == {"attributes.product_safety_contact.url"}


def test_values_outside_a_closed_list() -> None:
    required = blocking(mapped(draft(attributes={"Farbe": "Türkis"}, catalog_id=UNKNOWN)))
    assert "not among the values" in required["attributes.colour"].message
    optional = replace(RULES, attributes=(AttributeRule("colour", "Farbe", "list", values=(("Schwarz", "Schwarz"),)),))
    found = mapped(draft(attributes={"Farbe": "Türkis"}, catalog_id=UNKNOWN), optional)
    assert not found.blocked
    assert any("left out" in one.message for one in found.findings)
    assert "colour" not in found.body["product_data"]["attributes"]


def test_titles_are_never_cut() -> None:
    long = mapped(draft(text=Text("Lampe " * 20, "Text")), title_max="60")
    finding = blocking(long)["title"]
    assert (finding.limit, long.body["product_data"]["attributes"]["title"]) == (
        "at most 60",
        [("Lampe " * 20).strip()],
    )
    assert "for example to: Lampe Lampe" in finding.fix
    recommended = mapped(draft(text=Text("Lampe " * 20, "Text")))
    assert not recommended.blocked
    assert any(one.rule == "kaufland.title_best" for one in recommended.findings)


def test_descriptions_are_plain_text() -> None:
    html = "<h2>Lampe</h2><ul><li>5 &lt; 6</li></ul><script>alert(1)</script>"
    found = mapped(draft(text=Text("Lampe", html)))
    assert found.body["product_data"]["attributes"]["description"] == ["Lampe\n\n- 5 < 6"]
    assert any(one.rule == "kaufland.description_html" and not one.blocks for one in found.findings)


def test_only_leaves_take_products() -> None:
    assert "category" in blocking(mapped(draft(catalog_id=UNKNOWN), replace(RULES, listing_allowed=False)))


def test_a_storefront_nobody_knows_yet_is_taken_as_it_comes() -> None:
    assert storefront_of("ro").locale == "ro-RO"
    assert not mapped(draft(), site="ro").blocked
