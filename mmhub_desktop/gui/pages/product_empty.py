"""What the products page shows while there are no products: how to get some."""

from PySide6.QtWidgets import QWidget

from mmhub_desktop.gui.pages.page import Window
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.empty import EmptyState


def no_products(window: Window) -> QWidget:
    """Import a file, or try the samples."""
    empty = EmptyState(
        "package",
        "No products yet",
        "Drop a CSV or Excel file anywhere on this window, or choose one. You see first what it will change.",
    )
    choose = Button("Import a file", "upload", "primary")
    choose.clicked.connect(lambda: window.import_files([]))
    sample = Button("Try it with sample products", "sparkles")
    sample.clicked.connect(window.open_sample)
    empty.add(choose)
    empty.add(sample)
    return empty
