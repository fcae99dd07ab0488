"""Asking what is to be done again and again, with which products, where and when."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mmhub_desktop.actions import ACTIONS
from mmhub_desktop.domain.ids import AccountId, ScheduleId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.domain.schedule import Schedule
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.timing import TimingField
from mmhub_desktop.gui.words import PRODUCT_STATUS


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
        self.when = TimingField(schedule.timing if schedule else None)
        self.accounts = {account.id: QCheckBox(account.label) for account in accounts}
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
        self._which = [self._field("Which products", products), self.status, self.search]
        self._where_label = self._field("Where", self._where)
        self.status.setAccessibleName("Status of the products")
        self.search.setAccessibleName("Title or SKU of the products")
        self._field("When", self.when)
        self.action.currentIndexChanged.connect(lambda _: self._show_where())
        self.when.changed.connect(self.fit)

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

    def _show(self, schedule: Schedule | None) -> None:
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
        action = ACTIONS[self.action.currentData()]
        needs = action.per_account
        for part in self._which:
            part.setVisible(action.about is None)
        self._where.setVisible(needs)
        self._where_label.setVisible(needs)
        self.fit()

    def schedule(self) -> Schedule:
        """What was entered. UserMistake when an account is missing."""
        action = ACTIONS[self.action.currentData()]
        chosen = tuple(AccountId(id_) for id_, box in self.accounts.items() if box.isChecked())
        if action.per_account and not chosen:
            raise UserMistake("No account is chosen.", hint="Choose at least one, or connect one under Marketplaces.")
        timing = self.when.timing()
        old = self._old or Schedule(ScheduleId(0), "", "", timing)
        return replace(
            old, name=self.name.text().strip(), action=action.name, timing=timing,
            status=self.status.currentData(), search=self.search.text().strip(),
            account_ids=chosen if action.per_account else (), active=True,
        )  # fmt: skip

    def _keep(self) -> None:
        self.work(self._context.spawn, self._save(), "Keep the schedule", button=self.keep_button)

    async def _save(self) -> None:
        await self._context.workspace.scheduler.save(self.schedule())
        self.accept()
