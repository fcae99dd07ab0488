"""The product's images in order, and what is wrong with their links."""

from PySide6.QtWidgets import QVBoxLayout

from mmhub_desktop.gui.editor.read_tab import ReadTab
from mmhub_desktop.gui.editor.sheet import EditedProduct
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.pages.product_parts import ImageStrip, images_part
from mmhub_desktop.gui.thumbnails import ThumbnailCache
from mmhub_desktop.gui.widgets.empty import EmptyState


class ImagesTab(ReadTab):
    """Shows them; nothing is changed here."""

    def __init__(self, sheet: EditedProduct, context: GuiContext, thumbnails: ThumbnailCache) -> None:
        super().__init__(sheet, context, "Images of the product")
        self._thumbnails = thumbnails

    async def fill(self, column: QVBoxLayout) -> None:
        """The images, then the broken ones with the reason."""
        product = self.sheet.stored
        known = await self.context.workspace.images.store.of(product.images)
        if not product.images:
            column.addWidget(EmptyState("image", "No images", "Import them with the product: a column with links."))
            return
        column.addWidget(ImageStrip(product, self._thumbnails))
        column.addLayout(images_part([finding for image in known.values() if (finding := image.finding)]))
