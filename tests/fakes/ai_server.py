"""An OpenAI-compatible AI service on 127.0.0.1 whose answers are scripted; it keeps every request it was sent."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

GOOD = {
    "title": "Lámpara de escritorio LED Lumea Flex 3 azul",
    "description": "Lámpara de escritorio con brazo articulado de aluminio.\n\nConsume 8 W y tiene tres tonos de luz.",
    "keywords": ["lámpara", "escritorio", "led", "lumea"],
}


@dataclass(frozen=True)
class Scripted:
    """One answer: a status with body and headers, after ``until`` is set if given."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    until: asyncio.Event | None = None


Script = Scripted | Callable[[dict[str, Any]], Scripted]


def says(content: Any, *, tokens: int | None = 100, finish: str = "stop", refusal: str | None = None) -> Scripted:
    """A completion whose message is this text, or this value as JSON."""
    text = content if isinstance(content, str | None) else json.dumps(content, ensure_ascii=False)
    message = {"role": "assistant", "content": text, "refusal": refusal}
    body: dict[str, Any] = {
        "id": "c1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "finish_reason": finish, "message": message}],
    }  # fmt: skip
    if tokens is not None:
        body["usage"] = {"prompt_tokens": tokens - 20, "completion_tokens": 20, "total_tokens": tokens}
    return Scripted(body=body)


def fails(status: int, message: str, code: str | None = None, **headers: str) -> Scripted:
    """An error in the documented form."""
    error = {"message": message, "type": "error", "code": code, "param": None}
    return Scripted(status, {"error": error}, {name.replace("_", "-"): value for name, value in headers.items()})


def supports(*forms: str) -> Callable[[dict[str, Any]], Scripted]:
    """Good answers, but only for these forms of answer (strict, loose, json_object, text); 400 for the others."""

    def answer(request: dict[str, Any]) -> Scripted:
        form = form_of(request)
        if form in forms:
            return says(GOOD)
        return fails(400, f"This model does not support response format {form}.", "unsupported_value")

    return answer


def form_of(request: dict[str, Any]) -> str:
    """Which form of answer a request asks for."""
    wanted = request.get("response_format")
    if wanted is None:
        return "text"
    if wanted["type"] == "json_schema":
        return "strict" if wanted["json_schema"]["strict"] else "loose"
    return str(wanted["type"])


class AiServer:
    """Answers ``/v1/chat/completions`` with ``script`` in order (the last one again and again) and ``/v1/models``."""

    def __init__(self) -> None:
        self.script: list[Script] = [says(GOOD)]
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.models = ["small-model", "large-model"]
        self.key = ""  # when set, any other is refused
        self.base_url = ""
        self.arrived = asyncio.Event()

    async def complete(self, request: web.Request) -> web.Response:
        """One chat completion."""
        refused = self._refuse(request)
        if refused:
            return refused
        body = await request.json()
        self.requests.append(body)
        self.arrived.set()
        script = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        answer = script if isinstance(script, Scripted) else script(body)
        if answer.until is not None:
            await answer.until.wait()
        if isinstance(answer.body, str):
            return web.Response(status=answer.status, text=answer.body, headers=answer.headers)
        return web.json_response(answer.body, status=answer.status, headers=answer.headers)

    async def list_models(self, request: web.Request) -> web.Response:
        """The models."""
        refused = self._refuse(request)
        data = [{"id": name, "object": "model", "created": 1, "owned_by": "x"} for name in self.models]
        return refused or web.json_response({"object": "list", "data": data})

    def _refuse(self, request: web.Request) -> web.Response | None:
        self.headers.append(dict(request.headers))
        sent = request.headers.get("Authorization", "")
        if self.key and sent != f"Bearer {self.key}":
            error = {
                "message": f"Incorrect API key provided: {sent.removeprefix('Bearer ')}",
                "code": "invalid_api_key",
            }
            return web.json_response({"error": error}, status=401)
        return None


@asynccontextmanager
async def running_ai_server() -> AsyncIterator[AiServer]:
    """A server that answers while the block runs."""
    server = AiServer()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", server.complete)
    app.router.add_get("/v1/models", server.list_models)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield server
    finally:
        await runner.cleanup()
