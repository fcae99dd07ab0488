"""What narrows the list of work: tabs for states and for other views, and a row of search, account, work and cause."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from mmhub_desktop.actions import ACTIONS
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.job import Cause, JobState
from mmhub_desktop.domain.job_filter import JobFilter
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.marketplace_icon import PLAIN
from mmhub_desktop.gui.widgets.buttons import Button

TABS: tuple[tuple[str, frozenset[JobState]], ...] = (
    ("All", frozenset()),
    ("In progress", frozenset({JobState.PENDING, JobState.RUNNING, JobState.PAUSED})),
    ("Failed", frozenset({JobState.FAILED})),
    ("Done", frozenset({JobState.COMPLETED})),
    ("Cancelled", frozenset({JobState.CANCELLED})),
)
CAUSES, LANES = "causes", "lanes"
VIEWS = (
    (CAUSES, "By cause", "Show failed jobs by cause"),
    (LANES, "By account", "Show by account what runs and what waits for what"),
)
SEARCH_DELAY_MS = 250
_BOX_WIDTH = 190


class JobTabs(QWidget):
    """One of the tabs is chosen. ``states_chosen`` carries states to list, ``view_chosen`` the name of another view."""

    states_chosen = Signal(object)
    view_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.view = ""  # the other view that is chosen; empty for the list
        self.states: list[Button] = []
        self.views: dict[str, Button] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        group = QButtonGroup(self)
        for label, states in TABS:
            button = self._tab(label, f"Show jobs: {label}", group, row)
            button.clicked.connect(partial(self._choose, "", states))
            self.states.append(button)
        for name, label, spoken in VIEWS:
            self.views[name] = self._tab(label, spoken, group, row)
            self.views[name].clicked.connect(partial(self._choose, name, frozenset()))
        self.states[0].setChecked(True)

    def _tab(self, label: str, spoken: str, group: QButtonGroup, row: QHBoxLayout) -> Button:
        button = Button(label, kind="quiet")
        button.setCheckable(True)
        button.setAccessibleName(spoken)
        group.addButton(button)
        row.addWidget(button)
        return button

    def _choose(self, view: str, states: frozenset[JobState], _checked: bool = False) -> None:
        self.view = view
        if view:
            self.view_chosen.emit(view)
        else:
            self.states_chosen.emit(states)


class JobFilters(QWidget):
    """Search, account, work and cause, all of which must fit. ``changed`` carries the whole ``JobFilter``."""

    changed = Signal(object)
    cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.only = JobFilter()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Product: title or SKU")
        self.search.setAccessibleName("Show jobs of products with this title or SKU")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(280)
        self.search.setAcceptDrops(False)  # a file dropped here is for the window
        self.search.addAction(
            QAction(theme.icon("search"), "", self.search), QLineEdit.ActionPosition.LeadingPosition
        )  # fmt: skip
        self.account = _box("Show jobs of this account")
        self.action = _box("Show jobs of this kind of work")
        self.cause = _box("Show jobs that failed for this reason")
        self.clear_button = Button("Clear", "x", "quiet")
        self.clear_button.setAccessibleName("Clear all filters")
        self.clear_button.clicked.connect(self.cleared)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.search, 1)
        for box in (self.account, self.action, self.cause):
            box.activated.connect(lambda _: self._read())
            row.addWidget(box, 1)
        row.addWidget(self.clear_button)
        row.addStretch(1)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(SEARCH_DELAY_MS)
        self._typing.timeout.connect(self._read)
        self.search.textChanged.connect(lambda _: self._typing.start())
        self.search.returnPressed.connect(self._read)
        QShortcut(QKeySequence.StandardKey.Cancel, self.search, self.search.clear, context=_HERE)
        _offer(self.action, "Any work", [(action.label, name) for name, action in ACTIONS.items()])
        self.offer_accounts({})
        self.offer_causes(())
        self.clear_button.hide()

    def offer_accounts(self, labels: Mapping[int, str], icons: Mapping[int, str] | None = None) -> None:
        """Offer these accounts to choose from, with the icons of their marketplaces; what is chosen stays so."""
        _offer(self.account, "Any account", [(label, id_) for id_, label in labels.items()])
        for place, id_ in enumerate(labels, start=1):
            self.account.setItemIcon(place, theme.icon((icons or {}).get(id_, PLAIN)))

    def offer_causes(self, causes: Sequence[Cause]) -> None:
        """Offer these causes to choose from; the chosen one stays, also when nothing has failed for it any more."""
        words: dict[str, str] = {}
        for cause in causes:
            words.setdefault(cause.cause, cause.words)
        if self.only.cause:
            words.setdefault(self.only.cause, self.cause.currentText())
        _offer(self.cause, "Any cause", [(label, key) for key, label in words.items()])

    def set_states(self, states: frozenset[JobState]) -> None:
        """What the tabs say; together with the rest it is the filter."""
        self._read(states)

    def clear(self) -> None:
        """Ask for everything again."""
        self.search.clear()
        for box in (self.account, self.action, self.cause):
            box.setCurrentIndex(0)
        self._read(frozenset())

    def choose_account(self, account_id: int) -> None:
        """As if this account had been chosen from its box."""
        self.account.setCurrentIndex(max(0, self.account.findData(account_id)))
        self._read()

    def words(self) -> str:
        """What is asked for, in the seller's words; empty when nothing is."""
        tab = next((label for label, states in TABS if states == self.only.states and states), "")
        parts = [tab.lower()] if tab else []
        parts += [box.currentText() for box in (self.account, self.action, self.cause) if box.currentIndex() > 0]
        if self.only.product:
            parts.append(f"product “{self.only.product}”")
        return ", ".join(parts)

    def _read(self, states: frozenset[JobState] | None = None) -> None:
        self._typing.stop()
        account = self.account.currentData()
        only = JobFilter(
            self.only.states if states is None else states,
            None if account is None else AccountId(account),
            self.action.currentData() or "",
            self.cause.currentData() or "",
            " ".join(self.search.text().split()),
        )
        if only != self.only:
            self.only = only
            self.clear_button.setVisible(bool(only))
            self.changed.emit(only)


def _box(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumWidth(_BOX_WIDTH // 2)
    box.setMaximumWidth(_BOX_WIDTH)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return box


def _offer(box: QComboBox, anything: str, choices: Sequence[tuple[str, int | str]]) -> None:
    """Put the choices into a box unless they are there; the chosen one stays chosen."""
    new = [(anything, None), *choices]
    if [(box.itemText(place), box.itemData(place)) for place in range(box.count())] == new:
        return
    chosen = box.currentData()
    box.clear()
    for place, (label, data) in enumerate(new):
        box.addItem(label, data)
        box.setItemData(place, label, Qt.ItemDataRole.ToolTipRole)
    box.setCurrentIndex(max(0, box.findData(chosen)) if chosen is not None else 0)


_HERE = Qt.ShortcutContext.WidgetShortcut
