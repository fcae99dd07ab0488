"""What a file leaves open is asked in place; what is ambiguous, missing or mended is said before it is written."""

from pathlib import Path

from PySide6.QtCore import Qt

from mmhub_desktop.domain.product_query import ProductQuery
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.screenshots import settle
from tests.fakes.import_hand import ImportHand, write
from tests.gui.conftest import Until

UNCLEAR = "sku;title;price;quantity\nB-1;Oak stool;1.234;4\nB-2;Linen lamp;2.345;2\n"


async def test_what_is_ambiguous_must_be_answered(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    hand = ImportHand(shop, until, write(tmp_path, "precios.csv", UNCLEAR))
    columns = hand.dialog.columns
    await hand.to_columns()
    assert hand.action == "2 questions to answer"
    assert not hand.dialog.action_button.isEnabled()
    assert columns.questions.lines["currency"].hasFocus()
    hand.type("CL")
    await settle()
    assert hand.action == "2 questions to answer"  # no code yet
    hand.type("P")
    await until(lambda: hand.action == "1 question to answer")
    columns.questions.choices["number:2"][0].setFocus()
    hand.press(Qt.Key.Key_Space)
    await hand.comes("Check the rows")
    hand.mark(2)
    assert columns.detail.style_choice.currentData() == "point"
    columns.detail.style_choice.setFocus()
    hand.press(Qt.Key.Key_Down)  # said in the other place: the question follows
    await until(columns.questions.choices["number:2"][1].isChecked)
    await hand.enter("Import 2 rows")
    await hand.enter("Done")
    assert shop.context is not None
    products = shop.context.workspace.products
    found = await products.page(await products.first_ids(ProductQuery(text="B-1"), 1))
    assert [str(product.price) for product in found] == ["1,234 CLP"]


async def test_what_is_mended_in_rows_is_said_before_it_is_written(
    shop: MainWindow, tmp_path: Path, until: Until
) -> None:
    words = "sku,title,price,currency\nA-1,Oak stool,35.949999999999,EUR\nA-2,Linen lamp,3.50,EUR\n"
    hand = ImportHand(shop, until, write(tmp_path, "spring.csv", words))
    await hand.to_check("Import 2 rows")
    trial = hand.dialog.trial
    shown = [trial.tabs.tabText(place) for place in range(trial.tabs.count()) if trial.tabs.isTabVisible(place)]
    assert shown == ["New (2)", "Mended (1)"]
    example = trial.mended.topLevelItem(0).child(0).text(0)
    assert example.startswith("Line 2: ")
    assert "35.95" in example
    hand.dialog.reject()


async def test_all_numbers_of_a_file_can_be_said_at_once(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    hand = ImportHand(shop, until, write(tmp_path, "precios.csv", UNCLEAR))
    numbers = hand.dialog.read.settings.numbers
    await hand.comes("Next: columns")
    numbers.setCurrentIndex(2)
    numbers.activated.emit(2)
    assert hand.dialog.draft is not None
    assert hand.dialog.draft.answers == {"number:2": "comma", "number:3": "comma"}
    assert numbers.currentText() == "1.234,50"
    await hand.to_columns()
    assert hand.action == "1 question to answer"
    hand.dialog.reject()


async def test_without_a_sku_the_second_import_finds_the_same_products(
    shop: MainWindow, tmp_path: Path, until: Until
) -> None:
    rows = ["Oak stool,4006381333931,12.50 EUR", "Linen lamp,,3.50 EUR"]
    for words, action in ((rows, "Import 2 rows"), ([*rows[::-1], "Oak desk,,99 EUR"], "Import 1 row")):
        path = write(tmp_path, f"{len(words)}.csv", "\n".join(["name,ean,preis", *words, ""]))
        hand = ImportHand(shop, until, path)
        await hand.to_columns()
        assert hand.action == "1 question to answer"
        (made,) = [
            each for each in hand.dialog.columns.questions.choices["sku"] if each.property("answer") == "generate"
        ]
        made.setFocus()
        hand.press(Qt.Key.Key_Space)
        await hand.comes("Check the rows")
        await hand.enter(action)
        await hand.enter("Done")
        hand.dialog.accept()
