"""The command that writes products into a file for other programs."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from mmhub_desktop.catalog.export import FORMATS
from mmhub_desktop.catalog.export.run import ExportRun
from mmhub_desktop.catalog.export.writing import ExportOrder
from mmhub_desktop.cli.face import Face, opened, run
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.errors import UserMistake


@click.command("export", short_help="Write products into a file.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice([each.name for each in FORMATS]),
    help="csv and xlsx hold every field; by default what the file's name says.",
)  # fmt: skip
@click.option("--search", default="", help="Only products with these words.")
@click.option("--status", type=click.Choice([status.value for status in ProductStatus]), help="Only with this status.")
@click.option("--sku", "skus", multiple=True, help="Only this product; may be given several times.")
@click.option(
    "--column", "columns", multiple=True, metavar="NAME",
    help="Only this column, such as sku, price, attribute:Material; may be given several times.",
)  # fmt: skip
@click.pass_obj
def export_command(
    face: Face, file: Path, form: str | None, search: str, status: str | None, skus: tuple[str, ...],
    columns: tuple[str, ...],
) -> int:  # fmt: skip
    """Write products into a file: everything, or those that the options choose. An older file is replaced."""
    target = file.expanduser().absolute()

    async def work() -> None:
        name = form or ("xlsx" if target.suffix.lower() == ".xlsx" else "csv")
        async with opened(face) as workspace:
            ids: tuple[int, ...] | None = None
            if skus:
                found = [(sku, await workspace.products.by_sku(sku)) for sku in skus]
                missing = [sku for sku, product in found if product is None]
                if missing:
                    raise UserMistake(
                        f"There is no product with the SKU “{missing[0]}”.", hint="“mmhub products” lists them."
                    )
                ids = tuple(product.id for _, product in found if product is not None)
            elif search or status:
                statuses = frozenset({ProductStatus(status)}) if status else frozenset()
                query = ProductQuery(text=search, statuses=statuses, sort=ProductSort.SKU, descending=False)
                ids = tuple(await workspace.products.ids(query))
            with face.progress() as bar:
                line = bar.add_task(f"Export {target.name}", total=None, note="")
                order = ExportOrder(name, str(target), ids, columns)
                running = ExportRun(
                    workspace.path, order, lambda done, total: bar.update(line, completed=done, total=total)
                )
                try:
                    end = await running.result()
                finally:
                    await running.stop()
        if end is not None:
            told: dict[str, Any] = {"file": str(target), "format": name, **asdict(end)}
            left_out = "".join(f"\nLeft out: {count:,} {words}." for words, count in end.left_out.items())
            face.say(told, lambda: f"{target}: {_count(end.products, 'product')}, {_count(end.rows, 'row')}.{left_out}")

    return run(work())


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
