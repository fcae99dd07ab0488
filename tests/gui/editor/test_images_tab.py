"""Pictures of a product put in order, added, removed and replaced by a better copy, and saved with the rest."""

import io
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from mmhub_desktop.gui.dialogs.picture import PictureDialog
from mmhub_desktop.gui.editor.editor import ProductEditor
from mmhub_desktop.gui.editor.images_tab import ImagesTab
from mmhub_desktop.gui.editor.picture_list import dropped
from mmhub_desktop.gui.main_window import MainWindow
from tests.gui.conftest import Until
from tests.gui.editor.conftest import OpenEditor, Stored

Key = Qt.Key
SKU = "SKU-000003"


def tab_of(editor: ProductEditor) -> ImagesTab:
    labels = [editor.tabs.tabText(place) for place in range(editor.tabs.count())]
    editor.tabs.setCurrentIndex(labels.index("Images"))
    found = editor.findChild(ImagesTab)
    assert found is not None
    return found


@pytest.fixture
def pictures(tmp_path: Path) -> list[str]:
    """A red one, a blue one twice as wide as high, and the blue one smaller."""
    made = []
    for name, color, size in (("a", "red", (300, 300)), ("b", "blue", (400, 200)), ("c", "blue", (200, 100))):
        image = Image.new("RGB", size, color)
        image.paste("white", (0, 0, size[0] // 3, size[1]))
        path = tmp_path / f"{name}.png"
        image.rotate(90 if name == "a" else 0).save(path)
        made.append(str(path))
    return made


async def test_files_are_added_put_in_order_removed_and_saved(
    open_editor: OpenEditor, stored: Stored, until: Until, pictures: list[str]
) -> None:
    editor = await open_editor(SKU)
    tab = tab_of(editor)
    tab.add(pictures)
    assert tab.images == ["missing.jpg", *pictures]
    tab.list.setFocus()
    tab.list.setCurrentRow(0)
    QTest.keyClick(tab.list, Key.Key_Delete)
    tab.list.setCurrentRow(2)
    QTest.keyClick(tab.list, Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert tab.images == [pictures[0], pictures[2], pictures[1]]
    tab.list.setCurrentRow(2)
    tab.main_button.click()
    assert tab.images == [pictures[1], pictures[0], pictures[2]]
    assert not tab.main_button.isEnabled()
    await until(lambda: "Image 3 looks the same as image 1." in words(tab))
    await save(editor, until)
    assert (await stored(SKU)).images == (pictures[1], pictures[0], pictures[2])


async def save(editor: ProductEditor, until: Until) -> None:
    editor.save()
    await until(lambda: editor.sheet is not None and not editor.sheet.edits)


def words(tab: ImagesTab) -> str:
    return "\n".join(label.text() for label in tab.wrong.findChildren(QLabel))


async def test_a_better_copy_takes_the_place_and_the_picture_itself_stays(
    open_editor: OpenEditor, stored: Stored, until: Until, pictures: list[str]
) -> None:
    before = content(pictures[1])
    editor = await open_editor(SKU)
    tab = tab_of(editor)
    tab.add(pictures[1:2])
    tab.list.setCurrentRow(1)
    tab.edit()
    await until(lambda: dialog_of(editor) is not None)
    dialog = dialog_of(editor)
    assert dialog is not None
    await until(lambda: not dialog.view._pixmap.isNull())
    QTest.mousePress(dialog.view, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    middle = QPoint(dialog.view.width() // 2, dialog.view.height() - 1)
    QTest.mouseMove(dialog.view, middle)
    QTest.mouseRelease(dialog.view, Qt.MouseButton.LeftButton, pos=middle)
    assert dialog.edges[2].value() == pytest.approx(50, abs=1)
    dialog.edges[2].setValue(100)
    dialog.square.setChecked(True)
    dialog.longest.setCurrentIndex(dialog.longest.findData(800))
    dialog.make_button.click()
    await until(lambda: tab.images[1] != pictures[1])
    made = tab.images[1]
    with Image.open(io.BytesIO(content(made))) as image:
        assert (image.size, image.format) == ((400, 400), "JPEG")
    assert content(pictures[1]) == before
    await save(editor, until)
    assert (await stored(SKU)).images == ("missing.jpg", made)


async def test_a_picture_that_is_gone_is_said(shop: MainWindow, open_editor: OpenEditor, until: Until) -> None:
    editor = await open_editor(SKU)
    tab = tab_of(editor)
    tab.list.setCurrentRow(0)
    tab.edit()
    await until(lambda: any("missing.jpg" in card.text.message for card in shop.notices.cards))
    assert dialog_of(editor) is None


def content(path: str) -> bytes:
    return Path(path).read_bytes()


def dialog_of(editor: ProductEditor) -> PictureDialog | None:
    return next((each for each in editor.window().findChildren(PictureDialog) if each.isVisible()), None)


def test_what_is_dropped_is_a_file_or_a_link() -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/x/a.png"), QUrl("https://example.com/b.jpg")])
    assert dropped(mime) == ["/x/a.png", "https://example.com/b.jpg"]
    text = QMimeData()
    text.setText("https://example.com/c.jpg\nnot a link\n")
    assert dropped(text) == ["https://example.com/c.jpg"]
