"""Products in the form of Allegro's offers, and what can be known to be wrong beforehand."""

from dataclasses import replace
from typing import Any

import pytest

from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.allegro.mapping import Seller, map_draft
from mmhub_desktop.marketplaces.allegro.texts import clean_title, description_size, make_description
from mmhub_desktop.marketplaces.base import CategoryRules, ListingDraft, Mapped
from tests.contract.test_allegro import SETTINGS, AllegroStage

SELLER = Seller("PLN", SETTINGS)


def draft_of(**changes: Any) -> ListingDraft:
    """A cup, or something else in its place."""
    draft = ListingDraft(
        "CUP-1", Text("Kubek ceramiczny niebieski 350 ml", "Kubek."), "Andina", "", "", Condition.NEW,
        Money(4990, "PLN"), 7, {"Kolor": "blue; biały", "Capacity": "0,35 l"}, image_count=1,
    )  # fmt: skip
    return replace(draft, **changes)


def blocking(mapped: Mapped) -> list[Finding]:
    """Findings that stop it."""
    return [one for one in mapped.findings if one.blocks]


def test_a_whole_offer(mugs: CategoryRules):
    mapped = map_draft(draft_of(), mugs, SELLER)
    assert not mapped.blocked, mapped.findings
    product = mapped.body["productSet"][0]["product"]
    assert {row["id"]: row for row in product["parameters"]} == {
        "248811": {"id": "248811", "valuesIds": ["248811_4"], "values": ["Andina"]},  # not in the dictionary: custom
        "127448": {"id": "127448", "valuesIds": ["127448_3", "127448_1"]},
        "202685": {"id": "202685", "values": ["350"]},  # litres in the parameter's millilitres
    }
    assert mapped.body["parameters"] == [{"id": "11323", "valuesIds": ["11323_1"]}]
    assert mapped.body["sellingMode"] == {"format": "BUY_NOW", "price": {"amount": "49.90", "currency": "PLN"}}
    assert mapped.body["publication"] == {"status": "INACTIVE"}
    assert mapped.body["delivery"]["shippingRates"] == {"id": SETTINGS["shipping_rates"]}
    assert mapped.body["location"]["province"] == "MAZOWIECKIE"


def test_a_product_of_the_catalogue_needs_no_parameters_of_its_own(mugs: CategoryRules):
    known = "00000000-0000-4000-8000-000000000001"
    mapped = map_draft(draft_of(attributes={}, brand="", catalog_id=known), mugs, SELLER)
    assert not mapped.blocked
    assert mapped.body["productSet"][0]["product"] == {"id": known}
    missing = blocking(map_draft(draft_of(attributes={}, brand=""), mugs, SELLER))
    assert {one.field for one in missing} == {"brand", "attributes.Capacity"}
    with_code = draft_of(attributes={}, brand="", gtin="5901234123457")
    not_asked_yet = map_draft(with_code, mugs, SELLER)
    assert not not_asked_yet.blocked
    assert {one.field for one in not_asked_yet.findings} == {"brand", "attributes.Capacity"}
    assert len(blocking(map_draft(replace(with_code, catalog_id="-"), mugs, SELLER))) == 2
    own = Seller("PLN", {**SETTINGS, "products": "own"})
    assert len(blocking(map_draft(with_code, mugs, own))) == 2


def test_a_category_that_takes_products_of_the_catalogue_only(mugs: CategoryRules):
    closed = replace(mugs, schema={**mugs.schema, "options": {"productCreationEnabled": False}})
    (finding,) = blocking(map_draft(draft_of(), closed, SELLER))
    assert finding.field == "gtin"
    known = "00000000-0000-4000-8000-000000000001"
    assert not map_draft(draft_of(catalog_id=known), closed, SELLER).blocked


def test_what_is_told_of_safety(mugs: CategoryRules):
    words = {"Capacity": "350", "Safety information": "Gorące!", "Marketed before GPSR": "Yes"}
    seller = Seller("PLN", {**SETTINGS, "responsible_producer": "55555555-5555-4555-8555-555555555555"})
    mapped = map_draft(draft_of(attributes=words), mugs, seller)
    assert not [one for one in mapped.findings if one.rule == "allegro.attributes_unknown"]
    (set_of,) = mapped.body["productSet"]
    assert set_of["safetyInformation"] == {"type": "TEXT", "description": "Gorące!"}
    assert set_of["responsibleProducer"] == {"type": "ID", "id": "55555555-5555-4555-8555-555555555555"}
    assert set_of["marketedBeforeGPSRObligation"] is True


def test_parameters_that_others_demand(lamps: CategoryRules):
    base = {"Model": "Flex", "Power": "0.008 kW", "Colour temperature": "2700 - 6500 K"}
    mapped = map_draft(draft_of(attributes=base), lamps, SELLER)
    assert not mapped.blocked, mapped.findings
    rows = {row["id"]: row for row in mapped.body["productSet"][0]["product"]["parameters"]}
    assert rows["235922"]["values"] == ["8"]
    assert rows["250003"]["rangeValue"] == {"from": "2700", "to": "6500"}
    with_light = {**base, "Light source included": "yes"}
    (finding,) = blocking(map_draft(draft_of(attributes=with_light), lamps, SELLER))
    assert finding.field == "attributes.Energy class"
    assert not map_draft(draft_of(attributes={**with_light, "Energy class": "a"}), lamps, SELLER).blocked
    without = {**base, "Light source included": "no", "Material of the shade": "szkło"}
    (finding,) = blocking(map_draft(draft_of(attributes=without), lamps, SELLER))
    assert "does not go with" in finding.message


