"""Runs one practice marketplace over HTTP on 127.0.0.1, in the loop that starts it."""

import asyncio
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

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


# Where each practice marketplace is: ``module:class``, loaded when it is started.
PRACTICE: Mapping[str, str] = {
    "allegro": "mmhub_desktop.practice.allegro.app:AllegroPractice",
    "amazon": "mmhub_desktop.practice.amazon.app:AmazonPractice",
    "ebay": "mmhub_desktop.practice.ebay.app:EbayPractice",
    "kaufland": "mmhub_desktop.practice.kaufland.app:KauflandPractice",
    "paris": "mmhub_desktop.practice.paris.app:ParisPractice",
    "etsy": "mmhub_desktop.practice.etsy.app:EtsyPractice",
    "mercadolibre": "mmhub_desktop.practice.mercadolibre.app:MercadoLibrePractice",
    "walmart": "mmhub_desktop.practice.walmart.app:WalmartPractice",
}


def _open(name: str, state_file: Path | None) -> Practice:
    module, _, kind = PRACTICE[name].partition(":")
    practice: Practice = getattr(import_module(module), kind)(state_file)
    return practice


class PracticeServer:
    """A practice marketplace that can be started and stopped, any number of times, on the running loop.

    What it was sent survives a restart when ``state_file`` is given.
    """

    def __init__(self, name: str = "mercadolibre", state_file: Path | None = None) -> None:
        if name not in PRACTICE:
            raise ValueError(f"there is no practice marketplace {name!r}; there are: {', '.join(PRACTICE)}")
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
