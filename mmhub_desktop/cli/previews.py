"""``--preview`` and ``--from-preview`` of publish, update and end: see what would be sent, then send just that."""

import asyncio
import contextlib
from typing import Any

from rich.console import Group
from rich.text import Text

from mmhub_desktop.cli.face import EXIT_WORK_FAILED, Face, follow, opened, run, table
from mmhub_desktop.cli.queue import summary
from mmhub_desktop.domain.ids import PreviewId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.preview import Preview, PreviewDetail
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.events import PreviewProgressed
from mmhub_desktop.workspace import Workspace


async def show_preview(face: Face, workspace: Workspace, request: WorkRequest) -> int:
    """Build the preview of a request and print it; nothing is sent."""
    previews = workspace.previews
    preview_id = await previews.start(request)
    more = asyncio.Event()
    stop = workspace.bus.subscribe(PreviewProgressed, lambda _: more.set())
    with face.progress() as bar:
        preview = await previews.get(preview_id)
        line = bar.add_task("Preview", total=max(preview.total, 1), note="")
        waiting = asyncio.ensure_future(previews.wait(preview_id))
        try:
            while not waiting.done():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(more.wait(), 0.2)
                more.clear()
                bar.update(line, completed=(await previews.get(preview_id)).done)
            preview = await waiting
        finally:
            stop()
    details = [await previews.store.detail(each) for each in await previews.store.ids(preview_id)]
    lines = [detail for detail in details if detail is not None]
    labels = {account.id: account.label for account in await workspace.accounts.all()}
    face.say(_plain(preview, lines, labels), lambda: _words(preview, lines, labels))
    return 0


def send_preview(face: Face, action: str, preview_id: int, priority: int, *, wait: bool) -> int:
    """Submit a preview that was shown before and, if asked to, wait for its work."""

    async def work() -> int:
        async with opened(face, run_jobs=wait) as workspace:
            preview = await workspace.previews.get(PreviewId(preview_id))
            if preview.action != action:
                raise UserMistake(
                    f"Preview {preview_id} is for “{preview.action}”.",
                    hint=f"Use “mmhub {preview.action} --from-preview {preview_id}”.",
                )
            ids = await workspace.previews.submit(preview.id, priority=priority)
            if wait:
                batches = [await follow(face, workspace, batch_id) for batch_id in ids]
            else:
                batches = list(await workspace.jobs.batches(ids))
            face.say(batches, lambda: "\n".join(map(summary, batches)))
            return EXIT_WORK_FAILED if any(batch.failed for batch in batches) else 0

    return run(work())


def _plain(preview: Preview, lines: list[PreviewDetail], labels: dict[Any, str]) -> dict[str, Any]:
    return {
        "preview": preview,
        "lines": [
            {
                "sku": one.row.sku,
                "account": labels.get(one.row.account_id, ""),
                "outcome": one.row.outcome,
                "reason": one.row.reason,
                "fields": one.fields,
                "findings": one.findings,
                "requests": [request.plain() for request in one.requests],
            }
            for one in lines
        ],
    }


def _words(preview: Preview, lines: list[PreviewDetail], labels: dict[Any, str]) -> Group:
    sent = sum(one.row.outcome.is_sent for one in lines)
    shown = table(
        ("SKU", "Account", "Outcome", "What would happen"),
        ((one.row.sku, labels.get(one.row.account_id, ""), one.row.outcome.value, _happens(one)) for one in lines),
    )
    below = f"{sent} of {len(lines)} would be sent. "
    how = f"Send it with “mmhub {preview.action} --from-preview {preview.id}”." if sent else "Nothing to send."
    return Group(shown, Text(f"{below}{how}"))


def _happens(one: PreviewDetail) -> Text:
    """The reason, or each field that changes, with the findings that do not block below."""
    said = one.row.reason or "\n".join(
        f"{field.name}: {f'{_short(field.old)} → ' if field.old else ''}{_short(field.new)}"
        for field in one.fields
        if field.differs
    )
    notes = "".join(f"\n! {finding.message}" for finding in one.findings if not finding.blocks)
    return Text(f"{said}{notes}")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
