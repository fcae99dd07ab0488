"""A marketplace that takes changes as feeds: many in one call, worked on for a while, refused one by one.

The server is real HTTP on 127.0.0.1. Adapter and declaration are the model for marketplaces with bulk calls: declare in
``gathered`` what goes together, answer for each listing on its own, and leave the waiting to the engine.
"""

import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from mmhub_desktop.connections import PracticeAccess
from mmhub_desktop.credentials import MemorySecrets
from mmhub_desktop.domain.ids import ListingId, ProductId
from mmhub_desktop.domain.job import BatchJob, WorkRequest
from mmhub_desktop.domain.listing import Listing, ListingChange, ListingState
from mmhub_desktop.domain.marketplace import Account, AccountKind, Capability, GatherBounds, RateLimit, TextLimits
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding, MmhubError, NotLiveYet, Rejected
from mmhub_desktop.events import Bus
from mmhub_desktop.marketplaces.base import (
    CREATE_MANY,
    FOLLOW_MANY,
    UPDATE_MANY,
    AccountIdentity,
    Adapter,
    CategoryRules,
    CategorySuggestion,
    ListingDraft,
    Mapped,
    Marketplace,
    PictureSource,
    RemoteImage,
    RemoteListing,
)
from mmhub_desktop.marketplaces.http import read_json, send
from mmhub_desktop.marketplaces.outgoing import json_request
from mmhub_desktop.settings import Settings
from mmhub_desktop.workspace import Workspace
from tests.fakes.shop import lamp

MOST = 1_000  # items of one feed
LABEL = "Feed Market"


@dataclass
class FeedServer:
    """``polls``: how often a feed is still in progress. Prices above ``ceiling`` are refused."""

    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    feeds: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    polls: int = 2
    ceiling: int = 1_000_000
    lose: int = 0  # feeds that are taken and whose answer is cut off
    created: Counter[str] = field(default_factory=Counter)  # how often a SKU was created

    def app(self) -> web.Application:
        """Its routes."""
        app = web.Application(client_max_size=16 * 1024**2)
        app.router.add_post("/items/read", self._read)
        app.router.add_get("/items/by-sku/{sku}", self._find)
        app.router.add_post("/feeds", self._take)
        app.router.add_get("/feeds/{feed}", self._report)
        app.router.add_post("/items/{id}/note", self._note)
        return app

    async def _read(self, request: web.Request) -> web.Response:
        self.calls["read"] += 1
        ids = (await request.json())["ids"]
        return web.json_response([{"id": one, **self.items[one]} for one in ids if one in self.items])

    async def _take(self, request: web.Request) -> web.Response:
        self.calls["feed"] += 1
        changes = (await request.json())["changes"]
        assert len(changes) <= MOST
        feed = f"F{len(self.feeds) + 1}"
        self.feeds[feed] = {"left": self.polls, "changes": changes}
        if self.lose:
            self.lose -= 1
            return web.Response(status=502, text="the feed was taken, this is not told")
        return web.json_response({"feed": feed})

    async def _note(self, request: web.Request) -> web.Response:
        if request.match_info["id"] not in self.items:
            return web.json_response({"error": "no such item"}, status=404)
        self.items[request.match_info["id"]]["note"] = (await request.json())["note"]
        return web.json_response({})

    async def _report(self, request: web.Request) -> web.Response:
        self.calls["poll"] += 1
        feed = self.feeds[request.match_info["feed"]]
        if feed["left"] > 0:
            feed["left"] -= 1
            return web.json_response({"status": "in progress"})
        return web.json_response(
            {"status": "done", "results": {one["id"]: self._apply(one) for one in feed["changes"]}}
        )

    async def _find(self, request: web.Request) -> web.Response:
        """A new item can be found as soon as its feed is taken, before it is worked on."""
        self.calls["find"] += 1
        sku = request.match_info["sku"]
        waiting = {
            one["id"]: feed_id
            for feed_id, feed in self.feeds.items()
            for one in feed["changes"]
            if one.get("new") and feed["left"] > 0
        }
        if sku in self.items or sku in waiting:
            return web.json_response({"id": sku, "feed": waiting.get(sku, "")})
        return web.json_response(None)

    def _apply(self, change: dict[str, Any]) -> str:
        if change.get("new") and change["id"] not in self.items:
            if change["price"] > self.ceiling:
                return f"price {change['price']} is too high"
            self.created[change["id"]] += 1
            self.items[change["id"]] = {key: change[key] for key in ("title", "price", "quantity")}
            return "ok"
        if change.get("price", 0) > self.ceiling:
            return f"price {change['price']} is too high"
        self.items[change["id"]].update({key: value for key, value in change.items() if key not in ("id", "new")})
        return "ok"


