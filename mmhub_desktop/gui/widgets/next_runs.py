"""The next runs of a timing while it is being entered, or why it cannot be."""

from datetime import UTC, datetime

from mmhub_desktop.domain.schedule import Timing, upcoming
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.gui.widgets.label import Label

RUNS = 5


def run_words(timing: Timing, now: datetime | None = None) -> str:
    """The next run times by this machine's clock, the day once: ``Mon 23 Nov 02:00, Tue 24 Nov 02:00``.

    UserMistake when it cannot be understood.
    """
    timing.check()
    runs = [run.astimezone() for run in upcoming(timing, now or datetime.now(UTC), RUNS)]
    if not runs:
        return "This time has passed."
    words, day = [], None
    for run in runs:
        words.append(f"{run:%H:%M}" if run.date() == day else f"{run:%a %d %b %H:%M}")
        day = run.date()
    here = " (by this computer's clock)" if timing.zone else ""
    return f"Next{here}: {', '.join(words)}"


class NextRuns(Label):
    """One line below a timing."""

    def __init__(self) -> None:
        super().__init__("", "small", "muted")
        self.setWordWrap(True)

    def show_runs(self, timing: Timing) -> None:
        """Say when it runs next; what is wrong where it cannot."""
        try:
            words, tone = run_words(timing), "muted"
        except UserMistake as mistake:
            words, tone = str(mistake), "warn"
        self.set_tone(tone)
        self.setText(words)
        self.setAccessibleName(words)
