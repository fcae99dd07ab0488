"""The accounts of an open workspace: connecting them, their secrets, their adapters, what each may call."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from mmhub_desktop.credentials import AccountSecrets, MemorySecrets, Secrets
from mmhub_desktop.domain.budget import OWN_LIMIT
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import SECRET_ENTERED, Account, AccountKind, RateLimit
from mmhub_desktop.errors import SignInNeeded, Unsupported, UserMistake
from mmhub_desktop.events import (
    AccountsChanged,
    Bus,
    ListingsChanged,
)
from mmhub_desktop.jobs.allowance import Allowance, Allowances
from mmhub_desktop.jobs.call_recorder import CallRecorder
from mmhub_desktop.jobs.engine import Engine
from mmhub_desktop.jobs.lane import LaneSettings
from mmhub_desktop.jobs.pace import after_call, before_call
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
from mmhub_desktop.settings import (
    CALLS_KEPT_DAYS,
    JOBS_LOCAL_CONCURRENCY,
    Settings,
)
from mmhub_desktop.store.accounts import AccountStore
from mmhub_desktop.store.budgets import BudgetStore
from mmhub_desktop.store.calls import CallStore
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.preferences import PreferenceStore

PRACTICE_SPEED = 20.0  # how many times more calls than a real one the practice marketplace of this machine takes


@dataclass(frozen=True, slots=True)
class PracticeAccess:
    """Where a practice marketplace answers, and the credential values it takes."""

    base_url: str
    values: Mapping[str, str]


class Connections:
    """What a workspace does with its accounts. Belongs to the loop that opened it.

    The workspace derives from it and makes the engine.
    """

    engine: Engine

    def __init__(
        self,
        db: Database,
        *,
        settings: Settings,
        bus: Bus,
        secrets: Callable[[], Awaitable[Secrets]],
        practice: Callable[[str], Awaitable[PracticeAccess]],
    ) -> None:
        self.settings = settings
        self.bus = bus
        self.secrets = secrets
        self.marketplaces: Mapping[str, Marketplace] = installed_marketplaces().things
        self.accounts = AccountStore(db)
        self.preferences = PreferenceStore(db)
        self.calls = CallStore(db)
        self.allowances = Allowances(BudgetStore(db))
        self._recorder = CallRecorder(self.calls, lambda: settings.get(CALLS_KEPT_DAYS))
        self._practice = practice
        self._uuid = ""
        self._http: asyncio.Task[SharedClient] | None = None
        self._known_accounts: dict[AccountId, Account] = {}
        self._adapters: dict[AccountId, Adapter] = {}
        self._secret_stores: dict[AccountId, AccountSecrets] = {}
        self._signed_in: set[AccountId] = set()  # practice accounts whose grant is in memory
        self._consents: dict[AccountId, tuple[Consent, Mapping[str, str]]] = {}
        self._building = asyncio.Lock()

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
