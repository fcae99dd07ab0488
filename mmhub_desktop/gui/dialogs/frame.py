"""What every dialog of the program looks like: title, body, a line for mistakes, buttons at the lower right."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from mmhub_desktop.errors import MmhubError
from mmhub_desktop.gui.pages.page import Spawn
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import Label

_TITLE_BAR = 48  # pixels that the system puts around a dialog, about


class Dialog(QDialog):
    """A window-modal dialog. Put widgets into ``body``, buttons with ``add_button``; Esc closes it."""

    def __init__(self, title: str, subtitle: str = "", parent: QWidget | None = None, *, width: int = 520) -> None:
        super().__init__(parent)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._confirming: Button | None = None
        self._confirm_keys: list[QShortcut] = []
        self.finished.connect(self._cancel_work)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 20, 24, 20)
        outer.setSizeConstraint(QLayout.SizeConstraint.SetMinimumSize)  # it grows when a mistake is shown
        outer.addStrut(width - 48)
        outer.setSpacing(12)
        self._title = Label(title, "title")
        self._title.setWordWrap(True)
        self._subtitle = Label(subtitle, "body", "muted")
        self._subtitle.setWordWrap(True)
        self._subtitle.setVisible(bool(subtitle))
        head = QVBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._title)
        head.addWidget(self._subtitle)
        outer.addLayout(head)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        outer.addLayout(self.body, 1)
        self.mistake = Mistake()
        self.mistake.changed.connect(self.fit)
        outer.addWidget(self.mistake)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        outer.addLayout(self._buttons)

    def showEvent(self, event: QShowEvent) -> None:
        """No higher than the screen: the buttons at the bottom must be reachable."""
        super().showEvent(event)
        highest = self.screen().availableGeometry().height() - _TITLE_BAR
        if self.height() > highest:
            self.resize(self.width(), highest)

    def set_head(self, title: str, subtitle: str) -> None:
        """Change the words at the top."""
        self._title.setText(title)
        self._subtitle.setText(subtitle)
        self._subtitle.setVisible(bool(subtitle))

    def add_button(
        self, text: str, act: Callable[[], None], kind: str = "plain", icon: str = "", *, left: bool = False
    ) -> Button:
        """A button below the body; at the far left with ``left``."""
        button = Button(text, icon, kind)
        button.clicked.connect(act)
        self._buttons.insertWidget(0 if left else self._buttons.count(), button)
        return button

    def fit(self, *, shrink: bool = False) -> None:
        """Grow to what the body wants now (or ``shrink`` to it), after the layout has seen what changed."""
        QTimer.singleShot(0, self, lambda: self._fit(shrink=shrink))

    def _fit(self, *, shrink: bool) -> None:
        layout = self.layout()
        if layout is None:
            return
        for place in range(self.body.count()):
            item = self.body.itemAt(place)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.updateGeometry()  # else the layout goes by the size it remembers
        layout.activate()
        wanted = layout.totalSizeHint().height()
        if layout.hasHeightForWidth():
            wanted = layout.totalHeightForWidth(self.width())
        highest = self.screen().availableGeometry().height() - _TITLE_BAR
        self.resize(self.width(), min(highest, wanted if shrink else max(wanted, self.height())))

    def work(self, spawn: Spawn, work: Coroutine[Any, Any, None], what: str, *, button: Button | None = None) -> None:
        """Run something slow: ``button`` rests meanwhile, an error is said here, closing the dialog cancels it."""

        async def run() -> None:
            try:
                await work
            except MmhubError as error:
                self.mistake.say(error)
                if button is not None:
                    button.setEnabled(True)

        self.mistake.clear()
        if button is not None:
            button.setEnabled(False)
        self.cancel_with_me(spawn(run(), what))

    def cancel_with_me(self, task: asyncio.Task[Any]) -> None:
        """End a task when the dialog closes: it would write into what is gone."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _cancel_work(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()

    def confirm_with(self, button: Button) -> None:
        """Enter presses ``button``, and Ctrl+Enter does wherever the focus is."""
        self._confirming = button
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            shortcut = QShortcut(QKeySequence(Qt.Modifier.CTRL | key), self)
            shortcut.activated.connect(button.click)
            self._confirm_keys.append(shortcut)
        self.let_enter_confirm(True)

    def let_enter_confirm(self, allowed: bool) -> None:
        """Whether Enter presses the button of ``confirm_with``: not while that one stops what Enter has begun."""
        if self._confirming is not None:
            self._confirming.setDefault(allowed)
            self._confirming.setAutoDefault(allowed)
        for shortcut in self._confirm_keys:
            shortcut.setEnabled(allowed)


class Mistake(QFrame):
    """What went wrong and what to do, inside a dialog; hidden while there is nothing to say."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "banner")
        self.setProperty("tone", "err")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 12, 10)
        row.setSpacing(10)
        row.addWidget(IconLabel("circle-alert", "err", 18), 0, Qt.AlignmentFlag.AlignTop)
        self._words = Label("", "body")
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(self._words, 1)
        self.hide()

    @property
    def text(self) -> str:
        """The words shown, empty when there is no mistake."""
        return "" if self.isHidden() else self._words.text()

    def say(self, error: MmhubError | str) -> None:
        """Show an error's message, hint and the other side's own words."""
        if isinstance(error, MmhubError):
            lines = [error.message, error.hint, error.original]
            said = "\n".join(line for line in lines if line)
        else:
            said = error
        self._words.setText(said)
        self.setAccessibleName(said)
        self.setVisible(bool(said))
        self.changed.emit()

    def clear(self) -> None:
        """There is no mistake any more."""
        self.say("")
