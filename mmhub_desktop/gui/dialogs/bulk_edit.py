"""Asking what is to be changed in many products at once, with what becomes of them beside it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QTableView, QWidget

from mmhub_desktop.domain.bulk_edit import BulkEdit, Input, InputKind, Operation, operations_for
from mmhub_desktop.domain.bulk_fields import ATTRIBUTE, FIELDS, BulkField, ValueKind, find_field
from mmhub_desktop.domain.step_kind import FieldType, OptionField
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.tables.edit_lines import COLUMNS, EditLines
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.option_fields import OptionFields
from mmhub_desktop.gui.widgets.plain_table import prepare_table
from mmhub_desktop.gui.words import counted
from mmhub_desktop.store.bulk_edits import EditCounts, EditDone

PAUSE_MS = 250  # after the last key, before an edit is tried out
_FIRST = 200  # products tried out at once; all of them follow
_REFUSALS_FIRST = 50  # above the others: they are what a seller has to know
_VALUE_HINTS = {
    ValueKind.MONEY: "An amount in each product's currency, or with one, as 10 EUR",
    ValueKind.WEIGHT: "With a unit, as 1.2 kg",
    ValueKind.LIST: "Separated by commas",
}


class BulkEditDialog(Dialog):
    """Accepted after the edit was made; ``made`` tells of it."""

    def __init__(self, context: GuiContext, ids: Sequence[int], parent: QWidget | None = None) -> None:
        words = counted(len(ids), "product")
        super().__init__(
            f"Edit {words}", "Nothing is written before you press the button. Ctrl+Z takes it back.", parent, width=760
        )
        self._context = context
        self._ids = ids
        self.made: EditDone | None = None
        self._trying: asyncio.Task[Any] | None = None
        self.field = QComboBox()
        self.attribute = QLineEdit()
        self.operation = QComboBox()
        self.inputs = OptionFields()
        self.counts = Label("", "body", "muted")
        self.lines = EditLines(self)
        self.table = QTableView()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._try_out)
        self.finished.connect(self._pause.stop)
        self._lay_out(len(ids))
        self._choose_field()

    def _lay_out(self, count: int) -> None:
        for field in FIELDS.values():
            self.field.addItem(field.label, field.name)
        self.field.addItem("Attribute…", ATTRIBUTE)
        self.attribute.setPlaceholderText("Name of the attribute, as Colour")
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for place, (label, widget) in enumerate((("Field", self.field), ("What to do", self.operation))):
            head = Label(label, "label")
            head.setBuddy(widget)
            widget.setAccessibleName(label)
            grid.addWidget(head, 0, place)
            grid.addWidget(widget, 1, place)
            grid.setColumnStretch(place, 1)
        self.attribute.setAccessibleName("Name of the attribute")
        grid.addWidget(self.attribute, 2, 0, 1, 2)
        self.body.addLayout(grid)
        self.body.addWidget(self.inputs)
        self.table.setModel(self.lines)
        self.table.setAccessibleName("What becomes of the products")
        self.table.setMinimumHeight(240)
        prepare_table(self.table, 30, [column.width for column in COLUMNS])
        self.counts.setWordWrap(True)
        self.body.addWidget(self.counts)
        self.body.addWidget(self.table, 1)
        self.add_button("Cancel", self.reject)
        self.make_button = self.add_button(f"Edit {counted(count, 'product')}", self._make, "primary")
        self.confirm_with(self.make_button)
        self.field.currentIndexChanged.connect(lambda _: self._choose_field())
        self.attribute.textChanged.connect(lambda _: self._pause.start())
        self.operation.currentIndexChanged.connect(lambda _: self._choose_operation())
        self.inputs.changed.connect(self._pause.start)

    def edit(self) -> BulkEdit:
        """What is asked for now."""
        name = str(self.field.currentData())
        if name == ATTRIBUTE:
            name = f"{ATTRIBUTE}{self.attribute.text().strip()}"
        given = self.inputs.values()
        return BulkEdit(name, str(self.operation.currentData()), tuple((key, _text(given[key])) for key in given))

    def _chosen(self) -> BulkField:
        name = str(self.field.currentData())
        found = find_field(f"{ATTRIBUTE}name" if name == ATTRIBUTE else name)
        assert found is not None  # noqa: S101 - the list holds nothing else
        return found

    def _choose_field(self) -> None:
        self.attribute.setVisible(self.field.currentData() == ATTRIBUTE)
        self.operation.blockSignals(True)
        self.operation.clear()
        for operation in operations_for(self._chosen()):
            self.operation.addItem(operation.label, operation.name)
        self.operation.blockSignals(False)
        self._choose_operation()

    def _choose_operation(self) -> None:
        field = self._chosen()
        operation = next((each for each in operations_for(field) if each.name == self.operation.currentData()), None)
        self.inputs.show_options(
            [_option(each, field, operation) for each in operation.inputs] if operation else [], {}
        )
        self.fit()
        self._pause.start()

    def _try_out(self) -> None:
        if self._trying is not None:
            self._trying.cancel()
        self._trying = self._context.spawn(self._show(self.edit()), "Try out an edit")
        self.cancel_with_me(self._trying)

    async def _show(self, edit: BulkEdit) -> None:
        store = self._context.workspace.bulk_edits
        try:
            first = await store.try_out(edit, self._ids[:_FIRST])
            self._show_counts(first, whole=len(self._ids) <= _FIRST)
            if len(self._ids) > _FIRST:
                self._show_counts(await store.try_out(edit, self._ids), whole=True)
        except MmhubError as error:
            self.lines.set_rows(())
            self.counts.setText(f"{error.message} {error.hint}".strip())
            self.make_button.setEnabled(False)

    def _show_counts(self, counts: EditCounts, *, whole: bool) -> None:
        lines = (*counts.refusals[:_REFUSALS_FIRST], *counts.lines)
        self.lines.set_rows(lines)
        parts = [f"{counted(counts.changed, 'product')} to change"]
        if counts.same:
            parts.append(f"{counts.same:,} the same already")
        if counts.refused:
            parts.append(f"{counts.refused:,} left out, with the reason below")
        more = f" The first {len(lines)} are shown." if counts.changed + counts.refused > len(lines) else ""
        self.counts.setText(f"{', '.join(parts)}.{more}" if whole else f"Of the first {_FIRST}: {', '.join(parts)} …")
        self.make_button.setEnabled(counts.changed > 0 or not whole)
        if whole:
            self.make_button.setText(f"Edit {counted(counts.changed, 'product')}")

    def _make(self) -> None:
        self._pause.stop()
        if self._trying is not None:
            self._trying.cancel()
        self.work(self._context.spawn, self._made(), "Edit products", button=self.make_button)

    async def _made(self) -> None:
        total = len(self._ids)
        self.made = await self._context.workspace.bulk_edits.make(
            self.edit(), self._ids, lambda done: self.counts.setText(f"{done:,} of {total:,} …")
        )
        self.accept()


def _text(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _option(given: Input, field: BulkField, operation: Operation) -> OptionField:
    """An input as a field to be drawn; a value of the field itself takes the field's own form."""
    kind, choices, hint = given.kind, given.choices, given.hint
    if kind is InputKind.VALUE:
        choices, hint = field.choices, _VALUE_HINTS.get(field.kind, "")
        kind = InputKind.CHOICE if choices else InputKind.TEXT
    drawn = {InputKind.CHOICE: FieldType.CHOICE, InputKind.YES_NO: FieldType.YES_NO}.get(kind, FieldType.TEXT)
    default: Any = given.default or (choices[0][0] if choices else "")
    return OptionField(
        given.name, given.label, drawn, False if drawn is FieldType.YES_NO else default, hint,
        required=(operation.name, given.name) != ("replace", "by"), choices=choices,
    )  # fmt: skip
