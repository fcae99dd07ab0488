"""What lies in the seller's bucket: counted when asked, and removed when the seller says so."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from mmhub_desktop.catalog.image_host import ImageHost
from mmhub_desktop.errors import MmhubError, UserMistake
from mmhub_desktop.gui.dialogs.confirm import confirm
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import counted

ABOUT = "What this program has uploaded. Marketplaces keep copies; what is needed again is uploaded again."
_AT_ONCE = 50  # removed between two words of how far it is


class HostedRow(QWidget):
    """The two buttons; ``said`` is a line to put below the words beside them."""

    def __init__(self, context: GuiContext) -> None:
        super().__init__()
        self._context = context
        self.said = Label("", "small")
        self.said.setWordWrap(True)
        self.said.hide()
        self.count_button = Button("Count", "image").set_hint("Count the pictures that were uploaded")
        self.remove_button = Button("Remove all…", "trash-2").set_hint("Remove every picture that was uploaded")
        self.count_button.clicked.connect(lambda: context.spawn(self._run(remove=False), "Count uploaded pictures"))
        self.remove_button.clicked.connect(lambda: context.spawn(self._run(remove=True), "Remove uploaded pictures"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.count_button)
        row.addWidget(self.remove_button)

    async def _run(self, *, remove: bool) -> None:
        for button in (self.count_button, self.remove_button):
            button.setEnabled(False)
        self._say("Looking…", "muted")
        try:
            await self._look(remove)
        except MmhubError as error:
            self._say(str(error), "err")
        finally:
            for button in (self.count_button, self.remove_button):
                button.setEnabled(True)

    async def _look(self, remove: bool) -> None:
        host = await self._context.workspace.image_host() if self._context.has_workspace else None
        if host is None:
            raise UserMistake("No image host is set up.", hint="Fill in the fields above, with a workspace open.")
        found = [(image.name, image.size) async for image in host.images()]
        size = f"{sum(size for _, size in found) / 2**20:.1f} MB"
        self._say(f"{counted(len(found), 'picture')}, {size}" if found else "There are none.", "text")
        if remove and found:
            many = counted(len(found), "picture")
            text = f"{many} ({size}) at {host.bucket.public_url}. {ABOUT}"
            if await confirm(self.window(), f"Remove {many}?", text, f"Remove {many}"):
                await self._remove(host, [name for name, _ in found])

    async def _remove(self, host: ImageHost, names: list[str]) -> None:
        for first in range(0, len(names), _AT_ONCE):
            self._say(f"Removed {first:,} of {len(names):,}", "muted")
            await host.delete(names[first : first + _AT_ONCE])
        self._say(f"{counted(len(names), 'picture')} removed.", "ok")

    def _say(self, words: str, tone: str) -> None:
        self.said.setText(words)
        self.said.set_tone(tone)
        self.said.show()
