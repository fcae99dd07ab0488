"""Commands about the seller's own goods: find and list products."""

from dataclasses import replace

import click

from mmhub_desktop.cli.face import Face, opened, run, table
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.domain.product_filter import parse
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.errors import UserMistake


@click.command()
@click.option("--find", "--search", "words", default="", help="Words of title, SKU, brand, GTIN or source id.")
@click.option("--typos", is_flag=True, help="Where nothing fits, take near words.")
@click.option("--filter", "filters", multiple=True, help="As price>10, brand=Bosch, title~lamp, state:1=live, cost!")
@click.option("--status", type=click.Choice([status.value for status in ProductStatus]))
@click.option(
    "--sort", "order", default="",
    help="As price, or -price downwards; also state:1, ready:1, attribute:Colour. Best match, or by SKU.",
)  # fmt: skip
@click.option("--limit", default=50, show_default=True)
@click.option("--count", "only_count", is_flag=True, help="Only say how many there are.")
@click.pass_obj
def products(
    face: Face, words: str, typos: bool, filters: tuple[str, ...], status: str | None, order: str, limit: int,
    only_count: bool,
) -> int:  # fmt: skip
    """List products."""

    async def work() -> None:
        query = _sorted(
            ProductQuery(
                text=words,
                typos=typos,
                filters=tuple(parse(line) for line in filters),
                statuses=frozenset({ProductStatus(status)}) if status else frozenset(),
            ),
            order or (ProductSort.BEST_MATCH if words else ProductSort.SKU),
        )
        async with opened(face) as workspace:
            if typos:
                await workspace.search.catch_up()  # near words are known from the index
            if only_count:
                count = len(await workspace.products.ids(query))
                face.say({"count": count}, lambda: f"{count:,} product{'' if count == 1 else 's'}")
                return
            found = await workspace.products.page(await workspace.products.first_ids(query, limit))
            face.say(
                found,
                lambda: table(
                    ("SKU", "Title", "Price", "Quantity", "Status", "Quality"),
                    ((p.sku, p.title, p.price, p.quantity, p.status.value, p.quality) for p in found),
                ),
            )

    return run(work())


def _sorted(query: ProductQuery, order: str) -> ProductQuery:
    """The query with the order that was asked for. UserMistake when there is no such order."""
    name, _, about = order.removeprefix("-").partition(":")
    query = replace(query, descending=order.startswith("-"))
    if name in ("state", "ready") and about.isdecimal():
        account = AccountId(int(about))
        return replace(query, sort_account=account) if name == "state" else replace(query, sort_ready=account)
    if name == "attribute" and about:
        return replace(query, sort_attribute=about)
    if name in set(ProductSort) and not about:
        return replace(query, sort=ProductSort(name))
    raise UserMistake(
        f"Products cannot be sorted by “{order.removeprefix('-')}”.",
        hint=f"Sort by one of: {', '.join(ProductSort)}; or state:<account>, ready:<account>, attribute:<name>.",
    )
