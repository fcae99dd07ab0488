"""Choosing when something runs: every day, on days of the week, again and again, or once."""

from datetime import datetime

from PySide6.QtCore import QDateTime, QTime
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QHBoxLayout,
    QSpinBox,
    QStackedWidget,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from mmhub_desktop.domain.schedule import WEEKDAYS, Repeats, Timing
from mmhub_desktop.gui.widgets.label import Label

_KINDS = (
    (Repeats.DAILY, "Every day"),
    (Repeats.WEEKLY, "On days of the week"),
    (Repeats.EVERY, "Again and again"),
    (Repeats.ONCE, "Once"),
)


class TimingField(QWidget):
    """``timing()`` is what was entered (not checked); without one to change it proposes every night."""

    def __init__(self, timing: Timing | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = timing.zone if timing else ""
        self.kind = QComboBox()
        self.kind.setAccessibleName("When")
        self.days = [QCheckBox(day[:3]) for day in WEEKDAYS]
        self.daily_at, self.weekly_at = QTimeEdit(QTime(2, 30)), QTimeEdit(QTime(2, 30))
        self.every = QSpinBox()
        self.unit = QComboBox()
        self.once_at = QDateTimeEdit(QDateTime.currentDateTime().addSecs(3600))
        self._times = QStackedWidget()
        self._lay_out()
        self._show(timing or Timing(Repeats.DAILY, clock="02:30"))

    def _lay_out(self) -> None:
        for repeats, words in _KINDS:
            self.kind.addItem(words, repeats.value)
        for edit in (self.daily_at, self.weekly_at):
            edit.setAccessibleName("Time of day")
            edit.setDisplayFormat("HH:mm")
        for day, box in zip(WEEKDAYS, self.days, strict=True):
            box.setAccessibleName(day)
        self.every.setRange(1, 999)
        self.every.setAccessibleName("How many")
        self.unit.addItem("minutes", 1)
        self.unit.addItem("hours", 60)
        self.unit.setAccessibleName("Minutes or hours")
        self.once_at.setAccessibleName("Date and time")
        self.once_at.setCalendarPopup(True)
        self.once_at.setDisplayFormat("d MMM yyyy HH:mm")
        for parts in (
            (_word("at"), self.daily_at),
            (*self.days, _word("at"), self.weekly_at),
            (_word("every"), self.every, self.unit),
            (_word("on"), self.once_at),
        ):
            self._times.addWidget(_line(*parts))
        self.kind.currentIndexChanged.connect(self._times.setCurrentIndex)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.kind)
        column.addWidget(self._times)

    def _show(self, timing: Timing) -> None:
        hours = bool(timing.minutes) and timing.minutes % 60 == 0
        self.every.setValue((timing.minutes // 60 if hours else timing.minutes) or 30)
        self.unit.setCurrentIndex(1 if hours else 0)
        if timing.clock:
            for edit in (self.daily_at, self.weekly_at):
                edit.setTime(QTime.fromString(timing.clock, "HH:mm"))
        for number, box in enumerate(self.days):
            box.setChecked(number in (timing.weekdays or (0,)))
        if timing.at is not None:
            self.once_at.setDateTime(QDateTime.fromSecsSinceEpoch(int(timing.at.timestamp())))
        self.kind.setCurrentIndex(self.kind.findData(timing.repeats.value))

    def timing(self) -> Timing:
        """When, as entered."""
        repeats = Repeats(self.kind.currentData())
        if repeats is Repeats.ONCE:
            return Timing(repeats, at=datetime.fromtimestamp(self.once_at.dateTime().toSecsSinceEpoch()).astimezone())
        if repeats is Repeats.EVERY:
            return Timing(repeats, minutes=max(0, self.every.value() * self.unit.currentData()))
        if repeats is Repeats.DAILY:
            return Timing(repeats, clock=self.daily_at.time().toString("HH:mm"), zone=self._zone)
        days = tuple(number for number, box in enumerate(self.days) if box.isChecked())
        return Timing(repeats, clock=self.weekly_at.time().toString("HH:mm"), weekdays=days, zone=self._zone)


def _word(text: str) -> Label:
    return Label(text, "body", "muted")


def _line(*parts: QWidget) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for part in parts:
        row.addWidget(part)
    row.addStretch(1)
    return line
