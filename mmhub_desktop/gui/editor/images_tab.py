"""The product's images: added, put in order, replaced by better copies; what is wrong with them stands below."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QDropEvent, QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QListView,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mmhub_desktop.actions.picture_check import picture_findings
from mmhub_desktop.actions.similar_pictures import find_alike
from mmhub_desktop.catalog.links import is_link
from mmhub_desktop.catalog.pictures import PictureProblem
from mmhub_desktop.domain.product_cells import IMAGES
from mmhub_desktop.errors import Finding, MmhubError
from mmhub_desktop.gui.background import finished
from mmhub_desktop.gui.editor.sheet import EditedProduct
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.pages.product_parts import images_part
from mmhub_desktop.gui.thumbnails import ThumbnailCache
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.label import Label

SIDE = 112
_ENDINGS = "Pictures (*.jpg *.jpeg *.png *.webp *.gif *.bmp *.tif *.tiff)"

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class PictureList(QListWidget):
    """Pictures in a row, moved with the mouse or with Ctrl and an arrow; takes files and links that are dropped."""

    def __init__(self, tab: "ImagesTab") -> None:
        super().__init__()
        self._tab = tab
        self.setAccessibleName("Images in order")
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setIconSize(QSize(SIDE, SIDE))
        self.setGridSize(QSize(SIDE + 20, SIDE + 44))
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Snap)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setMinimumHeight(2 * (SIDE + 48))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl with an arrow moves the picture, Delete removes it, Enter edits it."""
        step = _STEPS.get(Qt.Key(event.key()), 0)
        if step and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._tab.shift(step)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._tab.remove()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._tab.edit()
        else:
            super().keyPressEvent(event)

    def mimeTypes(self) -> list[str]:
        """Its own pictures, files, and links as text."""
        return [*super().mimeTypes(), "text/uri-list", "text/plain"]

    def dropEvent(self, event: QDropEvent) -> None:
        """What comes from elsewhere is added; its own is put in its new place."""
        if event.source() is not self:
            self._tab.add(dropped(event.mimeData()))
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            return
        place = self.indexAt(event.position().toPoint()).row()
        event.setDropAction(Qt.DropAction.IgnoreAction)  # the cell is changed, and the list is drawn from it
        event.accept()
        self._tab.put(self.currentRow(), place if place >= 0 else self.count() - 1)


def dropped(mime: QMimeData) -> list[str]:
    """The files and links of what was dropped or copied."""
    if mime.hasUrls():
        return [url.toLocalFile() if url.isLocalFile() else url.toString() for url in mime.urls()]
    return [line.strip() for line in mime.text().splitlines() if is_link(line.strip())]


