"""Commands that tell how it goes: metrics and health."""

import time
from datetime import UTC, datetime
from typing import Any

import click

from mmhub_desktop.app import App
from mmhub_desktop.cli.face import Face, opened, run, table
from mmhub_desktop.domain.budget import BudgetState
from mmhub_desktop.domain.call_stats import CallStats, totals
from mmhub_desktop.errors import WorkspaceLocked
from mmhub_desktop.support.health import look, look_from_outside
from mmhub_desktop.support.prometheus import exposition


@click.command()
@click.option("--hours", default=24, show_default=True, help="So many hours back.")
@click.option("--prometheus", is_flag=True, help="Prometheus' text format, with everything on record.")
@click.pass_obj
def metrics(face: Face, hours: int, prometheus: bool) -> int:
    """Calls by account and operation: number, success, response times, retries, time waited for limits."""

    async def work() -> None:
        async with opened(face) as workspace:
            labels = {account.id: account.label for account in await workspace.accounts.all()}
            since = 0 if prometheus else int(time.time()) // 3600 - hours + 1
            found = totals(await workspace.calls.hours(since), by_operation=True)
            budgets = {id_: workspace.engine.lane_state(id_).budgets for id_ in labels}
            if prometheus:
                click.echo(exposition(found, labels, await workspace.jobs.counts(), budgets), nl=False)
                return
            since_at = datetime.fromtimestamp(since * 3600, UTC)
            rows = [_figures(each, labels.get(each.account_id, str(each.account_id))) for each in found]
            columns = (
                "Account",
                "Operation",
                "Calls",
                "Success",
                "p50 ms",
                "p95 ms",
                "Retries",
                "Limited",
                "Throttled s",
            )
            limits = [_budget(labels[id_], state) for id_, states in budgets.items() for state in states]
            face.say(
                {"since": since_at, "operations": rows, "budgets": limits},
                lambda: (
                    table(columns, [[_cell(key, value) for key, value in row.items()] for row in rows])
                    if rows
                    else f"No calls since {since_at.astimezone():%d %b %H:%M}."
                ),
            )
            if limits and not face.as_json:
                for id_, states in budgets.items():
                    for state in states:
                        face.out.print(f"{labels[id_]}: {state.words}", highlight=False)

    return run(work())


def _figures(stats: CallStats, account: str) -> dict[str, str | int | float | None]:
    return {
        "account": account,
        "operation": stats.operation,
        "calls": stats.calls,
        "success_rate": None if stats.success_rate is None else round(stats.success_rate, 4),
        "p50_ms": None if stats.p50_ms is None else round(stats.p50_ms),
        "p95_ms": None if stats.p95_ms is None else round(stats.p95_ms),
        "retries": stats.retries,
        "limited": stats.limited,
        "throttled_s": stats.throttled_ms / 1000,
    }


def _budget(account: str, state: BudgetState) -> dict[str, Any]:
    budget = state.budget
    return {
        "account": account,
        "group": budget.group,
        "period_s": budget.period_s,
        "own": budget.own,
        "used": state.used,
        "allowed": state.allowed,
        "free_at": state.free_at,
    }


def _cell(key: str, value: str | float | None) -> str:
    return f"{value:.1%}" if key == "success_rate" and isinstance(value, float) else "" if value is None else str(value)


@click.command(short_help="Say whether everything is in order.")
@click.pass_obj
def health(face: Face) -> int:
    """Look at the workspace file, disk, secrets, jobs and accounts, without the network. Exit code 1: not in order.

    While the window or another command has the workspace open, its jobs and lanes are told.
    """

    async def work() -> int:
        try:
            async with opened(face) as workspace:
                checks = await look(workspace)
        except WorkspaceLocked as locked:
            checks = await look_from_outside(face.workspace_path(App()), locked.message)
        ok = all(check.ok for check in checks)
        face.say(
            {"ok": ok, "checks": checks},
            lambda: table(("", "", ""), (("ok" if c.ok else "NOT OK", c.name, c.words) for c in checks)),
        )
        return 0 if ok else 1

    return run(work())
