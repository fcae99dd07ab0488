"""Products as files for other programs. A new form is a file here with its ``ExportFormat`` and an entry below."""

from mmhub_desktop.catalog.export.formats import ExportFormat
from mmhub_desktop.catalog.export.ours import OURS, XLSX
from mmhub_desktop.catalog.export.shopify import SHOPIFY
from mmhub_desktop.catalog.export.woocommerce import WOOCOMMERCE

__all__ = ["BY_NAME", "FORMATS", "ExportFormat"]

FORMATS: tuple[ExportFormat, ...] = (OURS, XLSX, SHOPIFY, WOOCOMMERCE)
BY_NAME = {each.name: each for each in FORMATS}
