"""The page of backups: what there is, make one, go back to one, delete one, and how often they are made."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QTableView

from mmhub_desktop.domain.backup import Backup
from mmhub_desktop.events import BackupsChanged, Event
from mmhub_desktop.gui.backing_up import back_up_now, go_back
from mmhub_desktop.gui.choosing import show_folder
from mmhub_desktop.gui.dialogs.confirm import confirm
from mmhub_desktop.gui.pages.page import GuiContext, Page
from mmhub_desktop.gui.tables.backups import COLUMNS, BackupRow, BackupsModel, read_row
from mmhub_desktop.gui.tables.line_delegate import LineDelegate
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.header import PageHeader
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.plain_table import prepare_table
from mmhub_desktop.gui.words import counted, megabytes, moment_text
from mmhub_desktop.settings import BACKUPS_EVERY

if TYPE_CHECKING:
    from mmhub_desktop.gui.main_window import MainWindow

ROW_HEIGHT = 40


class BackupsPage(Page):
    """Newest first; the buttons mean the current row."""

    refresh_on: ClassVar[tuple[type[Event], ...]] = (BackupsChanged,)

    def __init__(self, context: GuiContext) -> None:
        super().__init__(context)
        self._known: dict[Backup, BackupRow] = {}  # a backup's file never changes
        self.header = PageHeader("Backups", " ")
        self.make_button = Button("Back up now", "download", "primary")
        self.make_button.clicked.connect(lambda: context.spawn(self._make(), "Back up now"))
        self.header.add(self.make_button)
        self.every = QComboBox()
        self.every.setAccessibleName("Automatic backups")
        for value, label in BACKUPS_EVERY.choices:
            self.every.addItem(label, value)
        self.every.setCurrentIndex(self.every.findData(context.app.settings.get(BACKUPS_EVERY)))
        self.every.activated.connect(lambda _: context.app.settings.set(BACKUPS_EVERY, self.every.currentData()))
        self.model = BackupsModel(parent=self)
        self.view = QTableView()
        self.restore_button = self._button("Go back to this…", "rotate-ccw", self._restore, "Go back to a backup")
        self.delete_button = self._button("Delete…", "trash-2", self._delete, "Delete a backup")
        self.folder_button = Button("Show the folder", "folder-open")
        self.folder_button.clicked.connect(self._show_folder)
        self._stack = QStackedWidget()
        self._build()

    def _build(self) -> None:
        self.body.addWidget(self.header)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        for button in (self.restore_button, self.delete_button, self.folder_button):
            bar.addWidget(button)
        bar.addStretch(1)
        label = Label("Automatic backups", "body", "muted")
        label.setBuddy(self.every)
        bar.addWidget(label)
        bar.addWidget(self.every)
        self.body.addLayout(bar)
        card = Card()
        card.body.setContentsMargins(1, 1, 1, 6)
        self.view.setModel(self.model)
        self.view.setItemDelegate(LineDelegate(self.view))
        self.view.setAccessibleName("Backups")
        prepare_table(self.view, ROW_HEIGHT, [column.width for column in COLUMNS])
        self.view.selectionModel().currentRowChanged.connect(lambda *_: self._current_changed())
        self.model.modelReset.connect(self._current_changed)
        self.view.doubleClicked.connect(lambda _: self.restore_button.click())
        card.body.addWidget(self.view)
        self._stack.addWidget(card)
        self._stack.addWidget(
            EmptyState("download", "No backup yet", "The first is made by itself soon, or by you now.")
        )
        self.body.addWidget(self._stack, 1)

    def _button(self, text: str, icon: str, act: Callable[[Backup], Coroutine[Any, Any, None]], what: str) -> Button:
        button = Button(text, icon)
        button.setEnabled(False)

        def run() -> None:
            backup = self.current()
            if backup is not None:
                self.context.spawn(act(backup), what)

        button.clicked.connect(run)
        return button

    async def refresh(self, events: Sequence[Event]) -> None:  # noqa: ARG002 - whatever happened, all is read
        """List the backups, then read what each holds."""
        keeper = self.context.workspace.backups
        backups = await keeper.all()
        total = sum(each.size for each in backups)
        self.header.set_subtitle(
            f"{counted(len(backups), 'backup')}, {megabytes(total)}, beside the workspace. Pictures are not in them."
            if backups else "Copies of everything but the pictures, beside the workspace."
        )  # fmt: skip
        current = self.current()
        self._stack.setCurrentIndex(0 if backups else 1)
        self._show(backups)
        row = next((row for row, each in enumerate(backups) if each == current), 0)
        if backups and self.view.currentIndex().row() != row:
            self.view.setCurrentIndex(self.model.index(row, 0))
        self._current_changed()
        for backup in backups:
            if backup not in self._known:
                self._known[backup] = await asyncio.to_thread(read_row, backup, keeper.path(backup))
                self._show(backups)

    def current(self) -> Backup | None:
        """The backup in the current row."""
        row: BackupRow | None = self.view.currentIndex().data(BackupsModel.ROW)
        return None if row is None else row.backup

    def _show(self, backups: Sequence[Backup]) -> None:
        self.model.set_rows([self._known.get(each, BackupRow(each)) for each in backups])

    def _current_changed(self) -> None:
        for button in (self.restore_button, self.delete_button):
            button.setEnabled(self.current() is not None)

    async def _make(self) -> None:
        self.make_button.setEnabled(False)
        try:
            await back_up_now(self.context)
        finally:
            self.make_button.setEnabled(True)

    async def _restore(self, backup: Backup) -> None:
        await go_back(cast("MainWindow", self.window()), self.context.workspace.path, backup)

    async def _delete(self, backup: Backup) -> None:
        if await confirm(
            self.window(), "Delete this backup?",
            f"It was made on {moment_text(backup.at)} and cannot be brought back.", "Delete",
        ):  # fmt: skip
            await self.context.workspace.backups.remove(backup)

    def _show_folder(self) -> None:
        current = self.current()
        keeper = self.context.workspace.backups
        show_folder(keeper.path(current).parent if current else keeper.workspace.parent)
