"""Choosing the columns of the product table."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from mmhub_desktop.domain.product import fold
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.tables.product_columns import MAIN, Column
from mmhub_desktop.gui.theme import font
from mmhub_desktop.gui.widgets.label import Label

_NAME = Qt.ItemDataRole.UserRole + 1


class ColumnsDialog(Dialog):
    """A list to tick in: the columns shown, in order, then the others by group. ``changed`` carries the names shown.

    Each change shows at once behind the dialog. Alt+Up and Alt+Down move a column that is shown.
    """

    changed = Signal(object)  # list[str]

    def __init__(
        self, every: Mapping[str, Column], shown: Sequence[str], usual: Sequence[str], parent: QWidget | None = None
    ) -> None:  # fmt: skip
        super().__init__(
            "Columns", "Tick what the table shows. To move one, drag its head there, or press Alt+Up or Alt+Down here.",
            parent, width=460,
        )  # fmt: skip
        self._every = dict(every)
        self._usual = tuple(usual)
        self.shown = [name for name in shown if name in every]
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search columns")
        self.search.setAccessibleName("Search columns")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._fill())
        self.list = QListWidget()
        self.list.setAccessibleName("Columns, Space shows or hides one")
        self.list.setMinimumHeight(320)
        self.list.setProperty("framed", "true")
        self.list.setUniformItemSizes(True)
        self.list.itemChanged.connect(self._ticked)
        self.state = Label("", "small", "muted")
        self.body.addWidget(self.search)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.state)
        for keys, by in (("Alt+Up", -1), ("Alt+Down", 1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(lambda by=by: self.move_by(by))
        down = QShortcut(QKeySequence("Down"), self.search, context=Qt.ShortcutContext.WidgetShortcut)
        down.activated.connect(self.list.setFocus)
        self.add_button("Usual columns", self.reset, icon="undo-2", left=True)
        self.confirm_with(self.add_button("Done", self.accept, "primary"))
        self._fill()
        self.search.setFocus()

    def offer(self, columns: Mapping[str, Column]) -> None:
        """Put more columns behind those there are: what products have as attributes is found out meanwhile."""
        self._every.update(columns)
        self._fill()

    def say(self, words: str) -> None:
        """A line below the list."""
        self.state.setText(words)

    def reset(self) -> None:
        """Show the usual columns again."""
        self._show([name for name in self._usual if name in self._every])

    def move_by(self, by: int) -> None:
        """Move the current column left (-1) or right (1) of its neighbour; the product stays first."""
        item = self.list.currentItem()
        name = _name_of(item)
        if name not in self.shown or name == MAIN:
            return
        place = self.shown.index(name)
        if 1 <= place + by < len(self.shown):
            self.shown.insert(place + by, self.shown.pop(place))
            self._show(self.shown)
            self._mark(name)

    def _show(self, names: Sequence[str]) -> None:
        self.shown = list(names)
        self._fill()
        self.changed.emit(list(self.shown))

    def _ticked(self, item: QListWidgetItem) -> None:
        name = item.data(_NAME)
        if not name:
            return
        if item.checkState() is Qt.CheckState.Checked:
            self.shown.append(name)
        else:
            self.shown.remove(name)
        self.changed.emit(list(self.shown))

    def _fill(self) -> None:
        """The list for what is searched for; what is ticked while it stands does not move under the pointer."""
        words = fold(self.search.text()).split()
        self.list.blockSignals(True)
        self.list.clear()
        groups: dict[str, list[str]] = {"Shown": list(self.shown)}
        for name, column in self._every.items():
            if name not in self.shown:
                groups.setdefault(column.group, []).append(name)
        for group, names in groups.items():
            found = [name for name in names if all(word in fold(f"{self._label(name)} {group}") for word in words)]
            if found:
                self._head(group)
            for name in found:
                self._entry(name)
        first = next((each for each in range(self.list.count()) if self.list.item(each).data(_NAME)), -1)
        self.list.setCurrentRow(first)
        self.list.blockSignals(False)

    def _label(self, name: str) -> str:
        column = self._every[name]
        return column.title or column.help

    def _head(self, group: str) -> None:
        head = QListWidgetItem(group)
        head.setFlags(Qt.ItemFlag.ItemIsEnabled)
        head.setFont(font("label"))
        self.list.addItem(head)

    def _entry(self, name: str) -> None:
        item = QListWidgetItem(self._label(name))
        item.setData(_NAME, name)
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        item.setFlags(flags if name == MAIN else flags | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked if name in self.shown else Qt.CheckState.Unchecked)
        item.setToolTip(self._every[name].help)
        self.list.addItem(item)

    def _mark(self, name: str) -> None:
        for each in range(self.list.count()):
            if self.list.item(each).data(_NAME) == name:
                self.list.setCurrentRow(each)
                return


def _name_of(item: QListWidgetItem | None) -> str:
    """The column of an entry, "" for a head."""
    return "" if item is None else str(item.data(_NAME) or "")
