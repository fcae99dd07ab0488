"""What all parts of the editor work on: the product as stored, the edits over it, and what they make of it."""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from mmhub_desktop.actions.composing import Offer, offer
from mmhub_desktop.actions.product_editing import AccountSide, EditorContent
from mmhub_desktop.domain.edits import Edits
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import TextLimits
from mmhub_desktop.domain.product import Product
from mmhub_desktop.domain.product_cells import PARENT, faults_of, sound_cells, with_cells
from mmhub_desktop.domain.product_edit import (
    OWN,
    OWN_NUMBERS,
    OWN_TEXTS,
    VARIANT,
    name_of,
    own_values,
    split,
    variant_faults,
)
from mmhub_desktop.errors import UserMistake


class EditedProduct(QObject):
    """Lives on the window's thread. ``shown`` says that everything is to be drawn again, ``changed`` that a cell is."""

    shown = Signal()
    changed = Signal(str)

    def __init__(self, content: EditorContent, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._limits: dict[AccountId, TextLimits] = {}
        self._take(content)

    def open(self, content: EditorContent) -> None:
        """Edit another product, with its draft where there is one."""
        self._take(content)
        self.shown.emit()

    def set_limits(self, limits: Mapping[AccountId, TextLimits]) -> None:
        """How long texts may be in the product's categories; read a little later than the rest."""
        if limits != self._limits:
            self._limits = dict(limits)
            self.shown.emit()

    def limits_of(self, side: AccountSide) -> TextLimits:
        """How long texts may be on an account."""
        return self._limits.get(side.account.id, side.limits)

    def _take(self, content: EditorContent) -> None:
        self._limits = {}
        self.content = content
        self.edits = Edits(content.family.cells(), content.draft.cells if content.draft else None)

    @property
    def stored(self) -> Product:
        """The product as it is stored."""
        return self.content.family.product

    def value(self, key: str) -> str:
        """A cell as it is to be."""
        return self.edits.value(key)

    def set(self, key: str, value: str) -> None:
        """Edit a cell."""
        if self.edits.set(key, value):
            self.changed.emit(key)

    def revert(self, keys: Iterable[str] | None = None) -> None:
        """Forget the edits of these cells, or all."""
        self.edits.revert(keys)
        self.shown.emit()

    def renew(self, content: EditorContent) -> None:
        """The product was stored anew, here or elsewhere; edits stay. Nothing is drawn where nothing changed."""
        before, self.content = self.content, content
        if (before.family, before.sides) == (content.family, content.sides):
            return
        self.edits.rebase(content.family.cells())
        self.shown.emit()

    def product(self) -> Product:
        """The product with the edits that mean something."""
        return with_cells(self.stored, sound_cells(self.stored, self._own_cells()))

    def faults(self) -> dict[str, UserMistake]:
        """What is wrong with edited cells, by cell."""
        found = faults_of(self.stored, self._own_cells())
        by_variant: dict[str, dict[str, str]] = {}
        for key, value in self.edits.changed.items():
            kind, ref, cell = split(key)
            if kind == VARIANT:
                by_variant.setdefault(ref, {})[cell] = value
            elif kind == OWN:
                try:
                    own_values(cell, value)
                except UserMistake as wrong:
                    found[key] = wrong
        product = self.product() if by_variant else self.stored
        for ref, cells in by_variant.items():
            if not cells.get("removed"):
                given = cells if not ref.startswith("new") else {k: v for k, v in cells.items() if k != "sku" or v}
                for cell, mistake in variant_faults(product, given).items():
                    found[f"{VARIANT}{ref}.{cell}"] = mistake
        return found

    def name(self, key: str) -> str:
        """A cell as people say it."""
        family = self.content.family
        variants = {str(each.id): each.sku for each in family.variants}
        accounts = {str(side.account.id): side.account.label for side in self.content.sides}
        return name_of(key, variants, accounts)

    def offered(self, side: AccountSide, product: Product) -> Offer:
        """What an account would show of the product, with what is edited for the account alone."""
        overrides = dict(side.listing.overrides)
        for field in (*OWN_TEXTS, *OWN_NUMBERS):
            with contextlib.suppress(UserMistake):  # what means nothing changes nothing
                overrides |= own_values(field, self.value(own_key(side, field)))
        overrides = {name: value for name, value in overrides.items() if value is not None}
        return offer(product, replace(side.listing, overrides=overrides), side.rules, datetime.now(UTC).date())

    def _own_cells(self) -> dict[str, str]:
        return {
            key: value
            for key, value in self.edits.changed.items()
            if key != PARENT and not key.startswith((VARIANT, OWN))
        }


def own_key(side: AccountSide, field: str) -> str:
    """The cell of what is set for an account alone."""
    return f"{OWN}{side.account.id}.{field}"
