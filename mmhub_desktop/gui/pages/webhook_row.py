"""One webhook as a row: where it goes, what it is told of, how it is doing, and what can be done with it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from mmhub_desktop.domain.webhook import Attempt, Subscription, SubscriptionSummary
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.chip import Chip
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import ElidedLabel, Label
from mmhub_desktop.gui.words import ago, counted


class WebhookRow(QWidget):
    """The signals ask the page; ``show_webhook`` draws what it knows."""

    test_wanted = Signal()
    log_wanted = Signal()
    pause_wanted = Signal(bool)
    active_wanted = Signal(bool)
    edit_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.subscription: Subscription | None = None
        self.address = ElidedLabel("", "strong")
        self.about = ElidedLabel("", "body", "muted")
        self.last = ElidedLabel("", "small", "muted")
        self.answer = Label("", "body", "muted")
        self.answer.setWordWrap(True)
        self.answer.hide()
        self.chip = Chip()
        self.active = QCheckBox("Active")
        self.active.clicked.connect(self.active_wanted)
        self.test_button = Button("Test", "send")
        self.test_button.setToolTip("Send a test message now and show the answer")
        self.test_button.clicked.connect(self.test_wanted)
        self.pause_button = Button("Pause", "pause")
        self.pause_button.setFixedWidth(104)
        self.pause_button.clicked.connect(self._toggle_pause)
        self.log_button = Button("Log", "list")
        self.log_button.clicked.connect(self.log_wanted)
        self.more = Button("", "ellipsis", "quiet")
        self.more.clicked.connect(lambda: self.menu().popup(self.more.mapToGlobal(self.more.rect().bottomLeft())))
        self._lay_out()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self.address, self.about, self.last, self.answer):
            words.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 12, 12)
        row.setSpacing(12)
        row.addWidget(IconLabel("webhook", "muted", 20))
        row.addLayout(words, 1)
        for widget in (self.chip, self.active, self.test_button, self.pause_button, self.log_button, self.more):
            row.addWidget(widget)

    def show_webhook(self, subscription: Subscription, summary: SubscriptionSummary, accounts: str) -> None:
        """Draw the webhook as it is now; ``accounts`` names those it is narrowed to."""
        self.subscription = subscription
        self.address.setText(subscription.url)
        self.about.setText(f"{counted(len(subscription.event_types), 'event')}  ·  {accounts or 'all accounts'}")
        parts = [last_words(summary.last)]
        if summary.waiting:
            parts.append(f"{counted(summary.waiting, 'message')} waiting")
        if summary.failed:
            parts.append(f"{summary.failed:,} given up")
        self.last.setText("  ·  ".join(parts))
        if subscription.disabled_because:
            self.show_answer(subscription.disabled_because, "err")
        word, tone = state_words(subscription, summary)
        self.chip.set_state(word, tone)
        self.active.setChecked(subscription.active)
        self.pause_button.setText("Resume" if subscription.paused else "Pause")
        self.pause_button.set_icon("play" if subscription.paused else "pause")
        self.pause_button.setEnabled(subscription.active)
        self.setAccessibleName(f"{subscription.url}, {word}")
        self.active.setAccessibleName(f"Active: {subscription.url}")
        for button in (self.test_button, self.pause_button, self.log_button):
            button.setAccessibleName(f"{button.text()}: {subscription.url}")
        self.more.set_hint(f"More for {subscription.url}")

    def show_answer(self, words: str, tone: str) -> None:
        """What a test said, or why the program switched it off; nothing when ``words`` is empty."""
        self.answer.setText(words)
        self.answer.set_tone(tone)
        self.answer.setVisible(bool(words))

    def _toggle_pause(self) -> None:
        if self.subscription is not None:
            self.pause_wanted.emit(not self.subscription.paused)

    def menu(self) -> QMenu:
        """What is done more rarely."""
        menu = QMenu(self)
        menu.addAction(theme.icon("settings"), "Change…").triggered.connect(self.edit_wanted)
        menu.addSeparator()
        menu.addAction(theme.icon("trash-2", "err"), "Remove…").triggered.connect(self.remove_wanted)
        return menu


def state_words(subscription: Subscription, summary: SubscriptionSummary) -> tuple[str, str]:
    """Word and tone of a webhook's chip."""
    if not subscription.active:
        return ("Switched off", "err") if subscription.disabled_because else ("Off", "neutral")
    if subscription.paused:
        return "Paused", "warn"
    if summary.last is not None and not summary.last.succeeded:
        return "Failing", "err"
    return "Active", "ok"


def last_words(last: Attempt | None) -> str:
    """When something was sent last, and what the answer was."""
    if last is None:
        return "Nothing sent yet"
    return f"Last sent {ago(last.at)}: {answer_words(last)}"


def answer_words(attempt: Attempt) -> str:
    """A try's answer in few words."""
    if attempt.status:
        return f"status {attempt.status} after {attempt.duration_ms:,} ms"
    return attempt.error or "no answer"
