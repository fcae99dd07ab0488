"""The backups of one workspace: made by hand and by the clock while it is open, listed, and kept within bounds."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mmhub_desktop.domain.backup import SUFFIX, Backup, BackupKind, backup_name, is_due, read_name, too_many
from mmhub_desktop.errors import DiskFull, MmhubError, UserMistake
from mmhub_desktop.events import BackupsChanged, Bus, Notice
from mmhub_desktop.jobs.clock import Clock, SystemClock
from mmhub_desktop.jobs.rounds import Rounds
from mmhub_desktop.store.cancellable import Told, run_cancellable
from mmhub_desktop.store.workspace_copy import copy_workspace

FIRST_LOOK_S, LOOK_EVERY_S = 60.0, 300.0  # after the start the computer has other things to do
LONGEST_WAIT = timedelta(hours=4)  # for a quiet moment

_log = logging.getLogger("mmhub.jobs")


def backup_folder(workspace: Path) -> Path:
    """Where the backups of a workspace lie: beside it."""
    return workspace.with_name(workspace.name + ".backups")


def list_backups(workspace: Path) -> list[Backup]:
    """All backups of a workspace, newest first, with the copies made before upgrades. Blocking, quick."""
    found: list[Backup] = []
    for path in backup_folder(workspace).glob(f"*{SUFFIX}"):
        known = read_name(path.name)
        if known is not None:
            with contextlib.suppress(OSError):
                found.append(Backup(path.name, *known, path.stat().st_size))
    for path in workspace.parent.glob(f"{_plain(workspace.stem)}.before-upgrade-*.backup{_plain(workspace.suffix)}"):
        with contextlib.suppress(OSError):
            about = path.stat()
            at = datetime.fromtimestamp(int(about.st_mtime), UTC)
            found.append(Backup(path.name, at, BackupKind.BEFORE_UPGRADE, about.st_size))
    return sorted(found, key=lambda each: each.at, reverse=True)


def backup_path(workspace: Path, backup: Backup) -> Path:
    """Where a backup's file lies."""
    return (backup_folder(workspace) if backup.name.endswith(SUFFIX) else workspace.parent) / backup.name


def new_backup_path(workspace: Path, kind: BackupKind, at: datetime) -> Path:
    """Where a backup made ``at`` a time would lie, under a name that is free."""
    while (path := backup_folder(workspace) / backup_name(at, kind)).exists():
        at += timedelta(seconds=1)
    return path


def find_backup(workspace: Path, name: str) -> tuple[Path, datetime]:
    """A backup by its name as listed, or by the path of its file, with when it was made. UserMistake when none is."""
    for known in list_backups(workspace):
        if known.name == name:
            return backup_path(workspace, known), known.at
    path = Path(name).expanduser().absolute()
    if not path.is_file():
        raise UserMistake(f"There is no backup “{name}”.", hint="“mmhub restore” lists those there are.")
    named = read_name(path.name)
    return path, named[0] if named else datetime.fromtimestamp(path.stat().st_mtime, UTC)


class BackupKeeper:
    """Belongs to the loop. From ``start`` to ``stop`` a backup is made whenever one is due and ``is_busy`` says no."""

    def __init__(
        self,
        workspace: Path,
        bus: Bus,
        every: Callable[[], str],
        is_busy: Callable[[], bool],
        *,
        clock: Clock | None = None,
    ) -> None:
        self.workspace = workspace
        self._bus = bus
        self._every = every
        self._is_busy = is_busy
        self._clock: Clock = clock or SystemClock()
        self._one = asyncio.Lock()
        self._rounds = Rounds("backups", self._look, self._clock, first_s=FIRST_LOOK_S)
        self._due_since: datetime | None = None
        self._told = ""  # the last failure told, so that a full disk is not told every five minutes

    def start(self) -> None:
        """Begin."""
        self._rounds.start()

    async def stop(self) -> None:
        """End; a copy being made is given up."""
        await self._rounds.stop()

    async def all(self) -> list[Backup]:
        """All backups, newest first."""
        return await asyncio.to_thread(list_backups, self.workspace)

    def path(self, backup: Backup) -> Path:
        """Where a backup's file lies."""
        return backup_path(self.workspace, backup)

    async def make(self, kind: BackupKind, told: Told = lambda _done, _of: None) -> Backup:
        """Make a backup of this moment; ``told(done, of)`` is called from another thread. One at a time.

        Cancelled, it leaves nothing behind. DiskFull or WorkspaceDamaged when it cannot be made.
        """
        async with self._one:
            path = new_backup_path(self.workspace, kind, self._now())
            await run_cancellable(lambda tell: copy_workspace(self.workspace, path, tell), told)
            size = (await asyncio.to_thread(path.stat)).st_size
        _log.info("backup made: %s", path.name)
        self._bus.publish(BackupsChanged())
        named = read_name(path.name)
        return Backup(path.name, named[0] if named else self._now(), kind, size)

    async def remove(self, backup: Backup) -> None:
        """Delete a backup's file. UserMistake when it is not there any more, DiskFull when it cannot be deleted."""
        path = self.path(backup)
        try:
            await asyncio.to_thread(path.unlink)
        except FileNotFoundError as error:
            raise UserMistake(f"The backup “{backup.name}” is not there any more.", hint="Nothing is to do.") from error
        except OSError as error:
            raise DiskFull(
                f"The backup “{backup.name}” could not be deleted.",
                hint=f"Check the permissions of “{path.parent}”.", original=str(error),
            ) from error  # fmt: skip
        finally:
            self._bus.publish(BackupsChanged())

    async def make_if_due(self) -> Backup | None:
        """Make an automatic backup when one is due and the moment is quiet, then remove what is too old."""
        now = self._now()
        if not is_due(await self.all(), self._every(), now):
            self._due_since = None
            return None
        since = self._due_since = self._due_since or now
        if self._is_busy() and timedelta() <= now - since < LONGEST_WAIT:
            return None
        made = await self.make(BackupKind.AUTOMATIC)
        self._due_since = None
        for old in too_many(await self.all(), now):
            if old.name != made.name:
                await self.remove(old)
        self._told = ""
        return made

    async def _look(self) -> float:
        try:
            await self.make_if_due()
        except MmhubError as error:
            _log.info("automatic backup: %s", error)
            if error.message != self._told:
                self._told = error.message
                self._bus.publish(Notice("warn", f"No backup was made. {error.message}", error.hint))
        except Exception:  # noqa: BLE001 - a bug must not end all later backups; it is logged
            _log.exception("automatic backup failed")
        return LOOK_EVERY_S

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.now(), UTC)


def _plain(text: str) -> str:
    """A name's characters as they are, for ``glob``."""
    return "".join(f"[{each}]" if each in "[*?" else each for each in text)
