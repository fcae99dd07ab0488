"""A workflow's steps as a list that is read from the top: order, indent and the lines between. Pure, without Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_INDENT = 6


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step stands in the list.

    Of several steps that come after the same one each is indented by one; what comes after all of them goes back.
    ``parents`` are the steps it comes after that exist, as places in the list; ``None`` stands for the trigger.
    """

    key: str
    indent: int
    parents: tuple[int | None, ...]


def outline(after: Mapping[str, Sequence[str]]) -> list[Place]:
    """Order steps so that each stands below all it comes after, and what belongs to one branch stands together.

    ``after`` maps each step to those it comes after, in the order of the workflow. Steps in a circle come last.
    """
    parents = {key: [each for each in before if each in after and each != key] for key, before in after.items()}
    children: dict[str | None, list[str]] = {None: []}
    for key, before in parents.items():
        for each in (*before,) or (None,):
            children.setdefault(each, []).append(key)
    indents: dict[str, int] = {}  # in the order of the list
    stack = list(reversed(children[None]))
    while stack:
        key = stack.pop()
        if key not in indents and all(each in indents for each in parents[key]):
            indents[key] = min(MOST_INDENT, _indent(parents[key], parents, children, indents))
            stack.extend(reversed(children.get(key, ())))
    indents |= {key: 0 for key in after if key not in indents}  # whatever is left waits for itself
    spots = {key: number for number, key in enumerate(indents)}
    return [
        Place(key, indent, tuple(spots[each] for each in parents[key]) or (None,)) for key, indent in indents.items()
    ]


def _indent(
    before: Sequence[str],
    parents: Mapping[str, Sequence[str]],
    children: Mapping[str | None, Sequence[str]],
    indents: Mapping[str, int],
) -> int:
    if not before:
        return int(len(children[None]) > 1)
    if len(before) > 1:
        return max(0, min(indents[each] for each in before) - 1)
    beside = [each for each in children[before[0]] if len(parents[each]) == 1]
    return indents[before[0]] + int(len(beside) > 1)
