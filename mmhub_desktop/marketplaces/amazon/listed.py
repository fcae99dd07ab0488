"""Going through all listings of an account: a search shows a thousand, so it begins anew at the date it has come to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mmhub_desktop.marketplaces.amazon.reading import summary_of

_MOST = 1_000  # listings that one search gives, page by page


@dataclass(frozen=True, slots=True)
class Seen:
    """The cursor of the next page, and the SKUs of this page that an earlier search has shown already."""

    cursor: str
    again: frozenset[str]


def search_query(cursor: str) -> dict[str, str]:
    """The part of the query that says where in the list we are."""
    kept = _read(cursor)
    query = {"sortBy": "createdDate", "sortOrder": "ASC"}
    for name in ("createdAfter", "pageToken"):
        if kept.get(name):
            query[name] = str(kept[name])
    return query


def next_cursor(cursor: str, reply: Mapping[str, Any], items: Sequence[Mapping[str, Any]], marketplace_id: str) -> Seen:
    """Where the next page begins, empty at the end.

    A new search begins with the date of the last listing seen; those of that very date come again and are named.
    """
    kept = _read(cursor)
    again = frozenset(str(sku) for sku in kept.get("again") or ())
    pagination = reply.get("pagination")
    token = pagination.get("nextToken") if isinstance(pagination, Mapping) else None
    count = int(kept.get("count") or 0) + len(items)
    dates = {str(item.get("sku")): _created(item, marketplace_id) for item in items}
    last = max([*dates.values(), str(kept.get("last") or "")], default="")
    at_last = [sku for sku, date in dates.items() if date == last]
    if last == kept.get("last"):
        at_last += [str(sku) for sku in kept.get("at_last") or ()]
    if token and count < _MOST:
        place = {"createdAfter": kept.get("createdAfter"), "pageToken": str(token), "count": count}
        return Seen(_write({**place, "again": sorted(again), "last": last, "at_last": at_last}), again)
    if count >= _MOST and last and last != kept.get("createdAfter"):
        return Seen(_write({"createdAfter": last, "again": sorted(at_last)}), again)
    return Seen("", again)


def _created(item: Mapping[str, Any], marketplace_id: str) -> str:
    return str(summary_of(item, marketplace_id).get("createdDate") or "")


def _read(cursor: str) -> Mapping[str, Any]:
    try:
        kept = json.loads(cursor or "{}")
    except ValueError:
        return {}
    return kept if isinstance(kept, Mapping) else {}


def _write(kept: Mapping[str, Any]) -> str:
    return json.dumps({name: value for name, value in kept.items() if value})
