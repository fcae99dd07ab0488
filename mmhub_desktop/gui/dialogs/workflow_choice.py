"""Choosing which saved workflow is to run for the selected products."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from mmhub_desktop.domain.ids import WorkflowId
from mmhub_desktop.domain.workflow import Workflow
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.words import counted


class WorkflowChoiceDialog(Dialog):
    """``workflow()`` is the chosen one. ``reasons`` says why one cannot run; such a one cannot be chosen."""

    def __init__(
        self,
        workflows: Sequence[Workflow],
        reasons: Mapping[WorkflowId, str],
        products: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Which workflow?", f"It runs for {counted(products, 'product')}.", parent)
        self._workflows = tuple(workflows)
        self.list = QListWidget()
        self.list.setAccessibleName("Workflows")
        self.list.setProperty("framed", "true")
        for each in workflows:
            reason = reasons.get(each.id, "")
            item = QListWidgetItem(theme.icon("workflow"), f"{each.name}\n{reason}" if reason else each.name)
            if reason:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)
        self.list.setMinimumHeight(min(320, 40 * max(3, len(workflows))))
        self.list.itemDoubleClicked.connect(lambda item: self.accept() if item.flags() else None)
        self.list.currentItemChanged.connect(lambda *_: self._allow())
        self.body.addWidget(self.list)
        self.add_button("Cancel", self.reject)
        self.next_button = self.add_button("Next", self.accept, "primary")
        self.confirm_with(self.next_button)
        first = next((row for row in range(self.list.count()) if self.list.item(row).flags()), -1)
        self.list.setCurrentRow(first)
        self.list.setFocus()
        self._allow()

    def _allow(self) -> None:
        self.next_button.setEnabled(self.list.currentRow() >= 0 and bool(self.list.currentItem().flags()))

    def workflow(self) -> Workflow:
        """The one that is chosen."""
        return self._workflows[self.list.currentRow()]
