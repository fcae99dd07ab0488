"""Python's cycle collector, run on the window's thread only.

Left alone it runs on whichever thread allocates, and destroys widgets and timers there, which Qt forbids.
"""

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 250


class GarbageCollector(QObject):
    """Collects by Python's own thresholds, but from a timer of the window's thread; ``stop`` gives it back."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.collect()
        gc.freeze()  # what has been imported stays: the full collections need not look at it
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the oldest generation that is due."""
        due = [count > most for count, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        for generation in (2, 1, 0):
            if due[generation]:
                gc.collect(generation)
                return

    def stop(self) -> None:
        """Let Python collect by itself again."""
        self._timer.stop()
        gc.enable()
