"""Connecting an account: what kind, what the marketplace asks for, consent in the browser, and a test."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account, AccountKind, CredentialField
from mmhub_desktop.errors import CredentialError, MmhubError
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.background import finished
from mmhub_desktop.gui.dialogs.credential_form import CredentialForm
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.dialogs.setup_guide import SetupGuide
from mmhub_desktop.gui.dialogs.vault import VaultDialog
from mmhub_desktop.gui.marketplace_icon import marketplace_icon
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.sized_steps import SizedSteps, scrolled
from mmhub_desktop.marketplaces.base import AccountIdentity, ConsentPage, Marketplace
from mmhub_desktop.marketplaces.oauth import read_redirect
from mmhub_desktop.marketplaces.redirect_catcher import can_catch, catching

_ASK, _CONSENT, _DONE = range(3)
PASTED_MS = 300  # a pasted address is looked at when nothing more comes


_CAUGHT = (
    "This window notices by itself when you have agreed. If it does not, paste the address of the page you came to:"
)
_TAKEN = "Another program uses the port of your redirect address, so the address must be pasted. "
_PASTE = "It may look like an error page: only its address matters. Copy it whole from the browser's address line."


class AccountDialog(Dialog):
    """Adds an account, or with ``account`` connects one again. ``account_id`` is set once it is stored."""

    def __init__(self, context: GuiContext, parent: QWidget | None = None, *, account: Account | None = None) -> None:
        super().__init__("Add an account", "Connect a marketplace, or try the program without one.", parent, width=540)
        self._context = context
        self._workspace = context.workspace
        self.account_id: AccountId | None = account.id if account else None
        self._added: Account | None = None  # by this dialog
        self.close_button = self.add_button("Cancel", self.reject)
        self.action_button = self.add_button("Add account", self._go_on, "primary")
        self.confirm_with(self.action_button)
        self._steps = SizedSteps()
        self.body.addWidget(self._steps, 1)
        self.marketplace = QComboBox()
        self.name = QLineEdit()
        self.practice = QRadioButton("Practice")
        self.live = QRadioButton("My real account")
        self.guide = SetupGuide(())
        self.form = CredentialForm(())
        self._form_place = QVBoxLayout()
        self.link = QLineEdit()
        self.redirect = QPlainTextEdit()
        self._remembered: Mapping[str, str] = {}  # what a pasted address must fit
        self._pasted = QTimer(self, singleShot=True, interval=PASTED_MS)
        self._pasted.timeout.connect(self._check_pasted)
        self._then = Label("", "strong")
        self._then_about = Label("", "small", "muted")
        self._result = QVBoxLayout()
        self._steps.addWidget(scrolled(self._lay_out_ask()))
        self._steps.addWidget(self._lay_out_consent())
        done = QWidget()
        done.setLayout(self._result)
        self._steps.addWidget(done)
        self._redraw_form()
        if account is not None:
            self.set_head(f"Connect {account.label} again", "Sign in at the marketplace once more.")
            self._do(self._begin_consent(account), "Start the sign-in")

    # Step 1: what the marketplace asks for

    def _lay_out_ask(self) -> QWidget:
        for name, declared in self._workspace.marketplaces.items():
            self.marketplace.addItem(theme.icon(marketplace_icon(name)), declared.label, name)
        self.marketplace.setAccessibleName("Marketplace")
        self.marketplace.currentIndexChanged.connect(self._redraw_form)
        self.name.setAccessibleName("Name of the account")
        group = QButtonGroup(self)
        for button in (self.practice, self.live):
            group.addButton(button)
        self.practice.setChecked(True)
        group.buttonToggled.connect(self._redraw_form)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        _add_row(column, "Marketplace", self.marketplace)
        for button, about in (
            (self.practice, "Ready to use: a marketplace on this computer that behaves like the real one."),
            (self.live, "Listings become visible to buyers."),
        ):
            column.addWidget(button)
            line = Label(about, "small", "muted")
            line.setContentsMargins(24, 0, 0, 8)
            column.addWidget(line)
        _add_row(column, "Name of the account", self.name)
        column.addLayout(self._form_place)
        column.addStretch(1)
        return page

    @property
    def declared(self) -> Marketplace:
        """The marketplace that is chosen."""
        return self._workspace.marketplaces[self.marketplace.currentData()]

    @property
    def kind(self) -> AccountKind:
        """Practice or live."""
        return AccountKind.PRACTICE if self.practice.isChecked() else AccountKind.LIVE

    def _redraw_form(self) -> None:
        """Draw the fields that this marketplace and kind ask for."""
        fields: tuple[CredentialField, ...] = ()
        if self.kind is AccountKind.LIVE and self.marketplace.count():
            fields = self.declared.credential_fields
            if self.declared.sites and all(field.key != "site" for field in fields):
                fields = (CredentialField("site", "Site", choices=self.declared.sites), *fields)
        if self.marketplace.count():
            practice = " practice" if self.kind is AccountKind.PRACTICE else ""
            self.name.setPlaceholderText(f"{self.declared.label}{practice}")
        steps = self.declared.setup if fields else ()
        for old in (self.guide, self.form):
            self._form_place.removeWidget(old)
            old.deleteLater()
        self.guide, self.form = SetupGuide(steps), CredentialForm(fields)
        self.guide.setVisible(bool(steps))
        self._form_place.addWidget(self.guide)
        self.form.more_button.toggled.connect(lambda _: self.fit(shrink=True))
        self._form_place.addWidget(self.form)
        self.fit(shrink=True)
        needs_consent = self.kind is AccountKind.LIVE and self.marketplace.count() and self.declared.consent
        self.action_button.setText("Go on to sign in" if needs_consent else "Add account")
        self.mistake.clear()

    async def _connect(self) -> None:
        values = self.form.values()
        label = self.name.text().strip() or self.name.placeholderText()
        if self.kind is AccountKind.LIVE:
            await self._open_place_for_secrets()
        account = await self._add(label, values)
        if self.kind is AccountKind.LIVE and self.declared.consent is not None:
            await self._begin_consent(account)
        elif self.kind is AccountKind.LIVE:
            self._show_result(await self._workspace.test_account(account.id))
        else:
            self.accept()

    async def _add(self, label: str, values: Mapping[str, str]) -> Account:
        """The account with these values; one that was added a moment ago and did not work is mended, not doubled."""
        name, before = self.marketplace.currentData(), self._added
        if before is not None and (before.marketplace, before.kind) == (name, self.kind):
            return await self._workspace.change_account(before.id, values, label)
        await self._take_back()
        self._added = await self._workspace.connect(name, label, self.kind, values)
        self.account_id = self._added.id
        return self._added

    async def _take_back(self) -> None:
        """Remove the account that was added and did not work."""
        if (added := self._added) is not None:
            self._added = self.account_id = None
            await self._workspace.remove_account(added.id)

    def reject(self) -> None:
        """Leave. What never worked is not kept; whoever was shown the sign-in page may sign in later."""
        if self._added is not None and self._steps.currentIndex() == _ASK:
            self._context.spawn(self._take_back(), "Forget the account")
        super().reject()

    async def _open_place_for_secrets(self) -> None:
        """Secrets need somewhere to lie: offer the vault when the place is locked or missing."""
        secrets = await self._workspace.secrets()
        if secrets.where.locked:
            await finished(VaultDialog(secrets, self._context.spawn, self))
        place = secrets.where
        if place.locked:
            raise CredentialError(
                "The account was not added: there is no place for its keys yet.",
                hint="Unlock the keyring or the vault, then try again.",
            )

    # Step 2: consent

    def _lay_out_consent(self) -> QWidget:
        self.link.setReadOnly(True)
        self.link.setAccessibleName("Address of the sign-in page")
        self.redirect.setAccessibleName("Address of the page you came to")
        self.redirect.setTabChangesFocus(True)
        self.redirect.setFixedHeight(84)
        self.redirect.setPlaceholderText("https://…?code=…&state=…")
        self.redirect.textChanged.connect(self._pasted.start)
        browser = Button("Open the sign-in page", "external-link")
        browser.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(self.link.text())))
        copy = Button("Copy the link", "copy", "quiet")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.link.text()))
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(Label("1.  Sign in at the marketplace and allow the access", "strong"))
        row = QHBoxLayout()
        row.addWidget(browser)
        row.addWidget(copy)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.link)
        column.addSpacing(8)
        column.addWidget(self._then)
        self._then_about.setWordWrap(True)
        column.addWidget(self._then_about)
        column.addWidget(self.redirect)
        column.addStretch(1)
        return page

    def _check_pasted(self) -> None:
        """Say at once what is wrong with an address: a code lives for minutes."""
        if not self.action_button.isEnabled() or self._steps.currentIndex() != _CONSENT:
            return  # it is being used already
        self.mistake.clear()
        if "state" in self._remembered and (text := self.redirect.toPlainText().strip()):
            try:
                read_redirect(text, self._remembered)
            except MmhubError as error:
                self.mistake.say(error)

    def _show_consent(self, page: ConsentPage) -> None:
        """The page to open, and what brings its answer back here."""
        self._remembered = page.remembered
        self.link.setText(page.address)
        self.link.setCursorPosition(0)
        self.redirect.setVisible(page.pastes)
        if page.pastes:
            self._then.setText("2.  Paste the address of the page that you came to")
            self._then_about.setText(_PASTE)
            self.action_button.setText("Connect")
        else:
            self._then.setText("2.  Come back here when you have agreed")
            code = f"The page shows or asks for this code: {page.code}. " if page.code else ""
            self._then_about.setText(f"{code}Nothing has to be copied.")
            self.action_button.setText("I have agreed")

    async def _begin_consent(self, account: Account) -> None:
        declared = self._workspace.marketplace(account)
        if declared.consent is None:
            self._show_result(await self._workspace.test_account(account.id))
            return
        self.set_head(f"Allow access to {declared.label}", "The keys stay on this computer.")
        page = await self._workspace.start_consent(account.id)
        self._show_consent(page)
        self._steps.setCurrentIndex(_CONSENT)
        self.fit(shrink=True)
        self.action_button.setEnabled(True)
        self.close_button.setText("Later")
        (self.redirect if page.pastes else self.link).setFocus()
        if can_catch(page):
            self.work(self._context.spawn, self._catch(page), "Wait for the sign-in page")

    async def _catch(self, page: ConsentPage) -> None:
        """Go on by itself once the browser comes back to this computer, unless the address was pasted before."""
        try:
            async with catching(page) as caught:
                self._then.setText("2.  Come back here when you have agreed")
                self._then_about.setText(_CAUGHT)
                address = await caught
        except OSError:
            self._then_about.setText(_TAKEN + _PASTE)
            return
        if self._steps.currentIndex() == _CONSENT and self.action_button.isEnabled():
            self.redirect.setPlainText(address)
            self._do(self._finish_consent(), "Connect the account")

    async def _finish_consent(self) -> None:
        self._pasted.stop()
        if self.account_id is not None:
            redirect = self.redirect.toPlainText().strip()
            # Shielded: the code works once, so an exchange that has begun is finished even when the dialog is closed.
            exchange = asyncio.ensure_future(self._workspace.finish_consent(self.account_id, redirect))
            self._show_result(await asyncio.shield(exchange))

    # Step 3: who we are

    def _show_result(self, identity: AccountIdentity) -> None:
        self.set_head("Connected", "")
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(IconLabel("circle-check", "ok", 20))
        row.addWidget(Label(identity_words(identity), "strong"), 1)
        self._result.setContentsMargins(0, 0, 0, 0)
        self._result.addLayout(row)
        for warning in identity.warnings:
            line = Label(f"{warning.message} {warning.fix}".strip(), "body", "warn")
            line.setWordWrap(True)
            self._result.addWidget(line)
        self._result.addStretch(1)
        self._steps.setCurrentIndex(_DONE)
        self.fit(shrink=True)
        self.close_button.hide()
        self.action_button.setText("Done")
        self.action_button.setEnabled(True)
        self.action_button.setFocus()

    # Doing

    def _go_on(self) -> None:
        step = self._steps.currentIndex()
        if step == _ASK:
            self._do(self._connect(), "Add an account")
        elif step == _CONSENT:
            self._do(self._finish_consent(), "Connect the account")
        else:
            self.accept()

    def _do(self, work: Coroutine[Any, Any, None], what: str) -> None:
        """Run one step; nothing is lost of what was entered when it fails."""
        self.work(self._context.spawn, work, what, button=self.action_button)


def identity_words(identity: AccountIdentity) -> str:
    """Who the credentials belong to: ``TIENDA (MLC, CLP)``."""
    about = ", ".join(part for part in (identity.site, identity.currency) if part)
    name = identity.name or identity.remote_id
    return f"{name} ({about})" if about else name


def _add_row(column: QVBoxLayout, label: str, widget: QWidget) -> None:
    name = Label(label, "label")
    name.setBuddy(widget)
    column.addWidget(name)
    column.addWidget(widget)
    column.addSpacing(8)
