"""What starts a workflow, and for which products when nobody chooses them."""

from dataclasses import replace

from PySide6.QtWidgets import QButtonGroup, QComboBox, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from mmhub_desktop.domain.job import Priority
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.domain.workflow import ProductScope, Trigger, Workflow
from mmhub_desktop.domain.workflow_facts import TRIGGERS
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.timing import TimingField
from mmhub_desktop.gui.words import PRODUCT_STATUS

_PRIORITIES = ((Priority.NORMAL, "Normal"), (Priority.URGENT, "Before other work"), (Priority.LOW, "After other work"))


class ScopeFields(QWidget):
    """A status and words to search for: which products."""

    def __init__(self, scope: ProductScope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.status = QComboBox()
        self.status.setAccessibleName("Status of the products")
        self.status.addItem("All products", "")
        for status in ProductStatus:
            self.status.addItem(f"Only “{PRODUCT_STATUS[status].word}”", status.value)
        self.status.setCurrentIndex(max(0, self.status.findData(scope.status)))
        self.search = QLineEdit(scope.search)
        self.search.setPlaceholderText("Any title or SKU")
        self.search.setAccessibleName("Title or SKU of the products")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.status)
        column.addWidget(self.search)

    def scope(self) -> ProductScope:
        """What was entered."""
        return ProductScope(str(self.status.currentData()), self.search.text().strip())


class StartDialog(Dialog):
    """``workflow()`` is the workflow with what was entered; a time that can never come is refused here."""

    def __init__(self, workflow: Workflow, parent: QWidget | None = None) -> None:
        super().__init__("What starts this workflow", "You can always start it by hand as well.", parent)
        self._workflow = workflow
        self.kinds = {name: QRadioButton(kind.label) for name, kind in TRIGGERS.items()}
        self._group = QButtonGroup(self)
        for name, kind in TRIGGERS.items():
            button = self.kinds[name]
            button.setChecked(name == workflow.trigger.kind)
            button.setAccessibleDescription(kind.about)
            button.toggled.connect(lambda _: self._show_kind())
            self._group.addButton(button)
            part = QVBoxLayout()
            part.setSpacing(2)
            part.addWidget(button)
            about = Label(kind.about, "small", "muted")
            about.setContentsMargins(24, 0, 0, 0)
            about.setWordWrap(True)
            part.addWidget(about)
            self.body.addLayout(part)
            if kind.timed:
                self.when = TimingField(workflow.trigger.timing)
                self.when.setContentsMargins(24, 0, 0, 0)
                self.body.addWidget(self.when)
        self.scope = ScopeFields(workflow.scope)
        self._scope_head = Label("", "label")
        self.body.addWidget(self._scope_head)
        self.body.addWidget(self.scope)
        self.body.addWidget(Label("Its work goes", "label"))
        self.priority = QComboBox()
        self.priority.setAccessibleName("Its work goes")
        for priority, words in _PRIORITIES:
            self.priority.addItem(words, int(priority))
        kept = int(workflow.priority)
        if self.priority.findData(kept) < 0:
            self.priority.addItem(f"Priority {kept}", kept)
        self.priority.setCurrentIndex(self.priority.findData(kept))
        self.body.addWidget(self.priority)
        self.body.addStretch(1)
        self.add_button("Cancel", self.reject)
        self.keep_button = self.add_button("Keep", self._keep, "primary")
        self.confirm_with(self.keep_button)
        self._show_kind()

    def _chosen(self) -> str:
        return next((name for name, button in self.kinds.items() if button.isChecked()), self._workflow.trigger.kind)

    def _show_kind(self) -> None:
        kind = TRIGGERS.get(self._chosen())
        self.when.setVisible(kind is not None and kind.timed)
        by_event = kind is not None and not kind.timed and kind.name != next(iter(TRIGGERS))
        self._scope_head.setText("Of these products only" if by_event else "For these products, unless you choose some")
        self.fit()

    def workflow(self) -> Workflow:
        """The workflow with its new start."""
        kind = TRIGGERS.get(self._chosen())
        trigger = Trigger(self._chosen(), self.when.timing() if kind and kind.timed else None)
        priority = int(self.priority.currentData())
        return replace(self._workflow, trigger=trigger, scope=self.scope.scope(), priority=priority)

    def _keep(self) -> None:
        timing = self.workflow().trigger.timing
        try:
            if timing is not None:
                timing.check()
        except MmhubError as error:
            self.mistake.say(error)
            return
        self.accept()
