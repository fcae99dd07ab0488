"""How the published documents are known to differ from what the marketplaces really do: declared, each with its reason.

Each marketplace has a file ``tests/fidelity/known/<name>.py`` with a tuple ``KNOWN`` of these. A defect is mended where
it stands (``Mend``); ``Excused`` is for what cannot be mended so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

REMOVED = object()


@dataclass(frozen=True)
class Mend:
    """A place of a published document as it should be: ``at`` is a JSON pointer, ``value`` may be ``REMOVED``."""

    document: str  # the file's name
    at: str
    value: Any
    reason: str


@dataclass(frozen=True)
class Beyond:
    """A call that no document describes (signing in, uploads to other hosts); ``path`` is a template from the root.

    ``operation`` is its OpenAPI 3.0 operation object (schemas inline), checked as others are; None: unchecked.
    """

    method: str
    path: str
    reason: str
    operation: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Demanded:
    """A header that every described call needs although the document does not say so."""

    header: str
    reason: str
    paths: str = r".*"  # regular expression for the whole path


@dataclass(frozen=True)
class Ignored:
    """A file of the folder that is not used."""

    document: str
    reason: str


@dataclass(frozen=True)
class Excused:
    """Violations that are none: ``pattern`` is searched for in their text."""

    pattern: str
    reason: str


@dataclass(frozen=True)
class Known:
    """All exceptions of one marketplace, by kind."""

    mends: tuple[Mend, ...] = ()
    beyond: tuple[Beyond, ...] = ()
    demanded: tuple[Demanded, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    excused: tuple[Excused, ...] = ()
    reasons: tuple[str, ...] = field(default=())


def known_exceptions(name: str) -> Known:
    """What ``tests/fidelity/known/<name>.py`` declares; nothing where there is no such file."""
    try:
        entries = import_module(f"tests.fidelity.known.{name}").KNOWN
    except ModuleNotFoundError as error:
        if error.name != f"tests.fidelity.known.{name}" and error.name != "tests.fidelity.known":
            raise
        entries = ()
    return sort_exceptions(entries)


def sort_exceptions(entries: tuple[Any, ...]) -> Known:
    """The entries of a ``KNOWN`` tuple by kind."""

    def those(kind: type) -> tuple[Any, ...]:
        return tuple(entry for entry in entries if isinstance(entry, kind))

    return Known(
        those(Mend), those(Beyond), those(Demanded), those(Ignored), those(Excused), tuple(e.reason for e in entries)
    )
