"""The job tree on the screen: a table view that opens and closes rows, with buttons in them and full keyboard use."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QToolTip, QWidget

from mmhub_desktop.domain.job import BatchJob
from mmhub_desktop.gui.tables.jobs_delegate import HEIGHTS, Control, JobsDelegate
from mmhub_desktop.gui.tables.jobs_model import JobsModel
from mmhub_desktop.gui.tables.jobs_outline import Level, Node

_LEFT = Qt.MouseButton.LeftButton


class JobsView(QTableView):
    """Shows a ``JobsModel``. Right and Left open and close rows as in a tree; Enter opens or closes."""

    controlled = Signal(object, object)  # (Control, Node): a row's button was pressed
    open_wanted = Signal(object)  # Node
    chosen = Signal(object)  # Node of the current row, or None
    menu_wanted = Signal(QPoint)  # in global coordinates

    def __init__(self, model: JobsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.jobs = model
        self.rows = JobsDelegate(self)
        self._current: Node | None = None
        self.setItemDelegate(self.rows)
        self.setAccessibleName("Jobs")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(24)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(min(HEIGHTS.values()))
        self.verticalHeader().setDefaultSectionSize(HEIGHTS[Level.JOB])
        self.setModel(model)
        model.rowsInserted.connect(self._set_heights)
        model.modelReset.connect(self._set_all_heights)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._keep_current)
        self._set_all_heights()

    # What is where

    def visible_rows(self) -> tuple[int, int]:
        """First and last row on the screen; (0, -1) when there is none."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        if first < 0:
            return 0, -1
        return first, last if last >= 0 else self.jobs.rowCount() - 1

    def node(self) -> Node | None:
        """The current row's node."""
        index = self.currentIndex()
        return index.data(JobsModel.NODE) if index.isValid() else None

    def nodes(self) -> list[Node]:
        """The selected rows' nodes, from the top."""
        return [index.data(JobsModel.NODE) for index in sorted(self.selectionModel().selectedRows())]

    def _set_heights(self, _parent: QModelIndex, first: int, last: int) -> None:
        """Jobs have the default height and may be many; batches and tasks are few."""
        if self.jobs.outline.node(first).level is Level.JOB:
            return
        for row in range(first, last + 1):
            self.setRowHeight(row, HEIGHTS[self.jobs.outline.node(row).level])

    def _set_all_heights(self) -> None:
        outline = self.jobs.outline
        for batch_id in outline.batch_ids:
            self.setRowHeight(outline.batch_row(batch_id) or 0, HEIGHTS[Level.BATCH])
        for batch_id, job_id in outline.open_jobs():
            first = (outline.job_row(batch_id, job_id) or 0) + 1
            for row in range(first, first + outline.task_count(batch_id, job_id)):
                self.setRowHeight(row, HEIGHTS[Level.TASK])

    def _keep_current(self) -> None:
        """The row that was current stays it when rows move; its batch takes its place when it was hidden."""
        if self._current is None:
            return
        row = self.jobs.outline.row_of(self._current)
        if row is None:
            row = self.jobs.outline.batch_row(self._current.batch_id)
        if row is None:
            self._current = None
            self.chosen.emit(None)
        elif row != self.currentIndex().row():
            self.setCurrentIndex(self.jobs.index(row, 0))

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Tell which row the seller stands on."""
        super().currentChanged(current, previous)
        node = current.data(JobsModel.NODE) if current.isValid() else None
        if node is not None and node != self._current:
            self._current = node
            self.chosen.emit(node)

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tree keys; everything else as in any table."""
        node = self.node()
        act: Callable[[], None] | None = None
        if node is not None:
            is_open = self.jobs.outline.is_open(node)
            match event.key():
                case Qt.Key.Key_Right if not is_open:
                    act = lambda: self.open_wanted.emit(node)  # noqa: E731 - one expression per key
                case Qt.Key.Key_Left:
                    act = (lambda: self.jobs.close(node)) if is_open else (lambda: self._go_up(node))
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    act = lambda: self.toggle(node)  # noqa: E731
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def toggle(self, node: Node) -> None:
        """Open a closed row, close an open one."""
        if self.jobs.outline.is_open(node):
            self.jobs.close(node)
        elif node.level is not Level.TASK:
            self.open_wanted.emit(node)

    def _go_up(self, node: Node) -> None:
        if node.level is Level.BATCH:
            return
        parent = Node(Level.BATCH, node.batch_id) if node.level is Level.JOB else Node(
            Level.JOB, node.batch_id, node.job_id
        )  # fmt: skip
        row = self.jobs.outline.row_of(parent)
        if row is not None:
            self.setCurrentIndex(self.jobs.index(row, 0))

    # Mouse

    def _control_under(self, point: QPoint) -> tuple[Control | None, QModelIndex]:
        index = self.indexAt(point)
        if not index.isValid():
            return None, index
        return self.rows.control_at(self.visualRect(index), index.data(JobsModel.ITEM), point), index

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A row's button or arrow, before selection."""
        point = event.position().toPoint()
        control, index = self._control_under(point)
        if event.button() is _LEFT and index.isValid():
            node = index.data(JobsModel.NODE)
            if control is not None:
                self.controlled.emit(control, node)
                return
            is_arrow = self.rows.arrow_rect(self.visualRect(index), node.level).contains(point)
            if is_arrow and node.level is not Level.TASK:
                self.setCurrentIndex(index)
                self.toggle(node)
                return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open or close the row, unless a button is under the mouse."""
        control, index = self._control_under(event.position().toPoint())
        if control is None and index.isValid():
            self.toggle(index.data(JobsModel.NODE))

    def viewportEvent(self, event: QEvent) -> bool:
        """Tips for the buttons in the rows."""
        if event.type() is QEvent.Type.ToolTip:
            control, index = self._control_under(event.pos())  # type: ignore[attr-defined]
            is_batch = isinstance(index.data(JobsModel.ITEM), BatchJob)
            tip = (control.batch_label if is_batch and control.batch_label else control.label) if control else ""
            QToolTip.showText(event.globalPos(), tip, self)  # type: ignore[attr-defined]
            return True
        return super().viewportEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The page's menu, at the mouse or at the current row."""
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            place = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())
        else:
            place = event.globalPos()
        self.menu_wanted.emit(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The one column takes the whole width."""
        super().resizeEvent(event)
        self.setColumnWidth(0, self.viewport().width())
