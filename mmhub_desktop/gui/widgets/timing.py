"""Choosing when something runs: every day, on days of the week, again and again, once, or by a cron line."""

from datetime import datetime
from zoneinfo import available_timezones

from PySide6.QtCore import QDateTime, Qt, QTime, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QDateTimeEdit,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QStackedWidget,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from mmhub_desktop.domain.schedule import WEEKDAYS, Repeats, Timing
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.next_runs import NextRuns

_KINDS = (
    (Repeats.DAILY, "Every day"),
    (Repeats.WEEKLY, "On days of the week"),
    (Repeats.EVERY, "Again and again"),
    (Repeats.ONCE, "Once"),
    (Repeats.CRON, "By a cron line"),
)
_ZONED = (Repeats.DAILY, Repeats.WEEKLY, Repeats.CRON)


class TimingField(QWidget):
    """``timing()`` is what was entered (not checked); without one to change it proposes every night.

    Below it stand the next runs, anew with each change.
    """

    changed = Signal()

    def __init__(self, timing: Timing | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = QComboBox()
        self.kind.setAccessibleName("When")
        self.days = [QCheckBox(day[:3]) for day in WEEKDAYS]
        self.daily_at, self.weekly_at = QTimeEdit(QTime(2, 30)), QTimeEdit(QTime(2, 30))
        self.every = QSpinBox()
        self.unit = QComboBox()
        self.once_at = QDateTimeEdit(QDateTime.currentDateTime().addSecs(3600))
        self.cron = QLineEdit("0 2 * * 1-5")
        self.zone = QLineEdit()
        self._in_zone = _line(_word("in the time zone"), self.zone)
        self.next_runs = NextRuns()
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
            (self.cron, _word("minute, hour, day, month, day of the week")),
        ):
            self._times.addWidget(_line(*parts))
        self.cron.setAccessibleName("Cron line")
        self.cron.setFixedWidth(160)
        self.zone.setAccessibleName("Time zone")
        self.zone.setPlaceholderText("this computer's")
        self.zone.setMinimumWidth(220)
        self.zone.textEdited.connect(self._offer_zones)
        self.kind.currentIndexChanged.connect(self._times.setCurrentIndex)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.kind)
        column.addWidget(self._times)
        column.addWidget(self._in_zone)
        column.addWidget(self.next_runs)
        for change in (
            self.kind.currentIndexChanged, *(box.toggled for box in self.days), self.daily_at.timeChanged,
            self.weekly_at.timeChanged, self.every.valueChanged, self.unit.currentIndexChanged,
            self.once_at.dateTimeChanged, self.cron.textChanged, self.zone.textChanged,
        ):  # fmt: skip
            change.connect(self._show_next)

    def _offer_zones(self) -> None:
        """Names to choose from, read when the first letter is typed: it takes a tenth of a second."""
        if self.zone.completer() is None:
            completer = QCompleter(sorted(available_timezones()), self)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            self.zone.setCompleter(completer)

    def _show_next(self) -> None:
        timing = self.timing()
        self._in_zone.setVisible(timing.repeats in _ZONED)
        self.next_runs.show_runs(timing)
        self.changed.emit()

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
        if timing.cron:
            self.cron.setText(timing.cron)
        self.zone.setText(timing.zone)
        self.kind.setCurrentIndex(self.kind.findData(timing.repeats.value))
        self._show_next()

    def timing(self) -> Timing:
        """When, as entered."""
        repeats, zone = Repeats(self.kind.currentData()), self.zone.text().strip()
        if repeats is Repeats.ONCE:
            return Timing(repeats, at=datetime.fromtimestamp(self.once_at.dateTime().toSecsSinceEpoch()).astimezone())
        if repeats is Repeats.EVERY:
            return Timing(repeats, minutes=max(0, self.every.value() * self.unit.currentData()))
        if repeats is Repeats.CRON:
            return Timing(repeats, zone=zone, cron=" ".join(self.cron.text().split()))
        if repeats is Repeats.DAILY:
            return Timing(repeats, clock=self.daily_at.time().toString("HH:mm"), zone=zone)
        days = tuple(number for number, box in enumerate(self.days) if box.isChecked())
        return Timing(repeats, clock=self.weekly_at.time().toString("HH:mm"), weekdays=days, zone=zone)


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
