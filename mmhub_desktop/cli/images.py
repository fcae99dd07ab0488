"""Commands about the images behind products' links: images fetch, images broken."""

from typing import Any

import click

from mmhub_desktop.cli.face import EXIT_WORK_FAILED, Face, opened, run, table
from mmhub_desktop.cli.work import choose_products, submit_work


@click.group()
def images() -> None:
    """Images that products name by a link: fetch and keep them, list what is broken."""


@images.command()
@choose_products
@click.pass_obj
def fetch(face: Face, /, **choice: Any) -> int:
    """Fetch new and changed images and keep them, so that publishing needs no other host."""
    return submit_work(face, "import_images", choice, None, {})


@images.command()
@click.option("--limit", default=1_000, show_default=True, type=click.IntRange(1), help="At most so many.")
@click.pass_obj
def broken(face: Face, limit: int) -> int:
    """Links that were broken when they were last fetched, with the reason. Exit code 7 when there are any."""

    async def work() -> int:
        async with opened(face) as workspace:
            found = await workspace.images.store.broken(limit)
            rows = [
                {"sku": sku, "url": image.url, "rule": image.rule, "message": image.message, "fix": image.fix,
                 "has_copy": bool(image.content), "checked_at": image.checked_at}
                for sku, image in found
            ]  # fmt: skip
            face.say(
                rows,
                lambda: (
                    table(("SKU", "Link", "Reason"), ((sku, image.url, image.message) for sku, image in found))
                    if found
                    else "No broken image links are known."
                ),
            )
            return EXIT_WORK_FAILED if found else 0

    return run(work())
