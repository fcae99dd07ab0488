"""The steps of a workflow from the top to the bottom: cards, indented by branch, with lines from each to the next."""

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mmhub_desktop.gui.theme import font, theme
from mmhub_desktop.gui.widgets.step_card import CardFace, StepCard

INDENT = 34
GAP = 18
RAIL = 16  # from a card's left edge to the line that leaves it below
_LINE = 2
_HINT_HEIGHT = 20


class Spot(StrEnum):
    """Where a step is put, as seen from another one."""

    BEFORE = "before"
    BESIDE = "beside"
    AFTER = "after"


SPOT_WORDS = {Spot.BEFORE: "Before", Spot.BESIDE: "Beside", Spot.AFTER: "After"}


class StepList(QWidget):
    """Shows faces as cards. The first face is the start; ``moved`` says which step, which other one, and where."""

    chosen = Signal(str)  # the card that has the keyboard
    opened = Signal(str)
    add_asked = Signal(str, QPoint)
    menu_asked = Signal(str, QPoint)
    moved = Signal(str, str, str)  # step, other step, Spot
    pulled = Signal(QPoint)  # global, while a card is dragged: for whoever scrolls

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[StepCard] = []
        self._rows: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)
        self._column.addStretch(1)
        self._target: tuple[str, Spot] | None = None
        self._hint = _DropHint(self)
        self.setAccessibleName("Steps of the workflow")

    def show_faces(self, faces: Sequence[CardFace]) -> None:
        """Draw these cards; those that stay keep the keyboard."""
        current = self.current
        kept = {card.face.key: card for card in self.cards}
        for row in self._rows:
            self._column.removeWidget(row)
        self.cards = []
        rows: list[QWidget] = []
        for face in faces:
            card = kept.pop(face.key, None)
            if card is None:
                card = self._make(face)
            elif card.face != face:
                card.show_face(face)
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(face.indent * INDENT, 0, 0, 0)
            line.addWidget(card)
            self._column.insertWidget(len(rows), row)
            self.cards.append(card)
            rows.append(row)
        for card in kept.values():
            card.hide()
            card.deleteLater()
        for row in self._rows:
            row.deleteLater()
        self._rows = rows
        for before, after in zip(self.cards, self.cards[1:], strict=False):
            QWidget.setTabOrder(before, after)
        if current is not None and current in {face.key for face in faces}:
            self.focus(current)
        self._hint.raise_()
        self.update()

    def _make(self, face: CardFace) -> StepCard:
        card = StepCard(face)
        card.came.connect(self.chosen)
        card.opened.connect(self.opened)
        card.stepped.connect(self._step)
        card.add_asked.connect(self.add_asked)
        card.menu_asked.connect(self.menu_asked)
        card.dragged.connect(self._pull)
        card.dropped.connect(self._drop)
        return card

    @property
    def current(self) -> str | None:
        """The key of the card that the keyboard is in, or will be once the window is active; None: it is elsewhere."""
        focused = self.window().focusWidget()
        return next((card.face.key for card in self.cards if card is focused), None)

    def card(self, key: str) -> StepCard | None:
        """The card of a step."""
        return next((card for card in self.cards if card.face.key == key), None)

    def focus(self, key: str) -> None:
        """Put the keyboard into a card."""
        card = self.card(key)
        if card is not None:
            card.setFocus()

    def _step(self, key: str, by: int) -> None:
        place = next((number for number, card in enumerate(self.cards) if card.face.key == key), 0) + by
        if 0 <= place < len(self.cards):
            self.cards[place].setFocus(Qt.FocusReason.TabFocusReason)

    # Dragging

    def _pull(self, key: str, spot: QPoint) -> None:
        self._target = self.target(key, self.mapFromGlobal(spot).y())
        self._show_hint()
        self.pulled.emit(spot)

    def target(self, key: str, height: int) -> tuple[str, Spot] | None:
        """What a card that is let go at this height is put beside, before or after; None: nothing changes."""
        for card in self.cards:
            place = self._place(card)
            if height > place.bottom() + GAP and card is not self.cards[-1]:
                continue
            other = card.face.key
            part = (height - place.top()) / max(1, place.height())
            spot = Spot.BEFORE if part < 0.3 else Spot.AFTER if part > 0.7 else Spot.BESIDE
            if not other:
                first = next((each.face.key for each in self.cards[1:]), "")
                return (first, Spot.BEFORE) if first and first != key else None
            return None if other == key else (other, spot)
        return None

    def _show_hint(self) -> None:
        card = self.card(self._target[0]) if self._target else None
        if card is None or self._target is None:
            self._hint.hide()
            return
        place, spot = self._place(card), self._target[1]
        at = {
            Spot.BEFORE: place.top() - GAP // 2, Spot.AFTER: place.bottom() + GAP // 2, Spot.BESIDE: place.center().y(),
        }[spot]  # fmt: skip
        left = place.left() + (INDENT if spot is Spot.BESIDE else 0)
        self._hint.words = f"{SPOT_WORDS[spot]} {card.face.number}"
        self._hint.setGeometry(left, at - _HINT_HEIGHT // 2, self.width() - left, _HINT_HEIGHT)
        self._hint.show()
        self._hint.raise_()

    def _drop(self, key: str, kept: bool) -> None:
        target, self._target = self._target, None
        self._hint.hide()
        if kept and target is not None:
            self.moved.emit(key, target[0], target[1].value)

    # Lines

    def _place(self, card: StepCard) -> QRect:
        return QRect(card.mapTo(self, QPoint()), card.size())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The lines that lead from card to card."""
        painter = QPainter(self)
        color = theme().color("border_strong")
        places = [self._place(card) for card in self.cards]
        for card, place in zip(self.cards, places, strict=True):
            for parent in card.face.parents:
                above = places[0 if parent is None else parent + 1]
                if place.left() > above.left():  # a branch: down beside it, then to its left edge
                    down = above.left() + RAIL
                    painter.fillRect(down, above.bottom(), _LINE, place.top() + 22 - above.bottom(), color)
                    painter.fillRect(down, place.top() + 21, place.left() - down, _LINE, color)
                else:
                    down = place.left() + RAIL
                    start = above.bottom() if above.left() == place.left() else above.top() + 22
                    painter.fillRect(down, start, _LINE, place.top() - start, color)


class _DropHint(QWidget):
    """A line with words where a dragged card would go."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """A tag and a line."""
        painter = QPainter(self)
        painter.setFont(font("label"))
        wide = painter.fontMetrics().horizontalAdvance(self.words) + 16
        accent = theme().color("accent")
        painter.fillRect(0, self.height() // 2 - 1, self.width(), 2, accent)
        painter.fillRect(0, 0, wide, self.height(), accent)
        painter.setPen(self.palette().color(QPalette.ColorRole.HighlightedText))
        painter.drawText(QRect(0, 0, wide, self.height()), Qt.AlignmentFlag.AlignCenter, self.words)
