"""What starts workflows by itself: imports, changed quantities, times; noted with the change, found after a crash."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.schedule import Repeats, Timing
from mmhub_desktop.domain.step_kind import Ended, StepContext, StepKind, StepResult
from mmhub_desktop.domain.workflow import ProductScope, Trigger, Workflow
from mmhub_desktop.domain.workflow_facts import ON_IMPORT, ON_QUANTITY, ON_SCHEDULE
from mmhub_desktop.domain.workflow_run import RunState, WorkflowRun
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.events import ProductsChanged
from mmhub_desktop.jobs.workflow_runner import FOLLOW_UPS
from mmhub_desktop.store.import_writer import ImportWriter
from tests.fakes.workflow_rig import WorkflowRig, open_rig, step

COLUMNS = ("sku", "sku_key", "title", "quantity", "search_key")


def ended(number: int) -> Callable[[list[WorkflowRun]], bool]:
    return lambda runs: len(runs) == number and all(run.state.is_final for run in runs)


async def set_quantity(rig: WorkflowRig, product_id: ProductId, quantity: int) -> None:
    product = await rig.products.get(product_id)
    assert product is not None
    await rig.products.save(replace(product, quantity=quantity))


def sold_out_and_back(one: ProductId, two: ProductId) -> list[str]:
    """Changes of one moment: one is sold out, the other too and then not any more."""
    return [f"UPDATE product SET quantity = {left} WHERE id = {id_}" for id_, left in ((one, 0), (two, 0), (two, 5))]


def import_rows(rig: WorkflowRig, *rows: tuple[str, int], import_id: int = 1) -> None:
    """What the import's own process writes: rows of SKU and quantity, then its end."""
    rig.db.write_now(
        lambda c: c.exec_driver_sql(
            "INSERT INTO import_job (id, file_name, file_path, started_at) VALUES (?, 'new.csv', '/new.csv', 0)",
            (import_id,),
        )
    )
    writer = ImportWriter(rig.db.path, import_id, COLUMNS)
    values = [(sku, sku.casefold(), f"Lamp {sku}", quantity, None) for sku, quantity in rows]
    counts = writer.write(lambda: [values], refused=0, resume_from=0, resume_at=len(rows), refused_file="")
    assert sum(counts) == len(rows)
    writer.finish("completed", len(rows))
    writer.close()


async def test_an_import_starts_a_workflow_for_what_it_brought_or_changed(tmp_path: Path) -> None:
    async with open_rig(tmp_path / "shop.mmhub") as rig:
        await rig.save(step("a"), trigger=Trigger(ON_IMPORT))
        await rig.save(step("b"), trigger=Trigger(ON_IMPORT), name="Asleep", active=False)
        import_rows(rig, ("X-1", 3), ("X-2", 4))
        rig.bus.publish(ProductsChanged())
        (run,) = await rig.until(ended(1))
        assert (run.cause, run.products, len(rig.ran)) == ("import of new.csv", 2, 2)
        import_rows(rig, ("X-1", 3), ("X-2", 9), ("X-3", 1), import_id=2)
        rig.bus.publish(ProductsChanged())
        run, _ = await rig.until(ended(2))
        (newest,) = await rig.db.read(
            lambda c: c.exec_driver_sql("SELECT id FROM product WHERE sku = 'X-3'").scalars().all()
        )
        assert (run.products, [product for _, product, _ in rig.ran[2:]]) == (2, [2, newest])


async def test_what_happened_before_a_crash_is_found_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "shop.mmhub"
    async with open_rig(path, run=False) as rig:
        (one, _) = await rig.add(2)
        await rig.save(step("a"), trigger=Trigger(ON_IMPORT))
        await rig.save(step("b"), trigger=Trigger(ON_QUANTITY), name="Stock")
        import_rows(rig, ("X-1", 3))
        await set_quantity(rig, one, 2)
    async with open_rig(path) as rig:
        runs = await rig.until(ended(2))
        assert {(run.workflow.name, run.cause, run.products) for run in runs} == {
            ("Night", "import of new.csv", 1), ("Stock", "quantities changed", 1),
        }  # fmt: skip
        assert len(rig.ran) == 2
        assert len(await rig.settled()) == 2
    async with open_rig(path) as rig:
        assert len(await rig.settled()) == 2


