"""Words that must not be in what buyers read: those that the seller forbids on an account, and ways to get in touch."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from mmhub_desktop.errors import Finding

_LABELS = {"title": "title", "description": "description", "keywords": "keywords"}
_CONTACTS = (  # what gives it away at a glance, what it is, and how it looks
    ("@", "an e-mail address", re.compile(r"[\w.+-]+@[\w-]+\.[\w.]*\w")),
    ("//", "a link", re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)),
    ("www.", "a link", re.compile(r"\bwww\.[\w-]+\.[^\s<>\"']+", re.IGNORECASE)),
    ("+", "a phone number", re.compile(r"(?<![\w+])\+\d[\d ()./-]{7,}\d")),
    ("whatsapp", "a way to get in touch", re.compile(r"\bwhats\s?app\b", re.IGNORECASE)),
)


def read_words(text: str) -> tuple[str, ...]:
    """What a seller wrote as a list, with commas, semicolons or lines between; each once."""
    words = (" ".join(each.split()) for each in re.split(r"[,;\n]", text))
    return tuple({each.casefold(): each for each in words if each}.values())


def word_findings(texts: Mapping[str, str], forbidden: Sequence[str]) -> Iterator[Finding]:
    """A finding that blocks for each of the texts (by field) that holds a word forbidden on the account, and advice for
    each that tells buyers how to get in touch, for which marketplaces take listings down."""
    for field, text in texts.items():
        found = _found(text, tuple(forbidden)) if forbidden else []
        if found:
            words = ", ".join(f"“{each}”" for each in found)
            message = f"The {_LABELS[field]} must not hold {words} on this account."
            fix = "Write it without, or take the word out of the account's rules."
            yield Finding("text.forbidden", field, message, fix, found[0])
        if contact := _contact(text):
            what, words = contact
            message = f"The {_LABELS[field]} holds {what}: “{words}”."
            fix = "Take it out: marketplaces stop listings that lead buyers elsewhere."
            yield Finding("text.contact", field, message, fix, words, blocks=False)


def _found(text: str, forbidden: tuple[str, ...]) -> list[str]:
    hits: Iterable[str] = _pattern(forbidden).findall(text)
    return list({each.casefold(): " ".join(each.split()) for each in hits}.values())


@lru_cache(64)
def _pattern(forbidden: tuple[str, ...]) -> re.Pattern[str]:
    """Whole words, in any case, with any blanks between; the longest first."""
    longest = sorted(forbidden, key=len, reverse=True)
    words = "|".join(r"\s+".join(re.escape(part) for part in each.split()) for each in longest)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


def _contact(text: str) -> tuple[str, str] | None:
    folded = text.casefold()
    for sign, what, form in _CONTACTS:
        if sign in folded and (found := form.search(text)):
            return what, found[0].strip()[:80]
    return None
