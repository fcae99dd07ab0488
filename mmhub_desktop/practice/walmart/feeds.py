"""Feeds: taken at once, worked on later, reported entry by entry."""

import json
import secrets
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.answers import Refusal, read_parts
from mmhub_desktop.practice.state import Json
from mmhub_desktop.practice.walmart.errors import entry_of, refuse
from mmhub_desktop.practice.walmart.ingest import KINDS, ingest_row, rows_of, sku_of
from mmhub_desktop.practice.walmart.market import Books, signed_in

routes = web.RouteTableDef()

_MOST_ROWS, _MOST_BYTES, _PAGE_MOST = 10_000, 25 * 1024 * 1024, 50


@routes.post("/v3/feeds")
async def take(request: web.Request) -> web.Response:
    """Take a feed; only its form is looked at."""
    books = signed_in(request, "feeds")
    kind = request.query.get("feedType", "")
    if kind not in KINDS:
        raise refuse(400, "INVALID_REQUEST_PARAM.GMP_FEED_API", "Invalid feedType", "feedType", key="")
    headers = books.take_feed(kind)
    data = await _data(request)
    if len(data) > _MOST_BYTES:
        raise refuse(413, "REQUEST_TOO_LARGE.GMP_FEED_API", "The feed is larger than 25 MB", key="")
    feed_id = f"{secrets.token_hex(16).upper()}@{secrets.token_hex(3).upper()}"
    feed = {"id": feed_id, "kind": kind, "at": books.now(), "body": _read(data), "status": "RECEIVED", "results": []}
    books.feeds.put(feed_id, feed)
    books.background.begin(feed_id)
    books.state.put("waiting", feed_id, True)
    return books.answer({"feedId": feed_id, "additionalAttributes": None, "errors": None}, headers=headers)


@routes.get("/v3/feeds")
async def all_feeds(request: web.Request) -> web.Response:
    """The feeds of the account, a page of at most 50."""
    books = signed_in(request)
    limit, offset = _number(request, "limit", 50), _number(request, "offset", 0)
    if limit > _PAGE_MOST:
        raise refuse(400, "INVALID_REQUEST_PARAM.GMP_FEED_API", "limit must not be above 50", "limit")
    keys = books.feeds.find("all", "feed")
    if not books.settings().newest_feeds_last:
        keys = keys[::-1]
    page = [feed for key in keys[offset : offset + limit] if (feed := books.feeds.truth(key))]
    rows = [
        {
            "feedId": feed["id"],
            "feedSource": "MARKETPLACE_PARTNER",
            "feedType": feed["kind"],
            "partnerId": "10001234",
            **_counts(feed),
            "feedStatus": feed["status"],
            "feedDate": int(feed["at"] * 1000),
            "modifiedDtm": int(feed["at"] * 1000),
        }
        for feed in page
    ]
    return books.answer({"totalResults": len(keys), "offset": offset, "limit": limit, "results": {"feed": rows}})


@routes.get("/v3/feeds/{feed}")
async def one_feed(request: web.Request) -> web.Response:
    """How far a feed is, with its entries where asked for."""
    if "@" in request.rel_url.raw_path:
        raise refuse(404, "CONTENT_NOT_FOUND.GMP_FEED_API", "No feed of this id: encode special characters")
    books = signed_in(request)
    feed_id = request.match_info["feed"]
    feed = books.feeds.truth(feed_id)
    if feed is None:
        raise refuse(404, "CONTENT_NOT_FOUND.GMP_FEED_API", "No feed of this id")
    if not books.background.is_done(feed_id):
        books.background.poll(feed_id)
        process(books)
        feed = books.feeds.truth(feed_id) or feed
    limit, offset = _number(request, "limit", 50), _number(request, "offset", 0)
    if limit > _PAGE_MOST:
        raise refuse(400, "INVALID_REQUEST_PARAM.GMP_FEED_API", "limit must not be above 50", "limit")
    body: Json = {
        "feedId": feed_id,
        "feedStatus": "INPROGRESS" if feed["status"] == "RECEIVED" else feed["status"],
        "feedSubmissionDate": int(feed["at"] * 1000),
        **_counts(feed),
        "offset": offset,
        "limit": limit,
    }
    if feed.get("error"):
        body["ingestionErrors"] = {"ingestionError": [feed["error"]]}
    if request.query.get("includeDetails") == "true":
        body["itemDetails"] = {"itemIngestionStatus": _details(feed)[offset : offset + limit]}
    return books.answer(body)


def process(books: Books) -> None:
    """Do the feeds that are due, in the order in which they came; later ones of the same SKU find it locked."""
    for key in list(books.state.table("waiting")):
        feed = books.feeds.truth(key)
        if feed is not None and books.background.is_done(key):
            books.feeds.put(key, {**feed, **_process(books, feed)})
            books.state.remove("waiting", key)


