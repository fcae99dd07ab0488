"""Texts gone through character by character, quickly: what becomes of each character is worked out once.

Twenty thousand descriptions have ten million characters, and a few hundred different ones.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

NOT_SHOWN = ("Cc", "Cs", "Co", "Cn")  # controls, halves of pairs, private and unassigned ones


class Characters(dict[int, str]):
    """For ``str.translate``: ``form`` says what a character becomes, empty for nothing; asked once for each."""

    def __init__(self, form: Callable[[str], str]) -> None:
        super().__init__()
        self._form = form

    def __missing__(self, code: int) -> str:
        """A character that is met for the first time."""
        made = self[code] = self._form(chr(code))
        return made


def without(categories: tuple[str, ...] = NOT_SHOWN, also: str = "", keep: str = "\n\t", put: str = "") -> Characters:
    """What takes out characters of these Unicode categories, and those of ``also``; ``put`` stands in their place."""
    return Characters(
        lambda one: put if one not in keep and (one in also or unicodedata.category(one) in categories) else one
    )


_ACCENTS = Characters(lambda one: "" if unicodedata.combining(one) else one)


def without_accents(text: str) -> str:
    """A text in a decomposed form (NFD, NFKD) without its accents."""
    return text.translate(_ACCENTS)


@lru_cache(32_768)  # the same names and values come again with every product
def fold(text: str) -> str:
    """The form in which names and values are compared: no case, accents or signs, single spaces."""
    plain = without_accents(unicodedata.normalize("NFKD", text.casefold()))
    return " ".join(re.findall(r"\w+", plain.replace("ł", "l").replace("_", " ")))  # a letter of its own