class FeedAdapter(Adapter):
    """One account of it."""

    async def check_credentials(self) -> AccountIdentity:
        """Everybody is let in."""
        return AccountIdentity("1", "Seller", "", "CLP")

    async def find_categories(self, title: str) -> tuple[CategorySuggestion, ...]:  # noqa: ARG002 - the contract's
        """There is one."""
        return (CategorySuggestion("all", "All"),)

    async def read_category(self, category_id: str) -> CategoryRules:
        """Without demands."""
        return CategoryRules(category_id, "All", True, 200, 5_000, 10)

    def map(self, draft: ListingDraft, rules: CategoryRules) -> Mapped:  # noqa: ARG002 - the contract's
        """The item of a feed."""
        assert draft.price is not None
        item = {"id": draft.sku, "title": draft.text.title, "price": draft.price.minor, "quantity": draft.quantity}
        return Mapped({**item, "new": True}, {"note": draft.text.description})

    async def find_by_sku(self, sku: str) -> tuple[RemoteListing, ...]:
        """The item, or the feed that will make it."""
        found = await self._call("GET", f"/items/by-sku/{sku}")
        return (RemoteListing(found["id"], ListingState.ACCEPTED, submission=found["feed"]),) if found else ()

    async def create(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> RemoteListing:
        """A feed of one."""
        (answer,) = await self.create_many([(mapped, images)])
        if isinstance(answer, MmhubError):
            raise answer
        return answer

    async def create_many(
        self, forms: Sequence[tuple[Mapped, tuple[RemoteImage, ...]]]
    ) -> Sequence[RemoteListing | MmhubError]:
        """A feed of new items."""
        items = [{**mapped.body, "pictures": [image.url for image in images]} for mapped, images in forms]
        reply = await self._call("POST", "/feeds", {"changes": items}, once=True)
        return [RemoteListing(item["id"], ListingState.ACCEPTED, submission=reply["feed"]) for item in items]

    async def create_requests(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> tuple[OutgoingRequest, ...]:
        """A feed of one and its note."""
        item = {**mapped.body, "pictures": [image.url for image in images]}
        note = json_request("POST", "/items/{{listing_id}}/note", dict(mapped.after))
        return (json_request("POST", "/feeds", {"changes": [item]}), note)

    async def finish_create(self, remote_id: str, mapped: Mapped) -> None:
        """A note, which only an item that is there takes."""
        await self._call("POST", f"/items/{remote_id}/note", mapped.after)

    async def read(self, remote_id: str) -> RemoteListing:
        """One by the call for many; Rejected when it is not there."""
        for found in await self.read_many([remote_id]):
            return found
        raise Rejected(f"{LABEL} does not know {remote_id}.")

    async def read_many(self, remote_ids: Sequence[str]) -> tuple[RemoteListing, ...]:
        """Up to ``Marketplace.read_at_once`` in one call."""
        items = await self._call("POST", "/items/read", {"ids": list(remote_ids)})
        return tuple(_listing(item) for item in items)

    async def update(self, remote_id: str, change: ListingChange) -> RemoteListing:
        """A feed of one."""
        (answer,) = await self.update_many([(remote_id, change)])
        if isinstance(answer, MmhubError):
            raise answer
        return answer

    async def update_many(self, changes: Sequence[tuple[str, ListingChange]]) -> Sequence[RemoteListing | MmhubError]:
        """A feed: it is only taken here, what became of it is told by ``follow_many``."""
        reply = await self._call("POST", "/feeds", {"changes": [_change(*one) for one in changes]})
        return [RemoteListing(one, ListingState.ACCEPTED, submission=reply["feed"]) for one, _ in changes]

    async def follow(self, remote_id: str, submission: str) -> RemoteListing:
        """Of one listing."""
        (answer,) = await self.follow_many([remote_id], submission)
        if isinstance(answer, MmhubError):
            raise answer
        return answer

    async def follow_many(self, remote_ids: Sequence[str], submission: str) -> Sequence[RemoteListing | MmhubError]:
        """One report for all: not ready as a whole, or a result for each."""
        report = await self._call("GET", f"/feeds/{submission}")
        if report["status"] != "done":
            raise NotLiveYet(f"{LABEL} works on it.")  # how long to wait is declared: Marketplace.follow_s
        return [_result(one, report["results"].get(one, "missing in the report")) for one in remote_ids]

    async def _call(self, method: str, path: str, body: Any = None, *, once: bool = False) -> Any:
        request = self.connection.http.build_request(method, self.connection.base_url + path, json=body)
        response = await send(self.connection, request, label=LABEL, once=once)
        if response.status_code == 404:
            raise Rejected(f"{LABEL} has no such item.")
        return read_json(response, label=LABEL)


def _listing(item: dict[str, Any]) -> RemoteListing:
    return RemoteListing(
        item["id"], ListingState.LIVE, title=item["title"], price=Money(item["price"], "CLP"), quantity=item["quantity"]
    )


def _change(remote_id: str, change: ListingChange) -> dict[str, Any]:
    fields = {"price": change.price.minor if change.price else None, "quantity": change.quantity, "title": change.title}
    return {"id": remote_id, **{name: value for name, value in fields.items() if value is not None}}


def _result(remote_id: str, said: str) -> RemoteListing | MmhubError:
    if said == "ok":
        return RemoteListing(remote_id, ListingState.LIVE)
    finding = Finding(
        "feed.refused", "price", f"{LABEL} refused the change.", "Mend the product and try again.", original=said
    )
    return Rejected(f"{LABEL} refused the change.", findings=(finding,), original=said)


MARKETPLACE = Marketplace(
    name="feedmarket",
    label=LABEL,
    sites=(),
    credential_fields=(),
    capabilities=frozenset(
        {Capability.CREATE, Capability.FIND_BY_SKU, Capability.UPDATE, Capability.READ_BACK, Capability.CATEGORIES}
    ),
    rate_limits=(RateLimit("calls", 100.0, 100),),
    concurrency=4,
    text_limits=TextLimits(title=200, description=5_000),
    lookup_lag_s=(0.0,),
    read_back_s=(0.1,),
    adapter=FeedAdapter,
    read_at_once=200,
    gathered={
        CREATE_MANY: GatherBounds(MOST, 2.0),
        UPDATE_MANY: GatherBounds(MOST, 2.0),
        FOLLOW_MANY: GatherBounds(MOST, 1.0),
    },
    follow_s=(0.2, 0.4),
    pictures=PictureSource.URL,
)


@dataclass
class FeedShop:
    """A workspace with one account there, and the server behind it."""

    workspace: Workspace
    account: Account
    server: FeedServer

    async def list_lamps(self, number: int) -> tuple[ProductId, ...]:
        """So many products that are listed there with another price than ours."""
        ids = []
        for n in range(1, number + 1):
            product = await self.workspace.products.save(lamp(n, images=()))
            remote_id = f"R{n}"
            self.server.items[remote_id] = {"title": lamp(n).original.title, "price": 1_000, "quantity": 5}
            await self.workspace.listings.save(
                Listing(ListingId(0), product, self.account.id, ListingState.LIVE, remote_id)
            )
            ids.append(product)
        return tuple(ids)

    async def update(self, *ids: ProductId, **options: Any) -> BatchJob:
        """Send what the products say and wait until the batch has ended."""
        return await self.do("update", *ids, **options)

    async def do(self, action: str, *ids: ProductId, **options: Any) -> BatchJob:
        """Plan an action and wait until the batch has ended."""
        batch_id = await self.workspace.submit(WorkRequest(action, ids, (self.account.id,), options=options))
        batch = await self.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        return batch


@contextlib.asynccontextmanager
async def open_feed_shop(folder: Path, server: FeedServer | None = None) -> AsyncIterator[FeedShop]:
    """Open a workspace in ``folder``; with the same server again, it finds everything as it was."""
    server = server or FeedServer()
    runner = web.AppRunner(server.app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()

    async def practice(_: str) -> PracticeAccess:
        return PracticeAccess(f"http://127.0.0.1:{runner.addresses[0][1]}", {})

    async def place() -> MemorySecrets:
        return kept

    kept = MemorySecrets()
    workspace = await Workspace.open(
        folder / "feeds.mmhub", settings=Settings(), bus=Bus(), holder="a test", secrets=place, practice=practice
    )
    workspace.marketplaces = {**workspace.marketplaces, MARKETPLACE.name: MARKETPLACE}
    try:
        present = await workspace.accounts.all()
        account = present[0] if present else await workspace.connect(MARKETPLACE.name, "", AccountKind.PRACTICE, {})
        await workspace.engine.start()
        yield FeedShop(workspace, account, server)
    finally:
        await workspace.close()
        await runner.cleanup()
