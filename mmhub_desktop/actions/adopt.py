"""Adopt: read everything an account has at the marketplace and propose the product that each listing belongs to.

Nothing is sent and no listing written: that is done when the seller accepts proposals (``Workspace.adopt``).
One job for the whole account (its product is 0); pages are kept as they come, so that it goes on after a stop.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from mmhub_desktop.actions.listing_state import adapter_of, parts_of
from mmhub_desktop.actions.parts import Parts
from mmhub_desktop.domain.adoption import Match, TitleIndex
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.domain.product import sku_key
from mmhub_desktop.errors import Rejected
from mmhub_desktop.events import ListingsChanged
from mmhub_desktop.jobs.action import Action, JsonResult, RetryPolicy, TaskContext, TaskKind
from mmhub_desktop.marketplaces.base import RemoteListing
from mmhub_desktop.store.adoption import Proposal, Unmatched

TITLES_AT_ONCE = 2_000  # products whose titles are compared in one step


async def read_listings(context: TaskContext) -> JsonResult:
    """Read page after page and keep each; listings that have ended are passed over."""
    parts, adapter = parts_of(context), await adapter_of(context)
    account_id = adapter.connection.account.id
    cursor = await parts.adoptions.begin(account_id, context.job_id)
    read = 0
    while True:
        try:
            page = await adapter.list_listings(cursor)
        except Rejected:
            if not cursor:
                raise
            cursor = ""  # it has become too old while the program was stopped; what was read is read again
            await parts.adoptions.restart(account_id)
            continue
        rows = [_row(one) for one in page.listings if one.state is not ListingState.ENDED]
        await parts.adoptions.keep_page(account_id, rows, page.cursor, page.total)
        read += len(rows)
        parts.bus.publish(ListingsChanged())
        cursor = page.cursor
        if not cursor:
            return {"read": read}


def _row(one: RemoteListing) -> dict[str, Any]:
    return {
        "remote_id": one.remote_id,
        "state": one.state.value,
        "url": one.url,
        "sku": one.sku,
        "gtin": one.gtin,
        "title": one.title,
        "price_minor": None if one.price is None else one.price.minor,
        "currency": "" if one.price is None else one.price.currency,
        "quantity": one.quantity,
        "match": "",
    }


async def match_products(context: TaskContext) -> JsonResult:
    """Propose products by SKU, then GTIN, then title; every product for one listing at most."""
    parts = parts_of(context)
    if context.account_id is None:
        raise TypeError("a task with an account was planned without one")
    account_id = context.account_id
    found = await parts.adoptions.unmatched(account_id)
    listed = await parts.adoptions.listed(account_id)
    known = {remote_id: product_id for product_id, remote_id in listed.items()}
    proposals = [
        Proposal(one.id, Match.KNOWN, "In this program already", known[one.remote_id])
        for one in found
        if one.remote_id in known
    ]
    taken = dict(listed)
    rest = [one for one in found if one.remote_id not in known]
    for by in (_by_sku, _by_gtin, _by_title):
        made, rest = await by(parts, rest, taken)
        proposals += made
    proposals += [Proposal(one.id, Match.NONE, "No product has this SKU, GTIN or a title like it") for one in rest]
    await parts.adoptions.propose(proposals)
    await parts.adoptions.finish(account_id)
    parts.bus.publish(ListingsChanged())
    return {match.value: count for match, count in (await parts.adoptions.counts(account_id)).items()}


_Outcome = tuple[list[Proposal], list[Unmatched]]


async def _by_sku(parts: Parts, found: Sequence[Unmatched], taken: dict[int, str]) -> _Outcome:
    products = await parts.adoptions.products_by_sku({sku_key(one.sku) for one in found if one.sku})
    return _propose(found, taken, ((one, products.get(sku_key(one.sku))) for one in found), "The same SKU")


async def _by_gtin(parts: Parts, found: Sequence[Unmatched], taken: dict[int, str]) -> _Outcome:
    products = await parts.adoptions.products_by_gtin({one.gtin for one in found if one.gtin})
    alone = {gtin: ids[0] for gtin, ids in products.items() if len(ids) == 1}
    sure, rest = _propose(found, taken, ((one, alone.get(one.gtin)) for one in found), "The same GTIN")
    several = {gtin: ids for gtin, ids in products.items() if len(ids) > 1}

    def first_free(one: Unmatched) -> int | None:
        return next((each for each in several.get(one.gtin, ()) if each not in taken), None)

    why = "The same GTIN, as other products have too"
    likely, rest = _propose(rest, taken, ((one, first_free(one)) for one in rest), why, Match.LIKELY)
    return sure + likely, rest


async def _by_title(parts: Parts, found: Sequence[Unmatched], taken: dict[int, str]) -> _Outcome:
    if not found:
        return [], []
    index, last = TitleIndex(one.title for one in found), 0
    while titles := await parts.adoptions.titles_after(last, TITLES_AT_ONCE):
        for product_id, title in titles:
            if product_id not in taken:
                index.add(product_id, title)
        last = titles[-1][0]
    pairs: list[tuple[Unmatched, int | None]] = []
    for number, one in enumerate(found):
        near = index.nearest(one.title)
        pairs.append((one, near[0] if near else None))
        if number % 100 == 0:
            await asyncio.sleep(0)  # the window's turn
    return _propose(found, taken, pairs, "A title like it", Match.LIKELY)


def _propose(
    found: Sequence[Unmatched],
    taken: dict[int, str],
    pairs: Iterable[tuple[Unmatched, int | None]],
    why: str,
    match: Match = Match.SURE,
) -> _Outcome:
    """Proposals for the pairs whose product is still free; what says the same of a taken product is no match."""
    made: list[Proposal] = []
    for one, product_id in pairs:
        if product_id is None:
            continue
        if product_id not in taken:
            taken[product_id] = one.remote_id
            made.append(Proposal(one.id, match, why, product_id))
        elif match is Match.SURE:
            other = f"{why} as a product that has listing {taken[product_id]}"
            made.append(Proposal(one.id, Match.NONE, other))
    done = {proposal.id for proposal in made}
    return made, [one for one in found if one.id not in done]


ADOPT = Action(
    name="adopt",
    label="Look for listings",
    verb="Adopt",
    needs=frozenset({Capability.LIST}),
    about=ProductId(0),
    tasks=(
        TaskKind(
            "read_listings", "Read what is on the account", read_listings, remote=True, timeout_s=4 * 3600,
            retry=RetryPolicy(attempts=12, first_s=1, longest_s=120),
        ),
        TaskKind("match_products", "Find the product of each", match_products, timeout_s=3600),
    ),
)  # fmt: skip
