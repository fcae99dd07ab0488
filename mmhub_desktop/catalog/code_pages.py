"""Which eight-bit characters a text is written in: the code page in which its words are words of one language."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

# Letters beyond ASCII of the languages, by the code pages that can hold them. Of equal ones the first wins.
_WEST = {
    "Spanish": "áéíóúñü", "Portuguese": "áâãàçéêíóôõúü", "German": "äöüß", "French": "àâæçéèêëîïôœùûüÿ",
    "Italian": "àèéìòóù", "Dutch": "éèëïóöü", "Danish, Norwegian or Swedish": "åäöæøé", "Catalan": "àçèéíïòóúü·",
}  # fmt: skip
_CENTRAL = {
    "Polish": "ąćęłńóśźż", "Czech": "áčďéěíňóřšťúůýž", "Slovak": "áäčďéíĺľňóôŕšťúýž", "Hungarian": "áéíóöőúüű",
    "Romanian": "ăâîșțşţ", "Croatian or Slovene": "čćđšž",
}  # fmt: skip
_PAGES = (
    ("cp1252", "Windows-1252 (Western Europe)", {**_WEST, "Western Europe": "".join(_WEST.values())}),
    ("cp1250", "Windows-1250 (Central Europe)", {**_CENTRAL, "Central Europe": "".join(_CENTRAL.values())}),
    ("iso8859-2", "Latin-2 (Central Europe)", {**_CENTRAL, "Central Europe": "".join(_CENTRAL.values())}),
)
_WORD = re.compile(rb"[A-Za-z0-9]*[\x80-\xff][A-Za-z0-9\x80-\xff]*")
_ENOUGH = 5_000  # different words looked at
_MIXED = 0.8  # how much letters of several languages weigh against those of one


@dataclass(frozen=True, slots=True)
class PageFound:
    """A code page and the evidence for it, in words."""

    encoding: str
    reason: str


class Words:
    """The words with characters beyond ASCII of a file, as they come by."""

    def __init__(self) -> None:
        self._counted: Counter[bytes] = Counter()

    def add(self, block: bytes) -> None:
        """Take note of a block of the file."""
        if len(self._counted) < _ENOUGH and not block.isascii():
            self._counted.update(_WORD.findall(block))

    def find_page(self) -> PageFound:
        """The code page in which these words look most like words."""
        best: tuple[float, PageFound] | None = None
        for encoding, label, languages in _PAGES:
            words = {word.decode(encoding, "replace"): count for word, count in self._counted.items()}
            score, language = max((_score(words.items(), name, letters), name) for name, letters in languages.items())
            shown = [word for word in sorted(words, key=lambda each: -words[each]) if any(map(str.isalpha, word))][:3]
            reason = f"The bytes are not valid UTF-8. As {label} they are letters of {language}"
            reason += f": {', '.join(shown)}." if shown else "."
            if best is None or score > best[0] + 1e-9:
                best = score, PageFound(encoding, reason)
        assert best is not None  # noqa: S101 - there are pages
        return best[1]


def _score(words: Iterable[tuple[str, int]], language: str, letters: str) -> float:
    """How much these words look like a language's, at most 1: by letters that it has, others, signs inside words."""
    own, total, points = frozenset(letters), 0, 0.0
    for word, count in words:
        for place, sign in enumerate(word):
            if sign <= "\x7f":
                continue
            neighbours = [each.isalpha() for each in (word[place - 1 : place], word[place + 1 : place + 2])]
            kind = unicodedata.category(sign)
            if kind in ("Cc", "Co", "Cn") or sign == "\ufffd":
                points, total = points - 5 * count, total + count
            elif kind[0] == "L" and sign not in "ªº":
                if any(neighbours):  # one by itself says nothing: it may be a ³
                    points, total = points + (count if sign.lower() in own else -2 * count), total + count
            elif all(neighbours) and sign not in "’·-–":
                points, total = points - 3 * count, total + count
    weight = _MIXED if language.endswith("Europe") and points > 0 else 1.0
    return weight * points / max(total, 1)
