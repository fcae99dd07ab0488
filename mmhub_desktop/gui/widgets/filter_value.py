"""Where the value of a filter is entered: one widget for each kind of value, each giving text as filters hold it."""

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QWidget

from mmhub_desktop.domain.product_filter import WITHOUT_VALUE, Field, Kind, Operator, bounds, chosen
from mmhub_desktop.gui.widgets.label import Label

_DAY = "yyyy-MM-dd"
_VALUE = Qt.ItemDataRole.UserRole + 1


class FilterValue(QWidget):
    """Base: shows ``text`` when made and reads it again. ``entered``: Enter was pressed in it."""

    entered = Signal()

    def text(self) -> str:
        """The value as a filter holds it."""
        return ""


class WordsValue(FilterValue):
    """One line for words, numbers and amounts; two for a range."""

    def __init__(self, field: Field, operator: Operator, text: str) -> None:
        super().__init__()
        self._kind = field.kind
        is_range = operator is Operator.BETWEEN
        values = bounds(text) if is_range else (text,)
        names = ("From", "To") if is_range else ("Value",)
        self.lines: list[QLineEdit] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for place, (name, value) in enumerate(zip(names, values, strict=True)):
            line = QLineEdit(value)
            line.setAccessibleName(f"{field.label}: {name.lower()}")
            line.setPlaceholderText(name if is_range else "")
            line.returnPressed.connect(self.entered)
            self.lines.append(line)
            if place:
                row.addWidget(Label("and", "body", "muted"))
            row.addWidget(line, 1)
        unit = "days" if operator is Operator.LAST_DAYS else field.unit
        if unit:
            row.addWidget(Label(unit, "body", "muted"))
        self.setFocusProxy(self.lines[0])

    def text(self) -> str:
        """What was typed; a comma in a number is taken for its point."""
        values = [line.text().strip() for line in self.lines]
        if self._kind is Kind.MONEY:
            values = [
                value.replace(",", ".") if value.count(",") == 1 and "." not in value else value for value in values
            ]
        return "..".join(values)


class DayValue(FilterValue):
    """A day from a calendar; two for a range."""

    def __init__(self, field: Field, operator: Operator, text: str) -> None:
        super().__init__()
        self.days: list[QDateEdit] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for place, value in enumerate(bounds(text) if operator is Operator.BETWEEN else (text,)):
            day = QDateEdit(QDate.fromString(value, _DAY) if value else QDate.currentDate())
            day.setDisplayFormat(_DAY)
            day.setCalendarPopup(True)
            day.setAccessibleName(f"{field.label}: {'until' if place else 'day'}")
            self.days.append(day)
            if place:
                row.addWidget(Label("and", "body", "muted"))
            row.addWidget(day, 1)
        self.setFocusProxy(self.days[0])

    def text(self) -> str:
        """The day, or both."""
        return "..".join(day.date().toString(_DAY) for day in self.days)


class ChoicesValue(FilterValue):
    """A list to tick in."""

    def __init__(self, field: Field, text: str) -> None:
        super().__init__()
        ticked = chosen(text)
        self.list = QListWidget()
        self.list.setAccessibleName(f"{field.label}: choices, Space ticks")
        for value, label in field.choices:
            item = QListWidgetItem(label)
            item.setData(_VALUE, value)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if value in ticked else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.setFixedHeight(min(9, len(field.choices)) * max(24, self.list.sizeHintForRow(0)) + 6)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.list)
        self.setFocusProxy(self.list)

    def text(self) -> str:
        """What is ticked."""
        items = [self.list.item(place) for place in range(self.list.count())]
        return ",".join(item.data(_VALUE) for item in items if item.checkState() is Qt.CheckState.Checked)


class YesNoValue(FilterValue):
    """Yes or no."""

    def __init__(self, field: Field, text: str) -> None:
        super().__init__()
        self.box = QComboBox()
        self.box.setAccessibleName(field.label)
        for value, label in field.choices:
            self.box.addItem(label, value)
        self.box.setCurrentIndex(max(0, self.box.findData(text)))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.box, 1)
        self.setFocusProxy(self.box)

    def text(self) -> str:
        """``yes`` or ``no``."""
        return str(self.box.currentData())


def value_widget(field: Field, operator: Operator, text: str = "") -> FilterValue:
    """The widget for this field's values as they are compared by ``operator``; an empty one where there is no value."""
    if operator in WITHOUT_VALUE:
        return FilterValue()
    if field.kind is Kind.CHOICE:
        return ChoicesValue(field, text)
    if field.kind is Kind.YES_NO:
        return YesNoValue(field, text)
    if field.kind is Kind.DATE and operator is not Operator.LAST_DAYS:
        return DayValue(field, operator, text)
    return WordsValue(field, operator, text)
