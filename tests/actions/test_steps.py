"""The program's own steps on a whole shop, and a step that another package adds by entry point."""

import asyncio
import csv
import json
from pathlib import Path

import pytest

from mmhub_desktop.actions import ACTIONS
from mmhub_desktop.actions.steps import STEPS, installed_steps
from mmhub_desktop.catalog.plan import plan_from
from mmhub_desktop.catalog.reading import inspect
from mmhub_desktop.domain.ids import SubscriptionId, WorkflowId
from mmhub_desktop.domain.webhook import AVAILABLE, Subscription
from mmhub_desktop.domain.workflow import Condition, Operator, Trigger, Workflow, WorkflowStep
from mmhub_desktop.domain.workflow_facts import ON_IMPORT
from mmhub_desktop.domain.workflow_run import RunState
from mmhub_desktop.events import Notice, WorkflowsChanged
from mmhub_desktop.store.outbox import OutboxStore
from tests.fakes.shop import Shop, lamp, open_shop

STEP = """
from mmhub_desktop.domain.step_kind import Ended, FieldType, OptionField, StepKind

async def label(context):
    limit = context.options["limit"]
    products = await context.parts.products.get_many(context.product_ids)
    return Ended({one.id: "The SKU is too long for a label." for one in products if len(one.sku) > limit})

LIMIT = OptionField("limit", "Longest SKU", FieldType.NUMBER, default=8)
KIND = StepKind("label", "Print labels", label, "tag", fields=(LIMIT,))
NOT_ONE = "a text"
TAKEN = StepKind("publish", "Mine", label)
"""


def install(folder: Path, name: str, points: str) -> None:
    """A package as an installer leaves it: a module and its .dist-info."""
    (folder / "foreign_steps.py").write_text(STEP, encoding="utf-8")
    about = folder / f"{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(f"[mmhub_desktop.workflow_steps]\n{points}\n", encoding="utf-8")


async def do(shop: Shop, *steps: WorkflowStep) -> RunState:
    workflows = shop.workspace.workflows
    saved = await workflows.save(Workflow(WorkflowId(0), "Night", steps))
    run = await asyncio.wait_for(workflows.wait_run(await workflows.run(saved.id)), 30)
    return run.state


def test_each_action_that_works_on_products_is_a_step() -> None:
    of_products = {action.name: action.per_account for action in ACTIONS.values() if action.about is None}
    assert {kind.name: kind.needs_accounts for kind in STEPS.values()} == {
        **of_products, "webhook": False, "wait": False,
    }  # fmt: skip


