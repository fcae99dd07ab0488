"""Listens to every HTTP call of a test: adapters' requests and practice marketplaces' replies go before the referee.

An adapter's request is known by the mark that ``marketplaces.http.send`` puts on it, a practice marketplace's reply by
its port. What tests send themselves to a practice marketplace is theirs: only its reply is checked.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from mmhub_desktop.practice.server import PracticeServer
from tests.fidelity.documents import MARKETPLACES, why_missing
from tests.fidelity.specification import load_specification

ON_PURPOSE = "X-Practice-On-Purpose"  # a practice marketplace's reply that a test has made wrong itself
_MOST = 50


class Listener:
    """What was seen since ``forget``."""

    def __init__(self) -> None:
        self.violations: list[str] = []
        self.checked: Counter[str] = Counter()
        self._servers: dict[int, str] = {}

    def forget(self) -> None:
        """Begin anew."""
        self.violations.clear()
        self.checked.clear()

    def served(self, port: int, name: str) -> None:
        """A practice marketplace listens on this port."""
        self._servers[port] = name

    def gone(self, port: int) -> None:
        """It no longer does: the port may become another's."""
        self._servers.pop(port, None)

    def request(self, request: httpx.Request) -> None:
        """Check an adapter's request."""
        name = request.extensions.get("marketplace")
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        if name not in MARKETPLACES or path.startswith("/_practice/") or why_missing(name):
            return
        self.checked[f"{name} request"] += 1
        headers = dict(request.headers)
        body = request.read() if isinstance(request.stream, httpx.SyncByteStream) else b""
        self._note(name, load_specification(name).check_request(request.method, path, query, headers, body))

    def reply(self, request: httpx.Request, response: httpx.Response) -> None:
        """Check a practice marketplace's reply."""
        name = self._servers.get(request.url.port or 0, "")
        path = request.url.raw_path.decode("ascii").partition("?")[0]
        if name not in MARKETPLACES or path.startswith("/_practice/") or why_missing(name):
            return
        if ON_PURPOSE in response.headers or not response.is_closed:
            return
        self.checked[f"{name} reply"] += 1
        specification = load_specification(name)
        headers = dict(response.headers)
        self._note(
            name, specification.check_reply(request.method, path, response.status_code, headers, response.content)
        )

    def _note(self, name: str, lines: list[str]) -> None:
        for line in lines:
            text = f"{name}: {line}"
            if text not in self.violations and len(self.violations) < _MOST:
                self.violations.append(text)


LISTENER = Listener()


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Hear all asynchronous HTTP clients and practice marketplaces of this process."""
    send, start, stop = httpx.AsyncClient.send, PracticeServer.start, PracticeServer.stop

    async def heard_send(client: httpx.AsyncClient, request: httpx.Request, **options: Any) -> httpx.Response:
        listener.request(request)
        response = await send(client, request, **options)
        listener.reply(request, response)
        return response

    async def heard_start(server: PracticeServer, port: int = 0) -> str:
        base_url = await start(server, port)
        listener.served(httpx.URL(base_url).port or 0, server.name)
        return base_url

    async def heard_stop(server: PracticeServer) -> None:
        if server.base_url:
            listener.gone(httpx.URL(server.base_url).port or 0)
        await stop(server)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.AsyncClient, "send", heard_send)
        patch.setattr(PracticeServer, "start", heard_start)
        patch.setattr(PracticeServer, "stop", heard_stop)
        yield
