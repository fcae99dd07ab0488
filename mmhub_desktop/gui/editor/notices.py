"""What the editor has to say before anything else: a draft from before, and fields that changed elsewhere."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mmhub_desktop.domain.edits import Conflict
from mmhub_desktop.gui.widgets.banner import ICONS
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import counted

SHOWN = 60  # characters of a value


class _Notice(QFrame):
    def __init__(self, tone: str) -> None:
        super().__init__()
        self.setProperty("surface", "banner")
        self.setProperty("tone", tone)
        self.words = Label("", "body")
        self.words.setWordWrap(True)
        self.head = QHBoxLayout()
        self.head.setSpacing(10)
        self.head.addWidget(IconLabel(ICONS[tone], tone, 18), 0, Qt.AlignmentFlag.AlignVCenter)
        self.head.addWidget(self.words, 1)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 8, 8, 8)
        self.column.setSpacing(8)
        self.column.addLayout(self.head)
        self.hide()


class DraftNotice(_Notice):
    """Says that unsaved changes from before are shown. ``discarded`` when the seller does not want them."""

    discarded = Signal()

    def __init__(self) -> None:
        super().__init__("info")
        self.keep = Button("Keep them")
        self.keep.setToolTip("Go on where you were; they are saved when you save")
        self.keep.clicked.connect(self.hide)
        self.discard = Button("Discard", kind="danger")
        self.discard.setToolTip("Show the product as it is saved")
        self.discard.clicked.connect(self.discarded)
        self.head.addWidget(self.keep)
        self.head.addWidget(self.discard)

    def tell(self, saved_at: datetime, fields: Sequence[str]) -> None:
        """Name when they were made and what they change."""
        named = ", ".join(fields[:4]) + (f" and {len(fields) - 4} more" if len(fields) > 4 else "")
        self.words.setText(f"Unsaved changes from {_when(saved_at)}: {named}.")
        self.setAccessibleName(self.words.text())
        self.show()


class ConflictNotice(_Notice):
    """For each field that changed elsewhere: what it was, is now, would be. ``mine`` and ``theirs`` give its key."""

    mine = Signal(str)
    theirs = Signal(str)

    def __init__(self) -> None:
        super().__init__("warn")
        self._rows: list[QWidget] = []

    def tell(self, conflicts: Sequence[Conflict], name: Callable[[str], str]) -> None:
        """Show these; none hides the notice."""
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows = []
        for conflict in conflicts:
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(28, 0, 0, 0)
            line.setSpacing(8)
            words = Label(
                f"{name(conflict.key)}: was {_short(conflict.before)}, is {_short(conflict.theirs)} now, "
                f"yours {_short(conflict.mine)}", "body",
            )  # fmt: skip
            words.setWordWrap(True)
            line.addWidget(words, 1)
            theirs = Button("Take the new one").set_hint(f"Take the new value: {name(conflict.key)}")
            theirs.clicked.connect(lambda _=False, key=conflict.key: self.theirs.emit(key))
            mine = Button("Keep mine").set_hint(f"Keep your value: {name(conflict.key)}")
            mine.clicked.connect(lambda _=False, key=conflict.key: self.mine.emit(key))
            line.addWidget(theirs)
            line.addWidget(mine)
            self.column.addWidget(row)
            self._rows.append(row)
        count = counted(len(conflicts), "field that you edited was", "fields that you edited were")
        self.words.setText(f"{count} changed elsewhere meanwhile. Choose which value to keep; then save.")
        self.setAccessibleName(self.words.text())
        self.setVisible(bool(conflicts))


def _when(moment: datetime) -> str:
    local, today = moment.astimezone(), datetime.now(UTC).astimezone().date()
    return f"{local:%H:%M}" if local.date() == today else f"{local.day} {local:%b, %H:%M}"


def _short(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        return "empty"
    return f"“{words}”" if len(words) <= SHOWN else f"“{words[: SHOWN - 1]}…”"
