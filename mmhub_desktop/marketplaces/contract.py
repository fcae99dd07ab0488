"""The conformance suite of all adapters, for ours and for those of third parties.

Derive a test class and give it a pytest fixture ``stage``: a ``Stage`` set up afresh for every test::

    class TestMyShop(MarketplaceContract):
        @pytest.fixture
        async def stage(self) -> AsyncIterator[Stage]: ...

The tests are coroutines (pytest-asyncio). They drive the adapter's real code over real HTTP; what goes wrong is
staged by a practice marketplace. This module needs no pytest itself.
"""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from mmhub_desktop.domain.listing import ListingChange, ListingState
from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.order import OrdersPage, OrderState, Shipment
from mmhub_desktop.domain.product import Text
from mmhub_desktop.errors import (
    MarketplaceError,
    NotLiveYet,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SignInNeeded,
    Unavailable,
    Unsupported,
    UserMistake,
)
from mmhub_desktop.marketplaces.base import (
    Adapter,
    CategoryRules,
    ImageFile,
    ListingDraft,
    Mapped,
    Marketplace,
    PictureSource,
    RemoteImage,
    RemoteListing,
)
from mmhub_desktop.marketplaces.contract_requests import RequestsContract
from mmhub_desktop.marketplaces.contract_variants import VariantsContract

WEIRD_TITLES = (
    "Taza 🎉👩‍👩‍👧 de cerámica ☕ azul",
    "كوب سيراميك أزرق 350 مل",
    "ספל קרמיקה כחול",
    "Taza \u202eodiced\u202c al revés",
    "𝐓𝐚𝐳𝐚 𝐝𝐞 𝐜𝐞𝐫𝐚́𝐦𝐢𝐜𝐚 𠜎 350 ml",
    "Taza de cerámica " + "muy grande " * 60,
    "T\u0000aza\u0007 de \ud7ff cerámica",
    '\' OR 1=1; -- <b>taza</b> & "cerámica" \\ % {}',
)


class Stage(ABC):
    """One connected account at a practice marketplace, and what can be done to it behind its back."""

    marketplace: Marketplace
    renews_tokens = True  # False where every call is signed with keys that do not end
    forgets_ended = False  # True where an ended listing cannot be read any more
    ends_as = ListingState.ENDED  # PAUSED where ending for good is left to the seller at the marketplace
    takes_families = True  # False where an account of this kind must list each variant by itself

    @abstractmethod
    def adapter(self) -> Adapter:
        """A new adapter of the connected account, with secrets shared by all adapters of this stage."""

    @abstractmethod
    def draft(self, sku: str) -> ListingDraft:
        """A draft that the marketplace takes as it is, in a category that ``find_categories`` proposes."""

    @abstractmethod
    def image(self) -> ImageFile:
        """An image that the marketplace takes."""

    @abstractmethod
    async def fail_create(self, *, status: int = 0, after_effect: bool = False) -> None:
        """Let the next create end in this status, or in a broken connection for 0, before or after its effect."""

    @abstractmethod
    async def fail_reads(self, status: int, *, retry_after_s: int | None = None, times: int = 1) -> None:
        """Let the next calls that only read end in this status."""

    @abstractmethod
    async def set_lookup_lag(self, seconds: float) -> None:
        """How long a new listing is not found by its SKU."""

    @abstractmethod
    async def expire_access_token(self) -> None:
        """Let the marketplace refuse the access token; the grant stays good."""

    @abstractmethod
    async def kill_grant(self) -> None:
        """Let the marketplace refuse the account altogether."""

    @abstractmethod
    async def creates(self, sku: str) -> int:
        """How many listings of this SKU the marketplace has ever created."""

    @abstractmethod
    async def renewals(self) -> int:
        """How many times it has handed out new tokens for a refresh token."""

    async def finish_submissions(self) -> None:  # noqa: B027 - nothing to do where all is done at once
        """Let the marketplace come to the end of everything it was sent; where it works later, override this."""

    async def fail_shipment(self, *, after_effect: bool) -> None:
        """Let the connection break at the next shipment, before or after its effect. Where it has orders, override."""
        raise NotImplementedError

    def family(self, sku: str) -> ListingDraft:
        """A draft with variants that the marketplace takes as it is. Where it has variants, override."""
        raise NotImplementedError

    def shipment(self, adapter: Adapter) -> Shipment:
        """A parcel that the marketplace takes."""
        return Shipment("UPS", "1Z999AA10123456784", adapter.connection.now(), "https://www.ups.com/track")

    async def sell(self, sku: str, quantity: int) -> str:
        """A buyer buys so many, paid and to be shipped; the marketplace's order id. Where it has orders, override."""
        raise NotImplementedError

    def picture_url(self) -> str:
        """A public address of an image, for marketplaces that fetch them."""
        return "https://pictures.example.com/lamp-0001.jpg"

    @abstractmethod
    def token_events(self) -> Sequence[tuple[str, str]]:
        """In order: ("saved", access token) when secrets became durable, ("used", access token) for each request."""


