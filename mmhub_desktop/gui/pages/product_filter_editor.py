"""Choosing what products are filtered by, and a small window in which one filter is entered or changed."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mmhub_desktop.domain.product_filter import (
    FIELDS,
    OPERATOR_WORDS,
    About,
    Filter,
    Kind,
    Operator,
    check,
)
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.filter_value import FilterValue, value_widget
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.search_choice import Choice

WIDTH = 300


def field_choices(accounts: Mapping[int, str], attributes: Sequence[str]) -> list[Choice]:
    """Everything products can be filtered by: ``Filter.field`` and its words; accounts by id with their labels."""
    found = []
    for field in FIELDS.values():
        if field.about is About.PRODUCT:
            found.append(Choice(field.name, field.label))
        elif field.about is About.ACCOUNT:
            found += [Choice(f"{field.name}:{id_}", f"{field.label} {label}") for id_, label in accounts.items()]
        else:
            found += [Choice(f"{field.name}:{name}", f"{field.label} {name}") for name in attributes]
    return found


class FilterEditor(QFrame):
    """Shows one field with its operators and value. ``taken`` carries the ``Filter``; Esc closes."""

    taken = Signal(object)

    def __init__(self, present: Filter, label: str, parent: QWidget, *, new: bool) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("surface", "notice")
        self.setAccessibleName(f"Filter by {label}")
        self.setFixedWidth(WIDTH)
        self._field = FIELDS[present.name]
        self._about = present.field
        self._value: FilterValue = FilterValue()
        self.operators = QComboBox()
        self.operators.setAccessibleName(f"How {label} is compared")
        for operator in self._field.operators:
            self.operators.addItem(OPERATOR_WORDS[operator], operator)
        self.operators.setCurrentIndex(max(0, self.operators.findData(present.operator)))
        self.operators.setVisible(len(self._field.operators) > 1)
        self.operators.currentIndexChanged.connect(lambda _: self._show_value(self._value.text()))
        self.mistake = Label("", "small", "err")
        self.mistake.setWordWrap(True)
        self.mistake.hide()
        self.apply_button = Button("Add filter" if new else "Change filter", kind="primary")
        self.apply_button.clicked.connect(self.take)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 12, 14, 12)
        self._column.setSpacing(10)
        self._column.addWidget(Label(label, "strong"))
        self._column.addWidget(self.operators)
        self._column.addWidget(self._value)
        self._column.addWidget(self.mistake)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.apply_button)
        self._column.addLayout(foot)
        self._show_value(present.value)

    @property
    def value(self) -> FilterValue:
        """Where the value is entered."""
        return self._value

    def show_below(self, widget: QWidget) -> None:
        """Open under ``widget``, inside the screen, with the keyboard in the value."""
        self.adjustSize()
        place = widget.mapToGlobal(QPoint(0, widget.height() + 4))
        room = widget.screen().availableGeometry()
        place.setX(min(place.x(), max(room.left(), room.right() - self.width())))
        place.setY(min(place.y(), max(room.top(), room.bottom() - self.height())))
        self.move(place)
        self.show()
        (self._value if self._value.focusProxy() else self.operators).setFocus()

    def take(self) -> None:
        """Tell the filter and close; a value that is none for the field is told of here."""
        operator = Operator(self.operators.currentData())
        found = Filter(self._about, operator, self._value.text())
        try:
            check(found)
        except UserMistake as mistake:
            self.mistake.setText(f"{mistake.message} {mistake.hint}".strip())
            self.mistake.show()
            self.adjustSize()
            self._value.setFocus()
            return
        self.close()
        self.taken.emit(found)

    def _show_value(self, text: str) -> None:
        operator = Operator(self.operators.currentData())
        if self._field.kind is Kind.DATE and operator is Operator.LAST_DAYS and not text.isdigit():
            text = "7"
        elif self._field.kind is Kind.DATE and text.isdigit():
            text = ""
        made = value_widget(self._field, operator, text)
        made.entered.connect(self.take)
        self._column.replaceWidget(self._value, made)
        self._value.hide()  # else it stands under the new one until it is deleted
        self._value.deleteLater()
        self._value = made
        made.setVisible(made.layout() is not None)
        self.adjustSize()
