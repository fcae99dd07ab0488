"""The variants of the edited product as the sheet's cells: reading them, making new ones, taking them away."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from mmhub_desktop.domain.product_cells import YES
from mmhub_desktop.domain.product_edit import OPTIONS, REMOVED, VARIANT, split, variant_sku
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.gui.editor.sheet import EditedProduct


@dataclass(frozen=True, slots=True)
class VariantLine:
    """One variant: ``ref`` is its id or ``new-1``."""

    ref: str
    options: Mapping[str, str]
    removed: bool

    @property
    def is_new(self) -> bool:
        """Whether it is not stored yet."""
        return self.ref.startswith("new")

    @property
    def words(self) -> str:
        """What it is: “M, Red”."""
        return ", ".join(self.options.values())


@dataclass(frozen=True, slots=True)
class CellFace:
    """How a cell looks. ``own``: the variant's own value, not its product's or a proposal."""

    text: str
    own: bool = True
    edited: bool = False
    fault: UserMistake | None = None
    note: str = ""


class VariantCells:
    """Reads and edits; ``read`` after each change of the sheet."""

    def __init__(self, sheet: EditedProduct) -> None:
        self._sheet = sheet
        self._faults: dict[str, UserMistake] = {}
        self.lines: list[VariantLine] = []

    def read(self) -> None:
        """Make the lines anew."""
        refs = dict.fromkeys(split(key)[1] for key in self._sheet.edits.keys(VARIANT))
        self.lines = [
            VariantLine(ref, json.loads(self.value(ref, OPTIONS) or "{}"), self.value(ref, REMOVED) == YES)
            for ref in refs
        ]
        self._faults = self._sheet.faults()

    @property
    def living(self) -> list[VariantLine]:
        """Those that are not removed."""
        return [line for line in self.lines if not line.removed]

    def value(self, ref: str, cell: str) -> str:
        """A cell as it is to be."""
        return self._sheet.value(f"{VARIANT}{ref}.{cell}")

    def set(self, ref: str, cell: str, text: str) -> None:
        """Edit a cell."""
        self._sheet.set(f"{VARIANT}{ref}.{cell}", text.strip())

    def set_options(self, line: VariantLine, options: Mapping[str, str]) -> None:
        """Give a variant other options."""
        self.set(line.ref, OPTIONS, json.dumps(dict(options), ensure_ascii=False))

    def add(self, options: Mapping[str, str]) -> str:
        """Begin a new variant; its ref."""
        numbers = [int(line.ref.removeprefix("new-")) for line in self.lines if line.is_new]
        ref = f"new-{max(numbers, default=0) + 1}"
        self.lines.append(VariantLine(ref, dict(options), removed=False))
        self.set(ref, OPTIONS, json.dumps(dict(options), ensure_ascii=False))
        return ref

    def toggle_removed(self, line: VariantLine) -> None:
        """Take a variant away, or bring it back; a new one is forgotten at once."""
        if line.is_new:
            self._sheet.revert(self._sheet.edits.keys(f"{VARIANT}{line.ref}."))
        else:
            self.set(line.ref, REMOVED, "" if line.removed else YES)

    def face(self, line: VariantLine, cell: str) -> CellFace:
        """How a cell is shown: an inherited price as the product's, the SKU of a new one as proposed."""
        key = f"{VARIANT}{line.ref}.{cell}"
        text, edited, fault = self._sheet.value(key), key in self._sheet.edits, self._faults.get(key)
        if cell == "price" and not text:
            price = self._sheet.value("price")
            return CellFace(
                price, own=False, edited=edited, note="The price of the product; type one to give it its own"
            )
        if cell == "price":
            return CellFace(text, edited=edited, fault=fault, note="Its own price; clear it to use the product's")
        if line.is_new and not text:
            if cell == "sku":
                return CellFace(variant_sku(self._sheet.value("sku"), line.options), own=False, note="Proposed SKU")
            if cell == "quantity":
                return CellFace("0", own=False)
        return CellFace(text, edited=edited, fault=fault)
