"""The dry run's step: what would be new, changed, the same or refused, to be looked through before it is written."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mmhub_desktop.catalog.dry_run import DryRun, RefusedReason
from mmhub_desktop.catalog.import_run import Progress
from mmhub_desktop.domain.imports import ImportCounts
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.dialogs.import_added import Added
from mmhub_desktop.gui.dialogs.import_counts import Counts, Working
from mmhub_desktop.gui.dialogs.import_steps import Step, fraction
from mmhub_desktop.gui.tables.import_changes import COLUMNS, ROW_HEIGHT, ChangeLine, ChangesDelegate, ChangesModel
from mmhub_desktop.gui.tables.imports import progress_words
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.plain_table import prepare_table
from mmhub_desktop.gui.words import counted, number

_LONG = 60  # characters from which a cell is shown in full below the table


class TrialStep(Step):
    """What the import would do."""

    def __init__(self) -> None:
        super().__init__()
        self.working = Working()
        self.counts = Counts()
        self.added = Added()
        self.changes = Changes()
        self.refused = make_tree("Refused rows", ("Reason", "Rows"))
        self.mended = make_tree("Mended rows", ("What is done to rows that are imported", "Rows"))
        self.tabs = QTabWidget()
        self.tabs.tabBar().setFont(theme.font("strong"))
        self.tabs.addTab(self.added, "New")
        self.tabs.addTab(self.changes, "Changes")
        self.tabs.addTab(self.refused, "Refused")
        self.tabs.addTab(self.mended, "Mended")
        self._column.addWidget(self.working)
        self._column.addWidget(self.counts)
        self._column.addWidget(self.tabs, 1)
        self._room = QWidget()
        self._column.addWidget(self._room, 1)

    def begin(self) -> None:
        """Nothing is known yet."""
        self.counts.show_counts(ImportCounts())
        self.tabs.hide()
        self._room.show()
        self.working.show_progress(0, "Reading the rows…")
        self.working.show()

    def show_progress(self, progress: Progress) -> None:
        """How far the dry run is."""
        self.counts.show_counts(progress.counts)
        self.working.show_progress(fraction(progress), progress_words(progress))

    def show_trial(self, found: DryRun, lines: Sequence[ChangeLine]) -> None:
        """What it found; ``lines`` are its changes as ``change_lines`` makes them."""
        self.counts.show_counts(found.counts)
        self.working.hide()
        self.added.show_products(found.added, found.counts.new)
        self.changes.show_changes(lines, found.counts.changed)
        fill_tree(self.refused, found.reasons)
        fill_tree(self.mended, found.notes)
        mended = sum(note.rows for note in found.notes)
        counts = found.counts
        shown = (
            ("New", counts.new), ("Changes", counts.changed), ("Refused", counts.refused), ("Mended", mended)
        )  # fmt: skip
        for place, (words, amount) in enumerate(shown):
            self.tabs.setTabText(place, f"{words} ({number(amount)})")
            self.tabs.setTabVisible(place, bool(amount))
        self.tabs.setCurrentIndex(1 if counts.changed else 0)  # what is overwritten is looked at first
        has_any = any(amount for _, amount in shown)
        self.tabs.setVisible(has_any)
        self._room.setVisible(not has_any)


class Changes(QWidget):
    """The changes with a filter by field and a search by product; the marked one in full below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ChangesModel(self)
        self.view = QTableView()
        self.view.setAccessibleName("What changes")
        self.view.setModel(self.model)
        self.view.setItemDelegate(ChangesDelegate(self.view))
        prepare_table(self.view, ROW_HEIGHT, [column.width for column in COLUMNS])
        self.view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.field = QComboBox()
        self.field.setAccessibleName("Show changes of this field")
        self.field.setMinimumWidth(190)
        self.product = QLineEdit()
        self.product.setPlaceholderText("Find a product")
        self.product.setAccessibleName("Find a product by SKU or title")
        self.product.setClearButtonEnabled(True)
        self.words = Label("", "small", "muted")
        self._old, self._new = _whole("Now"), _whole("Becomes")
        self._lay_out()
        self.field.currentIndexChanged.connect(lambda _: self._filter())
        self.product.textChanged.connect(lambda _: self._filter())
        self.view.selectionModel().currentRowChanged.connect(lambda *_: self._show_whole())
        self.model.modelReset.connect(self._show_whole)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.field)
        bar.addWidget(self.product, 1)
        whole = QHBoxLayout()
        whole.setSpacing(8)
        whole.addWidget(self._old)
        whole.addWidget(self._new)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(8)
        column.addLayout(bar)
        column.addWidget(self.view, 1)
        column.addLayout(whole)
        column.addWidget(self.words)

    def show_changes(self, lines: Sequence[ChangeLine], all_changed: int) -> None:
        """Draw them; says how many of all changed products are here."""
        self.model.set_lines(lines)
        self.field.blockSignals(True)
        self.field.clear()
        self.field.addItem("All fields", "")
        for name, amount in self.model.fields.items():
            self.field.addItem(f"{name} ({number(amount)})", name)
        self.field.blockSignals(False)
        self.product.clear()
        here = self.model.products
        self.words.setText(
            f"The first {number(here)} of {number(all_changed)} changed products are listed here."
            if here < all_changed
            else ""
        )
        self.words.setVisible(here < all_changed)

    def _filter(self) -> None:
        self.model.filter(str(self.field.currentData() or ""), self.product.text())

    def _show_whole(self) -> None:
        line: ChangeLine | None = self.view.currentIndex().data(ChangesModel.LINE)
        is_long = line is not None and max(len(line.old), len(line.new)) > _LONG
        for place, text in ((self._old, line.old if line else ""), (self._new, line.new if line else "")):
            place.setPlainText(text)
            place.setVisible(is_long)


def _whole(name: str) -> QPlainTextEdit:
    """A place for a text that is too long for its cell."""
    made = QPlainTextEdit()
    made.setReadOnly(True)
    made.setAccessibleName(name)
    made.setTabChangesFocus(True)
    made.setFixedHeight(84)
    made.hide()
    return made


def make_tree(name: str, heads: tuple[str, str]) -> QTreeWidget:
    """A quiet tree of things with their number of rows, and examples below them."""
    tree = QTreeWidget()
    tree.setAccessibleName(name)
    tree.setHeaderLabels(list(heads))
    tree.setFrameShape(QFrame.Shape.NoFrame)
    tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    tree.setUniformRowHeights(True)
    head = tree.header()
    head.setFont(theme.font("label"))
    head.setStretchLastSection(False)
    head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    head.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
    head.resizeSection(1, 110)
    return tree


def fill_tree(tree: QTreeWidget, groups: Sequence[RefusedReason]) -> None:
    """What it is with its rows, examples below. The first is unfolded; said where there are more than examples."""
    tree.clear()
    for group in groups:
        top = QTreeWidgetItem([group.reason, number(group.rows)])
        top.setFont(0, theme.font("strong"))
        top.setToolTip(0, group.reason)
        top.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for line, words in group.examples:
            told = f"Line {number(line)}: {words}" if line else words
            child = QTreeWidgetItem([told.replace("\n", " ⏎ ")])
            child.setToolTip(0, told)
            top.addChild(child)
        if group.examples and group.rows > len(group.examples):
            top.addChild(QTreeWidgetItem([f"and {counted(group.rows - len(group.examples), 'more row')}"]))
        tree.addTopLevelItem(top)
    first = tree.topLevelItem(0)
    if first is not None:
        first.setExpanded(True)
        tree.setCurrentItem(first)