class ImagesTab(QWidget):
    """Edits the cell ``images`` of the sheet, as everything else in the editor is: kept as a draft, saved with it."""

    def __init__(self, sheet: EditedProduct, context: GuiContext, thumbnails: ThumbnailCache) -> None:
        super().__init__()
        self._sheet = sheet
        self._context = context
        self._thumbnails = thumbnails
        self._checking: asyncio.Task[Any] | None = None
        self.list = PictureList(self)
        self._drawing = QTimer(self)
        self._drawing.setSingleShot(True)
        self._drawing.setInterval(30)
        self._drawing.timeout.connect(self._draw_icons)
        thumbnails.arrived.connect(self._drawing.start)
        self.add_button = Button("Add files…", "plus")
        self.link_button = Button("Add a link…", "external-link")
        self.edit_button = Button("Edit a copy…", "pencil")
        self.main_button = Button("Make it the first", "arrow-up")
        self.remove_button = Button("Remove", "trash-2")
        self.hint = Label("", "small", "muted")
        self.hint.setWordWrap(True)
        self.wrong = QWidget()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 12, 2, 2)
        column.setSpacing(10)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.add_button, self.link_button, self.edit_button, self.main_button, self.remove_button):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.list, 1)
        column.addWidget(self.hint)
        self._below = column
        column.addWidget(self.wrong)

    def _connect(self) -> None:
        self.add_button.clicked.connect(self._choose_files)
        self.link_button.clicked.connect(self._ask_link)
        self.edit_button.clicked.connect(self.edit)
        self.main_button.clicked.connect(lambda: self.put(self.list.currentRow(), 0))
        self.remove_button.clicked.connect(self.remove)
        self.list.itemDoubleClicked.connect(lambda _: self.edit())
        self.list.currentRowChanged.connect(lambda _: self._rest())
        self.list.installEventFilter(self)

    @property
    def images(self) -> list[str]:
        """Links and paths, in order."""
        return self._sheet.value(IMAGES).split("\n") if self._sheet.value(IMAGES) else []

    def show_content(self) -> None:
        """Show the images as they are to be."""
        images, place = self.images, self.list.currentRow()
        self.list.clear()
        for number, source in enumerate(images, start=1):
            item = QListWidgetItem(f"{number}. {_short(source)}")
            item.setToolTip(source)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"Image {number} of {len(images)}: {_short(source)}")
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter)
            self.list.addItem(item)
        self.list.setCurrentRow(min(max(place, 0), len(images) - 1))
        self.hint.setText(
            "Drag a picture to its place, or move it with Ctrl and an arrow. The first one is shown to buyers first."
            if images else "There are no images yet. Drop picture files or links here, or add them above."
        )  # fmt: skip
        self._draw_icons()
        self._rest()
        if self._checking is not None:
            self._checking.cancel()
        self._checking = self._context.spawn(self._check(images), "Check the images")

    def cell_changed(self, key: str) -> None:
        """Its own cell was edited."""
        if key == IMAGES:
            self.show_content()

    def first_field(self) -> QWidget:
        """The pictures."""
        return self.list

    def add(self, sources: Sequence[str]) -> None:
        """Put links and files behind the others."""
        self._set([*self.images, *(each for each in sources if each)])

    def put(self, place: int, to: int) -> None:
        """Move one to another place."""
        images = self.images
        if 0 <= place < len(images) and place != to:
            images.insert(to, images.pop(place))
            self._set(images)
            self.list.setCurrentRow(to)

    def shift(self, step: int) -> None:
        """Move the current one on by a place."""
        place = self.list.currentRow()
        if 0 <= place + step < self.list.count():
            self.put(place, place + step)

    def remove(self) -> None:
        """Take the current one out of the list; the file or link itself stays."""
        images, place = self.images, self.list.currentRow()
        if 0 <= place < len(images):
            images.pop(place)
            self._set(images)

    def edit(self) -> None:
        """Make a better copy of the current one, which takes its place."""
        place = self.list.currentRow()
        if 0 <= place < len(self.images):
            self._context.spawn(self._edit(place), "Edit a picture")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The icons are drawn for the screen they are on."""
        if watched is self.list and event.type() == QEvent.Type.Show:
            self._drawing.start()
        return super().eventFilter(watched, event)

    async def _edit(self, place: int) -> None:
        from mmhub_desktop.gui.dialogs.picture import PictureDialog

        images, kept = self.images, self._context.workspace.images
        source = images[place]
        try:
            data = await kept.bytes_of(source, self._sheet.stored.image_base)
        except PictureProblem as problem:
            self._context.window.notify("warn", problem.message, problem.fix)
            return
        except MmhubError as error:
            self._context.window.notify("warn", error.message, error.hint)
            return
        dialog = PictureDialog(data, _short(source), self._context.spawn, self.window())
        try:
            await finished(dialog)
            made = dialog.made
        finally:
            dialog.deleteLater()
        if made is None:
            return
        path = await kept.keep_own(made)
        now = self.images
        if place < len(now) and now[place] == source:
            now[place] = str(path)
            self._set(now)

    async def _check(self, images: Sequence[str]) -> None:
        work = self._context.workspace
        known = await work.images.store.of(images)
        found: dict[tuple[str, str], Finding] = {}
        for account in await work.accounts.all():
            declared = work.marketplaces.get(account.marketplace)
            for finding in picture_findings(images, known, declared) if declared else ():
                found[(finding.message, finding.value)] = finding
        self._show_wrong([*found.values(), *await find_alike(work.images, images, self._sheet.stored.image_base)])

    def _show_wrong(self, findings: Sequence[Finding]) -> None:
        self._below.removeWidget(self.wrong)
        self.wrong.deleteLater()
        self.wrong = QWidget()
        self.wrong.setLayout(images_part(list(findings)))
        self._below.addWidget(self.wrong)

    def _set(self, images: Sequence[str]) -> None:
        self._sheet.set(IMAGES, "\n".join(dict.fromkeys(images)))

    def _draw_icons(self) -> None:
        base, ratio = self._sheet.stored.image_base, self.devicePixelRatioF()
        for place, source in enumerate(self.images[: self.list.count()]):
            pixmap = self._thumbnails.pixmap(source, base, SIDE, ratio)
            item = self.list.item(place)
            item.setIcon(QIcon(pixmap if pixmap is not None else _blank(ratio)))

    def _rest(self) -> None:
        place = self.list.currentRow()
        for button in (self.edit_button, self.remove_button):
            button.setEnabled(place >= 0)
        self.main_button.setEnabled(place > 0)

    def _choose_files(self) -> None:
        dialog = QFileDialog(self.window(), "Add pictures", "", _ENDINGS)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self.add)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask_link(self) -> None:
        dialog = QInputDialog(self.window())
        dialog.setWindowTitle("Add a link")
        dialog.setLabelText("Where the picture is on the web (https://…)")
        dialog.textValueSelected.connect(lambda text: self.add([text.strip()] if is_link(text.strip()) else []))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _short(source: str) -> str:
    return Path(source.split("?", maxsplit=1)[0].replace("\\", "/")).name or source


def _blank(ratio: float) -> QPixmap:
    made = QPixmap(round(SIDE * ratio), round(SIDE * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    return made
