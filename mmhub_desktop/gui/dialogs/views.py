"""Naming a view of the product table, and putting the saved ones in order."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from mmhub_desktop.domain.product_view import SavedView
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.pages.page import Spawn
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.store.views import ViewStore

_ID = Qt.ItemDataRole.UserRole + 1


class ViewNameDialog(Dialog):
    """Asks for the name of a new view."""

    def __init__(self, taken: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(
            "Save this view", "Filters, words, order, columns with their widths, and row height.", parent, width=420
        )
        self._taken = {name.casefold() for name in taken}
        self.name = QLineEdit()
        self.name.setPlaceholderText("For example: Lamps to publish")
        self.name.setAccessibleName("Name of the view")
        self.name.textChanged.connect(self._check)
        self.body.addWidget(self.name)
        self.add_button("Cancel", self.reject)
        self.action_button = self.add_button("Save view", self.accept, "primary")
        self.confirm_with(self.action_button)
        self._check("")
        self.name.setFocus()

    def _check(self, text: str) -> None:
        name = " ".join(text.split())
        self.action_button.setEnabled(bool(name))
        self.action_button.setText("Replace view" if name.casefold() in self._taken else "Save view")


class ManageViewsDialog(Dialog):
    """Renames (F2), deletes (Del) and moves (Alt+Up, Alt+Down) the saved views; each change is kept at once."""

    def __init__(
        self, store: ViewStore, views: Sequence[SavedView], spawn: Spawn, parent: QWidget | None = None
    ) -> None:  # fmt: skip
        super().__init__("Saved views", "Deleting a view changes no product.", parent, width=460)
        self._store = store
        self._spawn = spawn
        self.list = QListWidget()
        self.list.setAccessibleName("Saved views")
        self.list.setMinimumHeight(220)
        for view in views:
            item = QListWidgetItem(view.name)
            item.setData(_ID, view.id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.itemChanged.connect(self._renamed)
        buttons = QVBoxLayout()
        self.buttons: dict[str, Button] = {}
        for name, icon, keys, act in (
            ("Rename", "pencil", "", self.rename),
            ("Delete", "trash-2", "Del", self.delete),
            ("Move up", "arrow-up", "Alt+Up", lambda: self.move_by(-1)),
            ("Move down", "arrow-down", "Alt+Down", lambda: self.move_by(1)),
        ):
            button = Button(name, icon)
            button.clicked.connect(act)
            self.buttons[name] = button
            buttons.addWidget(button)
            if keys:
                QShortcut(QKeySequence(keys), self.list, act, context=Qt.ShortcutContext.WidgetShortcut)
        buttons.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.list, 1)
        row.addLayout(buttons)
        self.body.addLayout(row)
        self.confirm_with(self.add_button("Done", self.accept, "primary"))
        self.list.currentRowChanged.connect(lambda _: self._allow())
        self._allow()

    def rename(self) -> None:
        """Edit the current name in place."""
        item = self.list.currentItem()
        if item is not None:
            self.list.editItem(item)

    def delete(self) -> None:
        """Forget the current view."""
        item = self.list.takeItem(self.list.currentRow())
        if item is not None:
            self.work(self._spawn, self._store.delete(item.data(_ID)), "Delete the view")
            self._allow()

    def move_by(self, by: int) -> None:
        """Move the current view up or down."""
        place = self.list.currentRow()
        if 0 <= place + by < self.list.count():
            self.list.insertItem(place + by, self.list.takeItem(place))
            self.list.setCurrentRow(place + by)
            ids = [self.list.item(each).data(_ID) for each in range(self.list.count())]
            self.work(self._spawn, self._store.put_in_order(ids), "Reorder the views")

    def _renamed(self, item: QListWidgetItem) -> None:
        self.work(self._spawn, self._rename(item), "Rename the view")

    async def _rename(self, item: QListWidgetItem) -> None:
        view_id = item.data(_ID)
        try:
            await self._store.rename(view_id, item.text())
        except MmhubError:
            self.list.blockSignals(True)
            item.setText(next(each.name for each in await self._store.all() if each.id == view_id))
            self.list.blockSignals(False)
            raise

    def _allow(self) -> None:
        place, count = self.list.currentRow(), self.list.count()
        for name, allowed in (
            ("Rename", place >= 0),
            ("Delete", place >= 0),
            ("Move up", place > 0),
            ("Move down", 0 <= place < count - 1),
        ):
            self.buttons[name].setEnabled(allowed)
