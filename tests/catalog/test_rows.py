"""One row to product values: every kind of cell, and why rows are refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmhub_desktop.catalog.plan import ATTRIBUTE, IGNORE, ImportPlan, NumberStyle, PlanColumn
from mmhub_desktop.catalog.row_columns import stored_columns
from mmhub_desktop.catalog.row_refusal import Refused
from mmhub_desktop.catalog.rows import RowMaker, split_images
from mmhub_desktop.domain.product import search_key, sku_key
from mmhub_desktop.domain.quality import score_parts

FIELDS = (
    "sku", "title", "description", "keywords", "brand", "category", "gtin", "condition", "price", "cost", "currency",
    "quantity", "weight", "length", "width", "height", "images", "images", "active", ATTRIBUTE, ATTRIBUTE, IGNORE,
)  # fmt: skip
HEADER = (*FIELDS[:-3], "Color", "Color", "note")
UNITS = {"weight": "kg", "length": "cm", "width": "cm", "height": "cm"}


def make_plan(fields: tuple[str, ...] = FIELDS, header: tuple[str, ...] = HEADER, **more: Any) -> ImportPlan:
    columns = tuple(
        PlanColumn(index, header[index], field, NumberStyle.POINT, UNITS.get(field, ""))
        for index, field in enumerate(fields)
    )
    plan = ImportPlan(
        path=Path("/goods/a.csv"), size=1, modified_ns=1, file_hash="", encoding="utf-8", undecodable=False,
        delimiter=",", header_row=0, header=header, columns=columns, currency="EUR", image_base="/goods",
    )  # fmt: skip
    return replace(plan, **more)


def make(cells: dict[str, str] | list[str], **more: Any) -> dict[str, Any]:
    plan = make_plan(**more)
    row = [cells.get(field, "") for field in FIELDS] if isinstance(cells, dict) else cells
    return dict(zip(stored_columns(plan), RowMaker(plan).make(row), strict=True))


FULL = ["  Ä-1 ", " Silla ", "Buena", "a; b|c", "Acme", "Home", "'400 638", "Nuevo", "1,234.50", "€7", "eur", "3",
        "1.5", "10", "20 mm", "3", "https://x/1.jpg|https://x/2.jpg", "local 1.png", "Sí", "rojo", "", "x"]  # fmt: skip


def test_every_kind_of_cell() -> None:
    row = make(FULL)
    assert row == {
        "sku": "Ä-1", "sku_key": "ä-1", "search_key": search_key("Silla", "Ä-1"), "title": "Silla",
        "description": "Buena", "keywords": '["a","b","c"]', "brand": "Acme", "category": "Home", "gtin": "400638",
        "condition": "new", "price_minor": 123450, "cost_minor": 700, "currency": "EUR", "quantity": 3,
        "weight_g": 1500, "length_mm": 100, "width_mm": 20, "height_mm": 30,
        "images": '["https://x/1.jpg","https://x/2.jpg","local 1.png"]', "image_base": "/goods",
        "attributes": '{"Color":"rojo"}', "active": 1, "quality": score_parts("Silla", 5, 3, 3),
    }  # fmt: skip


def test_empty_cells_say_nothing() -> None:
    row = make({"sku": "a"})
    assert row == {
        **dict.fromkeys(("title", "description", "brand", "category", "gtin", "condition"), ""),
        **dict.fromkeys(("currency", "image_base"), ""),
        **dict.fromkeys(("price_minor", "cost_minor", "weight_g", "length_mm", "width_mm", "height_mm")),
        "sku": "a", "sku_key": "a", "search_key": None, "keywords": "[]", "images": "[]", "attributes": "{}",
        "quantity": -1, "active": -1, "quality": 0,
    }  # fmt: skip
    assert make(dict.fromkeys(FIELDS, " ") | {"sku": "a"}) == row


def test_only_the_plans_columns_are_touched() -> None:
    plan = make_plan(("sku", "price"), ("sku", "price"))
    assert stored_columns(plan) == ("sku", "sku_key", "search_key", "title", "price_minor", "currency", "quality")


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"sku": " "}, "SKU is missing"),
        ({"sku": "x" * 300}, "300 characters"),
        ({"sku": "a", "price": "on request"}, "Price “on request” is not a number"),
        ({"sku": "a", "price": "-1"}, "below zero"),
        ({"sku": "a", "currency": "dollars"}, "not a currency code"),
        ({"sku": "a", "quantity": "1.5"}, "Quantity “1.5” is not a whole number"),
        ({"sku": "a", "condition": "half eaten"}, "Condition “half eaten”"),
        ({"sku": "a", "active": "maybe"}, "Active “maybe”"),
        ({"sku": "a", "gtin": "4.00638E+12"}, "rounded by Excel"),
        ({"sku": "a", "weight": "3 stones"}, "no known unit"),
    ],
)
def test_refused_rows_say_which_value_is_wrong(cells: dict[str, str], why: str) -> None:
    with pytest.raises(Refused, match=why) as caught:
        make(cells)
    assert caught.value.rule


def test_the_second_row_of_a_sku_is_refused_whatever_its_case() -> None:
    maker = RowMaker(make_plan(("sku",), ("sku",))).make
    maker(["straße"])
    with pytest.raises(Refused, match="earlier row"):
        maker([" STRASSE "])
    maker(["Strassen"])


def test_a_refused_row_does_not_take_its_sku() -> None:
    maker = RowMaker(make_plan(("sku", "price"), ("sku", "price"))).make
    with pytest.raises(Refused):
        maker(["a", "x"])
    assert maker(["a", "1.00"])[0] == "a"


def test_characters_outside_the_encoding_are_refused() -> None:
    for text in ("a\0", "a\udcfc", "a\ufffd"):
        with pytest.raises(Refused, match="encoding"):
            RowMaker(make_plan(("sku", "title"), ("sku", "title"), undecodable=True)).make(["a", text])


@pytest.mark.parametrize(
    ("text", "images"),
    [
        ("a.jpg", ["a.jpg"]),
        ("a.jpg, b.jpg;c.jpg|d.jpg", ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]),
        ("foto 1.jpg foto 2.png", ["foto 1.jpg", "foto 2.png"]),
        ("https://x/a,b.jpg", ["https://x/a,b.jpg"]),
        ("https://x/a.jpg,https://x/b.jpg", ["https://x/a.jpg", "https://x/b.jpg"]),
        ("https://x/a.jpg https://x/b.jpg\nhttps://x/c.jpg", ["https://x/a.jpg", "https://x/b.jpg", "https://x/c.jpg"]),
        ("|a.jpg||b.jpg|", ["a.jpg", "b.jpg"]),
        (" ", []),
    ],
)
def test_images_of_a_cell(text: str, images: list[str]) -> None:
    assert split_images(text) == images
    plan = make_plan(("sku", "images"), ("sku", "images"))
    row = dict(zip(stored_columns(plan), RowMaker(plan).make(["a", text]), strict=True))
    assert json.loads(row["images"]) == images
    assert row["image_base"] == ("/goods" if images and "://" not in images[0] else "")


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=120)


@given(words, words, words)
def test_the_compiled_row_agrees_with_the_plain_rules(sku: str, title: str, color: str) -> None:
    plan = make_plan(("sku", "title", ATTRIBUTE), ("sku", "title", 'Co"lor'))
    try:
        row = dict(zip(stored_columns(plan), RowMaker(plan).make([sku, title, color]), strict=True))
    except Refused:
        assert not sku_key(sku) or len(sku_key(sku)) > 255
        return
    attributes = {'Co"lor': color.strip()} if color.strip() else {}
    assert row["sku_key"] == sku_key(sku)
    plain = title.strip().isascii() and sku.strip().isascii()
    assert row["search_key"] == (None if plain else search_key(title.strip(), sku.strip()))
    assert json.loads(row["attributes"]) == attributes
    assert row["quality"] == score_parts(title.strip(), 0, 0, len(attributes))