async def test_changed_quantities_start_one_run_whoever_changes_them(tmp_path: Path) -> None:
    async with open_rig(tmp_path / "shop.mmhub") as rig:
        one, two, three = await rig.add(3)
        await rig.save(step("a"), trigger=Trigger(ON_QUANTITY), scope=ProductScope(search="lamp-"))
        await set_quantity(rig, one, 5)  # as it was
        product = await rig.products.get(two)
        assert product is not None
        await rig.products.save(replace(product, brand="Other"))
        import_rows(rig, ("LAMP-3", 8), ("OUTSIDE", 8))
        rig.bus.publish(ProductsChanged())
        (run,) = await rig.until(ended(1))
        assert rig.ran == [("a", three, None)]
        assert run.cause == "quantities changed"
        rig.db.write_now(lambda c: [c.exec_driver_sql(change) for change in sold_out_and_back(one, two)])
        rig.bus.publish(ProductsChanged())
        run, _ = await rig.until(ended(2))
        assert {product for _, product, _ in rig.ran[1:]} == {one, two}


async def test_a_workflow_that_changes_its_own_quantities_comes_to_rest(tmp_path: Path) -> None:
    async with open_rig(tmp_path / "shop.mmhub") as rig:
        one, two = await rig.add(2)
        calls = 0

        async def sell(context: StepContext) -> StepResult:
            nonlocal calls
            calls += 1
            for product_id in context.product_ids:
                await set_quantity(rig, product_id, 100 + calls)
            return Ended()

        rig.kinds["sell"] = StepKind("sell", "Sell", sell)
        await rig.save(step("s", kind="sell"), trigger=Trigger(ON_QUANTITY))
        await set_quantity(rig, one, 1)
        rig.bus.publish(ProductsChanged())
        runs = await rig.until(ended(1 + FOLLOW_UPS))
        assert [run.chain for run in runs] == [3, 2, 1, 0]
        await rig.settled()
        await rig.settled()
        assert calls == 1 + FOLLOW_UPS
        assert [notice.level for notice in rig.notices if "start itself" in notice.message] == ["warn"]
        await set_quantity(rig, two, 1)  # from outside: it runs again, and takes along what waits
        rig.bus.publish(ProductsChanged())
        runs = await rig.until(ended(2 * (1 + FOLLOW_UPS)))
        assert (runs[FOLLOW_UPS].chain, runs[FOLLOW_UPS].products) == (0, 2)


async def test_what_happens_to_a_workflow_that_cannot_run_any_more_is_told(tmp_path: Path) -> None:
    async with open_rig(tmp_path / "shop.mmhub") as rig:
        (one,) = await rig.add(1)
        (account,) = await rig.add_accounts(1)
        hearing = await rig.listen()
        await rig.save(step("a", kind="remote", account_ids=(account,)), trigger=Trigger(ON_QUANTITY))
        rig.account_ids.clear()
        await set_quantity(rig, one, 2)
        rig.bus.publish(ProductsChanged())
        (run,) = await rig.until(ended(1))
        assert (run.state, run.said[:30]) == (RunState.FAILED, "An account of “Remote” is no l")
        told = [one.event_type for one in await rig.told(hearing)]
        assert told == ["canvas.workflow.started", "workflow.error", "canvas.workflow.error"]
        assert [notice.level for notice in rig.notices] == ["err"]


async def test_a_switched_off_workflow_forgets_what_happened(tmp_path: Path) -> None:
    async with open_rig(tmp_path / "shop.mmhub", run=False) as rig:
        (one,) = await rig.add(1)
        workflow = await rig.save(step("a"), trigger=Trigger(ON_QUANTITY))
        await set_quantity(rig, one, 2)
        await rig.workflows.save(replace(workflow, active=False))
        await rig.start()
        assert await rig.settled() == []
        assert await rig.runs.waiting() == []


