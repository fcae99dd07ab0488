"""What every page may count on: the first refresh is of the whole page, whatever happens meanwhile."""

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mmhub_desktop.events import Bus, Event, ListingsChanged, ProductsChanged
from mmhub_desktop.gui.bridge import Bridge
from mmhub_desktop.gui.pages.page import GuiContext, Page
from tests.gui.conftest import Until


class Recording(Page):
    """Notes with which events it was refreshed."""

    refresh_on: ClassVar[tuple[type[Event], ...]] = (ProductsChanged,)

    def __init__(self, context: GuiContext) -> None:
        super().__init__(context)
        self.seen: list[list[Event]] = []

    async def refresh(self, events: Sequence[Event]) -> None:
        self.seen.append(list(events))


async def test_events_that_come_before_the_first_refresh_do_not_narrow_it(qtbot: QtBot, until: Until) -> None:
    bus = Bus()
    bridge, window = Bridge(bus), QWidget()
    page = Recording(GuiContext(None, bridge, window))  # type: ignore[arg-type]
    page.show()
    bus.publish(ProductsChanged(()))
    bridge.deliver()
    await until(lambda: bool(page.seen))
    assert page.seen == [[]]
    bus.publish(ListingsChanged())
    bus.publish(ProductsChanged(()))
    bridge.deliver()
    await until(lambda: len(page.seen) == 2)
    assert page.seen[1] == [ProductsChanged(())]
    page.request_refresh([ProductsChanged(())])
    page.request_refresh()
    await until(lambda: len(page.seen) == 3)
    assert page.seen[2] == []
    page.leave()
    page.close()
    bridge.close()
