"""Drafts in Paris' form, with what is found before anything is sent."""

from dataclasses import replace

import pytest

from mmhub_desktop.domain.gtin import is_gtin
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules, ListingDraft, RemoteImage, VariantDraft
from mmhub_desktop.marketplaces.paris.mapping import map_draft, with_pictures
from mmhub_desktop.marketplaces.paris.terms import Terms

TERMS = Terms("STORE", "LIST", "OFFER", "", 120, 10, "parent", "storePrice", "POST", offers_always=True)
RULES = CategoryRules(
    "fam:cat",
    "Zapatillas",
    listing_allowed=True,
    title_max=120,
    description_max=10_000,
    pictures_max=10,
    currency="CLP",
    attributes=(
        AttributeRule("a1", "Marca", "string", required=True),
        AttributeRule("a2", "Descripción Larga/Emocional", "string", required=True),
        AttributeRule("a3", "Descripción corta", "string"),
        AttributeRule("a4", "Material", "list", values=(("o1", "Cuero"), ("o2", "Algodón"))),
        AttributeRule("a5", "Peso", "number"),
        AttributeRule("v1", "Talla", "list", required=True, values=(("s38", "38"), ("s39", "39"))),
        AttributeRule("v2", "EAN", "string"),
    ),
    schema={"allow_variant": True, "product": ["a1", "a2", "a3", "a4", "a5"], "variant": ["v1", "v2"]},
)
DRAFT = ListingDraft(
    sku="SKU-1",
    text=Text("Zapatillas Andes", "Livianas & cómodas.\nSuela de goma."),
    brand="Andes",
    category="",
    gtin="",
    condition=Condition.NEW,
    price=Money(39990, "CLP"),
    quantity=3,
    attributes={"Material": "algodon", "Size": "38", "Weight": "1,5 kg"},
    image_count=1,
)


def values(rows: list[dict[str, str]]) -> dict[str, str]:
    return {row["id"]: row["value"] for row in rows}


def test_the_set_of_attributes_is_complete_and_options_go_by_their_id() -> None:
    mapped = map_draft(DRAFT, RULES, TERMS)
    assert not mapped.blocked, mapped.findings
    product = mapped.body["product"]
    assert (product["name"], product["sellerSku"], product["familyId"], product["category"]) == (
        "Zapatillas Andes", "SKU-1", "fam", "cat",
    )  # fmt: skip
    assert values(product["attributes"]) == {
        "a1": "Andes",
        "a2": "Livianas &amp; cómodas.<br>Suela de goma.",
        "a3": "Livianas & cómodas. Suela de goma.",
        "a4": "o2",
        "a5": "1.5",
    }
    (variant,) = mapped.body["variants"]
    assert variant["skuSeller"] == "SKU-1"
    assert values(variant["attributes"]) == {"v1": "s38", "v2": ""}


def test_both_prices_and_the_stock_follow() -> None:
    after = map_draft(DRAFT, RULES, TERMS).after
    assert after["prices"] == [
        {"value": 39990, "storePrice": "STORE", "type": "LIST"},
        {"value": 39990, "storePrice": "STORE", "type": "OFFER"},
    ]
    assert after["stock"] == [["SKU-1", 3]]


