"""The window's sidebar: workspace name, pages, how much work runs, and the switch between light and dark."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mmhub_desktop.gui import theme
from mmhub_desktop.gui.pages import PAGES
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.chip import Chip
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import ElidedLabel

WIDTH = 216


class NavButton(Button):
    """A page in the sidebar, with an optional count at its right end."""

    def __init__(self, label: str, icon: str) -> None:
        super().__init__(label, icon, "nav")
        self._icon_name = icon
        self._count = ""
        self.setIconSize(QSize(28, 18))
        self.setCheckable(True)
        self.setAccessibleName(label)
        self.toggled.connect(lambda on: self.set_icon(self._icon_name, "accent_text" if on else "muted"))

    def set_count(self, count: int) -> None:
        """Show how many; nothing for 0."""
        text = f"{count:,}" if count < 100_000 else f"{count // 1000:,}k"
        self._count = text if count else ""
        self.setAccessibleDescription(f"{self._count} running or waiting" if count else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button, then the count."""
        super().paintEvent(event)
        if not self._count:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("label"))
        width = painter.fontMetrics().horizontalAdvance(self._count) + 14
        pill = QRect(self.width() - width - 10, (self.height() - 20) // 2, width, 20)
        color = theme.theme().color
        painter.setPen(color("info_soft"))
        painter.setBrush(color("info_soft"))
        painter.drawRoundedRect(pill, 10, 10)
        painter.setPen(color("info"))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, self._count)


class Sidebar(QFrame):
    """``page_chosen`` is emitted with a page's name."""

    page_chosen = Signal(str)
    scheme_toggled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "sidebar")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName("Pages")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 14, 12, 14)
        column.setSpacing(4)
        self._name = ElidedLabel("MultiMarket Hub", "section")
        head = QHBoxLayout()
        head.setContentsMargins(9, 2, 6, 10)
        head.setSpacing(10)
        head.addWidget(IconLabel("rocket", "accent", 20))
        head.addWidget(self._name, 1)
        column.addLayout(head)
        self.buttons: dict[str, NavButton] = {}
        group = QButtonGroup(self)
        for entry in PAGES:
            if entry.in_menu:
                button = NavButton(entry.label, entry.icon)
                button.clicked.connect(lambda _=False, name=entry.name: self.page_chosen.emit(name))
                group.addButton(button)
                self.buttons[entry.name] = button
                column.addWidget(button)
        self._group = group
        column.addStretch(1)
        self._offline = Chip("Offline: work waits", "warn")
        self._offline.hide()
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 0, 0, 8)
        foot.addWidget(self._offline)
        foot.addStretch(1)
        column.addLayout(foot)
        self._scheme = Button("Dark mode", "moon", "nav")
        self._scheme.setIconSize(QSize(28, 18))
        self._scheme.clicked.connect(self.scheme_toggled)
        column.addWidget(self._scheme)
        theme.theme().changed.connect(self._show_scheme)
        self._show_scheme()

    def set_workspace(self, name: str) -> None:
        """Show the workspace's name; pages need one."""
        self._name.setText(name or "MultiMarket Hub")

    def set_enabled(self, names: frozenset[str]) -> None:
        """Which pages can be gone to now."""
        for name, button in self.buttons.items():
            button.setEnabled(name in names)

    def mark(self, name: str) -> None:
        """Show which page is seen; one without a button unmarks all."""
        self._group.setExclusive(False)
        for each, button in self.buttons.items():
            button.setChecked(each == name)
        self._group.setExclusive(True)

    def set_online(self, online: bool) -> None:
        """Say so when there is no network."""
        self._offline.setVisible(not online)

    def _show_scheme(self) -> None:
        dark = theme.theme().scheme == "dark"
        self._scheme.setText("Light mode" if dark else "Dark mode")
        self._scheme.set_icon("sun" if dark else "moon")
