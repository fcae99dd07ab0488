"""The window's sidebar: workspace name, pages in groups, how much work runs, and the switch between light and dark."""

from itertools import groupby

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mmhub_desktop.gui import theme
from mmhub_desktop.gui.pages import PAGES
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Line
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import ElidedLabel, Label

WIDTH = 216
NARROW = 64  # icons alone
NARROW_BELOW = 1120  # width of the window
_ICON_ROOM = 28  # an icon with the space before its word
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class NavButton(Button):
    """A page in the sidebar, with an optional count at its right end; ``set_narrow`` leaves the icon."""

    def __init__(self, label: str, icon: str) -> None:
        super().__init__(label, icon, "nav")
        self._label = label
        self._icon_name = icon
        self._count = ""
        self.setIconSize(QSize(_ICON_ROOM, 18))
        self.setCheckable(True)
        self.setAccessibleName(label)
        self.toggled.connect(lambda on: self.set_icon(self._icon_name, "accent_text" if on else "muted"))

    def set_narrow(self, narrow: bool) -> None:
        """Show the icon alone; the tooltip has the word."""
        self.setText("" if narrow else self._label)
        self.setIconSize(QSize(18 if narrow else _ICON_ROOM, 18))
        self.setToolTip(self._label if narrow else "")

    def set_label(self, label: str, *, narrow: bool) -> None:
        """Call it something else."""
        self._label = label
        self.setAccessibleName(label)
        self.set_narrow(narrow)

    def set_count(self, count: int) -> None:
        """Show how many; nothing for 0."""
        text = f"{count:,}" if count < 100_000 else f"{count // 1000:,}k"
        self._count = text if count else ""
        self.setAccessibleDescription(f"{self._count} running or waiting" if count else "")
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down go from page to page as in a list."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.focusNextPrevChild(step > 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button, then the count: a pill, or a dot at the icon."""
        super().paintEvent(event)
        if not self._count:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = theme.theme().color
        painter.setPen(Qt.PenStyle.NoPen)
        if not self.text():
            painter.setBrush(color("info"))
            painter.drawEllipse(QRect(self.width() - 12, 4, 8, 8))
            return
        painter.setFont(theme.font("label"))
        width = painter.fontMetrics().horizontalAdvance(self._count) + 14
        pill = QRect(self.width() - width - 10, (self.height() - 20) // 2, width, 20)
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
        self.is_narrow = False
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 14, 11, 12)
        column.setSpacing(0)
        self._name = ElidedLabel("MultiMarket Hub", "section")
        head = QHBoxLayout()
        head.setContentsMargins(9, 2, 6, 6)
        head.setSpacing(10)
        head.addWidget(IconLabel("rocket", "accent", 20))
        head.addWidget(self._name, 1)
        column.addLayout(head)
        self.buttons: dict[str, NavButton] = {}
        self._heads: list[Label] = []
        self._lines: list[Line] = []
        column.addWidget(self._lay_out_pages(), 1)
        self._offline = NavButton("Offline: work waits", "wifi-off")
        self._offline.setToolTip("There is no network. What is to be sent goes out by itself when there is.")
        self._offline.setCheckable(False)
        self._offline.set_icon("wifi-off", "warn")
        self._offline.clicked.connect(lambda: self.page_chosen.emit("jobs"))
        self._offline.hide()
        column.addWidget(self._offline)
        self._scheme = NavButton("Dark mode", "moon")
        self._scheme.setCheckable(False)
        self._scheme.clicked.connect(self.scheme_toggled)
        column.addWidget(self._scheme)
        theme.theme().changed.connect(self._show_scheme)
        self._show_scheme()

    def _lay_out_pages(self) -> QScrollArea:
        """The pages by group; they scroll where the window is too low."""
        inner = QWidget()
        inner.setProperty("clear", True)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(2)
        self._group = QButtonGroup(self)
        for group, entries in groupby((entry for entry in PAGES if entry.group), key=lambda entry: entry.group):
            line = Line()
            line.hide()
            self._lines.append(line)
            column.addWidget(line)
            label = Label(group, "label", "muted")
            label.setContentsMargins(10, 14 if self.buttons else 8, 0, 4)
            self._heads.append(label)
            column.addWidget(label)
            for entry in entries:
                button = NavButton(entry.label, entry.icon)
                button.clicked.connect(lambda _=False, name=entry.name: self.page_chosen.emit(name))
                self._group.addButton(button)
                self.buttons[entry.name] = button
                column.addWidget(button)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # it would lie over the icons
        return area

    def set_workspace(self, name: str) -> None:
        """Show the workspace's name; pages need one."""
        self._name.setText(name or "MultiMarket Hub")

    def set_narrow(self, narrow: bool) -> None:
        """Leave the icons where the window is narrow: the page needs the room more."""
        if narrow == self.is_narrow:
            return
        self.is_narrow = narrow
        self.setFixedWidth(NARROW if narrow else WIDTH)
        self._name.setVisible(not narrow)
        for place, (head, line) in enumerate(zip(self._heads, self._lines, strict=True)):
            head.setVisible(not narrow)
            line.setVisible(narrow and place > 0)
        for button in (*self.buttons.values(), self._offline, self._scheme):
            button.set_narrow(narrow)

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
        self._scheme.set_label("Light mode" if dark else "Dark mode", narrow=self.is_narrow)
        self._scheme.set_icon("sun" if dark else "moon")
