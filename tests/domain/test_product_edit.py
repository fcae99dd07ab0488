"""What is edited together: the plan of what to write."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmhub_desktop.domain.ids import AccountId, ListingId, ProductId
from mmhub_desktop.domain.listing import Listing
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.domain.product_edit import document, name_of, plan, split, variant_sku
from mmhub_desktop.errors import UserMistake

SHIRT = Product(
    ProductId(1), "SHIRT", Text("Linen shirt", "Soft.", ("linen",)), brand="Nord", price=Money(2990, "EUR"),
    cost=Money(900, "EUR"), attributes={"Material": "Linen", "Fit": "Slim"},
)  # fmt: skip
SMALL = replace(
    SHIRT, id=ProductId(2), sku="SHIRT-S", parent_id=ProductId(1), options={"Size": "S"}, quantity=2, attributes={}
)
LARGE = replace(SMALL, id=ProductId(3), sku="SHIRT-L", options={"Size": "L"}, price=Money(3490, "EUR"))

AMOUNTS = st.sampled_from(["29.90", "35", "1,234.50", "34.90", "0.99"])
COUNTS = st.integers(0, 500).map(str)
WORDS = st.text("abcñ 한é", max_size=8)
CELLS = st.fixed_dictionaries(
    {},
    optional={
        "price": AMOUNTS, "cost": st.one_of(AMOUNTS, st.just("")), "quantity": COUNTS, "brand": WORDS,
        "category": WORDS,
        "attributes.Material": WORDS, "attributes.New": WORDS, "original.description": WORDS,
        "optimized.title": WORDS.filter(str.strip), "weight": st.sampled_from(["", "1.2 kg", "3 oz"]),
        "variant.2.price": st.one_of(AMOUNTS, st.just("")), "variant.3.price": st.one_of(AMOUNTS, st.just("")),
        "variant.2.quantity": COUNTS, "variant.3.gtin": WORDS, "own.7.title": WORDS,
    },
)  # fmt: skip


@given(CELLS)
def test_what_is_written_is_what_was_set_and_nothing_else(changed: dict[str, str]) -> None:
    before = document(SHIRT, "", [SMALL, LARGE], [])
    made = plan(SHIRT, [SMALL, LARGE], changed)
    written = {each.id: each for each in made.changed}
    variants = [written.get(each.id, each) for each in (SMALL, LARGE)]
    after = document(made.product, "", variants, [])
    again = plan(made.product, variants, changed)
    assert (again.product, again.changed) == (made.product, ())  # writing it once more changes nothing
    untouched = {key for key in before if key not in changed and not key.endswith(".price") and key != "currency"}
    assert {key: after.get(key) for key in untouched} == {key: before[key] for key in untouched}
    for variant, old in zip(variants, (SMALL, LARGE), strict=True):
        if f"variant.{old.id}.price" not in changed:
            assert variant.price == (made.product.price if old.price == SHIRT.price else old.price)


def test_new_variants_are_as_their_parent_but_for_what_was_said() -> None:
    made = plan(SHIRT, [SMALL], {"variant.new-1.options": '{"Size": "XL"}', "variant.new-1.price": "40"})
    new = made.created[0]
    assert (new.sku, new.price, new.quantity, new.gtin) == ("SHIRT-XL", Money(4000, "EUR"), 0, "")
    assert (new.brand, new.original.title, new.parent_id) == ("Nord", "Linen shirt XL", SHIRT.id)


def test_removed_variants_and_words_taken_back() -> None:
    made = plan(SHIRT, [SMALL, LARGE], {"variant.2.removed": "yes", "variant.2.price": "x", "own.7.title": " "})
    assert made.removed == (SMALL.id,)
    assert made.own == {AccountId(7): {"title": None}}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"variant.2.sku": "shirt-l"}, "is there twice"),
        ({"variant.2.options": '{"Size": "L"}'}, "The variant L is there twice"),
        ({"variant.2.quantity": "-1"}, "Variant SHIRT-S: “-1” is not a quantity"),
    ],
)
def test_what_cannot_be_is_refused_with_the_variant(changed: dict[str, str], why: str) -> None:
    with pytest.raises(UserMistake, match=why):
        plan(SHIRT, [SMALL, LARGE], changed)


def test_cells_are_named_for_people() -> None:
    names = [
        name_of(key, {"2": "SHIRT-S"}, {"7": "Our shop"})
        for key in ("variant.2.price", "variant.9.price", "variant.new-1.sku", "own.7.title", "attributes.Fit", "gtin")
    ]
    assert names == [
        "Price of SHIRT-S", "Price of a variant that is gone", "SKU of a new variant", "Title on Our shop",
        "Attribute Fit", "Barcode (GTIN)",
    ]  # fmt: skip
    assert split("variant.2.price") == ("variant.", "2", "price")


def test_proposed_skus_have_plain_letters() -> None:
    assert variant_sku("LAMP", {"Color": "Azul marino", "Talla": "Ñ/2"}) == "LAMP-AZUL-MARINO-N-2"
    assert (
        variant_sku("LAMP", {"Color": "赤"}) == variant_sku("LAMP", {"Color": "赤"}) != variant_sku("LAMP", {"C": "青"})
    )


def test_price_and_stock_of_an_account_are_cells_with_their_currency() -> None:
    own = {"price_minor": 2450, "currency": "CHF", "quantity": 4}
    cells = document(SHIRT, "", [], [Listing(ListingId(3), SHIRT.id, AccountId(7), overrides=own)])
    assert (cells["own.7.price"], cells["own.7.quantity"]) == ("24.50 CHF", "4")
    made = plan(SHIRT, [], {"own.7.price": "1.200,50 EUR", "own.7.quantity": "", "own.8.quantity": "0"})
    assert made.own == {
        AccountId(7): {"price_minor": 120050, "currency": "EUR", "quantity": None}, AccountId(8): {"quantity": 0},
    }  # fmt: skip
    assert plan(SHIRT, [], {"own.7.price": ""}).own == {AccountId(7): {"price_minor": None, "currency": None}}


@pytest.mark.parametrize(
    ("key", "text", "why"),
    [
        ("own.7.price", "12", "has no currency"),
        ("own.7.price", "cheap EUR", "“cheap” is not a price in EUR"),
        ("own.7.quantity", "2.5", "is not a quantity"),
    ],
)
def test_what_means_nothing_on_an_account_is_refused(key: str, text: str, why: str) -> None:
    with pytest.raises(UserMistake, match=why):
        plan(SHIRT, [], {key: text})
