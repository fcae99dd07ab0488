"""Two texts in one: what went is struck through, what came is underlined; the colours only add to that."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from mmhub_desktop.domain.word_diff import Change, Piece, compare
from mmhub_desktop.gui.theme import font, theme

HIGHEST = 170
_MARKS = {Change.ADDED: ("ok", "ok_soft"), Change.REMOVED: ("err", "err_soft")}
_SAID = {Change.ADDED: "added", Change.REMOVED: "removed"}


class WordDiff(QTextEdit):
    """As high as its text, up to ``HIGHEST`` pixels; then it scrolls. ``name`` says whose differences they are."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pieces: tuple[Piece, ...] = ()
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setFont(font("body"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("surface", "diff")
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(6)
        theme().changed.connect(self._draw)

    def show_texts(self, old: str, new: str) -> None:
        """Show what changed from the old text to the new one."""
        self.pieces = compare(old, new)
        said = [f"{_SAID[piece.change]}: {piece.text.strip()}" for piece in self.pieces if piece.change in _SAID]
        self.setAccessibleDescription(". ".join(said) or "No differences")
        self._draw()

    @property
    def any_change(self) -> bool:
        """Whether the texts differ."""
        return any(piece.change is not Change.SAME for piece in self.pieces)

    def sizeHint(self) -> QSize:
        """The height of the text."""
        self.document().setTextWidth(max(60, self.width() - 2))
        return QSize(200, min(HIGHEST, int(self.document().size().height()) + 2))

    def minimumSizeHint(self) -> QSize:
        """Narrow is possible."""
        return QSize(60, 24)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width makes other lines."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        wanted = self.sizeHint().height()
        if self.height() != wanted:
            self.setFixedHeight(wanted)

    def _draw(self) -> None:
        self.clear()
        cursor = QTextCursor(self.document())
        for piece in self.pieces:
            style = QTextCharFormat()
            if piece.change in _MARKS:
                ink, paper = (theme().color(token) for token in _MARKS[piece.change])
                style.setForeground(ink)
                style.setBackground(paper)
                style.setFontUnderline(piece.change is Change.ADDED)
                style.setFontStrikeOut(piece.change is Change.REMOVED)
            else:
                style.setForeground(theme().color("muted"))
            cursor.insertText(piece.text, style)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self._fit()
        is_long = self.document().size().height() > HIGHEST
        always, never = Qt.ScrollBarPolicy.ScrollBarAlwaysOn, Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(always if is_long else never)
