"""Rows kept on disk while a file is joined: what belongs together comes out together, in bounded memory."""

import marshal
import struct
import tempfile
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import IO, Any

from mmhub_desktop.catalog.columns import FIELDS, ORIGIN
from mmhub_desktop.catalog.dialects.dialect import Joined, Record
from mmhub_desktop.catalog.plan import NAMED_ATTRIBUTE, OPTION
from mmhub_desktop.domain.product import sku_key

_BLOCK = 200  # records written at once
_LENGTH = struct.Struct("<I")
_BITS = 1 << 26  # of the filter of keys seen: 8 MB, so that of a million keys about one in 100,000 is looked up in vain
_FIRST = ("sku", "parent_sku", "source", "source_id")
_ORDER = (*_FIRST, *(each.name for each in FIELDS if each.name not in _FIRST))


class Spool:
    """Things that marshal can write, kept in a temporary file in the order they came. For one thread."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="mmhub-join-")  # noqa: SIM115 - see close
        self.end = 0

    def add(self, thing: Any) -> int:
        """Keep a thing at the end; where it lies."""
        content = marshal.dumps(thing)
        at = self.end
        self._file.write(_LENGTH.pack(len(content)) + content)
        self.end += _LENGTH.size + len(content)
        return at

    def get(self, at: int) -> tuple[Any, int]:
        """The thing that lies there, and where the next one lies."""
        self._file.seek(at)
        (length,) = _LENGTH.unpack(self._file.read(_LENGTH.size))
        return marshal.loads(self._file.read(length)), at + _LENGTH.size + length  # noqa: S302 - our own file

    def __iter__(self) -> Iterator[Any]:
        at = 0
        while at < self.end:
            thing, at = self.get(at)
            yield thing

    def close(self) -> None:
        """The file disappears."""
        self._file.close()


class _Seen:
    """Whether a key may have come before: never a wrong no, seldom a wrong yes."""

    def __init__(self) -> None:
        self._bits = bytearray(_BITS // 8)

    def add(self, key: str) -> bool:
        """Note a key; whether it may have been noted already."""
        digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        known = True
        for part in struct.unpack("<4I", digest):
            place, bit = divmod(part % _BITS, 8)
            if not self._bits[place] >> bit & 1:
                known = False
                self._bits[place] |= 1 << bit
        return known


def grouped(keyed: Iterable[tuple[str, Record]]) -> Iterator[list[Record]]:
    """The records of each key together, in the order in which the keys first came; those without a key alone.

    Neighbours cost no memory; of a key that comes again later only the places of its records are remembered.
    """
    spool, seen = Spool(), _Seen()
    torn: dict[str, list[int]] = {}  # keys that may have come before → where they came again
    run: list[Record] = []
    run_key = ""

    def keep() -> None:
        if run:
            again = bool(run_key) and seen.add(run_key)
            at = spool.add((run_key, run))
            if again:
                torn.setdefault(run_key, []).append(at)

    try:
        for key, record in keyed:
            if key and key == run_key:
                run.append(record)
                continue
            keep()
            run, run_key = [record], key
        keep()
        yield from _together(spool, torn)
    finally:
        spool.close()


def _together(spool: Spool, torn: dict[str, list[int]]) -> Iterator[list[Record]]:
    begun: set[str] = set()
    at = 0
    while at < spool.end:
        (key, records), following = spool.get(at)
        if key not in torn:
            yield records
        elif key not in begun:
            begun.add(key)
            for place in torn[key]:
                if place > at:
                    records += spool.get(place)[0][1]
            yield records
        at = following


def table_of(records: Iterable[Record]) -> Joined:
    """Records as a table: the header is known only when all have been seen, so they wait on disk."""
    spool = Spool()
    names: dict[str, None] = {}
    block: list[Record] = []
    for record in filter(None, map(_settled, records)):
        names.update(dict.fromkeys(record))
        block.append(record)
        if len(block) == _BLOCK:
            spool.add(block)
            block = []
    if block:
        spool.add(block)
    header = in_order(names)

    def rows() -> Iterator[list[str]]:
        try:
            for some in spool:
                for record in some:
                    yield [record.get(name, "") for name in header]
        finally:
            spool.close()

    return header, rows()


def _settled(record: Record) -> Record:
    """What is handed on of a record; a product that names itself as its parent has none."""
    found = {name: value for name, value in record.items() if value and not name.startswith(".")}
    if found.get("parent_sku") and sku_key(found["parent_sku"]) == sku_key(found.get("sku", "")):
        del found["parent_sku"]
    return found if found.keys() - {ORIGIN} else {}


def streamed(names: Iterable[str], records: Iterable[Record]) -> Joined:
    """Records as a table whose columns are known beforehand: nothing is kept."""
    header = in_order(names)
    return header, ([record.get(name, "") for name in header] for record in records)


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Names as a header: fields in the order of their declaration, then options, then attributes as they came."""
    present = [name for name in dict.fromkeys(names) if not name.startswith(".")]
    fields = [name for name in _ORDER if name in present]
    options = [name for name in present if name.startswith(OPTION)]
    attributes = [name for name in present if name.startswith(NAMED_ATTRIBUTE)]
    return (*fields, *options, *attributes, *([ORIGIN] if ORIGIN in present else []))
