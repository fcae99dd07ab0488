"""The words of a product: the original, the optimised ones, and those of an account, side by side with what differs."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mmhub_desktop.actions.product_editing import AccountSide
from mmhub_desktop.domain.product import Product
from mmhub_desktop.domain.product_cells import TEXT_FIELDS
from mmhub_desktop.domain.product_edit import OWN_TEXTS
from mmhub_desktop.gui.editor.sheet import EditedProduct, own_key
from mmhub_desktop.gui.editor.text_box import TextBox
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.chip import Chip
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.quiet_wheel import let_wheel_scroll

SOON_MS = 150  # what follows from a text is shown when the seller pauses
NARROWEST = 250
_LINES = {"title": 3, "description": 12, "keywords": 2}


@dataclass(frozen=True)
class _Actions:
    """The buttons of one box that come and go."""

    accept: Button | None
    revert: Button | None
    undo: Button


class TextTab(QScrollArea):
    """Three columns of title, description and keywords."""

    def __init__(self, sheet: EditedProduct, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet = sheet
        self.boxes: dict[str, TextBox] = {}
        self._actions: dict[str, _Actions] = {}
        self._typed: set[str] = set()  # fields of the account that are being typed: an emptied one is not filled again
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._plain_only: tuple[str, ...] = ()  # marketplaces that show no HTML
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self._show_consequences)
        self._build()

    def _build(self) -> None:
        content = QWidget()
        content.setProperty("clear", True)
        self._grid = QGridLayout(content)
        self._grid.setContentsMargins(2, 12, 12, 12)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(10)
        self._published = [Chip("In use", "ok"), Chip("In use", "ok")]
        self.optimized_button = Button("Write one", "", "quiet")
        self.optimized_button.clicked.connect(self._write_or_remove_optimized)
        self.account = QComboBox()
        self.account.setAccessibleName("Account whose words are shown")
        self.account.setMinimumWidth(160)
        let_wheel_scroll(self.account)
        self.account.currentIndexChanged.connect(lambda _: self.show_content())
        self._no_account = Label("Connect an account to give it words of its own.", "body", "muted")
        self._no_account.setWordWrap(True)
        heads = (
            ("Original", (self._published[0],)),
            ("Optimised", (self._published[1], self.optimized_button)),
            ("On", (self.account,)),
        )
        for place, (words, parts) in enumerate(heads):
            self._grid.addWidget(_head(words, parts), 0, place)
            self._grid.setColumnStretch(place, 1)
            self._grid.setColumnMinimumWidth(place, NARROWEST)
        for row, field in enumerate(TEXT_FIELDS, start=1):
            for place, column in enumerate(("original", "optimized", "own")):
                if column == "own" and field not in OWN_TEXTS:
                    continue
                self._grid.addWidget(self._make_box(column, field), row, place)
        self._grid.addWidget(self._no_account, 1, 2, Qt.AlignmentFlag.AlignTop)
        self._grid.setRowStretch(len(TEXT_FIELDS) + 1, 1)
        self.setWidget(content)

    def _make_box(self, column: str, field: str) -> TextBox:
        key = f"{column}.{field}"
        name = {"original": "original", "optimized": "optimised", "own": "of the account"}[column]
        box = TextBox(field.capitalize(), name, _LINES[field], formatted=field == "description")
        box.edited.connect(lambda text: self._edited(column, field, text))
        accept = revert = None
        if column == "optimized":
            accept = box.add_action("check", "Accept: make this the original text, too")
            accept.clicked.connect(lambda: self._sheet.set(f"original.{field}", self.boxes[key].text))
            revert = box.add_action("undo-2", "Revert: use the original text here")
            revert.clicked.connect(lambda: self._sheet.set(key, self._sheet.value(f"original.{field}")))
        elif column == "own":
            revert = box.add_action("undo-2", "Use the product's text again")
            revert.clicked.connect(lambda: self._revert_own(field))
        undo = box.add_action("rotate-ccw", "Take back what was not saved yet")
        undo.clicked.connect(lambda: self._undo(column, field))
        self.boxes[key] = box
        self._actions[key] = _Actions(accept, revert, undo)
        return box

    def first_field(self) -> QWidget:
        """Where the keyboard goes when the tab is opened: to the title that is published."""
        optimized = bool(self._sheet.value("optimized.title").strip())
        return self.boxes["optimized.title" if optimized else "original.title"].editor

    @property
    def side(self) -> AccountSide | None:
        """The account whose words are shown."""
        sides = self._sheet.content.sides
        place = self.account.currentIndex()
        return sides[place] if 0 <= place < len(sides) else None

    def show_content(self) -> None:
        """Draw everything from the sheet."""
        self._typed.clear()
        at = self.account.currentText()
        labels = [side.account.label for side in self._sheet.content.sides]
        if labels != [self.account.itemText(place) for place in range(self.account.count())]:
            self.account.blockSignals(True)
            self.account.clear()
            self.account.addItems(labels)
            self.account.setCurrentText(at)
            self.account.blockSignals(False)
        self._show_consequences()

    def _edited(self, column: str, field: str, text: str) -> None:
        if column != "own":
            self._sheet.set(f"{column}.{field}", text)
        elif (side := self.side) is not None:
            self._typed.add(field)
            self._sheet.set(own_key(side, field), text)

    def _undo(self, column: str, field: str) -> None:
        side = self.side
        key = own_key(side, field) if column == "own" and side else f"{column}.{field}"
        self._typed.discard(field)
        self._sheet.set(key, self._sheet.edits.stored(key))

    def _revert_own(self, field: str) -> None:
        if (side := self.side) is not None:
            self._typed.discard(field)
            self._sheet.set(own_key(side, field), "")
            self._show_consequences()

    def _write_or_remove_optimized(self) -> None:
        there = any(self._sheet.value(f"optimized.{field}").strip() for field in TEXT_FIELDS)
        for field in TEXT_FIELDS:
            self._sheet.set(f"optimized.{field}", "" if there else self._sheet.value(f"original.{field}"))
        self._show_consequences()
        if not there:
            self.boxes["optimized.title"].editor.setFocus()

    def cell_changed(self, key: str) -> None:
        """Show a changed cell at once and what follows from it soon."""
        box = self.boxes.get(key)
        if box is not None and box.text != self._sheet.value(key):
            box.show_text(self._sheet.value(key))
        self._soon.start()

    def _show_consequences(self) -> None:
        """Everything that follows from the cells: texts of the account, lengths, differences, what can be done."""
        value = self._sheet.value
        optimized = any(value(f"optimized.{field}").strip() for field in TEXT_FIELDS)
        self._published[0].setVisible(not optimized)
        self._published[1].setVisible(optimized)
        self.optimized_button.setText("Remove" if optimized else "Write one")
        self.optimized_button.set_hint(
            "Remove the optimised text: the original is published" if optimized
            else "Begin an optimised text with a copy of the original"
        )  # fmt: skip
        sides = self._sheet.content.sides
        self._plain_only = tuple(dict.fromkeys(side.marketplace for side in sides if not side.limits.html))
        for field in TEXT_FIELDS:
            limits = list({side.marketplace: getattr(self._sheet.limits_of(side), field) for side in sides}.items())
            original, better = value(f"original.{field}"), value(f"optimized.{field}")
            self._show_box(f"original.{field}", original, limits, None)
            box = self._show_box(f"optimized.{field}", better, limits, original if optimized else None)
            actions = self._actions[f"optimized.{field}"]
            box.setVisible(optimized or box.editor.hasFocus())
            if actions.accept is not None and actions.revert is not None:
                actions.accept.setVisible(better != original and bool(better.strip()))
                actions.revert.setVisible(better != original)
        self._show_account(self._sheet.product())

    def _show_account(self, product: Product) -> None:
        side = self.side
        self._no_account.setVisible(side is None)
        self.account.setVisible(side is not None)
        offered = self._sheet.offered(side, product) if side is not None else None
        for field in OWN_TEXTS:
            box = self.boxes[f"own.{field}"]
            box.setVisible(offered is not None)
            if side is None or offered is None:
                continue
            own = self._sheet.value(own_key(side, field))
            text = getattr(offered.product.text, field)
            if not (box.editor.hasFocus() and field in self._typed):
                box.show_text(text)
            box.show_source(offered.sources[field].words, own=bool(own))
            plain_only = () if side.limits.html else (side.marketplace,)
            box.show_length([(side.marketplace, getattr(self._sheet.limits_of(side), field))], plain_only)
            box.show_difference(getattr(product.text, field))
            actions = self._actions[f"own.{field}"]
            if actions.revert is not None:
                actions.revert.setVisible(bool(own))
            actions.undo.setVisible(own_key(side, field) in self._sheet.edits)

    def _show_box(self, key: str, text: str, limits: list[tuple[str, int]], old: str | None) -> TextBox:
        box = self.boxes[key]
        box.show_text(text)
        box.show_length(limits, self._plain_only)
        box.show_difference(old)
        self._actions[key].undo.setVisible(key in self._sheet.edits)
        return box


def _head(words: str, parts: tuple[QWidget, ...]) -> QWidget:
    head = QWidget()
    row = QHBoxLayout(head)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(10)
    row.addWidget(Label(words, "section"))
    for part in parts:
        row.addWidget(part)
    row.addStretch(1)
    head.setFixedHeight(38)
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(head)
    return box
