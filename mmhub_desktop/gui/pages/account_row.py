"""One account on the marketplaces page: who, how it is, and what can be done with it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from mmhub_desktop.domain.call_stats import CallStats
from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.marketplace_icon import PLAIN, marketplace_icon
from mmhub_desktop.gui.pages.lanes import account_state, budget_words, secret_words, token_words
from mmhub_desktop.gui.tables.activity import percent
from mmhub_desktop.gui.tables.jobs_words import response_time
from mmhub_desktop.gui.widgets.bar_chart import Bar, BarChart
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.chip import Chip
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import ElidedLabel, Label
from mmhub_desktop.gui.words import counted
from mmhub_desktop.jobs.lane import LaneState
from mmhub_desktop.marketplaces.base import Marketplace, missing_choices

_KEPT = "\N{NO-BREAK SPACE}"
_BETWEEN = f"{_KEPT}{_KEPT}·{_KEPT} "  # a fact stays in one line, and the dot with the one before it


class AccountRow(QWidget):
    """A row of the accounts card. The signals ask the page; ``show_account`` draws what it knows."""

    test_wanted = Signal()
    reconnect_wanted = Signal()
    pause_wanted = Signal(bool)
    adopt_wanted = Signal()
    limit_wanted = Signal()
    settings_wanted = Signal()
    rules_wanted = Signal()
    mapping_wanted = Signal()
    visit_wanted = Signal()
    renewal_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.account: Account | None = None
        self.icon = IconLabel(PLAIN, "muted", 24)
        self.name = Label("", "strong")
        self.about = ElidedLabel("", "body", "muted")
        self.facts = Label("", "small", "muted")
        self.facts.setWordWrap(True)
        self.explanation = Label("", "body", "warn")
        self.explanation.setWordWrap(True)
        self.tested = Label("", "body", "ok")
        self.tested.setWordWrap(True)
        self.chip = Chip()
        self.day = Label("", "small", "muted")
        self.day_chart = BarChart("accent", height=20)
        self.day_chart.setFixedWidth(176)
        self.test_button = Button("Test", "plug")
        self.test_button.setToolTip("Ask the marketplace whether the connection works")
        self.test_button.clicked.connect(self.test_wanted)
        self.sign_in_button = Button("Sign in again", "key-round")
        self.sign_in_button.clicked.connect(self.reconnect_wanted)
        self.choose_button = Button("Choose…", "settings")
        self.choose_button.clicked.connect(self.settings_wanted)
        self.pause_button = Button("Pause", "pause")
        self.pause_button.setFixedWidth(104)
        self.pause_button.clicked.connect(self._toggle_pause)
        self.more = Button("", "ellipsis", "quiet")
        self.more.clicked.connect(self._show_menu)
        self._lay_out()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self.name, self.about, self.facts, self.explanation, self.tested):
            words.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 12, 12)
        row.setSpacing(12)
        row.addWidget(self.icon)
        row.addLayout(words, 1)
        calls = QVBoxLayout()
        calls.setSpacing(4)
        calls.addStretch(1)
        calls.addWidget(self.day_chart)
        calls.addWidget(self.day)
        calls.addStretch(1)
        row.addLayout(calls)
        buttons = (self.choose_button, self.sign_in_button, self.test_button, self.pause_button, self.more)
        for widget in (self.chip, *buttons):
            row.addWidget(widget)

    def show_account(
        self, account: Account, declared: Marketplace | None, lane: LaneState | None, live_listings: int
    ) -> None:
        """Draw the account as it is now."""
        self.account = account
        label = declared.label if declared else account.marketplace
        site = dict(declared.sites).get(account.site, "") if declared else account.site  # an id says nothing to people
        kind = "practice" if account.kind is AccountKind.PRACTICE else "live"
        who = account.identity.get("name", "")
        facts = [
            counted(live_listings, "live listing"), token_words(account), secret_words(declared, account),
            *budget_words(lane),
        ]  # fmt: skip
        self.icon.set_icon(marketplace_icon(account.marketplace), "muted")
        self.name.setText(account.label)
        self.about.setText("  ·  ".join(part for part in (f"{label} {site}".strip() + f", {kind}", who) if part))
        self.facts.setText(_BETWEEN.join(fact.replace(" ", _KEPT) for fact in facts if fact))
        word, tone, why = account_state(account, lane)
        self.chip.set_state(word, tone)
        self.explanation.setText(why)
        self.explanation.setVisible(bool(why))
        self.explanation.set_tone("err" if tone == "err" else "warn" if tone == "warn" else "info")
        missing = missing_choices(declared, account) if declared and account.connected_at else ()
        self.choose_button.setVisible(bool(missing))
        if missing and not why:
            self.explanation.setText(f"Not chosen yet: {', '.join(missing)}. Nothing can be published before.")
            self.explanation.setVisible(True)
            self.explanation.set_tone("warn")
        needs_sign_in = word in ("Sign in again", "Not connected")
        self.sign_in_button.setText("Sign in" if word == "Not connected" else "Sign in again")
        self.sign_in_button.setVisible(needs_sign_in)
        self.test_button.setVisible(not needs_sign_in)
        self.pause_button.setText("Resume" if account.paused else "Pause")
        self.pause_button.set_icon("play" if account.paused else "pause")
        self.more.set_hint(f"More for {account.label}")
        self.setAccessibleName(f"{account.label}, {word}")
        for button in (self.test_button, self.sign_in_button, self.pause_button):
            button.setAccessibleName(f"{button.text()}: {account.label}")

    def show_day(self, whole: CallStats, hours: Sequence[CallStats]) -> None:
        """The calls of the last 24 hours: success, response time, and a bar for each hour."""
        self.day.setVisible(whole.calls > 0)
        self.day_chart.setVisible(sum(each.calls > 0 for each in hours) > 1)  # a single bar tells no course
        rate, taken = percent(whole.success_rate), response_time(whole.p95_ms)
        self.day.setText(f"{rate} went well, 95% in {taken}")
        self.day.setToolTip(
            f"Last 24 hours: {counted(whole.calls, 'call')}, {rate} went well, 95% answered within {taken}"
        )
        self.day_chart.set_bars([Bar(each.calls, each.failed) for each in hours], self.day.toolTip())
        self.day_chart.setToolTip(self.day.toolTip())

    def show_test(self, words: str, tone: str) -> None:
        """What the last test of the connection said; nothing when ``words`` is empty."""
        self.tested.setText(words)
        self.tested.set_tone(tone)
        self.tested.setVisible(bool(words))

    def _toggle_pause(self) -> None:
        if self.account is not None:
            self.pause_wanted.emit(not self.account.paused)

    def menu(self) -> QMenu:
        """Everything that can be done with the account."""
        menu = QMenu(self)
        if self.account is not None and self.account.kind is AccountKind.LIVE:
            connect = menu.addAction(theme.icon("key-round"), "Sign in again…")
            connect.triggered.connect(self.reconnect_wanted)
        test = menu.addAction(theme.icon("plug"), "Test connection")
        test.triggered.connect(self.test_wanted)
        if self.account is not None and self.account.token_expires_at is not None:
            renew = menu.addAction(theme.icon("rotate-cw"), "Renew sign-in now")
            renew.triggered.connect(self.renewal_wanted)
        if self.account is not None and self.account.kind is AccountKind.PRACTICE:
            visit = menu.addAction(theme.icon("eye"), "See it as a buyer")
            visit.triggered.connect(self.visit_wanted)
        adopt = menu.addAction(theme.icon("inbox"), "Adopt existing listings…")
        adopt.triggered.connect(self.adopt_wanted)
        change = menu.addAction(theme.icon("settings"), "Settings…")
        change.triggered.connect(self.settings_wanted)
        mapping = menu.addAction(theme.icon("list"), "Categories and attributes…")
        mapping.triggered.connect(self.mapping_wanted)
        rules = menu.addAction(theme.icon("tag"), "Price, stock and text rules…")
        rules.triggered.connect(self.rules_wanted)
        limit = menu.addAction(theme.icon("clock"), "Limit calls a day…")
        limit.triggered.connect(self.limit_wanted)
        menu.addSeparator()
        remove = menu.addAction(theme.icon("trash-2", "err"), "Remove…")
        remove.triggered.connect(self.remove_wanted)
        return menu

    def _show_menu(self) -> None:
        menu = self.menu()
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))
