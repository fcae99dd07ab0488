"""Cells that were edited and are not saved yet: what each was, what it is to be, and what changed underneath."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mmhub_desktop.errors import UserMistake


@dataclass(frozen=True, slots=True)
class Conflict:
    """A cell that was edited here and changed elsewhere meanwhile."""

    key: str
    before: str
    theirs: str
    mine: str


class ChangedElsewhere(UserMistake):
    """Edited cells changed elsewhere meanwhile; nothing was written."""

    def __init__(self, conflicts: Iterable[Conflict]) -> None:
        super().__init__("This product was changed meanwhile.", hint="Choose for each field which value to keep.")
        self.conflicts = tuple(conflicts)


class Edits:
    """Edits over what is stored. A cell that is not stored is empty; one set back to what is stored is no edit."""

    def __init__(self, stored: Mapping[str, str], cells: Mapping[str, tuple[str, str]] | None = None) -> None:
        self._stored = dict(stored)
        self._cells: dict[str, tuple[str, str]] = {}  # key → (what it was when the edit began, what it is to be)
        for key, (before, mine) in (cells or {}).items():
            if mine != self._stored.get(key, ""):
                self._cells[key] = (before, mine)

    @property
    def cells(self) -> dict[str, tuple[str, str]]:
        """Each edited cell: what it was when the edit began, what it is to be."""
        return dict(self._cells)

    @property
    def changed(self) -> dict[str, str]:
        """Each edited cell as it is to be."""
        return {key: mine for key, (_, mine) in self._cells.items()}

    def __bool__(self) -> bool:
        return bool(self._cells)

    def __contains__(self, key: str) -> bool:
        return key in self._cells

    def stored(self, key: str) -> str:
        """The cell as it is stored."""
        return self._stored.get(key, "")

    def value(self, key: str) -> str:
        """The cell as it is to be."""
        return self._cells[key][1] if key in self._cells else self._stored.get(key, "")

    def keys(self, beginning: str = "") -> list[str]:
        """All cells, stored or new, whose key begins so."""
        return [key for key in dict.fromkeys((*self._stored, *self._cells)) if key.startswith(beginning)]

    def set(self, key: str, value: str) -> bool:
        """Edit a cell; whether that changed anything."""
        if value == self.value(key):
            return False
        before = self._cells[key][0] if key in self._cells else self.stored(key)
        if value == self.stored(key):
            del self._cells[key]
        else:
            self._cells[key] = (before, value)
        return True

    def revert(self, keys: Iterable[str] | None = None) -> None:
        """Forget the edits of these cells, or all."""
        for key in tuple(self._cells) if keys is None else tuple(keys):
            self._cells.pop(key, None)

    def settle(self, saved: Mapping[str, tuple[str, str]]) -> None:
        """These edits are stored now; what was typed meanwhile stays an edit over them."""
        for key, (_, value) in saved.items():
            self._stored[key] = value
            if key in self._cells:
                self._cells[key] = (value, self._cells[key][1])
        self.rebase(self._stored)

    def rebase(self, stored: Mapping[str, str]) -> None:
        """Something else was stored meanwhile: cells that were not edited follow it, edits stay."""
        self._stored = dict(stored)
        for key, (_, mine) in tuple(self._cells.items()):
            if mine == self.stored(key):
                del self._cells[key]

    def conflicts(self) -> list[Conflict]:
        """Edited cells that changed elsewhere since the edit began."""
        return [
            Conflict(key, before, self.stored(key), mine)
            for key, (before, mine) in self._cells.items()
            if before != self.stored(key)
        ]

    def keep_mine(self, key: str) -> None:
        """Settle a conflict: what was edited here replaces what was stored meanwhile."""
        if key in self._cells:
            self._cells[key] = (self.stored(key), self._cells[key][1])

    def to_json(self) -> str:
        """The edits as they are kept in a draft."""
        return json.dumps(self._cells, ensure_ascii=False)


def cells_from_json(text: str) -> dict[str, tuple[str, str]]:
    """What ``to_json`` made."""
    return {key: (before, mine) for key, (before, mine) in json.loads(text).items()}
