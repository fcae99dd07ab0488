"""The command ``adopt``: find what is already at the marketplace and make it the listings of products."""

import click

from mmhub_desktop.cli.face import EXIT_WORK_FAILED, Face, follow, opened, run, table
from mmhub_desktop.cli.work import chosen_accounts
from mmhub_desktop.domain.adoption import Match
from mmhub_desktop.errors import UserMistake


@click.command()
@click.option("--account", help="Account label or number; not needed where there is only one.")
@click.option("--yes", is_flag=True, help="Adopt those whose SKU or GTIN is surely a product's.")
@click.option("--likely", is_flag=True, help="With --yes: also those with a similar title only.")
@click.option("--again/--no-again", default=True, help="Read the account anew, or go by the last reading.")
@click.option("--limit", default=50, show_default=True, help="Listings shown in words; JSON shows all.")
@click.pass_obj
def adopt(face: Face, account: str | None, yes: bool, likely: bool, again: bool, limit: int) -> int:
    """Match the listings of an account with products. Without --yes nothing is written."""

    async def work() -> int:
        async with opened(face, run_jobs=again) as workspace:
            (chosen,) = await chosen_accounts(workspace, (account,) if account else ())
            if again:
                batch = await follow(face, workspace, await workspace.look_for_listings(chosen.id))
                if batch.failed:
                    words = f"{batch.title} failed (see “mmhub jobs show {batch.id}”)."
                    face.say(batch, lambda: words)
                    return EXIT_WORK_FAILED
            elif await workspace.adoptions.scan(chosen.id) is None:
                raise UserMistake("This account was not read yet.", hint="Leave out --no-again.")
            if yes:
                matches = [Match.SURE, Match.LIKELY] if likely else [Match.SURE]
                count = await workspace.adopt(await workspace.adoptions.ids(chosen.id, matches))
                face.say({"adopted": count}, lambda: f"{count} listings adopted.")
                return 0
            ids = await workspace.adoptions.ids(chosen.id, list(Match))
            found = await workspace.adoptions.page(ids if face.as_json else ids[:limit])
            counts = await workspace.adoptions.counts(chosen.id)
            face.say(
                {"counts": counts, "listings": found},
                lambda: (
                    table(
                        ("Listing", "Title", "State", "Match", "Product", "Why"),
                        (
                            (one.remote_id, one.title, one.state.value, one.match.value, one.product_sku, one.why)
                            for one in found
                        ),
                    )
                    if found
                    else "There is nothing on the account."
                ),
            )
            return 0

    return run(work())
