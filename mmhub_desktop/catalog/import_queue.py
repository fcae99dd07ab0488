"""What a seller chose to import, as a row of imports: one that cannot be read does not hold up the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mmhub_desktop.catalog.staged import StagedFile, discard
from mmhub_desktop.catalog.staging_process import stage_files
from mmhub_desktop.errors import MmhubError


@dataclass(frozen=True, slots=True)
class Waiting:
    """One import to come: its file, or why there is none. ``name`` is what the seller calls it."""

    name: str
    file: StagedFile | None = None
    error: MmhubError | None = None


async def stage_queue(
    paths: Sequence[Path], folder: Path, told: Callable[[str, float], None] = lambda _words, _part: None
) -> list[Waiting]:
    """Make imports of files, folders and archives, for the loop. What belongs together is one import.

    When one of several cannot be read, each is read by itself, and that one says why.
    """
    try:
        staged = await stage_files(paths, folder, told=told)
    except MmhubError as error:
        if len(paths) == 1:
            return [Waiting(paths[0].name, error=error)]
        return [waiting for path in paths for waiting in await stage_queue([path], folder, told)]
    return [
        Waiting(file.name, replace(file, notes=(*staged.notes, *file.notes)) if place == 0 else file)
        for place, file in enumerate(staged.files)
    ]


def discard_all(paths: Sequence[Path], folder: Path) -> None:
    """Delete staged files that are not imported after all. Blocking."""
    for path in paths:
        discard(path, folder)
