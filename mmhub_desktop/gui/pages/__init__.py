"""The pages of the window, declared; each is imported when it is first shown."""

from dataclasses import dataclass
from importlib import import_module

from mmhub_desktop.gui.pages.page import GuiContext, Page


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page: its name in code, what the seller reads, its icon, and where its class is.

    Pages with a ``group`` stand in the sidebar below its name, in this order.
    """

    name: str
    label: str
    icon: str
    module: str
    cls: str
    group: str = ""
    needs_workspace: bool = True

    def make(self, context: GuiContext) -> Page:
        """Import the page's module and construct it."""
        made: Page = getattr(import_module(self.module), self.cls)(context)
        made.setAccessibleName(self.label)
        return made


_HERE = "mmhub_desktop.gui.pages."

PAGES: tuple[PageEntry, ...] = (
    PageEntry("welcome", "Welcome", "house", _HERE + "welcome", "WelcomePage", needs_workspace=False),
    PageEntry("products", "Products", "package", _HERE + "products", "ProductsPage", "Catalog"),
    PageEntry("imports", "Imports", "file-up", _HERE + "imports", "ImportsPage", "Catalog"),
    PageEntry("pictures", "Pictures", "image", _HERE + "pictures", "PicturesPage", "Catalog"),
    PageEntry("history", "History", "rotate-ccw", _HERE + "history", "HistoryPage", "Catalog"),
    PageEntry("marketplaces", "Marketplaces", "store", _HERE + "marketplaces", "MarketplacesPage", "Selling"),
    PageEntry("readiness", "Readiness", "circle-check", _HERE + "readiness", "ReadinessPage", "Selling"),
    PageEntry("drift", "Differences", "arrow-left-right", _HERE + "drift", "DriftPage", "Selling"),
    PageEntry("practice", "Practice shop", "store", _HERE + "practice", "PracticePage"),
    PageEntry("jobs", "Jobs", "list-checks", _HERE + "jobs", "JobsPage", "Work"),
    PageEntry("workflows", "Workflows", "workflow", _HERE + "workflows", "WorkflowsPage", "Work"),
    PageEntry("schedules", "Schedules", "clock", _HERE + "schedules", "SchedulesPage", "Work"),
    PageEntry("activity", "Activity", "activity", _HERE + "activity", "ActivityPage", "Program"),
    PageEntry("webhooks", "Webhooks", "webhook", _HERE + "webhooks", "WebhooksPage", "Program"),
    PageEntry("backups", "Backups", "download", _HERE + "backups", "BackupsPage"),
    PageEntry("settings", "Settings", "settings", _HERE + "settings", "SettingsPage", "Program"),
)


def page_entry(name: str) -> PageEntry:
    """The entry with this name."""
    return next(entry for entry in PAGES if entry.name == name)
