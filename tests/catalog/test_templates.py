"""Import templates: kept under a name, found by header, and what changed when the header did."""

import pytest

from mmhub_desktop.catalog.plan import ATTRIBUTE, GENERATE, IGNORE, EmptyCell, ImportPlan, NumberStyle, plan_from
from mmhub_desktop.catalog.reading import inspect
from mmhub_desktop.catalog.templates import FoundTemplate, find_template, header_of, settings_of
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.templates import ImportTemplateStore
from tests.catalog.conftest import Write

FILE = "Ref;Words;Amount;Heft (kg);Farbe;Farbe\nA1;Chair;1.234;1,5;red;blue\n"
ANSWERS = {
    "column:0": "sku", "column:1": "title", "column:2": "price", "number:2": "comma", "currency": "CLP",
    "column:3": "weight", "empty:2": "clear", "default:1": "No name", "column:5": IGNORE, "column:4": ATTRIBUTE,
    "constant:brand": "Acme",
}  # fmt: skip


async def keep(db: Database, name: str, plan: ImportPlan) -> None:
    await ImportTemplateStore(db).save(name, header_of(plan), settings_of(plan))


async def find(db: Database, *header: str) -> FoundTemplate | None:
    return find_template(await ImportTemplateStore(db).all(), header)


async def test_a_template_makes_the_same_plan_of_the_next_file(db: Database, write: Write) -> None:
    reading = inspect(write(FILE))
    plan = plan_from(reading, ANSWERS)
    await keep(db, "  Old   shop ", plan)
    found = await find(db, *reading.header)
    assert found is not None
    assert found.is_exact
    assert (found.template.name, found.reason) == ("Old shop", "The header is the one of the template “Old shop”.")
    again = plan_from(reading, found.answers(reading.header))
    assert (again.columns, again.constants, again.currency) == (plan.columns, plan.constants, "CLP")


async def test_columns_may_move_come_go_and_be_renamed(db: Database, write: Write) -> None:
    await keep(db, "Old shop", plan_from(inspect(write(FILE)), ANSWERS))
    moved = inspect(write("Farbe;amount;Words;Heft (g);New one;REF\nred;5,00;Chair;2;x;A1\n"))
    found = await find(db, *moved.header)
    assert found is not None
    assert (found.came, found.went, found.renamed) == (("New one",), (), (("Heft (kg)", "Heft (g)"),))
    assert found.reason == (
        "The header is like the one of the template “Old shop”; “Heft (kg)” is now “Heft (g)”; new: “New one”."
    )
    plan = plan_from(moved, found.answers(moved.header))
    fields = {column.header: column.field for column in plan.columns}
    assert fields == {
        "Farbe": ATTRIBUTE, "amount": "price", "Words": "title", "Heft (g)": "weight", "New one": ATTRIBUTE,
        "REF": "sku",
    }  # fmt: skip
    price = plan.columns[1]
    assert (price.style, price.empty) == (NumberStyle.COMMA, EmptyCell.CLEAR)
    assert plan.columns[2].default == "No name"


async def test_the_nearest_template_is_taken_and_none_when_none_is_near(db: Database, write: Write) -> None:
    three = inspect(write("sku,title,color\nA,B,c\n"))
    four = inspect(write("sku,title,color,size\nA,B,c,d\n"))
    await keep(db, "three", plan_from(three))
    await keep(db, "four", plan_from(four))
    near = await find(db, "sku", "title", "color", "size", "stock")
    assert near is not None
    assert (near.template.name, near.came) == ("four", ("stock",))
    less = await find(db, "sku", "title")
    assert less is not None
    assert (less.template.name, less.went) == ("three", ("color",))
    assert await find(db, "id", "colour name", "material") is None


async def test_where_skus_come_from_is_kept(db: Database, write: Write) -> None:
    reading = inspect(write("title,ean,id\nChair,4006381333931,7\n"))
    for answer in (GENERATE, "1"):
        plan = plan_from(reading, {"sku": answer})
        await keep(db, "one", plan)
        found = await find(db, *reading.header)
        assert found is not None
        again = plan_from(reading, found.answers(reading.header))
        assert (again.sku_from, again.generate_sku) == (plan.sku_from, plan.generate_sku)


async def test_the_store_keeps_renames_and_forgets(db: Database) -> None:
    store = ImportTemplateStore(db)
    await store.save("One", ("a", "b"), "{}")
    await store.save("Two", ("c",), "{}")
    await store.save("One", ("a",), '{"answers": {}}')
    one, two = await store.all()
    assert (one.name, one.header, one.settings, one.used_at) == ("One", ("a",), '{"answers": {}}', None)
    await store.note_used(two)
    assert [each.name for each in await store.all()] == ["Two", "One"]
    assert (await store.by_name(" two ")).id == two.id
    with pytest.raises(UserMistake, match="cannot be used"):
        await store.rename(one, "TWO")
    await store.rename(one, "Uno")
    with pytest.raises(UserMistake, match="no import template “One”") as caught:
        await store.by_name("One")
    assert "“Uno”" in caught.value.hint
    with pytest.raises(UserMistake, match="no name"):
        await store.save("  ", (), "{}")
    await store.delete(two)
    assert [each.name for each in await store.all()] == ["Uno"]
