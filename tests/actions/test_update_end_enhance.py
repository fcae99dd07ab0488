"""Update, end and enhance, against the practice marketplace."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from mmhub_desktop.domain.job import JobState
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import ProductStatus, Text
from mmhub_desktop.settings import AI_BASE_URL, AI_MODEL
from tests.fakes.ai_server import fails, running_ai_server, says
from tests.fakes.shop import lamp, open_shop

FOUNDED = {
    "title": "Lámpara de escritorio Lumea Flex con brazo",
    "description": "Una lámpara de escritorio con brazo articulado, de Lumea.",
    "keywords": ["lámpara", "escritorio"],
}


async def test_update_sends_only_what_differs_and_logs_old_and_new(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        await shop.do("publish", product)
        stored = await shop.workspace.products.get(product)
        assert stored is not None
        await shop.workspace.products.save(replace(stored, price=Money.of(Decimal(19990), "CLP"), quantity=3))
        batch = await shop.do("update", product)
        assert batch.completed == 1, await shop.problems(batch)
        listing = await shop.listing(product)
        remote = await (await shop.workspace.adapter(shop.account.id)).read(listing.remote_id)
        log = [entry for entry in await shop.workspace.listings.log_of(product) if entry.operation == "update"]
    assert (str(remote.price), remote.quantity) == ("19,990 CLP", 3)
    assert {(entry.field, entry.old, entry.new) for entry in log} == {
        ("price", "24,990 CLP", "19,990 CLP"),
        ("quantity", "5", "3"),
    }


async def test_an_update_without_difference_sends_nothing(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        await shop.do("publish", product)
        before = dict(shop.summary()["requests"])
        batch = await shop.do("update", product)
        after = dict(shop.summary()["requests"])
        assert batch.completed == 1, await shop.problems(batch)
        assert [path for path in after if path.startswith("PUT") and after[path] != before.get(path)] == []


async def test_an_update_of_what_is_not_listed_says_to_publish_first(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        batch = await shop.do("update", product)
        assert batch.failed == 1
        assert "not listed" in (await shop.problems(batch))[0]


async def test_end_takes_the_listing_off_and_can_be_repeated(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        await shop.do("publish", product)
        first, second = await shop.do("end", product), await shop.do("end", product)
        stored = await shop.workspace.products.get(product)
        assert (first.completed, second.completed) == (1, 1)
        assert (await shop.listing(product)).state is ListingState.ENDED
        assert stored is not None
        assert stored.status is ProductStatus.IMPORTED
        assert shop.summary()["live_items"] == 0


async def test_an_ended_listing_can_be_published_anew(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        for action in ("publish", "end", "publish"):
            batch = await shop.do(action, product)
            assert batch.state is JobState.COMPLETED, await shop.problems(batch)
        assert (await shop.listing(product)).state is ListingState.LIVE
        assert shop.summary()["creates"] == 2


async def test_enhance_without_ai_writes_by_rules_beside_the_original(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        original = Text("LAMPARA!!! escritorio", "")
        (product,) = await shop.add(lamp(original=original))
        batch = await shop.do("enhance", product, marketplace="mercadolibre")
        stored = await shop.workspace.products.get(product)
        assert batch.completed == 1, await shop.problems(batch)
        assert stored is not None
        assert stored.original == original
        assert stored.optimized is not None
        assert stored.optimized.title != original.title
        assert stored.optimized_by == "Rule-based writer"
        assert stored.status is ProductStatus.OPTIMIZED
        assert shop.summary()["creates"] == 0


async def test_enhance_asks_the_ai_service_of_the_settings(tmp_path: Path) -> None:
    async with running_ai_server() as server, open_shop(tmp_path) as shop:
        shop.workspace.settings.set(AI_BASE_URL, server.base_url)
        shop.workspace.settings.set(AI_MODEL, "small-model")
        server.script = [fails(429, "slow down", **{"retry-after": "0"}), says(FOUNDED)]
        (product,) = await shop.add(lamp())
        batch = await shop.do("enhance", product)
        stored = await shop.workspace.products.get(product)
        assert batch.completed == 1, await shop.problems(batch)
        assert stored is not None
        assert stored.optimized is not None
        assert stored.optimized.title == FOUNDED["title"]
        assert "small-model" in stored.optimized_by


async def test_an_unfounded_claim_of_the_ai_is_not_kept(tmp_path: Path) -> None:
    boast = {**FOUNDED, "description": "Fabricada en acero inoxidable con 950 lúmenes y certificado CE."}
    async with running_ai_server() as server, open_shop(tmp_path) as shop:
        shop.workspace.settings.set(AI_BASE_URL, server.base_url)
        shop.workspace.settings.set(AI_MODEL, "small-model")
        server.script = [says(boast)]
        (product,) = await shop.add(lamp())
        batch = await shop.do("enhance", product)
        stored = await shop.workspace.products.get(product)
        (job,) = await shop.workspace.jobs.jobs(await shop.workspace.jobs.job_ids(batch.id))
        assert batch.failed == 1
        assert stored is not None
        assert stored.optimized is None
        assert stored.status is ProductStatus.IMPORTED
        assert job.problem is not None
        assert any(finding.rule.startswith("claim.") for finding in job.problem.findings)
