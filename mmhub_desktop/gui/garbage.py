"""Python's cycle collector, run on the window's thread only.

Left alone it runs on whichever thread allocates, and destroys widgets and timers there, which Qt forbids. Each of its
runs holds the loop up for as long as there are objects to look at, so it looks at few: often at what is young, and
never again at what is there once a workspace is open (until that is left).
"""

import gc
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from mmhub_desktop.gui.session import Session

EVERY_MS = 250
SETTLED_MS = 3_000  # after opening: the first page has its rows, the slow libraries are imported
_DUE_AFTER = (700, 3, 30)  # objects made, then runs of the younger generation: the middle short, the longest rare


class GarbageCollector(QObject):
    """Collects from a timer of the window's thread until ``stop``; ``follow`` tells it of workspaces."""

    def __init__(self) -> None:
        super().__init__()
        self._has_settled = False
        gc.collect()
        gc.freeze()  # what has been imported stays
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLED_MS)
        self._settling.timeout.connect(self.settle)

    def follow(self, session: "Session") -> None:
        """Settle a while after each workspace has been opened, and let go when it is left."""
        session.opened.connect(lambda _: self._settling.start())
        session.left.connect(self.let_go)

    def collect(self) -> None:
        """Collect the oldest generation that is due."""
        due = [count > most for count, most in zip(gc.get_count(), _DUE_AFTER, strict=True)]
        for generation in (2, 1, 0):
            if due[generation]:
                gc.collect(generation)
                return

    def settle(self) -> None:
        """Leave what there is alone, having looked at what is young: to look at all of it is a pause that is felt."""
        gc.collect(1)
        gc.freeze()
        self._has_settled = True

    def let_go(self) -> None:
        """The workspace that was settled in is left: what it leaves behind is garbage now."""
        self._settling.stop()
        if self._has_settled:
            self._has_settled = False
            gc.unfreeze()

    def stop(self) -> None:
        """Let Python collect by itself again."""
        self._timer.stop()
        self._settling.stop()
        gc.enable()
