"""Etsy's seller taxonomy: a tree of categories that is searched here by words, since Etsy proposes none."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_COMMON = frozenset({"and", "or", "the", "for", "with", "other", "accessory", "a", "an", "of", "in", "set"})


@dataclass(frozen=True, slots=True)
class Node:
    """One category; ``path`` names it from the root, ``is_leaf`` where things can be listed."""

    id: str
    path: tuple[str, ...]
    is_leaf: bool

    @property
    def name(self) -> str:
        """``Home & Living › Lighting › Lamps``."""
        return " › ".join(self.path)


@dataclass
class Taxonomy:
    """The whole tree, ready to be searched. Built once from the answer of ``seller-taxonomy/nodes``."""

    nodes: dict[str, Node] = field(default_factory=dict)
    _own: dict[str, frozenset[str]] = field(default_factory=dict)
    _above: dict[str, frozenset[str]] = field(default_factory=dict)
    _leaves: dict[str, list[str]] = field(default_factory=dict)  # word → leaves that carry it in their own name

    @classmethod
    def of(cls, roots: Sequence[Any]) -> "Taxonomy":
        """From the nested nodes as Etsy gives them."""
        tree = cls()
        for node in _walk(roots, ()):
            tree.nodes[node.id] = node
            if node.is_leaf:
                tree._own[node.id] = own = frozenset(words_of(node.path[-1]))
                tree._above[node.id] = frozenset(word for name in node.path[:-1] for word in words_of(name))
                for word in own:
                    tree._leaves.setdefault(word, []).append(node.id)
        return tree

    def search(self, title: str, most: int) -> list[Node]:
        """Leaves whose names share words with the title, best first: the more of the name the better."""
        words = words_of(title)
        asked = set(words)
        scores: dict[str, float] = {}
        for word in asked:
            for node_id in self._leaves.get(word, ()):
                own, above = self._own[node_id], self._above[node_id]
                shared = own & asked
                scores[node_id] = len(shared) + 2 * len(shared) / len(own) + 0.5 * len(above & asked)
        best = sorted(scores, key=lambda one: (-scores[one], len(self.nodes[one].name), one))
        return [self.nodes[one] for one in best[:most]]


def words_of(text: str) -> list[str]:
    """Words as they are compared: no case, no accents, singular, without the commonest."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return [one for one in map(_singular, re.findall(r"\w+", plain.replace("'s", ""))) if one not in _COMMON]


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    return re.sub(r"(f|fe|ve)$", "", word) if len(word) > 3 else word  # scarf and scarves, knife and knives


def _walk(nodes: Sequence[Any], above: tuple[str, ...]) -> Iterator[Node]:
    for one in nodes:
        if not isinstance(one, Mapping) or not one.get("id"):
            continue
        path = (*above, str(one.get("name") or one["id"]))
        children = one.get("children")
        children = children if isinstance(children, list) else []
        yield Node(str(one["id"]), path, not children)
        yield from _walk(children, path)
