"""Finds and reads the official documents; they lie beside the repository and are not part of it."""

import hashlib
import json
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from tests.fidelity.exceptions import REMOVED, Known, Mend

MARKETPLACES = ("allegro", "amazon", "ebay", "etsy", "kaufland", "walmart")
_BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "marketplaces" / "specs"

Json = dict[str, Any]


def specifications_folder() -> Path:
    """Where the documents are: ``MMHUB_SPECS``, or ``../shared/marketplaces/specs`` beside the repository."""
    named = os.environ.get("MMHUB_SPECS")
    return Path(named) if named else _BESIDE


def why_missing(name: str) -> str:
    """Why a marketplace cannot be checked, as a sentence; empty when its documents are there."""
    if name not in MARKETPLACES:
        return f"{name} publishes no specification"
    return _why_missing(name, specifications_folder())


@cache
def _why_missing(name: str, root: Path) -> str:
    folder = root / name
    if not folder.is_dir() or not any(folder.iterdir()):
        return f"the official documents of {name} are missing: {folder} (set MMHUB_SPECS to the folder that holds them)"
    return ""


def read_documents(folder: Path, known: Known) -> dict[str, Json]:
    """Every document of a folder by file name, mended as declared. ValueError for a mend that fits nowhere."""
    ignored = {entry.document for entry in known.ignored}
    found = {
        path.name: _read(path)
        for path in sorted(folder.iterdir())
        if path.suffix in {".json", ".yaml", ".yml"} and path.name not in ignored
    }
    for mend in known.mends:
        if mend.document not in found:
            raise ValueError(f"{folder.name}: no document {mend.document!r} to mend")
        _mend(found[mend.document], mend)
    return found


def _read(path: Path) -> Json:
    data = path.read_bytes()
    if path.suffix == ".json":
        document: Json = json.loads(data)
        return document
    copy = Path(tempfile.gettempdir()) / f"mmhub-specification-{hashlib.sha256(data).hexdigest()[:24]}.json"
    try:
        document = json.loads(copy.read_bytes())
    except (OSError, ValueError):
        document = json.loads(json.dumps(_parse_yaml(data), default=str))
        fresh = copy.with_suffix(f".{os.getpid()}")  # other workers write it at the same moment
        fresh.write_text(json.dumps(document))
        fresh.replace(copy)
    return document


def _parse_yaml(data: bytes) -> Any:
    import yaml  # type: ignore[import-untyped]

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(data, Loader=loader)  # noqa: S506 - a safe loader, the C one where it is built in


def _mend(document: Json, mend: Mend) -> None:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in mend.at.split("/")[1:]]
    place: Any = document
    try:
        for step in steps[:-1]:
            place = place[int(step) if isinstance(place, list) else step]
        last: Any = int(steps[-1]) if isinstance(place, list) and steps[-1] != "-" else steps[-1]
        if mend.value is REMOVED:
            del place[last]
        elif last == "-":
            place.append(mend.value)
        else:
            place[last] = mend.value
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError(f"{mend.document}: the mend at {mend.at} fits nowhere") from error


def follow(document: Json, thing: Any) -> Any:
    """What a ``$ref`` within the document points at, or the thing itself."""
    for _ in range(20):
        if not (isinstance(thing, dict) and isinstance(thing.get("$ref"), str)):
            return thing
        place: Any = document
        for step in thing["$ref"].removeprefix("#/").split("/"):
            place = place[step.replace("~1", "/").replace("~0", "~")]
        thing = place
    raise ValueError("references in a circle")
