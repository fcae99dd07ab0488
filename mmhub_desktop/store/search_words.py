"""Words that are searched for as SQL over ``product p``: what fits, and what to ask the index for."""

from collections.abc import Sequence

from mmhub_desktop.domain.search import Group, at_beginning, pieces, words_of
from mmhub_desktop.store.product_filters import Bind, folded

_TEXTS = ("p.search_key", folded("p.gtin"), folded("p.brand"), folded("p.source_id"))
_SPECIAL = str.maketrans({"*": "[*]", "?": "[?]", "[": "[[]"})


def text_conditions(text: str, bind: Bind) -> list[str]:
    """What products have in common that the words of a text fit, found without the index."""
    return [group_condition((word,), bind) for word in words_of(text)]


def group_condition(group: Group, bind: Bind) -> str:
    """Where one of some words fits."""
    parts = []
    for word in group:
        if at_beginning(word):
            plain = word.translate(_SPECIAL)
            parts.append(f"instr(p.search_key, {bind(f' {word}')}) > 0")  # quicker than patterns, and mostly enough
            first, later = bind(f"{plain}*"), bind(f"*[^a-z0-9]{plain}*")
            parts += [f"{text} GLOB {pattern}" for text in _TEXTS for pattern in (first, later)]
        else:
            name = bind(word)
            parts += [f"instr({text}, {name}) > 0" for text in _TEXTS]
    return f"({' OR '.join(parts)})"


def index_question(groups: Sequence[Group], *, beginnings: bool = False) -> str:
    """What the index is asked for, "" where it can tell nothing: every product that fits is among its answers.

    With ``beginnings`` only those where every word begins one behind a space.
    """
    parts = []
    for group in groups:
        words = [pieces(f" {word}" if beginnings else word) for word in group]
        if all(words):
            parts.append("(" + " OR ".join(_all_of(some) for some in words) + ")")
    return " AND ".join(parts)


def _all_of(some: Sequence[str]) -> str:
    quoted = [f'"{piece.replace(chr(34), chr(34) * 2)}"' for piece in some]
    return f"({' AND '.join(quoted)})" if len(quoted) > 1 else quoted[0]
