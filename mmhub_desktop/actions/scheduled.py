"""What a schedule asks for when its time has come: which products, on which accounts, under which title."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from mmhub_desktop.domain.ids import AccountId, BatchId, ProductId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.domain.schedule import Schedule
from mmhub_desktop.errors import Unsupported
from mmhub_desktop.jobs.action import Action
from mmhub_desktop.jobs.workflows import SCHEDULED
from mmhub_desktop.store.accounts import AccountStore
from mmhub_desktop.store.job_planning import AtPlan
from mmhub_desktop.store.jobs import JobStore
from mmhub_desktop.store.products import ProductStore

Submit = Callable[[WorkRequest, AtPlan], Awaitable[BatchId]]


class ScheduledWork:
    """Turns schedules into work. ``run`` is what the scheduler calls."""

    def __init__(
        self,
        actions: Mapping[str, Action],
        jobs: JobStore,
        products: ProductStore,
        accounts: AccountStore,
        submit: Submit,
        run_workflow: Callable[[Schedule, AtPlan], Awaitable[str]],
    ) -> None:
        self._actions = actions
        self._jobs = jobs
        self._products = products
        self._accounts = accounts
        self._submit = submit
        self._run_workflow = run_workflow

    async def run(self, schedule: Schedule, beside: str, also: AtPlan) -> BatchId | str:
        """Plan a schedule's work for the products it names now, unless its last work still goes on."""
        if schedule.action.startswith(SCHEDULED):
            return await self._run_workflow(schedule, also)
        if schedule.last_batch_id is not None:
            last = await self._jobs.batches([schedule.last_batch_id])
            if last and not last[0].state.is_final:
                return "The run before has not ended yet."
        action = self._actions.get(schedule.action)
        if action is None:
            raise Unsupported(f"This version of the program has no action “{schedule.action}”.")
        ids = await self._product_ids(schedule, action)
        if not ids:
            return "No product matched."
        account_ids: tuple[AccountId, ...] = schedule.account_ids if action.per_account else ()
        accounts = [await self._accounts.get(account_id) for account_id in account_ids]
        title = f"{schedule.name}: {title_of(action, len(ids), accounts)}" + (f" ({beside})" if beside else "")
        request = WorkRequest(schedule.action, ids, account_ids, title, schedule.options, schedule.priority)
        return await self._submit(request, also)

    async def _product_ids(self, schedule: Schedule, action: Action) -> tuple[ProductId, ...]:
        if action.about is not None:
            return (action.about,)
        statuses = frozenset({ProductStatus(schedule.status)}) if schedule.status else frozenset()
        query = ProductQuery(text=schedule.search, statuses=statuses, sort=ProductSort.SKU, descending=False)
        return tuple(ProductId(number) for number in await self._products.ids(query))


def title_of(action: Action, count: int, accounts: Sequence[Account]) -> str:
    """A batch's title: ``Publish 214 products on Tienda, Shop two``."""
    where = f" on {', '.join(account.label for account in accounts)}" if accounts else ""
    if action.about is not None:
        return f"{action.label}{where}"
    return f"{action.verb} {'1 product' if count == 1 else f'{count:,} products'}{where}"
