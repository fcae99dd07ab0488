"""Commands about changes: the history, taking one back, doing it again."""

import click

from mmhub_desktop.cli.face import EXIT_WORK_FAILED, Face, opened, run, table
from mmhub_desktop.domain.history import KIND_LABELS, HistoryEntry, Undone
from mmhub_desktop.domain.ids import EntryId, ProductId
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.workspace import Workspace

_REFUSALS_SHOWN = 20


@click.command(short_help="List changes to products, newest first.")
@click.option("--product", "sku", help="Only changes of the product with this SKU.")
@click.option("--limit", default=30, show_default=True, help="Changes shown in words; JSON shows all.")
@click.pass_obj
def history(face: Face, sku: str | None, limit: int) -> int:
    """List changes to products, newest first: what, who, when, how many products, and whether it stands."""

    async def work() -> None:
        async with opened(face) as workspace:
            store = workspace.history
            ids = await store.ids(await _product(workspace, sku) if sku else None)
            entries = await store.page(ids if face.as_json else ids[:limit])
            face.say(entries, lambda: _listed(entries) if entries else "No product was changed yet.")

    return run(work())


@click.command(short_help="Take back a change.")
@click.argument("number", type=int, required=False)
@click.pass_obj
def undo(face: Face, number: int | None) -> int:
    """Take back a change: the newest, or the one with this number (see “mmhub history”).

    What was changed since stays, and is listed with the reason; then the exit code is 7.
    """

    async def work() -> int:
        async with opened(face) as workspace:
            entry = await _choose(workspace, number, redo=False)
            return _tell(face, await workspace.history.undo(entry.id), "Undone")

    return run(work())


@click.command(short_help="Do again what was undone.")
@click.argument("number", type=int, required=False)
@click.pass_obj
def redo(face: Face, number: int | None) -> int:
    """Do again what was undone last, or the change with this number."""

    async def work() -> int:
        async with opened(face) as workspace:
            entry = await _choose(workspace, number, redo=True)
            return _tell(face, await workspace.history.redo(entry.id), "Done again")

    return run(work())


async def _product(workspace: Workspace, sku: str) -> ProductId:
    product = await workspace.products.by_sku(sku)
    if product is None:
        raise UserMistake(f"There is no product with the SKU “{sku}”.", hint="See “mmhub products”.")
    return product.id


async def _choose(workspace: Workspace, number: int | None, *, redo: bool) -> HistoryEntry:
    store = workspace.history
    if number is not None:
        entry = await store.get(EntryId(number))
        if entry is None:
            raise UserMistake(f"There is no change {number}.", hint="“mmhub history” lists them with their numbers.")
        return entry
    entry = await (store.next_redo() if redo else store.next_undo())
    if entry is None:
        what = "There is nothing to do again." if redo else "There is nothing to undo."
        raise UserMistake(what, hint="“mmhub history” lists all changes; name one by its number.")
    return entry


def _tell(face: Face, done: Undone, what: str) -> int:
    def words() -> str:
        lines = [f"{what}: {done.entry.label} ({done.products:,} product{'' if done.products == 1 else 's'})."]
        if done.refused:
            named = done.refusals[:_REFUSALS_SHOWN]
            lines.append(f"{done.refused:,} stayed as they were:")
            lines += [
                f"  {one.sku or 'a deleted product'}{f', {one.field}' if one.field else ''}: {one.message}"
                for one in named
            ]
        return "\n".join(lines)

    face.say(done, words)
    return EXIT_WORK_FAILED if done.refused else 0


def _listed(entries: list[HistoryEntry]) -> object:
    return table(
        ("No.", "When", "Who", "Kind", "What", "Products", "State"),
        (
            (
                entry.id, f"{entry.at.astimezone():%d %b %Y, %H:%M}", entry.actor, KIND_LABELS[entry.kind], entry.label,
                f"{entry.products:,}",
                entry.state.value.replace("_", " ") + (f", {entry.refused:,} stayed" if entry.refused else ""),
            )
            for entry in entries
        ),
    )  # fmt: skip
