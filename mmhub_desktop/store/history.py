"""The history of changes: read, undone, done again, and kept within its size."""

import asyncio
import contextlib
import json
from array import array
from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from mmhub_desktop.domain.history import EntryKind, EntryState, HistoryEntry, ProductChange, Refusal, Undone
from mmhub_desktop.domain.ids import EntryId, ImportId, ProductId
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.events import Bus, HistoryChanged, ListingsChanged, Notice, ProductsChanged
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.history_moves import Step, begin_move, move_some, remove_some
from mmhub_desktop.store.history_pages import (
    read_changes_of,
    read_entries,
    read_ids_of_entries,
    read_product_ids,
    read_refusals,
)
from mmhub_desktop.store.history_recording import begin_entry, finish_entry
from mmhub_desktop.store.history_removal import NotAlone
from mmhub_desktop.store.history_size import drop_some, find_too_old
from mmhub_desktop.store.outbox_rows import plain_connection

REFUSALS_NAMED = 100  # refusals that an undo hands back; the others are on the History page
STEPS_A_FOLD = 20  # some thousand rows each
_IDS_NAMED = 1_000  # products that an event names


class HistoryStore:
    """Every change to products, and the way back. For the asyncio loop; the work is done on the store's threads.

    One undo or redo runs at a time, some thousand products in a transaction; a crash in the middle of it is made good
    by ``recover`` at the next opening. ``bound_mb``: what the records may take together.
    """

    def __init__(self, db: Database, bus: Bus, bound_mb: Callable[[], int]) -> None:
        self._db = db
        self._bus = bus
        self._bound_mb = bound_mb
        self._one_at_a_time = asyncio.Lock()

    async def begin(self, kind: EntryKind, label: str) -> EntryId:
        """Open an entry for work of several transactions, each of which notes with ``recording(connection, id)``.

        ``finish`` closes it. One that is left open by a crash is taken back at the next opening.
        """
        return await self._db.write(lambda connection: begin_entry(connection, kind, label))

    async def finish(self, entry_id: EntryId) -> None:
        """Close an entry: from now on it can be undone. One that changed nothing is removed."""
        await self._db.write(lambda connection: finish_entry(connection, entry_id))
        self._bus.publish(HistoryChanged())
        await self.tidy()

    async def ids(self, product_id: ProductId | None = None) -> "array[int]":
        """All entries, newest first; or those that concern a product."""
        return await self._db.read(lambda connection: read_ids_of_entries(connection, product_id))

    async def page(self, ids: Sequence[int]) -> list[HistoryEntry]:
        """These entries in their order; those that are gone are left out."""

        def read(connection: Connection) -> list[HistoryEntry]:
            wanted = "id IN (SELECT value FROM json_each(?))"
            found = {entry.id: entry for entry in read_entries(connection, wanted, json.dumps(list(ids)))}
            return [found[EntryId(each)] for each in ids if each in found]

        return await self._db.read(read)

    async def entries(self, limit: int = 100) -> list[HistoryEntry]:
        """The newest entries, newest first."""
        return await self._db.read(lambda connection: read_entries(connection, "true ORDER BY id DESC LIMIT ?", limit))

    async def get(self, entry_id: EntryId) -> HistoryEntry | None:
        """One entry, None when it is gone."""
        return await self._first("id=?", entry_id)

    async def of_import(self, import_id: ImportId) -> HistoryEntry | None:
        """The entry of an import; None when it has written nothing."""
        return await self._first("import_id=? ORDER BY id DESC LIMIT 1", import_id)

    async def of_imports(self) -> dict[ImportId, HistoryEntry]:
        """The entries of all imports that wrote something."""
        found = await self._db.read(lambda connection: read_entries(connection, "import_id IS NOT NULL"))
        return {entry.import_id: entry for entry in found if entry.import_id is not None}

    async def of_product(self, product_id: ProductId, limit: int = 100) -> list[ProductChange]:
        """What was done to a product, newest first, with its cells before and after."""
        return await self._db.read(lambda connection: read_changes_of(connection, product_id, limit))

    async def product_ids(self, entry_id: EntryId) -> "array[int]":
        """The products that an entry concerns, as far as they are there."""
        return await self._db.read(lambda connection: read_product_ids(connection, entry_id))

    async def refusals(self, entry_id: EntryId, limit: int = 1_000) -> list[Refusal]:
        """What the last undo or redo of an entry left as it was, and why."""
        return await self._db.read(lambda connection: read_refusals(connection, entry_id, limit))

    async def size(self) -> int:
        """About how many bytes all records take."""
        query = "SELECT coalesce(sum(bytes), 0) FROM history_entry"
        return int(await self._db.read(lambda connection: connection.exec_driver_sql(query).scalar_one()))

    async def next_undo(self) -> HistoryEntry | None:
        """What Undo would undo: the newest that stands."""
        return await self._first("state='done' ORDER BY id DESC LIMIT 1")

    async def next_redo(self) -> HistoryEntry | None:
        """What Redo would do again: the last that was undone, unless something was done since."""
        return await self._first("state='undone' AND redoable=1 ORDER BY undone_at DESC, id LIMIT 1")

    async def undo(self, entry_id: EntryId, on_progress: Callable[[int], None] | None = None) -> Undone:
        """Take back what an entry did, except what was changed since. ``on_progress``: the products done so far.

        An entry that is still open is taken back for good. UserMistake when it cannot be undone.
        """
        async with self._one_at_a_time:
            entry = await self._need(entry_id)
            if entry.state is EntryState.OPEN and entry.kind is not EntryKind.IMPORT:
                return await self._take_back(entry)
            if not entry.can_undo:
                raise _cannot(entry, "undone")
            return await self._move(entry, True, on_progress)

    async def redo(self, entry_id: EntryId, on_progress: Callable[[int], None] | None = None) -> Undone:
        """Do again what was undone. UserMistake when that cannot be."""
        async with self._one_at_a_time:
            entry = await self._need(entry_id)
            if not entry.can_redo:
                raise _cannot(entry, "done again")
            return await self._move(entry, False, on_progress)

    async def recover(self) -> None:
        """At the opening: bring to its end what a crash cut short, and say so. Interrupted imports stay open."""
        for entry in await self._db.read(lambda c: read_entries(c, "state IN ('undoing', 'redoing')")):
            done = await self._go_on(entry, None)
            self._bus.publish(Notice("info", f"{_sentence(done)} The program had ended in the middle of it."))
        for entry in await self._db.read(
            lambda c: read_entries(
                c,
                "state='open' AND NOT EXISTS (SELECT 1 FROM import_job j"
                " WHERE j.id=import_id AND j.state IN ('running', 'interrupted'))",
            )
        ):
            if entry.kind is EntryKind.IMPORT:
                await self.finish(entry.id)
                continue
            await self._take_back(entry)
            self._bus.publish(
                Notice(
                    "warn",
                    f"“{entry.label}” was cut short when the program ended, and was taken back.",
                    "All its products are as they were before. Do it again if you still want it.",
                )
            )
        await self.tidy()

    async def tidy(self) -> None:
        """Forget the oldest entries while all together take more than they may; the newest always stays.

        Put off while something is being undone: it must not lose its record meanwhile.
        """
        if not self._one_at_a_time.locked():
            async with self._one_at_a_time:
                await self._forget(self._bound_mb() * 1_000_000)

    async def _forget(self, bound: int) -> None:
        while (old := await self._db.read(lambda connection: find_too_old(connection, bound))) is not None:
            while await self._db.write(lambda connection, old=old: drop_some(connection, old, EntryState.FORGOTTEN)):  # type: ignore[misc]
                pass

    async def _move(self, entry: HistoryEntry, undo: bool, on_progress: Callable[[int], None] | None) -> Undone:
        await self._db.write(lambda connection: begin_move(plain_connection(connection), entry.id, undo=undo))
        return await self._go_on(entry, on_progress)

    async def _go_on(self, entry: HistoryEntry, on_progress: Callable[[int], None] | None) -> Undone:
        named: list[int] = []
        count = 0
        step, steps = Step((), finished=False), 0
        while not (step := await self._step(entry.id, step)).finished:
            count, steps = count + len(step.products), steps + 1
            if steps % STEPS_A_FOLD == 0:
                self._db.fold_log()
            if len(named) <= _IDS_NAMED:
                named += step.products
            if on_progress is not None:
                on_progress(count)
        ids = tuple(ProductId(each) for each in dict.fromkeys(named))
        self._bus.publish(ProductsChanged(ids if len(ids) <= _IDS_NAMED else ()))
        self._bus.publish(ListingsChanged((), ids if len(ids) <= _IDS_NAMED else ()))
        self._bus.publish(HistoryChanged())
        present = await self._need(entry.id)
        return Undone(
            present, len(ids) if count <= _IDS_NAMED else count, present.refused,
            tuple(await self.refusals(entry.id, REFUSALS_NAMED)) if present.refused else (),
        )  # fmt: skip

    async def _step(self, entry_id: EntryId, last: Step) -> Step:
        """The next transaction of a move."""
        if last.removing:
            with contextlib.suppress(NotAlone):
                return await self._db.write_unlinked(lambda c: remove_some(plain_connection(c), entry_id))
        return await self._db.write(lambda c: move_some(plain_connection(c), entry_id))

    async def _take_back(self, entry: HistoryEntry) -> Undone:
        """Undo an entry that did not come to its end, and drop its record: half of it is not to be done again."""
        undone = await self._move(entry, True, None)
        while await self._db.write(lambda connection: drop_some(connection, entry.id, EntryState.CUT_SHORT)):
            pass
        return undone

    async def _need(self, entry_id: EntryId) -> HistoryEntry:
        entry = await self.get(entry_id)
        if entry is None:
            raise UserMistake("This change is not in the history.", hint="Choose one of the History page.")
        return entry

    async def _first(self, condition: str, *values: object) -> HistoryEntry | None:
        found = await self._db.read(lambda connection: read_entries(connection, condition, *values))
        return found[0] if found else None


def _cannot(entry: HistoryEntry, what: str) -> UserMistake:
    why = {
        EntryState.OPEN: ("It has not come to its end.", "Wait until it has, or cancel it first."),
        EntryState.DONE: ("It stands as it is.", "Undo it first."),
        EntryState.UNDONE: ("It is undone already.", "Redo does it again."),
        EntryState.UNDOING: ("It is being undone.", "Wait until that has ended."),
        EntryState.REDOING: ("It is being done again.", "Wait until that has ended."),
        EntryState.CUT_SHORT: ("It was cut short and taken back.", "Do it anew."),
        EntryState.FORGOTTEN: (
            "It is too old: its record had to make room for newer ones.",
            "The setting “Size of the history” says how much is kept.",
        ),
    }[entry.state]
    return UserMistake(f"“{entry.label}” cannot be {what}. {why[0]}", hint=why[1])


def _sentence(done: Undone) -> str:
    what = "was done again" if done.entry.state is EntryState.DONE else "was undone"
    return f"“{done.entry.label}” {what}: {done.products:,} products."
