"""Readiness: every product composed, mapped and checked for an account, on this machine, before any call.

Works beside the window on its loop in slices of a few milliseconds, many products in a process of its own, and only on
what changed since the last time. What a category demands comes from what was read of it before; ``read_rules`` alone
asks the marketplace.
"""

import asyncio
import contextlib
import hashlib
import json
import logging
import time
from array import array
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import asdict, dataclass

from mmhub_desktop import __version__
from mmhub_desktop.actions.categories import cached_rules, proposal_key, propose_category, read_rules
from mmhub_desktop.actions.composing import ComposedDraft, compose
from mmhub_desktop.actions.forms import check_product, choices_missing
from mmhub_desktop.actions.mapping_process import MappingProcess
from mmhub_desktop.actions.offers import compose_for, misplaced, own_of_variants, takes_families
from mmhub_desktop.actions.parts import Parts
from mmhub_desktop.actions.picture_check import picture_findings
from mmhub_desktop.actions.picture_looking import PictureLooking, key_of
from mmhub_desktop.actions.previews import patiently
from mmhub_desktop.actions.readiness_check import Bench, Composed, PicturesSeen, unread
from mmhub_desktop.catalog.links import is_link
from mmhub_desktop.domain.fixed_picture import fixed_of
from mmhub_desktop.domain.ids import AccountId, ListingId, ProductId
from mmhub_desktop.domain.listing import Listing
from mmhub_desktop.domain.listing_rules import to_form
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.readiness import Checked
from mmhub_desktop.errors import Finding, MarketplaceError, MmhubError, UserMistake
from mmhub_desktop.events import AccountsChanged, ProductsChanged, ReadinessChanged, RulesChanged
from mmhub_desktop.marketplaces.base import CategoryRules, ListingDraft, Mapped
from mmhub_desktop.marketplaces.mapping_only import mapping_adapter
from mmhub_desktop.store.database import now_ms
from mmhub_desktop.store.picture_sights import PictureSightStore
from mmhub_desktop.store.readiness import ReadinessStore, ToCheck

CHUNK = 200  # products read and kept at once
MANY = 1_000  # so many are mapped in a process of its own: it takes about a second to start
SLICE_S = 0.008  # the loop is held no longer than this and one product
QUIET_S = 1.0  # changes are gathered so long before they are checked
REST = 4.0  # rests at least so many times as long as the last check took, while changes go on
MOST_DEMANDS = 24  # categories whose rules are held at once: some are megabytes
MOST_TITLES = 200  # titles that the marketplace is asked about in one reading

_log = logging.getLogger("mmhub.readiness")


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a marketplace's rules has come to."""

    categories: int
    titles: int
    problems: tuple[str, ...] = ()


