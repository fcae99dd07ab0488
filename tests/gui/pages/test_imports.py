"""The history of imports in the real window."""

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from mmhub_desktop.catalog.plan import plan_from
from mmhub_desktop.catalog.reading import inspect
from mmhub_desktop.domain.ids import ImportId
from mmhub_desktop.domain.imports import ImportCounts, ImportJob, ImportState
from mmhub_desktop.events import ImportProgressed
from mmhub_desktop.gui.dialogs.import_file import ImportDialog
from mmhub_desktop.gui.dialogs.import_stop import StopDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.imports import ImportsPage
from mmhub_desktop.gui.pages.products import ProductsPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.gui.tables.imports import ImportsModel
from tests.fakes.import_hand import ImportHand, shown_notices, write
from tests.gui.conftest import Until

CLEAR = (
    "sku,title,price,currency,quantity\nA-1,Oak stool,12.50,EUR,4\nA-2,Linen lamp,39.90,EUR,2\n,No code,1.00,EUR,1\n"
)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


async def test_the_history_shows_what_became_of_a_file(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    shop.show_page("imports")
    await settle()
    page = shop.page("imports")
    assert isinstance(page, ImportsPage)
    assert page.model.rowCount() == 0
    hand = ImportHand(shop, until, write(tmp_path, "spring.csv", CLEAR))
    await hand.to_check("Import 2 rows")
    await hand.enter("Done")
    hand.dialog.accept()
    await until(lambda: page.model.rowCount() == 1 and page.model.index(0, 1).data() == "Done")
    assert [page.model.index(0, column).data() for column in range(6)] == ["spring.csv", "Done", "2", "0", "0", "1"]
    assert page.refused_action.isEnabled()
    assert not page.resume_action.isEnabled()


async def test_the_model_moves_a_running_import_on(qtbot: QtBot) -> None:
    job = ImportJob(
        ImportId(7), "a.csv", "/home/seller/a.csv", 10, "", ImportState.RUNNING, ImportCounts(), 0, "", "", NOW, None
    )
    model = ImportsModel(now=lambda: NOW)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_jobs([job])
    with qtbot.assertNotEmitted(model.modelReset):
        moved = model.progress(ImportProgressed(job.id, ImportState.RUNNING, ImportCounts(300), 1000, 150.0, 4.6))
    assert moved
    assert model.index(0, 2).data() == "300"
    assert model.index(0, 0).data(ImportsModel.DETAIL) == "300 of about 1,000 rows, 150 rows/s, about 5 s left"
    assert not model.progress(ImportProgressed(ImportId(8), ImportState.RUNNING, ImportCounts(), 1, 1.0, None))
    model.set_jobs([])
    assert model.rowCount() == 0
    del tester


async def test_an_import_that_cannot_go_on_says_why(shop: MainWindow, until: Until) -> None:
    assert shop.context is not None
    imports = shop.context.workspace.imports
    import_id = await imports.begin(file_name="a.csv", file_path="/nowhere/a.csv", file_size=1, file_hash="", plan="{}")
    await imports.end(import_id, ImportState.INTERRUPTED, "The program was closed.")
    shop.show_page("imports")
    page = shop.page("imports")
    assert isinstance(page, ImportsPage)
    await until(page.resume_action.isEnabled)
    page.resume_action.trigger()
    dialog = next(each for each in page.findChildren(ImportDialog) if each.isVisible())
    await until(lambda: bool(dialog.mistake.text))
    assert "not known any more" in dialog.mistake.text
    dialog.reject()


async def test_an_import_is_undone_later_and_its_products_are_shown(
    shop: MainWindow, tmp_path: Path, until: Until
) -> None:
    assert shop.context is not None
    workspace = shop.context.workspace
    before = await workspace.products.count()
    plan = plan_from(inspect(Path(write(tmp_path, "spring.csv", CLEAR))))
    await (await workspace.import_file(plan)).result()
    shop.show_page("imports")
    page = shop.page("imports")
    assert isinstance(page, ImportsPage)
    await until(page.undo_action.isEnabled)
    page.products_action.trigger()
    products = shop.page("products")
    assert isinstance(products, ProductsPage)
    await until(lambda: products.isVisible() and len(products.model.ids) == 2)
    shop.show_page("imports")
    await until(page.undo_action.isEnabled)
    page.undo_action.trigger()
    await until(lambda: page.model.index(0, 1).data() == "Undone")
    assert not page.undo_action.isEnabled()
    assert await workspace.products.count() == before
    await until(lambda: "2 products are as before." in shown_notices(shop))


async def test_a_running_import_is_stopped_from_its_row_and_taken_back(
    shop: MainWindow, tmp_path: Path, until: Until
) -> None:
    assert shop.context is not None
    workspace = shop.context.workspace
    before = await workspace.products.count()
    rows = "".join(f"M-{number},Stool {number},12.50,EUR\n" for number in range(60_000))
    plan = plan_from(inspect(Path(write(tmp_path, "many.csv", "sku,title,price,currency\n" + rows))))
    shop.show_page("imports")
    page = shop.page("imports")
    assert isinstance(page, ImportsPage)
    run = await workspace.import_file(plan)
    await until(page.stop_action.isEnabled)
    page.stop_action.trigger()
    asked: list[StopDialog] = []

    def is_asked() -> bool:
        asked[:] = [each for each in page.findChildren(StopDialog) if each.isVisible()]
        return bool(asked)

    await until(is_asked)
    asked[0].take_back_button.click()
    await until(lambda: "stopped and taken back" in shown_notices(shop))
    assert run.has_ended
    assert await workspace.products.count() == before
