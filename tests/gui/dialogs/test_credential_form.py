"""The account form, drawn from what an adapter declares."""

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.marketplace import CredentialField, ValueForm
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.gui.dialogs.credential_form import CredentialForm

FIELDS = (
    CredentialField("site", "Country", choices=(("MLA", "Argentina"), ("MLC", "Chile")), default="MLC"),
    CredentialField("client_id", "Application id", "From the DevCenter."),
    CredentialField("client_secret", "Secret key", secret=True),
    CredentialField("store", "Warehouse", "Only with several.", required=False),
)


@pytest.fixture
def form(qtbot: QtBot) -> CredentialForm:
    made = CredentialForm(FIELDS)
    qtbot.addWidget(made)
    made.show()
    return made


def line(form: CredentialForm, key: str) -> QLineEdit:
    editor = form.editors[key]
    assert isinstance(editor, QLineEdit)
    return editor


async def test_each_kind_of_field_has_its_own_editor(form: CredentialForm) -> None:
    site = form.editors["site"]
    assert isinstance(site, QComboBox)
    assert [site.itemText(place) for place in range(site.count())] == ["Argentina", "Chile"]
    assert site.currentData() == "MLC"
    assert line(form, "client_secret").echoMode() is QLineEdit.EchoMode.Password
    assert line(form, "client_id").echoMode() is QLineEdit.EchoMode.Normal
    assert {editor.accessibleName() for editor in form.editors.values()} == {field.label for field in FIELDS}


async def test_optional_fields_fold_away(form: CredentialForm) -> None:
    assert not line(form, "store").isVisible()
    form.more_button.click()
    assert line(form, "store").isVisible()


async def test_what_is_missing_is_named_and_marked(form: CredentialForm) -> None:
    line(form, "client_id").setText("  ")
    with pytest.raises(UserMistake) as mistake:
        form.values()
    assert mistake.value.message == "“Application id”, “Secret key” must be filled in."
    assert line(form, "client_id").property("bad") is True
    assert line(form, "store").property("bad") is not True


async def test_the_values_are_trimmed(form: CredentialForm) -> None:
    line(form, "client_id").setText(" 123 ")
    line(form, "client_secret").setText("s3cret")
    assert form.values() == {"site": "MLC", "client_id": "123", "client_secret": "s3cret", "store": ""}


KEYS = (
    CredentialField("environment", "Environment", choices=(("production", "Real"), ("sandbox", "Sandbox"))),
    CredentialField(
        "key", "Key", "From the portal.",
        forms=(
            ValueForm(r"(?!SBX-).*", "This is a key of the sandbox.", ("environment", "production")),
            ValueForm(r"\w+-\w{4}", "A key ends with four letters."),
        ),
    ),
)  # fmt: skip


async def test_what_looks_wrong_is_said_as_it_is_pasted_and_forbids_nothing(qtbot: QtBot) -> None:
    form = CredentialForm(KEYS)
    qtbot.addWidget(form)
    form.show()
    assert form.doubts() == {}  # nothing is said of what is still empty
    line(form, "key").setText("PRD-12")
    assert form.doubts() == {"key": "A key ends with four letters."}
    assert line(form, "key").accessibleDescription() == "A key ends with four letters. From the portal."
    assert form.values()["key"] == "PRD-12"
    line(form, "key").setText(" “SBX-1234”\u200b ")  # what is copied along is left out
    assert form.doubts() == {"key": "This is a key of the sandbox."}
    environment = form.editors["environment"]
    assert isinstance(environment, QComboBox)
    environment.setCurrentIndex(1)
    assert form.doubts() == {}
    assert form.values()["key"] == "SBX-1234"
