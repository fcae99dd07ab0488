"""The editor of a workflow by itself: keyboard, drag, undo, branches, and steps of other packages."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QMenu, QSpinBox
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.ids import AccountId, WorkflowId
from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.domain.step_kind import Ended, FieldType, OptionField, StepContext, StepKind, StepResult
from mmhub_desktop.domain.workflow import Condition, OnFailure, Workflow, WorkflowStep
from mmhub_desktop.domain.workflow_check import check
from mmhub_desktop.domain.workflow_facts import Operator
from mmhub_desktop.events import Bus
from mmhub_desktop.gui import background
from mmhub_desktop.gui.bridge import Bridge
from mmhub_desktop.gui.dialogs.workflow_step import StepDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.pages.workflow_draft import Draft, in_order
from mmhub_desktop.gui.pages.workflow_editor import WorkflowEditor
from mmhub_desktop.settings import Settings
from tests.gui.conftest import Until


async def nothing(context: StepContext) -> StepResult:
    del context
    return Ended()


SHOUT = StepKind(
    "shout", "Shout", nothing, icon="../no-such-icon", about="Says it aloud.",
    fields=(
        OptionField("words", "Words", required=True),
        OptionField("times", "Times", FieldType.NUMBER, default=2, least=1, most=9),
        OptionField("loud", "Loud", FieldType.YES_NO, default=False),
        OptionField("voice", "Voice", FieldType.CHOICE, default="low", choices=(("low", "Low"), ("high", "High"))),
        OptionField("rooms", "Rooms", FieldType.CHOICES, default=[], choices=(("a", "Hall"), ("b", "Cellar"))),
    ),
)  # fmt: skip
SELL = StepKind("sell", "Sell", nothing, icon="send", needs_accounts=True)
KINDS = {"shout": SHOUT, "sell": SELL}
ACCOUNTS = {
    number: Account(AccountId(number), "mercadolibre", f"Shop {letter}", AccountKind.LIVE)
    for number, letter in ((1, "A"), (2, "B"))
}
WORDS = {"words": "hello"}


@pytest.fixture
async def editor(qtbot: QtBot) -> AsyncIterator[WorkflowEditor]:
    """An editor on a chain of three steps."""
    window = MainWindow(Settings())
    bridge = Bridge(Bus())
    made = WorkflowEditor(GuiContext(None, bridge, window), lambda workflow: check(workflow, KINDS, set(ACCOUNTS)))
    qtbot.addWidget(made)
    made.kinds, made.accounts = KINDS, ACCOUNTS
    made.resize(620, 700)
    made.show()
    steps = tuple(
        WorkflowStep(key, "shout", title=key.upper(), after=after, options=WORDS)
        for key, after in (("a", ()), ("b", ("a",)), ("c", ("b",)))
    )
    made.open(Draft(Workflow(WorkflowId(1), "Test", steps)))
    made.activateWindow()
    yield made
    bridge.close()
    await background.cancel_all()
    window.close()
    await asyncio.wait_for(asyncio.shield(window.closed), 20)
    window.deleteLater()


def shape(editor: WorkflowEditor) -> list[str]:
    """The list as it reads: dots for the indent, title, and what the step comes after."""
    assert editor.draft is not None
    after = {step.key: step.after for step in in_order(editor.draft.now)}
    cards = editor.steps.cards[1:]
    return [f"{'.' * card.face.indent}{card.face.title}<{','.join(after[card.face.key])}" for card in cards]


def press(editor: WorkflowEditor, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or editor, key, modifier)


ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier,
)  # fmt: skip


async def test_steps_are_moved_copied_and_removed_by_keyboard_and_all_of_it_is_undone(editor: WorkflowEditor) -> None:
    start = shape(editor)
    assert start == ["A<", "B<a", "C<b"]
    editor.steps.focus("")
    for expected in ("a", "b", "c", "c"):
        press(editor, Qt.Key.Key_Down)
        assert editor.steps.current == expected
    press(editor, Qt.Key.Key_Up, ALT)
    assert shape(editor) == ["A<", "C<a", "B<c"]
    assert editor.steps.current == "c"
    press(editor, Qt.Key.Key_Right, ALT)
    assert shape(editor) == [".A<", ".B<a", ".C<"]
    press(editor, Qt.Key.Key_Left, ALT)
    assert shape(editor) == ["A<", "B<a", "C<b"]
    press(editor, Qt.Key.Key_D, CTRL)
    assert shape(editor) == ["A<", "B<a", ".C<b", ".C<b"]
    press(editor, Qt.Key.Key_Delete)
    assert shape(editor) == start
    assert editor.steps.current == "c"
    for _ in range(5):
        press(editor, Qt.Key.Key_Z, CTRL)
    assert shape(editor) == start
    assert not editor.head.undo_button.isEnabled()
    assert not editor.head.save_button.isEnabled()
    press(editor, Qt.Key.Key_Z, CTRL | SHIFT)
    assert shape(editor) == ["A<", "C<a", "B<c"]
    assert editor.head.save_button.isEnabled()


async def test_a_step_is_added_beside_another_by_keyboard(editor: WorkflowEditor, until: Until) -> None:
    editor.steps.focus("b")
    press(editor, Qt.Key.Key_Insert)
    menu = next(each for each in editor.findChildren(QMenu) if each.isVisible())
    beside = next(each for each in menu.actions() if each.text() == "Beside this step").menu()
    assert isinstance(beside, QMenu)
    next(each for each in beside.actions() if each.text() == "Sell").trigger()
    menu.close()
    await until(lambda: editor.findChild(StepDialog) is not None)
    dialog = editor.findChild(StepDialog)
    assert isinstance(dialog, StepDialog)
    assert dialog.after["a"].isChecked()
    dialog.accounts[AccountId(1)].setChecked(True)
    dialog.accept()
    await until(lambda: len(editor.steps.cards) == 5)
    assert shape(editor) == ["A<", ".B<a", ".C<b", ".Sell on Shop A<a"]
    assert editor.steps.current == "sell"
    editor.activateWindow()
    await until(lambda: QApplication.focusWidget() is editor.steps.card("sell"))
    press(editor, Qt.Key.Key_Z, CTRL)
    assert shape(editor) == ["A<", "B<a", "C<b"]
    assert not editor.head.undo_button.isEnabled()


async def test_keys_of_steps_count_only_among_the_steps(editor: WorkflowEditor) -> None:
    editor.steps.focus("b")
    editor.add_button.setFocus()
    press(editor, Qt.Key.Key_Delete)
    assert shape(editor) == ["A<", "B<a", "C<b"]


async def test_a_card_is_dragged_before_beside_and_after_another(editor: WorkflowEditor, until: Until) -> None:
    def laid_out() -> bool:
        tops = [card.mapTo(editor.steps, QPoint()).y() for card in editor.steps.cards]
        return all(below > above + 20 for above, below in pairwise(tops))

    await until(laid_out)

    def drag(key: str, other: str, share: float, *, release: bool = True) -> None:
        card, target = editor.steps.card(key), editor.steps.card(other)
        assert card is not None
        assert target is not None
        start = QPoint(60, 20)
        end = card.mapFromGlobal(target.mapToGlobal(QPoint(60, round(target.height() * share))))
        QTest.mousePress(card, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
        QTest.mouseMove(card, start + QPoint(0, 30))
        QTest.mouseMove(card, end)
        if release:
            QTest.mouseRelease(card, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)

    drag("c", "b", 0.5, release=False)
    assert editor.steps._hint.isVisible()
    assert editor.steps._hint.words == "Beside 2"
    card = editor.steps.card("c")
    assert card is not None
    QTest.keyClick(card, Qt.Key.Key_Escape)
    assert shape(editor) == ["A<", "B<a", "C<b"]
    drag("c", "b", 0.5)
    assert shape(editor) == ["A<", ".B<a", ".C<a"]
    await until(laid_out)
    drag("c", "a", 0.1)
    assert shape(editor) == ["C<", "A<c", "B<a"]
    assert editor.steps.target("b", editor.steps.height() + 50) is None


async def test_a_step_shows_what_it_does_where_and_under_which_conditions(editor: WorkflowEditor) -> None:
    step = WorkflowStep(
        "sell", "sell", after=("a", "c"), account_ids=(AccountId(1), AccountId(2)), on_failure=OnFailure.STOP,
        when=(
            Condition("quality", Operator.AT_LEAST, "70"), Condition("live:2", Operator.IS, "no"),
            Condition("outcome:a", Operator.IS, "completed"),
        ),
    )  # fmt: skip
    assert editor.draft is not None
    editor.draft.change(Workflow(WorkflowId(1), "Test", (*editor.draft.now.steps, step)))
    editor.show_draft()
    face = editor.steps.cards[4].face
    assert face.title == "Sell on Shop A and Shop B"
    assert [word for word, _ in face.chips] == ["Shop A", "Shop B"]
    assert [words for _, words in face.lines] == [
        "after steps 1 and 3",
        "only if quality score is at least 70 and is not live on “Shop B” and outcome of step “A” is Completed",
        "one failed product ends the run",
    ]
    assert editor.steps.cards[1].face.icon == "list-checks"


async def test_the_dialog_draws_the_options_that_a_kind_declares(editor: WorkflowEditor, qtbot: QtBot) -> None:
    assert editor.draft is not None
    now = editor.draft.now
    dialog = StepDialog(now, now.step("b"), KINDS, ACCOUNTS)
    qtbot.addWidget(dialog)
    fields = dialog.options.fields
    assert [fields[key].accessibleName() for key in fields] == ["Words", "Times", "Loud", "Voice", "Rooms"]
    times, loud = fields["times"], fields["loud"]
    assert isinstance(times, QSpinBox)
    assert isinstance(loud, QCheckBox)
    times.setValue(5)
    loud.setChecked(True)
    fields["rooms"].findChildren(QCheckBox)[1].setChecked(True)
    assert list(dialog.after) == ["a"]
    dialog.after["a"].setChecked(False)
    made = dialog.step()
    assert made.options == {"words": "hello", "times": 5, "loud": True, "voice": "low", "rooms": ["b"]}
    assert (made.after, made.account_ids) == ((), ())
    dialog.kind.setCurrentIndex(dialog.kind.findData("sell"))
    dialog.accounts[AccountId(2)].setChecked(True)
    made = dialog.step()
    assert (made.kind, made.account_ids, made.options) == ("sell", (2,), {})


async def test_a_step_of_a_kind_that_is_missing_here_is_kept_and_explained(
    editor: WorkflowEditor, qtbot: QtBot
) -> None:
    strange = WorkflowStep("x", "strange", options={"deep": [1]}, when=(Condition("colour", Operator.IS, "red"),))
    editor.open(Draft(Workflow(WorkflowId(1), "Test", (strange,))))
    assert "of a kind that this program does not have" in editor.steps.cards[1].accessibleName()
    assert not editor.head.run_button.isEnabled()
    dialog = StepDialog(Workflow(WorkflowId(1), "Test", (strange,)), strange, KINDS, ACCOUNTS)
    qtbot.addWidget(dialog)
    assert dialog.step() == strange


async def test_every_control_has_a_name(editor: WorkflowEditor) -> None:
    from PySide6.QtWidgets import QPushButton

    nameless = [button for button in editor.findChildren(QPushButton) if not (button.text() or button.accessibleName())]
    assert nameless == []
    assert editor.steps.cards[2].accessibleName().startswith("Step 2: B. after the step above. Shout")
