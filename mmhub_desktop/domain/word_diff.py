"""What changed between two texts, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MOST_WORDS = 1_500  # comparing more word by word takes longer than a frame of the window: lines are compared then

_WORDS = re.compile(r"\w+|\s+|[^\w\s]", re.UNICODE)
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words that stayed, went or came together."""

    change: Change
    text: str


def compare(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces of both texts in order; what was replaced comes as removed, then added."""
    if old == new:
        return (Piece(Change.SAME, old),) if old else ()
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if len(before) > MOST_WORDS or len(after) > MOST_WORDS:
        before, after = _LINES.findall(old), _LINES.findall(new)
    return tuple(_merged(_pieces(before, after)))


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    for _, old_from, old_to, new_from, new_to in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        removed, added = "".join(before[old_from:old_to]), "".join(after[new_from:new_to])
        if removed == added:
            yield Piece(Change.SAME, removed)
            continue
        if removed:
            yield Piece(Change.REMOVED, removed)
        if added:
            yield Piece(Change.ADDED, added)


def _merged(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """A single space that stayed between changed words belongs to them: two marks side by side read worse than one."""
    waiting: list[Piece] = []
    found = list(pieces)
    for place, piece in enumerate(found):
        inside = 0 < place < len(found) - 1 and piece.change is Change.SAME and piece.text.isspace()
        if inside:
            waiting += [Piece(Change.REMOVED, piece.text), Piece(Change.ADDED, piece.text)]
        elif piece.change is Change.SAME:
            yield from _joined(waiting)
            waiting = []
            yield piece
        else:
            waiting.append(piece)
    yield from _joined(waiting)


def _joined(changed: list[Piece]) -> Iterator[Piece]:
    for change in (Change.REMOVED, Change.ADDED):
        text = "".join(piece.text for piece in changed if piece.change is change)
        if text:
            yield Piece(change, text)
