"""Taking back an import: what it made goes, what it changed is as before."""

from collections.abc import Callable

from mmhub_desktop.domain.history import Undone
from mmhub_desktop.domain.ids import ImportId
from mmhub_desktop.domain.imports import ImportState
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.store.history import HistoryStore
from mmhub_desktop.store.imports import ImportStore


async def undo_import(
    import_id: ImportId, imports: ImportStore, history: HistoryStore, on_progress: Callable[[int], None] | None = None
) -> Undone:
    """Undo an import that runs no more; one that was cut short cannot be resumed after that.

    ``on_progress`` is told the products done so far.

    UserMistake while it runs, or when it wrote nothing.
    """
    job = await imports.get(import_id)
    if job is None:
        raise UserMistake("This import is no longer in the list.", hint="Look for it on the History page.")
    if job.state is ImportState.RUNNING:
        raise UserMistake(f"“{job.file_name}” is still being imported.", hint="Cancel the import first, then undo it.")
    if job.state is ImportState.INTERRUPTED:
        await imports.end(import_id, ImportState.CANCELLED, "Cut short, and taken back by you.")
    entry = await history.of_import(import_id)
    if entry is None:
        raise UserMistake(f"“{job.file_name}” changed no product.", hint="There is nothing to undo.")
    return await history.undo(entry.id, on_progress)
