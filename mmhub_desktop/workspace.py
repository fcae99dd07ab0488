"""Workspace: one open store with its engine and accounts; what each face is handed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmhub_desktop.actions import ACTIONS
from mmhub_desktop.actions.imported_images import ImportedImages, make_fetching
from mmhub_desktop.actions.listing_desk import ListingDesk
from mmhub_desktop.actions.listing_sheet import ListingSheets
from mmhub_desktop.actions.parts import Parts
from mmhub_desktop.actions.picture_fixing import PictureFixing
from mmhub_desktop.actions.previews import Previews
from mmhub_desktop.actions.product_editing import ProductEditing
from mmhub_desktop.actions.readiness import Readiness
from mmhub_desktop.actions.renew_sign_in import EARLY, NO_PRODUCT
from mmhub_desktop.actions.scheduled import ScheduledWork, title_of
from mmhub_desktop.actions.sign_in import SignInKeeper
from mmhub_desktop.actions.similar_pictures import SimilarPictures
from mmhub_desktop.actions.workflows import make_workflows
from mmhub_desktop.catalog.enhance import AiProvider
from mmhub_desktop.catalog.images import Thumbnails
from mmhub_desktop.catalog.import_run import ImportRun, resume_import, start_import
from mmhub_desktop.catalog.import_undo import undo_import
from mmhub_desktop.catalog.kept_images import KeptImages
from mmhub_desktop.catalog.plan import ImportPlan
from mmhub_desktop.catalog.search_keeper import SearchKeeper
from mmhub_desktop.connections import Connections, PracticeAccess
from mmhub_desktop.credentials import AI_KEY, IMAGE_HOST_SECRET, Secrets
from mmhub_desktop.domain.history import Undone
from mmhub_desktop.domain.ids import AccountId, BatchId, ImportId, ProductId
from mmhub_desktop.domain.imports import ImportJob
from mmhub_desktop.domain.job import Priority, WorkRequest
from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.errors import SignInNeeded, Unsupported, UserMistake
from mmhub_desktop.events import (
    AccountsChanged,
    BatchesProgressed,
    Bus,
    ImportProgressed,
    ListingsChanged,
    ProductsChanged,
)
from mmhub_desktop.jobs.backup_keeper import BackupKeeper
from mmhub_desktop.jobs.engine import Engine
from mmhub_desktop.jobs.lane_notes import LaneNotes
from mmhub_desktop.jobs.plan import plan_whole
from mmhub_desktop.jobs.presence import Presence
from mmhub_desktop.jobs.retention import Retention
from mmhub_desktop.jobs.scheduler import Scheduler
from mmhub_desktop.marketplaces.oauth import wait_for_renewals
from mmhub_desktop.settings import (
    AI_BASE_URL,
    AI_MODEL,
    AI_TIMEOUT_S,
    BACKUPS_EVERY,
    HISTORY_MB,
    IMAGE_HOST_ENDPOINT,
    IMAGES_ALLOW_LOCAL_NETWORK,
    JOBS_KEPT_DAYS,
    Settings,
)
from mmhub_desktop.store.adoption import AdoptionStore
from mmhub_desktop.store.bulk_edits import BulkEditStore
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.drift import DriftStore, Taken
from mmhub_desktop.store.history import HistoryStore
from mmhub_desktop.store.images import ImageStore
from mmhub_desktop.store.imports import ImportStore
from mmhub_desktop.store.job_planning import AtPlan
from mmhub_desktop.store.jobs import JobStore
from mmhub_desktop.store.lane_notes import LaneNoteStore
from mmhub_desktop.store.listings import ListingStore
from mmhub_desktop.store.mappings import MappingStore
from mmhub_desktop.store.outbox import OutboxStore
from mmhub_desktop.store.picture_sights import PictureSightStore
from mmhub_desktop.store.previews import PreviewStore
from mmhub_desktop.store.product_edits import ProductEditStore
from mmhub_desktop.store.products import ProductStore
from mmhub_desktop.store.readiness import ReadinessStore
from mmhub_desktop.store.retention import RetentionStore
from mmhub_desktop.store.rules import RuleStore
from mmhub_desktop.store.schedules import ScheduleStore
from mmhub_desktop.store.templates import ImportTemplateStore
from mmhub_desktop.store.views import ViewStore
from mmhub_desktop.webhooks import Webhooks

if TYPE_CHECKING:
    from mmhub_desktop.catalog.image_host import ImageHost

_log = logging.getLogger("mmhub.workspace")


class Workspace(Connections):
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
        super().__init__(db, settings=settings, bus=bus, secrets=secrets, practice=practice)
        self.db = db
        self.path = db.path
        self.products = ProductStore(db)
        self.history = HistoryStore(db, bus, lambda: settings.get(HISTORY_MB))
        self.bulk_edits = BulkEditStore(db, self.history, bus)
        self.views = ViewStore(db)
        self.listings = ListingStore(db)
        self.drift = DriftStore(db)
        self.adoptions = AdoptionStore(db)
        self.jobs = JobStore(db)
        self.imports = ImportStore(db)
        self.import_templates = ImportTemplateStore(db)
        self.webhooks = Webhooks(OutboxStore(db), bus, settings, secrets=secrets, workspace_id=self._workspace_id)
        self.image_folder = self.path.with_name(self.path.name + ".images")
        self.images = KeptImages(ImageStore(db), self.image_folder, lambda: settings.get(IMAGES_ALLOW_LOCAL_NETWORK))
        self.thumbnails = Thumbnails(
            self.image_folder, allow_local=self.images.allow_local, find_kept=self.images.find
        )  # fmt: skip
        self._import: ImportRun | None = None
        self.image_fetching = make_fetching(
            db, self.images, self.preferences, self.thumbnails, bus, settings, lambda: self.running_import is not None
        )
        self.imported_images = ImportedImages(self.imports, self.products, self.image_fetching, settings, bus)
        self.backups = BackupKeeper(
            self.path, bus, lambda: settings.get(BACKUPS_EVERY), lambda: self.running_import is not None
        )
        self.search = SearchKeeper(db, bus, lambda: self._import is not None and not self._import.has_ended)
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
        self.retention = Retention(RetentionStore(db), lambda: settings.get(JOBS_KEPT_DAYS), also=self.history.tidy)
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
        self.readiness = Readiness(parts, ReadinessStore(db), PictureSightStore(db), self.engine.pace_calls)
        self.listing_sheets = ListingSheets(parts, self.readiness, self.listing_desk)
        self.picture_fixing = PictureFixing(parts)
        self.similar_pictures = SimilarPictures(parts, self.path)
        self.product_editing = ProductEditing(parts, ProductEditStore(db))
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
        await workspace.history.recover()
        return workspace

    async def close(self) -> None:
        """Let calls in flight finish, stop an import at its last chunk, close the file. Nothing is lost."""
        await self.scheduler.stop()
        await self.workflows.runner.stop()
        await self.backups.stop()
        await self.retention.stop()
        await self.sign_in.stop()
        await self.previews.stop()
        await self.readiness.stop()
        await self.engine.stop()
        if self._import is not None:
            await self._import.stop()
        await self.image_fetching.stop()
        await self.search.stop()
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
        told, ended = self._told(on_progress), self.imported_images.import_ended
        return await self._start_import(start_import(import_plan, self.imports, self.path, told, ended))

    async def resume_import(
        self, job: ImportJob, on_progress: Callable[[ImportProgressed], None] | None = None
    ) -> ImportRun:
        """Go on with an interrupted import behind its last commit."""
        told, ended = self._told(on_progress), self.imported_images.import_ended
        return await self._start_import(resume_import(job, self.imports, self.path, told, ended))

    async def undo_import(self, import_id: ImportId, on_progress: Callable[[int], None] | None = None) -> Undone:
        """Take back all that an import wrote, days later, too. UserMistake while it runs, or when it wrote nothing.

        To cancel one and roll it back: ``run.cancel()``, wait for ``run.result()``, then this.
        """
        return await undo_import(import_id, self.imports, self.history, on_progress)

    @property
    def running_import(self) -> ImportRun | None:
        """The import that is running now."""
        return None if self._import is None or self._import.has_ended else self._import

    async def _start_import(self, starting: Coroutine[Any, Any, ImportRun]) -> ImportRun:
        if self.running_import is not None:
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
                raise Unsupported(f"{self.marketplace(account).label} cannot do “{action.label}”.")
        if not request.title:
            request = replace(request, title=title_of(action, len(request.product_ids), accounts))
        urgent = await self.products.sold_out(request.product_ids) if action.sold_out_first else ()
        created = await plan_whole(self.jobs, request, action, urgent=urgent, also=also)
        self.bus.publish(BatchesProgressed((created.batch_id,)))
        self.engine.replaced(created)
        return created.batch_id

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

    async def image_host(self) -> "ImageHost | None":
        """The seller's bucket of the settings; None when none is set up. UserMistake when it is not complete."""
        if not self.settings.get(IMAGE_HOST_ENDPOINT):
            return None
        from mmhub_desktop.catalog.image_host import Bucket, ImageHost

        secret = await (await self.secrets()).get(IMAGE_HOST_SECRET)
        return ImageHost(Bucket.of(self.settings, secret or ""))

    def _may_renew(self, account: Account) -> bool:
        """Practice grants live in memory: an account that was not used yet signs in when it is."""
        return account.kind is not AccountKind.PRACTICE or account.id in self._signed_in

    async def _token_renewed(self, account_id: AccountId, end: datetime | None) -> None:
        await self.accounts.set_token_end(account_id, end)
        await self._read_accounts()
        self.bus.publish(AccountsChanged((account_id,)))

    def _token_refused(self, account_id: AccountId, error: SignInNeeded) -> None:
        self.engine.account_refused(account_id, error)


def _now() -> datetime:
    return datetime.now(UTC)
