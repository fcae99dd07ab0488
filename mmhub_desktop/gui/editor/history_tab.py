"""What happened to the product: changes here, each with its undo, and what was sent to marketplaces, newest first."""

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mmhub_desktop.domain.history import KIND_LABELS, HistoryEntry, ProductChange
from mmhub_desktop.domain.history_words import change_lines
from mmhub_desktop.domain.listing import SyncLogEntry
from mmhub_desktop.gui.editor.read_tab import ReadTab
from mmhub_desktop.gui.editor.sheet import EditedProduct
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.tables.history import KIND_ICONS
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Line
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import Passage
from mmhub_desktop.gui.words import counted, moment_text

SHOWN = 80
LINES = 12  # fields of one change
_SENT_WORDS = {"remote_id": "listing number", "quantity": "stock"}


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline; ``entry`` where it can be undone or done again."""

    at: datetime
    icon: str
    title: str
    lines: tuple[str, ...]
    entry: HistoryEntry | None = None


class HistoryTab(ReadTab):
    """``happenings`` are what is shown."""

    def __init__(self, sheet: EditedProduct, context: GuiContext) -> None:
        super().__init__(sheet, context, "History of the product")
        self.happenings: list[Happening] = []
        self.buttons: dict[int, Button] = {}

    async def fill(self, column: QVBoxLayout) -> None:
        """Both logs, merged by time."""
        workspace, product = self.context.workspace, self.sheet.stored
        changes = await workspace.history.of_product(product.id, SHOWN)
        sent = await workspace.listings.log_of(product.id, SHOWN)
        labels = {side.account.id: side.account.label for side in self.sheet.content.sides}
        where = {each.id: labels.get(each.account_id, "") for each in self.sheet.content.family.listings}
        price = product.price or product.cost
        found = [_changed(change, price.currency if price else "") for change in changes]
        found += [_sent(entry, where.get(entry.listing_id, "")) for entry in sent]
        self.happenings = sorted(found, key=lambda each: each.at, reverse=True)[:SHOWN]
        self.buttons = {}
        if not found:
            column.addWidget(EmptyState("clock", "Nothing happened yet", "Changes and what is sent appear here."))
        for place, happening in enumerate(self.happenings):
            if place:
                column.addWidget(Line())
            column.addWidget(self._row(happening))

    def undo(self, entry: HistoryEntry) -> None:
        """Take a change back, or do it again where it was taken back."""
        self.context.spawn(self._undo(entry), "Undo a change")

    async def _undo(self, entry: HistoryEntry) -> None:
        from mmhub_desktop.gui.dialogs.confirm import confirm

        history = self.context.workspace.history
        again = entry.can_redo and not entry.can_undo
        if entry.products > 1:
            many = counted(entry.products, "product")
            verb = f"{'Do again' if again else 'Undo'} for {many}"
            text = f"“{entry.label}” concerns {many}, not this one alone. What was changed since is left as it is."
            if not await confirm(self, f"{verb}?", text, verb, danger=False):
                return
        done = await (history.redo(entry.id) if again else history.undo(entry.id))
        what = "done again" if again else "undone"
        hint = (
            f"{counted(done.refused, 'value was', 'values were')} left: {done.refusals[0].message}"
            if done.refused
            else ""
        )
        self.context.window.notify("warn" if hint else "ok", f"“{entry.label}” was {what}.", hint)
        self.show_content()

    def _row(self, happening: Happening) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addWidget(IconLabel(happening.icon, "muted", 18), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Passage(happening.title, "strong"))
        for each in happening.lines:
            words.addWidget(Passage(each, "body"))
        words.addWidget(Passage(moment_text(happening.at), "small", "muted"))
        line.addLayout(words, 1)
        entry = happening.entry
        if entry is not None and (entry.can_undo or entry.can_redo):
            verb = "Undo" if entry.can_undo else "Do again"
            many = f" ({counted(entry.products, 'product')})" if entry.products > 1 else ""
            button = Button(f"{verb}{many}", "undo-2").set_hint(f"{verb}: {entry.label}{many}")
            button.clicked.connect(lambda _=False: self.undo(entry))
            self.buttons[entry.id] = button
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return row


def _changed(change: ProductChange, currency: str) -> Happening:
    entry = change.entry
    lines = change_lines(change.cells, currency)
    if change.came:
        lines = ["The product was made", *lines]
    more = len(lines) - LINES
    if more > 0:
        lines = [*lines[:LINES], f"and {counted(more, 'more field')}"]
    state = ", undone since" if entry.can_redo else ""
    title = f"{KIND_LABELS[entry.kind]} by {entry.actor}{state}" if entry.actor else f"{KIND_LABELS[entry.kind]}{state}"
    return Happening(entry.at, KIND_ICONS[entry.kind], title, tuple(lines), entry)


def _sent(entry: SyncLogEntry, account: str) -> Happening:
    field = _SENT_WORDS.get(entry.field, entry.field)
    change = f"{entry.old} → {entry.new}" if entry.old else entry.new
    line = f"{field.capitalize()}: {change}" if field else change
    title = f"{entry.operation.capitalize()} on {account}" if account else entry.operation.capitalize()
    return Happening(entry.at, "send", title, (line,) if line else ())
