"""Images that an import brought by link: which products name links that were never fetched, and fetching them."""

from collections.abc import Callable

from mmhub_desktop.catalog.image_fetching import FetchLimits, ImageFetching
from mmhub_desktop.catalog.images import Thumbnails
from mmhub_desktop.catalog.kept_images import KeptImages
from mmhub_desktop.catalog.plan import ImportPlan
from mmhub_desktop.domain.ids import ImportId, ProductId
from mmhub_desktop.domain.imports import ImportJob, ImportState
from mmhub_desktop.domain.kept_image import ImageState
from mmhub_desktop.domain.product_filter import Filter, Operator
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.events import Bus, Notice
from mmhub_desktop.settings import IMAGES_AFTER_IMPORT, IMAGES_MOST_MB, IMAGES_MOST_OF_IMPORT, Settings
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.image_links import ImageLinks
from mmhub_desktop.store.imports import ImportStore
from mmhub_desktop.store.preferences import PreferenceStore
from mmhub_desktop.store.products import ProductStore


class ImportedImages:
    """For the loop."""

    def __init__(
        self,
        imports: ImportStore,
        products: ProductStore,
        fetching: ImageFetching,
        settings: Settings,
        bus: Bus,
    ) -> None:
        self._imports = imports
        self._products = products
        self._fetching = fetching
        self._settings = settings
        self._bus = bus

    def is_wanted(self) -> bool:
        """The seller's setting: whether images are fetched after each import."""
        return self._settings.get(IMAGES_AFTER_IMPORT)

    async def products_of(self, import_id: ImportId) -> tuple[ProductId, ...]:
        """Products that the import wrote, with a link nobody has looked at; none when its file has no images."""
        if not await self._may_have_links(import_id):
            return ()
        filters = (
            Filter("import", Operator.IS, str(import_id)),
            Filter("image_state", Operator.ONE_OF, ImageState.UNSEEN.value),
        )
        query = ProductQuery(filters=filters, sort=ProductSort.SKU, descending=False)
        return tuple(ProductId(number) for number in await self._products.ids(query))

    async def fetch(self, import_id: ImportId) -> None:
        """Have them fetched in the background, also after a restart."""
        await self._fetching.add(import_id)

    async def import_ended(self, job: ImportJob) -> None:
        """Fetch what a whole import brought, if that is wanted. The import stands, whatever happens here."""
        if job.state is not ImportState.COMPLETED or not self.is_wanted():
            return
        try:
            if await self._may_have_links(job.id):
                await self.fetch(job.id)
        except MmhubError as error:
            hint = f"{error} Fetch them from the Products menu."
            self._bus.publish(Notice("warn", f"The images of {job.file_name} were not fetched.", hint))

    async def _may_have_links(self, import_id: ImportId) -> bool:
        plan = ImportPlan.from_json(await self._imports.plan(import_id))
        return "images" in plan.constants or any(column.field == "images" for column in plan.columns)


def make_fetching(
    db: Database, images: KeptImages, preferences: PreferenceStore, thumbnails: Thumbnails, bus: Bus,
    settings: Settings, is_busy: Callable[[], bool],
) -> ImageFetching:  # fmt: skip
    """What fetches them, within the seller's limits."""

    def limits() -> FetchLimits:
        return FetchLimits(settings.get(IMAGES_MOST_MB) * 1_000_000, settings.get(IMAGES_MOST_OF_IMPORT))

    return ImageFetching(images, ImageLinks(db), preferences, thumbnails.get, bus, limits, is_busy)
