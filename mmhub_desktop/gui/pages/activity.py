"""The activity page: how marketplaces answer, by account and operation, over hours, days or a month; and the log."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from mmhub_desktop.domain.call_stats import CallStats, HourStats, series, totals
from mmhub_desktop.events import AccountsChanged, Event, TasksSettled
from mmhub_desktop.gui.pages.log_view import LogView
from mmhub_desktop.gui.pages.page import GuiContext, Page
from mmhub_desktop.gui.tables.activity import COLUMNS, ActivityModel, percent
from mmhub_desktop.gui.tables.jobs_words import duration, response_time
from mmhub_desktop.gui.tables.line_delegate import LineDelegate
from mmhub_desktop.gui.widgets.bar_chart import Bar, BarChart
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.header import PageHeader
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.plain_table import prepare_table
from mmhub_desktop.gui.words import counted, number

ROW_HEIGHT = 40
_AGAIN_MS = 2_000  # at most so often while work goes on


@dataclass(frozen=True, slots=True)
class Span:
    """How far back the page looks, in ``steps`` bars of ``hours_each``."""

    label: str
    words: str
    steps: int
    hours_each: int


SPANS = (
    Span("24 hours", "the last 24 hours", 24, 1),
    Span("7 days", "the last 7 days", 28, 6),
    Span("30 days", "the last 30 days", 30, 24),
)


class ChartCard(Card):
    """A number with its name, and the chart of how it came about."""

    def __init__(self, title: str, tone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self.value = Label("–", "metric")
        self.note = Label("", "small", "muted")
        self.chart = BarChart(tone)
        head = QHBoxLayout()
        head.addWidget(self.value)
        head.addStretch(1)
        head.addWidget(self.note, 0, Qt.AlignmentFlag.AlignBottom)
        self.body.setSpacing(4)
        self.body.addWidget(Label(title, "label", "muted"))
        self.body.addLayout(head)
        self.body.addWidget(self.chart)

    def show_figures(self, value: str, note: str, bars: Sequence[Bar]) -> None:
        """The number, a remark, and the bars."""
        self.value.setText(value)
        self.note.setText(note)
        self.chart.set_bars(bars, f"{self._title}: {value}. {note}".strip())


class ActivityPage(Page):
    """Figures of all calls to marketplaces, from the rows kept for every hour."""

    refresh_on: ClassVar[tuple[type[Event], ...]] = (AccountsChanged, TasksSettled)

    def __init__(self, context: GuiContext) -> None:
        super().__init__(context)
        self.span = SPANS[0]
        self.header = PageHeader("Activity", "How the marketplaces answer, and the log")
        self.body.addWidget(self.header)
        self.tab_buttons: list[Button] = []
        self.span_buttons: list[Button] = []
        self.body.addLayout(self._lay_out_bar())
        self.model = ActivityModel(parent=self)
        self.view = QTableView()
        self.calls = ChartCard("Calls", "accent")
        self.times = ChartCard("Response time (95% within)", "info")
        self.waits = ChartCard("Slowed for rate limits", "warn")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._lay_out())
        self._stack.addWidget(
            EmptyState("activity", "No calls yet", "How the marketplaces answer is shown here once work goes there.")
        )
        self.log = LogView(context.spawn)
        self._stack.addWidget(self.log)
        self.body.addWidget(self._stack, 1)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self._read_again)
        self._moved = False

    def _lay_out_bar(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        tabs = QButtonGroup(self)
        for place, name in enumerate(("Calls", "Log")):
            button = Button(name, kind="quiet")
            button.setCheckable(True)
            button.setAccessibleName(f"Show: {name}")
            button.clicked.connect(partial(self.show_what, log=bool(place)))
            tabs.addButton(button)
            row.addWidget(button)
            self.tab_buttons.append(button)
        self.tab_buttons[0].setChecked(True)
        row.addStretch(1)
        self._add_spans(row)
        return row

    def _add_spans(self, row: QHBoxLayout) -> None:
        group = QButtonGroup(self)
        for span in SPANS:
            button = Button(span.label, kind="quiet")
            button.setCheckable(True)
            button.setAccessibleName(f"Show {span.words}")
            button.clicked.connect(partial(self.set_span, span))
            group.addButton(button)
            row.addWidget(button)
            self.span_buttons.append(button)
        self.span_buttons[0].setChecked(True)

    def _lay_out(self) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        row = QHBoxLayout()
        row.setSpacing(16)
        for card in (self.calls, self.times, self.waits):
            row.addWidget(card, 1)
        column.addLayout(row)
        table = Card()
        table.body.setContentsMargins(1, 1, 1, 6)
        table.body.addWidget(self._prepare_view())
        column.addWidget(table, 1)
        return content

    def _prepare_view(self) -> QTableView:
        view = self.view
        view.setModel(self.model)
        view.setItemDelegate(LineDelegate(view))
        view.setAccessibleName("Calls by work and account")
        view.setWordWrap(False)
        prepare_table(view, ROW_HEIGHT, [column.width for column in COLUMNS])
        return view

    def show_what(self, *_: Any, log: bool = False, **__: Any) -> None:
        """``log``: show the log, else the calls."""
        self.tab_buttons[int(log)].setChecked(True)
        for button in self.span_buttons:
            button.setVisible(not log)
        if log:
            self.header.set_subtitle("What the program did on this computer, without keys and tokens")
            self._stack.setCurrentWidget(self.log)
        else:
            self._stack.setCurrentIndex(0)
            self.request_refresh()

    def set_span(self, span: Span, *_: Any) -> None:
        """Look back so far."""
        self.span = span
        self.request_refresh()

    async def refresh(self, events: Sequence[Event]) -> None:
        """Read the hours again; while work goes on, not at every event. The log follows by itself."""
        if self._stack.currentWidget() is self.log:
            return
        if events and self._again.isActive():
            self._moved = True
            return
        self._moved = False
        self._again.start()
        workspace, span = self.context.workspace, self.span
        first = int(time.time()) // 3600 - span.steps * span.hours_each + 1
        hours = await workspace.calls.hours(first)
        labels = {account.id: account.label for account in await workspace.accounts.all()}
        self.model.set_stats(totals(hours, by_operation=True), labels)
        self._stack.setCurrentIndex(0 if hours else 1)
        self._show_charts(hours, first)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is read while nobody looks."""
        super().hideEvent(event)
        self._again.stop()
        self._moved = False

    def _read_again(self) -> None:
        if self._moved:
            self.request_refresh()

    def _show_charts(self, hours: Sequence[HourStats], first: int) -> None:
        span = self.span
        whole = series(hours, first, 1, span.steps * span.hours_each)[0]
        steps = series(hours, first, span.steps, span.hours_each)
        self.header.set_subtitle(
            f"{counted(whole.calls, 'call')} in {span.words}, {percent(whole.success_rate)} went well"
            if whole.calls
            else ""
        )
        names = [_moment(first + place * span.hours_each, span) for place in range(span.steps)]
        self.calls.show_figures(
            number(whole.calls), f"{number(whole.failed)} failed",
            [Bar(s.calls, s.failed, f"{name}: {counted(s.calls, 'call')}, {number(s.failed)} failed")
             for s, name in zip(steps, names, strict=True)],
        )  # fmt: skip
        self.times.show_figures(
            response_time(whole.p95_ms), f"half within {response_time(whole.p50_ms)}",
            [Bar(s.p95_ms or 0, 0, f"{name}: {response_time(s.p95_ms)}") for s, name in zip(steps, names, strict=True)],
        )  # fmt: skip
        self.waits.show_figures(
            duration(whole.throttled_ms / 1000), _limit_words(whole),
            [Bar(s.throttled_ms, 0, f"{name}: {duration(s.throttled_ms / 1000)}")
             for s, name in zip(steps, names, strict=True)],
        )  # fmt: skip


def _limit_words(stats: CallStats) -> str:
    retried = counted(stats.retries, "retry", "retries")
    return f"{retried}, {number(stats.limited)} refused as too many" if stats.limited else retried


def _moment(hour: int, span: Span) -> str:
    local = datetime.fromtimestamp(hour * 3600, UTC).astimezone()
    return f"{local:%d %b}" if span.hours_each == 24 else f"{local:%d %b, %H:%M}"
