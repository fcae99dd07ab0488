"""Any products → a file of ours, Shopify's or WooCommerce's, saved again in any way → imported elsewhere → equal."""

import asyncio
import csv
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from mmhub_desktop.catalog.export.writing import ExportOrder, write_export
from mmhub_desktop.catalog.plan import plan_from
from mmhub_desktop.catalog.reading import inspect
from mmhub_desktop.catalog.staged import ReadAs
from mmhub_desktop.catalog.staging import stage
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Product, Text, sku_key
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.products import ProductStore, save_in
from tests.catalog.dialects.conftest import import_plan

# Every kind of letter; what no text of a product can hold is left out: controls, halves of characters, ends of spaces.
Family = tuple[Product, list[Product]]

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp1250", "iso8859-1", "iso8859-2")


class _Letters:
    """Texts of what an encoding can hold."""

    def __init__(self, encoding: str) -> None:
        codec = "utf-8" if encoding.startswith("utf") else encoding
        letters = st.characters(codec=codec, exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\ufeff")
        self.words = st.text(letters, max_size=20).map(lambda text: " ".join(text.split()))
        self.some = self.words.filter(bool)
        odd = st.sampled_from(['a "quote"', "=1+1", ";,|\t", "<p>x</p>"])
        self.lines = st.lists(st.one_of(self.words, odd), max_size=3).map(lambda lines: "\n".join(lines).strip())


_LETTERS = {encoding: _Letters(encoding) for encoding in ENCODINGS}


@dataclass(frozen=True, slots=True)
class Saved:
    """How a program saves a CSV file that it has opened."""

    encoding: str = "utf-8"
    delimiter: str = ","
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL
    line_end: str = "\r\n"

    def save(self, path: Path) -> None:
        """Write a file of ours again, in this way."""
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = list(csv.reader(file))
        with path.open("w", encoding=self.encoding, newline="") as file:
            csv.writer(file, delimiter=self.delimiter, quoting=self.quoting, lineterminator=self.line_end).writerows(
                table
            )


_SAVED = st.builds(
    Saved, st.sampled_from(ENCODINGS), st.sampled_from(",;\t|"), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
)  # fmt: skip
_PLAIN = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8)
_LINKS = st.lists(_PLAIN.map("https://x.example/{}.jpg".format), max_size=3, unique=True)
_NAMES = st.sampled_from(["Material", "Colour (outside)", "größe", "Feature, other", "x: y"])


@st.composite
def _product(draw: st.DrawFn, sku: str, letters: _Letters, *, plain: bool) -> Product:
    """A product with this SKU. ``plain``: only what Shopify and WooCommerce can hold."""
    currency = "EUR" if plain else draw(st.sampled_from(["EUR", "CLP", "KWD"]))
    amounts = st.integers(0, 10**9).map(lambda minor: Money(minor, currency))
    some, words, lines = letters.some, letters.words, letters.lines
    optimized = None if plain else draw(st.none() | st.builds(Text, some, lines, st.lists(some).map(tuple)))
    return Product(
        id=ProductId(0),
        sku=sku,
        original=Text(
            draw(_PLAIN if plain else some),
            draw(_PLAIN if plain else lines),
            tuple(draw(st.lists(_PLAIN if plain else some, max_size=3, unique=True))),
        ),
        optimized=optimized,
        optimized_by=draw(words) if optimized else "",
        brand=draw(_PLAIN if plain else words),
        category=draw(_PLAIN if plain else words),
        gtin=draw(st.sampled_from(["", "4006381333931", "0737628064502"])),
        condition=Condition.NEW if plain else draw(st.sampled_from(list(Condition))),
        price=draw(amounts if plain else st.none() | amounts),
        cost=None if plain else draw(st.none() | amounts),
        quantity=draw(st.integers(0, 10**6)),
        weight_g=draw(st.integers(0, 10**6) if plain else st.none() | st.integers(0, 10**6)),
        size_mm=None if plain else draw(st.none() | st.tuples(*[st.integers(0, 10**5)] * 3)),
        images=tuple(draw(_LINKS)),
        attributes=draw(st.dictionaries(_NAMES, _PLAIN if plain else some, max_size=3)),
        active=draw(st.booleans()),
    )


@st.composite
def _files(draw: st.DrawFn, *, plain: bool) -> tuple[list[Family], Saved]:
    """Products with no variants, or two and more; and how their file is saved."""
    saved = draw(_SAVED)
    letters = _LETTERS[saved.encoding]
    keys = draw(st.lists(_PLAIN if plain else letters.some, min_size=1, max_size=8, unique_by=sku_key))
    keys = [key for key in keys if key[:40] == key]
    made: list[Family] = []
    while keys:
        parent = draw(_product(keys.pop(), letters, plain=plain))
        wanted = draw(st.sampled_from([0, 0, 2, 3]))
        variants = []
        if len(keys) >= wanted:
            for number in range(wanted):
                one = draw(_product(keys.pop(), letters, plain=plain))
                if plain:
                    one = _inheriting(one, parent, str(number))
                variants.append(replace(one, options={"Size": str(number), "Colour": "red, blue"}))
        made.append((parent, variants))
    return made, saved


