"""The look that all plain tables share: whole rows, no grid, a quiet head, one column that takes what is left."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from mmhub_desktop.gui import theme


def prepare_table(view: QTableView, row_height: int, widths: Sequence[int]) -> None:
    """Give a view, whose model is set, that look. ``widths`` in pixels, one a column; 0 takes what is left."""
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setShowGrid(False)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setTabKeyNavigation(False)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(row_height)
    head = view.horizontalHeader()
    head.setFont(theme.font("label"))
    head.setHighlightSections(False)
    head.setSectionsClickable(False)
    for place, width in enumerate(widths):
        head.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed if width else QHeaderView.ResizeMode.Stretch)
        if width:
            head.resizeSection(place, width)
