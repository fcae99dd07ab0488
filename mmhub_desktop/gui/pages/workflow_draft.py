"""A workflow while it is edited: every change can be undone until it is saved. Pure, without Qt."""

from dataclasses import replace

from mmhub_desktop.domain.workflow import Condition, Workflow, WorkflowStep, free_key
from mmhub_desktop.domain.workflow_facts import FACTS, About
from mmhub_desktop.gui.pages.workflow_outline import outline

MOST_UNDO = 200


class Draft:
    """The workflow as it is on disk (``saved``; None: not yet) and as it stands in the editor (``now``)."""

    def __init__(self, saved: Workflow | None, now: Workflow | None = None) -> None:
        if saved is None and now is None:
            raise ValueError("a draft is of something")
        self.saved = saved
        self._states = [now if now is not None else saved]
        self._at = 0
        self._merged = ""

    @property
    def now(self) -> Workflow:
        """As it stands in the editor."""
        state = self._states[self._at]
        assert state is not None  # noqa: S101 - narrows the type
        return state

    @property
    def is_changed(self) -> bool:
        """Whether there is something to save."""
        return self.saved is None or _content(self.now) != _content(self.saved)

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """Whether a change was taken back."""
        return self._at < len(self._states) - 1

    def change(self, workflow: Workflow, *, merge: str = "") -> None:
        """Make this the present state. Changes in a row with the same ``merge`` (typing a name) are undone as one."""
        if workflow == self.now:
            return
        if merge and merge == self._merged and self.can_undo and not self.can_redo:
            self._states[self._at] = workflow
            return
        self._states = [*self._states[: self._at + 1], workflow][-MOST_UNDO:]
        self._at = len(self._states) - 1
        self._merged = merge

    def undo(self) -> None:
        """Take the last change back; none: nothing happens."""
        self._at = max(0, self._at - 1)
        self._merged = ""

    def redo(self) -> None:
        """Do again what was taken back."""
        self._at = min(len(self._states) - 1, self._at + 1)
        self._merged = ""

    def was_saved(self, saved: Workflow) -> None:
        """The present state is on disk as ``saved``; what was done can still be undone."""
        self.saved = saved
        self._states = [replace(each, id=saved.id) for each in self._states if each is not None]
        self._states[self._at] = saved

    def add(self, kind: str, *, after: str = "", beside: str = "") -> str:
        """A new step ``after`` or ``beside`` another, else at the end; returns its key."""
        steps = self.now.steps
        key = free_key(kind, [step.key for step in steps])
        if not after and not beside and steps:
            after = in_order(self.now)[-1].key
        self.change(_placed(self.now, WorkflowStep(key, kind), after=after, beside=beside))
        return key

    def duplicate(self, key: str) -> str:
        """A copy of a step beside it; returns its key."""
        step = self.now.step(key)
        copy = replace(step, key=free_key(step.kind, [each.key for each in self.now.steps]))
        self.change(_placed(self.now, copy, beside=key))
        return copy.key

    def remove(self, key: str) -> None:
        """Take a step out; those after it come after what it came after. Conditions on its outcome go with it."""
        self.change(_without(self.now, key))

    def move(self, key: str, other: str, spot: str) -> None:
        """Put a step ``before``, ``beside`` or ``after`` another one; its neighbours close up where it was."""
        if key == other:
            return
        step = self.now.step(key)
        rest = _without(self.now, key, keep_conditions=True)
        self.change(_placed(rest, step, **{spot: other}))

    def move_by(self, key: str, by: int) -> None:
        """One place up (-1) or down (1) in the list; at the ends nothing happens."""
        order = [step.key for step in in_order(self.now)]
        place = order.index(key) + by
        if not 0 <= place < len(order):
            return
        other = order[place]
        if set(self.now.step(key).after) == set(self.now.step(other).after):  # side by side: only the order changes
            steps = {step.key: step for step in self.now.steps}
            swap = {key: other, other: key}
            self.change(replace(self.now, steps=tuple(steps[swap.get(each, each)] for each in steps)))
        else:
            self.move(key, other, "before" if by < 0 else "after")

    def set_step(self, step: WorkflowStep) -> None:
        """Another content for a step."""
        self.change(
            replace(self.now, steps=tuple(step if each.key == step.key else each for each in self.now.steps))
        )  # fmt: skip


def in_order(workflow: Workflow) -> list[WorkflowStep]:
    """The steps as the list shows them."""
    return [workflow.step(place.key) for place in outline({step.key: step.after for step in workflow.steps})]


def followers(workflow: Workflow, key: str) -> set[str]:
    """The steps that come after a step, directly or not."""
    found: set[str] = set()
    wanted = {key}
    while wanted:
        found |= wanted
        wanted = {step.key for step in workflow.steps if wanted & set(step.after)} - found
    return found - {key}


def _placed(
    workflow: Workflow, step: WorkflowStep, *, before: str = "", beside: str = "", after: str = ""
) -> Workflow:  # fmt: skip
    steps = list(workflow.steps)
    keys = [each.key for each in steps]
    if after:
        step = replace(step, after=(after,))
        steps = [_exchanged(each, after, (step.key,)) for each in steps]
        steps.insert(keys.index(after) + 1, step)
    elif before:
        step = replace(step, after=workflow.step(before).after)
        steps = [replace(each, after=(step.key,)) if each.key == before else each for each in steps]
        steps.insert(keys.index(before), step)
    elif beside:
        step = replace(step, after=workflow.step(beside).after)
        # what waits for several side by side waits for this one too
        steps = [
            replace(each, after=(*each.after, step.key)) if beside in each.after and len(each.after) > 1 else each
            for each in steps
        ]
        steps.insert(keys.index(beside) + 1, step)
    else:
        steps.append(step)
    return replace(workflow, steps=tuple(steps))


def _without(workflow: Workflow, key: str, *, keep_conditions: bool = False) -> Workflow:
    gone = workflow.step(key)
    steps = [_exchanged(each, key, gone.after) for each in workflow.steps if each.key != key]
    if not keep_conditions:
        steps = [replace(each, when=tuple(one for one in each.when if not _is_about(one, key))) for each in steps]
    return replace(workflow, steps=tuple(steps))


def _exchanged(step: WorkflowStep, key: str, by: tuple[str, ...]) -> WorkflowStep:
    """The step after ``by`` where it was after ``key``; each only once."""
    if key not in step.after:
        return step
    after = dict.fromkeys(new for each in step.after for new in (by if each == key else (each,)))
    return replace(step, after=tuple(after))


def _is_about(condition: Condition, key: str) -> bool:
    fact = FACTS.get(condition.fact)
    return fact is not None and fact.about is About.STEP and condition.of == key


def _content(workflow: Workflow) -> Workflow:
    return replace(workflow, changed_at=None)
