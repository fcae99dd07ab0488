"""Changing a step of a workflow: what it does, where, for which products, after which steps, and if some fail."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.step_kind import StepKind
from mmhub_desktop.domain.workflow import OnFailure, Workflow, WorkflowStep
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.dialogs.publish import account_name
from mmhub_desktop.gui.pages.workflow_draft import followers, in_order
from mmhub_desktop.gui.pages.workflow_words import ON_FAILURE_WORDS, step_title
from mmhub_desktop.gui.widgets.condition_rows import ConditionRows
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.option_fields import OptionFields

MOST_HEIGHT = 520


class StepDialog(Dialog):
    """``step()`` is what was entered; nothing is checked here, the editor shows findings beside the step."""

    def __init__(
        self,
        workflow: Workflow,
        step: WorkflowStep,
        kinds: Mapping[str, StepKind],
        accounts: Mapping[int, Account],
        parent: QWidget | None = None,
        *,
        is_new: bool = False,
    ) -> None:
        super().__init__("Add a step" if is_new else "Change the step", "", parent, width=620)
        self._workflow, self._step, self._kinds = workflow, step, kinds
        self.kind = QComboBox()
        self.about = Label("", "small", "muted")
        self.about.setWordWrap(True)
        self.title = QLineEdit(step.title)
        self.accounts = {AccountId(number): QCheckBox(account_name(each)) for number, each in accounts.items()}
        self.options = OptionFields()
        others = [each for each in in_order(workflow) if each.key != step.key]
        later = followers(workflow, step.key)
        names = {each.key: step_title(each, kinds, accounts) for each in others}
        numbers = {each.key: number for number, each in enumerate(in_order(workflow), start=1)}
        self.after = {
            each.key: QCheckBox(f"{numbers[each.key]}   {names[each.key]}") for each in others if each.key not in later
        }
        self.conditions = ConditionRows(
            step.when,
            [(str(number), each.label) for number, each in accounts.items()],
            [(each.key, names[each.key]) for each in others if each.key not in later],
        )
        self.on_failure = QComboBox()
        self._lay_out()
        self._show(step)
        self.add_button("Cancel", self.reject)
        self.keep_button = self.add_button("Add step" if is_new else "Keep", self.accept, "primary")
        self.confirm_with(self.keep_button)
        self.kind.setFocus()

    def _lay_out(self) -> None:
        content = QWidget()
        content.setProperty("clear", "true")
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 12, 0)
        self._column.setSpacing(12)
        known = list(self._kinds.values())
        for kind in known:
            self.kind.addItem(kind.label, kind.name)
        if self._step.kind not in self._kinds:
            self.kind.addItem(f"Unknown step “{self._step.kind}”", self._step.kind)
        self._field("What", self.kind, self.about)
        self._where = self._field("Where, side by side", self._boxes(list(self.accounts.values()), "account"))
        self._column.addWidget(self.options)
        self._field("Only products that meet all of these", self.conditions)
        if self.after:
            self._field("Begins after", self._boxes(list(self.after.values()), "step"))
        for choice, words in ON_FAILURE_WORDS.items():
            self.on_failure.addItem(words, choice.value)
        self._field("When products fail in this step", self.on_failure)
        self._field("Its title in this workflow (may be left out)", self.title)
        self._column.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(content)
        self.body.addWidget(self._area, 1)
        self.kind.currentIndexChanged.connect(lambda _: self._show_kind())
        self.conditions.changed.connect(self._fit_area)

    def _field(self, label: str, *parts: QWidget) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = Label(label, "label")
        head.setBuddy(parts[0])
        column.addWidget(head)
        for part in parts:
            column.addWidget(part)
        if isinstance(parts[0], QComboBox | QLineEdit):
            parts[0].setAccessibleName(label)
        self._column.addWidget(whole)
        return whole

    def _boxes(self, boxes: list[QCheckBox], noun: str) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for box in boxes:
            column.addWidget(box)
        if not boxes:
            column.addWidget(Label(f"No {noun} is connected yet: add one under Marketplaces.", "small", "muted"))
        return part

    def _show(self, step: WorkflowStep) -> None:
        self.kind.setCurrentIndex(max(0, self.kind.findData(step.kind)))
        for number, box in self.accounts.items():
            box.setChecked(number in step.account_ids)
        for key, box in self.after.items():
            box.setChecked(key in step.after)
        self.on_failure.setCurrentIndex(self.on_failure.findData(step.on_failure.value))
        self._show_kind()

    def _show_kind(self) -> None:
        kind = self._kinds.get(self.kind.currentData())
        self.about.setText(kind.about if kind else "This program does not have it: install what added it.")
        self.about.setVisible(bool(self.about.text()))
        self._where.setVisible(kind is not None and kind.needs_accounts)
        is_same = kind is not None and kind.name == self._step.kind
        self.options.show_options(kind.fields if kind else (), self._step.options if is_same or kind is None else {})
        self.title.setPlaceholderText(kind.label if kind else "")
        self._fit_area()

    def _fit_area(self) -> None:
        content = self._area.widget()
        layout = content.layout() if content else None
        if layout is not None:
            layout.activate()
            self._area.setMinimumHeight(min(MOST_HEIGHT, self._room(), layout.sizeHint().height() + 4))
        self.fit()

    def _room(self) -> int:
        """What the screen leaves for the fields: little at twice the size."""
        return max(160, self.screen().availableGeometry().height() - 240)

    def step(self) -> WorkflowStep:
        """What was entered."""
        kind = self._kinds.get(self.kind.currentData())
        chosen = tuple(number for number, box in self.accounts.items() if box.isChecked())
        return replace(
            self._step,
            kind=str(self.kind.currentData()),
            title=self.title.text().strip(),
            account_ids=chosen if kind is None or kind.needs_accounts else (),
            options=self.options.values(),
            when=self.conditions.conditions(),
            after=tuple(key for key, box in self.after.items() if box.isChecked()),
            on_failure=OnFailure(self.on_failure.currentData()),
        )
