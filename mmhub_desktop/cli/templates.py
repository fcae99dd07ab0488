"""Commands for import templates: list, rename, delete. They are saved by ``mmhub import --save-template``."""

import click

from mmhub_desktop.cli.face import Face, opened, run, table


@click.group()
def templates() -> None:
    """Import templates: how the columns of a kind of file are read."""


@templates.command("list")
@click.pass_obj
def list_templates(face: Face) -> int:
    """All templates, the ones used last first."""

    async def work() -> None:
        async with opened(face) as workspace:
            found = await workspace.import_templates.all()
            face.say(
                found,
                lambda: table(
                    ("Template", "Columns", "Used"),
                    (
                        (each.name, len(each.header), f"{each.used_at:%Y-%m-%d %H:%M}" if each.used_at else "never")
                        for each in found
                    ),
                ),
            )

    return run(work())


@templates.command("rename")
@click.argument("name")
@click.argument("new_name")
@click.pass_obj
def rename_template(face: Face, name: str, new_name: str) -> int:
    """Give a template another name."""

    async def work() -> None:
        async with opened(face) as workspace:
            store = workspace.import_templates
            await store.rename(await store.by_name(name), new_name)
            renamed = await store.by_name(new_name)
            face.say(renamed, lambda: f"The template is called “{renamed.name}” now.")

    return run(work())


@templates.command("delete")
@click.argument("name")
@click.pass_obj
def delete_template(face: Face, name: str) -> int:
    """Forget a template; imports that were made with it stay as they are."""

    async def work() -> None:
        async with opened(face) as workspace:
            found = await workspace.import_templates.by_name(name)
            await workspace.import_templates.delete(found)
            face.say(found, lambda: f"The template “{found.name}” is deleted.")

    return run(work())