async def test_a_timed_workflow_runs_by_the_scheduler_and_not_twice_at_once(tmp_path: Path) -> None:
    async with open_rig(tmp_path / "shop.mmhub") as rig:
        await rig.add(2)
        timing = Timing(Repeats.EVERY, minutes=60)
        workflow = await rig.save(step("a"), trigger=Trigger(ON_SCHEDULE, timing))
        assert await rig.scheduler.look() == 60
        rig.clock.advance(3600)
        await rig.scheduler.look()
        (run,) = await rig.until(ended(1))
        assert (run.cause, run.products) == ("schedule", 2)
        (schedule,) = await rig.workflows._schedules_of(workflow.id)
        assert (schedule.last_batch_id, schedule.last_result) == (None, "Workflow run 1 was started.")
        run_id = await rig.workflows.run(workflow.id)
        await rig.runs.switch(run_id, RunState.PAUSED)
        rig.clock.advance(3600)
        await rig.scheduler.look()
        (schedule,) = await rig.workflows._schedules_of(workflow.id)
        assert schedule.last_result == "The run before has not ended yet."
        await rig.workflows.resume_run(run_id)
        await rig.end(run_id)


async def test_the_schedule_follows_its_workflow(tmp_path: Path) -> None:
    path = tmp_path / "shop.mmhub"
    async with open_rig(path) as rig:
        workflow = await rig.save(step("a"), trigger=Trigger(ON_SCHEDULE, Timing(Repeats.DAILY, clock="02:30")))

        async def times() -> list[str]:
            return [f"{one.name}: {one.timing.words}" for one in await rig.workflows._schedules_of(workflow.id)]

        assert await times() == ["Night: every day at 02:30"]
        changed = replace(workflow, name="Dawn", trigger=Trigger(ON_SCHEDULE, Timing(Repeats.DAILY, clock="05:00")))
        await rig.workflows.save(changed)
        assert await times() == ["Dawn: every day at 05:00"]
        await rig.workflows.save(replace(changed, active=False))
        assert await times() == []
        await rig.workflows.save(changed)
        past = datetime.fromtimestamp(rig.clock.now(), UTC) - timedelta(days=1)
        with pytest.raises(UserMistake, match="has passed"):
            await rig.workflows.save(replace(changed, trigger=Trigger(ON_SCHEDULE, Timing(Repeats.ONCE, at=past))))
        (kept,) = await rig.workflows._schedules_of(workflow.id)
        await rig.scheduler.remove(kept.id)  # as if the program had ended between the two
        soon = datetime.fromtimestamp(rig.clock.now(), UTC) + timedelta(days=1)
        once = await rig.save(step("a"), name="Once", trigger=Trigger(ON_SCHEDULE, Timing(Repeats.ONCE, at=soon)))
        (kept,) = await rig.workflows._schedules_of(once.id)
        await rig.scheduler.remove(kept.id)
    async with open_rig(path, run=False) as rig:
        rig.clock.advance(2 * 86_400)
        await rig.start()  # the only time of one has passed: nothing is to be made up for
        assert await rig.workflows._schedules_of(once.id) == []
        assert await times() == ["Dawn: every day at 05:00"]
        await rig.workflows.remove(workflow.id)
        assert await times() == []


async def test_without_triggers_only_open_runs_go_on(tmp_path: Path) -> None:
    async with open_rig(tmp_path / "shop.mmhub", run=False) as rig:
        (one,) = await rig.add(1)
        await rig.save(step("a"), trigger=Trigger(ON_QUANTITY))
        by_hand: Workflow = await rig.save(step("b"), name="By hand")
        await set_quantity(rig, one, 2)
        await rig.engine.start()
        await rig.workflows.start(triggers=False)
        await rig.end(await rig.workflows.run(by_hand.id))
        assert [run.workflow.name for run in await rig.settled()] == ["By hand"]
