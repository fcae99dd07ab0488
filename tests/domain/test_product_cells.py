"""Products as cells of text, and back."""

from dataclasses import replace

import pytest

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.measures import read_size, read_weight
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Product, Text
from mmhub_desktop.domain.product_cells import cells_of, faults_of, read_price, sound_cells, with_cells
from mmhub_desktop.errors import UserMistake

LAMP = Product(
    ProductId(7), "LAMP-1", Text("Desk lamp", "Two\nlines ", ("lamp", "desk, white")), brand="Lumea",
    price=Money(24990, "CLP"), cost=Money(9000, "CLP"), quantity=5, weight_g=1200, size_mm=(300, 200, 100),
    attributes={"Colour": "White"},
)  # fmt: skip


def test_every_cell_written_back_leaves_the_product_as_it_was() -> None:
    cells = cells_of(LAMP)
    for key, value in cells.items():
        if key != "original.keywords":  # a keyword with a comma becomes two when keywords are edited
            assert with_cells(LAMP, {key: value}) in (
                LAMP,
                replace(LAMP, original=Text("Desk lamp", "Two\nlines", LAMP.original.keywords)),
            )


def test_an_edited_title_leaves_the_other_words_alone() -> None:
    edited = with_cells(LAMP, {"original.title": "  Big \n lamp "})
    assert edited.original == Text("Big lamp", "Two\nlines ", ("lamp", "desk, white"))


def test_cells_change_what_they_name() -> None:
    edited = with_cells(
        LAMP,
        {"price": "19.990", "quantity": "0", "condition": "used", "weight": "1,5 kg", "size": "30 x 20 x 10 cm",
         "attributes.Colour": "", "attributes.Power": "12 W", "optimized.title": "Better lamp", "active": ""},
    )  # fmt: skip
    assert edited.price == Money(19990, "CLP")
    assert (edited.quantity, edited.condition, edited.weight_g, edited.size_mm, edited.active) == (
        0, Condition.USED, 1500, (300, 200, 100), False,
    )  # fmt: skip
    assert edited.attributes == {"Power": "12 W"}
    assert edited.optimized == Text("Better lamp")


def test_another_currency_holds_for_price_and_cost() -> None:
    edited = with_cells(LAMP, {"currency": "eur", "price": "24.99", "cost": "9"})
    assert (edited.price, edited.cost) == (Money(2499, "EUR"), Money(900, "EUR"))


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1,234.50", "EUR", 123450), ("1.234,5", "EUR", 123450), ("1234", "EUR", 123400), ("0,1", "EUR", 10),
        ("24.990", "CLP", 24990), ("1 234 567", "CLP", 1234567), ("12 345,67 PLN", "PLN", 1234567),
        ("1.234", "KWD", 1234), ("", "EUR", None),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(text: str, currency: str, minor: int | None) -> None:
    assert read_price(text, currency, "price") == (None if minor is None else Money(minor, currency))


@pytest.mark.parametrize(
    ("text", "currency"), [("1.234", "EUR"), ("1,234", "KWD"), ("9,999", "EUR"), ("12.5", "CLP"), ("-3", "EUR"),
                           ("1.23.45", "EUR"), ("abc", "EUR"), ("١٢", "EUR")],
)  # fmt: skip
def test_amounts_that_could_mean_two_things_or_none_are_refused(text: str, currency: str) -> None:
    with pytest.raises(UserMistake, match="is not a price"):
        read_price(text, currency, "price")


def test_faults_name_each_cell() -> None:
    faults = faults_of(LAMP, {"price": "x", "quantity": "1.5", "sku": " ", "weight": "2 stones", "brand": "Ok"})
    assert sorted(faults) == ["price", "quantity", "sku", "weight"]
    assert all(mistake.hint for mistake in faults.values())


def test_a_price_needs_a_currency() -> None:
    bare = replace(LAMP, price=None, cost=None)
    assert faults_of(bare, {"price": "5"})["price"].message == "The price has no currency."
    assert with_cells(bare, {"price": "5", "currency": "EUR"}).price == Money(500, "EUR")


def test_a_fault_of_one_amount_is_not_that_of_another() -> None:
    changed = {"price": "x", "cost": "12", "currency": "EUR", "optimized.title": "", "optimized.keywords": "a"}
    assert sorted(faults_of(LAMP, changed)) == ["optimized.keywords", "optimized.title", "price"]
    assert sound_cells(LAMP, {**changed, "brand": "Nord"}) == {"brand": "Nord"}
    assert list(faults_of(LAMP, {"currency": "pesos"})) == ["currency"]
    assert faults_of(LAMP, {"currency": "EUR", "price": "24.99", "cost": "9.5"}) == {}


def test_measures_with_their_units() -> None:
    assert (read_weight("12 oz"), read_weight("2 lb"), read_weight("750")) == (340, 907, 750)
    assert read_size("12x8x4 in") == (305, 203, 102)
    with pytest.raises(UserMistake):
        read_size("30 x 20 cm")


def test_a_text_needs_a_title() -> None:
    better = replace(LAMP, optimized=Text("Better", "Longer"), optimized_by="a model")
    assert "no title" in faults_of(LAMP, {"original.title": "  "})["original.title"].message
    assert "no title" in faults_of(better, {"optimized.title": ""})["optimized.title"].message
    gone = {"optimized.title": "", "optimized.description": "", "optimized.keywords": ""}
    assert faults_of(better, gone) == {}
    assert (with_cells(better, gone).optimized, with_cells(better, gone).optimized_by) == (None, "")
