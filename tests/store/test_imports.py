"""The history of imports."""

from pathlib import Path

from mmhub_desktop.domain.imports import ImportState
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.imports import ImportStore


async def test_history_and_what_was_interrupted(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "shop.mmhub")
    imports = ImportStore(db)
    about = {"file_name": "a.csv", "file_path": "/a.csv", "file_size": 5, "file_hash": "x", "plan": '{"a":1}'}
    first = await imports.begin(**about)  # type: ignore[arg-type]
    second = await imports.begin(**about)  # type: ignore[arg-type]
    assert [job.id for job in await imports.history()] == [second, first]
    assert await imports.interrupted() == []
    assert await imports.plan(first) == '{"a":1}'
    await imports.end(first, ImportState.FAILED, "no room")

    later = ImportStore(db)  # as after a restart
    assert [job.id for job in await later.interrupted()] == [second]
    await later.resume(second)
    assert await later.interrupted() == []
    job = await later.get(second)
    assert job is not None
    assert job.state is ImportState.RUNNING
    failed = await later.get(first)
    assert failed is not None
    assert (failed.state, failed.message) == (ImportState.FAILED, "no room")
    assert failed.finished_at is not None
    db.close()