def _inheriting(one: Product, parent: Product, size: str) -> Product:
    """A variant that has of its own what those shops keep for each variant."""
    title = f"{parent.original.title} - {size} / red, blue"
    return replace(
        one, original=replace(parent.original, title=title), brand=parent.brand, category=parent.category,
        attributes=parent.attributes, active=parent.active, images=parent.images,
    )  # fmt: skip


class _Workspaces:
    """Two workspaces, emptied for each example: making them takes longer than the way there and back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.here, self.there = (Database.open(folder / f"{each}.mmhub", holder="a test") for each in ("here", "there"))

    def close(self) -> None:
        self.here.close()
        self.there.close()

    async def round_trip(
        self, families: Sequence[Family], form: str, saved: Saved, answers: Mapping[str, str] | None = None
    ) -> tuple[list[Product], list[Product], tuple[int, int, int, int]]:
        """(products before, after, counts of the import)."""
        for each in (self.here, self.there):
            await each.write(lambda connection: connection.exec_driver_sql("DELETE FROM product").rowcount)
        await self.here.write(lambda connection: _save(connection, families))
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            target = Path(name) / ("out.xlsx" if form == "xlsx" else "out.csv")
            write_export(self.here.path, ExportOrder(form, str(target)))
            read_as = ReadAs()
            if form != "xlsx":
                saved.save(target)
                read_as = ReadAs(encoding=saved.encoding)  # of random words none is a language's
            (staged,) = stage([target], Path(name) / "staged", read_as).files
            said = {} if staged.is_rewritten else {"encoding": read_as.encoding}
            counts, reasons = await import_plan(plan_from(inspect(staged, **said), answers), self.there)
        assert reasons == {}
        return await _all(self.here), await _all(self.there), counts


def _save(connection: Connection, families: Sequence[Family]) -> None:
    for parent, variants in families:
        parent_id = save_in(connection, parent)
        for one in variants:
            save_in(connection, replace(one, parent_id=parent_id))


@pytest.fixture
def workspaces(tmp_path: Path) -> Iterator[_Workspaces]:
    made = _Workspaces(tmp_path)
    yield made
    made.close()


async def _all(db: Database) -> list[Product]:
    """All products, with what only this workspace says of them left out."""
    store = ProductStore(db)
    ids = await store.ids(ProductQuery(sort=ProductSort.SKU, descending=False))
    found = await store.get_many(ids)
    skus = {each.id: each.sku for each in found}
    return [
        replace(
            each, id=ProductId(0), created_at=None, updated_at=None, version=1, image_base="",
            attributes=dict(sorted(each.attributes.items())),
            parent_id=None if each.parent_id is None else skus[each.parent_id],  # type: ignore[arg-type]
        )
        for each in found
    ]  # fmt: skip


_SOME_EXAMPLES = settings(
    max_examples=15, deadline=None, suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # making a failure smaller takes minutes here
)  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_our_files_lose_nothing(workspaces: _Workspaces, form: str) -> None:
    @_SOME_EXAMPLES
    @given(_files(plain=False))
    def check(written: tuple[list[Family], Saved]) -> None:
        families, saved = written
        before, after, counts = asyncio.run(workspaces.round_trip(families, form, saved))
        assert after == before
        assert counts == (len(before), 0, 0, 0)

    check()


@pytest.mark.parametrize("form", ["shopify", "woocommerce"])
def test_shop_files_come_back_as_they_went(workspaces: _Workspaces, form: str) -> None:
    @_SOME_EXAMPLES
    @given(_files(plain=True))
    def check(written: tuple[list[Family], Saved]) -> None:
        families, saved = written
        before, after, _ = asyncio.run(workspaces.round_trip(families, form, saved, {"currency": "EUR"}))
        assert _kept(after, form) == _kept(before, form)

    check()


def _kept(products: Sequence[Product], form: str) -> list[Product]:
    """What the shop's file holds of products: what variants have of their own, their parent has not."""
    parents = {each.parent_id for each in products}
    kept = []
    for product in products:
        one = replace(product, source="", source_id="", quality=0)
        if one.sku in parents:
            one = replace(one, price=None, quantity=0)
            one = replace(one, weight_g=None, gtin="") if form == "shopify" else one
        kept.append(one)
    return kept
