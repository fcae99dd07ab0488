"""What holds for dialogs: their controls have names, and they fit a laptop's screen."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QWidget,
)

from mmhub_desktop.gui.dialogs.abilities import AbilitiesDialog
from mmhub_desktop.gui.dialogs.account import AccountDialog
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.dialogs.import_templates import NameDialog, TemplatesDialog
from mmhub_desktop.gui.dialogs.schedule import ScheduleDialog
from mmhub_desktop.gui.dialogs.views import ViewNameDialog
from mmhub_desktop.gui.dialogs.webhook import WebhookDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.screenshots import settle

LOWEST = 640  # pixels that a screen of 768 leaves beside its bars
CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QAbstractItemView)

DIALOGS: dict[str, Callable[[GuiContext, QWidget], Dialog]] = {
    "abilities": lambda context, window: AbilitiesDialog(context.workspace.marketplaces.values(), window),
    "account": AccountDialog,
    "schedule": lambda context, window: ScheduleDialog(context, [], window),
    "template name": lambda _, window: NameDialog("Save", "", "", "Save", window),
    "templates": TemplatesDialog,
    "view": lambda _, window: ViewNameDialog([], window),
    "webhook": lambda context, window: WebhookDialog(context, [], window),
}


def nameless(dialog: Dialog) -> list[str]:
    """The controls of a dialog that a screen reader could not name."""
    found = []
    for control in dialog.findChildren(QWidget):
        if not isinstance(control, CONTROLS) or control.focusPolicy() == Qt.FocusPolicy.NoFocus:
            continue
        said = control.accessibleName() or (control.text() if isinstance(control, QAbstractButton) else "")
        inside = isinstance(control.parent(), QComboBox | QAbstractSpinBox | QHeaderView)
        if control.isVisible() and not (said or inside):
            found.append(f"{type(control).__name__} {control.objectName()}")
    return found


@pytest.mark.parametrize("name", DIALOGS)
async def test_controls_have_names_and_all_fits_a_low_screen(shop: MainWindow, name: str) -> None:
    assert shop.context is not None
    dialog = DIALOGS[name](shop.context, shop)
    dialog.open()
    await settle()
    assert nameless(dialog) == []
    assert dialog.minimumSizeHint().height() <= LOWEST
    assert dialog.height() <= dialog.screen().availableGeometry().height()
    dialog.reject()
    dialog.deleteLater()
