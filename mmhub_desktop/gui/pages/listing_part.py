"""Of a product's detail: for each account whether it could be listed there, and the way to its form."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.readiness import ReadyState
from mmhub_desktop.errors import Finding
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.chip import Chip
from mmhub_desktop.gui.widgets.label import ElidedLabel, Label
from mmhub_desktop.gui.words import READY_STATE, counted


def ready_part(
    accounts: Sequence[Account],
    found: Mapping[AccountId, tuple[ReadyState, tuple[Finding, ...]]],
    edit: Callable[[AccountId], None],
) -> QLayout:
    """A line for each account: its state, the number of problems, and a button that opens the form."""
    column = QVBoxLayout()
    column.setSpacing(8)
    if not accounts:
        column.addWidget(Label("No account is connected yet.", "body", "muted"))
    for account in accounts:
        state, findings = found.get(account.id, (None, ()))
        blocking = sum(each.blocks for each in findings)
        row = QHBoxLayout()
        row.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(ElidedLabel(account.label, "strong"))
        if blocking:
            words.addWidget(Label(f"{counted(blocking, 'problem')} to mend", "small", "muted"))
        row.addLayout(words, 1)
        if state is not None:
            row.addWidget(Chip(READY_STATE[state].word, READY_STATE[state].tone))
        button = Button("Edit", "pencil").set_hint(f"Edit what is listed on {account.label}")
        button.clicked.connect(lambda _=False, account_id=account.id: edit(account_id))
        row.addWidget(button)
        column.addLayout(row)
    return column
