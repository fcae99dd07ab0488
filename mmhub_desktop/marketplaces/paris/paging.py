"""Long lists, page by page, whether Paris takes ``offset`` as a page number or as a number of rows.

Integrators found both. The second page is asked for as page 1: when it begins with the second row of the first one,
``offset`` counts rows.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from mmhub_desktop.errors import UnexpectedReply
from mmhub_desktop.marketplaces.api import Api, Reply
from mmhub_desktop.marketplaces.paris.problems import LABEL

Row = Mapping[str, Any]
Fetch = Callable[[int], Awaitable[tuple[Sequence[Row], int | None]]]

NOTHING = (404,)  # how a list without rows may be answered
_MOST_PAGES = 2_000


def pages_of(
    api: Api, path: str, limit: int, params: Mapping[str, Any] | None = None, rows_at: str = "results"
) -> Fetch:
    """How pages of a list are asked for: the rows from an offset, and how many there are where that is told."""

    async def fetch(offset: int) -> tuple[Sequence[Row], int | None]:
        wanted = {**(params or {}), "limit": limit, "offset": offset}
        reply = await api.call("GET", path, params=wanted, accept=NOTHING)
        return read_rows(reply, rows_at)

    return fetch


def read_rows(reply: Reply, rows_at: str) -> tuple[Sequence[Row], int | None]:
    """The rows of a list's answer and their total; a 404 is an empty list. UnexpectedReply when there is none."""
    if reply.status in NOTHING:
        return [], 0
    rows = reply.body if isinstance(reply.body, list) else reply.fields.get(rows_at)
    if not isinstance(rows, list):
        raise UnexpectedReply(f"{LABEL} gave no list.", original=str(reply.body)[:300])
    paging = reply.fields.get("pagging")  # so spelt
    told = [reply.fields.get("total"), reply.fields.get("count")]
    if isinstance(paging, Mapping):
        told.append(paging.get("total"))
    total = next((one for one in told if isinstance(one, int) and not isinstance(one, bool)), None)
    return [row for row in rows if isinstance(row, Mapping)], total


async def read_page(fetch: Fetch, cursor: str, id_of: Callable[[Row], str]) -> tuple[Sequence[Row], str, int | None]:
    """The rows of the cursor's page, the next cursor (empty at the end), and the total where told. ValueError."""
    offset, kind, count, first, second = json.loads(cursor) if cursor else (0, "", 0, "", "")
    rows, total = await fetch(offset)
    ids = [id_of(row) for row in rows]
    if offset and not kind:
        kind = "rows" if second and ids[:1] == [second] else "pages"
        if kind == "rows" and count > 1:
            offset = count
            rows, total = await fetch(offset)
            ids = [id_of(row) for row in rows]
    if not ids or ids[0] == first:
        return (), "", total
    count += len(rows)
    if total is not None and count >= total:
        return rows, "", total
    following = count if kind == "rows" else offset + 1
    return rows, json.dumps([following, kind, count, ids[0], ids[1] if len(ids) > 1 else ""]), total


async def read_all(fetch: Fetch, id_of: Callable[[Row], str], most: int = 100_000) -> list[Row]:
    """All rows of a list, each once, at most so many."""
    found: dict[str, Row] = {}
    cursor = ""
    for _ in range(_MOST_PAGES):
        rows, cursor, _total = await read_page(fetch, cursor, id_of)
        before = len(found)
        for row in rows:
            found.setdefault(id_of(row), row)
        if not cursor or len(found) == before or len(found) >= most:
            break
    return list(found.values())
