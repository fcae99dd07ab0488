"""Many changes in one go: equal quantities of shown offers by one command, everything else one by one."""

import asyncio
from collections.abc import Mapping, Sequence

from mmhub_desktop.domain.listing import ListingChange, ListingState
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.marketplaces.allegro.changing import quantity_edit
from mmhub_desktop.marketplaces.allegro.commands import QUANTITY, quantity_request, read_quantities, send_command
from mmhub_desktop.marketplaces.allegro.following import Submission
from mmhub_desktop.marketplaces.allegro.offers import Offers
from mmhub_desktop.marketplaces.allegro.reading import status_of
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import RemoteListing

_LOOKED_UP = 100  # offers of one look at their statuses
_AT_ONCE = 4  # calls at the same time


async def update_many(
    api: Api, offers: Offers, changes: Sequence[tuple[str, ListingChange]]
) -> Sequence[RemoteListing | MmhubError]:
    """Equal quantities of shown offers go in one command; every other change is made on its own."""
    answers: dict[int, RemoteListing | MmhubError] = {}
    for quantity, places in (await _equal_quantities(offers, changes)).items():
        ids = [changes[place][0] for place in places]

        def build(command_id: str, ids: list[str] = ids, quantity: int = quantity) -> OutgoingRequest:
            return quantity_request(ids, quantity, command_id)

        command_id, _ = await send_command(api, QUANTITY, build)
        sent = str(Submission(QUANTITY, command_id, api.connection.now()))
        for place in places:
            answers[place] = RemoteListing(changes[place][0], ListingState.LIVE, submission=sent)
    gate = asyncio.Semaphore(_AT_ONCE)

    async def alone(place: int) -> None:
        async with gate:
            try:
                answers[place] = await offers.update(*changes[place])
            except MmhubError as error:
                answers[place] = error

    await asyncio.gather(*(alone(place) for place in range(len(changes)) if place not in answers))
    return [answers[place] for place in range(len(changes))]


def take_apart(request: OutgoingRequest) -> list[OutgoingRequest]:
    """The changes of single offers that a quantity command stands for; another request by itself."""
    told = read_quantities(request)
    if told is None:
        return [request]
    quantity, ids = told
    return [quantity_edit(one, quantity) for one in ids]


async def _equal_quantities(offers: Offers, changes: Sequence[tuple[str, ListingChange]]) -> Mapping[int, list[int]]:
    """Places of changes that set the same quantity, and nothing else, of at least two offers that are shown."""
    alike: dict[int, list[int]] = {}
    for place, (_, change) in enumerate(changes):
        if change.quantity and change == ListingChange(quantity=change.quantity):
            alike.setdefault(change.quantity, []).append(place)
    alike = {quantity: places for quantity, places in alike.items() if len(places) > 1}
    asked = [changes[place][0] for places in alike.values() for place in places]
    shown: set[str] = set()
    for start in range(0, len(asked), _LOOKED_UP):
        some = asked[start : start + _LOOKED_UP]
        rows = await offers.rows({"offer.id": some, "limit": _LOOKED_UP})
        shown |= {str(row["id"]) for row in rows if status_of(row) == "ACTIVE"}
    found = {quantity: [place for place in places if changes[place][0] in shown] for quantity, places in alike.items()}
    return {quantity: places for quantity, places in found.items() if len(places) > 1}
