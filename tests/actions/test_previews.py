"""Previews against the practice marketplace: what is shown is what is sent, or nothing is."""

import asyncio
import contextlib
import gc
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from mmhub_desktop.actions.previews import PIECE
from mmhub_desktop.domain.ids import PreviewId, ProductId
from mmhub_desktop.domain.job import BatchJob, WorkRequest
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.outgoing import PLACEHOLDER
from mmhub_desktop.domain.preview import PreviewDetail, PreviewOutcome, PreviewState
from mmhub_desktop.domain.product import Text
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.events import PreviewProgressed
from mmhub_desktop.marketplaces.outgoing import describe
from tests.fakes.shop import Shop, lamp, open_shop


def clp(amount: int) -> Money:
    return Money.of(Decimal(amount), "CLP")


async def preview(shop: Shop, action: str, *ids: ProductId, **options: object) -> tuple[PreviewId, list[PreviewDetail]]:
    """A finished preview with all its lines."""
    service = shop.workspace.previews
    number = await service.start(WorkRequest(action, ids, (shop.account.id,), options=options))
    assert (await service.wait(number)).state is PreviewState.READY
    lines = [await service.store.detail(row) for row in await service.store.ids(number)]
    return number, [line for line in lines if line is not None]


async def send(shop: Shop, number: PreviewId) -> BatchJob:
    (batch_id,) = await shop.workspace.previews.submit(number)
    batch = await shop.workspace.engine.wait_batch(batch_id)
    assert batch is not None
    return batch


async def change(shop: Shop, product: ProductId, **changes: object) -> None:
    stored = await shop.workspace.products.get(product)
    assert stored is not None
    await shop.workspace.products.save(replace(stored, **changes))  # type: ignore[arg-type]


@contextlib.asynccontextmanager
async def sent_by(shop: Shop) -> AsyncIterator[list[tuple[str, str, bytes]]]:
    """What leaves the client for listings meanwhile: creates and changes."""
    sent: list[tuple[str, str, bytes]] = []

    async def note(request: httpx.Request) -> None:
        path = request.url.path
        if request.method in ("POST", "PUT") and path.startswith("/items") and not path.endswith("validate"):
            sent.append(describe(request).key)

    adapter = await shop.workspace.adapter(shop.account.id)
    hooks = adapter.connection.http.event_hooks["request"]
    hooks.append(note)
    yield sent
    hooks.remove(note)


