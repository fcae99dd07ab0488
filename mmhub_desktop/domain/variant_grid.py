"""The options of a product's variants as axes: which values there are, which combinations are missing."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, product

MOST_COMBINATIONS = 1_000  # more variants than this no marketplace takes


def axes_of(
    options: Iterable[Mapping[str, str]], extra: Mapping[str, Sequence[str]] | None = None
) -> dict[str, list[str]]:
    """The option names in order of appearance, each with its values; ``extra`` are such that no variant has yet."""
    axes: dict[str, list[str]] = {}
    for each in options:
        for name, value in each.items():
            values = axes.setdefault(name, [])
            if value not in values:
                values.append(value)
    for name, more in (extra or {}).items():
        values = axes.setdefault(name, [])
        values += [value for value in dict.fromkeys(more) if value not in values]
    return axes


def is_whole(options: Sequence[Mapping[str, str]], axes: Mapping[str, Sequence[str]]) -> bool:
    """Whether every variant has a value on every axis."""
    return all(set(each) == set(axes) for each in options)


def missing(axes: Mapping[str, Sequence[str]], options: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """The combinations that no variant is, in the order of the axes; at most ``MOST_COMBINATIONS``."""
    there = {frozenset(each.items()) for each in options}
    names = list(axes)
    found = (dict(zip(names, values, strict=True)) for values in product(*axes.values()))
    wanted = (each for each in found if each and frozenset(each.items()) not in there)
    return list(islice(wanted, MOST_COMBINATIONS))
