"""The practice Amazon's feeds: a file is laid down, named as a feed, worked on later, and reported on."""

import gzip
import json
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.amazon.auth import check_caller
from mmhub_desktop.practice.amazon.books import Books, patched, stamp
from mmhub_desktop.practice.amazon.checks import check_patched
from mmhub_desktop.practice.amazon.listings import BOOKS, operations_of
from mmhub_desktop.practice.amazon.shops import SHOPS
from mmhub_desktop.practice.amazon.words import SELLER_ID, TOKEN_HEADER, refuse
from mmhub_desktop.practice.answers import Refusal, base_url, read_object
from mmhub_desktop.practice.marketplace import PracticeMarketplace, practice_of
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()
_FILES, _FEEDS = "feed files", "feeds"
_MOST = 25_000


def _caller(request: web.Request) -> PracticeMarketplace:
    market = practice_of(request, PracticeMarketplace)
    check_caller(market, request, role="listings")
    return market


@routes.post("/feeds/2021-06-30/documents")
async def create_document(request: web.Request) -> web.Response:
    """A place for a file, open for five minutes."""
    market = _caller(request)
    body = await read_object(request)
    if not isinstance(body.get("contentType"), str):
        raise refuse(400, "Invalid 'contentType' provided.")
    key = f"amzn1.tortuga.{market.new_number('feed file')}"
    market.state.put(_FILES, key, {"type": body["contentType"], "until": market.now() + 300, "text": None})
    return market.answer({"feedDocumentId": key, "url": f"{base_url(request)}/feed-files/{key}"}, 201)


@routes.put("/feed-files/{key}")
async def put_file(request: web.Request) -> web.Response:
    """Takes the file itself: no token, and the very content type that was said."""
    market = practice_of(request, PracticeMarketplace)
    row = market.state.table(_FILES).get(request.match_info["key"])
    if (
        row is None
        or row["until"] < market.now()
        or request.headers.get("Content-Type") != row["type"]
        or TOKEN_HEADER in request.headers
    ):
        return web.Response(status=403, text="<Error><Code>AccessDenied</Code></Error>", content_type="application/xml")
    text = (await request.read()).decode("utf-8", "replace")
    market.state.put(_FILES, request.match_info["key"], {**row, "text": text})
    return web.Response()


@routes.post("/feeds/2021-06-30/feeds")
async def create_feed(request: web.Request) -> web.Response:
    """Accepts a feed; it is worked on later. Not idempotent: each call is a feed of its own."""
    market = _caller(request)
    body = await read_object(request)
    row = market.state.table(_FILES).get(str(body.get("inputFeedDocumentId")))
    places = body.get("marketplaceIds")
    if body.get("feedType") != "JSON_LISTINGS_FEED" or row is None or row["text"] is None:
        raise refuse(400, "Invalid 'feedType' or 'inputFeedDocumentId' provided.")
    if not isinstance(places, list) or len(places) != 1 or places[0] not in SHOPS:
        raise refuse(400, "Invalid 'marketplaceIds' provided.")
    feed = str(market.new_number("feed", 50_000_000_000))
    about = {"file": body["inputFeedDocumentId"], "marketplace": places[0], "at": market.now(), "report": ""}
    market.state.put(_FEEDS, feed, about)
    market.background.begin(f"feed {feed}")
    return market.answer({"feedId": feed}, 202)


@routes.get("/feeds/2021-06-30/feeds/{feed}")
async def get_feed(request: web.Request) -> web.Response:
    """How far a feed is; when it is done its changes have happened."""
    market, feed = _caller(request), request.match_info["feed"]
    row = market.state.table(_FEEDS).get(feed)
    if row is None:
        raise refuse(404, "The requested feed does not exist.")
    status = "DONE" if market.background.poll(f"feed {feed}") else "IN_PROGRESS"
    if status == "DONE" and not row["report"]:
        row = {**row, "report": _work(request.app[BOOKS], market, row, feed)}
        market.state.put(_FEEDS, feed, row)
    body: Json = {
        "feedId": feed,
        "feedType": "JSON_LISTINGS_FEED",
        "marketplaceIds": [row["marketplace"]],
        "createdTime": stamp(row["at"]),
        "processingStatus": status,
    }
    if row["report"]:
        body["resultFeedDocumentId"] = row["report"]
    return market.answer(body)