async def test_a_publication_sends_the_bytes_of_its_preview(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        number, (line,) = await preview(shop, "publish", product)
        assert line.row.outcome is PreviewOutcome.NEW
        shown = {field.name: (field.old, field.new) for field in line.fields}
        assert shown["price"] == ("", "24,990 CLP")
        assert shown["attributes.Model"] == ("", "Flex")
        assert shop.summary()["creates"] == 0
        async with sent_by(shop) as sent:
            batch = await send(shop, number)
        assert batch.completed == 1, await shop.problems(batch)
        listing = await shop.listing(product)
        assert listing.state is ListingState.LIVE
        (create, describe_it) = sent
        (planned, planned_text, _) = line.requests
        assert create[:2] == ("POST", "/items")
        pictures = json.loads(create[2])["pictures"]
        body = create[2].decode()
        for place, picture in enumerate(pictures, start=1):
            body = body.replace(picture["id"], f"{{{{picture_{place}}}}}")
        assert body.encode() == planned.body
        assert describe_it[2] == planned_text.body
        assert describe_it[1] == PLACEHOLDER.sub(listing.remote_id, planned_text.path)


async def test_a_product_changed_after_the_preview_is_not_sent_until_previewed_anew(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        number, _ = await preview(shop, "publish", product)
        await change(shop, product, price=clp(1990), original=Text("Lámpara de escritorio Lumea Flex 2", "Otra."))
        batch = await send(shop, number)
        assert batch.failed == 1
        (problem,) = await shop.problems(batch)
        assert problem.startswith("ChangedSincePreview: “LAMP-1” changed after the preview: title, description, price.")
        assert shop.summary()["creates"] == 0
        assert not any(call.startswith("POST /pictures") for call in shop.summary()["requests"])
        await shop.workspace.engine.retry_batch(batch.id)
        again = await shop.workspace.engine.wait_batch(batch.id)
        assert again is not None
        assert again.failed == 1, "without a new preview it stays so"
        await preview(shop, "publish", product)
        await shop.workspace.engine.retry_batch(batch.id)
        again = await shop.workspace.engine.wait_batch(batch.id)
        assert again is not None
        assert again.completed == 1, await shop.problems(again)
        remote = await (await shop.workspace.adapter(shop.account.id)).read((await shop.listing(product)).remote_id)
        assert remote.price == clp(1990)


async def test_a_newer_preview_does_not_speak_for_work_that_was_never_stopped(tmp_path: Path) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        (product,) = await shop.add(lamp())
        number, _ = await preview(shop, "publish", product)
        (batch_id,) = await shop.workspace.previews.submit(number)
        await change(shop, product, price=clp(1990))
        await preview(shop, "publish", product)  # looked at, and not sent
        await shop.workspace.engine.start()
        batch = await shop.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        assert batch.failed == 1
        assert shop.summary()["creates"] == 0


async def test_an_update_sends_the_bytes_of_its_preview(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        products = await shop.add(lamp(1), lamp(2), lamp(3))
        await shop.do("publish", products[0], products[1])
        await change(shop, products[0], price=clp(19990), quantity=3)
        number, lines = await preview(shop, "update", *products)
        assert [line.row.outcome.value for line in lines] == ["changed", "same", "skipped"]
        assert [(one.name, one.old, one.new) for one in lines[0].fields] == [
            ("price", "24,990 CLP", "19,990 CLP"),
            ("quantity", "5", "3"),
        ]
        assert "publish it first" in lines[2].row.reason
        async with sent_by(shop) as sent:
            batch = await send(shop, number)
        assert (batch.total, batch.completed) == (1, 1), await shop.problems(batch)
        assert sent == [request.key for request in lines[0].requests]
        assert sent[0][2] == b'{"price":19990,"available_quantity":3}'


async def test_a_price_changed_at_the_marketplace_meanwhile_stops_the_update(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        await shop.do("publish", product)
        await change(shop, product, quantity=3)
        number, _ = await preview(shop, "update", product)
        remote_id = (await shop.listing(product)).remote_id
        adapter = await shop.workspace.adapter(shop.account.id)
        await httpx_put(shop, adapter.connection.http, remote_id, {"price": 500})
        async with sent_by(shop) as sent:
            batch = await send(shop, number)
        (problem,) = await shop.problems(batch)
        assert "“LAMP-1” changed after the preview: the live price." in problem
        assert sent == []
        await preview(shop, "update", product)
        await shop.workspace.engine.retry_batch(batch.id)
        again = await shop.workspace.engine.wait_batch(batch.id)
        assert again is not None
        assert again.completed == 1, await shop.problems(again)
        remote = await adapter.read(remote_id)
        assert (remote.price, remote.quantity) == (clp(24990), 3)


async def httpx_put(shop: Shop, client: httpx.AsyncClient, remote_id: str, body: dict[str, object]) -> None:
    """Change a listing at the marketplace, as its owner does there."""
    adapter = await shop.workspace.adapter(shop.account.id)
    token = (await adapter.connection.secrets.load())["access_token"]
    answer = await client.put(
        f"{shop.server.base_url}/items/{remote_id}", json=body, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 200, answer.text


async def test_another_form_for_the_same_product_is_not_sent(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        number, (line,) = await preview(shop, "publish", product)
        assert b'"listing_type_id":"gold_special"' in line.requests[0].body
        settings = {**shop.account.settings, "listing_type": "gold_pro"}
        account = await shop.workspace.accounts.get(shop.account.id)
        await shop.workspace.accounts.save(replace(account, settings=settings))
        await shop.workspace.test_account(account.id)
        batch = await send(shop, number)
        (problem,) = await shop.problems(batch)
        assert "“LAMP-1” changed after the preview: the form for MercadoLibre." in problem
        assert shop.summary()["creates"] == 0
        await preview(shop, "publish", product)
        await shop.workspace.engine.retry_batch(batch.id)
        again = await shop.workspace.engine.wait_batch(batch.id)
        assert again is not None
        assert again.completed == 1, await shop.problems(again)


async def test_a_lost_answer_leads_to_one_listing_as_shown(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        number, (line,) = await preview(shop, "publish", product)
        shop.faults(fail_next=[{"method": "POST", "path": "/items", "drop": True, "after_effect": True}])
        async with sent_by(shop) as sent:
            batch = await send(shop, number)
        assert batch.completed == 1, await shop.problems(batch)
        assert shop.summary()["creates"] == 1
        assert [body for _, path, body in sent if path == "/items"][1:] == []
        assert sent[-1][2] == line.requests[1].body


async def test_a_listing_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        await shop.do("publish", product)
        shop.faults(fail_next=[{"method": "GET", "path": "/items*", "status": 503, "times": 1}])
        _, (line,) = await preview(shop, "update", product)
        assert line.row.outcome is PreviewOutcome.FAILED
        assert "problem of its own (status 503)" in line.row.reason


async def test_ends_are_previewed_and_what_has_ended_is_left_out(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        products = await shop.add(lamp(1), lamp(2), lamp(3))
        await shop.do("publish", products[0], products[1])
        await shop.do("end", products[1])
        number, lines = await preview(shop, "end", *products)
        assert [line.row.outcome.value for line in lines] == ["ends", "skipped", "skipped"]
        assert lines[0].requests[0].body == b'{"status":"closed"}'
        async with sent_by(shop) as sent:
            batch = await send(shop, number)
        assert (batch.total, batch.completed) == (1, 1), await shop.problems(batch)
        assert sent == [lines[0].requests[0].key]
        assert (await shop.listing(products[0])).state is ListingState.ENDED
        with pytest.raises(UserMistake, match="sent already"):
            await shop.workspace.previews.submit(number)


async def test_blocked_and_listed_products_get_no_jobs(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        products = await shop.add(lamp(1), lamp(2, price=None), lamp(3), lamp(4, original=Text("x" * 300)))
        await shop.do("publish", products[2])
        number, lines = await preview(shop, "publish", *products)
        assert [line.row.outcome.value for line in lines] == ["new", "blocked", "skipped", "blocked"]
        assert lines[1].row.reason == "There is no price."
        assert [finding.rule for finding in lines[1].findings] == ["publish.no_price"]
        assert lines[3].findings
        assert not lines[3].requests
        counts = await shop.workspace.previews.store.counts(number)
        assert (counts[PreviewOutcome.NEW], counts[PreviewOutcome.BLOCKED], counts[PreviewOutcome.SKIPPED]) == (1, 2, 1)
        batch = await send(shop, number)
        assert (batch.total, batch.completed) == (1, 1)
        nothing, _ = await preview(shop, "publish", products[1])
        with pytest.raises(UserMistake, match="Nothing of this preview"):
            await shop.workspace.previews.submit(nothing)


async def test_a_preview_is_sent_after_a_restart(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        number, (line,) = await preview(shop, "publish", product)
    async with open_shop(tmp_path) as shop:
        async with sent_by(shop) as sent:
            batch = await send(shop, number)
        assert batch.completed == 1, await shop.problems(batch)
        assert len(sent[0][2]) > 100
        assert sent[1][2] == line.requests[1].body


async def test_what_cannot_be_found_out_says_why(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        products = await shop.add(lamp(1), lamp(2))
        shop.faults(fail_next=[{"method": "GET", "path": "/sites/*", "status": 500, "times": 1}])
        number, lines = await preview(shop, "publish", *products, ProductId(99))
        assert sorted(line.row.outcome.value for line in lines) == ["failed", "new", "skipped"]
        failed = next(line for line in lines if line.row.outcome is PreviewOutcome.FAILED)
        assert "problem of its own" in failed.row.reason
        batch = await send(shop, number)
        assert batch.total == 1


async def test_building_can_be_stopped_and_then_not_be_sent(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        products = await shop.add(*(lamp(number) for number in range(150)))
        shop.faults(latency_ms=50)
        service = shop.workspace.previews
        number = await service.start(WorkRequest("publish", products, (shop.account.id,)))
        begun = asyncio.Event()
        shop.workspace.bus.subscribe(PreviewProgressed, lambda _: begun.set())
        await asyncio.wait_for(begun.wait(), 20)
        await service.cancel(number)
        found = await service.get(number)
        assert found.state is PreviewState.CANCELLED
        assert 0 < found.done < found.total
        with pytest.raises(UserMistake, match="not complete"):
            await service.submit(number)


async def test_five_thousand_lines_do_not_live_in_memory(tmp_path: Path) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        text = Text("Lámpara de escritorio Lumea Flex", "Con brazo articulado.")
        save = shop.workspace.products.save
        products = await asyncio.gather(*(save(lamp(number, original=text)) for number in range(5_000)))
        alive: list[int] = []

        def count(_: PreviewProgressed) -> None:
            alive.append(sum(isinstance(one, PreviewDetail) for one in gc.get_objects()))

        shop.workspace.bus.subscribe(PreviewProgressed, count)
        service = shop.workspace.previews
        number = await service.start(WorkRequest("publish", tuple(products), (shop.account.id,)))
        assert (await service.wait(number)).state is PreviewState.READY
        assert (await service.store.counts(number))[PreviewOutcome.NEW] == 5_000
        assert len(alive) >= 5_000 / PIECE
        assert max(alive) <= 2 * PIECE
