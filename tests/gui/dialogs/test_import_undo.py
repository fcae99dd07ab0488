"""Stopping an import and taking it back, at once or at its end."""

from pathlib import Path

from mmhub_desktop.domain.imports import ImportState
from mmhub_desktop.gui.dialogs.import_stop import StopDialog
from mmhub_desktop.gui.main_window import MainWindow
from tests.fakes.import_hand import ImportHand, shown_notices, write
from tests.gui.conftest import Until

HEAD = "sku,title,price,currency\n"
CHANGED = f"{HEAD}SKU-000001,A lamp,12.50,MXN\nA-1,Oak stool,1.00,MXN\n"


def many(count: int) -> str:
    return HEAD + "".join(f"M-{number},Stool {number},12.50,EUR\n" for number in range(count))


async def stop_question(hand: ImportHand) -> StopDialog:
    """Press Stop while the import runs; the question that comes."""
    hand.dialog.action_button.click()
    found: list[StopDialog] = []

    def asked() -> bool:
        found[:] = [each for each in hand.dialog.findChildren(StopDialog) if each.isVisible()]
        return bool(found)

    await hand.until(asked)
    return found[0]


async def test_an_import_is_undone_at_its_end(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    assert shop.context is not None
    products = shop.context.workspace.products
    before = await products.count()
    hand = ImportHand(shop, until, write(tmp_path, "spring.csv", CHANGED))
    await hand.to_check("Import 2 rows")
    await hand.enter("Done")
    assert await products.count() == before + 1
    hand.dialog.end.undo_button.click()
    await until(lambda: hand.dialog.end.words.text() == "2 products are as before.")
    assert not hand.dialog.end.undo_button.isVisible()
    assert await products.count() == before
    lamp = await products.by_sku("SKU-000001")
    assert lamp is not None
    assert lamp.original.title == "Table lamp number 1"
    hand.dialog.accept()


async def test_stopping_asks_and_takes_back_what_was_imported(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    assert shop.context is not None
    workspace = shop.context.workspace
    before = await workspace.products.count()
    hand = ImportHand(shop, until, write(tmp_path, "many.csv", many(60_000)))
    await hand.to_check("Import 60,000 rows")
    await hand.enter("Stop the import")
    question = await stop_question(hand)
    question.take_back_button.click()
    await until(lambda: "taken back" in hand.dialog.heading)
    (job,) = await workspace.imports.history()
    assert job.state in (ImportState.CANCELLED, ImportState.COMPLETED)  # it may have ended while it was asked
    assert await workspace.products.count() == before
    hand.dialog.accept()


async def test_stopping_can_keep_what_was_imported(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    assert shop.context is not None
    workspace = shop.context.workspace
    before = await workspace.products.count()
    hand = ImportHand(shop, until, write(tmp_path, "many.csv", many(60_000)))
    await hand.to_check("Import 60,000 rows")
    await hand.enter("Stop the import")
    (await stop_question(hand)).keep_button.click()
    await until(lambda: hand.action == "Done")
    (job,) = await workspace.imports.history()
    assert await workspace.products.count() == before + job.counts.new
    assert hand.dialog.end.undo_button.isVisible() == bool(job.counts.new)
    hand.dialog.accept()


async def test_an_undo_goes_on_when_the_dialog_is_closed(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    assert shop.context is not None
    products = shop.context.workspace.products
    before = await products.count()
    hand = ImportHand(shop, until, write(tmp_path, "many.csv", many(12_000)))
    await hand.to_check("Import 12,000 rows")
    await hand.enter("Done")
    hand.dialog.end.undo_button.click()
    await until(lambda: hand.dialog.heading == "Taking back many.csv…")
    hand.dialog.reject()
    await until(lambda: "The import of many.csv is undone." in shown_notices(shop))
    assert await products.count() == before
