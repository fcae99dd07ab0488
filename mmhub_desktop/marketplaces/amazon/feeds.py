"""Many changes in one file (JSON_LISTINGS_FEED), and what became of each.

The same feed sent twice sets the same values twice, so a lost answer may simply be repeated.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx

from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding, MmhubError, NotLiveYet, Rejected, Unavailable, UnexpectedReply
from mmhub_desktop.marketplaces.amazon.problems import LABEL, attribute_field, rejection
from mmhub_desktop.marketplaces.amazon.submitting import ISSUE_LOCALE
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.http import quote, send

MOST = 2_500  # messages of one feed; Amazon takes 25,000, but a group must be ready within the time of one attempt
FEW = 50  # fewer changes go one by one: that is done sooner
_PATH = "/feeds/2021-06-30"
_TYPE = "application/json; charset=UTF-8"
_MARK = "feed "
_REPORTS = 4  # kept, since all listings of a feed ask for the same one


class Feeds:
    """The calls about feeds of one account."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._reports: dict[str, Mapping[str, tuple[Finding, ...]]] = {}

    async def send(self, messages: Sequence[Mapping[str, Any]], seller_id: str, marketplace_id: str) -> str:
        """Hand over a feed of messages (without their numbers); the submission to follow."""
        numbered = [{"messageId": number, **message} for number, message in enumerate(messages, 1)]
        header = {"sellerId": seller_id, "version": "2.0", "issueLocale": ISSUE_LOCALE}
        data = json.dumps({"header": header, "messages": numbered}, ensure_ascii=False, allow_nan=False).encode()
        place = await self._api.call("POST", f"{_PATH}/documents", json={"contentType": _TYPE})
        document_id, address = place.fields.get("feedDocumentId"), place.fields.get("url")
        if not document_id or not address:
            raise UnexpectedReply(f"{LABEL} gave no place for a feed.", original=str(place.body)[:300])
        response = await self._elsewhere("PUT", str(address), data)
        if not response.is_success:
            raise Unavailable(f"{LABEL} did not take a feed.", hint="It is sent again.", original=quote(response))
        body = {
            "feedType": "JSON_LISTINGS_FEED",
            "marketplaceIds": [marketplace_id],
            "inputFeedDocumentId": document_id,
        }
        feed = (await self._api.call("POST", f"{_PATH}/feeds", json=body)).fields.get("feedId")
        if not feed:
            raise UnexpectedReply(f"{LABEL} gave a feed no number.", original=str(document_id))
        return f"{_MARK}{feed}"

    async def follow(self, skus: Sequence[str], submission: str) -> list[MmhubError | None]:
        """What became of each listing's message: nothing is wrong, or its refusal. NotLiveYet while it is worked on."""
        feed = submission.removeprefix(_MARK)
        report = self._reports.get(feed)
        if report is None:
            report = await self._read_report(feed)
            self._reports[feed] = report
            while len(self._reports) > _REPORTS:
                del self._reports[next(iter(self._reports))]
        return [rejection(report[sku], "", "") if sku in report else None for sku in skus]

    async def _read_report(self, feed: str) -> Mapping[str, tuple[Finding, ...]]:
        """SKU → the problems that forbade its change."""
        fields = (await self._api.call("GET", f"{_PATH}/feeds/{feed}")).fields
        status, result = str(fields.get("processingStatus") or ""), fields.get("resultFeedDocumentId")
        if status in ("CANCELLED", "FATAL"):
            message = f"{LABEL} has given up on a file of changes."
            finding = Finding("amazon.feed", "", message, "Update again.", original=status)
            raise Rejected(message, findings=(finding,), hint="Update again.", original=status)
        if status != "DONE":
            raise NotLiveYet(f"{LABEL} works on the changes.", hint="Nothing to do: it is looked at again.")
        if not result:
            return {}
        document = (await self._api.call("GET", f"{_PATH}/documents/{result}")).fields
        response = await self._elsewhere("GET", str(document.get("url") or ""))
        if not response.is_success:
            raise Unavailable(
                f"{LABEL} did not hand out a report.", hint="It is asked again.", original=quote(response)
            )
        data = gzip.decompress(response.content) if document.get("compressionAlgorithm") == "GZIP" else response.content
        return _refusals(json.loads(data))

    async def _elsewhere(self, method: str, address: str, data: bytes | None = None) -> httpx.Response:
        """A call to where files lie: another host, so without the account's token."""
        connection = self._api.connection
        if urlsplit(address).scheme != "https" and not (
            connection.base_url and address.startswith(connection.base_url)
        ):
            raise UnexpectedReply(
                f"{LABEL} gave an unsafe address for a file.",
                original=urlsplit(address)._replace(query="").geturl()[:200],
            )
        headers = {"Content-Type": _TYPE} if data is not None else {}
        request = connection.http.build_request(method, address, content=data, headers=headers)
        return await send(connection, request, label=LABEL)


def messages_of(request: OutgoingRequest) -> list[Mapping[str, Any]] | None:
    """The messages of a feed that is about to be sent; none in the calls around it, None in any other request."""
    if request.method == "POST" and request.path.endswith((f"{_PATH}/documents", f"{_PATH}/feeds")):
        return []
    if request.method != "PUT" or request.content_type != _TYPE:
        return None
    return [message for message in json.loads(request.body)["messages"] if isinstance(message, Mapping)]


def is_feed(submission: str) -> bool:
    """Whether a submission is a feed of many listings."""
    return submission.startswith(_MARK)


def _refusals(report: Any) -> Mapping[str, tuple[Finding, ...]]:
    found: dict[str, tuple[Finding, ...]] = {}
    for issue in report.get("issues") or () if isinstance(report, Mapping) else ():
        if not isinstance(issue, Mapping) or str(issue.get("severity", "ERROR")) != "ERROR":
            continue
        words, sku = str(issue.get("message") or ""), str(issue.get("sku") or "")
        field = attribute_field(str(issue.get("attributeName") or "")) if issue.get("attributeName") else ""
        finding = Finding(f"amazon.{issue.get('code')}", field, words, "Correct the value.", original=words)
        found[sku] = (*found.get(sku, ()), finding)
    return found
