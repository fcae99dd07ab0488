"""Asking what is to be exported: which products, in which form, with which columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from mmhub_desktop.catalog.export import FORMATS, ExportFormat
from mmhub_desktop.catalog.export.ours import ALL_OPTIONS, COLUMNS
from mmhub_desktop.catalog.plan import NAMED_ATTRIBUTE
from mmhub_desktop.domain.product import fold
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.theme import font
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import number

_NAME = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Scope:
    """Which products could be meant: a name for the program, and words with their number."""

    name: str  # "selected", "matching", "all"
    words: str


class ExportDialog(Dialog):
    """``scope``, ``form`` and ``columns`` (names; none: all) are what was chosen. Accepted, a place is asked for."""

    def __init__(self, scopes: Sequence[Scope], parent: QWidget | None = None) -> None:
        super().__init__("Export products", "Into a file on this computer; nothing in the catalog changes.", parent)
        self._ticked = {column.name for column in COLUMNS} | {ALL_OPTIONS}
        self._labels = {column.name: column.label for column in COLUMNS} | {ALL_OPTIONS: "Options of variants"}
        self.scopes = QButtonGroup(self)
        self.formats = QButtonGroup(self)
        self._scopes = tuple(scopes)
        self._add("Which products", self.scopes, [(scope.words, "") for scope in scopes])
        self._add("As", self.formats, [(each.label, each.about) for each in FORMATS])
        self.all_columns = QCheckBox("All columns")
        self.all_columns.setChecked(True)
        self.all_columns.toggled.connect(self._show_columns)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search columns")
        self.search.setAccessibleName("Search columns")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._fill())
        self.list = QListWidget()
        self.list.setAccessibleName("Columns of the file, Space takes one in or leaves it out")
        self.list.setProperty("framed", "true")
        self.list.setUniformItemSizes(True)
        self.list.setFixedHeight(180)
        self.list.itemChanged.connect(self._tick)
        down = QShortcut(QKeySequence("Down"), self.search, context=Qt.ShortcutContext.WidgetShortcut)
        down.activated.connect(self.list.setFocus)
        for widget in (self.all_columns, self.search, self.list):
            self.body.addWidget(widget)
        self.add_button("Cancel", self.reject)
        self.save_button = self.add_button("Choose where to save it…", self.accept, "primary", "download")
        self.confirm_with(self.save_button)
        self.formats.idToggled.connect(lambda *_: self._show_columns())
        self._fill()
        self._show_columns()
        self.scopes.button(0).setFocus()

    def _add(self, title: str, group: QButtonGroup, choices: Sequence[tuple[str, str]]) -> None:
        self.body.addWidget(Label(title, "label", "muted"))
        card = Card()
        for place, (words, about) in enumerate(choices):
            row = QVBoxLayout()
            row.setSpacing(1)
            button = QRadioButton(words)
            button.setFont(font("strong"))
            button.setAccessibleName(f"{title}: {words}")
            button.setAccessibleDescription(about)
            button.setChecked(place == 0)
            group.addButton(button, place)
            row.addWidget(button)
            if about:
                label = Label(about, "small", "muted")
                label.setContentsMargins(26, 0, 0, 0)
                row.addWidget(label)
            card.body.addLayout(row)
        self.body.addWidget(card)

    @property
    def scope(self) -> str:
        """The name of the chosen scope."""
        return self._scopes[self.scopes.checkedId()].name

    @property
    def form(self) -> ExportFormat:
        """The chosen form of file."""
        return FORMATS[self.formats.checkedId()]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the chosen columns; none when all are meant."""
        if not self.form.has_columns or self.all_columns.isChecked():
            return ()
        return tuple(name for name in self._labels if name in self._ticked)

    def offer_attributes(self, names: Sequence[str]) -> None:
        """Put the attributes that products have behind the fields: they are found out meanwhile."""
        for name in names:
            self._labels[NAMED_ATTRIBUTE + name] = f"Attribute “{name}”"
            self._ticked.add(NAMED_ATTRIBUTE + name)
        self._fill()

    def _show_columns(self) -> None:
        can_choose = self.form.has_columns
        self.all_columns.setEnabled(can_choose)
        self.all_columns.setText("All columns" if can_choose else f"All columns that {self.form.label} knows")
        choosing = can_choose and not self.all_columns.isChecked()
        self.search.setVisible(choosing)
        self.list.setVisible(choosing)
        self._allow()
        self.fit(shrink=True)

    def _fill(self) -> None:
        words = fold(self.search.text()).split()
        self.list.blockSignals(True)
        self.list.clear()
        for name, label in self._labels.items():
            if all(word in fold(f"{label} {name}") for word in words):
                item = QListWidgetItem(label)
                item.setData(_NAME, name)
                item.setFlags(
                    Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
                )
                item.setCheckState(Qt.CheckState.Checked if name in self._ticked else Qt.CheckState.Unchecked)
                self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.blockSignals(False)

    def _tick(self, item: QListWidgetItem) -> None:
        name = str(item.data(_NAME))
        if item.checkState() is Qt.CheckState.Checked:
            self._ticked.add(name)
        else:
            self._ticked.discard(name)
        self._allow()

    def _allow(self) -> None:
        count = len(self.columns)
        choosing = self.form.has_columns and not self.all_columns.isChecked()
        if choosing:
            self.all_columns.setText(f"All columns ({number(count)} of {number(len(self._labels))} are ticked)")
        self.save_button.setEnabled(count > 0 or not choosing)

    def buttons_of(self, group: QButtonGroup) -> list[QAbstractButton]:
        """The choices of a group, in order."""
        return [group.button(place) for place in range(len(group.buttons()))]
