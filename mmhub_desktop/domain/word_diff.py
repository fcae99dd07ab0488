"""What changed between two texts, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MOST_WORDS = 2_000  # comparing more word by word takes longer than a frame of the window: lines are compared then

_WORDS = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
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
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if max(len(before), len(after)) > MOST_WORDS:
        before, after = _LINES.findall(old), _LINES.findall(new)
    return tuple(_joined(_pieces(before, after)))


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    """Words are compared without the space behind them, which would match everywhere and take most of the time."""
    keys = [each.strip() for each in before], [each.strip() for each in after]
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        removed, added = before[old_from:old_to], after[new_from:new_to]
        if tag == "equal":
            for was, is_now in zip(removed, added, strict=True):
                yield from _same(was, is_now)
            continue
        gone, come = "".join(removed), "".join(added)
        space = _common_space(gone, come)
        yield Piece(Change.REMOVED, gone[: len(gone) - len(space)])
        yield Piece(Change.ADDED, come[: len(come) - len(space)])
        yield Piece(Change.SAME, space)


def _same(was: str, is_now: str) -> Iterator[Piece]:
    """One word in both texts, whatever the space behind it is."""
    if was == is_now:
        yield Piece(Change.SAME, was)
        return
    word = was.rstrip()
    yield Piece(Change.SAME, word)
    yield Piece(Change.REMOVED, was[len(word) :])
    yield Piece(Change.ADDED, is_now[len(word) :])


def _common_space(old: str, new: str) -> str:
    """The white space at the end of both."""
    space = old[len(old.rstrip()) :]
    return space if space and new.endswith(space) and new[: len(new) - len(space)].strip() and old.strip() else ""


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbours of a kind in one. A space that stayed between changed words belongs to the change: two marks side by
    side read worse than one."""
    texts = {Change.REMOVED: "", Change.ADDED: ""}
    same = ""
    for piece in pieces:
        if not piece.text:
            continue
        if piece.change is Change.SAME:
            same += piece.text
            continue
        if same and same.isspace() and (texts[Change.REMOVED] or texts[Change.ADDED]):
            texts = {change: text + same for change, text in texts.items()}
        elif same:
            yield from _flush(texts)
            texts = {Change.REMOVED: "", Change.ADDED: ""}
            yield Piece(Change.SAME, same)
        same = ""
        texts[piece.change] += piece.text
    yield from _flush(texts)
    if same:
        yield Piece(Change.SAME, same)


def _flush(texts: dict[Change, str]) -> Iterator[Piece]:
    for change, text in texts.items():
        if text:
            yield Piece(change, text)