@routes.get("/feeds/2021-06-30/documents/{key}")
async def get_document(request: web.Request) -> web.Response:
    """Where a report lies, packed."""
    market, key = _caller(request), request.match_info["key"]
    if key not in market.state.table(_FILES):
        raise refuse(404, "The requested document does not exist.")
    address = f"{base_url(request)}/feed-files/{key}"
    return market.answer({"feedDocumentId": key, "url": address, "compressionAlgorithm": "GZIP"})


@routes.get("/feed-files/{key}")
async def get_file(request: web.Request) -> web.Response:
    """A report."""
    row = practice_of(request, PracticeMarketplace).state.table(_FILES).get(request.match_info["key"])
    if row is None or TOKEN_HEADER in request.headers:
        return web.Response(status=403, text="<Error><Code>AccessDenied</Code></Error>", content_type="application/xml")
    return web.Response(body=gzip.compress(row["text"].encode()), content_type="application/octet-stream")


def _work(books: Books, market: PracticeMarketplace, row: Json, feed: str) -> str:
    """Carry out the file's messages; the report's id."""
    issues: list[Json] = []
    messages: list[Any] = []
    try:
        data = json.loads(market.state.table(_FILES)[row["file"]]["text"])
        if data["header"]["sellerId"] == SELLER_ID and 1 <= len(data["messages"]) <= _MOST:
            messages = data["messages"]
        else:
            issues.append({"messageId": 0, "code": "90001", "severity": "ERROR", "message": "The header is invalid."})
    except (ValueError, KeyError, TypeError):
        issues.append({"messageId": 0, "code": "90002", "severity": "ERROR", "message": "The file is no JSON feed."})
    refused = 0
    for message in messages:
        found = _carry_out(books, message, row["marketplace"])
        refused += bool(found)
        issues += found
    summary = {
        "errors": len(issues), "warnings": 0, "messagesProcessed": len(messages),
        "messagesAccepted": len(messages) - refused, "messagesInvalid": refused,
    }  # fmt: skip
    header = {"sellerId": SELLER_ID, "version": "2.0", "feedId": feed}
    key = f"amzn1.tortuga.{market.new_number('feed file')}"
    text = json.dumps({"header": header, "issues": issues, "summary": summary})
    market.state.put(_FILES, key, {"type": "application/json", "until": market.now() + 300, "text": text})
    return key


def _carry_out(books: Books, message: Json, marketplace: str) -> list[Json]:
    about = {"messageId": message.get("messageId"), "sku": message.get("sku"), "severity": "ERROR"}
    key = f"{marketplace}|{message.get('sku')}"
    row = books.rows.truth(key)
    if message.get("operationType") != "PATCH" or row is None or row["deleted"]:
        return [
            {**about, "code": "90003", "message": "The SKU is not in the catalogue, or the operation not supported."}
        ]
    attributes, names = dict(row["attributes"]), set()
    try:
        for operation in operations_of(message):
            name = operation["path"].removeprefix("/attributes/")
            attributes = patched(attributes, operation, name)
            names.add(name)
    except Refusal as refusal:
        return [{**about, "code": "90004", "message": refusal.body["errors"][0]["message"]}]
    wrong = check_patched(message["productType"], attributes, names, marketplace)
    if not wrong:
        books.change(key, attributes=attributes)
    return [
        {**about, "code": one["code"], "message": one["message"], "attributeName": one["attributeNames"][0]}
        for one in wrong
    ]
