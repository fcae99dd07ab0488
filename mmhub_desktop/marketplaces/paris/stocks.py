"""The stock of many products in one call, each of one variant, whose name the listing's id tells.

The answer says nothing of single rows: what became of them is read back. Where Paris refuses the call, each goes alone,
so that the refusal is told of the product that it is about.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from mmhub_desktop.domain.listing import ListingChange
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import MmhubError, Rejected
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import RemoteListing
from mmhub_desktop.marketplaces.paris.mapping import QUANTITY_MAX
from mmhub_desktop.marketplaces.paris.prices import STOCK_PATH, stock_request
from mmhub_desktop.marketplaces.paris.products import Products
from mmhub_desktop.marketplaces.paris.reading import split_id, variants_of
from mmhub_desktop.marketplaces.paris.terms import Terms

STOCKS_MOST = 200  # rows of one call: so many were seen in daily use, the true maximum is not known

_Update = Callable[[str, ListingChange], Awaitable[RemoteListing]]


async def update_many(
    api: Api, products: Products, changes: Sequence[tuple[str, ListingChange]], terms: Terms, update: _Update
) -> list[RemoteListing | MmhubError]:
    """Stocks of products with one variant in one call; every other change by ``update``. Safe to repeat."""
    answers: dict[int, RemoteListing | MmhubError] = {}
    rows: dict[int, tuple[str, int]] = {}
    for place, (remote_id, change) in enumerate(changes):
        quantity = change.quantity
        if quantity is None or change != ListingChange(quantity=quantity) or not 0 <= quantity <= QUANTITY_MAX:
            continue
        try:
            known = await products.known(split_id(remote_id)[0])
        except MmhubError as error:
            answers[place] = error
            continue
        variants = variants_of(known.raw)
        if len(variants) == 1:
            rows[place] = (str(variants[0]["sku"]), quantity)
            answers[place] = replace(known, remote_id=remote_id, quantity=quantity)
    if rows:
        try:
            await api.submit(stock_request(list(rows.values()), terms))
        except Rejected:
            answers = {place: answer for place, answer in answers.items() if place not in rows}
    for place, (remote_id, change) in enumerate(changes):
        if place not in answers:
            try:
                answers[place] = await update(remote_id, change)
            except MmhubError as error:
                answers[place] = error
    return [answers[place] for place in range(len(changes))]


def take_apart(request: OutgoingRequest, terms: Terms) -> list[OutgoingRequest]:
    """The calls for single variants that a call for many stands for; another request by itself."""
    if request.method != "POST" or not request.path.endswith(STOCK_PATH):
        return [request]
    rows = json.loads(request.body)["skus"]
    return [stock_request([(str(row["sku"]), int(row["quantity"]))], terms) for row in rows]
