"""``mmhub demo``: the main job from file to live listings on the practice marketplace, with a report."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from mmhub_desktop.app import SAMPLE_WORKSPACE, App, ensure_practice_account
from mmhub_desktop.cli.face import EXIT_WORK_FAILED, Face, follow, run, table
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.product_query import ProductQuery


@click.command(short_help="Try the whole way with sample products.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where workspace and pictures go; else a new folder.")
@click.option("--no-screenshots", is_flag=True, help="Leave the pictures of the window out.")
@click.pass_obj
def demo(face: Face, folder: Path | None, no_screenshots: bool) -> int:
    """Import the sample products, enhance them, publish them on the practice marketplace, wait until live."""
    place = folder or Path(tempfile.mkdtemp(prefix="mmhub-demo-"))
    place.mkdir(parents=True, exist_ok=True)
    exit_code = run(_main_job(face, place / SAMPLE_WORKSPACE))
    if not no_screenshots:
        exit_code = exit_code or _take_screenshots(face, place)
    return exit_code


async def _main_job(face: Face, path: Path) -> int:
    app = App(holder="the demo")
    began = time.monotonic()
    try:
        workspace = await app.open_sample_workspace(path, on_progress=lambda words: face.err.print(f"{words} …"))
        account = await ensure_practice_account(workspace)
        ids = tuple(ProductId(number) for number in await workspace.products.ids(ProductQuery()))
        quality_before = await _mean_quality(app, ids)
        batches = []
        for action, accounts in (("enhance", ()), ("publish", (account.id,))):
            request = WorkRequest(action, ids, accounts, options={"marketplace": account.marketplace})
            batches.append(await follow(face, workspace, await workspace.submit(request)))
        quality_after = await _mean_quality(app, ids)
        states = await workspace.listings.count_by_state(account.id)
        live = states.get(ListingState.LIVE, 0)
        report = {
            "workspace": workspace.path,
            "products": len(ids),
            "quality_before": quality_before,
            "quality_after": quality_after,
            "live": live,
            "failed": sum(batch.failed for batch in batches),
            "seconds": round(time.monotonic() - began, 1),
        }
        face.say(report, lambda: table(("Main job", ""), ((key, value) for key, value in report.items())))
        for batch in batches:
            for job in await workspace.jobs.jobs(await workspace.jobs.job_ids(batch.id)):
                if job.problem is not None:
                    face.err.print(f"{job.sku}: {job.problem.message} {job.problem.hint}", markup=False)
        return 0 if live == len(ids) else EXIT_WORK_FAILED
    finally:
        await app.close()


async def _mean_quality(app: App, ids: tuple[ProductId, ...]) -> int:
    assert app.workspace is not None  # noqa: S101 - narrows the type
    rows = await app.workspace.products.page(ids)
    return round(sum(row.quality for row in rows) / max(len(rows), 1))


def _take_screenshots(face: Face, place: Path) -> int:
    """Show every page in both colour schemes, in a process of its own: the command line itself has no Qt."""
    pictures = place / "screenshots"
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "mmhub_desktop"]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [*program, "window", "--screenshots", str(pictures), "--workspace", str(place / SAMPLE_WORKSPACE)]
    done = subprocess.run(command, env=environment, check=False)  # noqa: S603 - our own program
    made = len(list(pictures.glob("*.png"))) if pictures.is_dir() else 0
    face.err.print(f"{made} pictures of the window in {pictures}", markup=False, highlight=False)
    return done.returncode
