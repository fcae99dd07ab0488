"""The life of an offer: made as a draft, published, changed, ended, listed again, and followed meanwhile."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from mmhub_desktop.domain.listing import ListingChange, ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding, MmhubError, OutcomeUnknown, Rejected, UnexpectedReply
from mmhub_desktop.marketplaces.allegro.changing import Plan, needs_offer, plan_change, price_kept
from mmhub_desktop.marketplaces.allegro.commands import (
    ACTIVATE,
    END,
    PUBLICATION,
    QUANTITY,
    Outcome,
    call,
    price_request,
    publication_request,
    read_outcomes,
    send_command,
    why_not_published,
)
from mmhub_desktop.marketplaces.allegro.creating import create_request, is_as_wished, mend_request, publish_request
from mmhub_desktop.marketplaces.allegro.following import (
    OPERATION,
    PRICE,
    Submission,
    busy,
    check_operation,
    check_outcome,
    is_awaited,
    operation_of,
    read_submission,
)
from mmhub_desktop.marketplaces.allegro.problems import LABEL, read_findings, rejection
from mmhub_desktop.marketplaces.allegro.reading import read_offer, status_of
from mmhub_desktop.marketplaces.api import Api, Reply
from mmhub_desktop.marketplaces.base import Mapped, RemoteImage, RemoteListing

_OFFERS = "/sale/product-offers"
_SOLD = "/sale/offers"
_SAME_SKU = 100  # offers of one SKU that are looked at
_PRICE_FAILED = frozenset({"ERROR", "PARTIAL_SUCCESS"})
_PRICE_DONE = "SUCCESSFUL"


class Offers:
    """The offers of one account. Remembers, while it lives, which drafts it has made and what runs for them."""

    def __init__(self, api: Api, shop: str) -> None:
        self._api = api
        self._shop = shop
        self._drafts: dict[str, bytes] = {}  # offer → digest of what it was made or mended with
        self._running: dict[str, Submission] = {}

    async def read(self, offer_id: str) -> RemoteListing:
        """The offer as it is; of a draft also why the last attempt to publish it has failed."""
        offer = await self._offer(offer_id)
        failed: tuple[Finding, ...] = ()
        if status_of(offer) == "INACTIVE":
            failed = await why_not_published(self._api, offer_id)
        return read_offer(offer, self._shop, failed)

    async def find(self, sku: str) -> tuple[RemoteListing, ...]:
        """Drafts and shown offers of this SKU, else the newest sold-out one; new ones may take a while to appear."""
        params = {"external.id": sku, "limit": _SAME_SKU}
        rows = await self.rows(params)
        found = [read_offer(row, self._shop) for row in rows]
        there = [one for one in found if one.sku == sku and one.state is not ListingState.ENDED]
        return tuple([one for one in there if one.state is not ListingState.PAUSED] or there[:1])

    async def create(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> RemoteListing:
        """Make the draft."""
        reply = await self._api.submit(create_request(mapped, images), once=True)
        offer = reply.fields
        if not offer.get("id"):
            raise OutcomeUnknown(
                f"{LABEL} took the offer but gave it no id.",
                hint="The program looks it up there before it tries again.",
                original=str(reply.body)[:300],
            )
        listing = read_offer(offer, self._shop)
        self._drafts[listing.remote_id] = _digest(mend_request(listing.remote_id, mapped.body))
        running = self._await(listing.remote_id, reply)
        state = ListingState.ACCEPTED if listing.state is ListingState.LIVE else listing.state
        warnings = read_findings(offer.get("warnings"), blocks=False)
        reasons = (*listing.reasons, *warnings)
        return replace(listing, state=state, reasons=reasons, submission=str(running) if running else "")

    def create_requests(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> tuple[OutgoingRequest, ...]:
        """The draft; its mending where there was one; the command that publishes it."""
        own = "{{listing_id}}"
        return create_request(mapped, images), mend_request(own, mapped.body), publish_request(own)

    async def finish_create(self, offer_id: str, mapped: Mapped) -> None:
        """Publish the draft once nothing is wrong with it; one that was there before is mended first."""
        if not mapped.after.get("publish"):
            return
        running = self._running.get(offer_id)
        if running is not None:
            await check_operation(self._api, offer_id, running)
            del self._running[offer_id]
        offer = await self._offer(offer_id)
        if status_of(offer) not in ("INACTIVE", "ENDED"):
            return
        mending = mend_request(offer_id, mapped.body)
        known = self._drafts.get(offer_id) == _digest(mending) and status_of(offer) != "ENDED"
        if not known and not is_as_wished(offer, mapped.body):
            reply = await self._api.submit(mending)
            self._drafts[offer_id] = _digest(mending)
            running = self._await(offer_id, reply)
            if running is not None:
                raise busy(running, self._now())
            offer = reply.fields
        validation = offer.get("validation")
        errors = read_findings(validation.get("errors")) if isinstance(validation, Mapping) else ()
        if errors:
            raise rejection(errors, original=errors[0].original)
        await self._publish(offer_id, ACTIVATE)

    async def update(self, offer_id: str, change: ListingChange) -> RemoteListing:
        """Make a change; what Allegro still works on is named as a submission."""
        if change.is_empty():
            return await self.read(offer_id)
        plan = await self._plan(offer_id, change)
        if plan.price_alone and change.price is not None:
            return await self._set_price(offer_id, change.price)
        shown: RemoteListing | None = None
        if plan.edit:
            request = plan.requests(offer_id, change)[0]
            reply = await self._api.submit(request)
            running = operation_of(reply, self._now())
            if running is not None:
                if plan.activate:
                    raise busy(running, self._now())
                return replace(read_offer(reply.fields, self._shop), remote_id=offer_id, submission=str(running))
            if kept := price_kept(change, reply.fields):
                hint = "See the problems, then update again."
                raise Rejected(f"{LABEL} did not take the whole change.", findings=kept, hint=hint)
            shown = read_offer(reply.fields, self._shop) if reply.fields.get("id") else None
        if plan.activate:
            return await self._switch(offer_id, ACTIVATE)
        return shown or await self.read(offer_id)

    async def update_requests(self, offer_id: str, change: ListingChange) -> tuple[OutgoingRequest, ...]:
        """What ``update`` sends."""
        return () if change.is_empty() else (await self._plan(offer_id, change)).requests(offer_id, change)

    async def end(self, offer_id: str) -> RemoteListing:
        """End it; a draft is deleted, what is gone or has ended stays so."""
        status = await self._status(offer_id)
        if status in ("", "ENDED"):
            return RemoteListing(offer_id, ListingState.ENDED)
        if status == "INACTIVE":
            await self._api.call("DELETE", f"{_SOLD}/{offer_id}", accept=(404,))
            return RemoteListing(offer_id, ListingState.ENDED)
        return await self._switch(offer_id, END)

    async def end_requests(self, offer_id: str) -> tuple[OutgoingRequest, ...]:
        """What ``end`` sends."""
        status = await self._status(offer_id)
        if status in ("", "ENDED"):
            return ()
        if status == "INACTIVE":
            return (call("DELETE", f"{_SOLD}/{offer_id}"),)
        return (publication_request([offer_id], END),)

    async def relist(self, offer_id: str) -> RemoteListing:
        """Show an ended offer again. Rejected when it has no stock."""
        listing = await self.read(offer_id)
        if listing.state is ListingState.LIVE or status_of(listing.raw) == "ACTIVATING":
            return listing
        if not listing.quantity:
            finding = Finding(
                "allegro.quantity", "quantity", "An offer without stock cannot be shown again.",
                "Set a quantity above 0 and update the listing.", "0", "at least 1",
            )  # fmt: skip
            raise Rejected(finding.message, findings=(finding,), hint=finding.fix)
        return await self._switch(offer_id, ACTIVATE)

    async def follow(self, offer_id: str, submission: str) -> RemoteListing:
        """How a submission has ended for one offer."""
        followed = read_submission(submission)
        if followed.kind == OPERATION:
            await check_operation(self._api, offer_id, followed)
        elif followed.kind in (PUBLICATION, QUANTITY):
            outcomes = await read_outcomes(self._api, followed.kind, followed.id)
            if outcomes is not None:
                check_outcome(followed, outcomes.get(offer_id, Outcome()), self._now())
        listing = await self.read(offer_id)
        status = status_of(listing.raw)
        is_price = followed.kind == PRICE
        if is_price and followed.what not in ("", str(listing.price)) and not self._is_late(followed, 600):
            raise busy(followed, self._now())
        if is_awaited(followed, status, self._now()):
            raise busy(followed, self._now())
        if followed.action == END and status == "ENDED":
            return replace(listing, state=ListingState.ENDED)
        return listing

    async def follow_many(self, offer_ids: Sequence[str], submission: str) -> Sequence[RemoteListing | MmhubError]:
        """One report of a quantity command for all of its offers; everything else is looked at one by one."""
        followed = read_submission(submission)
        if followed.kind != QUANTITY or len(offer_ids) == 1:
            if len(offer_ids) == 1:
                return [await self.follow(offer_ids[0], submission)]
            return [await self._settled(one, submission) for one in offer_ids]
        outcomes = await read_outcomes(self._api, QUANTITY, followed.id)
        if outcomes is None:
            return [RemoteListing(one, ListingState.LIVE) for one in offer_ids]
        found: list[RemoteListing | MmhubError] = []
        for one in offer_ids:
            try:
                check_outcome(followed, outcomes.get(one, Outcome()), self._now())
            except MmhubError as error:
                found.append(error)
            else:
                found.append(RemoteListing(one, ListingState.LIVE))
        return found

    async def list_page(self, offset: int, most: int) -> tuple[list[RemoteListing], int | None]:
        """(Offers of every status from that place on, how many there are)."""
        reply = await self._api.call("GET", _SOLD, params={"limit": most, "offset": offset})
        rows, total = reply.fields.get("offers"), reply.fields.get("totalCount")
        if not isinstance(rows, list):
            raise UnexpectedReply(f"{LABEL} gave no list of offers.", original=f"fields: {sorted(reply.fields)}")
        listed = [read_offer(row, self._shop) for row in rows if isinstance(row, Mapping) and row.get("id")]
        return listed, total if isinstance(total, int) else None

    async def _offer(self, offer_id: str) -> Mapping[str, object]:
        offer = (await self._api.call("GET", f"{_OFFERS}/{offer_id}")).fields
        if not status_of(offer):
            raise UnexpectedReply(f"{LABEL} did not show the offer.", original=f"fields: {sorted(offer)}")
        return {"id": offer_id, **offer}

    async def _status(self, offer_id: str) -> str:
        """Where the offer stands; empty when it is not there."""
        reply = await self._api.call("GET", f"{_OFFERS}/{offer_id}", accept=(404,))
        return "" if reply.status == 404 else status_of(reply.fields) or "ACTIVE"

    async def rows(self, params: Mapping[str, object]) -> list[Mapping[str, object]]:
        """The account's offers that a search finds, in few words."""
        reply = await self._api.call("GET", _SOLD, params=params)
        rows = reply.fields.get("offers")
        if not isinstance(rows, list):
            raise UnexpectedReply(f"{LABEL} gave no list of offers.", original=f"fields: {sorted(reply.fields)}")
        return [row for row in rows if isinstance(row, Mapping) and row.get("id")]

    async def _plan(self, offer_id: str, change: ListingChange) -> Plan:
        offer = await self._offer(offer_id) if needs_offer(change) else {}
        return plan_change(change, offer)

    async def _set_price(self, offer_id: str, price: Money) -> RemoteListing:
        _, reply = await send_command(self._api, PRICE, lambda command: price_request(offer_id, price, command))
        output = reply.fields.get("output")
        status = str(output.get("status") or "") if isinstance(output, Mapping) else ""
        if isinstance(output, Mapping) and status in _PRICE_FAILED:
            raise rejection(read_findings(output.get("errors")), original=f"status {status}")
        listing = await self.read(offer_id)
        if listing.price == price or status == _PRICE_DONE:
            return replace(listing, price=price)
        return replace(listing, submission=str(Submission(PRICE, str(price), self._now())))

    async def _publish(self, offer_id: str, action: str) -> Submission:
        command_id, _ = await send_command(
            self._api, PUBLICATION, lambda command: publication_request([offer_id], action, command)
        )
        return Submission(PUBLICATION, f"{command_id}/{action}", self._now())

    async def _switch(self, offer_id: str, action: str) -> RemoteListing:
        """Publish or end it, and see whether that is done at once."""
        sent = await self._publish(offer_id, action)
        listing = await self.read(offer_id)
        status = status_of(listing.raw)
        if action == END and status == "ENDED":
            return replace(listing, state=ListingState.ENDED)
        if action == ACTIVATE and status == "ACTIVE":
            return listing
        return replace(listing, submission=str(sent))

    async def _settled(self, offer_id: str, submission: str) -> RemoteListing | MmhubError:
        try:
            return await self.follow(offer_id, submission)
        except MmhubError as error:
            return error

    def _await(self, offer_id: str, reply: Reply) -> Submission | None:
        """Remember what must be over before the draft is published."""
        running = operation_of(reply, self._now())
        if running is not None:
            self._running[offer_id] = running
        return running

    def _is_late(self, followed: Submission, seconds: float) -> bool:
        return (self._now() - followed.since).total_seconds() >= seconds

    def _now(self) -> datetime:
        return self._api.connection.now()


def _digest(request: OutgoingRequest) -> bytes:
    return hashlib.blake2b(request.body, digest_size=16).digest()
