"""The command ``readiness``: what would keep products from being listed, before anything is sent."""

from typing import Any

import click

from mmhub_desktop.cli.face import EXIT_WORK_FAILED, Face, opened, run, table
from mmhub_desktop.cli.work import chosen_accounts
from mmhub_desktop.domain.readiness import ReadyState
from mmhub_desktop.workspace import Workspace


@click.command()
@click.option("--account", help="Only this account, by label or number; else all of them.")
@click.option(
    "--read", is_flag=True, help="First ask the marketplaces for categories and rules that are not known yet."
)
@click.option("--products", "each", is_flag=True, help="Name every product, not only the number for each problem.")
@click.pass_obj
def readiness(face: Face, account: str | None, read: bool, each: bool) -> int:
    """Check all products against the marketplaces' rules, offline. Exit code 7 when something is not ready."""

    async def work() -> int:
        async with opened(face) as workspace:
            wanted = await chosen_accounts(workspace, (account,)) if account else await workspace.accounts.all()
            answers = [await _of_account(workspace, known, read=read, each=each) for known in wanted]
            face.say(answers, lambda: _words(answers))
            return EXIT_WORK_FAILED if any(answer["problems"] for answer in answers) else 0

    return run(work())


async def _of_account(workspace: Workspace, account: Any, *, read: bool, each: bool) -> dict[str, Any]:
    reading = await workspace.readiness.read_rules(account.id) if read else None
    checked = await workspace.readiness.check(account.id)
    store = workspace.readiness.store
    answer = {
        "account": account.label,
        "checked": checked,
        "counts": await store.counts(account.id),
        "problems": [one for one in await store.problems(account.id) if one.blocks],
        "advice": [one for one in await store.problems(account.id) if not one.blocks],
    }
    if reading is not None:
        answer["reading"] = reading
    if each:
        answer["products"] = [
            {"sku": sku, "state": state, "finding": found} for sku, state, found in await store.dump(account.id)
        ]
    return answer


def _words(answers: list[dict[str, Any]]) -> Any:
    if not answers:
        return "No account is connected yet. Add one with “mmhub accounts add”."
    rows = []
    for answer in answers:
        counts = answer["counts"]
        said = f"{counts[ReadyState.READY]:,} ready, {counts[ReadyState.BLOCKED]:,} not, "
        rows.append(
            (answer["account"], "", f"{said}{counts[ReadyState.UNREAD]:,} wait for the marketplace's rules", "")
        )
        for kind, found in (("problem", answer["problems"]), ("advice", answer["advice"])):
            rows += [(f"  {kind}", f"{one.products:,}", one.message, one.fix) for one in found]
        for one in answer.get("products", ()):
            rows.append(("  product", one["sku"], one["finding"].message, one["finding"].fix))
        rows += [("  not read", "", said, "") for said in getattr(answer.get("reading"), "problems", ())]
    return table(("Account", "Products", "What", "What to do"), rows)
