"""The right side of a preview: what changes of one listing, and the exact requests that will be sent."""

from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QTabWidget, QTextBrowser, QVBoxLayout, QWidget

from mmhub_desktop.domain.outgoing import PLACEHOLDER, OutgoingRequest
from mmhub_desktop.domain.preview import PreviewDetail
from mmhub_desktop.gui.dialogs.preview_text import detail_html
from mmhub_desktop.gui.pages.call_list import mono, pretty
from mmhub_desktop.gui.theme import font, theme
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.label import Label

_STANDS_IN = "{{…}} stands for what the marketplace names at sending: the ids of pictures and of the new listing."


class PreviewDetailView(QWidget):
    """Shows one line; empty until ``show_detail``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._detail: PreviewDetail | None = None
        self.fields = QTextBrowser()
        self.fields.setOpenLinks(False)
        self.fields.setFont(font("body"))
        self.fields.setAccessibleName("What changes")
        self.request = QPlainTextEdit()
        self.request.setReadOnly(True)
        self.request.setFont(mono())
        self.request.setAccessibleName("Exact request")
        self.note = Label("", "small", "muted")
        self.note.setWordWrap(True)
        self.copy_button = Button("Copy", "copy", "quiet").set_hint("Copy the exact request")
        self.copy_button.clicked.connect(self._copy)
        self.tabs = QTabWidget()
        self.tabs.tabBar().setFont(font("strong"))
        self.tabs.addTab(self.fields, "What changes")
        self.tabs.addTab(self._request_page(), "Exact request")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        theme().changed.connect(self._render)

    def _request_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 8, 0, 0)
        row = QHBoxLayout()
        row.addWidget(self.note, 1)
        row.addWidget(self.copy_button)
        column.addLayout(row)
        column.addWidget(self.request, 1)
        return page

    def show_detail(self, detail: PreviewDetail | None) -> None:
        """Show a line, or nothing."""
        self._detail = detail
        self._render()

    def _render(self) -> None:
        detail = self._detail
        self.fields.setHtml("" if detail is None else detail_html(detail))
        requests = () if detail is None else detail.requests
        self.request.setPlainText("\n\n".join(request_text(one) for one in requests))
        self.copy_button.setEnabled(bool(requests))
        if not requests:
            self.note.setText("Nothing is sent for this listing." if detail is not None else "")
        else:
            whole = any(PLACEHOLDER.search(one.path) or PLACEHOLDER.search(one.text) for one in requests)
            self.note.setText(_STANDS_IN if whole else "Sent as it stands here, byte for byte.")

    def _copy(self) -> None:
        """The bytes as they are sent, not as they are shown."""
        requests: Sequence[OutgoingRequest] = () if self._detail is None else self._detail.requests
        QGuiApplication.clipboard().setText("\n\n".join(f"{one.method} {one.path}\n{one.text}" for one in requests))


def request_text(request: OutgoingRequest) -> str:
    """A request for people: when, its line, its own headers, its body with line breaks."""
    lines = [f"# only {request.only_if}"] if request.only_if else []
    lines.append(f"{request.method} {request.path}")
    lines += [f"{name}: {value}" for name, value in request.headers]
    if request.body:
        lines.append(pretty(request.text))
    return "\n".join(lines)
