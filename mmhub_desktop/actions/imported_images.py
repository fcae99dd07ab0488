"""Images that an import brought by link: which products name links that were never fetched, and fetching them."""

from collections.abc import Awaitable, Callable

from mmhub_desktop.catalog.plan import ImportPlan
from mmhub_desktop.domain.ids import BatchId, ImportId, ProductId
from mmhub_desktop.domain.imports import ImportJob, ImportState
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.kept_image import ImageState
from mmhub_desktop.domain.product_filter import Filter, Operator
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.events import Bus, Notice
from mmhub_desktop.store.imports import ImportStore
from mmhub_desktop.store.products import ProductStore


class ImportedImages:
    """For the loop. ``is_wanted`` is the seller's setting: whether images are fetched after each import."""

    def __init__(
        self,
        imports: ImportStore,
        products: ProductStore,
        submit: Callable[[WorkRequest], Awaitable[BatchId]],
        is_wanted: Callable[[], bool],
        bus: Bus,
    ) -> None:
        self._imports = imports
        self._products = products
        self._submit = submit
        self.is_wanted = is_wanted
        self._bus = bus
        self.begun: dict[ImportId, BatchId] = {}  # by themselves, since the workspace was opened

    async def products_of(self, import_id: ImportId) -> tuple[ProductId, ...]:
        """Products that the import wrote, with a link nobody has looked at; none when its file has no images."""
        plan = ImportPlan.from_json(await self._imports.plan(import_id))
        if "images" not in plan.constants and all(column.field != "images" for column in plan.columns):
            return ()
        filters = (
            Filter("import", Operator.IS, str(import_id)),
            Filter("image_state", Operator.ONE_OF, ImageState.UNSEEN.value),
        )
        query = ProductQuery(filters=filters, sort=ProductSort.SKU, descending=False)
        return tuple(ProductId(number) for number in await self._products.ids(query))

    async def fetch(self, import_id: ImportId) -> BatchId | None:
        """Plan fetching them, as work that goes on after a restart; None when there is nothing to fetch."""
        ids = await self.products_of(import_id)
        return await self._submit(WorkRequest("import_images", ids)) if ids else None

    async def import_ended(self, job: ImportJob) -> None:
        """Fetch what a whole import brought, if that is wanted. The import stands, whatever happens here."""
        if job.state is not ImportState.COMPLETED or not self.is_wanted():
            return
        try:
            batch_id = await self.fetch(job.id)
        except MmhubError as error:
            hint = f"{error} Fetch them from the Products menu."
            self._bus.publish(Notice("warn", f"The images of {job.file_name} were not fetched.", hint))
        else:
            if batch_id is not None:
                self.begun[job.id] = batch_id
