"""The program's engine in processes that are killed at an exact point of a task; run as a script.

It imports everything once and then makes a process of its own (fork) for each line of JSON on its input, so that a
start costs a tenth of a second. For each it prints the process's id at its begin and how it ended at its end:

    {"folder": …, "base_url": …, "action": "publish" or "", "ids": [1, 2], "task": "map", "when": "after the run"}

An action is submitted only when one is named; otherwise what waits goes on. ``when`` is empty where the marketplace
does the killing: every call of the first product's job says its task in the header ``X-Task``.
"""

import asyncio
import json
import os
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx

import mmhub_desktop.connections as connections_module
import mmhub_desktop.workspace as workspace_module
from mmhub_desktop.connections import PracticeAccess
from mmhub_desktop.credentials import MemorySecrets, Secrets
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.job import JobState, WorkRequest
from mmhub_desktop.events import Bus
from mmhub_desktop.jobs.action import Action, TaskContext, TaskKind
from mmhub_desktop.marketplaces.http import open_client
from mmhub_desktop.practice.server import find_practice
from mmhub_desktop.settings import Settings
from mmhub_desktop.store.job_queue import JobQueue
from mmhub_desktop.workspace import Workspace

TASK_HEADER = "X-Task"
BEFORE_RUN, AFTER_RUN, AFTER_COMMIT = "before the run", "after the run", "after the commit"

_task: ContextVar[str] = ContextVar("task", default="")


class Death:
    """Where this process is to be killed, put around the tasks of every action and around the store's commits."""

    def __init__(self, order: Mapping[str, Any]) -> None:
        self._product: int = order["ids"][0]
        self._task: str = order["task"]
        self._when: str = order["when"]
        self._watched: set[int] = set()  # tasks whose completion is the end

    def around(self, action: Action) -> Action:
        """The action with its tasks watched."""
        return replace(action, tasks=tuple(map(self._around_task, action.tasks)))

    def _around_task(self, kind: TaskKind) -> TaskKind:
        async def run(context: TaskContext) -> Any:
            return await self._watch(kind.name, [context], partial(kind.run, context))

        async def run_many(contexts: Sequence[TaskContext]) -> Any:
            assert kind.run_many is not None
            return await self._watch(kind.name, contexts, partial(kind.run_many, contexts))

        def needed(context: TaskContext) -> bool:
            assert kind.needed is not None
            answer = kind.needed(context)
            if not answer and kind.name == self._task and context.product_id == self._product:
                self._pass_over(context)
            return answer

        return replace(
            kind, run=run, run_many=run_many if kind.run_many else None, needed=needed if kind.needed else None
        )

    def _pass_over(self, context: TaskContext) -> None:
        """The step has nothing to do; it is completed without a run."""
        if self._when == AFTER_COMMIT:
            self._watched.add(context.task_id)
        else:
            die()

    async def _watch(self, task: str, contexts: Sequence[TaskContext], run: Callable[[], Awaitable[Any]]) -> Any:
        first = [context for context in contexts if context.product_id == self._product]
        _task.set(task if first else "")
        is_it = bool(first) and task == self._task
        if is_it and self._when == BEFORE_RUN:
            die()
        result = await run()
        if is_it and self._when == AFTER_RUN:
            die()
        if is_it and self._when == AFTER_COMMIT:
            self._watched |= {context.task_id for context in first}
        _task.set("")
        return result

    def watch_commits(self) -> None:
        """End when the watched task's completion has been committed, before anybody hears of it."""
        begin = JobQueue.begin_settle

        def begin_settle(queue: JobQueue, rows: Any, at_ms: int) -> Any:
            future = begin(queue, rows, at_ms)
            if any(row[0] in self._watched and row[1] == JobState.COMPLETED.value for row in rows.tasks):
                future.add_done_callback(lambda _: die())
            return future

        JobQueue.begin_settle = begin_settle  # type: ignore[method-assign]


def die() -> None:
    """As nothing can be caught, cleaned up or flushed."""
    os.kill(os.getpid(), signal.SIGKILL)


def open_marked_client() -> httpx.AsyncClient:
    """The program's client; its calls say which task they belong to."""
    client = open_client()

    async def mark(request: httpx.Request) -> None:
        if task := _task.get():
            request.headers[TASK_HEADER] = task

    client.event_hooks["request"].append(mark)
    return client


async def work(order: Mapping[str, Any]) -> None:
    """Open the workspace, submit what is asked for, and run until nothing is left."""
    death = Death(order)
    death.watch_commits()
    workspace_module.ACTIONS = {name: death.around(action) for name, action in workspace_module.ACTIONS.items()}
    connections_module.open_client = open_marked_client
    secrets = MemorySecrets()

    async def place() -> Secrets:
        return secrets

    async def practice(marketplace: str) -> PracticeAccess:
        return PracticeAccess(order["base_url"], {**find_practice(marketplace).values, "lookup_lag_s": "0,0"})

    path = Path(order["folder"]) / "shop.mmhub"
    workspace = await Workspace.open(
        path, settings=Settings(), bus=Bus(), holder="a mortal", secrets=place, practice=practice
    )
    if order["action"]:
        per_account = workspace_module.ACTIONS[order["action"]].per_account
        accounts = tuple(account.id for account in await workspace.accounts.all()) if per_account else ()
        ids = tuple(ProductId(number) for number in order["ids"])
        await workspace.submit(WorkRequest(order["action"], ids, accounts))
    await workspace.engine.start()
    for batch_id in await workspace.jobs.batch_ids():
        await workspace.engine.wait_batch(batch_id)
    await workspace.close()


def main() -> None:
    """Serve orders until the input ends."""
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                asyncio.run(work(order))
                code = 0
            except BaseException:  # noqa: BLE001 - told by the exit code, the words are on the error stream
                traceback.print_exc()
                sys.stderr.flush()
            os._exit(code)
        _tell(child)
        _tell(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
