"""Words that products are searched by: when a word fits, how text is cut for the index, and which product fits best.

All texts here are folded (``product.fold``). A word fits where it stands anywhere in one of a product's texts; one or
two letters or digits fit only where a word begins, or nearly everything would fit.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mmhub_desktop.domain.product import fold

PIECE = 3  # characters in a piece of the index
_MOST_PIECES = 8  # of one word: more hardly narrow it down
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_RUNS = re.compile("[a-z0-9]+")
_DENSE = re.compile("[\u0370-\U0010ffff]+")  # scripts without small words, where one or two characters mean something
_KNOWN = re.compile(r"[^\W\d_]{4,40}")


@dataclass(frozen=True, slots=True)
class Found:
    """A product that words were found in, with its folded texts; ``parent_id`` is None where it is no variant."""

    id: int
    parent_id: int | None
    title: str
    sku: str
    brand: str
    gtin: str
    source_id: str

    def texts(self) -> tuple[str, ...]:
        """All that is searched."""
        return (self.title, self.sku, self.brand, self.gtin, self.source_id)


def words_of(text: str) -> tuple[str, ...]:
    """The words that are searched for, each once, folded."""
    return tuple(dict.fromkeys(fold(text).split()))


def at_beginning(word: str) -> bool:
    """Whether a word is so short that it fits only where a word begins."""
    return len(word) < PIECE and word[0] in _PLAIN


def fits(word: str, text: str) -> bool:
    """Whether a word fits one text."""
    if not at_beginning(word):
        return word in text
    place = text.find(word)
    while place > 0 and text[place - 1] in _PLAIN:
        place = text.find(word, place + 1)
    return place >= 0


def pieces(word: str) -> tuple[str, ...]:
    """Pieces that the indexed text of every product has that the word fits; none for words that cannot be indexed."""
    if len(word) >= PIECE:
        places = len(word) - PIECE + 1
        step = max(1, -(-places // _MOST_PIECES))
        chosen = [*range(0, places, step), places - 1]
        return tuple(dict.fromkeys(word[place : place + PIECE] for place in chosen))
    if _DENSE.fullmatch(word):
        return (f"\x02{word}" if len(word) == PIECE - 1 else f"\x02\x02{word}",)
    if not at_beginning(word):
        return ()
    return (f" {word}",) if len(word) == PIECE - 1 and word[1] in _PLAIN else (f"  {word[0]}",)


def indexed_text(texts: Iterable[str]) -> str:
    """What is cut into pieces for a product: its texts, then what is looked for by one or two characters.

    These are the beginnings of words, each after two spaces, and all pairs of characters of other scripts than Latin.
    """
    whole = " ".join(texts)
    small = [f"  {run}" for run in sorted({run[:2] for run in _RUNS.findall(whole)})]
    if not whole.isascii():
        for run in _DENSE.findall(whole):
            small += [f"\x02\x02{run[place : place + 2]}\x02{run[place : place + 2]}" for place in range(len(run))]
    return f" {whole} {''.join(small)}"


def known_words(text: str) -> list[str]:
    """The words of a text that a typo is compared with: letters only."""
    return _KNOWN.findall(text)


Group = tuple[str, ...]  # a word and what stands for it when it has a typo


def rank(found: Found, groups: Sequence[Group]) -> tuple[int, ...]:
    """How well a product fits, the best being the least: exact codes, then words of the title, then inner parts."""
    whole = " ".join(group[0] for group in groups)
    codes = (found.sku, found.gtin, found.source_id)
    title = f" {found.title} "
    missing = typos = places = 0
    for group in groups:
        word = group[0]
        if f" {word} " in title:
            continue
        if f" {word}" in title:
            places += 1
        elif any(fits(word, text) for text in found.texts()):
            places += 3 if word in title else 2
        elif any(fits(other, text) for other in group[1:] for text in found.texts()):
            typos += 1
        else:
            missing += 1
    begins = found.title.startswith(whole) or found.sku.startswith(whole)
    return (whole not in codes, missing, typos, not begins, places, len(found.title), -found.id)
