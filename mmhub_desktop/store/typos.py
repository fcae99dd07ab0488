"""Words of the catalog that are near to one with a typo.

One wrong, missing, doubled or swapped letter leaves the beginning or the end of a word as it is: so only words that
share one of them are compared, found in the index's two lists of words, forwards and backwards.
"""

from typing import Any

LEAST = 4  # letters: shorter words are near to too many
LONG = 8  # letters from which two may be wrong
_MOST_COMPARED = 20_000
_MOST_FOUND = 6
_LAST = "\U0010ffff"


def near_words(raw: Any, word: str) -> list[str]:
    """Words, or beginnings of words, that differ from ``word`` in a letter or two, the nearest first."""
    if len(word) < LEAST:
        return []
    from rapidfuzz import process  # slow to load, and few search for what is not there
    from rapidfuzz.distance import OSA

    most, half = 2 if len(word) >= LONG else 1, len(word) // 2
    beginning, ending = word[: max(1, half - 1)], word[half + 1 :][::-1]
    forwards = _between(raw, "word", beginning, len(word) - most)
    backwards = [one[::-1] for one in _between(raw, "backward", ending, len(word) - most)]
    whole = {one for one in (*forwards, *backwards) if len(one) <= len(word) + most}
    found = process.extract(word, sorted(whole), scorer=OSA.distance, score_cutoff=most, limit=_MOST_FOUND)
    near = [one for one, _, _ in found]
    begun = {one[: len(word)] for one in forwards if len(one) > len(word) + most}
    found = process.extract(word, sorted(begun), scorer=OSA.distance, score_cutoff=1, limit=_MOST_FOUND)
    return [one for one in dict.fromkeys([*near, *(one for one, _, _ in found)]) if one != word]


def _between(raw: Any, table: str, beginning: str, shortest: int) -> list[str]:
    rows = raw.execute(
        f"SELECT word FROM found.{table} WHERE word >= ? AND word < ? AND length(word) >= ? LIMIT {_MOST_COMPARED}",  # noqa: S608
        (beginning, beginning + _LAST, shortest),
    )
    return [word for (word,) in rows.fetchall()]
