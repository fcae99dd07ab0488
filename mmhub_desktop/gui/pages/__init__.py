"""The pages of the window, declared; each is imported when it is first shown."""

from dataclasses import dataclass
from importlib import import_module

from mmhub_desktop.gui.pages.page import GuiContext, Page


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page: its name in code, what the seller reads, its icon, and where its class is.

    ``in_menu`` pages stand in the sidebar, in this order.
    """

    name: str
    label: str
    icon: str
    module: str
    cls: str
    in_menu: bool = True
    needs_workspace: bool = True

    def make(self, context: GuiContext) -> Page:
        """Import the page's module and construct it."""
        made: Page = getattr(import_module(self.module), self.cls)(context)
        made.setAccessibleName(self.label)
        return made


_HERE = "mmhub_desktop.gui.pages."

PAGES: tuple[PageEntry, ...] = (
    PageEntry("welcome", "Welcome", "house", _HERE + "welcome", "WelcomePage", in_menu=False, needs_workspace=False),
    PageEntry("products", "Products", "package", _HERE + "products", "ProductsPage"),
    PageEntry("imports", "Imports", "file-up", _HERE + "imports", "ImportsPage"),
    PageEntry("jobs", "Jobs", "list-checks", _HERE + "jobs", "JobsPage"),
    PageEntry("schedules", "Schedules", "clock", _HERE + "schedules", "SchedulesPage"),
    PageEntry("workflows", "Workflows", "workflow", _HERE + "workflows", "WorkflowsPage"),
    PageEntry("readiness", "Readiness", "circle-check", _HERE + "readiness", "ReadinessPage"),
    PageEntry("drift", "Differences", "arrow-left-right", _HERE + "drift", "DriftPage"),
    PageEntry("webhooks", "Webhooks", "webhook", _HERE + "webhooks", "WebhooksPage"),
    PageEntry("marketplaces", "Marketplaces", "store", _HERE + "marketplaces", "MarketplacesPage"),
    PageEntry("practice", "Practice shop", "store", _HERE + "practice", "PracticePage", in_menu=False),
    PageEntry("history", "History", "rotate-ccw", _HERE + "history", "HistoryPage"),
    PageEntry("pictures", "Pictures", "image", _HERE + "pictures", "PicturesPage"),
    PageEntry("backups", "Backups", "download", _HERE + "backups", "BackupsPage", in_menu=False),
    PageEntry("activity", "Activity", "activity", _HERE + "activity", "ActivityPage"),
    PageEntry("settings", "Settings", "settings", _HERE + "settings", "SettingsPage"),
)


def page_entry(name: str) -> PageEntry:
    """The entry with this name."""
    return next(entry for entry in PAGES if entry.name == name)
