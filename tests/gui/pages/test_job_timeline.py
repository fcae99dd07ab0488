"""The timeline beside a job: its chart and its words, and that it follows what happens."""

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from mmhub_desktop.domain.timeline import Span
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.jobs import JobsPage
from mmhub_desktop.gui.tables.jobs_outline import Level, Node
from mmhub_desktop.gui.theme import Theme
from mmhub_desktop.gui.widgets.timeline import LABEL_WIDTH, ROW, TimelineChart
from tests.gui.conftest import Until
from tests.gui.pages.test_job_order import end_unpublished, page

__all__ = ["page"]
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_the_chart_finds_steps_and_waits_and_leaves_the_theme_alone(qapp: QApplication, theme: Theme) -> None:
    del qapp
    chart = TimelineChart()
    chart.resize(LABEL_WIDTH + 104, 100)
    first = Span("Check", "done", NOW, NOW + timedelta(seconds=10), "done")
    wait = Span("", "wait", NOW + timedelta(seconds=10), NOW + timedelta(seconds=90), "waited to be tried again")
    last = Span("Send", "running", NOW + timedelta(seconds=90), None, "attempt 2 runs now")
    chart.set_spans([first, wait, last], NOW + timedelta(seconds=100))
    assert chart.span_at(QPointF(LABEL_WIDTH + 5, ROW / 2)) == first
    assert chart.span_at(QPointF(LABEL_WIDTH + 50, ROW / 2)) == wait
    assert chart.span_at(QPointF(LABEL_WIDTH + 96, ROW * 1.5)) == last
    assert chart.span_at(QPointF(5, 5)) is None
    assert "Send attempt 2 runs now" in chart.accessibleDescription()
    before = theme.color("muted").alpha()
    assert not chart.grab().isNull()
    assert theme.color("muted").alpha() == before
    chart.deleteLater()


async def test_a_failed_job_shows_when_what_happened(shop: MainWindow, page: JobsPage, until: Until) -> None:
    batch_id = await end_unpublished(shop, 2)
    await until(lambda: page.model.rowCount() == 1)
    await page.model.open(Node(Level.BATCH, batch_id))
    page.view.setCurrentIndex(page.model.index(1, 0))
    timeline = page.detail.timeline
    await until(lambda: timeline.isVisible() and timeline.chart.isVisible())
    said = [words for _, words in timeline.lines]
    assert said[0] == "planned"
    assert any("attempt 1" in words and words.endswith("s)") for words in said)
    assert {span.kind for span in timeline.chart.spans} >= {"failed"}
    page.view.setCurrentIndex(page.model.index(0, 0))
    await until(lambda: timeline.ends.isVisible() and sum(bar.value for bar in timeline.ends.bars) == 2)
    assert [words.split()[0] for _, words in timeline.lines] == ["planned", "began", "ended"]
