"""Commands about the seller's own goods: import a file, list products."""

import asyncio
from pathlib import Path

import click

from mmhub_desktop.catalog.dry_run import DryRun, dry_run
from mmhub_desktop.catalog.plan import ImportPlan, plan_from
from mmhub_desktop.catalog.reading import inspect
from mmhub_desktop.cli.face import Face, opened, run, table
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.events import ImportProgressed
from mmhub_desktop.workspace import Workspace


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", "only_look", is_flag=True, help="Say what would happen and write nothing.")
@click.option("--currency", default="", help="Currency of prices that name none, such as EUR.")
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="QUESTION=ANSWER",
    help="Answer what the file leaves open, or correct a column: number:3=comma, column:5=title, sku=0.",
)
@click.option("--encoding", default="", help="Characters of the file, when they were not recognised.")
@click.option("--delimiter", default="", help="Column separator, when it was not recognised.")
@click.pass_obj
def import_command(
    face: Face, file: Path, only_look: bool, currency: str, answers: tuple[str, ...], encoding: str, delimiter: str
) -> int:
    """Import products from a CSV, TSV or semicolon file; rows with a known SKU are updated."""

    async def work() -> None:
        given = dict(answer.partition("=")[::2] for answer in answers)
        if currency:
            given["currency"] = currency
        reading = await asyncio.to_thread(inspect, file, encoding=encoding, delimiter=delimiter)
        plan = plan_from(reading, given)
        async with opened(face) as workspace:
            if only_look:
                found = await dry_run(plan, workspace.path)
                face.say(found, lambda: _dry_run_table(found))
            else:
                await _import(face, workspace, plan)

    return run(work())


def _dry_run_table(found: DryRun) -> object:
    counts = found.counts
    rows = [("new", counts.new), ("changed", counts.changed), ("same", counts.same), ("refused", counts.refused)]
    rows += [(f"  {reason.reason}", reason.rows) for reason in found.reasons]
    return table(("Rows", ""), rows)


async def _import(face: Face, workspace: Workspace, plan: ImportPlan) -> None:
    with face.progress() as bar:
        line = bar.add_task(f"Import {plan.path.name}", total=plan.estimated_rows, note="")

        def show(event: ImportProgressed) -> None:
            note = f"{event.rows_per_second:,.0f} rows/s"
            bar.update(line, completed=event.counts.rows, total=max(event.total_rows, event.counts.rows), note=note)

        job = await (await workspace.import_file(plan, show)).result()
    counts = job.counts
    refused = f" Refused rows with their reasons: {job.refused_file}" if job.refused_file else ""
    face.say(
        job,
        lambda: (
            f"{job.file_name}: {counts.new:,} new, {counts.changed:,} changed, {counts.same:,} the same, "
            f"{counts.refused:,} refused.{refused}"
        ),
    )


@click.command()
@click.option("--search", default="", help="Part of a title or SKU.")
@click.option("--status", type=click.Choice([status.value for status in ProductStatus]))
@click.option("--sort", type=click.Choice([sort.value for sort in ProductSort]), default=ProductSort.SKU.value)
@click.option("--limit", default=50, show_default=True)
@click.pass_obj
def products(face: Face, search: str, status: str | None, sort: str, limit: int) -> int:
    """List products."""

    async def work() -> None:
        statuses = frozenset({ProductStatus(status)}) if status else frozenset()
        query = ProductQuery(text=search, statuses=statuses, sort=ProductSort(sort), descending=False)
        async with opened(face) as workspace:
            found = await workspace.products.page(await workspace.products.first_ids(query, limit))
            face.say(
                found,
                lambda: table(
                    ("SKU", "Title", "Price", "Quantity", "Status", "Quality"),
                    ((p.sku, p.title, p.price, p.quantity, p.status.value, p.quality) for p in found),
                ),
            )

    return run(work())
