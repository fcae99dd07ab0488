"""The table of log lines holds to Qt's rules while pages come from both ends."""

from datetime import UTC, datetime

from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from mmhub_desktop.gui.tables.log import LogModel, whole_line
from mmhub_desktop.support.log_reading import LogLine


def line(message: str, level: str = "info") -> LogLine:
    text = f'{{"message": "{message}", "error": "one\\ntwo"}}'
    return LogLine(datetime(2026, 5, 1, tzinfo=UTC), level, "jobs", message, text)


def test_the_model_keeps_qts_rules_while_lines_come_from_both_ends(qtbot: QtBot) -> None:
    del qtbot
    model = LogModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert tester.model() is model
    asked: list[int] = []
    model.more_wanted.connect(lambda: asked.append(1))
    model.set_lines([line("c"), line("b")], has_older=True)
    model.fetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    assert asked == [1]  # once, though the tester asks too
    model.add_older([line("a")], has_older=False)
    model.add_newer([line("e"), line("d", "error")])
    assert [model.index(row, 3).data() for row in range(model.rowCount())] == ["e", "d", "c", "b", "a"]
    assert not model.canFetchMore(QModelIndex())


def test_a_whole_line_keeps_the_breaks_of_its_traceback() -> None:
    assert whole_line(line("x")) == "message: x\nerror: one\ntwo"