class Readiness:
    """Lives on the loop. ``pace`` makes a coroutine's calls wait as jobs' calls do."""

    def __init__(
        self, parts: Parts, store: ReadinessStore, sights: PictureSightStore, pace: Callable[[AccountId], None]
    ) -> None:
        self.store = store
        self._parts = parts
        self._pace = pace
        self._due = asyncio.Event()
        self.looking = PictureLooking(parts.images, sights, self._due.set)
        self._checked: dict[AccountId, int] = {}  # since when what was seen of pictures may not be known
        self._watching: asyncio.Task[None] | None = None
        self._unsubscribe: list[Callable[[], None]] = []
        self._checking = asyncio.Lock()

    def start(self) -> None:
        """Keep everything up to date from now on, in the background."""
        bus = self._parts.bus
        for kind in (ProductsChanged, RulesChanged, AccountsChanged):
            self._unsubscribe.append(bus.subscribe(kind, lambda _: self._due.set()))
        self._due.set()
        self.looking.start()
        self._watching = asyncio.create_task(self._watch(), name="check readiness")

    async def stop(self) -> None:
        """Stop after the present chunk."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        if self._watching is not None:
            self._watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watching
            self._watching = None
        await self.looking.stop()

    async def check_all(self) -> int:
        """Check what changed for every account; how many products were looked at."""
        return sum([await self.check(account.id) for account in await self._parts.accounts.all()])

    async def check(self, account_id: AccountId, ids: Sequence[int] | None = None) -> int:
        """Check these products, or those that changed since, for an account; how many were looked at.

        Nothing is sent. Unsupported when the marketplace's package is not installed.
        """
        async with self._checking:
            bench = await self._bench(account_id)
            began, since = now_ms(), self._checked.get(account_id, 0)
            stale = array("q", ids) if ids is not None else await self.store.stale(bench.account, bench.basis, since)
            process = MappingProcess(bench.account) if len(stale) >= MANY else None
            try:
                for first in range(0, len(stale), CHUNK):
                    at = now_ms()
                    some = await self.store.to_check(account_id, stale[first : first + CHUNK])
                    checked = await self._check_some(bench, some, process)
                    await self.store.keep(account_id, bench.basis, checked, at)
                    self._parts.bus.publish(ReadinessChanged(account_id, min(first + CHUNK, len(stale)), len(stale)))
            finally:
                if process is not None:
                    await asyncio.shield(process.close())
            if ids is None:
                self._checked[account_id] = began
            return len(stale)

    async def compose(self, product_id: ProductId, account_id: AccountId) -> ComposedDraft:
        """The product's draft for the account by what is known on this machine. UserMistake when it is gone."""
        product = await self._parts.products.get(product_id)
        if product is None:
            raise UserMistake("The product is no longer in the catalog.", hint="It was deleted meanwhile.")
        listing = await self._parts.listings.get(product_id, account_id)
        bench = await self._bench(account_id)
        one = ToCheck(product, json.dumps(dict(listing.overrides)), has_variants=False)
        proposed = (await self._proposals(bench, [one])).get(product_id, "")
        return await compose_for(self._parts, bench.account, product, listing, proposed)

    async def demands_of(self, account: Account, category_id: str) -> CategoryRules | None:
        """What a category demands, as it was last read; None where it was not."""
        if not category_id:
            return None
        return await cached_rules(self._parts, (account.marketplace, account.site, category_id))

    async def read_category(self, account_id: AccountId, category_id: str) -> CategoryRules:
        """What a category demands, asked of the marketplace where it is not known."""
        self._pace(account_id)
        adapter = await self._parts.adapter(account_id)
        return await patiently(lambda: read_rules(self._parts, adapter, category_id))

    async def read_rules(self, account_id: AccountId, on_progress: Callable[[int, int], None] | None = None) -> Reading:
        """Ask the marketplace for the categories and rules that products wait for, then check those again.

        At the account's pace; ``on_progress`` is told how many questions of how many were asked. What cannot be read is
        told in words and does not stop the rest.
        """
        await self.check(account_id)
        self._pace(account_id)
        adapter = await self._parts.adapter(account_id)
        categories, titles = await self.store.unread(account_id, MOST_TITLES)
        problems: dict[str, None] = {}
        wanted = dict.fromkeys(categories)
        for place, title in enumerate(titles):
            if on_progress is not None:
                on_progress(place, len(titles) + len(wanted))
            try:
                found = await patiently(lambda title=title: propose_category(self._parts, adapter, title))  # type: ignore[misc]
            except MarketplaceError as error:
                problems[str(error)] = None
            else:
                wanted.update(dict.fromkeys([found] if found else []))
        read = 0
        for place, category_id in enumerate(wanted):
            if on_progress is not None:
                on_progress(len(titles) + place, len(titles) + len(wanted))
            try:
                await patiently(lambda one=category_id: read_rules(self._parts, adapter, one))  # type: ignore[misc]
                read += 1
            except MarketplaceError as error:
                problems[str(error)] = None
        await self.store.forget_unread(account_id)
        await self.check(account_id)
        return Reading(read, len(titles), tuple(problems))

    async def _watch(self) -> None:
        while True:
            await self._due.wait()
            await asyncio.sleep(QUIET_S)
            self._due.clear()
            began = time.monotonic()
            for account in await self._parts.accounts.all():
                try:
                    await self.check(account.id)
                except MmhubError as error:
                    _log.info("readiness of account %d was not checked: %s", account.id, error)
                except Exception:  # noqa: BLE001 - an adapter of another package: its mistake must not end the watching
                    _log.exception("readiness of account %d was not checked", account.id)
            await asyncio.sleep(REST * (time.monotonic() - began))

    async def _bench(self, account_id: AccountId) -> Bench:
        parts = self._parts
        account = await parts.accounts.get(account_id)
        declared = parts.marketplace(account)
        rules = await parts.listing_rules.of(account_id)
        mappings = await parts.mappings.of(account.marketplace, account.site)
        today = parts.now().date().isoformat() if rules.price.rate else ""  # a rate grows old by itself
        known = [
            __version__, account.site, dict(account.settings), dict(account.identity), to_form(rules), today,
            sorted((key, asdict(one)) for key, one in mappings.categories.items()),
            sorted((key, sorted(one.items())) for key, one in mappings.attributes.items()),
            sorted((key, sorted(one.items())) for key, one in mappings.values.items()),
        ]  # fmt: skip
        basis = hashlib.blake2s(json.dumps(known, sort_keys=True).encode(), digest_size=12).hexdigest()
        return Bench(
            account, mapping_adapter(declared, account), rules, mappings, basis, await self.store.rules_read(account),
            choices_missing(declared, account), takes_families(declared, account),
        )  # fmt: skip

    async def _check_some(self, bench: Bench, some: Sequence[ToCheck], process: MappingProcess | None) -> list[Checked]:
        proposed = await self._proposals(bench, some)
        bench.pictures = await self._pictures(some)
        composed, since = [], time.perf_counter()
        for one in some:
            composed.append(await self._compose_one(bench, one, proposed.get(one.product.id, "")))
            since = await _give_way(since)
        to_map = [(made.draft, made.demands) for made in composed if made.draft and made.demands]
        mapped = iter(await self._map_all(bench, to_map, process))
        return [made.checked(next(mapped) if made.draft and made.demands else ()) for made in composed]

    async def _pictures(self, some: Sequence[ToCheck]) -> PicturesSeen:
        """What is known of the products' pictures; those that nobody looked at yet are, by and by."""
        products = [one.product for one in some if one.product.active]
        keys = {key_of(source, product.image_base) for product in products for source in product.images}
        links = tuple(source for source, _ in keys if is_link(source))
        seen = PicturesSeen(await self._parts.images.store.of(links), await self.looking.store.of(keys))
        self.looking.want(seen.unseen(products))
        return seen

    async def _proposals(self, bench: Bench, some: Sequence[ToCheck]) -> dict[int, str]:
        """The category that the marketplace once proposed for the title of each product that has no other."""
        keys: dict[str, list[int]] = {}
        for one in some:
            own = json.loads(one.overrides) if one.overrides != "{}" else {}
            if not own.get("category_id") and bench.mappings.category(one.product.category) is None:
                title = str(own.get("title") or one.product.text.title)
                keys.setdefault(proposal_key(title), []).append(one.product.id)
        cached = await self.store.cached(bench.account, list(keys)) if keys else {}
        return {id_: str(json.loads(kept)["category_id"]) for key, kept in cached.items() for id_ in keys[key]}

    async def _compose_one(self, bench: Bench, one: ToCheck, proposed: str) -> Composed:
        product = one.product
        if not product.active:
            return Composed(one)
        own = json.loads(one.overrides) if one.overrides != "{}" else {}
        listing = Listing(ListingId(0), product.id, bench.account.id, overrides=own)
        variants = await self._parts.products.variants_of(product.id) if one.has_variants else []
        today = self._parts.now().date()
        together = variants if bench.takes_variants else []
        own_of = await own_of_variants(self._parts, bench.account, together)
        made = compose(
            product, listing, bench.rules, bench.mappings, today, category_id=proposed, variants=together, own=own_of
        )  # fmt: skip
        findings = [*bench.choices, *check_product(made.offer.product), *made.offer.findings]
        declared = self._parts.marketplace(bench.account)
        known, white = bench.pictures.of(product)
        findings += picture_findings(product.images, known, declared, fixed_of(own), white)
        findings += await misplaced(self._parts, bench.account, product, listing, variants)
        category_id = made.draft.category_id
        demands = await self._demands(bench, category_id)
        if demands is None:
            findings.append(unread(category_id, product.category))
        return Composed(one, made.draft, demands, tuple(findings), bench.rules_read.get(category_id, 0))

    async def _map_all(
        self, bench: Bench, drafts: Sequence[tuple[ListingDraft, CategoryRules]], process: MappingProcess | None
    ) -> list[tuple[Finding, ...]]:
        """The findings of mapping each draft: in the process where there is one, else here in slices."""
        if process is not None and drafts:
            try:
                return await process.map(drafts)
            except BrokenExecutor:
                _log.warning("the process that checks products has ended; they are checked here")
        found, since = [], time.perf_counter()
        for draft, demands in drafts:
            found.append((await self._map(bench, draft, demands)).findings)
            since = await _give_way(since)
        return found

    async def _map(self, bench: Bench, draft: ListingDraft, demands: CategoryRules) -> Mapped:
        """The first of a category in a thread: an adapter may take long to prepare a schema of some megabytes."""
        if demands.id in bench.prepared:
            return bench.adapter.map(draft, demands)
        bench.prepared.add(demands.id)
        return await asyncio.to_thread(bench.adapter.map, draft, demands)

    async def _demands(self, bench: Bench, category_id: str) -> CategoryRules | None:
        """What a category demands, from memory or the store; None where it was not read."""
        if category_id not in bench.rules_read:
            return None
        found = bench.demands.get(category_id)
        if found is None:
            account = bench.account
            found = await cached_rules(self._parts, (account.marketplace, account.site, category_id))
            if found is not None:
                bench.demands[category_id] = found
                while len(bench.demands) > MOST_DEMANDS:
                    del bench.demands[next(iter(bench.demands))]
        return found


async def _give_way(since: float) -> float:
    """Let the window have its turn when a slice has passed; since when the present slice runs."""
    if time.perf_counter() - since <= SLICE_S:
        return since
    await asyncio.sleep(0)
    return time.perf_counter()
