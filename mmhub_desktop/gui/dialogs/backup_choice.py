"""Choosing a backup to go back to when the workspace itself cannot be opened."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QTableView, QWidget

from mmhub_desktop.domain.backup import Backup
from mmhub_desktop.gui import background
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.tables.backups import COLUMNS, BackupRow, BackupsModel, read_row
from mmhub_desktop.gui.tables.line_delegate import LineDelegate
from mmhub_desktop.gui.widgets.plain_table import prepare_table
from mmhub_desktop.jobs.backup_keeper import backup_path

_ROW_HEIGHT, _HEIGHT = 40, 320


class BackupChoice(Dialog):
    """The backups, newest first; what each holds is read meanwhile."""

    def __init__(self, workspace: Path, backups: Sequence[Backup], parent: QWidget | None = None) -> None:
        super().__init__(
            "Which backup?",
            f"“{workspace.name}” becomes what it was then. You are asked once more before it is done.",
            parent, width=760,
        )  # fmt: skip
        self.model = BackupsModel(parent=self)
        self.model.set_rows([BackupRow(each) for each in backups])
        self.view = QTableView()
        self.view.setAccessibleName("Backups")
        self.view.setModel(self.model)
        self.view.setItemDelegate(LineDelegate(self.view))
        self.view.setMinimumHeight(_HEIGHT)
        prepare_table(self.view, _ROW_HEIGHT, [column.width for column in COLUMNS])
        self.view.doubleClicked.connect(self.accept)
        self.body.addWidget(self.view)
        self.add_button("Cancel", self.reject)
        self.next_button = self.add_button("Next", self.accept, "primary")
        self.confirm_with(self.next_button)
        self.view.setCurrentIndex(self.model.index(0, 0))
        self.view.setFocus()
        self.cancel_with_me(background.spawn(self._read(workspace, backups), "Read the backups"))

    def backup(self) -> Backup | None:
        """The one that is chosen."""
        row: BackupRow | None = self.view.currentIndex().data(BackupsModel.ROW)
        return None if row is None else row.backup

    async def _read(self, workspace: Path, backups: Sequence[Backup]) -> None:
        for place, each in enumerate(backups):
            row = await asyncio.to_thread(read_row, each, backup_path(workspace, each))
            self.model.set_rows([*self.model.rows[:place], row, *self.model.rows[place + 1 :]])
