"""Commands that put work in, and look after it: enhance, publish, update, end, relist, sync, jobs."""

from collections.abc import Callable
from typing import Any

import click

from mmhub_desktop.cli.face import EXIT_WORK_FAILED, Face, follow, opened, run, table
from mmhub_desktop.cli.job_choice import choose_jobs, export, job_filter
from mmhub_desktop.cli.previews import send_preview, show_preview
from mmhub_desktop.cli.queue import causes, find_batch, priority, priority_of, retry_cause, skip, summary
from mmhub_desktop.domain.ids import AccountId, JobId, ProductId
from mmhub_desktop.domain.job import JobState, WorkRequest
from mmhub_desktop.domain.job_filter import ALL_JOBS, JobFilter
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.domain.product_query import ProductQuery
from mmhub_desktop.domain.workflow_run import RunState
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.workspace import Workspace

Command = Callable[..., Any]


def choose_products(command: Command) -> Command:
    """Options that say which products a command is about."""
    for option in (
        click.argument("skus", nargs=-1),
        click.option("--all", "everything", is_flag=True, help="Every product of the workspace."),
        click.option("--status", type=click.Choice([s.value for s in ProductStatus]), help="Products in this status."),
        click.option("--search", default="", help="Products whose title or SKU contains this."),
        click.option("--no-wait", is_flag=True, help="Only plan the work; it runs when the window opens."),
        click.option(
            "--priority",
            "level",
            default="normal",
            metavar="urgent|normal|low|NUMBER",
            show_default=True,
            help="What goes first within an account.",
        ),
    ):
        command = option(command)
    return command


async def chosen_products(
    workspace: Workspace, skus: tuple[str, ...], everything: bool, status: str | None, search: str
) -> tuple[ProductId, ...]:
    """The products named by SKU, or by ``--all``, ``--status`` and ``--search``."""
    if skus:
        found = [(sku, await workspace.products.by_sku(sku)) for sku in skus]
        missing = [sku for sku, product in found if product is None]
        if missing:
            raise UserMistake(f"There is no product with SKU {', '.join(missing)}.", hint="See “mmhub products”.")
        return tuple(product.id for _, product in found if product is not None)
    if not (everything or status or search):
        raise UserMistake("No products were named.", hint="Give SKUs, or --all, --status or --search.")
    statuses = frozenset({ProductStatus(status)}) if status else frozenset()
    ids = await workspace.products.ids(ProductQuery(text=search, statuses=statuses))
    if not ids:
        raise UserMistake("No product matches.", hint="See “mmhub products”.")
    return tuple(ProductId(number) for number in ids)


async def chosen_accounts(workspace: Workspace, labels: tuple[str, ...]) -> tuple[Account, ...]:
    """The accounts named by label or number; the only one there is when none is named."""
    present = await workspace.accounts.all()
    if not labels:
        if len(present) == 1:
            return (present[0],)
        hint = "Add one with “mmhub accounts add”." if not present else "Name it with --account."
        raise UserMistake("It is not clear which account is meant.", hint=hint)
    chosen = []
    for label in labels:
        found = [a for a in present if str(a.id) == label or a.label.casefold() == label.casefold()]
        if not found:
            raise UserMistake(f"There is no account “{label}”.", hint="See “mmhub accounts list”.")
        chosen.append(found[0])
    return tuple(chosen)


def submit_work(
    face: Face, action: str, choice: dict[str, Any], accounts: tuple[str, ...] | None, options: dict[str, Any]
) -> int:
    """Plan an action for the chosen products (``accounts`` None: a local one) and, unless asked not to, wait."""
    no_wait = bool(choice.pop("no_wait"))
    level = priority_of(choice.pop("level", "normal"))
    preview = bool(choice.pop("preview", False))
    if (from_preview := choice.pop("from_preview", None)) is not None:
        return send_preview(face, action, from_preview, level, wait=not no_wait)

    async def work() -> int:
        async with opened(face, run_jobs=not no_wait and not preview) as workspace:
            ids = await chosen_products(workspace, **choice)
            targets = () if accounts is None else await chosen_accounts(workspace, accounts)
            account_ids = tuple(AccountId(account.id) for account in targets)
            if action == "sync" and not choice["skus"]:
                ids = await _listed(workspace, ids, account_ids)
            if action == "relist" and not choice["skus"]:
                ids = await _ended(workspace, ids, account_ids)
            request = WorkRequest(action, ids, account_ids, options=options, priority=level)
            if preview:
                return await show_preview(face, workspace, request)
            batch_id = await workspace.submit(request)
            if no_wait:
                batch = (await workspace.jobs.batches([batch_id]))[0]
            else:
                batch = await follow(face, workspace, batch_id)
            face.say(batch, lambda: summary(batch))
            return EXIT_WORK_FAILED if batch.failed else 0

    return run(work())


