"""The command ``drift``: where listings show something else than the products say, and accepting a side."""

import click

from mmhub_desktop.cli.face import EXIT_WORK_FAILED, Face, follow, opened, run, table
from mmhub_desktop.cli.work import chosen_accounts
from mmhub_desktop.workspace import Workspace


@click.command()
@click.option("--account", help="Only this account, by label or number.")
@click.option("--limit", default=50, show_default=True, help="Differences shown in words; JSON shows all.")
@click.option("--accept", type=click.Choice(["ours", "theirs"]), help="Send ours, or take the live values over.")
@click.pass_obj
def drift(face: Face, account: str | None, limit: int, accept: str | None) -> int:
    """Show where listings differ from the products, as far as they were read (see “mmhub sync”)."""

    async def work() -> int:
        async with opened(face, run_jobs=accept == "ours") as workspace:
            chosen = (await chosen_accounts(workspace, (account,)))[0].id if account else None
            ids = await workspace.drift.ids(chosen)
            if accept == "ours":
                return await _send(face, workspace, list(ids))
            if accept == "theirs":
                taken = await workspace.accept_theirs(ids)
                left = f" {taken.left} left: the price has another currency than the cost." if taken.left else ""
                face.say(taken, lambda: f"{len(taken.product_ids)} products changed.{left}")
                return 0
            rows = await workspace.drift.page(ids if face.as_json else ids[:limit])
            labels = {known.id: known.label for known in await workspace.accounts.all()}
            face.say(
                rows,
                lambda: (
                    table(
                        ("SKU", "Account", "Field", "Ours", "Live"),
                        ((row.sku, labels.get(row.account_id), row.field.value, row.ours, row.live) for row in rows),
                    )
                    if rows
                    else "No differences."
                ),
            )
            return 0

    return run(work())


async def _send(face: Face, workspace: Workspace, ids: list[int]) -> int:
    done = [await follow(face, workspace, batch_id) for batch_id in await workspace.accept_ours(ids)]
    failed = sum(batch.failed for batch in done)
    sent = sum(batch.completed for batch in done)
    face.say(done, lambda: f"{sent} listings updated, {failed} failed." if done else "No differences.")
    return EXIT_WORK_FAILED if failed else 0
