"""A support bundle: one ZIP file that tells somebody else what happened, without secrets and product texts."""

import asyncio
import io
import json
import logging
import platform
import sys
import time
import zipfile
from collections.abc import Awaitable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from mmhub_desktop import __version__
from mmhub_desktop.domain.call import Call
from mmhub_desktop.domain.ids import BatchId, JobId
from mmhub_desktop.domain.job import JobState, MarketplaceJob, Problem
from mmhub_desktop.domain.job_filter import JobFilter
from mmhub_desktop.domain.product import Product
from mmhub_desktop.errors import DiskFull
from mmhub_desktop.log import FILE_NAME, KEPT_FILES
from mmhub_desktop.paths import log_folder, replace_file
from mmhub_desktop.settings import SETTINGS
from mmhub_desktop.store.database import SCHEMA_VERSION
from mmhub_desktop.support.anonymous import Anonymizer
from mmhub_desktop.support.health import look
from mmhub_desktop.workspace import Workspace

_log = logging.getLogger("mmhub.support")

FAILED_JOBS = 50
METRIC_HOURS = 7 * 24
LOG_BYTES = 2_000_000  # of each log file, from its end

_README = """What is in this file

about.json        versions of program, system and libraries; numbers of products and jobs
settings.json     the settings (keys and tokens are not settings and are never in here)
accounts.json     kind and state of each account, without its name
health.json       what “mmhub health” says
metrics.json      calls by hour, account and kind of work
failed_jobs.json  the last failed jobs with their problems and their calls to the marketplace
log/              the end of the log files

Keys, tokens and passwords have been removed. {texts}
"""


async def make_bundle(workspace: Workspace, target: Path, *, with_texts: bool = False) -> list[str]:
    """Write the bundle, replacing ``target``; returns the names inside. DiskFull when it cannot be written.

    Product texts are in it only ``with_texts``; else they are replaced by their length and a hash. A part that cannot
    be read says so in its own file: a bundle is wanted most when something is broken.
    """
    found = await _tried(_failed_jobs(workspace))
    jobs: list[MarketplaceJob] = found if isinstance(found, list) else []
    products = await workspace.products.get_many([job.product_id for job in jobs])
    hide = Anonymizer((text for product in products for text in _texts(product)), keep_texts=with_texts)
    calls = {job.id: await workspace.calls.of_job(job.id) for job in jobs}
    documents: dict[str, Any] = {
        "about.json": await _tried(_about(workspace)),
        "settings.json": {each.key: workspace.settings.get(each) for each in SETTINGS},
        "accounts.json": await _tried(_accounts(workspace)),
        "health.json": await _tried(_health(workspace)),
        "metrics.json": await _tried(_metrics(workspace)),
        "failed_jobs.json": [_job(job, calls[job.id], hide) for job in jobs] if isinstance(found, list) else found,
    }
    return await asyncio.to_thread(_write, target, documents, hide, with_texts, with_texts or isinstance(found, list))


async def _tried(part: Awaitable[Any]) -> Any:
    """The part, or why there is none."""
    try:
        return await part
    except Exception as error:  # noqa: BLE001 - whatever is broken belongs into the bundle
        _log.info("a part of the support bundle could not be read", exc_info=error)
        return {"could not be read": f"{type(error).__name__}: {error}".partition("\n")[0]}


async def _health(workspace: Workspace) -> list[dict[str, Any]]:
    checks = await look(workspace)
    return [{"name": check.name.partition(" ")[0], "ok": check.ok, "words": check.words} for check in checks]


