"""Commands about the workspace file itself."""

import click

from mmhub_desktop.cli.face import Face, opened, plain, run, table


@click.group()
def workspace() -> None:
    """The workspace file: info, check."""


@workspace.command()
@click.pass_obj
def info(face: Face) -> int:
    """Where the workspace is and what it holds; creates it when it does not exist."""

    async def work() -> None:
        async with opened(face) as open_workspace:
            about = {
                "path": open_workspace.path,
                "size_bytes": open_workspace.path.stat().st_size,
                "products": await open_workspace.products.counts(),
                "jobs": await open_workspace.jobs.counts(),
                "accounts": [account.label for account in await open_workspace.accounts.all()],
            }
            face.say(about, lambda: table(("", ""), ((key, _in_words(value)) for key, value in about.items())))

    return run(work())


def _in_words(value: object) -> object:
    """Counts and lists on one line; of counts only what there is."""
    told = plain(value)
    if isinstance(told, dict):
        return ", ".join(f"{number} {name}" for name, number in told.items() if number) or "none"
    return (", ".join(told) or "none") if isinstance(told, list) else value


@workspace.command()
@click.pass_obj
def check(face: Face) -> int:
    """Read the whole file and look for damage."""

    async def work() -> None:
        async with opened(face) as open_workspace:
            await open_workspace.db.check()
            path = open_workspace.path
            face.say({"path": path, "ok": True}, lambda: f"{path} is whole.")

    return run(work())