@asynccontextmanager
async def raised(kind: type[MarketplaceError]) -> AsyncIterator[list[MarketplaceError]]:
    """Expect exactly this class of error; the list then holds it."""
    caught: list[MarketplaceError] = []
    try:
        yield caught
    except MarketplaceError as error:
        assert type(error) is kind, f"expected {kind.__name__}, got {error!r} {error.original}"
        caught.append(error)
    assert caught, f"expected {kind.__name__}, but nothing was raised"


class MarketplaceContract(RequestsContract, VariantsContract):
    """What every adapter must do and must not do. See the module for how to use it."""

    async def test_the_declaration_is_complete(self, stage: Stage) -> None:
        """Everything that the program shows and paces by is declared."""
        shop = stage.marketplace
        assert shop.name
        assert shop.name.islower()
        assert shop.label
        assert shop.rate_limits
        assert all(limit.per_second > 0 and limit.burst >= 1 for limit in shop.rate_limits)
        assert shop.concurrency >= 1
        assert shop.text_limits.title > 0
        assert shop.lookup_lag_s or Capability.FIND_BY_SKU not in shop.capabilities
        assert shop.read_back_s or Capability.READ_BACK not in shop.capabilities
        keys = [field.key for field in shop.credential_fields]
        assert len(keys) == len(set(keys))
        assert any(field.secret for field in shop.credential_fields)

    async def test_the_normal_way(self, stage: Stage) -> None:
        """From credentials to a live listing, changed and ended."""
        adapter = stage.adapter()
        who = await adapter.check_credentials()
        assert who.remote_id
        assert who.name
        assert who.currency
        json.dumps(dict(who.settings))
        mapped, images = await prepare(stage, adapter, "NORMAL-1")
        assert not await adapter.find_by_sku("NORMAL-1")
        created = await adapter.create(mapped, images)
        assert created.remote_id
        assert created.state is not ListingState.LIVE, "only a read-back may say live"
        created = await settle(stage, adapter, created)
        await complete(stage, adapter, created.remote_id, mapped)
        await complete(stage, adapter, created.remote_id, mapped)  # safe to repeat
        await stage.finish_submissions()
        live = await adapter.read(created.remote_id)
        assert live.state is ListingState.LIVE, live
        assert live.url
        assert live.sku == "NORMAL-1"
        assert live.price == stage.draft("NORMAL-1").price
        assert live.quantity == stage.draft("NORMAL-1").quantity
        json.dumps(dict(live.raw))
        assert [one.remote_id for one in await adapter.find_by_sku("NORMAL-1")] == [created.remote_id]
        assert await stage.creates("NORMAL-1") == 1
        await self._change_and_end(stage, adapter, live)

    async def _change_and_end(self, stage: Stage, adapter: Adapter, live: RemoteListing) -> None:
        assert live.price is not None
        dearer = Money(live.price.minor * 2, live.price.currency)
        for _ in range(2):  # safe to repeat
            changed = await change(stage, adapter, live.remote_id, ListingChange(price=dearer, quantity=3))
            assert (changed.price, changed.quantity) == (dearer, 3)
        empty = await change(stage, adapter, live.remote_id, ListingChange(quantity=0))
        assert empty.quantity == 0
        assert empty.state is not ListingState.LIVE
        assert empty.reasons
        back = ListingChange(quantity=5, description="Another description.")
        again = await change(stage, adapter, live.remote_id, back)
        assert again.state is ListingState.LIVE
        for _ in range(2):  # safe to repeat
            ended = await settle(stage, adapter, await adapter.end(live.remote_id))
            assert ended.state is stage.ends_as
        if stage.forgets_ended:
            async with raised(Rejected):
                await adapter.read(live.remote_id)
        else:
            assert (await adapter.read(live.remote_id)).state is stage.ends_as
        if stage.ends_as is ListingState.ENDED:
            assert not await adapter.find_by_sku("NORMAL-1")

    async def test_what_has_ended_is_listed_again(self, stage: Stage) -> None:
        """Relisting brings an ended listing back; a marketplace that cannot says so."""
        adapter = stage.adapter()
        mapped, images = await prepare(stage, adapter, "AGAIN-1")
        if Capability.RELIST not in stage.marketplace.capabilities:
            async with raised(Unsupported):
                await adapter.relist("AGAIN-1")
            return
        created = await live_listing(stage, adapter, mapped, images)
        await settle(stage, adapter, await adapter.end(created.remote_id))
        back = await settle(stage, adapter, await adapter.relist(created.remote_id))
        await stage.finish_submissions()
        assert (await adapter.read(back.remote_id)).state is ListingState.LIVE
        assert [one.remote_id for one in await adapter.find_by_sku("AGAIN-1")] == [back.remote_id]

    async def test_an_order_comes_and_is_shipped_once(self, stage: Stage) -> None:
        """A sale is listed with its line and money; a shipment told twice is one parcel there."""
        adapter = stage.adapter()
        if Capability.ORDERS not in stage.marketplace.capabilities:
            async with raised(Unsupported):
                await adapter.list_orders(adapter.connection.now())
            return
        mapped, images = await prepare(stage, adapter, "SOLD-1")
        await live_listing(stage, adapter, mapped, images)
        before = adapter.connection.now() - timedelta(days=1)
        assert not [one for page in await all_orders(adapter, before) for one in page.orders]
        remote_id = await stage.sell("SOLD-1", 2)
        orders = {one.remote_id: one for page in await all_orders(adapter, before) for one in page.orders}
        assert set(orders) == {remote_id}
        order = await adapter.read_order(remote_id)
        assert order.state is OrderState.OPEN
        assert [(line.sku, line.quantity) for line in order.lines] == [("SOLD-1", 2)] or (
            sum(line.quantity for line in order.lines) == 2 and {line.sku for line in order.lines} == {"SOLD-1"}
        )
        assert order.lines[0].price == stage.draft("SOLD-1").price
        assert order.placed_at.tzinfo is not None
        json.dumps(dict(order.raw))
        if Capability.ACKNOWLEDGE in stage.marketplace.capabilities:
            for _ in range(2):  # safe to repeat
                assert (await adapter.acknowledge_order(remote_id)).acknowledged
        if Capability.SHIP not in stage.marketplace.capabilities:
            return
        parcel = stage.shipment(adapter)
        for _ in range(2):  # safe to repeat
            shipped = await adapter.confirm_shipment(remote_id, parcel)
            assert shipped.state in (OrderState.SHIPPED, OrderState.DELIVERED)
            assert [one.tracking for one in shipped.parcels if one.tracking] == [parcel.tracking]

    async def test_a_shipment_whose_answer_was_lost(self, stage: Stage) -> None:
        """No answer to a shipment is OutcomeUnknown; telling it again makes no second parcel."""
        if Capability.SHIP not in stage.marketplace.capabilities:
            return
        adapter = stage.adapter()
        mapped, images = await prepare(stage, adapter, "SOLD-2")
        await live_listing(stage, adapter, mapped, images)
        remote_id = await stage.sell("SOLD-2", 1)
        parcel = stage.shipment(adapter)
        await stage.fail_shipment(after_effect=True)
        async with raised(OutcomeUnknown):
            await adapter.confirm_shipment(remote_id, parcel)
        shipped = await adapter.confirm_shipment(remote_id, parcel)
        assert [one.tracking for one in shipped.parcels if one.tracking] == [parcel.tracking]

    async def test_what_is_not_declared_is_refused_plainly(self, stage: Stage) -> None:
        """A marketplace without a capability says Unsupported; one with it does not."""
        declared = Capability.FIND_BY_SKU in stage.marketplace.capabilities
        try:
            await stage.adapter().find_by_sku("NOTHING-0")
        except MarketplaceError as error:
            assert not declared, error

    async def test_mapping_is_pure_json(self, stage: Stage) -> None:
        """The same draft gives the same JSON, which survives being stored, and no request is made for it."""
        adapter = stage.adapter()
        await adapter.check_credentials()
        rules = await rules_for(stage, adapter, "PURE-1")
        before = len(stage.token_events())
        first, second = (adapter.map(stage.draft("PURE-1"), rules) for _ in range(2))
        assert len(stage.token_events()) == before
        assert first == second
        assert json.loads(json.dumps(dict(first.body))) == dict(first.body)
        assert json.loads(json.dumps(dict(first.after))) == dict(first.after)

    async def test_too_many_calls(self, stage: Stage) -> None:
        """429 is RateLimited, with the wait that the marketplace names."""
        adapter = stage.adapter()
        await stage.fail_reads(429, retry_after_s=7)
        async with raised(RateLimited) as caught:
            await adapter.check_credentials()
        assert isinstance(caught[0], RateLimited)
        assert caught[0].retry_after_s == 7
        await adapter.check_credentials()

    async def test_a_failing_marketplace(self, stage: Stage) -> None:
        """5xx of a call without effect is Unavailable; the adapter does not repeat it itself."""
        adapter = stage.adapter()
        for status in (500, 502, 503):
            await stage.fail_reads(status)
            async with raised(Unavailable):
                await adapter.check_credentials()
        await adapter.check_credentials()

    async def test_a_create_that_was_never_done(self, stage: Stage) -> None:
        """No answer to a create is OutcomeUnknown even if nothing happened; the look-up finds nothing."""
        adapter = stage.adapter()
        mapped, images = await prepare(stage, adapter, "LOST-1")
        begun = adapter.connection.now()
        for status in (0, 500, 503):
            await stage.fail_create(status=status, after_effect=False)
            async with raised(OutcomeUnknown):
                await adapter.create(mapped, images)
        assert await stage.creates("LOST-1") == 0
        assert not await look_for(adapter, "LOST-1", mapped, begun)

    async def test_a_create_whose_answer_was_lost(self, stage: Stage) -> None:
        """No answer to a create that did happen is OutcomeUnknown, and the look-up finds exactly one."""
        adapter = stage.adapter()
        for status in (0, 500):
            sku = f"LOST-2-{status}"
            mapped, images = await prepare(stage, adapter, sku)
            begun = adapter.connection.now()
            await stage.fail_create(status=status, after_effect=True)
            async with raised(OutcomeUnknown):
                await adapter.create(mapped, images)
            await stage.finish_submissions()
            found = await look_for(adapter, sku, mapped, begun)
            assert len(found) == 1, found
            assert found[0].sku in ("", sku)
            await complete(stage, adapter, found[0].remote_id, mapped)
            await stage.finish_submissions()
            assert (await adapter.read(found[0].remote_id)).state is ListingState.LIVE
            assert await stage.creates(sku) == 1, "an adapter must never repeat a create"

    async def test_a_create_that_was_throttled(self, stage: Stage) -> None:
        """429 for a create had no effect."""
        adapter = stage.adapter()
        mapped, images = await prepare(stage, adapter, "SLOW-1")
        await stage.fail_create(status=429)
        async with raised(RateLimited):
            await adapter.create(mapped, images)
        assert await stage.creates("SLOW-1") == 0

    async def test_a_look_up_that_lags(self, stage: Stage) -> None:
        """A listing that is not found yet is simply not found: no error, no wait in the adapter."""
        adapter = stage.adapter()
        mapped, images = await prepare(stage, adapter, "LAG-1")
        await stage.set_lookup_lag(3600)
        created = await adapter.create(mapped, images)
        if not created.submission:
            await complete(stage, adapter, created.remote_id, mapped)
        assert await adapter.find_by_sku("LAG-1") == ()
        await stage.set_lookup_lag(0)
        await stage.finish_submissions()
        assert len(await adapter.find_by_sku("LAG-1")) == 1

    async def test_an_expired_token_is_renewed_once(self, stage: Stage) -> None:
        """Twenty calls at once over several adapters cause one renewal, saved before its token is used."""
        if not stage.renews_tokens:
            assert await stage.adapter().token_expires_at() is None
            return
        adapters = [stage.adapter() for _ in range(4)]
        await adapters[0].check_credentials()
        before = await stage.renewals()
        start = len(stage.token_events())
        await stage.expire_access_token()
        who = await asyncio.gather(*(adapters[n % 4].check_credentials() for n in range(20)))
        assert len({one.remote_id for one in who}) == 1
        assert await stage.renewals() == before + 1
        events = list(stage.token_events())[start:]
        saved = [token for kind, token in events if kind == "saved"]
        assert len(saved) == 1
        assert ("used", saved[0]) in events
        assert events.index(("saved", saved[0])) < events.index(("used", saved[0]))

    async def test_renewal_again_and_again(self, stage: Stage) -> None:
        """Refresh tokens that work once do not end the chain, also for an adapter made later."""
        if not stage.renews_tokens:
            return
        for _ in range(3):
            await stage.expire_access_token()
            await stage.adapter().check_credentials()

    async def test_a_create_under_an_expired_token(self, stage: Stage) -> None:
        """The refused call had no effect: it is repeated under the new token, once."""
        if not stage.renews_tokens:
            return
        adapter = stage.adapter()
        mapped, images = await prepare(stage, adapter, "EXPIRED-1")
        await stage.expire_access_token()
        created = await settle(stage, adapter, await adapter.create(mapped, images))
        assert created.remote_id
        await complete(stage, adapter, created.remote_id, mapped)
        assert await stage.creates("EXPIRED-1") == 1

    async def test_a_dead_grant(self, stage: Stage) -> None:
        """A grant that was withdrawn is SignInNeeded, and no secret is in the words."""
        adapter = stage.adapter()
        await adapter.check_credentials()
        await stage.kill_grant()
        secrets = {token for _, token in stage.token_events() if token}
        async with raised(SignInNeeded) as caught:
            await adapter.check_credentials()
        words = f"{caught[0]} {caught[0].original} {caught[0].__cause__!r}"
        assert not any(secret in words for secret in secrets)
        assert caught[0].hint

    async def test_weird_titles_never_break(self, stage: Stage) -> None:
        """Each is listed, or refused with findings; none is cut without a word."""
        adapter = stage.adapter()
        await adapter.check_credentials()
        rules = await rules_for(stage, adapter, "WEIRD")
        images = await take_pictures(stage, adapter)
        for number, title in enumerate(WEIRD_TITLES):
            draft = stage.draft(f"WEIRD-{number}")
            draft = replace(draft, text=Text(title, f"{title}\n<p>{title}</p>\r\n• 5 < 6 > 4"))
            mapped = adapter.map(draft, rules)
            json.dumps(dict(mapped.body), ensure_ascii=False).encode()
            if not mapped.blocked:
                await self._list_or_explain(stage, adapter, mapped, images, draft.sku)
            else:
                assert all(one.message and one.field for one in mapped.findings if one.blocks), mapped.findings

    async def _list_or_explain(
        self, stage: Stage, adapter: Adapter, mapped: Mapped, images: tuple[RemoteImage, ...], sku: str
    ) -> None:
        try:
            await check(stage, adapter, mapped, images)
            created = await settle(stage, adapter, await adapter.create(mapped, images))
        except Rejected as error:
            assert any(one.blocks and one.message for one in error.findings), error
            assert await stage.creates(sku) == 0
            return
        await complete(stage, adapter, created.remote_id, mapped)
        assert await stage.creates(sku) == 1

    async def test_weird_skus_are_found_again(self, stage: Stage) -> None:
        """What was listed under a SKU is found under it, whatever its characters."""
        adapter = stage.adapter()
        for sku in ("A&B=C#D/E?F%20+G", "TAZA Ñandú 中文", "'quote\""):
            await adapter.check_credentials()
            draft = stage.draft(sku)
            mapped = adapter.map(draft, await rules_for(stage, adapter, sku))
            if mapped.blocked:  # a marketplace may take fewer characters, if it says so
                assert {one.field for one in mapped.findings if one.blocks} == {"sku"}, mapped.findings
                continue
            created = await adapter.create(mapped, await take_pictures(stage, adapter))
            created = await settle(stage, adapter, created)
            await complete(stage, adapter, created.remote_id, mapped)
            assert [one.remote_id for one in await adapter.find_by_sku(sku)] == [created.remote_id], sku

    async def test_prices_at_the_edges(self, stage: Stage) -> None:
        """No price, zero and absurd prices are refused with a finding of the price before or by the marketplace."""
        adapter = stage.adapter()
        await adapter.check_credentials()
        rules = await rules_for(stage, adapter, "PRICE")
        images = await take_pictures(stage, adapter)
        good = stage.draft("PRICE-1")
        assert good.price is not None
        for minor in (None, 0, -100, 10**18):
            price = None if minor is None else Money(minor, good.price.currency)
            mapped = adapter.map(replace(good, price=price), rules)
            findings = mapped.findings
            if not mapped.blocked:
                async with raised(Rejected) as caught:
                    await check(stage, adapter, mapped, images)
                    await settle(stage, adapter, await adapter.create(mapped, images))
                assert isinstance(caught[0], Rejected)
                findings = caught[0].findings
            assert any(one.blocks and one.field == "price" for one in findings), (minor, findings)

    async def test_what_is_missing_is_named(self, stage: Stage) -> None:
        """A draft without title, images and stock gets a blocking finding for each."""
        adapter = stage.adapter()
        await adapter.check_credentials()
        rules = await rules_for(stage, adapter, "BARE")
        bare = replace(stage.draft("BARE-1"), text=Text(""), images=(), image_count=0, quantity=0)
        named = {finding.field for finding in adapter.map(bare, rules).findings if finding.blocks}
        assert {"title", "images", "quantity"} <= named

    async def test_a_listing_that_never_existed(self, stage: Stage) -> None:
        """Reading or changing it is Rejected; ending it is done already."""
        adapter = stage.adapter()
        mapped, images = await prepare(stage, adapter, "GONE-1")
        created = await settle(stage, adapter, await adapter.create(mapped, images))
        gone = created.remote_id[:3] + "9" * len(created.remote_id[3:])
        async with raised(Rejected):
            await adapter.read(gone)
        async with raised(Rejected):
            await adapter.update(gone, ListingChange(quantity=1))
        assert (await settle(stage, adapter, await adapter.end(gone))).state is ListingState.ENDED

    async def test_several_are_read_at_once(self, stage: Stage) -> None:
        """A multi-read says what single reads say, in any order, and leaves out what is gone."""
        adapter = stage.adapter()
        ids = []
        for number in range(3):
            mapped, images = await prepare(stage, adapter, f"MANY-{number}")
            ids.append((await live_listing(stage, adapter, mapped, images)).remote_id)
        gone = ids[0][:3] + "9" * len(ids[0][3:])
        await change(stage, adapter, ids[1], ListingChange(quantity=0))
        if not stage.forgets_ended:
            await settle(stage, adapter, await adapter.end(ids[2]))
        assert stage.marketplace.read_at_once >= 1
        assert await adapter.read_many(()) == ()
        for some in ([*ids, gone], [ids[0]] * 2, ids[::-1])[: 3 if stage.marketplace.read_at_once >= 4 else 0]:
            read = await adapter.read_many(some)
            assert {one.remote_id for one in read} == set(some) - {gone}
            for one in read:
                alone = await adapter.read(one.remote_id)
                assert replace(one, raw={}) == replace(alone, raw={})

    async def test_everything_on_the_account_is_listed(self, stage: Stage) -> None:
        """Page by page every listing comes once, with its SKU, whoever made it; the last page has no cursor."""
        if Capability.LIST not in stage.marketplace.capabilities:
            async with raised(Unsupported):
                await stage.adapter().list_listings()
            return
        adapter = stage.adapter()
        assert (await adapter.list_listings()).listings == ()
        _, images = await prepare(stage, adapter, "LIST-1")
        rules, draft = await rules_for(stage, adapter, "LIST-1"), stage.draft("LIST-1")
        ids = []
        for number in range(120):  # a marketplace may not take any number of the same title
            text = replace(draft.text, title=f"{draft.text.title} {number // 20}")
            mapped = adapter.map(replace(stage.draft(f"LIST-{number}"), text=text), rules)
            ids.append((await adapter.create(mapped, images)).remote_id)
        await stage.finish_submissions()
        listed: list[RemoteListing] = []
        cursor = ""
        for _ in range(len(ids) + 2):
            page = await stage.adapter().list_listings(cursor)
            listed += page.listings
            cursor = page.cursor
            if not cursor:
                break
        assert not cursor, "the pages do not end"
        assert sorted(one.remote_id for one in listed) == sorted(ids)
        assert {one.sku for one in listed} <= {"", *(f"LIST-{number}" for number in range(120))}
        assert all(one.title for one in listed)

    async def test_access_is_renewed_unasked(self, stage: Stage) -> None:
        """Only when it ends soon; then without a call that needs it, and saved."""
        adapter = stage.adapter()
        await adapter.check_credentials()
        end = await adapter.keep_signed_in()
        before = await stage.renewals()
        assert await adapter.keep_signed_in() == end
        assert await stage.renewals() == before
        if end is None:
            return
        moved = stage.adapter()
        moved.connection = replace(moved.connection, now=lambda: end - timedelta(seconds=60))
        late = stage.marketplace.adapter(moved.connection)
        assert await late.keep_signed_in() is not None
        assert await stage.renewals() == before + 1

    async def test_the_token_tells_its_end(self, stage: Stage) -> None:
        """Where tokens end, the end lies in the future and is aware of its zone."""
        adapter = stage.adapter()
        await adapter.check_credentials()
        end = await adapter.token_expires_at()
        if end is not None:
            assert end.tzinfo is not None
            assert end > adapter.connection.now() - timedelta(seconds=1)

    async def test_a_foreign_redirect_is_a_mistake(self, stage: Stage) -> None:
        """Consent refuses what does not belong to the attempt, and changes nothing."""
        if stage.marketplace.consent is None:
            return
        consent = stage.marketplace.consent(stage.adapter().connection)
        page = await consent.begin()
        assert page.address.startswith(("https://", "http://127.0.0.1"))
        before = await stage.adapter().connection.secrets.load()
        for pasted in ("", "hello", "https://practice.invalid/callback?code=X&state=wrong"):
            try:
                await consent.finish(pasted, page.remembered)
            except UserMistake as error:
                assert error.hint
            else:
                raise AssertionError(f"took {pasted!r}")
        assert await stage.adapter().connection.secrets.load() == before


