"""A quiet line beside the table while many products are being made quick to search."""

from PySide6.QtWidgets import QWidget

from mmhub_desktop.events import Bus, SearchIndexed
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import number

WORTH_SAYING = 20_000  # products: fewer are done before the line is read


class SearchProgress(Label):
    """Shown only while it goes on; what is not ready yet is found as well, only later."""

    def __init__(self, bus: Bus, parent: QWidget | None = None) -> None:
        super().__init__("", "body", "faint", parent)
        self.setAccessibleName("Progress of the search index")
        self.setToolTip("Products are being made quick to search. All of them are found meanwhile, only not as fast.")
        self.hide()
        unsubscribe = bus.subscribe(SearchIndexed, self._show)
        self.destroyed.connect(lambda *_: unsubscribe())

    def _show(self, event: SearchIndexed) -> None:
        goes_on = event.total >= WORTH_SAYING and event.done < event.total
        if goes_on:
            self.setText(f"Making search quick: {number(event.done)} of {number(event.total)}")
        self.setVisible(goes_on)
