"""Holding a job to the preview it was planned from: what is sent is what was shown, or nothing is.

A job that finds its line out of date marks it so and stops. When it is tried again, a newer preview of the listing
speaks for it, if there is one.
"""

import contextlib
from collections.abc import Awaitable, Callable, Sequence

from mmhub_desktop.actions.differences import marks_of
from mmhub_desktop.actions.listing_state import parts_of
from mmhub_desktop.domain.ids import PreviewId
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.domain.preview import PreviewDetail
from mmhub_desktop.domain.product import Product
from mmhub_desktop.errors import ChangedSincePreview
from mmhub_desktop.jobs.action import TaskContext
from mmhub_desktop.marketplaces.base import Adapter
from mmhub_desktop.marketplaces.outgoing import hold_to

Compare = Callable[[PreviewDetail], Awaitable[list[str]]]
"""What of a line does not hold any more, in words; empty when all does."""


async def previewed(context: TaskContext, product: Product, compare: Compare | None = None) -> PreviewDetail | None:
    """The line that this job is held to; None for a job without a preview.

    ChangedSincePreview when the product, or what ``compare`` looks at, is not as it was shown.
    """
    number = context.options.get("preview")
    if number is None or context.account_id is None:
        return None
    store = parts_of(context).previews
    lines = await store.of_listing(PreviewId(int(number)), context.product_id, context.account_id)
    if not lines:
        raise ChangedSincePreview(
            f"The preview of “{product.sku}” is not kept any more.", hint="Preview again; nothing was sent."
        )
    first, *newer = lines
    # A line that stopped this job before gives way to newer ones: the seller has looked again, and asked to try again.
    speaks = [*(line for line in newer if line.row.outcome.is_sent), first] if first.outdated else [first]
    said: list[str] = []
    for line in speaks:
        differs = await _differs(line, product, compare)
        if not differs:
            return line
        said = said or differs
    await store.mark_outdated(first.row.id)
    raise ChangedSincePreview(
        f"“{product.sku}” changed after the preview: {', '.join(said)}.",
        hint="It was not sent. Preview again, then retry.",
    )


async def _differs(line: PreviewDetail, product: Product, compare: Compare | None) -> list[str]:
    now = marks_of(product, tuple(line.marks))
    found = [name for name in line.marks if now.get(name) != line.marks[name]]
    return found if found or compare is None else await compare(line)


def compare_requests(marketplace: str, *now: Sequence[OutgoingRequest]) -> Compare:
    """Whether the requests that would be sent now are those shown; ``now`` may name further ones that are as good."""

    async def compare(line: PreviewDetail) -> list[str]:
        shown = [one.key for one in line.requests]
        same = any([one.key for one in each] == shown for each in now)
        return [] if same else [f"the form for {marketplace}"]

    return compare


async def as_shown(
    context: TaskContext,
    adapter: Adapter,
    product: Product,
    plan: Callable[[], Awaitable[Sequence[OutgoingRequest]]],
) -> contextlib.AbstractContextManager[None]:
    """Within, a job with a preview can send nothing but what ``plan`` gives, which is what was shown.

    ChangedSincePreview when it is not.
    """
    if context.options.get("preview") is None:
        return contextlib.nullcontext()
    requests = await plan()
    label = parts_of(context).marketplace(adapter.connection.account).label
    await previewed(context, product, compare_requests(label, requests))
    return hold_to(requests)
