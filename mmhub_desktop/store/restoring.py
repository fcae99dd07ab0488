"""Going back to a backup: the present file is kept, the backup takes its place, and what it had under way rests.

Everything here blocks. A crash at any moment leaves the present file or the backup's copy in place, both whole.
"""

import contextlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from mmhub_desktop.domain.backup import Rested
from mmhub_desktop.domain.schedule import next_run
from mmhub_desktop.errors import DiskFull, UserMistake, WorkspaceDamaged
from mmhub_desktop.store.database import SCHEMA_VERSION, holder_file, take_lock, to_ms
from mmhub_desktop.store.schedules import read_timing
from mmhub_desktop.store.workspace_copy import check_copy, contents, copy_workspace, need_room


def go_back(workspace: Path, backup: Path, keep_as: Path, *, holder: str) -> tuple[Path | None, Rested]:
    """Put ``backup`` in place of ``workspace``, which nobody may have open. Returns where the present state is kept.

    That is ``keep_as``, or beside the workspace when the present file is too damaged to be copied; None when there
    was none. WorkspaceLocked, WorkspaceTooNew, WorkspaceDamaged, UserMistake or DiskFull: then nothing was changed.
    """
    if not backup.exists():
        raise UserMistake(f"There is no backup “{backup}”.", hint="“mmhub restore” lists those there are.")
    with _alone(workspace, holder):
        draft = workspace.with_name(f".{workspace.name}.{os.getpid()}.restored")
        try:
            need_room(backup, draft)
            shutil.copyfile(backup, draft)
            rested = prepare_copy(draft, of=backup)
            kept = _keep_present(workspace, keep_as)
            draft.replace(workspace)
        except OSError as error:
            raise DiskFull(
                f"“{backup.name}” could not be put in place of “{workspace.name}”.",
                hint="Free some disk space or check the folder's permissions, then try again. Nothing was changed.",
                original=str(error),
            ) from error
        finally:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
    return kept, rested


def prepare_copy(draft: Path, *, of: Path) -> Rested:
    """Check a copy of ``of``, bring it to the present version and let rest what was under way in it."""
    check_copy(draft, of=of)
    if contents(draft).version < SCHEMA_VERSION:
        from mmhub_desktop.store.migrations import upgrade

        upgrade(draft, is_new=True)  # the backup itself is the copy from before
    with contextlib.closing(sqlite3.connect(draft, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")
        raw.execute("BEGIN IMMEDIATE")
        rested = _lay_to_rest(raw, datetime.now(UTC))
        raw.execute("COMMIT")
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    return rested


def move_images(draft: Path, before: str, now: str) -> None:
    """Products of a copy whose pictures lay in the folder ``before`` find them in ``now``, with the same names."""
    with contextlib.closing(sqlite3.connect(draft, isolation_level=None)) as raw:
        raw.execute(
            "UPDATE product SET image_base = ? || substr(image_base, ?) WHERE substr(image_base, 1, ?) = ?",
            (now, len(before) + 1, len(before), before),
        )
        for mark in ("/", "\\"):  # pictures that were made here are named by their whole paths
            old, new = (json.dumps(f"{path}{mark}", ensure_ascii=False)[1:-1] for path in (before, now))
            for table, column in (("product", "images"), ("listing", "overrides")):
                raw.execute(
                    f"UPDATE {table} SET {column} = replace({column}, ?, ?) WHERE instr({column}, ?)",  # noqa: S608
                    (f'"{old}', f'"{new}', f'"{old}'),
                )


def _lay_to_rest(raw: sqlite3.Connection, now: datetime) -> Rested:
    at = to_ms(now)
    jobs = raw.execute(
        "UPDATE marketplace_job SET state = 'paused', updated_at = ? WHERE state IN ('pending', 'running')", (at,)
    ).rowcount
    raw.execute(
        "UPDATE batch_job SET state = 'paused' WHERE state IN ('pending', 'running')"
        " AND id IN (SELECT batch_id FROM marketplace_job WHERE state IN ('paused'))"
    )
    runs = raw.execute("UPDATE workflow_run SET state = 'paused' WHERE state IN ('running')").rowcount
    starts = raw.execute("DELETE FROM workflow_event").rowcount
    starts += raw.execute("SELECT count(DISTINCT workflow_id) FROM workflow_quantity").fetchone()[0]
    raw.execute("DELETE FROM workflow_quantity")
    messages = raw.execute("UPDATE outbox SET state = 'dropped' WHERE state IN ('pending')").rowcount
    overdue = raw.execute("SELECT id, timing FROM schedule WHERE active = 1 AND next_at <= ?", (at,)).fetchall()
    for schedule_id, timing in overdue:
        following = next_run(read_timing(timing), now)
        raw.execute(
            "UPDATE schedule SET next_at = ?, due_at = NULL, active = ? WHERE id = ?",
            (to_ms(following), following is not None, schedule_id),
        )
    return Rested(jobs, runs, messages, len(overdue), starts)


def _keep_present(workspace: Path, keep_as: Path) -> Path | None:
    """Copy the present file away, and fold its log into it: a log left behind would be taken for the new file's."""
    if not workspace.exists() or workspace.stat().st_size == 0:
        return None
    logs = [workspace.with_name(workspace.name + end) for end in ("-wal", "-shm")]
    try:
        copy_workspace(workspace, keep_as)
    except (WorkspaceDamaged, UserMistake):
        aside = workspace.with_name(f"{workspace.name}.damaged-{datetime.now(UTC):%Y%m%d%H%M%S}")
        for path in (workspace, *logs):
            if path.exists():
                path.replace(aside.with_name(aside.name + path.name.removeprefix(workspace.name)))
        return aside
    for log in logs:
        log.unlink(missing_ok=True)  # empty: the copy's connection was the last one, and folded it into the file
    return keep_as


@contextlib.contextmanager
def _alone(workspace: Path, holder: str) -> Iterator[None]:
    lock = take_lock(workspace, holder)
    try:
        yield
    finally:
        holder_file(workspace).unlink(missing_ok=True)
        lock.release()
