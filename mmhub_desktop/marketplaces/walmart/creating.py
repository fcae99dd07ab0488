"""Feeds of new items and offers: pictures put in, many listings in one file, as large as Walmart takes them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import MarketplaceError, MmhubError, Rejected
from mmhub_desktop.marketplaces.base import Mapped, RemoteImage, RemoteListing
from mmhub_desktop.marketplaces.call_groups import counted_as
from mmhub_desktop.marketplaces.walmart.feeds import (
    BYTES_MOST,
    FEED_GROUPS,
    ITEMS_MOST,
    Feeds,
    feed_request,
    submission_text,
)
from mmhub_desktop.marketplaces.walmart.offer import GROUP_PREFIX
from mmhub_desktop.marketplaces.walmart.pictures import image_fields

_MARGIN = 64 * 1024  # bytes of a feed beside its items


def with_pictures(mapped: Mapped, images: Sequence[RemoteImage]) -> list[dict[str, Any]]:
    """The items of a mapped listing with their pictures. Rejected for addresses that Walmart cannot use."""
    items = mapped.body["MPItem"]
    if mapped.after.get("feed") != "MP_ITEM":
        return [dict(item) for item in items]  # an offer shows Walmart's own
    least = int(mapped.after.get("further_pictures_from") or 0)
    own = mapped.after.get("images") or {}
    return [_with_pictures(item, _in_order(images, own.get(item["Orderable"]["sku"])), least) for item in items]


async def send_forms(
    feeds: Feeds, forms: Sequence[tuple[Mapped, tuple[RemoteImage, ...]]]
) -> list[RemoteListing | MmhubError]:
    """Send mapped listings in as few feeds as there may be; each has its own answer.

    What the first feed raises holds for all: nothing was sent.
    """
    answers: dict[int, RemoteListing | MmhubError] = {}
    items: dict[int, list[dict[str, Any]]] = {}
    for place, (mapped, images) in enumerate(forms):
        try:
            items[place] = with_pictures(mapped, images)
        except Rejected as error:
            answers[place] = error
    sent_any = False
    for chunk in chunks_of(forms, items):
        kind = str(forms[chunk[0]][0].after["feed"])
        request = create_request([forms[place][0] for place in chunk], [items[place] for place in chunk])
        try:
            with counted_as(FEED_GROUPS[kind]):
                feed_id = await feeds.send(request, once=True)
        except MarketplaceError as error:
            if not sent_any:
                raise
            answers.update(dict.fromkeys(chunk, error))
            continue
        sent_any = True
        for place in chunk:
            answers[place] = accepted(forms[place][0], kind, feed_id)
    return [answers[place] for place in range(len(forms))]


def create_request(mapped: Sequence[Mapped], items: Sequence[Sequence[Mapping[str, Any]]]) -> OutgoingRequest:
    """One feed of several mapped listings of the same kind."""
    body = {"MPItemFeedHeader": mapped[0].body["MPItemFeedHeader"], "MPItem": [one for some in items for one in some]}
    return feed_request(str(mapped[0].after["feed"]), body)


def take_apart(request: OutgoingRequest) -> list[OutgoingRequest]:
    """The feeds of single items and families that an item feed is made of; another request by itself."""
    kind = next(
        (kind for kind in ("MP_ITEM", "MP_ITEM_MATCH") if request.path.endswith(f"/v3/feeds?feedType={kind}")), ""
    )
    if not kind:
        return [request]
    body = json.loads(request.body)
    groups: dict[str, list[Any]] = {}
    for place, item in enumerate(body["MPItem"]):
        shown: Mapping[str, Any] = next(iter(item.get("Visible", {}).values()), {})
        groups.setdefault(str(shown.get("variantGroupId") or place), []).append(item)
    head = body["MPItemFeedHeader"]
    return [feed_request(kind, {"MPItemFeedHeader": head, "MPItem": items}) for items in groups.values()]


def chunks_of(
    forms: Sequence[tuple[Mapped, Any]], items: Mapping[int, Sequence[Mapping[str, Any]]]
) -> Iterator[list[int]]:
    """Places of listings that go into one feed: the same kind and version, within Walmart's bounds."""
    kinds: dict[tuple[str, str], list[int]] = {}
    for place in items:
        mapped = forms[place][0]
        kinds.setdefault((mapped.after["feed"], mapped.body["MPItemFeedHeader"]["version"]), []).append(place)
    for places in kinds.values():
        chunk: list[int] = []
        count = size = 0
        for place in places:
            weight = sum(len(json.dumps(item, ensure_ascii=False).encode()) for item in items[place])
            if chunk and (count + len(items[place]) > ITEMS_MOST or size + weight > BYTES_MOST - _MARGIN):
                yield chunk
                chunk, count, size = [], 0, 0
            chunk.append(place)
            count += len(items[place])
            size += weight
        if chunk:
            yield chunk


def _with_pictures(item: Mapping[str, Any], images: Sequence[RemoteImage], least: int) -> dict[str, Any]:
    fields = image_fields(images, least)
    return {**item, "Visible": {kind: {**shown, **fields} for kind, shown in item["Visible"].items()}}


def _in_order(images: Sequence[RemoteImage], first: Any) -> list[RemoteImage]:
    """The variant's own picture before the others."""
    if not isinstance(first, int) or not 0 <= first < len(images):
        return list(images)
    return [images[first], *(image for place, image in enumerate(images) if place != first)]


def accepted(mapped: Mapped, kind: str, feed_id: str) -> RemoteListing:
    """What was sent and is worked on."""
    group = str(mapped.after.get("group") or "")
    skus = list(mapped.after.get("stock") or {})
    submission = submission_text([(kind, feed_id)], skus if group else ())
    sku = group or skus[0]
    return RemoteListing(
        f"{GROUP_PREFIX}{group}" if group else sku, ListingState.ACCEPTED, sku=sku, submission=submission
    )
