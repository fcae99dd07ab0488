"""Pictures of different products that look the same, in groups: whose they are, opened, or taken out of a product."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QIcon, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.thumbnails import ThumbnailCache
from mmhub_desktop.gui.undoing import undo
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import counted, number
from mmhub_desktop.store.picture_groups import PictureGroup, PictureUse, SimilarFound

SMALL, LARGE = 56, 128
_NAMED = 3  # SKUs of a group beside its picture


class SimilarPicturesView(QWidget):
    """Groups at the left, the pictures of the current one at the right. Looked for when first shown, and when asked."""

    def __init__(self, context: GuiContext) -> None:
        super().__init__()
        self._context = context
        self._has_looked = False
        self._thumbnails = ThumbnailCache(context.workspace.thumbnails.get, context.spawn, self)
        self._drawing = QTimer(self)
        self._drawing.setSingleShot(True)
        self._drawing.setInterval(30)
        self._drawing.timeout.connect(self._draw_icons)
        self._thumbnails.arrived.connect(self._drawing.start)
        self.groups = QListWidget()
        self.groups.setAccessibleName("Groups of pictures that look the same")
        self.groups.setIconSize(QSize(SMALL, SMALL))
        self.groups.setSpacing(2)
        self.groups.currentRowChanged.connect(lambda _: self._show_group())
        self.groups.verticalScrollBar().valueChanged.connect(lambda _: self._drawing.start())
        self.members = QListWidget()
        self.members.setAccessibleName("Products that show these pictures")
        self.members.setViewMode(QListView.ViewMode.IconMode)
        self.members.setIconSize(QSize(LARGE, LARGE))
        self.members.setResizeMode(QListView.ResizeMode.Adjust)
        self.members.setMovement(QListView.Movement.Static)
        self.members.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.members.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.members.setSpacing(6)
        self.members.itemActivated.connect(lambda _: self.open_product())
        self.members.currentRowChanged.connect(lambda _: self._rest())
        self.words = Label("", "body", "muted")
        self.look_button = Button("Look again", "refresh-cw")
        self.look_button.clicked.connect(self.look)
        self.open_button = Button("Open the product", "pencil")
        self.open_button.clicked.connect(self.open_product)
        self.remove_button = Button("Take it out of this product", "trash-2")
        self.remove_button.setToolTip("The picture itself stays where it is; Ctrl+Z brings it back")
        self.remove_button.clicked.connect(self.remove)
        self._empty = EmptyState("image", "No similar pictures", "The pictures are being compared.")
        self._stack = QStackedWidget()
        self._lay_out()
        self._rest()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        for button in (self.open_button, self.remove_button, self.look_button):
            row.addWidget(button)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(self.groups)
        split.addWidget(self.members)
        split.setSizes([360, 640])
        self._stack.addWidget(split)
        self._stack.addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(12)
        column.addLayout(row)
        column.addWidget(self._stack, 1)

    def showEvent(self, event: QShowEvent) -> None:
        """Look when first seen."""
        super().showEvent(event)
        self._drawing.start()
        if not self._has_looked:
            self.look()

    def look(self) -> None:
        """Compare again; pictures that are new are looked at in the background, for the next time."""
        self._has_looked = True
        self.look_button.setEnabled(False)
        self.words.setText("Comparing the pictures…")
        self._context.workspace.readiness.looking.want_all()
        self._context.spawn(self._look(), "Compare pictures")

    async def _look(self) -> None:
        try:
            self.show_found(await self._context.workspace.similar_pictures.find())
        finally:
            self.look_button.setEnabled(True)

    def show_found(self, found: SimilarFound) -> None:
        """Show these groups."""
        compared = f"{counted(found.compared, 'picture')} compared"
        more = f", the first {number(len(found.groups))} are shown" if found.total > len(found.groups) else ""
        self.words.setText(f"{counted(found.total, 'group')} of pictures that look the same{more}. {compared}.")
        self.groups.clear()
        for group in found.groups:
            item = QListWidgetItem(_words_of(group))
            item.setData(Qt.ItemDataRole.UserRole, group)
            item.setSizeHint(QSize(0, SMALL + 12))
            self.groups.addItem(item)
        self._empty.set_text(
            "No similar pictures",
            f"{compared}. Pictures are compared once they were looked at; that happens by itself while the program is "
            "open. Look again in a while after an import."
        )  # fmt: skip
        self._stack.setCurrentIndex(0 if found.groups else 1)
        self.groups.setCurrentRow(0)
        self._draw_icons()

    def open_product(self) -> None:
        """Show the product of the current picture."""
        use = self.current()
        if use is not None:
            self._context.window.show_page("products", product=use.product_id)

    def remove(self) -> None:
        """Take the current picture out of its product."""
        use = self.current()
        if use is not None:
            self.remove_button.setEnabled(False)
            self._context.spawn(self._remove(use), "Take a picture out")

    def current(self) -> PictureUse | None:
        """The picture that is current at the right."""
        index = self.members.currentIndex()
        use: PictureUse | None = index.data(Qt.ItemDataRole.UserRole) if index.isValid() else None
        return use

    async def _remove(self, use: PictureUse) -> None:
        work = self._context.workspace
        try:
            await work.similar_pictures.remove(use)
        finally:
            self._rest()
        entry = await work.history.next_undo()

        def take_back() -> None:
            if entry is not None:
                self._context.spawn(undo(self._context, entry), "Undo")

        self._forget(use)
        self._context.window.notify("ok", f"The picture was taken out of {use.sku}.", "", "Undo", take_back)

    def _forget(self, use: PictureUse) -> None:
        """Without looking through the whole catalog again."""
        for row in range(self.groups.count()):
            item = self.groups.item(row)
            group: PictureGroup = item.data(Qt.ItemDataRole.UserRole)
            if use not in group.uses:
                continue
            left = PictureGroup(tuple(each for each in group.uses if each != use))
            if len({each.family for each in left.uses}) > 1:
                item.setData(Qt.ItemDataRole.UserRole, left)
                item.setText(_words_of(left))
            else:
                self.groups.takeItem(row)
            break
        self._stack.setCurrentIndex(0 if self.groups.count() else 1)
        self._show_group()

    def _show_group(self) -> None:
        index = self.groups.currentIndex()
        uses: Sequence[PictureUse] = index.data(Qt.ItemDataRole.UserRole).uses if index.isValid() else ()
        self.members.clear()
        for use in uses:
            made = QListWidgetItem(use.sku)
            made.setToolTip(f"{use.sku}\n{use.title}\n{use.source}")
            made.setData(Qt.ItemDataRole.AccessibleTextRole, f"{use.sku}, {use.title}, {use.source}")
            made.setData(Qt.ItemDataRole.UserRole, use)
            made.setTextAlignment(Qt.AlignmentFlag.AlignHCenter)
            made.setSizeHint(QSize(LARGE + 20, LARGE + 34))
            self.members.addItem(made)
        self._rest()
        self._draw_icons()

    def _draw_icons(self) -> None:
        ratio = self.devicePixelRatioF()
        shown = self.groups.viewport().rect()
        for row in range(self.groups.count()):
            item = self.groups.item(row)
            if self.groups.visualItemRect(item).intersects(shown):
                self._draw(item, item.data(Qt.ItemDataRole.UserRole).uses[0], SMALL, ratio)
        for row in range(self.members.count()):
            item = self.members.item(row)
            self._draw(item, item.data(Qt.ItemDataRole.UserRole), LARGE, ratio)

    def _draw(self, item: QListWidgetItem, use: PictureUse, side: int, ratio: float) -> None:
        pixmap = self._thumbnails.pixmap(use.source, use.base, side, ratio)
        shown = pixmap if pixmap is not None else _blank(side, ratio)
        icon = QIcon(shown)
        icon.addPixmap(shown, QIcon.Mode.Selected)  # else the selected one is tinted
        item.setIcon(icon)

    def _rest(self) -> None:
        for button in (self.open_button, self.remove_button):
            button.setEnabled(self.current() is not None)


def _words_of(group: PictureGroup) -> str:
    skus = list(dict.fromkeys(use.sku for use in group.uses))
    named = ", ".join(skus[:_NAMED]) + (f" and {len(skus) - _NAMED} more" if len(skus) > _NAMED else "")
    pictures = "the same picture" if group.pictures == 1 else f"{group.pictures} pictures"
    return f"{counted(group.products, 'product')}, {pictures}\n{named}"


def _blank(side: int, ratio: float) -> QPixmap:
    made = QPixmap(round(side * ratio), round(side * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    return made