async def _listed(
    workspace: Workspace, ids: tuple[ProductId, ...], account_ids: tuple[AccountId, ...]
) -> tuple[ProductId, ...]:
    """Those of the products that the accounts have listings of."""
    listed = {each for account_id in account_ids for each in await workspace.listings.products_listed(account_id)}
    kept = tuple(each for each in ids if each in listed)
    if not kept:
        raise UserMistake("None of these products is listed there.", hint="Publish or adopt them first.")
    return kept


async def _ended(
    workspace: Workspace, ids: tuple[ProductId, ...], account_ids: tuple[AccountId, ...]
) -> tuple[ProductId, ...]:
    """Those of the products that have a listing which has ended, or was switched off."""
    off = (ListingState.ENDED, ListingState.PAUSED)
    ended = {each for account_id in account_ids for each in await workspace.listings.products_listed(account_id, off)}
    kept = tuple(each for each in ids if each in ended)
    if not kept:
        raise UserMistake("No listing of these products has ended there.", hint="See “mmhub sync”.")
    return kept


@click.command(short_help="Write better titles, descriptions and keywords.")
@choose_products
@click.option("--marketplace", default="", help="Write for this marketplace's limits.")
@click.pass_obj
def enhance(face: Face, /, marketplace: str, **choice: Any) -> int:
    """Write better titles, descriptions and keywords beside the originals."""
    return submit_work(face, "enhance", choice, None, {"marketplace": marketplace} if marketplace else {})


def _account_command(action: str, words: str) -> click.Command:
    @click.command(action, help=words)
    @choose_products
    @click.option("--account", "accounts", multiple=True, help="Account label or number; repeat for several.")
    @click.pass_obj
    def command(face: Face, /, accounts: tuple[str, ...], **choice: Any) -> int:
        return submit_work(face, action, choice, accounts, {})

    return command


def _previewed_command(action: str, words: str) -> click.Command:
    command = _account_command(action, words)
    for option in (
        click.Option(["--preview"], is_flag=True, help="Show what would be sent of each listing; send nothing."),
        click.Option(["--from-preview"], type=int, help="Send just what this preview showed, by its number."),
    ):
        command.params.append(option)
    return command


publish = _previewed_command("publish", "Publish products and wait until they are live.")
update = _previewed_command("update", "Send changed prices, stock and texts to listings.")
end = _previewed_command("end", "End listings for good.")
relist = _account_command("relist", "List again what has ended, then send what the products say otherwise by now.")
sync = _account_command("sync", "Read what is live of listings and note what was changed there.")


@click.group()
def jobs() -> None:
    """Look after work: list, show, run what waits, causes, retry, pause, resume, cancel, priority, skip, export."""


@jobs.command("list")
@click.option("--limit", default=20, show_default=True)
@choose_jobs
@click.pass_obj
def list_jobs(face: Face, /, limit: int, **choice: Any) -> int:
    """The newest batches, all or those that have such jobs."""

    async def work() -> None:
        async with opened(face) as workspace:
            ids = await workspace.jobs.batch_ids(await job_filter(workspace, **choice))
            batches = await workspace.jobs.batches(ids[:limit])
            face.say(
                batches,
                lambda: table(
                    ("Batch", "Title", "State", "Done", "Failed", "Total"),
                    ((b.id, b.title, b.state.value, b.completed, b.failed, b.total) for b in batches),
                ),
            )

    return run(work())