@pytest.mark.parametrize(
    ("changes", "field", "limit"),
    [
        ({"text": Text("Kubek " + "bardzo duży " * 8)}, "title", "at most 75"),
        ({"text": Text("Kubek niebieski350")}, "title", "at least 3 words"),
        ({"text": Text("A b c")}, "title", "at least 12"),
        ({"text": Text("Kubek ceramiczny 350 ml", "ż" * 20_000)}, "description", "at most 40,000 bytes"),
        ({"sku": "S" * 101}, "sku", "at most 100"),
        ({"gtin": "5901234123458"}, "gtin", ""),
        ({"price": Money(4990, "EUR")}, "price", "PLN"),
        ({"quantity": 0}, "quantity", "1 to 2,147,483,647"),
        ({"attributes": {"Capacity": "6000 ml"}}, "attributes.Capacity", "10 to 5000"),
        ({"attributes": {"Capacity": "350 kg"}}, "attributes.Capacity", "ml"),
        ({"attributes": {"Capacity": "350", "Allegro product id": "abc"}}, "attributes.Allegro product id", ""),
        ({"catalog_id": "a b"}, "gtin", "a, b"),
    ],
)
def test_what_allegro_would_refuse(mugs: CategoryRules, changes: dict[str, Any], field: str, limit: str):
    found = blocking(map_draft(draft_of(**changes), mugs, SELLER))
    assert [(one.field, one.limit) for one in found] == [(field, limit)]
    assert all(one.fix for one in found)


def test_a_long_title_is_not_cut_but_a_shorter_one_proposed():
    title = "Kubek ceramiczny z uchwytem do kawy i herbaty, ręcznie malowany, pojemność 350 ml"
    kept, (finding,) = clean_title(title)
    assert kept == title
    proposed = finding.fix.partition("to: ")[2]
    assert title.startswith(proposed)
    assert len(proposed) <= 75


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"location_city": ""}, "town"),
        ({"location_postcode": "00950"}, "not a Polish one"),
        ({"location_province": ""}, "province"),
        ({"handling_time": "P6D"}, "until dispatch"),
    ],
)
def test_settings_that_offers_need(mugs: CategoryRules, settings: dict[str, str], words: str):
    (finding,) = blocking(map_draft(draft_of(), mugs, Seller("PLN", {**SETTINGS, **settings})))
    assert words in finding.message
    assert "Marketplaces" in finding.fix


def test_goods_that_a_category_does_not_take_used(mugs: CategoryRules):
    assert map_draft(draft_of(condition=Condition.USED), mugs, SELLER).body["parameters"][0]["valuesIds"] == ["11323_2"]
    without = replace(mugs, attributes=tuple(replace(one, values=one.values[:1]) for one in mugs.attributes))
    found = blocking(map_draft(draft_of(condition=Condition.USED), without, SELLER))
    assert "condition" in {one.field for one in found}


def test_lines_become_paragraphs_and_lists():
    description, findings = make_description("Kubek & spodek < 5 cm\n\n- do zmywarki\n- 350 ml\nKoniec")
    assert findings == []
    assert description["sections"][0]["items"][0]["content"] == (
        "<p>Kubek &amp; spodek &lt; 5 cm</p><ul><li>do zmywarki</li><li>350 ml</li></ul><p>Koniec</p>"
    )


def test_html_is_brought_to_allegros_tags_and_what_is_lost_is_said():
    html = "<h3>Kubek</h3><div>Bardzo <strong>dobry</strong><br>i tani <i>zawsze</i></div><script>x()</script><ul><li>a"
    description, (finding,) = make_description(html)
    content = description["sections"][0]["items"][0]["content"]
    assert content == "<h2>Kubek</h2><p>Bardzo <b>dobry</b></p><p>i tani zawsze</p><ul><li>a</li></ul>"
    assert not finding.blocks
    assert "i, script" in finding.message
    assert make_description("")[0] == {}


def test_the_size_of_a_description_counts_bytes():
    assert description_size({"sections": [{"items": [{"type": "TEXT", "content": "ż"}]}]}) == len(
        b'[{"items":[{"type":"TEXT","content":".."}]}]'
    )


async def test_numbers_of_the_choices_are_those_of_the_account(stage: AllegroStage):
    rates = await stage.adapter().read_choices("shipping_rates")
    assert [name for _, name in rates] == ["Courier and parcel lockers", "Large goods"]  # not those of its warehouse
    assert dict(await stage.adapter().read_choices("responsible_producer"))
    for choice in stage.marketplace.choices:
        assert await stage.adapter().read_choices(choice.key), choice
