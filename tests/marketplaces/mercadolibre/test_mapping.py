"""A draft becomes what MercadoLibre takes, or findings that say what to mend; nothing is cut silently."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmhub_desktop.domain.gtin import is_gtin
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules, ListingDraft, Mapped
from mmhub_desktop.marketplaces.mercadolibre.amounts import json_number, read_money
from mmhub_desktop.marketplaces.mercadolibre.attributes import express, find_value
from mmhub_desktop.marketplaces.mercadolibre.mapping import Seller, map_draft
from mmhub_desktop.marketplaces.mercadolibre.texts import clean_description, clean_title

COLORS = (("1", "Negro"), ("2", "Azul"), ("3", "Multicolor"))
REASONS = (("11", "Artesanal"), ("12", "El producto no tiene código registrado"))
RULES = CategoryRules(
    id="MLC2001",
    name="Cocina",
    listing_allowed=True,
    title_max=60,
    description_max=200,
    pictures_max=3,
    currency="CLP",
    price_min=Money(500, "CLP"),
    price_max=Money(9_000_000, "CLP"),
    attributes=(
        AttributeRule("BRAND", "Marca", "string", required=True, max_length=20),
        AttributeRule("MODEL", "Modelo", "string", required=True),
        AttributeRule("COLOR", "Color", "string", values=COLORS),
        AttributeRule("GENDER", "Género", "list", values=(("21", "Hombre"), ("22", "Mujer"))),
        AttributeRule("CAPACITY", "Capacidad", "number_unit", units=("mL", "L", "oz")),
        AttributeRule("PIECES_NUMBER", "Cantidad de piezas", "number"),
        AttributeRule("IS_DISHWASHER_SAFE", "Apto para lavavajillas", "boolean", values=(("31", "Sí"), ("32", "No"))),
        AttributeRule("CATEGORY_RANK", "Posición", "number", read_only=True, required=True),
        AttributeRule("GTIN", "Código universal de producto", "string", conditional=True),
        AttributeRule("EMPTY_GTIN_REASON", "Motivo de GTIN vacío", "list", hidden=True, values=REASONS),
        AttributeRule("ITEM_CONDITION", "Condición", "list", values=(("41", "Nuevo"), ("42", "Usado"))),
        AttributeRule("SELLER_PACKAGE_WEIGHT", "Peso del paquete", "number_unit", hidden=True, units=("g", "kg")),
        AttributeRule("SELLER_PACKAGE_LENGTH", "Largo del paquete", "number_unit", hidden=True, units=("cm",)),
    ),
)
SELLER = Seller("MLC", "CLP", user_products=False)
DRAFT = ListingDraft(
    sku="T-1",
    text=Text("Taza de cerámica azul 350 ml", "Una taza."),
    brand="Andina",
    category="Cocina",
    gtin="7501031311309",
    condition=Condition.NEW,
    price=Money(12990, "CLP"),
    quantity=7,
    attributes={"modelo": "T-350", "colour": "blue", "Capacidad": "350ml"},
    image_count=2,
)


def mapped(rules: CategoryRules = RULES, seller: Seller = SELLER, **changes: object) -> Mapped:
    return map_draft(replace(DRAFT, **changes), rules, seller)  # type: ignore[arg-type]


def attributes(of: Mapped) -> dict[str, dict[str, object]]:
    return {row["id"]: {key: row[key] for key in row if key != "id"} for row in of.body["attributes"]}


def blocking(of: Mapped) -> dict[str, Finding]:
    return {finding.field: finding for finding in of.findings if finding.blocks}


def test_a_good_draft_in_the_title_model():
    result = mapped()
    assert result.findings == ()
    assert {key: value for key, value in result.body.items() if key != "attributes"} == {
        "title": "Taza de cerámica azul 350 ml",
        "category_id": "MLC2001",
        "price": 12990,
        "currency_id": "CLP",
        "available_quantity": 7,
        "buying_mode": "buy_it_now",
        "listing_type_id": "gold_special",
    }
    assert attributes(result) == {
        "BRAND": {"value_name": "Andina"},
        "MODEL": {"value_name": "T-350"},
        "COLOR": {"value_id": "2", "value_name": "Azul"},
        "CAPACITY": {"value_name": "350 mL"},
        "GTIN": {"value_name": "7501031311309"},
        "ITEM_CONDITION": {"value_id": "41", "value_name": "Nuevo"},
        "SELLER_SKU": {"value_name": "T-1"},
    }
    assert result.after == {"pictures": 2, "description": "Una taza."}


def test_the_user_products_model_names_the_family():
    body = mapped(seller=replace(SELLER, user_products=True)).body
    assert body["family_name"] == "Taza de cerámica azul 350 ml"
    assert "title" not in body


def test_prices_have_their_currencys_decimals():
    brazil = Seller("MLB", "BRL", user_products=False)
    rules = replace(RULES, currency="BRL", price_min=None, price_max=None)
    assert mapped(rules, brazil, price=Money(1999, "BRL")).body["price"] == 19.99
    assert mapped(rules, brazil, price=Money(2000, "BRL")).body["price"] == 20
    assert isinstance(mapped().body["price"], int)
    pesos = Seller("MCO", "COP", user_products=False, decimals=0)
    finding = blocking(mapped(rules, pesos, price=Money(199950, "COP")))["price"]
    assert "no decimals" in finding.message


@settings(max_examples=200)
@given(st.integers(min_value=1, max_value=10**15 - 1), st.sampled_from(["CLP", "BRL", "MXN", "KWD"]))
def test_an_amount_survives_json(minor, currency):
    import json

    money = Money(minor, currency)
    assert read_money(json.loads(json.dumps(json_number(money))), currency) == money


@pytest.mark.parametrize(
    "price", [None, Money(0, "CLP"), Money(-1, "CLP"), Money(499, "CLP"), Money(9_000_001, "CLP"), Money(1299, "USD")]
)
def test_prices_that_cannot_be_are_named(price):
    assert blocking(mapped(price=price))["price"].message


def test_an_absurd_price_without_a_category_limit():
    assert "price" in blocking(mapped(replace(RULES, price_max=None), price=Money(10**16, "CLP")))


@pytest.mark.parametrize("quantity", [0, -3, 100_000])
def test_quantities_that_cannot_be(quantity):
    assert blocking(mapped(quantity=quantity))["quantity"].value == str(quantity)


def test_images():
    assert "images" in blocking(mapped(image_count=0))
    many = mapped(image_count=5)
    assert not many.blocked
    assert [finding.rule for finding in many.findings] == ["mercadolibre.images_many"]
    assert many.after["pictures"] == 3


def test_a_general_category_is_refused():
    assert "category" in blocking(mapped(replace(RULES, listing_allowed=False)))


def test_a_long_title_is_not_cut_but_a_shorter_one_proposed():
    title = "Taza de cerámica azul con asa grande para café y té caliente"
    result = mapped(text=Text(title + " de 350 ml"))
    assert result.body["title"] == title + " de 350 ml"
    finding = blocking(result)["title"]
    assert finding.limit == "at most 60"
    assert finding.fix == f"Shorten it, for example to: {title}"
    assert len(title) == 60


@pytest.mark.parametrize(
    ("title", "sent"),
    [
        ("  Taza \n azul  ", "Taza azul"),
        ("Taza 🎉 azul ☕️", "Taza azul"),
        ("Taza 𝐀𝐙𝐔𝐋", "Taza AZUL"),
        ("Taza Andina® 5°", "Taza Andina® 5°"),
        ("كوب أزرق", "كوب أزرق"),
        ("Taza \u202eluza\u202c", "Taza luza"),
    ],
)
def test_titles_are_cleaned_and_it_is_said(title, sent):
    cleaned, findings = clean_title(title, 60)
    assert cleaned == sent
    assert not any(finding.blocks for finding in findings)
    changed = " ".join(title.split()) != sent
    assert [finding.rule for finding in findings] == (["mercadolibre.title_symbols"] if changed else [])


@pytest.mark.parametrize("title", ["", "   ", "🎉🎉"])
def test_a_title_without_words(title):
    assert [finding.rule for finding in clean_title(title, 60)[1] if finding.blocks] == ["mercadolibre.title_missing"]


@pytest.mark.parametrize(
    ("text", "sent", "rules"),
    [
        ("a\r\nb\rc", "a\nb\nc", []),
        ("<p>Uno</p><p>Dos<br>Tres</p>", "Uno\n\nDos\nTres", ["description_html"]),
        ("<ul><li>a<li>b</ul>", "- a\n- b", ["description_html"]),
        ("Tom &amp; Jerry", "Tom & Jerry", ["description_html"]),
        ("5 < 6 y 7 > 6", "5 ‹ 6 y 7 › 6", ["description_html"]),
        ("5 < 6", "5 < 6", []),
        ("&lt;b&gt;x&lt;/b&gt;", "‹b›x‹/b›", ["description_html"]),
        ("Hola 🎉 ★", "Hola", ["description_symbols"]),
        ("<style>p{}</style>x", "x", ["description_html"]),
        ("", "", []),
    ],
)
def test_descriptions_become_plain_text(text, sent, rules):
    cleaned, findings = clean_description(text, 200)
    assert cleaned == sent
    assert [finding.rule.removeprefix("mercadolibre.") for finding in findings] == rules
    assert not any(finding.blocks for finding in findings)


def test_a_long_description_blocks():
    cleaned, findings = clean_description("x" * 201, 200)
    assert len(cleaned) == 201
    assert [finding.blocks for finding in findings] == [True]


@settings(max_examples=300)
@given(st.text(max_size=300))
def test_any_text_ends_plain(text):
    description, _ = clean_description(text, 50_000)
    title, _ = clean_title(text, 60)
    for cleaned in (description, title):
        assert all(ord(char) <= 0xFFFF for char in cleaned)
        cleaned.encode("utf-8")
    assert "\n" not in title
    again, _ = clean_title(title, 60)
    assert again == title


def test_missing_required_attributes_block_by_name():
    result = mapped(brand="", attributes={})
    assert set(blocking(result)) == {"brand", "attributes.MODEL"}
    assert "Modelo" in blocking(result)["attributes.MODEL"].message


def test_brand_and_barcode_of_the_product_win():
    result = mapped(attributes={**DRAFT.attributes, "Marca": "Other", "EAN": "4006381333931"})
    assert attributes(result)["BRAND"] == {"value_name": "Andina"}
    assert attributes(result)["GTIN"] == {"value_name": "7501031311309"}
    other = mapped(brand="", gtin="", attributes={**DRAFT.attributes, "Marca": "Other", "EAN": "4006381333931"})
    assert attributes(other)["BRAND"] == {"value_name": "Other"}
    assert attributes(other)["GTIN"] == {"value_name": "4006381333931"}


def test_a_missing_barcode_gets_its_reason():
    result = mapped(gtin="")
    assert attributes(result)["EMPTY_GTIN_REASON"] == {"value_id": "12", "value_name": REASONS[1][1]}
    assert [(finding.field, finding.blocks) for finding in result.findings] == [("gtin", False)]
    chosen = mapped(gtin="", attributes={**DRAFT.attributes, "EMPTY_GTIN_REASON": "artesanal"})
    assert attributes(chosen)["EMPTY_GTIN_REASON"]["value_id"] == "11"
    wrong = mapped(gtin="", attributes={**DRAFT.attributes, "EMPTY_GTIN_REASON": "lost"})
    assert "attributes.EMPTY_GTIN_REASON" in blocking(wrong)


def test_a_required_barcode_without_a_reason_to_give_blocks():
    rules = replace(
        RULES,
        attributes=tuple(
            replace(rule, required=True) if rule.id == "GTIN" else rule
            for rule in RULES.attributes
            if rule.id != "EMPTY_GTIN_REASON"
        ),
    )
    assert "gtin" in blocking(mapped(rules, gtin=""))


def test_a_wrong_barcode_blocks():
    assert "gtin" in blocking(mapped(gtin="7501031311300"))
    assert "gtin" in blocking(mapped(gtin="ABC"))
    assert attributes(mapped(gtin="750-1031 311309"))["GTIN"] == {"value_name": "7501031311309"}


@pytest.mark.parametrize(
    ("code", "good"),
    [("96385074", True), ("036000291452", True), ("4006381333931", True), ("10012345678902", True),
     ("4006381333932", False), ("123", False), ("４００６３８１３３３９３１", False), ("", False)],
)  # fmt: skip
def test_check_digits(code, good):
    assert is_gtin(code) is good


def test_condition_by_the_categorys_values():
    assert attributes(mapped(condition=Condition.USED))["ITEM_CONDITION"]["value_id"] == "42"
    assert "condition" in blocking(mapped(condition=Condition.REFURBISHED))
    free = replace(RULES, attributes=tuple(rule for rule in RULES.attributes if rule.id != "ITEM_CONDITION"))
    brazil = replace(SELLER, site="MLB")
    assert attributes(mapped(free, brazil, condition=Condition.NEW))["ITEM_CONDITION"] == {"value_name": "Novo"}


def test_package_size_and_weight_are_sent_where_asked_for():
    result = attributes(mapped(weight_g=420, size_mm=(101, 80, 90)))
    assert result["SELLER_PACKAGE_WEIGHT"] == {"value_name": "420 g"}
    assert result["SELLER_PACKAGE_LENGTH"] == {"value_name": "11 cm"}
    assert "SELLER_PACKAGE_WIDTH" not in result


def test_unknown_attributes_are_told_in_one_finding():
    result = mapped(attributes={**DRAFT.attributes, "Shelf": "A7", "Supplier": "X", "Empty": " "})
    assert not result.blocked
    assert [finding.rule for finding in result.findings] == ["mercadolibre.attributes_unknown"]
    assert "Shelf, Supplier." in result.findings[0].message


def test_terms_of_sale_stand_beside_the_attributes():
    result = mapped(
        attributes={**DRAFT.attributes, "WARRANTY_TYPE": "Garantía del vendedor", "Warranty time": "90 días"}
    )
    assert result.body["sale_terms"] == [
        {"id": "WARRANTY_TYPE", "value_name": "Garantía del vendedor"},
        {"id": "WARRANTY_TIME", "value_name": "90 días"},
    ]
    assert "WARRANTY_TYPE" not in attributes(result)


def rule(attribute_id: str) -> AttributeRule:
    return next(one for one in RULES.attributes if one.id == attribute_id)


@pytest.mark.parametrize(
    ("attribute_id", "value", "taken"),
    [
        ("COLOR", "AZUL", {"value_id": "2", "value_name": "Azul"}),
        ("COLOR", "black", {"value_id": "1", "value_name": "Negro"}),
        ("COLOR", "2", {"value_id": "2", "value_name": "Azul"}),
        ("COLOR", "Turquesa", {"value_name": "Turquesa"}),
        ("GENDER", "women", {"value_id": "22", "value_name": "Mujer"}),
        ("IS_DISHWASHER_SAFE", "yes", {"value_id": "31", "value_name": "Sí"}),
        ("IS_DISHWASHER_SAFE", "FALSE", {"value_id": "32", "value_name": "No"}),
        ("CAPACITY", "0,5 l", {"value_name": "0.5 L"}),
        ("CAPACITY", "1500 ML", {"value_name": "1500 mL"}),
        ("PIECES_NUMBER", "12", {"value_name": "12"}),
        ("COLOR", "N/A", {"value_id": "-1", "value_name": None}),
    ],
)
def test_values_in_their_form(attribute_id, value, taken):
    assert express(rule(attribute_id), value) == taken


@pytest.mark.parametrize(
    ("attribute_id", "value"),
    [
        ("GENDER", "robots"), ("IS_DISHWASHER_SAFE", "maybe"), ("CAPACITY", "350"), ("CAPACITY", "5 kg"),
        ("CAPACITY", "1.500 mL"), ("CAPACITY", "big"), ("PIECES_NUMBER", "a dozen"), ("BRAND", "x" * 21),
    ],
)  # fmt: skip
def test_values_that_do_not_fit(attribute_id, value):
    refused = express(rule(attribute_id), value)
    assert isinstance(refused, Finding)
    assert refused.value == value
    assert refused.blocks is rule(attribute_id).required
    assert ("left out" in refused.message) is not rule(attribute_id).required


def test_a_required_attribute_with_a_bad_value_is_told_once():
    result = mapped(brand="x" * 21)
    assert [finding.field for finding in result.findings if finding.blocks] == ["brand"]


def test_no_value_is_found_for_nothing():
    assert find_value(rule("COLOR"), "★") is None
