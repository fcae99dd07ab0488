"""The filters in force, as chips below the search: added, changed, removed one by one or all at once."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from mmhub_desktop.domain.product_filter import FIELDS, About, Filter, in_words
from mmhub_desktop.gui.pages.product_filter_editor import FilterEditor, field_choices
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.filter_chip import HEIGHT, FilterChip
from mmhub_desktop.gui.widgets.flow import FlowLayout
from mmhub_desktop.gui.widgets.search_choice import ChoicePopup


class ProductChips(QWidget):
    """``changed`` carries all filters after the seller changed them, ``problem_cleared`` that one problem is no filter.

    Hidden while nothing is filtered by.
    """

    changed = Signal(object)  # tuple[Filter, ...]
    problem_cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filters: tuple[Filter, ...] = ()
        self.chips: list[FilterChip] = []
        self.problem: FilterChip | None = None
        self.editor: FilterEditor | None = None
        self.fields: ChoicePopup | None = None
        self._accounts: Mapping[int, str] = {}
        self._attributes: Sequence[str] = ()
        self._problem_words = ""
        self._row = FlowLayout(self)
        self._clear = Button("Clear all", kind="quiet")
        self._clear.setAccessibleName("Remove all filters")
        self._clear.setStyleSheet(f"min-height: {HEIGHT - 2}px; max-height: {HEIGHT - 2}px;")
        self._clear.clicked.connect(self.clear)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Filters")
        self.hide()

    def name_accounts(self, labels: Mapping[int, str]) -> None:
        """Labels of the accounts, which filters name by id."""
        if labels != self._accounts:
            self._accounts = dict(labels)
            self._show()

    def name_attributes(self, names: Sequence[str]) -> None:
        """Attributes that can be filtered by."""
        self._attributes = tuple(names)

    def set_filters(self, filters: Sequence[Filter]) -> None:
        """Show these without telling anybody."""
        if tuple(filters) != self.filters:
            self.filters = tuple(filters)
            self._show()

    def show_problem(self, words: str) -> None:
        """Name the one problem whose products are shown; no words, no problem."""
        if words != self._problem_words:
            self._problem_words = words
            self._show()

    def words_of(self, filter_: Filter) -> str:
        """A filter as its chip says it."""
        field = FIELDS[filter_.name]
        label = self._accounts.get(int(filter_.about), "") if field.about is About.ACCOUNT else ""
        return in_words(filter_, label)

    def ask_field(self, below: QWidget) -> None:
        """Let the seller choose a field to filter by, then its value."""
        choices = field_choices(self._accounts, self._attributes)
        self.fields = ChoicePopup("Filter by", choices, "", self.window())
        self.fields.chosen.connect(partial(self._new, below))
        self.fields.show_below(below)

    def add(self, filter_: Filter) -> None:
        """Filter by this, too."""
        if filter_ not in self.filters:
            self._change((*self.filters, filter_))

    def clear(self) -> None:
        """Filter by nothing."""
        if self._problem_words:
            self.problem_cleared.emit()
        if self.filters:
            self._change(())

    def _new(self, below: QWidget, name: str) -> None:
        field = FIELDS[name.partition(":")[0]]
        fresh = Filter(name, field.operators[0])
        label = next(each.label for each in field_choices(self._accounts, self._attributes) if each.value == name)
        self.editor = FilterEditor(fresh, label, self.window(), new=True)
        self.editor.taken.connect(self.add)
        self.editor.show_below(below)

    def _edit(self, place: int) -> None:
        present, chip = self.filters[place], self.chips[place]
        label = next(
            (each.label for each in field_choices(self._accounts, [present.about]) if each.value == present.field),
            present.field,
        )
        self.editor = FilterEditor(present, label, self.window(), new=False)
        self.editor.taken.connect(partial(self._replace, place))
        self.editor.show_below(chip)

    def _replace(self, place: int, filter_: Filter) -> None:
        self._change((*self.filters[:place], filter_, *self.filters[place + 1 :]))
        self._focus(place)

    def _remove(self, place: int) -> None:
        self._change((*self.filters[:place], *self.filters[place + 1 :]))
        self._focus(min(place, len(self.chips) - 1))

    def _focus(self, place: int) -> None:
        if 0 <= place < len(self.chips):
            self.chips[place].setFocus(Qt.FocusReason.OtherFocusReason)

    def _change(self, filters: tuple[Filter, ...]) -> None:
        self.filters = filters
        self._show()
        self.changed.emit(filters)

    def _show(self) -> None:
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget is not self._clear:
                widget.hide()
                widget.deleteLater()
        self.chips = []
        self.problem = None
        if self._problem_words:
            self.problem = FilterChip(self._problem_words, self, icon="triangle-alert", fixed=True)
            self.problem.removed.connect(self.problem_cleared)
            self._row.addWidget(self.problem)
        for place, each in enumerate(self.filters):
            chip = FilterChip(self.words_of(each), self)
            chip.clicked.connect(partial(self._edit, place))
            chip.removed.connect(partial(self._remove, place))
            self.chips.append(chip)
            self._row.addWidget(chip)
        self._row.addWidget(self._clear)
        self.setVisible(bool(self.chips or self.problem))
        self.updateGeometry()
