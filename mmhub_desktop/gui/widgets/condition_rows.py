"""Conditions of a workflow step, one in each row: fact, what it is about, comparison, value."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mmhub_desktop.domain.workflow import Condition
from mmhub_desktop.domain.workflow_facts import FACTS, OPERATOR_WORDS, About, FactType, Operator
from mmhub_desktop.gui.widgets.buttons import Button

_FIRST_VALUES = {FactType.NUMBER: "70", FactType.AMOUNT: "10.00"}


class ConditionRow(QWidget):
    """One condition; ``accounts`` and ``steps`` are (value, label) of what facts can be about."""

    changed = Signal()
    removed = Signal()

    def __init__(
        self,
        condition: Condition,
        accounts: Sequence[tuple[str, str]],
        steps: Sequence[tuple[str, str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._about: Mapping[About, Sequence[tuple[str, str]]] = {About.ACCOUNT: accounts, About.STEP: steps}
        self.fact, self.of, self.operator, self.choice = QComboBox(), QComboBox(), QComboBox(), QComboBox()
        self.value = QLineEdit()
        for name, fact in FACTS.items():
            if fact.about is About.PRODUCT or self._about[fact.about] or name == condition.fact:
                self.fact.addItem(fact.label, name)
        self.fact.setAccessibleName("What is asked about the product")
        self.of.setAccessibleName("Account or step it is about")
        self.operator.setAccessibleName("Comparison")
        self.choice.setAccessibleName("Value")
        self.value.setAccessibleName("Value")
        remove = Button("", "x", "quiet").set_hint("Remove this condition")
        remove.clicked.connect(self.removed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for part, stretch in ((self.fact, 3), (self.of, 3), (self.operator, 2), (self.value, 2), (self.choice, 2)):
            part.setMinimumWidth(70)
            row.addWidget(part, stretch)
        row.addWidget(remove)
        self.fact.setCurrentIndex(max(0, self.fact.findData(condition.fact)))
        self._show_fact(condition)
        self.fact.currentIndexChanged.connect(lambda _: self._take_fact())
        for combo in (self.of, self.operator, self.choice):
            combo.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.value.textChanged.connect(lambda _: self.changed.emit())

    def _take_fact(self) -> None:
        fact = FACTS[self.fact.currentData()]
        first = fact.choices[0][0] if fact.choices else _FIRST_VALUES.get(fact.type, "")
        self._show_fact(Condition(fact.name, fact.operators[0], first))
        self.changed.emit()

    def _show_fact(self, condition: Condition) -> None:
        fact = FACTS[self.fact.currentData()]
        combos = (
            (self.of, self._about.get(fact.about, ()), condition.of),
            (self.operator, [(each.value, OPERATOR_WORDS[each]) for each in fact.operators], condition.operator.value),
            (self.choice, fact.choices, condition.value),
        )
        for combo, choices, wanted in combos:
            combo.blockSignals(True)
            combo.clear()
            for value, label in choices:
                combo.addItem(label, value)
            combo.setCurrentIndex(max(0, combo.findData(wanted)) if choices else -1)
            combo.blockSignals(False)
        self.of.setVisible(fact.about is not About.PRODUCT)
        self.operator.setVisible(len(fact.operators) > 1)
        self.choice.setVisible(bool(fact.choices))
        self.value.setVisible(not fact.choices)
        self.value.blockSignals(True)
        self.value.setText("" if fact.choices else condition.value)
        self.value.blockSignals(False)

    def condition(self) -> Condition:
        """What was chosen."""
        fact = FACTS[self.fact.currentData()]
        field = fact.name if fact.about is About.PRODUCT else f"{fact.name}:{self.of.currentData() or ''}"
        value = str(self.choice.currentData()) if fact.choices else self.value.text().strip()
        return Condition(field, Operator(self.operator.currentData()), value)


class ConditionRows(QWidget):
    """All conditions of a step, and the button that adds one. Conditions on facts unknown here are kept untouched."""

    changed = Signal()

    def __init__(
        self,
        conditions: Sequence[Condition],
        accounts: Sequence[tuple[str, str]],
        steps: Sequence[tuple[str, str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._accounts, self._steps = tuple(accounts), tuple(steps)
        self.rows: list[ConditionRow] = []
        self._unknown = tuple(each for each in conditions if each.fact not in FACTS)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.add_button = Button("Add a condition", "plus")
        self.add_button.clicked.connect(lambda: self.add(Condition("quality", Operator.AT_LEAST, "70")))
        line = QHBoxLayout()
        line.addWidget(self.add_button)
        line.addStretch(1)
        self._column.addLayout(line)
        for each in conditions:
            if each.fact in FACTS:
                self._append(each)

    def add(self, condition: Condition) -> ConditionRow:
        """One more row, with the keyboard in it."""
        row = self._append(condition)
        row.fact.setFocus()
        self.changed.emit()
        return row

    def _append(self, condition: Condition) -> ConditionRow:
        row = ConditionRow(condition, self._accounts, self._steps)
        row.changed.connect(self.changed)
        row.removed.connect(lambda: self._remove(row))
        self._column.insertWidget(len(self.rows), row)
        self.rows.append(row)
        return row

    def _remove(self, row: ConditionRow) -> None:
        self.rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
        self.add_button.setFocus()
        self.changed.emit()

    def conditions(self) -> tuple[Condition, ...]:
        """All of them."""
        return (*(row.condition() for row in self.rows), *self._unknown)
