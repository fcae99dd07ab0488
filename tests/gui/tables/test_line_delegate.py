"""Tables of lines: rows that keep their place when they change, and the whole row answering to the mouse."""

from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QTableView
from pytestqt.qtbot import QtBot

from mmhub_desktop.gui.tables.declared_columns import LEFT, RIGHT, Column, DeclaredTable
from mmhub_desktop.gui.tables.line_delegate import LineDelegate
from mmhub_desktop.gui.theme import theme
from mmhub_desktop.gui.widgets.plain_table import prepare_table

COLUMNS = (
    Column("Name", 0, lambda row: row["name"]),
    Column("Number", 90, lambda row: row["number"], is_number=True),
)


class Things(DeclaredTable):
    """Those named “bad” are written in the colour of errors."""

    def cell(self, row: dict[str, str], column: int, role: int) -> Any:
        if role == self.TOKEN:
            return "err" if row["name"] == "bad" else None
        return super().cell(row, column, role)


def things(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "number": number} for name, number in pairs]


def table_of(model: DeclaredTable, qtbot: QtBot) -> QTableView:
    view = QTableView()
    qtbot.addWidget(view)
    view.setModel(model)
    view.setItemDelegate(LineDelegate(view))
    prepare_table(view, 40, [column.width for column in COLUMNS])
    view.resize(400, 260)
    view.show()
    return view


def painted(view: QTableView, row: int) -> QImage:
    return view.viewport().grab().toImage().copy(0, view.rowViewportPosition(row), view.viewport().width(), 40)


def has_color(image: QImage, token: str) -> bool:
    color = theme().color(token)
    return any(image.pixelColor(x, y) == color for x in range(image.width()) for y in range(0, image.height(), 3))


def test_rows_that_are_the_same_ones_change_in_place(qtbot: QtBot) -> None:
    del qtbot
    model = DeclaredTable(COLUMNS, key=lambda row: row["name"])
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert tester.model() is model
    resets: list[int] = []
    changed: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    model.dataChanged.connect(lambda first, *_: changed.append(first.row()))
    model.set_rows(things(("a", "1"), ("b", "2"), ("c", "3")))
    assert (len(resets), changed) == (1, [])
    model.set_rows(things(("a", "1"), ("b", "5"), ("c", "3")))
    assert (len(resets), changed) == (1, [1])
    model.set_rows(things(("b", "5"), ("a", "1")))
    assert len(resets) == 2
    cell = model.index(0, 1)
    assert cell.data() == "5"
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole) == "Number: 5"
    assert cell.data(Qt.ItemDataRole.TextAlignmentRole) == RIGHT
    assert model.index(0, 0).data(Qt.ItemDataRole.TextAlignmentRole) == LEFT
    assert cell.data(DeclaredTable.ROW) == {"name": "b", "number": "5"}
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Number"


async def test_the_whole_row_answers_to_the_mouse(qtbot: QtBot) -> None:
    model = Things(COLUMNS)
    model.set_rows(things(("good", "1"), ("other", "2"), ("bad", "3")))
    view = table_of(model, qtbot)
    quiet = painted(view, 1)
    assert not has_color(quiet, "sunken")
    QTest.mouseMove(view.viewport(), QPoint(380, 60))
    hovered = painted(view, 1)
    assert hovered.pixelColor(5, 5) == hovered.pixelColor(350, 5) == theme().color("sunken")
    assert not has_color(painted(view, 0), "sunken")
    QApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Leave))
    assert painted(view, 1) == quiet


async def test_the_model_names_the_colour_of_words(qtbot: QtBot) -> None:
    model = Things(COLUMNS)
    model.set_rows(things(("good", "1"), ("bad", "3")))
    view = table_of(model, qtbot)
    assert has_color(painted(view, 1), "err")
    assert not has_color(painted(view, 0), "err")
