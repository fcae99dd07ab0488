"""A bulk edit worked out in a process of its own, for patterns: one that a seller typed may take longer than a life.

Python's search cannot be interrupted in a thread, and holds the interpreter meanwhile; a process can be ended.
"""

import asyncio
import multiprocessing
import signal
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

from mmhub_desktop.domain.bulk_edit import BulkEdit, Outcome, check_edit
from mmhub_desktop.errors import UserMistake

PRODUCT_S, ALL_S = 3.0, 20.0  # for one product, and for those of one call; usual are milliseconds
_LOOK_EVERY_S = 0.05
_NOT_BEGUN = -1

Rows = Sequence[dict[str, Any]]


class BulkEditProcess:
    """Applies one edit; started by the first ``apply``, ended by ``aclose``. For the loop."""

    def __init__(self, edit: BulkEdit) -> None:
        self._edit = edit
        self._context = multiprocessing.get_context("spawn")
        self._place = self._context.RawValue("q", _NOT_BEGUN)  # the row that is worked on
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    async def apply(self, rows: Rows) -> list[Outcome]:
        """What becomes of these products, in their order. UserMistake names the one that takes too long."""
        return await asyncio.to_thread(self._apply, rows)

    async def aclose(self) -> None:
        """End the process, whatever it is at."""
        if self._process is not None:
            self._process.kill()
            await asyncio.shield(asyncio.to_thread(self._process.join))

    def _apply(self, rows: Rows) -> list[Outcome]:
        pipe = self._pipe or self._start()
        self._place.value = _NOT_BEGUN
        try:
            pipe.send(rows)
            self._watch(pipe, rows)
            found: list[Outcome] = pipe.recv()
        except (EOFError, OSError) as error:
            raise UserMistake(
                "The edit was cut short.", hint="Nothing was changed. Try it again.", original=str(error)
            ) from error
        return found

    def _start(self) -> Connection:
        self._pipe, theirs = self._context.Pipe()
        process = self._context.Process(
            target=_work, args=(theirs, self._place, self._edit), name="bulk edit", daemon=True
        )
        process.start()
        self._process = process
        theirs.close()
        return self._pipe

    def _watch(self, pipe: Connection, rows: Rows) -> None:
        """Wait for the answer. Its own start does not count: it depends on the machine, not on the pattern."""
        place, since, began = _NOT_BEGUN, 0.0, 0.0
        while not pipe.poll(_LOOK_EVERY_S):
            now, at = time.monotonic(), self._place.value
            if at == _NOT_BEGUN:
                continue
            began = began or now
            if at != place:
                place, since = at, now
            elif now - since > PRODUCT_S or now - began > ALL_S:
                raise UserMistake(
                    f"The pattern takes too long: it was still at work on the product “{rows[at]['shown_sku']}”.",
                    hint="Make it simpler. Repeats inside repeats, as in (a+)+, and several .* in a row try endless "
                    "combinations. Or switch patterns off. Nothing was changed.",
                )


def _work(pipe: Connection, place: Any, edit: BulkEdit) -> None:
    """The process's main function."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal goes to the program, which decides
    ready = check_edit(edit)
    try:
        while True:
            found = []
            for place.value, row in enumerate(pipe.recv()):
                found.append(ready.outcome(row))
            pipe.send(found)
    except (EOFError, OSError):
        return  # nobody listens any more
