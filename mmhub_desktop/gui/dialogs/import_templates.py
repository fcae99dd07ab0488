"""Import templates in the window: naming one, and the list where they are renamed and deleted."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from mmhub_desktop.domain.imports import ImportTemplate
from mmhub_desktop.gui.background import asked
from mmhub_desktop.gui.dialogs.confirm import confirm
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import ago, counted

_TEMPLATE = Qt.ItemDataRole.UserRole + 1


class NameDialog(Dialog):
    """Asks for a template's name."""

    def __init__(self, title: str, text: str, name: str, action: str, parent: QWidget | None = None) -> None:
        super().__init__(title, text, parent, width=460)
        self.field = QLineEdit(name)
        self.field.setAccessibleName("Name of the template")
        self.field.setPlaceholderText("For example the supplier, or the program the file is from")
        self.body.addWidget(Label("Name", "label", "muted"))
        self.body.addWidget(self.field)
        self.add_button("Cancel", self.reject)
        self.action_button = self.add_button(action, self.accept, "primary")
        self.confirm_with(self.action_button)
        self.field.textChanged.connect(lambda text: self.action_button.setEnabled(bool(text.strip())))
        self.action_button.setEnabled(bool(name.strip()))
        self.field.setFocus()
        self.field.selectAll()


async def ask_name(parent: QWidget, title: str, text: str, name: str, action: str) -> str:
    """The name that was entered; empty when the seller left."""
    dialog = NameDialog(title, text, name, action, parent)
    accepted = await asked(dialog)
    return dialog.field.text().strip() if accepted else ""


class TemplatesDialog(Dialog):
    """All templates; F2 renames the marked one, Delete deletes it."""

    def __init__(self, context: GuiContext, parent: QWidget | None = None) -> None:
        super().__init__(
            "Import templates",
            "A template holds what the columns of a kind of file become. It is found again by the file's header.",
            parent,
            width=560,
        )
        self._context = context
        self._templates = context.workspace.import_templates
        self.list = QListWidget()
        self.list.setAccessibleName("Import templates")
        self.list.setProperty("framed", "true")
        self.list.setMinimumHeight(220)
        self.nothing = Label(
            "There is none yet. Save one in the columns step or at the end of an import.", "body", "muted"
        )
        self.nothing.setWordWrap(True)
        self.body.addWidget(self.nothing)
        self.body.addWidget(self.list, 1)
        self.delete_button = self.add_button("Delete…", self._delete, "danger", "trash-2", left=True)
        self.rename_button = self.add_button("Rename…", self._rename, icon="pencil", left=True)
        close = self.add_button("Close", self.accept, "primary")
        self.rename_button.setShortcut("F2")
        self.delete_button.setShortcut("Del")
        self.confirm_with(close)
        self.list.currentRowChanged.connect(lambda _: self._enable())
        self.work(context.spawn, self._load(), "List the templates")

    def current(self) -> ImportTemplate | None:
        """The marked template."""
        found: ImportTemplate | None = self.list.currentIndex().data(_TEMPLATE)
        return found

    async def _load(self) -> None:
        row = max(self.list.currentRow(), 0)
        found = await self._templates.all()
        self.list.clear()
        for template in found:
            used = f"used {ago(template.used_at)}" if template.used_at else "not used yet"
            words = f"{template.name}\n{counted(len(template.header), 'column')}, {used}"
            item = QListWidgetItem(words)
            item.setData(_TEMPLATE, template)
            item.setToolTip(", ".join(template.header))
            self.list.addItem(item)
        self.list.setCurrentRow(min(row, len(found) - 1))
        self.list.setVisible(bool(found))
        self.nothing.setVisible(not found)
        self._enable()

    def _enable(self) -> None:
        for button in (self.rename_button, self.delete_button):
            button.setEnabled(self.current() is not None)

    def _rename(self) -> None:
        template = self.current()
        if template is not None:
            self.work(self._context.spawn, self._ask_rename(template), "Rename a template")

    async def _ask_rename(self, template: ImportTemplate) -> None:
        name = await ask_name(self, "Rename the template", "", template.name, "Rename")
        if name:
            await self._templates.rename(template, name)
            await self._load()

    def _delete(self) -> None:
        template = self.current()
        if template is not None:
            self.work(self._context.spawn, self._ask_delete(template), "Delete a template")

    async def _ask_delete(self, template: ImportTemplate) -> None:
        sure = await confirm(
            self, f"Delete the template “{template.name}”?",
            "This cannot be undone. Imports that were made with it stay as they are.", "Delete the template",
        )  # fmt: skip
        if sure:
            await self._templates.delete(template)
            await self._load()