async def _metrics(workspace: Workspace) -> list[dict[str, Any]]:
    hours = await workspace.calls.hours(int(time.time()) // 3600 - METRIC_HOURS)
    return [{"hour": each.hour, **asdict(each.stats)} for each in hours]


async def _failed_jobs(workspace: Workspace) -> list[MarketplaceJob]:
    """The last failed jobs, newest batch first."""
    failed = JobFilter(frozenset({JobState.FAILED}))
    ids: list[JobId] = []
    for batch_id in await workspace.jobs.batch_ids(failed):
        ids += [JobId(each) for each in await workspace.jobs.job_ids(BatchId(batch_id), failed)]
        if len(ids) >= FAILED_JOBS:
            break
    return await workspace.jobs.jobs(ids[:FAILED_JOBS])


def _texts(product: Product) -> Iterable[str]:
    """Everything of a product that is the seller's own words."""
    yield product.sku
    yield product.brand
    for text in (product.original, product.text):
        yield from (text.title, text.description, *text.description.splitlines(), *text.keywords)
    yield from product.attributes.values()


async def _about(workspace: Workspace) -> dict[str, Any]:
    libraries = await asyncio.to_thread(lambda: {each.name: each.version for each in distributions()})
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "program": __version__,
        "frozen": bool(getattr(sys, "frozen", False)),
        "python": sys.version,
        "system": platform.platform(),
        "libraries": dict(sorted(libraries.items())),
        "schema": SCHEMA_VERSION,
        "workspace_bytes": (await asyncio.to_thread(workspace.path.stat)).st_size,
        "ended_well_before": workspace.db.was_clean,
        "products": {state.value: count for state, count in (await workspace.products.counts()).items()},
        "jobs": {state.value: count for state, count in (await workspace.jobs.counts()).items()},
        "imports": len(await workspace.imports.history()),
    }


async def _accounts(workspace: Workspace) -> list[dict[str, Any]]:
    return [
        {
            "id": account.id,
            "marketplace": account.marketplace,
            "kind": account.kind.value,
            "site": account.site,
            "paused": account.paused,
            "connected_at": account.connected_at,
            "token_expires_at": account.token_expires_at,
            "lane": asdict(workspace.engine.lane_state(account.id)),
        }
        for account in await workspace.accounts.all()
    ]


def _job(job: MarketplaceJob, calls: list[Call], hide: Anonymizer) -> dict[str, Any]:
    return {
        "id": job.id,
        "batch": job.batch_id,
        "action": job.action,
        "account": job.account_id,
        "attempts": job.attempts,
        "steps": f"{job.tasks_done} of {job.tasks_total}",
        "updated_at": job.updated_at,
        "problem": None if job.problem is None else _problem(job.problem, hide),
        "calls": [
            {**asdict(call), "path": hide.path(call.path), "request": hide.body(call.request),
             "reply": hide.body(call.reply)}
            for call in calls
        ],
    }  # fmt: skip


def _problem(problem: Problem, hide: Anonymizer) -> dict[str, Any]:
    found = asdict(problem)
    found["findings"] = [
        {**asdict(finding), "value": hide.text(finding.value), "original": hide.body(finding.original)}
        for finding in problem.findings
    ]
    status, _, body = problem.original.partition(" ")
    found["original"] = f"{status} {hide.body(body)}" if status.isdigit() else hide.body(problem.original)
    return found


def _write(target: Path, documents: dict[str, Any], hide: Anonymizer, with_texts: bool, with_logs: bool) -> list[str]:
    """Everything through the anonymizer once more, into memory, and from there to the disk in one go.

    Logs are left out when the product texts that might stand in them could not be read, and so not be replaced.
    """
    texts = "Product texts are in it." if with_texts else "Product texts are replaced by their length and a hash."
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("README.txt", _README.format(texts=texts))
        for name, document in documents.items():
            bundle.writestr(name, hide.plain(json.dumps(document, indent=2, ensure_ascii=False, default=str)))
        for name, content in _logs() if with_logs else ():
            bundle.writestr(f"log/{name}", "\n".join(map(hide.plain, content.splitlines())))
        names = bundle.namelist()
    try:
        replace_file(target, kept.getvalue())
    except OSError as error:
        raise DiskFull(
            f"The support bundle could not be written to “{target}”.",
            hint="Choose another folder, or free some disk space.",
            original=str(error),
        ) from error
    return names


def _logs() -> Iterable[tuple[str, str]]:
    for number in range(KEPT_FILES + 1):
        path = log_folder() / (FILE_NAME if number == 0 else f"{FILE_NAME}.{number}")
        try:
            with path.open("rb") as file:
                file.seek(max(0, path.stat().st_size - LOG_BYTES))
                content = file.read()
        except OSError:
            continue
        if len(content) >= LOG_BYTES:
            content = content.partition(b"\n")[2]  # the first line may have lost its beginning, and with it a mask
        yield path.name, content.decode("utf-8", "replace")
