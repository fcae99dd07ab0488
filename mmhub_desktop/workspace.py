"""Workspace: one open store with its engine and accounts; what each face is handed."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from mmhub_desktop.actions import ACTIONS
from mmhub_desktop.actions.listing_desk import ListingDesk
from mmhub_desktop.actions.listing_sheet import ListingSheets
from mmhub_desktop.actions.parts import Parts
from mmhub_desktop.actions.previews import Previews
from mmhub_desktop.actions.readiness import Readiness
from mmhub_desktop.actions.renew_sign_in import EARLY, NO_PRODUCT
from mmhub_desktop.actions.scheduled import ScheduledWork, title_of
from mmhub_desktop.actions.sign_in import SignInKeeper
from mmhub_desktop.actions.workflows import make_workflows
from mmhub_desktop.catalog.enhance import AiProvider
from mmhub_desktop.catalog.image_host import Bucket, ImageHost
from mmhub_desktop.catalog.images import Thumbnails
from mmhub_desktop.catalog.import_run import ImportRun, resume_import, start_import
from mmhub_desktop.catalog.kept_images import KeptImages
from mmhub_desktop.catalog.plan import ImportPlan
from mmhub_desktop.credentials import AI_KEY, IMAGE_HOST_SECRET, AccountSecrets, MemorySecrets, Secrets
from mmhub_desktop.domain.budget import OWN_LIMIT
from mmhub_desktop.domain.ids import AccountId, BatchId, ProductId
from mmhub_desktop.domain.imports import ImportJob
from mmhub_desktop.domain.job import Priority, WorkRequest
from mmhub_desktop.domain.marketplace import SECRET_ENTERED, Account, AccountKind, RateLimit
from mmhub_desktop.errors import SignInNeeded, Unsupported, UserMistake
from mmhub_desktop.events import (
    AccountsChanged,
    BatchesProgressed,
    Bus,
    ImportProgressed,
    ListingsChanged,
    ProductsChanged,
)
from mmhub_desktop.jobs.allowance import Allowance, Allowances
from mmhub_desktop.jobs.call_recorder import CallRecorder
from mmhub_desktop.jobs.engine import Engine
from mmhub_desktop.jobs.lane import LaneSettings
from mmhub_desktop.jobs.lane_notes import LaneNotes
from mmhub_desktop.jobs.pace import after_call, before_call
from mmhub_desktop.jobs.plan import plan_whole
from mmhub_desktop.jobs.presence import Presence
from mmhub_desktop.jobs.retention import Retention
from mmhub_desktop.jobs.scheduler import Scheduler
from mmhub_desktop.marketplaces.base import (
    AccountIdentity,
    Adapter,
    Connection,
    Consent,
    ConsentPage,
    Marketplace,
    installed_marketplaces,
)
from mmhub_desktop.marketplaces.http import SharedClient, open_client, send
from mmhub_desktop.marketplaces.oauth import wait_for_renewals
from mmhub_desktop.settings import (
    AI_BASE_URL,
    AI_MODEL,
    AI_TIMEOUT_S,
    CALLS_KEPT_DAYS,
    IMAGE_HOST_BUCKET,
    IMAGE_HOST_ENDPOINT,
    IMAGE_HOST_KEY_ID,
    IMAGE_HOST_PUBLIC_URL,
    IMAGE_HOST_REGION,
    IMAGES_ALLOW_LOCAL_NETWORK,
    JOBS_KEPT_DAYS,
    JOBS_LOCAL_CONCURRENCY,
    Settings,
)
from mmhub_desktop.store.accounts import AccountStore
from mmhub_desktop.store.adoption import AdoptionStore
from mmhub_desktop.store.budgets import BudgetStore
from mmhub_desktop.store.calls import CallStore
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.drift import DriftStore, Taken
from mmhub_desktop.store.images import ImageStore
from mmhub_desktop.store.imports import ImportStore
from mmhub_desktop.store.job_queue import AtPlan
from mmhub_desktop.store.jobs import JobStore
from mmhub_desktop.store.lane_notes import LaneNoteStore
from mmhub_desktop.store.listings import ListingStore
from mmhub_desktop.store.mappings import MappingStore
from mmhub_desktop.store.outbox import OutboxStore
from mmhub_desktop.store.preferences import PreferenceStore
from mmhub_desktop.store.previews import PreviewStore
from mmhub_desktop.store.products import ProductStore
from mmhub_desktop.store.readiness import ReadinessStore
from mmhub_desktop.store.retention import RetentionStore
from mmhub_desktop.store.rules import RuleStore
from mmhub_desktop.store.schedules import ScheduleStore
from mmhub_desktop.webhooks import Webhooks

PRACTICE_SPEED = 20.0  # how many times more calls than a real one the practice marketplace of this machine takes

_log = logging.getLogger("mmhub.workspace")


@dataclass(frozen=True, slots=True)
class PracticeAccess:
    """Where a practice marketplace answers, and the credential values it takes."""

    base_url: str
    values: Mapping[str, str]


class Workspace:
    """One open workspace: its stores, engine, accounts and adapters.

    Belongs to the loop that opened it. The parts are public: ``workspace.products.page(ids)`` is the store's own.
    Methods here are only for what several parts must agree on.
    """

    def __init__(
        self,
        db: Database,
        *,
        settings: Settings,
        bus: Bus,
        secrets: Callable[[], Awaitable[Secrets]],
        practice: Callable[[str], Awaitable[PracticeAccess]],
    ) -> None:
        self.db = db
        self.path = db.path
        self.settings = settings
        self.bus = bus
        self.secrets = secrets
        self.marketplaces: Mapping[str, Marketplace] = installed_marketplaces().things
        self.products = ProductStore(db)
        self.listings = ListingStore(db)
        self.drift = DriftStore(db)
        self.adoptions = AdoptionStore(db)
        self.accounts = AccountStore(db)
        self.jobs = JobStore(db)
        self.imports = ImportStore(db)
        self.preferences = PreferenceStore(db)
        self.calls = CallStore(db)
        self._recorder = CallRecorder(self.calls, lambda: settings.get(CALLS_KEPT_DAYS))
        self.webhooks = Webhooks(OutboxStore(db), bus, settings, secrets=secrets, workspace_id=self._workspace_id)
        self.allowances = Allowances(BudgetStore(db))
        self.image_folder = self.path.with_name(self.path.name + ".images")
        self.images = KeptImages(ImageStore(db), self.image_folder, lambda: settings.get(IMAGES_ALLOW_LOCAL_NETWORK))
        self.thumbnails = Thumbnails(
            self.image_folder, allow_local=self.images.allow_local, find_kept=self.images.find
        )  # fmt: skip
        self._practice = practice
        self._uuid = ""
        self._http: asyncio.Task[SharedClient] | None = None
        self._known_accounts: dict[AccountId, Account] = {}
        self._adapters: dict[AccountId, Adapter] = {}
        self._secret_stores: dict[AccountId, AccountSecrets] = {}
        self._signed_in: set[AccountId] = set()  # practice accounts whose grant is in memory
        self._consents: dict[AccountId, tuple[Consent, Mapping[str, str]]] = {}
        self._building = asyncio.Lock()
        self._import: ImportRun | None = None
        self.sign_in = SignInKeeper(
            self.accounts,
            self.adapter,
            _now,
            self._may_renew,
            self._token_renewed,
            self._token_refused,
            lambda account_id: self.renew_sign_in(account_id, early=True),
            self.jobs,
        )
        self.schedules = ScheduleStore(db)
        presence = Presence(self.preferences, bus, lambda: bool(self._known_accounts))
        scheduled = ScheduledWork(
            ACTIONS, self.jobs, self.products, self.accounts, lambda request, also: self.submit(request, also=also),
            lambda schedule, also: self.workflows.run_scheduled(schedule, also),  # noqa: PLW0108 - it is made below
        )  # fmt: skip
        self.scheduler = Scheduler(self.schedules, scheduled.run, bus, presence=presence)
        self.retention = Retention(RetentionStore(db), lambda: settings.get(JOBS_KEPT_DAYS))
        parts = Parts(
            products=self.products,
            listings=self.listings,
            adoptions=self.adoptions,
            previews=PreviewStore(db),
            accounts=self.accounts,
            listing_rules=RuleStore(db),
            mappings=MappingStore(db),
            bus=bus,
            settings=settings,
            now=_now,
            adapter=self.adapter,
            marketplace=self.marketplace,
            read_image=self.images.read,
            ai=self.ai_provider,
            image_host=self.image_host,
            images=self.images,
            thumbnail=self.thumbnails.get,
        )
        self.engine = Engine(self.jobs, ACTIONS, bus, lanes=self._lane_settings, parts=parts)
        self.lane_notes = LaneNotes(LaneNoteStore(db), bus, self.engine.lane_state)
        self.listing_desk = ListingDesk(parts)
        self.readiness = Readiness(parts, ReadinessStore(db), self.engine.pace_calls)
        self.listing_sheets = ListingSheets(parts, self.readiness, self.listing_desk)
        self.previews = Previews(parts, ACTIONS, self.submit, self.engine.pace_calls)
        self.workflows = make_workflows(
            db, self.engine, self.scheduler, parts, lambda request, also: self.submit(request, also=also),
            lambda: self._known_accounts,
        )  # fmt: skip

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        settings: Settings,
        bus: Bus,
        holder: str,
        secrets: Callable[[], Awaitable[Secrets]],
        practice: Callable[[str], Awaitable[PracticeAccess]],
    ) -> "Workspace":
        """Open or create the file, in a thread. WorkspaceError when it cannot be used."""
        db = await asyncio.to_thread(Database.open, path, holder=holder)
        workspace = cls(db, settings=settings, bus=bus, secrets=secrets, practice=practice)
        await workspace.allowances.load()
        await workspace._read_accounts()
        return workspace

    async def close(self) -> None:
        """Let calls in flight finish, stop an import at its last chunk, close the file. Nothing is lost."""
        await self.scheduler.stop()
        await self.workflows.runner.stop()
        await self.retention.stop()
        await self.sign_in.stop()
        await self.previews.stop()
        await self.readiness.stop()
        await self.engine.stop()
        if self._import is not None:
            await self._import.stop()
        await self.webhooks.stop()
        await self.thumbnails.close()
        if self._http is not None:
            await wait_for_renewals()
            await (await self._http).aclose()
        await self.allowances.close()
        await self.lane_notes.close()
        await self._recorder.close()
        await asyncio.to_thread(self.db.close)

    async def import_file(
        self, import_plan: ImportPlan, on_progress: Callable[[ImportProgressed], None] | None = None
    ) -> ImportRun:
        """Start importing a file in a process of its own. One import runs at a time: UserMistake while it does."""
        return await self._start_import(start_import(import_plan, self.imports, self.path, self._told(on_progress)))

    async def resume_import(
        self, job: ImportJob, on_progress: Callable[[ImportProgressed], None] | None = None
    ) -> ImportRun:
        """Go on with an interrupted import behind its last commit."""
        return await self._start_import(resume_import(job, self.imports, self.path, self._told(on_progress)))

    async def _start_import(self, starting: Coroutine[Any, Any, ImportRun]) -> ImportRun:
        if self._import is not None and not self._import.has_ended:
            starting.close()
            raise UserMistake("An import is running already.", hint="Wait until it has finished, or cancel it.")
        self._import = await starting
        return self._import

    def _told(self, on_progress: Callable[[ImportProgressed], None] | None) -> Callable[[ImportProgressed], None]:
        def tell(event: ImportProgressed) -> None:
            self.bus.publish(event)
            self.bus.publish(ProductsChanged())
            if on_progress is not None:
                on_progress(event)

        return tell

    async def submit(self, request: WorkRequest, *, also: AtPlan | None = None) -> BatchId:
        """Plan one action for every product (on every account) and wake the engine.

        ``also`` is written in the same transaction.
        UserMistake when nothing is named, Unsupported when an account's marketplace cannot do it.
        """
        action = ACTIONS[request.action]
        accounts = [await self.accounts.get(account_id) for account_id in request.account_ids]
        for account in accounts:
            missing = action.needs - self.marketplace(account).capabilities
            if missing:
                raise Unsupported(f"{self.marketplace(account).label} cannot {action.verb.lower()} listings.")
        if not request.title:
            request = replace(request, title=title_of(action, len(request.product_ids), accounts))
        urgent = await self.products.sold_out(request.product_ids) if action.sold_out_first else ()
        created = await plan_whole(self.jobs, request, action, urgent=urgent, also=also)
        self.bus.publish(BatchesProgressed((created.batch_id,)))
        self.engine.replaced(created)
        return created.batch_id

    def marketplace(self, account: Account) -> Marketplace:
        """The declaration of an account's marketplace. Unsupported when its package is not installed."""
        found = self.marketplaces.get(account.marketplace)
        if found is None:
            raise Unsupported(
                f"The marketplace “{account.marketplace}” is not part of this program.",
                hint="Install the package that added it.",
            )
        return found

    async def adapter(self, account_id: AccountId) -> Adapter:
        """The account's adapter, made at the first call; a practice account signs itself in."""
        found = self._adapters.get(account_id)
        if found is not None:
            return found
        async with self._building:
            if account_id not in self._adapters:
                connection = await self._connection(await self.accounts.get(account_id))
                if connection.account.kind is AccountKind.PRACTICE and account_id not in self._signed_in:
                    await self._sign_in_for_practice(connection)
                self._adapters[account_id] = self.marketplace(connection.account).adapter(connection)
            return self._adapters[account_id]

    async def connect(self, marketplace: str, label: str, kind: AccountKind, values: Mapping[str, str]) -> Account:
        """Add an account from the values of its credential fields; a practice account is signed in at once."""
        declared = self.marketplaces[marketplace]
        if kind is AccountKind.PRACTICE:
            values = {**(await self._practice(marketplace)).values, **values}
        fields = {field.key: field for field in declared.credential_fields}
        for field in declared.credential_fields:
            if field.required and not values.get(field.key, field.default).strip():
                raise UserMistake(f"“{field.label}” is missing.", hint=field.help)
        kept = {key: fields[key].default for key in fields if fields[key].default} | {
            key: value.strip() for key, value in values.items() if value.strip()
        }
        public = {key: value for key, value in kept.items() if key not in fields or not fields[key].secret}
        account = await self.accounts.add(
            Account(
                AccountId(0),
                marketplace,
                label.strip() or declared.label,
                kind,
                site=kept.get("site", ""),
                settings={key: value for key, value in public.items() if key != "site"}
                | {SECRET_ENTERED: _now().isoformat()},
            )
        )
        try:
            store = await self._secret_store(account)
            if kind is AccountKind.PRACTICE:
                await self.test_account(account.id)
            else:
                await store.save({key: value for key, value in kept.items() if key not in public})
        except BaseException:
            await self.accounts.remove(account.id)
            raise
        await self._account_changed(account.id)
        return await self.accounts.get(account.id)

    async def change_account(self, account_id: AccountId, values: Mapping[str, str], label: str = "") -> Account:
        """Keep other values of an account's fields and choices; secrets left empty stay, listings are untouched."""
        account = await self.accounts.get(account_id)
        secret = {field.key for field in self.marketplace(account).credential_fields if field.secret}
        secrets = {key: value.strip() for key, value in values.items() if key in secret and value.strip()}
        public = {key: value.strip() for key, value in values.items() if key not in secret}
        if secrets:
            await (await self._secret_store(account)).save(secrets)
            public[SECRET_ENTERED] = _now().isoformat()
        site = public.pop("site", "") or account.site
        settings = {**account.settings, **public}
        await self.accounts.save(replace(account, label=label or account.label, site=site, settings=settings))
        await self._account_changed(account_id)
        return await self.accounts.get(account_id)

    async def start_consent(self, account_id: AccountId) -> ConsentPage:
        """The page on which the seller agrees. What must be remembered until then stays in memory."""
        account = await self.accounts.get(account_id)
        declared = self.marketplace(account)
        if declared.consent is None:
            raise Unsupported(f"{declared.label} needs no consent in the browser.")
        consent = declared.consent(await self._connection(account))
        page = await consent.begin()
        self._consents[account_id] = (consent, page.remembered)
        return page

    async def finish_consent(self, account_id: AccountId, redirect: str) -> AccountIdentity:
        """Take the address the browser was sent to, keep the grant, and check it."""
        if account_id not in self._consents:
            raise UserMistake("The sign-in was not started here.", hint="Open the sign-in page again.")
        consent, remembered = self._consents[account_id]
        await consent.finish(redirect, remembered)
        del self._consents[account_id]
        return await self.test_account(account_id)

    async def test_account(self, account_id: AccountId) -> AccountIdentity:
        """Ask the marketplace who we are, and keep the answer with the account."""
        account = await self.accounts.get(account_id)
        self._adapters.pop(account_id, None)
        try:
            identity = await (await self.adapter(account_id)).check_credentials()
        except SignInNeeded:
            if account.kind is not AccountKind.PRACTICE:
                raise
            await self._sign_in_for_practice(await self._connection(account))
            identity = await (await self.adapter(account_id)).check_credentials()
        await self.accounts.save(
            replace(
                account,
                site=identity.site or account.site,
                identity={
                    "remote_id": identity.remote_id,
                    "name": identity.name,
                    "currency": identity.currency,
                    **identity.settings,
                },
                connected_at=datetime.now(UTC),
                token_expires_at=identity.token_expires_at,
            )
        )
        await self._account_changed(account_id)
        return identity

    async def pause_account(self, account_id: AccountId, paused: bool) -> Account:
        """Hold or release all remote work of an account."""
        account = await self.accounts.set_paused(account_id, paused)
        await self._account_changed(account_id)
        return account

    async def limit_calls(self, account_id: AccountId, per_day: int | None) -> Account:
        """The seller's own limit of an account's calls from midnight to midnight; None for none."""
        if per_day is not None and per_day < 1:
            raise UserMistake("A limit is at least one call.", hint="To send nothing at all, pause the account.")
        account = await self.accounts.get(account_id)
        others = {key: value for key, value in account.settings.items() if key != OWN_LIMIT}
        settings = others if per_day is None else {**others, OWN_LIMIT: str(per_day)}
        await self.accounts.save(replace(account, settings=settings))
        await self._account_changed(account_id)
        return await self.accounts.get(account_id)

    async def remove_account(self, account_id: AccountId) -> None:
        """Forget an account, its secrets and its local listing records; nothing changes at the marketplace."""
        account = await self.accounts.get(account_id)
        await (await self._secret_store(account)).remove()
        await self.accounts.remove(account_id)
        self._secret_stores.pop(account_id, None)
        self.allowances.forget(account_id)
        await self._account_changed(account_id)
        self.bus.publish(ListingsChanged())

    async def accept_ours(self, drift_ids: Sequence[int]) -> list[BatchId]:
        """Send what the products say where these differences are: an update limited to the fields that differ."""
        fields: dict[AccountId, dict[ProductId, list[str]]] = {}
        for first in range(0, len(drift_ids), 1_000):
            for row in await self.drift.page(drift_ids[first : first + 1_000]):
                fields.setdefault(row.account_id, {}).setdefault(row.product_id, []).append(row.field.value)
        batches = []
        for account_id, products in fields.items():
            groups: dict[tuple[str, ...], list[ProductId]] = {}
            for product_id, names in products.items():
                groups.setdefault(tuple(sorted(names)), []).append(product_id)
            for limited, ids in groups.items():
                options = {"fields": list(limited)}
                batches.append(await self.submit(WorkRequest("update", tuple(ids), (account_id,), options=options)))
        return batches

    async def accept_theirs(self, drift_ids: Sequence[int]) -> Taken:
        """Take what is live over into the products; nothing is sent."""
        taken = await self.drift.take_live(drift_ids)
        self.bus.publish(ProductsChanged(taken.product_ids))
        return taken

    async def look_for_listings(self, account_id: AccountId) -> BatchId:
        """Read what the account has at the marketplace and propose products for it (``adoptions`` holds the outcome).

        Unsupported when the marketplace cannot list what is on an account.
        """
        account = await self.accounts.get(account_id)
        return await self.submit(WorkRequest("adopt", (ProductId(0),), (account.id,)))

    async def renew_sign_in(self, account_id: AccountId, *, early: bool = False) -> BatchId:
        """Ask for new access of an account, in a job; ``early`` only when the present one ends soon."""
        options = {EARLY: True} if early else {}
        return await self.submit(
            WorkRequest("renew_sign_in", (NO_PRODUCT,), (account_id,), options=options, priority=Priority.URGENT)
        )

    async def adopt(self, found_ids: Sequence[int]) -> int:
        """Make proposed listings those of their products; returns how many. Nothing is sent."""
        products = await self.adoptions.adopt(found_ids)
        self.bus.publish(ListingsChanged((), tuple(products)))
        self.bus.publish(ProductsChanged(tuple(products)))
        return len(products)

    async def delete_products(self, ids: Sequence[ProductId]) -> int:
        """Delete products and their local listing records; returns how many."""
        deleted = await self.products.delete(ids)
        self.bus.publish(ProductsChanged())
        return deleted

    async def ai_provider(self) -> AiProvider | None:
        """The AI service of the settings; None when none is set up."""
        base_url, model = self.settings.get(AI_BASE_URL), self.settings.get(AI_MODEL)
        if not base_url or not model:
            return None
        key = await (await self.secrets()).get(AI_KEY)
        return AiProvider(base_url, model, key or "", timeout_s=self.settings.get(AI_TIMEOUT_S))

    async def image_host(self) -> ImageHost | None:
        """The seller's bucket of the settings; None when none is set up. UserMistake when it is not complete."""
        read = self.settings.get
        if not read(IMAGE_HOST_ENDPOINT):
            return None
        secret = await (await self.secrets()).get(IMAGE_HOST_SECRET)
        return ImageHost(
            Bucket(
                read(IMAGE_HOST_ENDPOINT), read(IMAGE_HOST_BUCKET), read(IMAGE_HOST_PUBLIC_URL),
                read(IMAGE_HOST_KEY_ID), read(IMAGE_HOST_REGION), secret or "",
            )
        )  # fmt: skip

    def _may_renew(self, account: Account) -> bool:
        """Practice grants live in memory: an account that was not used yet signs in when it is."""
        return account.kind is not AccountKind.PRACTICE or account.id in self._signed_in

    async def _token_renewed(self, account_id: AccountId, end: datetime | None) -> None:
        await self.accounts.set_token_end(account_id, end)
        await self._read_accounts()
        self.bus.publish(AccountsChanged((account_id,)))

    def _token_refused(self, account_id: AccountId, error: SignInNeeded) -> None:
        self.engine.account_refused(account_id, error)

    async def _account_changed(self, account_id: AccountId) -> None:
        self._adapters.pop(account_id, None)
        await self._read_accounts()
        self.engine.account_changed(account_id)
        self.bus.publish(AccountsChanged((account_id,)))

    async def _connection(self, account: Account) -> Connection:
        base_url = ""
        if account.kind is AccountKind.PRACTICE:
            base_url = (await self._practice(account.marketplace)).base_url
        secrets, client = await self._secret_store(account), await self._client()
        allowance = self._allowance(account)
        heard = None if allowance is None else partial(after_call, allowance)
        pace = partial(before_call, allowance)
        return Connection(account, secrets, client, _now, base_url, self._recorder.note, pace, heard)

    def _allowance(self, account: Account) -> Allowance | None:
        """What the account may call in an hour or a day; a practice marketplace counts as the real one does."""
        declared = self.marketplaces.get(account.marketplace)
        return self.allowances.of(account, declared.call_budgets if declared else ())

    async def _client(self) -> SharedClient:
        """The client that all adapters share, made in a thread at the first call: it reads the certificates."""
        if self._http is None:
            self._http = asyncio.create_task(asyncio.to_thread(open_client), name="open the HTTP client")
        return await asyncio.shield(self._http)

    async def _read_accounts(self) -> None:
        self._known_accounts = {account.id: account for account in await self.accounts.all()}

    def _lane_settings(self, account_id: AccountId | None) -> LaneSettings:
        """What the engine may do for an account at once; None is work on this machine."""
        if account_id is None:
            return LaneSettings(concurrency=self.settings.get(JOBS_LOCAL_CONCURRENCY))
        account = self._known_accounts.get(account_id)
        declared = self.marketplaces.get(account.marketplace) if account else None
        if account is None or declared is None:
            return LaneSettings(concurrency=1)
        faster = PRACTICE_SPEED if account.kind is AccountKind.PRACTICE else 1.0
        limits = tuple(
            RateLimit(limit.group, limit.per_second * faster, max(1, round(limit.burst * faster)))
            for limit in declared.rate_limits
        )
        return LaneSettings(declared.concurrency, limits, account.paused, self._allowance(account), declared.bounds)

    async def _secret_store(self, account: Account) -> AccountSecrets:
        """One for each account, kept: it guards the order of its changes."""
        if account.id not in self._secret_stores:
            workspace_id = await self._workspace_id()
            place = MemorySecrets() if account.kind is AccountKind.PRACTICE else await self.secrets()
            self._secret_stores[account.id] = AccountSecrets(place, workspace_id, account.id)
        return self._secret_stores[account.id]

    async def _workspace_id(self) -> str:
        """What tells this workspace's secrets from those of others; made at the first call."""
        if not self._uuid:
            self._uuid = await self.preferences.get("workspace.uuid") or str(uuid.uuid4())
            await self.preferences.set("workspace.uuid", self._uuid)
        return self._uuid

    async def _sign_in_for_practice(self, connection: Connection) -> None:
        """Practice grants live in memory only: agree on the practice consent page as a browser would."""
        declared = self.marketplace(connection.account)
        values = (await self._practice(connection.account.marketplace)).values
        secret = {field.key for field in declared.credential_fields if field.secret}
        await connection.secrets.save({key: value for key, value in values.items() if key in secret})
        if declared.consent is None:
            self._signed_in.add(connection.account.id)
            return
        consent = declared.consent(connection)
        page = await consent.begin()
        answer = await send(connection, connection.http.build_request("GET", page.address), label=declared.label)
        await consent.finish(answer.headers.get("Location", ""), page.remembered)
        self._signed_in.add(connection.account.id)


def _now() -> datetime:
    return datetime.now(UTC)