async def rules_for(stage: Stage, adapter: Adapter, sku: str) -> CategoryRules:
    """The rules of the draft's category: its own, else the first one proposed."""
    draft = stage.draft(sku)
    if draft.category_id:
        return await adapter.read_category(draft.category_id)
    proposed = await adapter.find_categories(draft.text.title)
    assert proposed, "no category was proposed for the stage's draft"
    return await adapter.read_category(proposed[0].id)


async def prepare(stage: Stage, adapter: Adapter, sku: str) -> tuple[Mapped, tuple[RemoteImage, ...]]:
    """Everything up to the create: identity, category, mapping, pictures, the marketplace's own check."""
    await adapter.check_credentials()
    rules = await rules_for(stage, adapter, sku)
    mapped = adapter.map(stage.draft(sku), rules)
    assert not mapped.blocked, mapped.findings
    await check(stage, adapter, mapped, ())  # the check may come before the images
    images = await take_pictures(stage, adapter)
    await check(stage, adapter, mapped, images)
    return mapped, images


async def take_pictures(stage: Stage, adapter: Adapter) -> tuple[RemoteImage, ...]:
    """One picture in the way the marketplace takes them; none where it goes to a listing that is there."""
    if stage.marketplace.pictures is PictureSource.TO_LISTING:
        return ()
    if stage.marketplace.pictures is PictureSource.URL:
        return (RemoteImage("", stage.picture_url()),)
    image = await adapter.upload_image(stage.image())
    assert image.id or image.url
    return (image,)