def _process(books: Books, feed: Json) -> Json:
    if books.one_of("feed_errors"):
        error = {"type": "SYSTEM_ERROR", "code": "ERR_INT_SYS_0000001", "description": "The feed could not be read"}
        return {"status": "ERROR", "error": error}
    rows, problem = rows_of(books, feed["kind"], feed["body"])
    if problem:
        return {"status": "ERROR", "error": {"type": "DATA_ERROR", "code": problem[0], "description": problem[1]}}
    if len(rows) > _MOST_ROWS:
        error = {"type": "DATA_ERROR", "code": "ERR_EXT_DATA_0100001", "description": "More than 10,000 items"}
        return {"status": "ERROR", "error": error}
    locked = _locked(books, feed)
    return {"status": "PROCESSED", "results": [_result(books, feed, row, locked) for row in rows]}


def _result(books: Books, feed: Json, row: Json, locked: set[str]) -> Json:
    sku = sku_of(feed["kind"], row)
    result: Json = {"sku": sku, "ingestionStatus": "SUCCESS"}
    if feed["kind"] in ("MP_ITEM", "MP_ITEM_MATCH"):
        books.state.count(f"sent {sku}")
    if books.one_of("system_errors"):
        errors = [_problem("SYSTEM_ERROR", "ERR_INT_SYS_0000002", "Internal error while processing the item")]
        return {**result, "ingestionStatus": "SYSTEM_ERROR", "errors": errors}
    if books.one_of("timeout_errors"):
        errors = [_problem("TIMEOUT_ERROR", "ERR_INT_SYS_0000003", "Processing the item took too long")]
        return {**result, "ingestionStatus": "TIMEOUT_ERROR", "errors": errors}
    if sku in locked:
        words = "The SKU is locked: another feed is processing it"
        problems = [_problem("DATA_ERROR", "ERR_EXT_DATA_0101211", words, "sku")]
    else:
        problems = [_problem("DATA_ERROR", *one) for one in ingest_row(books, feed, row)]
    if problems:
        return {**result, "ingestionStatus": "DATA_ERROR", "errors": problems}
    item = books.items.truth(sku) or {}
    return {**result, "wpid": item.get("wpid", ""), "itemid": item.get("item_id", "")}


def _locked(books: Books, feed: Json) -> set[str]:
    """SKUs that an earlier item feed, sent before this one and not done yet, works on."""
    if feed["kind"] not in ("MP_ITEM", "MP_MAINTENANCE", "MP_ITEM_MATCH"):
        return set()
    found: set[str] = set()
    for key in books.state.table("waiting"):
        if key == feed["id"]:
            break
        other = books.feeds.truth(key)
        if other is not None and other["kind"] in ("MP_ITEM", "MP_MAINTENANCE", "MP_ITEM_MATCH"):
            rows, _ = rows_of(books, other["kind"], other["body"])
            found |= {sku_of(other["kind"], row) for row in rows}
    return found


def _problem(kind: str, code: str, words: str, field: str = "") -> Json:
    return {"type": kind, "code": code, "field": field, "description": words}


def _details(feed: Json) -> list[Json]:
    if feed["status"] != "PROCESSED":
        rows = feed["body"].get("MPItem") if isinstance(feed["body"], dict) else None
        return [
            {"martId": 0, "sku": sku_of(feed["kind"], row), "index": place, "ingestionStatus": "INPROGRESS"}
            for place, row in enumerate(rows if isinstance(rows, list) else [])
        ]
    found = []
    for place, result in enumerate(feed["results"]):
        row: Json = {"martId": 0, "sku": result["sku"], "index": place, "ingestionStatus": result["ingestionStatus"]}
        if result.get("wpid"):
            row |= {"wpid": result["wpid"], "itemid": result["itemid"]}
        if result.get("errors"):
            row["ingestionErrors"] = {"ingestionError": result["errors"]}
        found.append(row)
    return found


def _counts(feed: Json) -> Json:
    results = feed["results"]
    done = sum(one["ingestionStatus"] == "SUCCESS" for one in results)
    rows = feed["body"].get("MPItem") or feed["body"].get("Inventory") if isinstance(feed["body"], dict) else []
    total = len(results) or (len(rows) if isinstance(rows, list) else 0)
    ended = feed["status"] in ("PROCESSED", "ERROR")
    return {
        "itemsReceived": total,
        "itemsSucceeded": done,
        "itemsFailed": len(results) - done,
        "itemsProcessing": 0 if ended else total,
    }


async def _data(request: web.Request) -> bytes:
    if request.content_type == "application/json":
        return await request.read()
    parts = await read_parts(request, _MOST_BYTES)
    if "file" not in parts:
        raise Refusal(400, {"errors": [{**entry_of("MISSING_FILE", ""), "message": "Field 'file' is required."}]})
    return parts["file"][1]


def _read(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return {}


def _number(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not text.isdigit():
        raise refuse(400, "INVALID_REQUEST_PARAM.GMP_FEED_API", f"{name} must be a number", name)
    return int(text)
