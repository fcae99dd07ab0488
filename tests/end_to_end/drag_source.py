"""A small window of another program, from which a file can be dragged: ``drag_source.py FILE X Y``."""

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel


class Source(QLabel):
    """Starts a real drag of one file at the first mouse move with the button held."""

    def __init__(self, path: str) -> None:
        super().__init__("drag me")
        self._path = path

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's own name
        """Begin the drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(self._path)])
            drag = QDrag(self)
            drag.setMimeData(data)
            drag.exec(Qt.DropAction.CopyAction)


app = QApplication(sys.argv[:1])
source = Source(sys.argv[1])
source.setFixedSize(120, 60)
source.move(int(sys.argv[2]), int(sys.argv[3]))
source.setWindowTitle("drag source")
source.show()
sys.exit(app.exec())
