"""The pane beside the job tree: one batch, job or task, its explained error, and the marketplace's own words."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from mmhub_desktop.domain.call import Call
from mmhub_desktop.domain.job import BatchJob, MarketplaceJob, MarketplaceTask, Problem
from mmhub_desktop.errors import Finding
from mmhub_desktop.gui.pages.call_list import CallList
from mmhub_desktop.gui.pages.job_timeline import JobTimeline
from mmhub_desktop.gui.tables import jobs_words as words
from mmhub_desktop.gui.tables.jobs_model import Item
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.chip import Chip
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import number

_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard


class JobDetail(Card):
    """Shows one item of the tree; ``show_item`` replaces it only when it changed, so that reading is not disturbed."""

    product_wanted = Signal(int)  # product id
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Details of the job")
        self.body.setContentsMargins(1, 6, 2, 6)
        self._shown: tuple[Item | None, str, str] | None = None
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.addWidget(self._area)
        self.calls = CallList(self)
        self.calls.hide()
        self.timeline = JobTimeline(self)
        self.own_words: QPlainTextEdit | None = None
        self.show_own_words: Button | None = None

    def show_item(self, item: Item | None, title: str, account: str = "") -> bool:
        """Show a batch, job or task; ``title`` is its first line in the tree. Returns whether anything is new."""
        if self._shown == (item, title, account):
            return False
        if self._shown is None or not _is_same(self._shown[0], item):
            self.calls.clear()
            self.timeline.clear()
        for kept in (self.calls, self.timeline):
            kept.setParent(self)  # out of the old content, which is about to be deleted
            kept.setVisible(False)
        same_error = self._shown is not None and _problem(self._shown[0]) == _problem(item)
        open_words = same_error and self.own_words is not None and self.own_words.isVisibleTo(self)
        self._shown = (item, title, account)
        content = QWidget()
        content.setProperty("clear", "true")
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        self.own_words = self.show_own_words = None
        if item is not None:
            column.addLayout(self._head(item, title))
            column.addLayout(self._facts(item, account))
            problem = _problem(item)
            if problem is not None:
                self._add_problem(column, problem, show_words=open_words)
            if isinstance(item, MarketplaceJob):
                product = Button("Show the product", "package")
                product.clicked.connect(lambda: self.product_wanted.emit(item.product_id))
                column.addWidget(product, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.timeline)
        self.timeline.setVisible(bool(self.timeline.lines))
        column.addWidget(self.calls)
        self.calls.setVisible(bool(self.calls.lines))
        column.addStretch(1)
        self._area.setWidget(content)
        return True

    def show_calls(self, item: Item, calls: Sequence[Call], step_label: Callable[[str], str]) -> None:
        """Show the calls of a job or task, unless something else is shown by now."""
        if self._shown is not None and _is_same(self._shown[0], item):
            self.calls.show_calls(calls, step_label)

    def show_past(self, item: Item, show: Callable[[JobTimeline], None]) -> None:
        """Show the timeline of an item with what ``read_timeline`` gave, unless something else is shown by now."""
        if self._shown is not None and _is_same(self._shown[0], item):
            show(self.timeline)

    def _head(self, item: Item, title: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        label = Label(title, "section")
        label.setWordWrap(True)
        word, tone = words.STATE_CHIPS[item.state]
        close = Button("", "x", "quiet").set_hint("Close the details")
        close.clicked.connect(self.closed)
        row.addWidget(label, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(Chip(word, tone), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _facts(self, item: Item, account: str) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(6)
        for name, value in _facts(item, account):
            shown = Label(value, "body")
            shown.setWordWrap(True)
            shown.setTextInteractionFlags(_SELECTABLE)
            form.addRow(Label(name, "body", "muted"), shown)
        return form

    def _add_problem(self, column: QVBoxLayout, problem: Problem, *, show_words: bool) -> None:
        box = QFrame()
        box.setProperty("surface", "banner")
        box.setProperty("tone", "err")
        inside = QVBoxLayout(box)
        inside.setContentsMargins(12, 10, 12, 10)
        inside.setSpacing(4)
        inside.addWidget(_wrapped(problem.message, "strong"))
        if problem.hint:
            inside.addWidget(_wrapped(problem.hint, "body"))
        column.addWidget(box)
        if problem.findings:
            number = len(problem.findings)
            column.addWidget(Label("One thing to mend" if number == 1 else f"{number} things to mend", "section"))
            for finding in problem.findings:
                column.addWidget(_finding(finding))
        original = problem.original or "\n\n".join(f.original for f in problem.findings if f.original)
        if original:
            self._add_own_words(column, original, shown=show_words)

    def _add_own_words(self, column: QVBoxLayout, original: str, *, shown: bool) -> None:
        text = QPlainTextEdit(original)
        text.setReadOnly(True)
        text.setMinimumHeight(150)
        text.setAccessibleName("The marketplace's own words")
        text.setVisible(shown)
        copy = Button("Copy", "copy", "quiet")
        copy.setVisible(shown)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(original))
        toggle = Button("Show the marketplace's own words", "file-text", "quiet")
        toggle.setCheckable(True)
        toggle.setChecked(shown)
        toggle.toggled.connect(text.setVisible)
        toggle.toggled.connect(copy.setVisible)
        row = QHBoxLayout()
        row.addWidget(toggle)
        row.addStretch(1)
        row.addWidget(copy)
        column.addLayout(row)
        column.addWidget(text)
        self.own_words, self.show_own_words = text, toggle


def _is_same(one: Item | None, other: Item | None) -> bool:
    """Whether both are the same batch, job or task, whatever state it is in."""
    return one is not None and other is not None and (type(one), one.id) == (type(other), other.id)


def _problem(item: Item | None) -> Problem | None:
    return None if item is None or isinstance(item, BatchJob) else item.problem


def _wrapped(text: str, role: str, tone: str = "text") -> Label:
    label = Label(text, role, tone)
    label.setWordWrap(True)
    label.setTextInteractionFlags(_SELECTABLE)
    return label


def _finding(finding: Finding) -> QFrame:
    """One problem of one field: the field, what it holds, what is allowed, how to mend it."""
    box = QFrame()
    box.setProperty("surface", "sunken")
    column = QVBoxLayout(box)
    column.setContentsMargins(12, 10, 12, 10)
    column.setSpacing(4)
    if finding.field:
        column.addWidget(Label(field_label(finding.field), "label", "muted"))
    column.addWidget(_wrapped(finding.message, "strong"))
    if finding.value:
        column.addWidget(_wrapped(f"It is: {finding.value}", "body", "muted"))
    if finding.limit:
        column.addWidget(_wrapped(f"Allowed: {finding.limit}", "body", "muted"))
    if finding.fix:
        column.addWidget(_wrapped(finding.fix, "body"))
    return box


def field_label(field: str) -> str:
    """A product field in words: ``attributes.BRAND`` → ``Attribute BRAND``."""
    if field.startswith("attributes."):
        return f"Attribute {field.removeprefix('attributes.')}"
    return field.replace("_", " ").capitalize()


def _facts(item: Item, account: str) -> list[tuple[str, str]]:
    now = datetime.now(UTC)
    if isinstance(item, BatchJob):
        facts = [
            ("Jobs", number(item.total)),
            ("Done", number(item.completed)),
            ("Failed", number(item.failed)),
            ("Cancelled", number(item.cancelled)),
            ("Asked for", _when(item.created_at, now)),
            ("Started", _when(item.started_at, now)),
            ("Finished", _when(item.finished_at, now)),
        ]
        return [(name, value) for name, value in facts if value not in ("", "0")]
    if isinstance(item, MarketplaceJob):
        facts = [
            ("SKU", item.sku),
            ("Account", account),
            ("Work", item.action.replace("_", " ").capitalize()),
            ("Steps", f"{item.tasks_done} of {item.tasks_total}"),
            ("Attempts", str(item.attempts) if item.attempts else ""),
            ("Next try", _when(item.next_try_at, now) if item.next_try_at and item.next_try_at > now else ""),
            ("Last change", _when(item.updated_at, now)),
        ]
        return [(name, value) for name, value in facts if value]
    return _task_facts(item, now)


def _task_facts(task: MarketplaceTask, now: datetime) -> list[tuple[str, str]]:
    took = (task.finished_at - task.started_at).total_seconds() if task.started_at and task.finished_at else None
    facts = [
        ("Step", str(task.position + 1)),
        ("Attempts", str(task.attempts) if task.attempts else ""),
        ("Started", _when(task.started_at, now)),
        ("Took", words.duration(took) if took is not None else ""),
    ]
    facts += [(field_label(key), str(value)) for key, value in task.result.items() if isinstance(value, str | int)]
    return [(name, value) for name, value in facts if value]


def _when(moment: datetime | None, now: datetime) -> str:
    return words.clock(moment, now) if moment else ""
