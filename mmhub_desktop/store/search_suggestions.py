"""What a seller may be about to type: words of the titles that fit best so far."""

import json
import re
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection

from mmhub_desktop.domain.product import fold
from mmhub_desktop.domain.search import Group, words_of
from mmhub_desktop.store.product_filters import prepare
from mmhub_desktop.store.search import best, wording

MOST = 8
LOOKED_AT = 200  # titles
_WORD = re.compile(r"\w[\w./-]*\w|\w")


def suggest(connection: Connection, text: str) -> list[str]:
    """The text with its last word completed, the most frequent first; words with a typo are mended."""
    typed = text.split()
    asked = [words_of(word)[:1] for word in typed]
    if not typed or not all(asked):
        return []
    prepare(connection)
    words = wording(connection, text, typos=True)
    meant = {group[0]: group for group in words.groups}
    groups: list[Group] = [meant.get(one[0], one) for one in asked]
    found, _ = best(connection, words, asked, (), {})
    titles = _titles(connection, [one.id for one in found[:LOOKED_AT]])
    counts = [_completions(titles, group) for group in groups]
    before = [
        _first(count) or word if len(group) > 1 else word
        for word, group, count in zip(typed[:-1], groups, counts, strict=False)
    ]
    known = {fold(word) for word in typed}
    ends = [word for word, _ in counts[-1].most_common() if fold(word) not in known][:MOST]
    return [" ".join([*before, end]) for end in ends]


def _titles(connection: Connection, ids: Sequence[int]) -> list[str]:
    rows = connection.exec_driver_sql(
        "SELECT coalesce(optimized_title, title) FROM product WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    return [title for (title,) in rows]


def _completions(titles: Sequence[str], group: Group) -> "Counter[str]":
    """How many titles have each of the words that begin with a group's, in the writing that is met first."""
    found: Counter[str] = Counter()
    writing: dict[str, str] = {}
    for title in titles:
        for word in dict.fromkeys(_WORD.findall(title)):
            folded = fold(word)
            if folded.startswith(group):
                found[writing.setdefault(folded, word)] += 1
    return found


def _first(count: "Counter[str]") -> str:
    return next((word for word, _ in count.most_common(1)), "")