@jobs.command()
@click.argument("batch_id", type=int)
@click.option("--state", type=click.Choice([s.value for s in JobState]), help="Only jobs in this state.")
@click.option("--limit", default=50, show_default=True)
@click.pass_obj
def show(face: Face, batch_id: int, state: str | None, limit: int) -> int:
    """One batch with its jobs and what went wrong."""

    async def work() -> None:
        async with opened(face) as workspace:
            batch = await find_batch(workspace, batch_id)
            only = JobFilter(frozenset({JobState(state)})) if state else ALL_JOBS
            found = await workspace.jobs.jobs((await workspace.jobs.job_ids(batch.id, only))[:limit])
            face.say(
                {"batch": batch, "jobs": found},
                lambda: table(
                    ("Job", "SKU", "State", "Steps", "Attempts", "Problem"),
                    (
                        (j.id, j.sku, j.state.value, f"{j.tasks_done}/{j.tasks_total}", j.attempts,
                         f"{j.problem.message} {j.problem.hint}" if j.problem else "")
                        for j in found
                    ),
                ),
            )  # fmt: skip

    return run(work())


@jobs.command("run")
@click.pass_obj
def run_waiting(face: Face) -> int:
    """Run everything that waits, workflows too, until nothing is left to do."""

    async def work() -> int:
        async with opened(face, run_jobs=True) as workspace:
            runs = [one for one in await workspace.workflows.open_runs() if one.state is RunState.RUNNING]
            waiting = [
                batch
                for batch in await workspace.jobs.batches(await workspace.jobs.batch_ids())
                if not batch.state.is_final and batch.state is not JobState.PAUSED
            ]
            finished = [await follow(face, workspace, batch.id) for batch in waiting]
            ended = [await workspace.workflows.wait_run(one.id) for one in runs]
            planned = {step.batch_id for one in ended for step in one.steps if step.batch_id is not None}
            finished += await workspace.jobs.batches(sorted(planned - {batch.id for batch in finished}))
            failed = sum(batch.failed for batch in finished)
            face.say(finished, lambda: "\n".join(map(summary, finished)) or "Nothing waits.")
            return EXIT_WORK_FAILED if failed else 0

    return run(work())


@jobs.command()
@click.argument("batch_id", type=int, required=False)
@click.option("--job", "job_id", type=int, help="Only this job of the batch.")
@click.option("--cause", "cause_key", help="All jobs that failed for this reason: see “mmhub jobs causes”.")
@click.pass_obj
def retry(face: Face, batch_id: int | None, job_id: int | None, cause_key: str | None) -> int:
    """Try the failed jobs of a batch, or of a cause, again; steps that are done are not repeated."""
    if (batch_id is None) == (cause_key is None):
        raise UserMistake("It is not clear what is to be tried again.", hint="Name a batch, or a cause with --cause.")

    async def work() -> int:
        async with opened(face, run_jobs=True) as workspace:
            if batch_id is None:
                return await retry_cause(face, workspace, cause_key or "")
            batch = await find_batch(workspace, batch_id)
            if job_id is None:
                await workspace.engine.retry_batch(batch.id)
            else:
                await workspace.engine.retry_job(JobId(job_id))
            batch = await follow(face, workspace, batch.id)
            face.say(batch, lambda: summary(batch))
            return EXIT_WORK_FAILED if batch.failed else 0

    return run(work())


def _control(name: str, words: str) -> None:
    @jobs.command(name, help=words)
    @click.argument("batch_id", type=int)
    @click.pass_obj
    def control(face: Face, batch_id: int) -> int:
        async def work() -> None:
            async with opened(face) as workspace:
                batch = await find_batch(workspace, batch_id)
                await getattr(workspace.engine, f"{name}_batch")(batch.id)
                batch = await find_batch(workspace, batch_id)
                face.say(batch, lambda: f"{batch.title}: {batch.state.value}.")

        return run(work())


_control("pause", "Let the running steps of a batch finish and start no more.")
_control("resume", "Go on with a paused batch.")
_control("cancel", "Give a batch up; what is done stays done.")


for _command in (causes, priority, skip, export):
    jobs.add_command(_command)
