"""The history of work as a file: batches, their jobs and their steps, CSV or JSON, written page by page.

Never more than one page is in memory. Formatting and writing run in a thread; the file takes its name only when it is
whole. Secrets are blanked in the words of marketplaces; cells that a spreadsheet would run are disarmed.
"""

import asyncio
import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from mmhub_desktop.domain.ids import JobId
from mmhub_desktop.domain.job import BatchJob, MarketplaceJob, MarketplaceTask, Priority, Problem
from mmhub_desktop.domain.job_filter import JobFilter
from mmhub_desktop.errors import DiskFull
from mmhub_desktop.log import clean
from mmhub_desktop.workspace import Workspace

PAGE = 200  # jobs read and written at once
COLUMNS = (
    "level", "batch", "job", "step", "title", "work", "account", "sku", "state", "priority", "attempts", "asked_at",
    "started_at", "finished_at", "next_try_at", "changed_at", "total", "completed", "failed", "cancelled", "message",
    "hint",
)  # fmt: skip
_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")
_PRIORITIES = {priority.value: priority.name.lower() for priority in Priority}

Row = dict[str, Any]


async def export_jobs(
    workspace: Workspace, only: JobFilter, target: Path, on_progress: Callable[[int], None] | None = None
) -> int:
    """Write what ``only`` lets through to ``target``, JSON if its name ends so, else CSV; the number of jobs.

    ``on_progress`` hears the number so far. DiskFull when the file cannot be written; an older one is then untouched.
    """
    draft = target.with_name(f".{target.name}.new")
    labels = {account.id: account.label for account in await workspace.accounts.all()}
    try:
        file = await asyncio.to_thread(_begin, draft)
        try:
            count = await _write_all(
                workspace, only, _Pages(file, target.suffix.lower() == ".json"), labels, on_progress
            )
        finally:
            await asyncio.to_thread(file.close)
        await asyncio.to_thread(draft.replace, target)
    except OSError as error:
        raise DiskFull(
            f"“{target.name}” could not be written.", hint="Free some disk space or choose another folder.",
            original=str(error),
        ) from error  # fmt: skip
    finally:
        await asyncio.to_thread(draft.unlink, missing_ok=True)
    return count


async def _write_all(
    workspace: Workspace,
    only: JobFilter,
    pages: "_Pages",
    labels: dict[Any, str],
    on_progress: Callable[[int], None] | None,
) -> int:
    count = 0
    store = workspace.jobs
    for batch_id in await store.batch_ids(only):
        for batch in await store.batches([batch_id]):
            await asyncio.to_thread(pages.add, [_batch_row(batch)])
            ids = await store.job_ids(batch.id, only)
            for start in range(0, len(ids), PAGE):
                jobs = await store.jobs(ids[start : start + PAGE])
                steps = await store.tasks_of([job.id for job in jobs])
                await asyncio.to_thread(pages.add, _job_rows(jobs, steps, labels))
                count += len(jobs)
                if on_progress is not None:
                    on_progress(count)
    await asyncio.to_thread(pages.end)
    return count


def _begin(draft: Path) -> IO[str]:
    return draft.open("w", encoding="utf-8", newline="")


class _Pages:
    """Writes rows as they come."""

    def __init__(self, file: IO[str], as_json: bool) -> None:
        self._file = file
        self._as_json = as_json
        self._is_first = True

    def add(self, rows: Iterable[Row]) -> None:
        """Write some rows; in a thread."""
        if self._as_json:
            lines = [json.dumps(row, ensure_ascii=False) for row in rows]
            self._file.write(("[\n" if self._is_first else ",\n") + ",\n".join(lines))
        else:
            page = io.StringIO()
            writer = csv.DictWriter(page, COLUMNS, lineterminator="\r\n")
            if self._is_first:
                page.write("\ufeff")  # so that a spreadsheet reads it as UTF-8
                writer.writeheader()
            writer.writerows({key: disarm(value) for key, value in row.items()} for row in rows)
            self._file.write(page.getvalue())
        self._is_first = False

    def end(self) -> None:
        """No more rows."""
        if self._is_first:
            self.add(())
        if self._as_json:
            self._file.write("\n]\n")


def disarm(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: a text that begins like one gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_RUN_BY_SPREADSHEETS) else value


def _batch_row(batch: BatchJob) -> Row:
    return _row(
        level="batch", batch=batch.id, title=batch.title, work=batch.action, state=batch.state.value,
        priority=_priority(batch.priority), asked_at=_time(batch.created_at), started_at=_time(batch.started_at),
        finished_at=_time(batch.finished_at), total=batch.total, completed=batch.completed, failed=batch.failed,
        cancelled=batch.cancelled,
    )  # fmt: skip


def _job_rows(
    jobs: Sequence[MarketplaceJob], steps: dict[JobId, list[MarketplaceTask]], labels: dict[Any, str]
) -> Iterator[Row]:
    for job in jobs:
        account = labels.get(job.account_id, f"account {job.account_id}" if job.account_id is not None else "")
        about = {"batch": job.batch_id, "job": job.id, "work": job.action, "account": account, "sku": job.sku}
        yield _row(
            **about, level="job", title=job.title, state=job.state.value, priority=_priority(job.priority),
            attempts=job.attempts, next_try_at=_time(job.next_try_at), changed_at=_time(job.updated_at),
            total=job.tasks_total, completed=job.tasks_done, **_words(job.problem),
        )  # fmt: skip
        for step in steps.get(job.id, ()):
            yield _row(
                **about, level="step", step=step.position + 1, title=step.kind, state=step.state.value,
                attempts=step.attempts, started_at=_time(step.started_at), finished_at=_time(step.finished_at),
                **_words(step.problem),
            )  # fmt: skip


def _row(**values: Any) -> Row:
    return {column: values.get(column, "") for column in COLUMNS}


def _words(problem: Problem | None) -> Row:
    if problem is None:
        return {}
    findings = [f"{each.field}: {each.message}" for each in problem.findings if each.message != problem.message]
    return {"message": clean(" ".join([problem.message, *findings])), "hint": clean(problem.hint)}


def _priority(value: int) -> str:
    return _PRIORITIES.get(value, str(value))


def _time(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat(timespec="milliseconds")
