"""What other packages add to the program: found by entry point, checked, and reported when it cannot be used."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What a group of entry points gave, by its own name; ``broken`` says in words what could not be used, and why."""

    things: Mapping[str, T]
    broken: tuple[str, ...] = ()


def load_group(
    group: str, kind: type[T], name_of: Callable[[T], str], what: str, own: Mapping[str, T] | None = None
) -> Found[T]:
    """Everything of a group that is a ``kind``, beside the program's ``own``, which nobody may replace.

    ``what`` names one of them for people. Whatever a foreign package does while it is loaded, nobody else is harmed.
    """
    things, broken = dict(own or {}), []
    for entry in sorted(entry_points(group=group), key=_ours_first):
        try:
            thing = entry.load()
            if not isinstance(thing, kind):
                raise TypeError(f"it is a {type(thing).__name__}, not a {kind.__name__}")
            if name_of(thing) in things:
                raise ValueError(f"there is another {what} “{name_of(thing)}”")
            things[name_of(thing)] = thing
        except Exception as error:  # noqa: BLE001 - foreign code: whatever it does is told, not passed on
            broken.append(f"The {what} “{entry.name}” ({entry.value}) cannot be used: {error}.")
    return Found(things, tuple(broken))


def allow_folder(folder: str) -> None:
    """Look for packages of others in this folder, too; the program that was built for a system looks nowhere else.

    The seller's packages lie in it as ``pip install --target`` leaves them. A folder that is not there is passed over.
    """
    if folder and Path(folder).is_dir() and folder not in sys.path:
        sys.path.append(folder)


def _ours_first(entry: EntryPoint) -> tuple[bool, str]:
    return not entry.value.startswith("mmhub_desktop."), entry.name
