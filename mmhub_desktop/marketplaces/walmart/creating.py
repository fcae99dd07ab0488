"""Feeds of new items and offers: pictures put in, many listings in one file, as large as Walmart takes them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.marketplaces.base import Mapped, RemoteImage
from mmhub_desktop.marketplaces.walmart.feeds import BYTES_MOST, ITEMS_MOST, feed_request
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
