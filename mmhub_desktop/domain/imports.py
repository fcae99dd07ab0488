"""One import of a file, as kept in history."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mmhub_desktop.domain.ids import ImportId


class ImportState(StrEnum):
    """How far an import has come; a running one whose process is gone is interrupted and can be resumed."""

    RUNNING = "running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """Rows of an import, by what became of them."""

    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0

    @property
    def rows(self) -> int:
        """All rows read."""
        return self.new + self.changed + self.same + self.refused


@dataclass(frozen=True, slots=True)
class ImportJob:
    """One file's way into the catalog. ``resume_at`` counts the rows below the header that are on disk or refused."""

    id: ImportId
    file_name: str
    file_path: str
    file_size: int
    file_hash: str
    state: ImportState
    counts: ImportCounts
    resume_at: int
    refused_file: str
    message: str
    started_at: datetime
    finished_at: datetime | None
    template: str = ""  # the template it was read with


@dataclass(frozen=True, slots=True)
class ImportTemplate:
    """How files with this header are to be imported, under a name the seller gave it.

    ``settings`` is the JSON that ``catalog.templates`` writes and reads.
    """

    id: int
    name: str
    header: tuple[str, ...]
    settings: str
    saved_at: datetime
    used_at: datetime | None = None