async def check(stage: Stage, adapter: Adapter, mapped: Mapped, images: tuple[RemoteImage, ...]) -> None:
    """The marketplace's own check, where it has one."""
    if Capability.VALIDATE in stage.marketplace.capabilities:
        await adapter.validate(mapped, images)


async def settle(stage: Stage, adapter: Adapter, remote: RemoteListing) -> RemoteListing:
    """The listing after the marketplace has come to the end of what it was sent."""
    if not remote.submission:
        return remote
    try:
        return await adapter.follow(remote.remote_id, remote.submission)
    except NotLiveYet:
        await stage.finish_submissions()
        return await adapter.follow(remote.remote_id, remote.submission)


async def change(stage: Stage, adapter: Adapter, remote_id: str, wanted: ListingChange) -> RemoteListing:
    """A change, and the listing as it is shown when the marketplace has come to the end of it."""
    changed = await adapter.update(remote_id, wanted)
    if not changed.submission:
        return changed
    await settle(stage, adapter, changed)
    return await adapter.read(remote_id)


async def live_listing(
    stage: Stage, adapter: Adapter, mapped: Mapped, images: tuple[RemoteImage, ...]
) -> RemoteListing:
    """Create, follow to the end, send what must come after."""
    created = await settle(stage, adapter, await adapter.create(mapped, images))
    await complete(stage, adapter, created.remote_id, mapped)
    await stage.finish_submissions()
    return created


async def complete(stage: Stage, adapter: Adapter, remote_id: str, mapped: Mapped) -> None:
    """What follows a create: the picture, where it goes to a listing that is there, and the rest."""
    await put_picture(stage, adapter, remote_id)
    await adapter.finish_create(remote_id, mapped)


async def put_picture(stage: Stage, adapter: Adapter, remote_id: str) -> None:
    """One picture for a listing that is there, where the marketplace takes pictures so."""
    if stage.marketplace.pictures is PictureSource.TO_LISTING:
        await adapter.add_picture(remote_id, 1, stage.image())


async def look_for(adapter: Adapter, sku: str, mapped: Mapped, since: datetime) -> tuple[RemoteListing, ...]:
    """What a create without answer may have made, as the program looks for it."""
    return await adapter.find_by_sku(sku) or await adapter.find_lost(mapped, since)


async def all_orders(adapter: Adapter, since: datetime) -> list[OrdersPage]:
    """Every page of orders there is now."""
    pages = [await adapter.list_orders(since)]
    while pages[-1].more:
        assert pages[-1].cursor
        assert len(pages) < 100, "the pages do not end"
        pages.append(await adapter.list_orders(since, pages[-1].cursor))
    return pages