def test_pictures_are_counted_from_one_and_a_variants_own_comes_first() -> None:
    variants = (VariantDraft("S-38", {"Size": "38"}, 1, image=1), VariantDraft("S-39", {"Size": "39"}, 2))
    mapped = map_draft(replace(DRAFT, variants=variants), RULES, TERMS)
    assert not mapped.blocked, mapped.findings
    images = (RemoteImage("", "https://a.example/1.jpg"), RemoteImage("", "https://a.example/2.jpg"))
    first, second = with_pictures(mapped, images)["variants"]
    assert [one["src"][-5:] for one in first["medias"]] == ["2.jpg", "1.jpg"]
    assert [one["position"] for one in second["medias"]] == [1, 2]
    assert [one["src"][-5:] for one in second["medias"]] == ["1.jpg", "2.jpg"]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"sku": "S" * 51}, "sku", "51 characters"),
        ({"text": Text("Z" * 121, "x")}, "title", "121 characters"),
        ({"price": Money(100, "USD")}, "price", "sells in CLP"),
        ({"price": Money(2_000_000_000, "CLP")}, "price", "too high"),
        ({"quantity": 1_000_000}, "quantity", "between 0 and"),
        ({"image_count": 0}, "images", "no image"),
        ({"brand": ""}, "brand", "asks for “Marca”"),
        ({"gtin": "7501031311308"}, "gtin", "digits do not fit"),
        ({"text": Text("Zapatillas", "")}, "description", "Descripción Larga"),
        ({"attributes": {"Size": "47"}}, "attributes.Talla", "not among the values"),
        ({"attributes": {"Talla": "38", "Peso": "liviano"}}, "attributes.Peso", "must be a number"),
    ],
)
def test_what_cannot_be_sent_is_named(changes: dict[str, object], field: str, words: str) -> None:
    findings = map_draft(replace(DRAFT, **changes), RULES, TERMS).findings  # type: ignore[arg-type]
    blocking = [one for one in findings if one.blocks]
    assert [one.field for one in blocking] == [field], blocking
    assert words in blocking[0].message
    assert blocking[0].fix


def test_a_long_title_comes_with_a_shorter_one() -> None:
    (finding,) = [
        one
        for one in map_draft(replace(DRAFT, text=Text("Zapatilla azul " * 9, "x")), RULES, TERMS).findings
        if one.blocks
    ]
    assert finding.fix.startswith("Shorten it, for example to: Zapatilla azul")
    assert len(finding.fix.partition("to: ")[2]) <= 120


def test_a_long_description_gives_a_short_one_of_whole_sentences() -> None:
    long = "<p>Primera frase corta.</p><p>" + "Una frase más larga que las otras. " * 10 + "</p>"
    mapped = map_draft(replace(DRAFT, text=Text("Zapatillas", long)), RULES, TERMS)
    short = values(mapped.body["product"]["attributes"])["a3"]
    assert len(short) <= 250
    assert short.startswith("Primera frase corta. Una frase")
    assert short.endswith(".")
    (finding,) = [one for one in mapped.findings if one.rule == "paris.short_description"]
    assert short in finding.fix
    assert not finding.blocks


def test_scripts_do_not_travel() -> None:
    text = Text("Zapatillas", "<p>Hola</p><script>alert(1)</script>")
    mapped = map_draft(replace(DRAFT, text=text), RULES, TERMS)
    assert values(mapped.body["product"]["attributes"])["a2"] == "<p>Hola</p>"
    assert "paris.description_scripts" in {one.rule for one in mapped.findings}


def test_variants_need_a_family_that_allows_them_one_price_and_skus_of_their_own() -> None:
    variants = (
        VariantDraft("S-1", {"Size": "38"}, 1),
        VariantDraft("S-1", {"Size": "39"}, 1, price=Money(1, "CLP")),
    )
    rules = replace(RULES, schema={**RULES.schema, "allow_variant": False})
    told = [one.message for one in map_draft(replace(DRAFT, variants=variants), rules, TERMS).findings if one.blocks]
    assert any("one variant only" in one for one in told)
    assert any("same SKU" in one for one in told)
    assert any("one price for all" in one for one in told)


def test_without_a_store_price_the_seller_is_asked_to_choose() -> None:
    (finding,) = [one for one in map_draft(DRAFT, RULES, replace(TERMS, store_price="")).findings if one.blocks]
    assert "choose the store price" in finding.fix
    assert not map_draft(DRAFT, RULES, replace(TERMS, store_price="", price_row="value")).blocked


@pytest.mark.parametrize("code", ["96385074", "036000291452", "7501031311309", "10012345678902"])
def test_barcodes_with_right_check_digits(code: str) -> None:
    assert is_gtin(code)
    assert not is_gtin(code[:-1] + str((int(code[-1]) + 1) % 10))
