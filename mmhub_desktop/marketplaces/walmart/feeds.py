"""Feeds: sending many changes in one file, and what became of each of them hours later.

A ``submission`` is a query string: each feed as ``type=id``, and for a family behind it, as ``sku``, those it holds.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding, MmhubError, NotLiveYet, OutcomeUnknown, Rejected, SendAgain, UnexpectedReply
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import RemoteListing
from mmhub_desktop.marketplaces.outgoing import json_request
from mmhub_desktop.marketplaces.walmart.problems import (
    LABEL,
    LOCKED,
    ingestion_findings,
    read_findings,
    rejection,
)
from mmhub_desktop.marketplaces.walmart.reading import item_url

# what a feed of each type counts to: so many an hour
FEED_GROUPS: Mapping[str, str] = {
    "MP_ITEM": "item feeds",
    "MP_ITEM_MATCH": "offer feeds",
    "MP_MAINTENANCE": "maintenance feeds",
    "PRICE_AND_PROMOTION": "price feeds",
    "inventory": "stock feeds",
}
ITEMS_MOST, BYTES_MOST = 10_000, 25 * 1024 * 1024
GIVE_UP_S = 48 * 3600.0  # nobody has confirmed how long is too long
_PAGE = 50  # items of one page of a report, feeds of one page of the list
_PAGES_MOST = 40  # of the list of feeds
_CLOCK_MARGIN = timedelta(minutes=10)
_SOON_S = 300.0  # price and stock feeds are done within minutes, item feeds as ``Marketplace.follow_s`` says
_PRACTICE_S = 2.0
_QUICK = frozenset({"inventory", "MP_INVENTORY", "price", "PRICE_AND_PROMOTION"})
_ITEM_FEEDS = frozenset({"MP_ITEM", "MP_ITEM_MATCH"})
_AGAIN = frozenset({"SYSTEM_ERROR", "TIMEOUT_ERROR"})

Row = Mapping[str, Any]


def feed_request(kind: str, body: Any) -> OutgoingRequest:
    """A feed as JSON, the way Walmart's documents give for items and for prices with promotions."""
    return json_request("POST", "/v3/feeds", body, params={"feedType": kind})


def file_request(kind: str, body: Any) -> OutgoingRequest:
    """A feed as a file in a form, the only way documented for stock. The boundary follows from the content."""
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    boundary = hashlib.sha256(data).hexdigest()[:32]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="feed.json"\r\n'
        "Content-Type: application/json\r\n\r\n"
    )
    content = head.encode() + data + f"\r\n--{boundary}--\r\n".encode()
    return OutgoingRequest("POST", f"/v3/feeds?feedType={kind}", content, f"multipart/form-data; boundary={boundary}")


