"""What an action declares: its tasks in order, and how each may be repeated."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mmhub_desktop.domain.ids import AccountId, BatchId, JobId, ProductId, TaskId
from mmhub_desktop.domain.marketplace import Capability

JsonResult = Mapping[str, Any]
Outcome = JsonResult | Exception | None
"""What became of one task of a gathered call: its result, or its own error."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how slowly a failed task is repeated: ``first_s`` × ``factor``ⁿ up to ``longest_s``, jittered."""

    attempts: int = 5
    first_s: float = 1.0
    factor: float = 2.0
    longest_s: float = 300.0


@dataclass(frozen=True, slots=True)
class TaskContext:
    """What one attempt of a task is given.

    ``parts`` is whatever the workspace hands to actions (its stores, adapters, settings): the engine passes it
    on unseen. ``results`` holds what the earlier tasks of the job left, by task kind. ``attempt`` counts from 1;
    ``seen_before`` is True when an earlier attempt may have had its effect (the program was killed, or the answer
    was lost), so that the task must look before it acts.
    """

    batch_id: BatchId
    job_id: JobId
    task_id: TaskId
    product_id: ProductId
    account_id: AccountId | None
    attempt: int
    seen_before: bool
    options: Mapping[str, Any]
    results: Mapping[str, JsonResult]
    parts: Any


@dataclass(frozen=True, slots=True)
class TaskKind:
    """One step of an action.

    ``has_effect``: the step changes something elsewhere that must not happen twice; the engine then writes its
    start to disk before it runs. ``remote``: it speaks to the account, so it takes a slot of the account's
    limiter (``limit_group``) and asks its breaker. ``timeout_s`` ends an attempt that hangs. ``may_skip``: the seller
    may leave it out when it fails or waits, since the job is whole without it and no later step needs its result.

    ``needed`` tells, without failing, whether there is anything to do; else the step is completed without an attempt.

    ``gather`` names an operation that can serve several tasks in one call. Where the account's marketplace declares
    bounds for it (``Marketplace.gathered``), waiting tasks of this kind and account are handed to ``run_many``
    together, if ``gather_key`` says the same of them (None: this one alone); elsewhere each is ``run``. ``run_many``
    answers in their order with a result or an error each; what it raises holds for all of them, and only that is held
    against the account. Either all of them are ``seen_before`` or none. ``weigh`` tells a task's bytes, for
    ``GatherBounds.most_bytes``.
    """

    name: str
    label: str
    run: Callable[[TaskContext], Awaitable[JsonResult | None]]
    has_effect: bool = False
    remote: bool = False
    limit_group: str = ""
    timeout_s: float = 120.0
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    gather: str = ""
    run_many: Callable[[Sequence[TaskContext]], Awaitable[Sequence[Outcome]]] | None = None
    gather_key: Callable[[TaskContext], str | None] | None = None
    weigh: Callable[[TaskContext], int] | None = None
    may_skip: bool = False
    needed: Callable[[TaskContext], bool] | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """A kind of work: what the seller reads, what the adapter must be able to do, and its tasks in order.

    ``on_done`` runs once when a job has come to its final state, on the loop, with the job's outcome
    ("completed", "failed", "cancelled"): for the product's or listing's own state. It must be safe to repeat.
    """

    name: str
    label: str
    verb: str  # "Publish {n} products on {accounts}"
    tasks: tuple[TaskKind, ...]
    needs: frozenset[Capability] = frozenset()
    per_account: bool = True
    on_done: Callable[[TaskContext, str], Awaitable[None]] | None = None
    newest_counts: bool = False  # a newer job of the listing replaces one that has not begun
    sold_out_first: bool = False  # for products of which none is left it is urgent
    about: ProductId | None = None  # one job for the whole account, which stands under this product number
    kinds: Mapping[str, TaskKind] = field(init=False, repr=False, compare=False)  # the tasks by name

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", {kind.name: kind for kind in self.tasks})
