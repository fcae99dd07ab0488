"""The rule-based writer and the words it goes by."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmhub_desktop.catalog.claims import unfounded
from mmhub_desktop.catalog.wording import cut_paragraphs, cut_words, drop_symbols, html_tags, paragraphs, plain
from mmhub_desktop.catalog.writer import clean_title, guess_language, write, write_title
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.marketplace import TextLimits
from mmhub_desktop.domain.product import Product, Text

LIMITS = TextLimits(title=60, description=2_000, keywords=8)


def product(title: str, description: str = "", **fields: object) -> Product:
    return replace(Product(ProductId(1), "S", Text(title, description)), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  Mug   blue ", "Mug blue"),
        ("★★ OFERTA!! Taza de cerámica - ENVÍO GRATIS 🔥", "Taza de cerámica"),
        ("LED bulb E27 9W warm white - NEW!!! BEST PRICE", "LED bulb E27 9W warm white - NEW"),
        ("Taza Taza azul azul", "Taza azul"),
        ("Cable USB-C a USB-C", "Cable USB-C a USB-C"),
        ("LAMPARA DE MESA LED 220V", "Lampara de Mesa LED 220V"),
        ("STUHL MIT LEHNE", "Stuhl mit Lehne"),
        ("iPhone-Hülle", "iPhone-Hülle"),
        ("taza", "Taza"),
        ("<b>Taza</b> &amp; plato", "Taza & plato"),
        ('Monitor 24" 1,920 x 1,080', 'Monitor 24" 1,920 x 1,080'),
        ("Aceite 15W-40 3,5 % N°2", "Aceite 15W-40 3,5 % N°2"),
        ("OFERTA", "OFERTA"),
    ],
)  # fmt: skip
def test_titles_are_cleaned(before: str, after: str) -> None:
    assert clean_title(before) == after


def test_brand_and_key_attributes_are_added_as_far_as_they_fit() -> None:
    attributes = {"Material": "Algodón", "Color": "Azul", "Modelo": "Flex 3", "Voltaje": "220 V"}
    assert write_title(product("Lámpara de mesa", brand="Lumea", attributes=attributes), 60) == (
        "Lámpara de mesa Lumea Flex 3 Azul Algodón", (),
    )  # fmt: skip
    assert write_title(product("Lámpara de mesa", brand="Lumea", attributes=attributes), 30)[0] == (
        "Lámpara de mesa Lumea Flex 3"
    )
    assert write_title(product("LUMEA lámpara azul", brand="Lumea", attributes={"Color": "Azul"}), 60)[0] == (
        "LUMEA lámpara azul"
    )


def test_a_long_title_ends_at_a_word_and_says_so() -> None:
    title, (finding,) = write_title(product("Botella térmica de acero inoxidable con tapa de bambú y doble pared"), 50)
    assert title == "Botella térmica de acero inoxidable con tapa"
    assert (finding.rule, finding.blocks, finding.limit) == ("writer.title_shortened", False, "50")


def test_a_description_gets_the_facts_it_does_not_name() -> None:
    text, _ = write(
        product(
            "Taza", "<p>Una taza para el café.</p><ul><li>Color: Azul</li></ul>", brand="Bruma",
            attributes={"Color": "Azul", "Material": "Cerámica", "Vacío": " "}, weight_g=1_500, size_mm=(100, 85, 90),
        ),
        LIMITS,
    )  # fmt: skip
    assert text.description == (
        "Una taza para el café.\n\n- Color: Azul\n\n"
        "Características:\n- Marca: Bruma\n- Material: Cerámica\n- Peso: 1.5 kg\n- Medidas: 10 × 8.5 × 9 cm"
    )


def test_keywords_come_once_each_and_up_to_the_limit() -> None:
    cup = product("Taza de cerámica azul", brand="Bruma", category="Hogar > Tazas", attributes={"Color": "Azul"})
    cup = replace(cup, original=replace(cup.original, keywords=("Café", "bruma")))
    text, _ = write(cup, LIMITS)
    assert text.keywords == ("café", "bruma", "tazas", "hogar", "taza", "cerámica", "azul")
    assert write(cup, replace(LIMITS, keywords=2))[0].keywords == ("café", "bruma")
    assert len(write(cup, replace(LIMITS, keywords=0))[0].keywords) == 7


def test_writing_twice_changes_nothing_more() -> None:
    first = product("TAZA!! azul", "Una taza.", brand="Bruma", attributes={"Color": "Azul", "Material": "Cerámica"})
    text, _ = write(first, LIMITS, "es")
    assert write(replace(first, original=text), LIMITS, "es")[0] == text


WORDS = st.text(alphabet=st.characters(codec="utf-8"), max_size=200)


@given(WORDS, WORDS, WORDS, st.dictionaries(WORDS, WORDS, max_size=4), st.integers(20, 120))
def test_any_product_gives_text_within_the_limits(
    title: str, description: str, brand: str, attributes: dict[str, str], limit: int
) -> None:
    limits = TextLimits(title=limit, description=300, keywords=5)
    text, _ = write(product(title, description, brand=brand, attributes=attributes), limits)
    assert len(text.title) <= limit
    assert len(text.description) <= 300
    assert len(text.keywords) <= 5
    assert "\n" not in text.title


def test_rules_claim_nothing_that_is_not_in_the_record() -> None:
    lamp = product(
        "Lámpara 3 tonos", "Consume 8,5 W.", brand="Philips", attributes={"Modelo": "XR-900"}, weight_g=1_500,
        size_mm=(320, 480, 15),
    )  # fmt: skip
    assert unfounded(write(lamp, LIMITS)[0], lamp) == ()


@pytest.mark.parametrize(
    ("said", "claims"),
    [
        ("Set de 4 tazas de 350ml", []),
        ("4 tazas, 0,35 litros", ["0,35"]),
        ("Taza de 350.0 ml, 1,200 veces", []),
        ("1. Lavar\n2) Secar", []),
        ("Certificado ISO y CE, con garantía", ["ce", "iso", "garantía"]),
        ("Keramik-Tasse aus Keramik", []),
        ("Compatible con Samsung y Nespresso", ["samsung", "nespresso"]),
        ("Modelo ab12 o AB-12", []),
        ("Modelo AB-13", ["AB-13"]),
    ],
)
def test_claims(said: str, claims: list[str]) -> None:
    cups = product("Cuatro tazas de cerámica AB-12", "De 350 ml. Probadas 1.200 veces.")
    assert sorted(finding.value for finding in unfounded(Text("", said), cups)) == sorted(claims)


@pytest.mark.parametrize(
    ("text", "language"),
    [("Taza para el café con asa", "es"), ("The mug for your coffee", "en"), ("Die Tasse für den Kaffee", "de"),
     ("Kubek do kawy i herbaty", "pl"), ("Caneca para o café com você", "pt"), ("XR-900", "")],
)  # fmt: skip
def test_languages_are_told_apart(text: str, language: str) -> None:
    assert guess_language(text) == language


def test_html_becomes_readable_text() -> None:
    page = "<h1>Title</h1><p>One<br>two &lt;3</p><style>p {}</style><ul><li>a</li><li>b</li></ul><script>x</script>"
    assert paragraphs(plain(page)) == "Title\n\nOne\ntwo <3\n\n- a\n- b"
    assert plain("3 < 4 and 5 > 2") == "3 < 4 and 5 > 2"
    assert html_tags("<P class='x'>a</p><!-- c -->") == {"p", "!--"}


def test_shortening_keeps_whole_words_and_sentences() -> None:
    assert cut_words("one two three", 9) == "one two"
    assert cut_words("one two three", 7) == "one two"
    assert cut_words("unbreakable", 5) == "unbre"
    assert cut_paragraphs("First part.\nSecond part.", 15) == "First part."
    assert cut_paragraphs("First sentence. Second sentence.", 20) == "First sentence."
    assert cut_paragraphs("no end in sight here", 12) == "no end in"


def test_symbols_go_and_measures_stay() -> None:
    assert drop_symbols("a🔥b ★ 20° №5 ©® 👍🏽 ♥️") == "ab  20° №5 ©®  "
