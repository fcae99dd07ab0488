"""Asking what is to be done again and again, with which products, where and when."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QDateTime, QTime
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QStackedWidget,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from mmhub_desktop.actions import ACTIONS
from mmhub_desktop.domain.ids import AccountId, ScheduleId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.domain.schedule import WEEKDAYS, Repeats, Schedule, Timing
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import PRODUCT_STATUS

_KINDS = (
    (Repeats.DAILY, "Every day"),
    (Repeats.WEEKLY, "On days of the week"),
    (Repeats.EVERY, "Again and again"),
    (Repeats.ONCE, "Once"),
)


class ScheduleDialog(Dialog):
    """Adds a schedule, or changes one; ``accept`` only after it was kept."""

    def __init__(
        self,
        context: GuiContext,
        accounts: Sequence[Account],
        parent: QWidget | None = None,
        *,
        schedule: Schedule | None = None,
    ) -> None:
        title = "Change the schedule" if schedule else "Add a schedule"
        super().__init__(title, "It runs while this program is open; what was missed is made up for once.", parent)
        self._context = context
        self._old = schedule
        self.name = QLineEdit()
        self.action = QComboBox()
        self.status = QComboBox()
        self.search = QLineEdit()
        self.kind = QComboBox()
        self.accounts = {account.id: QCheckBox(account.label) for account in accounts}
        self.days = [QCheckBox(day[:3]) for day in WEEKDAYS]
        self.daily_at, self.weekly_at = QTimeEdit(QTime(2, 30)), QTimeEdit(QTime(2, 30))
        self.every = QSpinBox()
        self.unit = QComboBox()
        self.once_at = QDateTimeEdit(QDateTime.currentDateTime().addSecs(3600))
        self._times = QStackedWidget()
        self._where = QWidget()
        self._lay_out()
        self.body.addStretch(1)
        self.add_button("Cancel", self.reject)
        self.keep_button = self.add_button("Keep" if schedule else "Add schedule", self._keep, "primary")
        self.confirm_with(self.keep_button)
        self._show(schedule)
        self.name.setFocus()

    def _lay_out(self) -> None:
        self.name.setPlaceholderText("Nightly prices")
        self.search.setPlaceholderText("Any title or SKU")
        for action in ACTIONS.values():
            self.action.addItem(action.label, action.name)
        self.status.addItem("All products", "")
        for status in ProductStatus:
            self.status.addItem(f"Only “{PRODUCT_STATUS[status].word}”", status.value)
        for repeats, words in _KINDS:
            self.kind.addItem(words, repeats.value)
        products = QHBoxLayout()
        products.setSpacing(8)
        products.addWidget(self.status, 1)
        products.addWidget(self.search, 1)
        where = QHBoxLayout(self._where)
        where.setContentsMargins(0, 0, 0, 0)
        where.setSpacing(16)
        for box in self.accounts.values():
            where.addWidget(box)
        if not self.accounts:
            where.addWidget(Label("No account is connected yet.", "body", "muted"))
        where.addStretch(1)
        self._field("Name", self.name, named=self.name)
        self._field("What", self.action, named=self.action)
        self._field("Which products", products)
        self._where_label = self._field("Where", self._where)
        self.status.setAccessibleName("Status of the products")
        self.search.setAccessibleName("Title or SKU of the products")
        self._field("When", self.kind, named=self.kind)
        for part in (self._daily(), self._weekly(), self._every(), self._once()):
            self._times.addWidget(part)
        self.body.addWidget(self._times)
        self.kind.currentIndexChanged.connect(self._times.setCurrentIndex)
        self.action.currentIndexChanged.connect(lambda _: self._show_where())

    def _field(self, label: str, field: QWidget | QHBoxLayout, *, named: QWidget | None = None) -> Label:
        head = Label(label, "label")
        part = QVBoxLayout()
        part.setSpacing(4)
        part.addWidget(head)
        if isinstance(field, QWidget):
            part.addWidget(field)
        else:
            part.addLayout(field)
        if named is not None:
            head.setBuddy(named)
            named.setAccessibleName(label)
        self.body.addLayout(part)
        return head

    def _daily(self) -> QWidget:
        self.daily_at.setAccessibleName("Time of day")
        return _line(Label("at", "body", "muted"), self.daily_at)

    def _weekly(self) -> QWidget:
        self.weekly_at.setAccessibleName("Time of day")
        for day, box in zip(WEEKDAYS, self.days, strict=True):
            box.setAccessibleName(day)
        return _line(*self.days, Label("at", "body", "muted"), self.weekly_at)

    def _every(self) -> QWidget:
        self.every.setRange(1, 999)
        self.every.setAccessibleName("How many")
        self.unit.addItem("minutes", 1)
        self.unit.addItem("hours", 60)
        self.unit.setAccessibleName("Minutes or hours")
        return _line(Label("every", "body", "muted"), self.every, self.unit)

    def _once(self) -> QWidget:
        self.once_at.setAccessibleName("Date and time")
        self.once_at.setCalendarPopup(True)
        self.once_at.setDisplayFormat("d MMM yyyy HH:mm")
        return _line(Label("on", "body", "muted"), self.once_at)

    def _show(self, schedule: Schedule | None) -> None:
        timing = schedule.timing if schedule else Timing(Repeats.DAILY, clock="02:30")
        self.every.setValue(timing.minutes // 60 if timing.minutes % 60 == 0 else timing.minutes)
        self.every.setValue(self.every.value() if timing.minutes else 30)
        self.unit.setCurrentIndex(1 if timing.minutes and timing.minutes % 60 == 0 else 0)
        if timing.clock:
            for edit in (self.daily_at, self.weekly_at):
                edit.setTime(QTime.fromString(timing.clock, "HH:mm"))
        for edit in (self.daily_at, self.weekly_at):
            edit.setDisplayFormat("HH:mm")
        for number, box in enumerate(self.days):
            box.setChecked(number in (timing.weekdays or (0,)))
        if timing.at is not None:
            self.once_at.setDateTime(QDateTime.fromSecsSinceEpoch(int(timing.at.timestamp())))
        self.kind.setCurrentIndex(self.kind.findData(timing.repeats.value))
        chosen = schedule.account_ids if schedule else tuple(self.accounts)
        for account_id, box in self.accounts.items():
            box.setChecked(account_id in chosen)
        if schedule is not None:
            self.name.setText(schedule.name)
            self.search.setText(schedule.search)
            self.status.setCurrentIndex(max(0, self.status.findData(schedule.status)))
            self.action.setCurrentIndex(max(0, self.action.findData(schedule.action)))
        else:
            self.action.setCurrentIndex(self.action.findData("update"))
        self._show_where()

    def _show_where(self) -> None:
        needs = ACTIONS[self.action.currentData()].per_account
        self._where.setVisible(needs)
        self._where_label.setVisible(needs)
        self.fit()

    def schedule(self) -> Schedule:
        """What was entered. UserMistake when an account is missing."""
        action = ACTIONS[self.action.currentData()]
        chosen = tuple(AccountId(id_) for id_, box in self.accounts.items() if box.isChecked())
        if action.per_account and not chosen:
            raise UserMistake("No account is chosen.", hint="Choose at least one, or connect one under Marketplaces.")
        old = self._old or Schedule(ScheduleId(0), "", "", self.timing())
        return replace(
            old, name=self.name.text().strip(), action=action.name, timing=self.timing(),
            status=self.status.currentData(), search=self.search.text().strip(),
            account_ids=chosen if action.per_account else (), active=True,
        )  # fmt: skip

    def timing(self) -> Timing:
        """When, as entered."""
        zone = self._old.timing.zone if self._old else ""
        repeats = Repeats(self.kind.currentData())
        if repeats is Repeats.ONCE:
            return Timing(repeats, at=datetime.fromtimestamp(self.once_at.dateTime().toSecsSinceEpoch()).astimezone())
        if repeats is Repeats.EVERY:
            return Timing(repeats, minutes=max(0, self.every.value() * self.unit.currentData()))
        if repeats is Repeats.DAILY:
            return Timing(repeats, clock=self.daily_at.time().toString("HH:mm"), zone=zone)
        days = tuple(number for number, box in enumerate(self.days) if box.isChecked())
        return Timing(repeats, clock=self.weekly_at.time().toString("HH:mm"), weekdays=days, zone=zone)

    def _keep(self) -> None:
        self.work(self._context.spawn, self._save(), "Keep the schedule", button=self.keep_button)

    async def _save(self) -> None:
        await self._context.workspace.scheduler.save(self.schedule())
        self.accept()


def _line(*parts: QWidget) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for part in parts:
        row.addWidget(part)
    row.addStretch(1)
    return line
