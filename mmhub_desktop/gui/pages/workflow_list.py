"""The saved workflows as a narrow list: name, what starts each, its last run, its next one."""

from dataclasses import dataclass
from datetime import UTC, datetime

from mmhub_desktop.domain.schedule import next_run
from mmhub_desktop.domain.workflow import Workflow
from mmhub_desktop.domain.workflow_facts import BY_HAND
from mmhub_desktop.domain.workflow_run import RunState, WorkflowRun
from mmhub_desktop.gui.pages.workflow_words import RUN_CHIPS, trigger_words
from mmhub_desktop.gui.tables.jobs_words import clock
from mmhub_desktop.gui.tables.rows import RowColumn
from mmhub_desktop.gui.words import ago

_TELLING = (RunState.RUNNING, RunState.PAUSED, RunState.FAILED)


@dataclass(frozen=True, slots=True)
class WorkflowRow:
    """A workflow and its last run."""

    workflow: Workflow
    last: WorkflowRun | None = None

    @property
    def state(self) -> tuple[str, str]:
        """Word and tone: what its last run is at where that matters, else whether it starts by itself."""
        if self.last is not None and self.last.state in _TELLING:
            return RUN_CHIPS[self.last.state]
        if self.workflow.trigger.kind == BY_HAND:
            return "By hand", "neutral"
        return ("Active", "ok") if self.workflow.active else ("Off", "neutral")

    @property
    def next_at(self) -> datetime | None:
        """When it runs by the clock next."""
        timing = self.workflow.trigger.timing
        return next_run(timing, datetime.now(UTC)) if timing is not None and self.workflow.active else None

    @property
    def about(self) -> str:
        """“Next 02:30, ran 3 h ago”; what starts it where it has no next time."""
        ran = f"ran {ago(self.last.started_at)}" if self.last else "not run yet"
        starts = trigger_words(self.workflow.trigger)
        if self.next_at is not None:
            starts = f"Next {clock(self.next_at, datetime.now(UTC))}"
        elif self.workflow.trigger.kind == BY_HAND or not self.workflow.active:
            return f"{ran[:1].upper()}{ran[1:]}"
        return f"{starts}, {ran}"


COLUMNS = (
    RowColumn("Workflow", 0, lambda row: row.workflow.name, lambda row: row.about),
    RowColumn("State", 118, lambda row: row.state[0], tone=lambda row: row.state[1]),
)
