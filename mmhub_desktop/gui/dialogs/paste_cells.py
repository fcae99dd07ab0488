"""What a pasted block of cells would change, before it does."""

from PySide6.QtWidgets import QTableView, QWidget

from mmhub_desktop.actions.pasted_cells import Pasting
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.tables.edit_lines import COLUMNS, EditLines
from mmhub_desktop.gui.widgets.plain_table import prepare_table
from mmhub_desktop.gui.words import counted

_SHOWN = 500


class PasteCellsDialog(Dialog):
    """Accepted when the cells are to be written."""

    def __init__(self, pasting: Pasting, parent: QWidget | None = None) -> None:
        left = f" {counted(len(pasting.refused), 'cell')} left out, with the reason below." if pasting.refused else ""
        super().__init__(
            f"Paste {counted(len(pasting.lines), 'cell')} into {counted(len(pasting.products), 'product')}",
            f"Nothing is written before you press the button. Ctrl+Z takes it back.{left}", parent, width=760,
        )  # fmt: skip
        self.lines = EditLines(self)
        self.lines.set_rows([*pasting.refused[:_SHOWN], *pasting.lines[:_SHOWN]])
        table = QTableView()
        table.setModel(self.lines)
        table.setAccessibleName("What becomes of the cells")
        table.setMinimumHeight(320)
        prepare_table(table, 30, [column.width for column in COLUMNS])
        self.body.addWidget(table, 1)
        self.add_button("Cancel", self.reject)
        self.paste_button = self.add_button(f"Paste {counted(len(pasting.lines), 'cell')}", self.accept, "primary")
        self.paste_button.setEnabled(bool(pasting.lines))
        self.confirm_with(self.paste_button)
