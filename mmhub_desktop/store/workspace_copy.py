"""A consistent copy of a workspace file, made while it is written to, and a look at what a copy holds.

The copy is read in one snapshot that the source connection holds open, so writers neither wait for it nor make it
begin anew (measured beside writes without pause, 190 MB: 0.7 s, a write waited 0.06 ms in 99 of 100 cases; ``VACUUM
INTO`` 1.1 s and 1.9 ms). Everything here blocks: call it in a thread. SQLite lets go of the interpreter meanwhile.
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from mmhub_desktop.domain.backup import Contents, Difference
from mmhub_desktop.errors import DiskFull, MmhubError, UserMistake, WorkspaceDamaged, WorkspaceTooNew
from mmhub_desktop.store.cancellable import Told
from mmhub_desktop.store.connecting import BUSY_TIMEOUT_MS
from mmhub_desktop.store.database import APPLICATION_ID, SCHEMA_VERSION

PAGES_AT_ONCE = 1_000  # 4 MB: some milliseconds between two looks at whether it is still wanted
_MB = 1_000_000


def copy_workspace(source: Path, target: Path, told: Told = lambda _done, _of: None) -> None:
    """Copy the state of this moment to ``target``: checked, flushed, and under that name only when it is whole.

    ``told`` is called between slices; what it raises ends the copy. DiskFull when there is no room,
    WorkspaceDamaged when the source cannot be read whole. Whatever happens, an older ``target`` stays until the end.
    """
    need_room(source, target)
    draft = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        _copy(source, draft, told)
        check_copy(draft, of=source)
        _flush(draft)
        draft.replace(target)
    except (sqlite3.Error, OSError) as error:
        raise _explained(error, source, target) from error
    finally:
        for left in (draft, *(draft.with_name(draft.name + end) for end in ("-journal", "-wal", "-shm"))):
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)


def check_copy(path: Path, *, of: Path | None = None) -> None:
    """Read a copy whole: that it is a workspace of a version that we know, and undamaged.

    UserMistake, WorkspaceTooNew or WorkspaceDamaged; with ``of``, it is said to be a copy of that file.
    """
    try:
        with _looked_into(path) as raw:
            _check_version(raw, of or path)
            answer = raw.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        answer = str(error)
    if answer != "ok":
        name = f"The copy of “{of.name}”" if of is not None else f"“{path.name}”"
        raise WorkspaceDamaged(f"{name} is damaged.", hint="Take another backup.", original=answer)


def contents(path: Path) -> Contents:
    """What a backup holds. WorkspaceDamaged, WorkspaceTooNew or UserMistake when it cannot be read."""
    try:
        with _looked_into(path) as raw:
            version = _check_version(raw, path)
            tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            counts = [raw.execute(query).fetchone()[0] if table in tables else 0 for table, query in _HELD]
    except sqlite3.Error as error:
        raise WorkspaceDamaged(
            f"“{path.name}” cannot be read.", hint="Take another backup.", original=str(error)
        ) from error
    return Contents(version, *counts)


_HELD = (  # in the order of ``Contents``, with a table that older versions may lack
    ("product", "SELECT count(*) FROM product"),
    ("listing", "SELECT count(*) FROM listing WHERE remote_id <> ''"),
    ("account", "SELECT count(*) FROM account"),
    ("marketplace_job", "SELECT count(*) FROM marketplace_job WHERE state IN ('pending', 'running', 'paused')"),
    ("workflow_run", "SELECT count(*) FROM workflow_run WHERE state IN ('running')"),
    ("outbox", "SELECT count(*) FROM outbox WHERE state IN ('pending')"),
    (
        "workflow_quantity",
        "SELECT (SELECT count(*) FROM workflow_event) + (SELECT count(DISTINCT workflow_id) FROM workflow_quantity)",
    ),
)


def difference(present: Path, backup: Path, backup_at_ms: int) -> Difference:
    """What would be otherwise if ``backup`` took the place of ``present``, which may be open and is not changed."""
    try:
        with contextlib.closing(_connect(f"{present.as_uri()}?mode=ro")) as raw:
            raw.execute("ATTACH DATABASE ? AS old", (f"{backup.as_uri()}?mode=ro&immutable=1",))
            numbers = [raw.execute(query, {"at": backup_at_ms}).fetchone()[0] for query in _COUNTED]
            back, lost = (tuple(row[0] for row in raw.execute(query)) for query in _ACCOUNTS)
    except sqlite3.Error as error:
        raise WorkspaceDamaged(
            f"“{present.name}” and “{backup.name}” cannot be compared: one of them cannot be read.",
            hint="You can still go back to the backup; the present file is kept, too.",
            original=str(error),
        ) from error
    return Difference(numbers[0], numbers[1], numbers[2], numbers[3], back, lost, numbers[4])


_COUNTED = (
    "SELECT count(*) FROM old.product o WHERE NOT EXISTS (SELECT 1 FROM main.product p WHERE p.sku_key = o.sku_key)",
    "SELECT count(*) FROM main.product p WHERE NOT EXISTS (SELECT 1 FROM old.product o WHERE o.sku_key = p.sku_key)",
    """SELECT count(*) FROM main.product p JOIN old.product o ON o.sku_key = p.sku_key
       WHERE p.id <> o.id OR p.updated_at <> o.updated_at OR p.version <> o.version""",
    """SELECT count(*) FROM main.listing l WHERE l.remote_id <> '' AND NOT EXISTS
       (SELECT 1 FROM old.listing o WHERE o.account_id = l.account_id AND o.remote_id = l.remote_id)""",
    "SELECT count(*) FROM main.marketplace_job WHERE state = 'completed' AND updated_at > :at",
)
_ACCOUNTS = (
    "SELECT label FROM old.account WHERE id NOT IN (SELECT id FROM main.account) ORDER BY label",
    "SELECT label FROM main.account WHERE id NOT IN (SELECT id FROM old.account) ORDER BY label",
)


def _connect(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)


@contextlib.contextmanager
def _looked_into(path: Path) -> Iterator[sqlite3.Connection]:
    """A file that nobody writes, opened without leaving anything beside it."""
    with contextlib.closing(_connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1")) as raw:
        yield raw


def _check_version(raw: sqlite3.Connection, path: Path) -> int:
    if raw.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise UserMistake(f"“{path.name}” is no backup of a workspace.", hint=f"Choose another file than “{path}”.")
    version = int(raw.execute("PRAGMA user_version").fetchone()[0])
    if version > SCHEMA_VERSION:
        raise WorkspaceTooNew(
            f"“{path.name}” was written by a newer version of this program.",
            hint="Install the newest version. Nothing was changed.",
        )
    return version


def _copy(source: Path, draft: Path, told: Told) -> None:
    draft.unlink(missing_ok=True)
    with contextlib.closing(_connect(f"{source.absolute().as_uri()}?mode=rw")) as reading:
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_master").fetchone()  # now the snapshot is taken
        with contextlib.closing(sqlite3.connect(draft, isolation_level=None)) as writing:
            writing.execute("PRAGMA journal_mode=OFF")  # a copy that breaks off is thrown away
            writing.execute("PRAGMA synchronous=OFF")  # flushed once, at the end
            reading.backup(
                writing, pages=PAGES_AT_ONCE, progress=lambda _status, left, of: told(of - left, of), sleep=0
            )
            writing.execute("PRAGMA journal_mode=DELETE")  # one file, which can be read where nothing may be written


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def need_room(source: Path, target: Path) -> None:
    """Make the folder of ``target``; DiskFull when a copy of ``source`` does not fit there."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        needed = source.stat().st_size
        free = shutil.disk_usage(target.parent).free
    except OSError as error:
        raise _explained(error, source, target) from error
    if free < needed:
        raise DiskFull(
            f"There is no room for a copy of “{source.name}”: it takes {_megabytes(needed)} MB, and "
            f"{_megabytes(free)} MB are free.",
            hint=f"Free some space on the disk of “{target.parent}”. Older backups are kept.",
        )


def _megabytes(size: int) -> str:
    return f"{max(1, round(size / _MB)):,}"


def _explained(error: Exception, source: Path, target: Path) -> MmhubError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return WorkspaceDamaged(
            f"“{source.name}” is damaged and cannot be copied.",
            hint="Go back to an older backup: “mmhub restore” lists them.",
            original=str(error),
        )
    return DiskFull(
        f"The copy of “{source.name}” could not be written.",
        hint=f"Free some disk space or check the permissions of “{target.parent}”. Older backups are kept.",
        original=str(error),
    )
