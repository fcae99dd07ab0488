"""App: settings, the open workspace and the practice marketplaces; started and stopped in order, without Qt."""

import asyncio
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from mmhub_desktop.actions.workflow_examples import EXAMPLES
from mmhub_desktop.catalog.plan import plan_from
from mmhub_desktop.catalog.reading import inspect
from mmhub_desktop.connections import PracticeAccess
from mmhub_desktop.credentials import Secrets, open_secrets
from mmhub_desktop.domain.backup import BackupKind
from mmhub_desktop.domain.backup_words import rested_words
from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.events import Bus, Notice
from mmhub_desktop.jobs.backup_keeper import new_backup_path
from mmhub_desktop.marketplaces.base import installed_marketplaces
from mmhub_desktop.paths import data_folder, resource
from mmhub_desktop.plugins import allow_folder
from mmhub_desktop.practice.server import PracticeServer, find_practice
from mmhub_desktop.settings import PLUGINS_FOLDER, WORKSPACE_LAST, Settings
from mmhub_desktop.store.restoring import go_back
from mmhub_desktop.workspace import Workspace

SAMPLE_FILE = "samples/sample-products.csv"
SAMPLE_WORKSPACE = "Practice shop.mmhub"
DEFAULT_WORKSPACE = "My shop.mmhub"


class App:
    """What both faces start from. One workspace is open at a time; all methods belong to the loop."""

    def __init__(self, *, holder: str = "the program", settings: Settings | None = None) -> None:
        self.holder = holder
        self.settings = settings or Settings()
        self.bus = Bus()
        allow_folder(self.settings.get(PLUGINS_FOLDER))
        self.workspace: Workspace | None = None
        self._secrets: Secrets | None = None
        self._opening_secrets = asyncio.Lock()
        self._practice: dict[str, PracticeServer] = {}
        self._practice_folder = Path()

    async def secrets(self) -> Secrets:
        """The keyring or the vault, probed at the first call."""
        async with self._opening_secrets:  # opened twice at the same time, the vault waits for itself
            if self._secrets is None:
                self._secrets = await open_secrets()
        return self._secrets

    async def open_workspace(self, path: Path, *, run_jobs: bool = True, run_schedules: bool = True) -> Workspace:
        """Open or create a workspace, after closing the one that is open. WorkspaceError when it cannot be used.

        ``run_jobs`` False leaves waiting work alone (a command that only reads), ``run_schedules`` False what is due.
        """
        await self.close_workspace()
        self._practice_folder = path.with_name(path.name + ".practice")
        found = await asyncio.to_thread(installed_marketplaces)  # a fifth of a second of imports, at the first call
        self.workspace = await Workspace.open(
            path,
            settings=self.settings,
            bus=self.bus,
            holder=self.holder,
            secrets=self.secrets,
            practice=self.practice,
        )
        self.settings.set(WORKSPACE_LAST, str(self.workspace.path))
        for words in found.broken:
            self.bus.publish(Notice("warn", words, "Update or remove the package that added it; its accounts wait."))
        if run_jobs:
            await self.workspace.lane_notes.start()
            await self.workspace.engine.start()
            self.workspace.sign_in.start()
            self.workspace.search.start()
            await self.workspace.workflows.start(triggers=run_schedules)
            await self.workspace.webhooks.start()
            if run_schedules:
                self.workspace.retention.start()
                self.workspace.backups.start()
                await self.workspace.image_fetching.start()
                await self.workspace.scheduler.start()
        return self.workspace

    async def go_back(self, path: Path, backup: Path) -> Workspace:
        """Put a backup in place of a workspace, which may be the one that is open, and open it; what it was is kept.

        WorkspaceError or UserMistake when the backup cannot be used: then nothing was changed, and none is open.
        """
        keep_as = new_backup_path(path, BackupKind.BEFORE_RESTORE, datetime.now(UTC))
        await self.close_workspace()
        kept, rested = await asyncio.to_thread(go_back, path, backup, keep_as, holder=self.holder)
        workspace = await self.open_workspace(path)
        before = "What was here before is among the backups."
        if kept != keep_as:
            before = f"What was here before could not be read. It is kept as “{kept.name}”." if kept else ""
        hint = " ".join([*rested_words(rested), before]).strip()
        self.bus.publish(Notice("warn" if rested.jobs else "ok", "The workspace is as in the backup.", hint))
        return workspace

    async def open_sample_workspace(
        self, path: Path | None = None, *, on_progress: Callable[[str], None] | None = None
    ) -> Workspace:
        """Open the practice workspace: sample products, an account on the practice marketplace, a workflow."""
        workspace = await self.open_workspace(path or data_folder() / SAMPLE_WORKSPACE)
        account = await ensure_practice_account(workspace)
        if await workspace.products.count() == 0:
            if on_progress:
                on_progress("Importing the sample products")
            reading = await asyncio.to_thread(inspect, resource(SAMPLE_FILE))
            await (await workspace.import_file(plan_from(reading))).result()
            await workspace.workflows.save(EXAMPLES[0].make([account]))
        return workspace

    async def practice(self, marketplace: str) -> PracticeAccess:
        """Where the workspace's practice marketplace answers, started at the first call.

        What it holds lies beside the workspace. The environment's ``MMHUB_PRACTICE_URL_<NAME>``, or
        ``MMHUB_PRACTICE_URL`` for all of them, names another one.
        """
        entry = find_practice(marketplace)
        elsewhere = os.environ.get(f"MMHUB_PRACTICE_URL_{marketplace.upper()}") or os.environ.get("MMHUB_PRACTICE_URL")
        if elsewhere:
            return PracticeAccess(elsewhere, entry.values)
        server = self._practice.get(marketplace)
        if server is None:
            self._practice_folder.mkdir(parents=True, exist_ok=True)
            server = PracticeServer(marketplace, state_file=self._practice_folder / f"{marketplace}.jsonl")
            await server.start()
            self._practice[marketplace] = server
        return PracticeAccess(server.base_url, entry.values)

    async def close_workspace(self) -> None:
        """Finish what is in flight, close the workspace and its practice marketplaces; without one, nothing."""
        workspace, self.workspace = self.workspace, None
        if workspace is not None:
            await workspace.close()
        for server in self._practice.values():
            await server.stop()
        self._practice.clear()

    async def close(self) -> None:
        """Stop everything, in the reverse order of starting."""
        await self.close_workspace()


async def ensure_practice_account(workspace: Workspace, marketplace: str = "mercadolibre") -> Account:
    """The workspace's practice account of a marketplace, added when there is none."""
    for account in await workspace.accounts.all():
        if account.marketplace == marketplace and account.kind is AccountKind.PRACTICE:
            return account
    label = f"{workspace.marketplaces[marketplace].label} practice"
    return await workspace.connect(marketplace, label, AccountKind.PRACTICE, {})
