"""The marketplace's own clock, which a test or a person may put forward."""

import time

from mmhub_desktop.practice.state import State


class Clock:
    """Seconds since 1970 as this marketplace sees them. How far it was put forward survives a restart."""

    def __init__(self, state: State) -> None:
        self._state = state

    def now(self) -> float:
        """The present time."""
        return time.time() + float(self._state.table("clock").get("ahead_s", 0))

    def advance(self, seconds: float) -> float:
        """Let this many seconds pass at once; returns the present time. ValueError for going back."""
        if seconds < 0:
            raise ValueError("the clock goes forward only")
        self._state.put("clock", "ahead_s", float(self._state.table("clock").get("ahead_s", 0)) + seconds)
        return self.now()
