"""Which of a category's attributes the seller's are, and which allowed value each of their values is."""

import asyncio
from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from mmhub_desktop.domain.mapping import Mappings, nearest, words_key
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.quiet_wheel import let_wheel_scroll
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules
from mmhub_desktop.store.mappings import OwnCategory

MOST_VALUES = 40  # values of one attribute that are shown to be mapped

_Key = tuple[str, str]  # (their attribute or "", our word): an attribute has no attribute of theirs


class AttributeMapping(QWidget):
    """Rows of our attributes, those with allowed values with our values below them. ``save`` keeps what was changed."""

    edited = Signal()

    def __init__(self, context: GuiContext, account: Account, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("clear", True)
        self._context = context
        self._account = account
        self._category_id = ""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 12, 0)
        self._column.setSpacing(6)
        self.boxes: dict[_Key, QComboBox] = {}
        self._before: dict[_Key, str] = {}
        self._named: dict[str, str] = {}  # their attribute → ours, below which its values stand

    def clear(self) -> None:
        """Show nothing."""
        self.boxes, self._before, self._category_id = {}, {}, ""
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    async def show_category(self, own: OwnCategory, category_id: str) -> None:
        """Draw our attributes of a category of ours that is mapped to theirs."""
        workspace = self._context.workspace
        demands = await workspace.readiness.demands_of(self._account, category_id)
        given = await workspace.listing_desk.mappings.own_attributes(own.words)
        known = await workspace.listing_desk.mappings.of(self._account.marketplace, self._account.site)
        self.clear()
        self._category_id = category_id
        if demands is None:
            self._say("What the category asks for was not read yet: confirm it again, or press Read rules.")
            return
        if not given:
            self._say("The products of this category have no attributes of their own.")
            return
        self._column.addWidget(Label("Your attributes there", "section"))
        for place, (name, values) in enumerate(given.items()):
            self._add_attribute(name, values, demands, known)
            if place % 4 == 3:
                await asyncio.sleep(0)
        self._column.addStretch(1)
        self.edited.emit()  # what is proposed can be kept at once

    def changes(self) -> Mapping[_Key, str]:
        """What was chosen otherwise than it is kept."""
        return {key: box.currentData() or "" for key, box in self.boxes.items() if self._now(key) != self._before[key]}

    def _now(self, key: _Key) -> str:
        return self.boxes[key].currentData() or ""

    async def save(self) -> None:
        """Keep what was changed."""
        desk = self._context.workspace.listing_desk
        for (attribute, ours), theirs in dict(self.changes()).items():
            if attribute:
                # a value is found by their attribute: an attribute that was known by its name is confirmed with it
                await desk.map_attribute(self._account, self._category_id, self._named[attribute], attribute)
                await desk.map_value(self._account, self._category_id, attribute, ours, theirs)
            else:
                await desk.map_attribute(self._account, self._category_id, ours, theirs)
            self._before[attribute, ours] = theirs

    def _add_attribute(self, name: str, values: list[str], demands: CategoryRules, known: Mappings) -> None:
        kept = known.attributes.get(self._category_id, {}).get(words_key(name), "")
        usable = [rule for rule in demands.attributes if not rule.read_only]
        same = next((rule for rule in usable if words_key(name) in (words_key(rule.id), words_key(rule.name))), None)
        blank = f"By its name: {same.name}" if same else "Not mapped"
        choices = [(rule.id, f"{rule.name}, required" if rule.required else rule.name) for rule in usable]
        names = [(rule.id, rule.name) for rule in usable]
        proposed = "" if kept or same else nearest(name, names)
        self._add_row(("", name), name, choices, kept, blank, proposed, indent=0)
        rule = next((rule for rule in usable if rule.id == kept), same)
        if rule is not None and rule.values:
            self._named[rule.id] = name
            self._add_values(rule, values, known)

    def _add_values(self, rule: AttributeRule, values: list[str], known: Mappings) -> None:
        """Our values that are not among the allowed ones, or were mapped before."""
        kept = known.values.get((self._category_id, rule.id), {})
        allowed = {words_key(name) for _, name in rule.values}
        open_ones = [value for value in values if words_key(value) in kept or words_key(value) not in allowed]
        for value in open_ones[:MOST_VALUES]:
            chosen = kept.get(words_key(value), "")
            proposed = chosen or nearest(value, rule.values)
            self._add_row((rule.id, value), value, list(rule.values), chosen, "As it is", proposed, indent=24)
        if len(open_ones) > MOST_VALUES:
            self._say(f"and {len(open_ones) - MOST_VALUES:,} more values")

    def _add_row(
        self,
        key: _Key,
        name: str,
        choices: list[tuple[str, str]],
        chosen: str,
        blank: str,
        proposed: str,
        *,
        indent: int,
    ) -> None:
        """A name and what it is there: ``chosen`` is kept, else ``proposed`` stands there to be kept."""
        box = QComboBox()
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        box.addItem(blank, "")
        for value, words in choices:
            box.addItem(words, value)
        completer = QCompleter(box.model(), box)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        box.setCompleter(completer)
        if proposed and not chosen and (at := box.findData(proposed)) > 0:
            box.setItemText(at, f"{box.itemText(at)}  (proposed)")
        box.setCurrentIndex(max(0, box.findData(chosen or proposed)))
        box.setAccessibleName(f"{name} is there" if not key[0] else f"The value {name} is there")
        box.currentIndexChanged.connect(lambda _: self.edited.emit())
        let_wheel_scroll(box)
        label = Label(name, "body" if indent else "strong", "muted" if indent else "text")
        label.setWordWrap(True)
        label.setFixedWidth(170 - indent)
        label.setBuddy(box)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(indent, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(label)
        line.addWidget(box, 1)
        self._column.addWidget(row)
        self.boxes[key], self._before[key] = box, chosen

    def _say(self, words: str) -> None:
        label = Label(words, "body", "muted")
        label.setWordWrap(True)
        self._column.addWidget(label)