def read_file(request: OutgoingRequest) -> Any:
    """What ``file_request`` put into its form."""
    return json.loads(request.body.split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n--", 1)[0])


def submission_text(feeds: Iterable[tuple[str, str]], skus: Iterable[str] = ()) -> str:
    """The submission of a listing that so many feeds (type, id) work on."""
    return urlencode([*feeds, *(("sku", sku) for sku in skus)])


def read_submission(text: str) -> list[tuple[str, str, list[str]]]:
    """The feeds of a submission: (type, id, the SKUs that stand behind it)."""
    found: list[tuple[str, str, list[str]]] = []
    for key, value in parse_qsl(text, keep_blank_values=True):
        if key != "sku":
            found.append((key, value, []))
        elif found:
            found[-1][2].append(value)
    return found


class Feeds:
    """The feeds of one account; used on the loop. Reports that are final are remembered."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._final: dict[str, Mapping[str, Row]] = {}

    async def send(self, request: OutgoingRequest, *, once: bool) -> str:
        """Send a feed; its id. OutcomeUnknown, where ``once``, when no answer came or it names no feed."""
        reply = await self._api.submit(request, once=once)
        feed_id = str(reply.fields.get("feedId") or "")
        if feed_id:
            return feed_id
        findings = read_findings(reply.body)
        if findings:
            raise rejection(findings, findings[0].original, str(reply.body)[:300])
        words = f"{LABEL} took the feed but did not say under which number."
        original = str(reply.body)[:300]
        if once:
            raise OutcomeUnknown(words, hint="The program looks for it there before it tries again.", original=original)
        raise UnexpectedReply(words, hint="The program tries again.", original=original)

    async def report(self, kind: str, feed_id: str) -> Mapping[str, Row]:
        """What became of each SKU of a feed. NotLiveYet while Walmart works on it, Rejected when it took none of it."""
        if feed_id in self._final:
            return self._final[feed_id]
        rows: dict[str, Row] = {}
        offset = 0
        while True:
            page = await self._page(feed_id, offset)
            status = str(page.get("feedStatus") or "")
            if status == "ERROR":
                raise _feed_refused(page)
            if status != "PROCESSED":
                raise self._at_work(kind, page)
            details = page.get("itemDetails")
            found = details.get("itemIngestionStatus") if isinstance(details, Mapping) else None
            found = [row for row in found or () if isinstance(row, Mapping)]
            rows.update({str(row.get("sku") or ""): row for row in found})
            offset += len(found)
            if not found or offset >= int(page.get("itemsReceived") or 0):
                break
        if not any(row.get("ingestionStatus") == "INPROGRESS" for row in rows.values()):
            self._final[feed_id] = rows
        return rows

    async def outcome(self, remote_ids: Sequence[str], submission: str) -> list[RemoteListing | MmhubError]:
        """How the submission has ended for each listing. NotLiveYet is raised while a whole feed is at work."""
        feeds = read_submission(submission)
        if not feeds:
            raise UnexpectedReply(f"{LABEL}: “{submission[:80]}” names no feed.")
        reports = [(kind, await self.report(kind, feed_id), skus) for kind, feed_id, skus in feeds]
        return [self._of_listing(one, reports) for one in remote_ids]

    async def find(self, sku: str, since: datetime) -> tuple[str, str] | None:
        """The item feed (type, id) sent since then that holds this SKU and may list it."""
        for kind, feed_id in await self._since(since - _CLOCK_MARGIN):
            try:
                rows: Mapping[str, Row] = await self.report(kind, feed_id)
            except NotLiveYet:
                rows = await self._known_so_far(feed_id)
            except Rejected:
                continue
            row = rows.get(sku)
            if row is not None and row.get("ingestionStatus") in ("INPROGRESS", "SUCCESS"):
                return kind, feed_id
        return None

    async def _page(self, feed_id: str, offset: int) -> Mapping[str, Any]:
        path = f"/v3/feeds/{quote(feed_id, safe='')}"  # the @ in it must be encoded
        params = {"includeDetails": "true", "limit": _PAGE, "offset": offset}
        return (await self._api.call("GET", path, params=params)).fields

    async def _known_so_far(self, feed_id: str) -> Mapping[str, Row]:
        """The SKUs that an unfinished feed names already."""
        rows: dict[str, Row] = {}
        while True:
            page = await self._page(feed_id, len(rows))
            details = page.get("itemDetails")
            found = details.get("itemIngestionStatus") if isinstance(details, Mapping) else None
            before = len(rows)
            rows.update({str(row.get("sku") or ""): row for row in found or () if isinstance(row, Mapping)})
            if len(rows) == before or len(rows) >= int(page.get("itemsReceived") or 0):
                return rows

    async def _since(self, since: datetime) -> list[tuple[str, str]]:
        """Item feeds taken since then. That the newest come first is not certain, so pages are read until all are."""
        found: list[tuple[str, str]] = []
        for number in range(_PAGES_MOST):
            params = {"limit": _PAGE, "offset": number * _PAGE}
            reply = await self._api.call("GET", "/v3/feeds", params=params, accept=(404,))
            results = reply.fields.get("results")
            rows = results.get("feed") if isinstance(results, Mapping) else None
            rows = [row for row in rows or () if isinstance(row, Mapping)]
            dates = [_read_date(row.get("feedDate")) for row in rows]
            found += [
                (str(row["feedType"]), str(row["feedId"]))
                for row, date in zip(rows, dates, strict=True)
                if date >= since and row.get("feedType") in _ITEM_FEEDS and row.get("feedId")
            ]
            newest_first = dates == sorted(dates, reverse=True)
            total = int(reply.fields.get("totalResults") or 0)
            if not rows or (newest_first and dates[-1] < since) or (number + 1) * _PAGE >= total:
                break
        return found

    def _at_work(self, kind: str, page: Mapping[str, Any]) -> MmhubError:
        begun = _read_date(page.get("feedSubmissionDate"))
        now = self._api.connection.now()
        if begun > _EPOCH and (now - begun).total_seconds() > GIVE_UP_S:
            message = f"{LABEL} has worked on this feed for two days."
            fix = "Ask Walmart's seller support about the feed, or publish again."
            finding = Finding("walmart.feed_stuck", "", message, fix, str(page.get("feedId") or ""))
            return Rejected(message, findings=(finding,), hint=fix, original=str(page.get("feedId") or ""))
        done, total = page.get("itemsSucceeded"), page.get("itemsReceived")
        how_far = f" ({done} of {total} done)" if isinstance(done, int) and isinstance(total, int) and total > 1 else ""
        return NotLiveYet(
            f"{LABEL} works on it{how_far}.",
            retry_after_s=self._look_again_s(kind),
            hint="Nothing to do: it is looked at again.",
            original=str(page.get("feedId") or ""),
        )

    def _look_again_s(self, kind: str) -> float | None:
        if self._api.connection.base_url:
            return _PRACTICE_S
        return _SOON_S if kind in _QUICK else None

    def _of_listing(
        self, remote_id: str, reports: Sequence[tuple[str, Mapping[str, Row], Sequence[str]]]
    ) -> RemoteListing | MmhubError:
        findings: list[Finding] = []
        lost: list[str] = []  # what Walmart has lost by a fault of its own, in its words
        waits: NotLiveYet | None = None
        item_id = ""
        for kind, rows, skus in reports:
            for sku in skus or [remote_id]:
                row = rows.get(sku, {})
                status = str(row.get("ingestionStatus") or "")
                item_id = item_id or str(row.get("itemid") or "")
                found = ingestion_findings(row.get("ingestionErrors"))
                if status in _AGAIN or (found and all(one.rule == f"walmart.{LOCKED}" for one in found)):
                    lost.append("; ".join(one.original for one in found) or status)
                elif status == "DATA_ERROR":
                    findings += found or [_no_reason(row)]
                elif status != "SUCCESS":  # at work, or not named yet
                    words = str(row.get("pendingStatusDescription") or "") or f"{LABEL} still works on this item."
                    waits = NotLiveYet(words, retry_after_s=self._look_again_s(kind), original=status)
        if findings:
            return rejection(findings, "", "; ".join(one.original for one in findings)[:600])
        if lost:
            return SendAgain(
                f"{LABEL} had a problem of its own with this item; nothing is wrong with the product.",
                retry_after_s=_PRACTICE_S if self._api.connection.base_url else _SOON_S,
                hint="The program sends it again by itself.",
                original="; ".join(lost)[:600],
            )
        if waits is not None:
            return waits
        return RemoteListing(remote_id, ListingState.ACCEPTED, item_url(item_id))


_EPOCH = datetime.fromtimestamp(0, UTC)


def _read_date(value: Any) -> datetime:
    """Milliseconds since 1970; the epoch itself for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return _EPOCH
    text = str(value)
    try:
        if text.isdigit():
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return _EPOCH
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _feed_refused(page: Mapping[str, Any]) -> Rejected:
    findings = ingestion_findings(page.get("ingestionErrors"))
    return rejection(findings, f"{LABEL} could not read the feed.", str(page)[:300])


def _no_reason(row: Row) -> Finding:
    return Finding(
        "walmart.refused", "", f"{LABEL} refused the item and gave no reason.", original=str(dict(row))[:300]
    )
