"""Asking how many calls an account may make a day at most: for keys that other programs use too."""

from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QWidget

from mmhub_desktop.domain.budget import OWN_LIMIT
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.widgets.label import Label

_MOST = 10_000_000


class CallLimitDialog(Dialog):
    """Sets or lifts the seller's own limit; ``accept`` only after it was kept."""

    def __init__(self, context: GuiContext, account: Account, parent: QWidget | None = None) -> None:
        super().__init__(
            f"Limit the calls of {account.label}",
            "When they are used up, its work waits until midnight and then goes on by itself. "
            "The marketplace's own limits are kept in any case.",
            parent,
            width=440,
        )
        self._context = context
        self._account = account
        kept = account.settings.get(OWN_LIMIT, "")
        self.calls = QSpinBox()
        self.calls.setRange(0, _MOST)
        self.calls.setSingleStep(100)
        self.calls.setGroupSeparatorShown(True)
        self.calls.setSpecialValueText("No limit")
        self.calls.setValue(int(kept) if kept.isdigit() else 0)
        self.calls.setAccessibleName("Calls a day, 0 for no limit")
        self.calls.setFixedWidth(160)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.calls)
        row.addWidget(Label("calls a day at most (0: no limit)", "body", "muted"))
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addStretch(1)
        self.add_button("Cancel", self.reject)
        self.keep_button = self.add_button("Keep", self._keep, "primary")
        self.confirm_with(self.keep_button)
        self.calls.setFocus()
        self.calls.selectAll()

    def _keep(self) -> None:
        self.work(self._context.spawn, self._save(), "Limit the calls", button=self.keep_button)

    async def _save(self) -> None:
        await self._context.workspace.limit_calls(self._account.id, self.calls.value() or None)
        self.accept()