async def test_enhance_publish_side_by_side_and_tell(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.workspace.workflows.start()
        outbox = OutboxStore(shop.workspace.db)
        hearing = await outbox.add(Subscription(SubscriptionId(0), "http://127.0.0.1:9/hook", AVAILABLE))
        await shop.add(lamp(1), lamp(2), lamp(3, images=(), original=lamp().original))
        state = await do(
            shop,
            WorkflowStep("enhance", "enhance"),
            WorkflowStep(
                "publish", "publish", after=("enhance",), when=(Condition("quality", Operator.AT_LEAST, "30"),),
                account_ids=(shop.account.id,),
            ),
            WorkflowStep(
                "live", "sync", after=("publish",), account_ids=(shop.account.id,),
                when=(Condition(f"live:{shop.account.id}", Operator.IS, "yes"),),
            ),
            WorkflowStep("tell", "webhook", after=("live",), options={"message": "all live"}),
        )  # fmt: skip
        assert state is RunState.COMPLETED
        (run,) = await shop.workspace.workflows.runs()
        assert run.step("live").completed == run.step("publish").completed > 0
        told = sorted(await outbox.messages(hearing.id), key=lambda one: one.id)
        about_it = [one for one in told if "workflow" in one.event_type]
        assert [one.event_type for one in about_it] == [
            "canvas.workflow.started", "workflow.message", "workflow.completed",
        ]  # fmt: skip
        message = json.loads(about_it[1].payload)["data"]
        assert message["message"] == "all live"
        assert message["step"] == {"key": "tell", "products": run.step("live").completed}


async def test_a_real_import_starts_a_workflow(tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([["SKU", "Title"], ["A-1", "Lamp one"], ["A-2", "Lamp two"]])
    async with open_shop(tmp_path) as shop:
        workflows = shop.workspace.workflows
        await workflows.start()
        await workflows.save(
            Workflow(WorkflowId(0), "New goods", (WorkflowStep("enhance", "enhance"),), Trigger(ON_IMPORT))
        )
        moved = asyncio.Event()
        shop.workspace.bus.subscribe(WorkflowsChanged, lambda _: moved.set())
        plan = plan_from(await asyncio.to_thread(inspect, file))
        await (await shop.workspace.import_file(plan)).result()
        async with asyncio.timeout(30):
            while not (runs := await workflows.runs()) or not runs[0].state.is_final:
                await moved.wait()
                moved.clear()
        assert [(run.cause, run.products) for run in runs] == [("import of new.csv", 2)]


async def test_a_step_of_another_package_works_like_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    install(
        folder, "foreign",
        "label = foreign_steps:KIND\nbroken = foreign_steps:MISSING\nwrong = foreign_steps:NOT_ONE\n"
        "same = foreign_steps:TAKEN",
    )  # fmt: skip
    monkeypatch.syspath_prepend(str(folder))
    found = installed_steps()
    assert found.things["label"].label == "Print labels"
    assert found.things["publish"] is STEPS["publish"]
    assert [words.split("”")[0] for words in sorted(found.broken)] == [
        "The workflow step “broken", "The workflow step “same", "The workflow step “wrong",
    ]  # fmt: skip

    notices: list[Notice] = []
    async with open_shop(tmp_path) as shop:
        shop.workspace.bus.subscribe(Notice, notices.append)
        await shop.workspace.workflows.start()
        assert [notice.level for notice in notices] == ["warn"] * 3
        await shop.add(lamp(1), lamp(2, sku="A-MUCH-TOO-LONG-ONE"))
        state = await do(shop, WorkflowStep("label", "label"), WorkflowStep("enhance", "enhance", after=("label",)))
        assert state is RunState.COMPLETED
        (run,) = await shop.workspace.workflows.runs()
        assert (run.step("label").said, run.step("label").failed) == ("The SKU is too long for a label.", 1)
        assert run.step("enhance").products == 1
        bad = Workflow(WorkflowId(0), "X", (WorkflowStep("label", "label", options={"limit": "many"}),))
        assert [finding.field for finding in shop.workspace.workflows.check(bad)] == ["steps.label.options.limit"]

    monkeypatch.undo()
    async with open_shop(tmp_path) as shop:  # the package is gone: it is said, and nothing else breaks
        kept = (await shop.workspace.workflows.all())[0]
        assert "does not have: “label”" in shop.workspace.workflows.check(kept)[0].message


async def test_a_wait_lasts_as_long_as_it_says(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        workflows = shop.workspace.workflows
        await workflows.start()
        await shop.add(lamp(1))
        moved = asyncio.Event()
        shop.workspace.bus.subscribe(WorkflowsChanged, lambda _: moved.set())
        saved = await workflows.save(
            Workflow(WorkflowId(0), "Later", (WorkflowStep("wait", "wait", options={"minutes": 30}),))
        )
        run_id = await workflows.run(saved.id)
        async with asyncio.timeout(20):
            while (step := (await workflows.run_detail(run_id)).step("wait")).ready_at is None:
                await moved.wait()
                moved.clear()
        assert step.started_at is not None
        assert abs((step.ready_at - step.started_at).total_seconds() - 1800) < 5
        assert step.said.startswith("Waits until ")
        await workflows.cancel_run(run_id)
        run = await asyncio.wait_for(workflows.wait_run(run_id), 20)
        assert run.state is RunState.CANCELLED
