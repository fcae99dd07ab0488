"""Commands about the seller's own goods: list products."""

import click

from mmhub_desktop.cli.face import Face, opened, run, table
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort


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
