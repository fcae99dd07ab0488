"""The options of a product's variants: a name and its values in a line each."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.label import Label


class OptionRows(QWidget):
    """``changed`` gives all names with their values, ``renamed`` an old and a new name."""

    changed = Signal(object)
    renamed = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[tuple[QLineEdit, QLineEdit]] = []
        self._shown: dict[str, list[str]] = {}
        self._lines: list[QWidget] = []
        self.add = Button("Add option", "plus", "quiet")
        self.add.clicked.connect(self._add_empty)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._note = Label(
            "Options, as Size: S, M, L. A further value makes room for further variants.", "small", "muted"
        )
        head = QHBoxLayout()
        head.addWidget(self._note)
        head.addStretch(1)
        head.addWidget(self.add)
        self._column.addLayout(head)

    def first_field(self) -> QWidget:
        """Where a name is entered."""
        if not self.rows:
            self._add_empty()
        return self.rows[0][0]

    def show_axes(self, axes: Mapping[str, Sequence[str]]) -> None:
        """Show these; a line that is being filled in stays."""
        wanted = {name: list(values) for name, values in axes.items()}
        if wanted == self._shown and self._lines:
            return
        self._shown = wanted
        unfinished = [(name.text(), values.text()) for name, values in self.rows if not name.property("axis")]
        for line in self._lines:
            line.hide()
            line.deleteLater()
        self.rows, self._lines = [], []
        for name, values in wanted.items():
            self._add_line(name, _join(values), axis=name)
        for name, text in unfinished:
            if name.strip() not in wanted:
                self._add_line(name, text, axis="")
        if not self.rows:
            self._add_line("", "", axis="")

    def _add_empty(self) -> None:
        name, _ = self._add_line("", "", axis="")
        name.setFocus()

    def _add_line(self, name: str, values: str, *, axis: str) -> tuple[QLineEdit, QLineEdit]:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        named, listed = QLineEdit(name), QLineEdit(values)
        number = len(self.rows) + 1
        named.setAccessibleName(f"Name of option {number}")
        named.setPlaceholderText("Size")
        named.setFixedWidth(160)
        named.setProperty("axis", axis)
        listed.setAccessibleName(f"Values of option {number}, with commas")
        listed.setPlaceholderText("S, M, L")
        named.editingFinished.connect(self._entered)
        listed.editingFinished.connect(self._entered)
        row.addWidget(named)
        row.addWidget(listed, 1)
        self._column.addWidget(line)
        self._lines.append(line)
        self.rows.append((named, listed))
        return named, listed

    def _entered(self) -> None:
        """Tell a new name or further values; values that variants have stay."""
        axes: dict[str, list[str]] = {}
        for named, listed in tuple(self.rows):
            name, axis = " ".join(named.text().split()), str(named.property("axis"))
            values = _split(listed.text())
            if axis and name and name != axis and name not in self._shown:
                named.setProperty("axis", name)
                self.renamed.emit(axis, name)
                return
            if (name or axis) and values:
                axes[name or axis] = values
        if axes != self._shown:
            self.changed.emit(axes)


def _join(values: Sequence[str]) -> str:
    """With commas, or with bars where a value has a comma itself."""
    if not any("," in value for value in values):
        return ", ".join(values)
    return " | ".join(values) if len(values) > 1 else f"{values[0]} |"


def _split(text: str) -> list[str]:
    parts = text.split("|" if "|" in text else ",")
    return [value for part in parts if (value := " ".join(part.split()))]
