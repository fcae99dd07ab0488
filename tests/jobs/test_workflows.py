"""Workflows run step by step: order, conditions, accounts side by side, failures, control, and what others are told."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.job import JobState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Text
from mmhub_desktop.domain.workflow import OnFailure, Operator, ProductScope
from mmhub_desktop.domain.workflow_facts import FACTS
from mmhub_desktop.domain.workflow_run import RunState, StepState, WorkflowRun
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.store.database import to_ms
from mmhub_desktop.store.retention import RetentionStore
from mmhub_desktop.store.workflow_selection import FACT_SQL
from tests.fakes.shop import lamp
from tests.fakes.workflow_rig import WorkflowRig, open_rig, step, when


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[WorkflowRig]:
    async with open_rig(tmp_path / "shop.mmhub") as made:
        yield made


def states(run: WorkflowRun) -> dict[str, str]:
    return {each.key: each.state.value for each in run.steps}


async def test_steps_follow_one_another_for_the_products_that_succeeded(rig: WorkflowRig) -> None:
    one, two, three = await rig.add(3)
    rig.bad = {("a", two)}
    run = await rig.do(step("a"), step("b", "a"), step("c", "a", "b"))
    assert rig.ran[:3] == [("a", one, None), ("a", two, None), ("a", three, None)]
    assert rig.ran[3:] == [("b", one, None), ("b", three, None), ("c", one, None), ("c", three, None)]
    assert run.state is RunState.COMPLETED
    assert run.said == "“Local”: 1 of 3 products failed."
    assert [(each.products, each.completed, each.failed) for each in run.steps] == [(3, 2, 1), (2, 2, 0), (2, 2, 0)]
    assert [batch.title for batch in await rig.batches()] == ["Night: Local"] * 3
    await rig.settled()  # the notice follows the commit that ended the run
    assert [notice.level for notice in rig.notices] == ["ok"]


async def test_a_step_can_be_made_for_what_failed(rig: WorkflowRig) -> None:
    one, two = await rig.add(2)
    rig.bad = {("a", one)}
    run = await rig.do(
        step("a"),
        step("mend", "a", when=when("outcome:a", Operator.IS, "failed")),
        step("rest", "a", when=when("outcome:a", Operator.IS_NOT, "failed")),
    )
    assert sorted(rig.ran[2:]) == [("mend", one, None), ("rest", two, None)]
    assert run.state is RunState.COMPLETED


async def test_a_step_that_no_product_comes_to_is_passed_by_and_says_so(rig: WorkflowRig) -> None:
    await rig.add(2)
    run = await rig.do(step("a", when=when("quantity", Operator.AT_LEAST, "100")), step("b", "a"))
    assert states(run) == {"a": "passed_by", "b": "passed_by"}
    assert run.steps[0].said == "No product came so far and met its conditions."
    assert (run.state, rig.ran) == (RunState.COMPLETED, [])


CONDITIONS = (  # and the products that meet them
    ("quality", Operator.AT_LEAST, "0", "abc"),
    ("quantity", Operator.AT_LEAST, "5", "ac"),
    ("quantity", Operator.BELOW, "5", "b"),
    ("quantity", Operator.IS, "0", "b"),
    ("quantity", Operator.IS_NOT, "0", "ac"),
    ("price", Operator.AT_LEAST, "24990", "a"),
    ("price", Operator.BELOW, "24990.01", "ab"),
    ("price", Operator.IS, "19.9", "b"),
    ("price", Operator.IS, "19.905", ""),
    ("price", Operator.IS_NOT, "19.90", "ac"),
    ("status", Operator.IS, "optimized", "c"),
    ("status", Operator.IS_NOT, "optimized", "ab"),
    ("active", Operator.IS, "no", "b"),
    ("active", Operator.IS, "yes", "ac"),
    ("title", Operator.CONTAINS, "LAMPARA", "ab"),
    ("title", Operator.IS, "better", "c"),
    ("brand", Operator.IS, "lumea", "ac"),
    ("brand", Operator.IS_NOT, "Lumea", "b"),
    ("category", Operator.CONTAINS, "x", ""),
    ("enhanced", Operator.IS, "yes", "c"),
    ("enhanced", Operator.IS, "no", "ab"),
    ("live:1", Operator.IS, "yes", "b"),
    ("live:1", Operator.IS, "no", "ac"),
    ("live:2", Operator.IS, "yes", ""),
    ("finding:1", Operator.IS, "yes", "c"),
)


async def test_conditions(rig: WorkflowRig) -> None:
    await rig.add_accounts(2)
    ids = {
        "a": await rig.products.save(lamp(1)),
        "b": await rig.products.save(lamp(2, quantity=0, price=Money(1990, "EUR"), brand="Other", active=False)),
        "c": await rig.products.save(lamp(3, price=None)),
    }
    await rig.products.set_optimized(ids["c"], Text("Better"), "a writer")

    def list_them(connection: Connection) -> None:
        connection.exec_driver_sql(
            "INSERT INTO listing (product_id, account_id, state, findings, created_at, updated_at)"
            " VALUES (?, 1, 'live', '[]', 0, 0), (?, 1, 'rejected', '[{}]', 0, 0)",
            (ids["b"], ids["c"]),
        )

    await rig.db.write(list_them)
    for number, (field, operator, value, expected) in enumerate(CONDITIONS):
        run = await rig.do(step(f"s{number}", when=when(field, operator, value)))
        took = {product for key, product, _ in rig.ran if key == f"s{number}"}
        assert took == {ids[name] for name in expected}, (field, operator, value)
        assert run.steps[0].products == len(expected)
    assert {field.partition(":")[0] for field, *_ in CONDITIONS} | {"outcome"} == set(FACTS) == set(FACT_SQL)


async def test_accounts_are_worked_on_side_by_side_and_a_product_fails_where_one_of_them_does(rig: WorkflowRig) -> None:
    one, two = await rig.add(2)
    first, second = await rig.add_accounts(2)
    rig.bad = {(int(second), one)}
    rig.gate = asyncio.Event()
    workflow = await rig.save(
        step("a", kind="remote", account_ids=(first, second), on_failure=OnFailure.GO_ON), step("b", "a")
    )
    run_id = await rig.workflows.run(workflow.id)
    (run,) = await rig.until(lambda runs: runs[0].step("a").batch_id is not None)
    rig.gate.set()
    run = await rig.end(run_id)
    remote = [entry for entry in rig.ran if entry[0] == "a"]
    assert sorted(remote) == [("a", one, first), ("a", one, second), ("a", two, first), ("a", two, second)]
    assert [entry for entry in rig.ran if entry[0] == "b"] == [("b", two, None)]
    assert len(await rig.batches()) == 2
    assert (run.step("a").completed, run.step("a").failed) == (1, 1)


async def test_a_step_that_must_not_fail_stops_the_run_and_what_runs_beside_it(rig: WorkflowRig) -> None:
    one, *_ = await rig.add(9)
    (account,) = await rig.add_accounts(1)
    rig.bad = {("a", one)}
    held = rig.gate = asyncio.Event()
    workflow = await rig.save(
        step("a", on_failure=OnFailure.STOP), step("beside", kind="remote", account_ids=(account,)), step("b", "a")
    )
    run_id = await rig.workflows.run(workflow.id)
    await rig.until(lambda runs: all(runs[0].step(key).batch_id for key in ("a", "beside")))
    beside = (await rig.workflows.run_detail(run_id)).step("beside").batch_id
    assert beside is not None
    await rig.engine.pause_batch(beside)
    held.set()
    run = await rig.end(run_id)
    assert (run.state, states(run)["a"], states(run)["b"]) == (RunState.FAILED, "failed", "cancelled")
    assert run.step("beside").cancelled >= 5
    assert run.said.startswith("“Local” stopped the run.")
    assert (await rig.jobs.batches([beside]))[0].state is JobState.CANCELLED
    assert not [entry for entry in rig.ran if entry[0] == "b"]


async def test_a_run_fails_when_a_step_succeeds_for_no_product(rig: WorkflowRig) -> None:
    one, two = await rig.add(2)
    rig.bad = {("a", one), ("a", two)}
    hearing = await rig.listen()
    run = await rig.do(step("a"), step("b", "a"), step("c"))
    assert (run.state, states(run)) == (RunState.FAILED, {"a": "failed", "b": "passed_by", "c": "completed"})
    told = await rig.told(hearing)
    assert [one.event_type for one in told] == ["canvas.workflow.started", "workflow.error", "canvas.workflow.error"]
    body = json.loads(told[1].payload)
    assert body["version"] == 1
    assert body["data"]["run"]["state"] == "failed"
    assert [each["state"] for each in body["data"]["steps"]] == ["failed", "passed_by", "completed"]
    assert body["data"]["error"] == {
        "type": "Rejected", "code": "Rejected", "message": run.said, "hint": "", "step": "a",
        "marketplace_response": "title: 61 > 60", "findings": [], "retry_count": 0,
    }  # fmt: skip


async def test_others_are_told_of_the_beginning_and_the_end_in_order(rig: WorkflowRig) -> None:
    await rig.add(2)
    hearing = await rig.listen()
    run = await rig.do(step("a"))
    told = await rig.told(hearing)
    assert [one.event_type for one in told] == ["canvas.workflow.started", "workflow.completed"]
    assert {one.subject for one in told} == {f"workflow_run:{run.id}"}
    started, ended = (json.loads(one.payload)["data"] for one in told)
    assert (started["run"]["state"], started["run"]["products"], started["run"]["finished_at"]) == ("running", 2, None)
    assert (ended["run"]["state"], ended["workflow"]["name"]) == ("completed", "Night")
    assert ended["steps"][0]["completed"] == 2
    assert "error" not in ended


async def test_a_cancelled_run_ends_its_batches_and_begins_nothing(rig: WorkflowRig) -> None:
    await rig.add(9)
    hearing = await rig.listen()
    rig.gate = asyncio.Event()
    workflow = await rig.save(step("a"), step("b", "a"))
    run_id = await rig.workflows.run(workflow.id)
    await rig.until(lambda runs: runs[0].step("a").batch_id is not None)
    await rig.workflows.cancel_run(run_id)
    rig.gate.set()
    run = await rig.end(run_id)
    assert (run.state, states(run)["b"]) == (RunState.CANCELLED, "cancelled")
    assert (await rig.batches())[0].cancelled > 0
    assert not [entry for entry in rig.ran if entry[0] == "b"]
    assert [one.event_type for one in await rig.told(hearing)] == ["canvas.workflow.started"]
    await rig.workflows.cancel_run(run_id)
    assert (await rig.workflows.run_detail(run_id)).state is RunState.CANCELLED


async def test_a_paused_run_rests_and_goes_on(rig: WorkflowRig) -> None:
    await rig.add(9)
    rig.gate = asyncio.Event()
    workflow = await rig.save(step("a"), step("b", "a"))
    run_id = await rig.workflows.run(workflow.id)
    await rig.until(lambda runs: runs[0].step("a").batch_id is not None)
    await rig.workflows.pause_run(run_id)
    rig.gate.set()
    await rig.engine.wait_idle()
    (run,) = await rig.settled()
    assert run.state is RunState.PAUSED
    assert len(rig.ran) < 9
    assert states(run) == {"a": "running", "b": "waiting"}
    await rig.workflows.resume_run(run_id)
    run = await rig.end(run_id)
    assert (run.state, len(rig.ran)) == (RunState.COMPLETED, 18)


async def test_a_run_that_was_paused_between_two_steps_does_not_begin_the_next(rig: WorkflowRig) -> None:
    (one,) = await rig.add(1)
    rig.gate = asyncio.Event()
    workflow = await rig.save(step("a"), step("b", "a"))
    run_id = await rig.workflows.run(workflow.id)
    await rig.until(lambda runs: runs[0].step("a").batch_id is not None)
    assert await rig.runs.switch(run_id, RunState.PAUSED)  # the run alone: its batch goes on
    rig.gate.set()
    await rig.until(lambda runs: runs[0].step("a").state is StepState.COMPLETED)
    (run,) = await rig.settled()
    assert states(run)["b"] == "waiting"
    assert rig.ran == [("a", one, None)]


async def test_products_are_those_chosen_or_those_of_the_scope(rig: WorkflowRig) -> None:
    one, two = await rig.add(2)
    run = await rig.do(step("a"), products=(two, ProductId(99)))
    assert (run.products, rig.ran) == (1, [("a", two, None)])
    workflow = await rig.save(step("b"), scope=ProductScope(search="lamp-1"))
    await rig.end(await rig.workflows.run(workflow.id))
    assert rig.ran[1:] == [("b", one, None)]
    nothing = await rig.save(step("c"), scope=ProductScope(status="published"))
    with pytest.raises(UserMistake, match="no product"):
        await rig.workflows.run(nothing.id)


async def test_a_removed_product_drops_out_and_a_removed_workflow_goes_on(rig: WorkflowRig) -> None:
    one, two = await rig.add(2)
    rig.gate = asyncio.Event()
    workflow = await rig.save(step("a"), step("b", "a"))
    run_id = await rig.workflows.run(workflow.id)
    await rig.until(lambda runs: runs[0].step("a").batch_id is not None)
    await rig.workflows.remove(workflow.id)
    assert await rig.workflows.all() == []
    await rig.products.delete([one])
    rig.gate.set()
    run = await rig.end(run_id)
    assert run.state is RunState.COMPLETED
    assert [entry for entry in rig.ran if entry[0] == "b"] == [("b", two, None)]


async def test_a_workflow_that_cannot_run_is_neither_saved_nor_run(rig: WorkflowRig) -> None:
    await rig.add(1)
    (account,) = await rig.add_accounts(1)
    with pytest.raises(UserMistake, match="has no account"):
        await rig.save(step("a", kind="remote"))
    workflow = await rig.save(step("a", kind="remote", account_ids=(account,)))
    rig.account_ids.clear()
    with pytest.raises(UserMistake, match="no longer connected"):
        await rig.workflows.run(workflow.id)
    assert await rig.workflows.runs() == []
    assert [finding.field for finding in rig.workflows.check(workflow)] == ["steps.a.account_ids"]


async def test_an_export_finds_its_accounts_in_another_workspace(rig: WorkflowRig, tmp_path: Path) -> None:
    first, second = await rig.add_accounts(2)
    workflow = await rig.save(
        step("a", kind="remote", account_ids=(second,), when=when(f"live:{second}", Operator.IS, "no"))
    )
    form = json.loads(json.dumps(await rig.workflows.export(workflow.id)))
    async with open_rig(tmp_path / "other.mmhub") as other:
        await other.add_accounts(1)
        assert (await other.workflows.read_export(form)).steps[0].account_ids == (AccountId(1),)
        await other.add_accounts(2)  # Shop 0 and Shop 1 as 2 and 3: the label decides now
        read = await other.workflows.read_export(form)
        assert (read.steps[0].account_ids, read.steps[0].when[0].field) == ((AccountId(3),), "live:3")
        assert (await other.workflows.save(read)).id == 1
    assert first != second
    with pytest.raises(UserMistake, match="damaged"):
        await rig.workflows.read_export({"name": "x"})
    with pytest.raises(UserMistake, match="newer version"):
        await rig.workflows.read_export({**form, "form": 99})


async def test_an_old_run_keeps_its_counts_and_loses_its_list_of_products(rig: WorkflowRig) -> None:
    await rig.add(3)
    run = await rig.do(step("a"))
    store = RetentionStore(rig.db)
    ended = to_ms(run.finished_at) or 0
    batch_ended = to_ms((await rig.batches())[0].finished_at) or 0

    def listed(connection: Connection) -> int:
        return connection.exec_driver_sql("SELECT count(*) FROM workflow_run_product").scalar_one()

    assert await store.clear_some(ended, 100) is None  # not old enough
    assert await rig.db.read(listed) == 3
    assert [await store.clear_some(ended + 1, 2) for _ in range(3)] == [2, 1, None]
    assert batch_ended > ended  # by the rig's clock: the batch is not cleared here
    assert await rig.workflows.run_detail(run.id) == run
