"""What an import makes of empty cells, constants, families and rows without a SKU, in its real process."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from mmhub_desktop.catalog.dry_run import FieldChange, dry_run
from mmhub_desktop.catalog.plan import GENERATE, ImportPlan, plan_from
from mmhub_desktop.catalog.reading import inspect
from mmhub_desktop.catalog.row_process import CHUNK
from mmhub_desktop.domain.imports import ImportCounts
from mmhub_desktop.domain.product import Product
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.products import ProductStore
from tests.catalog.conftest import Import, Write, text_of

FULL = "sku,title,description,price_eur,cost,stock,condition,active,color,image,tags,weight (kg),brand\n"


async def product(db: Database, sku: str) -> Product:
    found = await ProductStore(db).by_sku(sku)
    assert found is not None, sku
    return found


async def test_an_empty_cell_keeps_or_clears_as_chosen(db: Database, write: Write, import_file: Import) -> None:
    await import_file(write(FULL + "A,Chair,Fine,5.00,3.00,7,used,no,red,a.jpg,x;y,1.5,Acme\n"))
    before = await product(db, "A")
    path = write(FULL + "A,,,,,,,,,,,,\n")
    assert (await import_file(path)).counts == ImportCounts(same=1)
    clears = {f"empty:{index}": "clear" for index in range(2, 13)}
    job = await import_file(path, clears)
    assert job.counts == ImportCounts(changed=1)
    after = await product(db, "A")
    assert after.original.title == before.original.title
    assert (after.original.description, after.original.keywords, after.brand) == ("", (), "")
    assert (after.price, after.cost, after.weight_g, after.images, after.attributes) == (None, None, None, (), {})
    assert (after.quantity, after.condition.value, after.active) == (0, "new", True)
    assert (await import_file(write(FULL + "A,,,,,,,,,,,,\n"), clears)).counts == ImportCounts(same=1)


async def test_one_attribute_is_cleared_and_another_kept(db: Database, write: Write, import_file: Import) -> None:
    await import_file(write("sku,title,color,size\nA,Chair,red,L\n"))
    job = await import_file(write("sku,title,color,size\nA,Chair,,\nB,New,,\n"), {"empty:2": "clear"})
    assert job.counts == ImportCounts(new=1, changed=1)
    assert (await product(db, "A")).attributes == {"size": "L"}
    assert (await product(db, "B")).attributes == {}


async def test_what_no_product_can_be_without_is_not_cleared(write: Write) -> None:
    with pytest.raises(UserMistake, match="“title” cannot clear the Title"):
        plan_from(inspect(write("sku,title\nA,B\n")), {"empty:1": "clear"})


async def test_defaults_and_constants(db: Database, write: Write, import_file: Import) -> None:
    answers = {
        "default:2": "4", "default:3": "black", "constant:brand": "Acme", "constant:currency": "USD",
        "constant:attribute:Origin": "Chile", "constant:option:Size": "M", "constant:condition": "used",
        "currency": "EUR", "constant:title": "not taken: there is a column",
    }  # fmt: skip
    job = await import_file(write("sku,title,stock,color,price\nA,Chair,,,5.00\nB,Lamp,9,red,6.00\n"), answers)
    assert job.counts == ImportCounts(new=2)
    chair, lamp = await product(db, "A"), await product(db, "B")
    assert (chair.quantity, lamp.quantity) == (4, 9)
    assert chair.attributes == {"color": "black", "Origin": "Chile"}
    assert lamp.attributes == {"color": "red", "Origin": "Chile"}
    assert (chair.brand, str(chair.price), chair.options) == ("Acme", "5.00 USD", {"Size": "M"})
    assert (chair.condition.value, chair.original.title) == ("used", "Chair")


@pytest.mark.parametrize(
    ("answers", "why"),
    [({"constant:quantity": "many"}, "Quantity “many” is not a number"), ({"default:2": "x"}, "Price “x”")],
)
async def test_a_value_for_all_rows_is_checked_at_once(write: Write, answers: Mapping[str, str], why: str) -> None:
    with pytest.raises(UserMistake, match=why):
        plan_from(inspect(write("sku,title,price_eur\nA,B,1.00\n")), answers)


async def test_families_whatever_the_order_and_the_chunk(db: Database, write: Write, import_file: Import) -> None:
    lines = ["sku,title,parent_sku,option:Size,option:Color", "V1,Shirt S,P1,S,red", "P1,Shirt,,,", "V2,Shirt M,p1,M,"]
    lines += ["W1,Hat blue,P2,,blue"]
    lines += [f"F{number},Filler,,," for number in range(CHUNK + 10)]
    lines += ["P2,Hat,,,", "W2,Hat red,P2,,red", "O1,Orphan,NOBODY,S,", "S1,Self,s1,,"]
    path = write("\n".join(lines))
    looked = await dry_run(plan_from(inspect(path)), db.path)
    assert [(note.rows, note.examples[0][0]) for note in looked.notes] == [(1, len(lines) - 1)]
    job = await import_file(path)
    assert job.counts == ImportCounts(new=len(lines) - 2, refused=1)
    shirt, hat = await product(db, "P1"), await product(db, "P2")
    assert (shirt.parent_id, hat.parent_id) == (None, None)
    small = await product(db, "V1")
    assert (small.parent_id, small.options) == (shirt.id, {"Size": "S", "Color": "red"})
    assert ((await product(db, "V2")).parent_id, (await product(db, "V2")).options) == (shirt.id, {"Size": "M"})
    assert ((await product(db, "W1")).parent_id, (await product(db, "W2")).parent_id) == (hat.id, hat.id)
    assert (await product(db, "O1")).parent_id is None
    assert "“O1” names the parent “nobody”" in job.message
    assert "itself as its parent" in text_of(job.refused_file)
    assert (await import_file(write("\n".join([*lines[:3], "V2,Shirt M,,M,"])))).counts == ImportCounts(same=3)
    job = await import_file(write("\n".join([*lines[:3], "V2,Shirt M,,M,", "V1x,Moved,,,", "W1,Hat blue,P1,,blue"])))
    assert job.counts == ImportCounts(new=1, changed=1, same=3)
    assert (await product(db, "W1")).parent_id == shirt.id
    path = write("sku,parent_sku\nV2,\n")
    seen = await dry_run(plan_from(inspect(path), {"empty:1": "clear"}), db.path)
    assert [(change.sku, change.fields) for change in seen.changes] == [("V2", (FieldChange("Parent", "P1", ""),))]
    job = await import_file(path, {"empty:1": "clear"})
    assert job.counts == ImportCounts(changed=1)
    assert (await product(db, "V2")).parent_id is None


async def test_a_product_that_only_gets_a_parent_far_behind_it_is_changed(
    db: Database, write: Write, import_file: Import
) -> None:
    filler = [f"F{number},Filler," for number in range(CHUNK)]
    await import_file(write("\n".join(["sku,title,parent_sku", "V,Variant,", *filler])))
    job = await import_file(write("\n".join(["sku,title,parent_sku", "V,Variant,P", *filler, "P,Parent,"])))
    assert job.counts == ImportCounts(new=1, changed=1, same=CHUNK)
    assert (await product(db, "V")).parent_id == (await product(db, "P")).id
    assert (await product(db, "V")).version == 2


async def test_a_currency_for_all_rows_answers_the_question(write: Write) -> None:
    reading = inspect(write("sku,title,price\nA,B,1.00\n"))
    assert plan_from(reading, {"constant:currency": "clp"}).currency == "CLP"


async def test_a_family_has_two_generations_and_no_circles(db: Database, write: Write, import_file: Import) -> None:
    job = await import_file(write("sku,title,parent_sku\nA,A,B\nB,B,A\nC,C,A\n"))
    assert job.counts == ImportCounts(new=3)
    parents = [(await product(db, sku)).parent_id for sku in "ABC"]
    assert parents == [(await product(db, "B")).id, None, None]
    assert "a variant itself" in job.message


@pytest.fixture
def nameless(write: Write) -> Path:
    return write("source id,title,ean,price_eur\n77,Chair,,5.00\n78,Lamp,,6.00\n")


async def test_made_skus_find_the_same_products_again(
    db: Database, write: Write, nameless: Path, import_file: Import
) -> None:
    reading = inspect(nameless)
    (question,) = reading.questions
    assert question.key == "sku"
    assert question.choices[0][0] == GENERATE
    answers = {"sku": GENERATE, "constant:source": "etsy"}
    job = await import_file(nameless, answers)
    assert job.counts == ImportCounts(new=2)
    assert (await product(db, "etsy-77")).original.title == "Chair"
    again = write("source id,title,ean,price_eur\n79,Bed,,1.00\n78,Better lamp,,6.00\n77,Chair,,5.00\n")
    assert (await import_file(again, answers)).counts == ImportCounts(new=1, changed=1, same=1)
    assert (await product(db, "etsy-78")).original.title == "Better lamp"


async def test_made_skus_by_barcode_or_by_title_and_options(db: Database, write: Write, import_file: Import) -> None:
    path = write("title,ean,option:Size\nChair,4006381333931,\nShirt,,S\nShirt,,M\nSHIRT,,m\n")
    job = await import_file(path, {"sku": GENERATE})
    assert job.counts == ImportCounts(new=3, refused=1)
    assert (await product(db, "GTIN-4006381333931")).original.title == "Chair"
    turned = write("title,ean,option:Size\nShirt,,M\nHat,,\nShirt,,S\nChair,4006381333931,\n")
    assert (await import_file(turned, {"sku": GENERATE})).counts == ImportCounts(new=1, same=3)


async def test_another_column_is_the_sku_and_stays_what_it_is(db: Database, write: Write, import_file: Import) -> None:
    path = write("title,ean,note\nChair,4006381333931,x1\n")
    plan = plan_from(inspect(path), {"sku": "1"})
    assert plan.sku_from == 1
    assert ImportPlan.from_json(plan.to_json()) == plan
    await import_file(path, {"sku": "1"})
    assert (await product(db, "4006381333931")).gtin == "4006381333931"


async def test_a_source_id_finds_its_product_under_another_sku(db: Database, write: Write, import_file: Import) -> None:
    await import_file(write("sku,source id,title\nA,1,Chair\nB,2,Lamp\n"), {"constant:source": "shop"})
    path = write("sku,source id,title\nA-new,1,Chair\nB,2,Lamp\n")
    assert (await import_file(path, {"constant:source": "shop"})).counts == ImportCounts(changed=1, same=1)
    assert await ProductStore(db).by_sku("A") is None
    assert (await product(db, "A-NEW")).sku == "A-new"
    path = write("sku,source id,title\nB,1,Lamp\nC,3,Bed\nD,3,Bed again\n")
    job = await import_file(path, {"constant:source": "shop"})
    assert job.counts == ImportCounts(new=1, same=1, refused=1)
    assert "belongs to “A-new”" in job.message
    assert "source id “3” stands in an earlier row" in text_of(job.refused_file)


async def test_what_was_mended_is_told_with_its_line(db: Database, write: Write) -> None:
    path = write(
        "sku,title,ean,price_eur,stock\nA,Chair,36000291452,35.949999999999,n/a\nB,Lamp,4006381333931.0,12.00,3\n"
        '="007",Bed,4006381333931,1.00,1\n8.01234567890E+11,Sofa,,1.00,1\n8.01E+12,Rounded,,1.00,1\n'
    )
    found = await dry_run(plan_from(inspect(path)), db.path)
    assert found.counts == ImportCounts(new=4, refused=1)
    assert {(note.reason, note.rows, note.examples[0]) for note in found.notes} == {
        ("GTIN: lost leading zeros put back, as the check digit proves.", 1, (2, "GTIN “36000291452” → 036000291452")),
        ("Price: rounded to the 2 digits of EUR.", 1, (2, "Price “35.949999999999” → 35.95 EUR")),
        ("Quantity: words for “nothing” read as empty.", 1, (2, "Quantity “n/a”")),
        ("SKU: numbers in Excel's short form written out.", 1, (5, "SKU “8.01234567890E+11” → 801234567890")),
    }
    assert "rounded by Excel" in found.reasons[0].reason
