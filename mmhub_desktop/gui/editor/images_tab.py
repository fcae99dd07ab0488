"""The product's images: added, put in order, replaced by better copies; what is wrong with them stands below."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mmhub_desktop.actions.picture_check import picture_findings
from mmhub_desktop.actions.picture_looking import key_of
from mmhub_desktop.actions.readiness_check import PicturesSeen
from mmhub_desktop.actions.similar_pictures import find_alike
from mmhub_desktop.catalog.links import is_link
from mmhub_desktop.catalog.pictures import PictureProblem
from mmhub_desktop.domain.fixed_picture import FixedPicture
from mmhub_desktop.domain.product_cells import IMAGES
from mmhub_desktop.errors import Finding, MmhubError
from mmhub_desktop.gui.background import asked
from mmhub_desktop.gui.editor.picture_list import SIDE, PictureList
from mmhub_desktop.gui.editor.sheet import EditedProduct
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.pages.product_parts import images_part
from mmhub_desktop.gui.thumbnails import ThumbnailCache
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.label import Label

_ENDINGS = "Pictures (*.jpg *.jpeg *.png *.webp *.gif *.bmp *.tif *.tiff)"


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
        self.fix_button = Button("Fix for a marketplace…", "sparkles")
        self.fix_button.setToolTip("Make copies as a marketplace wants them: format, size, shape")
        self.copies = Label("", "small", "muted")
        self.copies.setWordWrap(True)
        self.copies.hide()
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
        row.addWidget(self.fix_button)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.list, 1)
        column.addWidget(self.hint)
        column.addWidget(self.copies)
        self._below = column
        column.addWidget(self.wrong)

    def _connect(self) -> None:
        self.add_button.clicked.connect(self._choose_files)
        self.link_button.clicked.connect(self._ask_link)
        self.edit_button.clicked.connect(self.edit)
        self.main_button.clicked.connect(lambda: self.put(self.list.currentRow(), 0))
        self.remove_button.clicked.connect(self.remove)
        self.fix_button.clicked.connect(lambda: self._context.spawn(self._fix(), "Fix the pictures"))
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
            item.setSizeHint(QSize(SIDE + 20, SIDE + 40))  # all alike, else one with a short name stands askew
            self.list.addItem(item)
        self.list.setCurrentRow(min(max(place, 0), len(images) - 1))
        self.hint.setText(
            "Drag a picture to its place, or move it with Ctrl and an arrow. The first one is shown to buyers first."
            if images else "There are no images yet. Drop picture files or links here, or add them above."
        )  # fmt: skip
        self._draw_icons()
        self._rest()
        self._check_again()

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

    async def _fix(self) -> None:
        from mmhub_desktop.gui.dialogs.picture_fix import OwnPictures
        from mmhub_desktop.gui.picture_fixing import fix_pictures

        stored = self._sheet.stored
        await fix_pictures(self._context, self, OwnPictures(stored.id, self.images, stored.image_base))
        self._check_again()

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
        await asked(dialog)
        made = dialog.made
        if made is None:
            return
        path = await kept.keep_own(made)
        now = self.images
        if place < len(now) and now[place] == source:
            now[place] = str(path)
            self._set(now)

    def _check_again(self) -> None:
        if self._checking is not None:
            self._checking.cancel()
        self._checking = self._context.spawn(self._check(self.images), "Check the images")

    async def _check(self, images: Sequence[str]) -> None:
        work = self._context.workspace
        known = await work.images.store.of(images)
        shown = replace(self._sheet.stored, images=tuple(images))
        keys = [key_of(source, shown.image_base) for source in images]
        known, white = PicturesSeen(known, await work.readiness.looking.store.of(keys)).of(shown)
        used = await work.picture_fixing.in_use(self._sheet.stored.id)
        found: dict[tuple[str, str], Finding] = {}
        for name in {account.marketplace for account in await work.accounts.all()}:
            declared = work.marketplaces.get(name)
            for finding in picture_findings(images, known, declared, used.get(name), white) if declared else ():
                found[(finding.message, finding.value)] = finding
        self._say_copies(images, used)
        self._show_wrong([*found.values(), *await find_alike(work.images, images, self._sheet.stored.image_base)])

    def _say_copies(self, images: Sequence[str], used: Mapping[str, Mapping[str, FixedPicture]]) -> None:
        lines = []
        for name, copies in used.items():
            places = [str(place) for place, source in enumerate(images, start=1) if source in copies]
            if places:
                few = "a fixed copy of image" if len(places) == 1 else "fixed copies of images"
                lines.append(f"{self._context.workspace.marketplaces[name].label} gets {few} {', '.join(places)}.")
        self.copies.setText("\n".join(lines))
        self.copies.setVisible(bool(lines))

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
            shown = pixmap if pixmap is not None else _blank(ratio)
            icon = QIcon(shown)
            icon.addPixmap(shown, QIcon.Mode.Selected)  # else the selected one is tinted
            item.setIcon(icon)

    def _rest(self) -> None:
        place = self.list.currentRow()
        for button in (self.edit_button, self.remove_button):
            button.setEnabled(place >= 0)
        self.main_button.setEnabled(place > 0)
        self.fix_button.setEnabled(bool(self.images))

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
