"""A change is noted once, however often the task that noted it runs again."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from mmhub_desktop.domain.ids import JobId, ListingId
from mmhub_desktop.domain.listing import SyncLogEntry
from tests.fakes.shop import lamp, open_shop

AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


async def test_a_change_that_the_same_job_notes_again_stands_there_once(tmp_path: Path) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        (product_id,) = await shop.add(lamp())
        listing = await shop.listing(product_id)
        entry = SyncLogEntry(AT, ListingId(0), "update", "price", "1", "2", JobId(7))
        back = replace(entry, operation="sync", old="2", new="1", job_id=JobId(8))
        for note in (entry, entry, back, entry, replace(entry, job_id=JobId(9)), replace(entry, job_id=None)):
            await shop.workspace.listings.save(listing, [note])
        log = await shop.workspace.listings.log_of(product_id)
    assert [(row.operation, row.job_id) for row in reversed(log)] == [
        ("update", 7), ("sync", 8), ("update", 7), ("update", 9), ("update", None),
    ]  # fmt: skip
