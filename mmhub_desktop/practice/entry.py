"""How a practice marketplace is declared: where it is, and what a seller would enter to connect to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class PracticeEntry:
    """``place`` is ``module:class``, loaded when it is started. ``values`` are known to everybody: nothing secret.

    Another package names its own under the entry point ``mmhub_desktop.practice``.
    """

    name: str  # the marketplace's
    place: str
    values: Mapping[str, str]

    ENTRY_POINTS: ClassVar[str] = "mmhub_desktop.practice"
