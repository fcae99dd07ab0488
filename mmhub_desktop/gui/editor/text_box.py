"""One text of the editor: where it is written, how long it is and may be, where it comes from, and what differs."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QStackedWidget, QTextBrowser, QVBoxLayout, QWidget

from mmhub_desktop.catalog.html_text import html_of_plain, is_html, plain_of_html, safe_html
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.word_diff import WordDiff
from mmhub_desktop.gui.words import counted


class TextBox(QWidget):
    """``edited`` gives the text after each change by the seller. ``formatted``: it may be HTML."""

    edited = Signal(str)

    def __init__(
        self, name: str, column: str, lines: int, *, formatted: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.name = f"{name}, {column}"
        self.editor = QPlainTextEdit()
        self.editor.setAccessibleName(self.name)
        self.editor.setTabChangesFocus(True)
        self.editor.setFont(theme.font("body"))
        self.editor.setFixedHeight(QFontMetrics(theme.font("body")).lineSpacing() * lines + 24)
        self.editor.textChanged.connect(self._text_changed)
        self.view = QTextBrowser()
        self.view.setAccessibleName(f"{self.name}, as buyers see it")
        self.view.setOpenLinks(False)
        self.view.setFixedHeight(self.editor.height())
        self._places = QStackedWidget()
        self._places.addWidget(self.editor)
        self._places.addWidget(self.view)
        self._places.setFixedHeight(self.editor.height())
        self._warning = IconLabel("circle-alert", "err", 14)
        self._count = Label("", "small", "muted")
        self._count.setWordWrap(True)
        self._source = Label("", "small", "muted")
        self._source.setWordWrap(True)
        self._source.hide()
        self._actions = QHBoxLayout()
        self._actions.setSpacing(0)
        self._actions.addStretch(1)
        self.diff = WordDiff(f"Differences of {self.name}")
        self.diff.hide()
        self._formatted = formatted
        self._counts_words = name == "Keywords"
        self._lay_out(name)
        if formatted:
            self._add_format_buttons()

    def _lay_out(self, name: str) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.setContentsMargins(0, 0, 0, 0)
        label = Label(name, "label", "muted")
        label.setFixedHeight(34)
        label.setBuddy(self.editor)
        head.addWidget(label)
        head.addLayout(self._actions, 1)
        count = QHBoxLayout()
        count.setSpacing(6)
        count.addWidget(self._warning, 0, Qt.AlignmentFlag.AlignTop)
        count.addWidget(self._count, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._places)
        column.addLayout(count)
        column.addWidget(self._source)
        column.addWidget(self.diff)
        column.addStretch(1)

    def _add_format_buttons(self) -> None:
        self._preview = self.add_action("eye", "Show it as buyers see it")
        self._preview.setCheckable(True)
        self._preview.toggled.connect(self._show_preview)
        self._plain = self.add_action("file-text", "Turn the HTML into plain text")
        self._plain.clicked.connect(lambda: self.write(plain_of_html(self.text)))
        self._html = self.add_action("list", "Turn the plain text into HTML with paragraphs and lists")
        self._html.clicked.connect(lambda: self.write(html_of_plain(self.text)))
        self._show_format()

    def add_action(self, icon: str, hint: str) -> Button:
        """A small button at the right of the name."""
        button = Button("", icon, "quiet").set_hint(f"{hint}: {self.name}")
        button.setToolTip(hint)
        self._actions.addWidget(button)
        return button

    @property
    def text(self) -> str:
        """What stands there."""
        return self.editor.toPlainText()

    def show_text(self, text: str) -> None:
        """Put a text there without telling; nothing happens where it stands already."""
        if text != self.text:
            self.editor.blockSignals(True)
            self.editor.setPlainText(text)
            self.editor.blockSignals(False)
        self._show_format()

    def write(self, text: str) -> None:
        """Replace the text as the seller would: Ctrl+Z brings it back."""
        cursor = self.editor.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(text)

    def show_length(self, limits: Sequence[tuple[str, int]], plain_only: Sequence[str] = ()) -> None:
        """Say how long the text is, which of the marketplaces (label, most) take none of this length, and which
        (``plain_only``) show HTML as plain text. Keywords are counted."""
        length, noun, over_word = len(self.text), "character", "long"
        if self._counts_words:
            words_there = self.text.replace("\n", ",").split(",")
            length, noun, over_word = sum(bool(word.strip()) for word in words_there), "keyword", "many"
        over = {label: most for label, most in limits if most and length > most}
        words = counted(length, noun)
        if over:
            words += f", too {over_word} for {', '.join(f'{label} ({most:,})' for label, most in over.items())}"
        elif len(limits) == 1 and limits[0][1]:
            words += f" of {limits[0][1]:,}"
        if plain_only and self._formatted and is_html(self.text):
            words += f". As plain text on {', '.join(plain_only)}"
        self._warning.setVisible(bool(over))
        self._count.setText(words)
        self._count.set_tone("err" if over else "muted")
        self.editor.setAccessibleDescription(" ".join(part for part in (words, self._source.text()) if part))

    def show_source(self, words: str, *, own: bool) -> None:
        """Say where the text comes from; ``own``: it was set for this account alone."""
        self._source.setText(words)
        self._source.set_tone("accent" if own else "muted")
        self._source.setVisible(bool(words))

    def show_difference(self, old: str | None) -> None:
        """Show what differs from ``old``; None hides it."""
        if old is None or old == self.text:
            self.diff.hide()
            return
        self.diff.show_texts(old, self.text)
        self.diff.setVisible(self.diff.any_change)

    def _text_changed(self) -> None:
        self._show_format()
        self.edited.emit(self.text)

    def _show_format(self) -> None:
        if not self._formatted:
            return
        html = is_html(self.text)
        self._preview.setVisible(html)
        self._plain.setVisible(html)
        self._html.setVisible(not html and bool(self.text.strip()))
        if not html:
            self._preview.setChecked(False)
        elif self._preview.isChecked():
            self.view.setHtml(safe_html(self.text))

    def _show_preview(self, wanted: bool) -> None:
        self._places.setCurrentIndex(1 if wanted else 0)
        if wanted:
            self.view.setHtml(safe_html(self.text))
