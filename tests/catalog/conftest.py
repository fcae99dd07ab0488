"""A file to write and a workspace to import it into."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path

import pytest

from mmhub_desktop.catalog.import_run import start_import
from mmhub_desktop.catalog.reading import inspect, plan_from
from mmhub_desktop.domain.imports import ImportJob
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.imports import ImportStore

Write = Callable[..., Path]
Import = Callable[..., Awaitable[ImportJob]]


def text_of(path: str | Path) -> str:
    """The whole text of a file of refused rows."""
    return Path(path).read_text(encoding="utf-8-sig")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file: text in an encoding, or bytes."""

    def write(content: str | bytes, encoding: str = "utf-8", name: str = "products.csv") -> Path:
        path = tmp_path / "files" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """An open workspace."""
    db = Database.open(tmp_path / "shop.mmhub")
    yield db
    db.close()


@pytest.fixture
def import_file(db: Database) -> Import:
    """Import a file to its end, in its real process."""

    async def import_file(path: Path, answers: Mapping[str, str] | None = None) -> ImportJob:
        plan = plan_from(inspect(path), answers)
        run = await start_import(plan, ImportStore(db), db.path, lambda _event: None)
        return await run.result()

    return import_file
