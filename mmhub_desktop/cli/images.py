"""Commands about products' images: fetch, broken, fix, similar, and the host for those that are fetched from us."""

from typing import Any

import click

from mmhub_desktop.actions.picture_fixing import FixOptions, work_options
from mmhub_desktop.catalog.image_host import ImageHost
from mmhub_desktop.cli.face import EXIT_WORK_FAILED, Face, opened, run, table
from mmhub_desktop.cli.work import choose_products, submit_work
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.marketplaces.base import installed_marketplaces
from mmhub_desktop.workspace import Workspace


@click.group()
def images() -> None:
    """Images of products: fetch and keep what is behind links, list what is broken, fix for a marketplace, compare."""


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


@images.command("fix")
@choose_products
@click.option("--marketplace", required=True, help="Its name, such as ebay.")
@click.option("--square", is_flag=True, help="Pad every picture to a square on white.")
@click.option("--keep-notes", is_flag=True, help="Keep what the camera wrote into pictures (place, time, device).")
@click.pass_obj
def fix_pictures(face: Face, /, marketplace: str, square: bool, keep_notes: bool, **choice: Any) -> int:
    """Make copies of pictures as a marketplace wants them, used there alone. The pictures stay as they are."""
    declared = installed_marketplaces().things.get(marketplace)
    if declared is None:
        known = ", ".join(installed_marketplaces().things)
        raise UserMistake(f"There is no marketplace “{marketplace}”.", hint=f"Marketplaces are {known}.")
    options = work_options(declared, FixOptions(square, not keep_notes))
    return submit_work(face, "fix_pictures", choice, None, options)


@images.command()
@click.pass_obj
def similar(face: Face) -> int:
    """Pictures of different products that look the same, as far as they were looked at; looks at new ones first."""

    async def work() -> None:
        async with opened(face) as workspace:
            await workspace.readiness.looking.look_at_all()
            found = await workspace.similar_pictures.find()
            rows = [
                {"group": number, "sku": use.sku, "image": use.source}
                for number, group in enumerate(found.groups, start=1)
                for use in group.uses
            ]
            face.say(
                rows,
                lambda: (
                    table(("Group", "SKU", "Image"), ((row["group"], row["sku"], row["image"]) for row in rows))
                    if rows
                    else f"No similar pictures among {found.compared:,}."
                ),
            )

    return run(work())


@images.group()
def host() -> None:
    """The bucket of your own for marketplaces that fetch pictures; set up in the settings."""


async def _host(workspace: Workspace) -> ImageHost:
    found = await workspace.image_host()
    if found is None:
        raise UserMistake("No image host is set up.", hint="Open Settings, Image host, in the window.")
    return found


@host.command("test")
@click.pass_obj
def test_host(face: Face) -> int:
    """Upload a small picture, fetch it as a marketplace would, and remove it."""

    async def work() -> None:
        async with opened(face) as workspace:
            found = await _host(workspace)
            await found.test()
            face.say({"works": True}, lambda: f"The image host works: {found.bucket.public_url}")

    return run(work())


@host.command("list")
@click.pass_obj
def list_hosted(face: Face) -> int:
    """Every picture that this program has put there."""

    async def work() -> None:
        async with opened(face) as workspace:
            found = [image async for image in (await _host(workspace)).images()]
            face.say(
                found,
                lambda: (
                    table(("Address", "Bytes"), ((image.url, image.size) for image in found))
                    if found
                    else "There are no pictures of this program."
                ),
            )

    return run(work())


@host.command("delete")
@click.argument("addresses", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that this program has put there.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def delete_hosted(face: Face, /, addresses: tuple[str, ...], **how: bool) -> int:
    """Remove pictures; listings that show them lose them."""

    async def work() -> None:
        async with opened(face) as workspace:
            found = await _host(workspace)
            names = [image.url async for image in found.images()] if how["everything"] else list(addresses)
            if not names:
                raise UserMistake("No picture is named.", hint="Give addresses, or --all.")
            if not how["yes"]:
                click.confirm(f"Remove {len(names)} pictures from the image host?", abort=True, err=True)
            deleted = await found.delete(names)
            face.say({"deleted": deleted}, lambda: f"{deleted} removed.")

    return run(work())
