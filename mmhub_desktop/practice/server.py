"""Runs one practice marketplace over HTTP on 127.0.0.1, in the loop that starts it."""

import asyncio
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from mmhub_desktop.errors import UserMistake
from mmhub_desktop.plugins import load_group
from mmhub_desktop.practice.entry import PracticeEntry

if TYPE_CHECKING:
    from aiohttp import web


class Practice(Protocol):
    """One practice marketplace: its web application and the switches behind ``/_practice/faults``."""

    @property
    def app(self) -> "web.Application":
        """The application to serve; used once."""

    def set_faults(self, changes: Mapping[str, Any]) -> None:
        """The same as ``POST /_practice/faults``. ValueError for a switch that does not exist."""

    def summary(self) -> dict[str, Any]:
        """The counts of ``GET /_practice/state`` without the items."""

    def close(self) -> None:
        """Let go of the state file."""


_OURS = ("allegro", "amazon", "ebay", "etsy", "kaufland", "mercadolibre", "paris", "walmart")

PRACTICE: Mapping[str, PracticeEntry] = {
    name: import_module(f"mmhub_desktop.practice.{name}").PRACTICE for name in _OURS
}
"""The program's own practice marketplaces; what each is made of is loaded when it is started."""


@cache
def find_practice(name: str) -> PracticeEntry:
    """A practice marketplace of ours or of another package. UserMistake when there is none of that name."""
    known = load_group(PracticeEntry.ENTRY_POINTS, PracticeEntry, lambda each: each.name, "practice shop", PRACTICE)
    if name not in known.things:
        raise UserMistake(f"There is no practice marketplace “{name}”.", hint=f"There are: {', '.join(known.things)}.")
    return known.things[name]


def _open(name: str, state_file: Path | None) -> Practice:
    module, _, kind = find_practice(name).place.partition(":")
    practice: Practice = getattr(import_module(module), kind)(state_file)
    return practice


class PracticeServer:
    """A practice marketplace that can be started and stopped, any number of times, on the running loop.

    What it was sent survives a restart when ``state_file`` is given.
    """

    def __init__(self, name: str = "mercadolibre", state_file: Path | None = None) -> None:
        find_practice(name)
        self.name = name
        self.state_file = state_file
        self.base_url = ""
        self._practice: Practice | None = None
        self._runner: web.AppRunner | None = None

    @property
    def practice(self) -> Practice:
        """The running marketplace, for switches and counts without HTTP. RuntimeError while stopped."""
        if self._practice is None:
            raise RuntimeError("the practice marketplace is not running")
        return self._practice

    async def start(self, port: int = 0) -> str:
        """Listen on 127.0.0.1 (any free port by default) and return the base URL, without a final slash."""
        if self._runner is not None:
            return self.base_url
        # Importing the web server and reading the state file take a while: not on the window's loop.
        practice = await asyncio.to_thread(_open, self.name, self.state_file)
        from aiohttp import web

        # Requests held open on purpose (slow, never answered) must not hold up the end.
        runner = web.AppRunner(practice.app, access_log=None, handle_signals=False, shutdown_timeout=0.2)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
        except OSError:
            await runner.cleanup()
            practice.close()
            raise
        self._practice, self._runner = practice, runner
        self.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return self.base_url

    async def stop(self) -> None:
        """Stop listening and close the state file; does nothing when not running."""
        runner, practice = self._runner, self._practice
        self._runner = self._practice = None
        if runner is not None:
            await runner.cleanup()
        if practice is not None:
            practice.close()
