"""The head of the workflow editor: name, whether it is active, run, undo, discard and save."""

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mmhub_desktop.domain.workflow_facts import BY_HAND
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.pages.workflow_draft import Draft
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.label import Label


class WorkflowHead(QWidget):
    """Signals ask the editor and the page; ``show_draft`` draws what can be done."""

    renamed = Signal(str)
    switched = Signal(bool)
    run_asked = Signal()
    undo_asked = Signal()
    redo_asked = Signal()
    discard_asked = Signal()
    save_asked = Signal()
    menu_asked = Signal(QPoint)  # global

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLineEdit()
        self.name.setAccessibleName("Name of the workflow")
        self.name.setPlaceholderText("Name of the workflow")
        self.name.setFont(theme.font("section"))
        self.name.setMinimumWidth(120)
        self.name.textChanged.connect(self.renamed)
        self.active = QCheckBox("Active")
        self.active.setToolTip("Switched off, only you start it")
        self.active.clicked.connect(self.switched)
        self.more = Button("", "ellipsis").set_hint("More for this workflow")
        self.more.clicked.connect(lambda: self.menu_asked.emit(self.more.mapToGlobal(self.more.rect().bottomLeft())))
        self.run_button = Button("Run now…", "play")
        self.run_button.clicked.connect(self.run_asked)
        self.reason = Label("", "small", "muted")
        self.reason.setWordWrap(True)
        self.undo_button = Button("", "undo-2").set_hint("Undo the last change (Ctrl+Z)")
        self.undo_button.clicked.connect(self.undo_asked)
        self.redo_button = Button("", "redo-2").set_hint("Redo what was undone (Ctrl+Shift+Z)")
        self.redo_button.clicked.connect(self.redo_asked)
        self.discard_button = Button("Discard")
        self.discard_button.setToolTip("Go back to what was saved last")
        self.discard_button.clicked.connect(self.discard_asked)
        self.save_button = Button("Save", "check", "primary")
        self.save_button.setToolTip("Save this workflow (Ctrl+S)")
        self.save_button.clicked.connect(self.save_asked)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.name, 1)
        top.addWidget(self.active)
        top.addWidget(self.more)
        second = QHBoxLayout()
        second.setSpacing(8)
        second.addWidget(self.run_button)
        second.addStretch(1)
        for button in (self.undo_button, self.redo_button, self.discard_button, self.save_button):
            second.addWidget(button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        whole.addLayout(top)
        whole.addLayout(second)
        whole.addWidget(self.reason)

    def show_draft(self, draft: Draft, reason: str, *, can_save: bool) -> None:
        """Draw name, switch and buttons; ``reason`` says why it cannot run now, empty when it can."""
        if self.name.text() != draft.now.name:
            self.name.setText(draft.now.name)
        self.active.setChecked(draft.now.active)
        self.active.setVisible(draft.now.trigger.kind != BY_HAND)
        self.undo_button.setEnabled(draft.can_undo)
        self.redo_button.setEnabled(draft.can_redo)
        self.save_button.setEnabled(can_save)
        self.discard_button.setEnabled(draft.is_changed)
        self.run_button.setEnabled(not reason)
        self.run_button.setToolTip(reason or "Choose the products and start it")
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
