"""One AI service behind an OpenAI-compatible address: asked for JSON, its errors put in our words.

The service is spoken to through the ``openai`` package, which is imported at the first question (in a thread: it
takes a second). Repeating is the engine's business, so the package's own retries are off.
"""

import asyncio
import functools
import ipaddress
import json
import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mmhub_desktop.errors import AiError, AiUnavailable
from mmhub_desktop.log import clean, redact

if TYPE_CHECKING:
    import httpx2
    import openai

CONNECT_S = 10.0
NO_KEY = "none"  # local servers want some text; the package refuses an empty one
STEPS = ("strict", "loose", "json_object", "text")  # from the surest form of answer to the one everything knows
INVALID_ANSWERS = 2  # after so many the service is given up
_TRANSIENT = {408, 409, 424, 429, 498}
_OUR_HEADERS = {"host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent"}

_works: dict[tuple[str, str], int] = {}  # (address, model) → the first of STEPS that worked, for the process's life


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON object the service gave, its text, and the tokens all attempts together used."""

    data: Mapping[str, Any]
    text: str
    tokens: int


class AiProvider:
    """A service, a model and a key. Used from the loop; holds nothing open between questions."""

    def __init__(self, base_url: str, model: str, key: str = "", *, timeout_s: float = 60.0) -> None:
        self.base_url = base_url.strip()
        self.model = model.strip()
        self.timeout_s = timeout_s
        self._key = key.strip() or NO_KEY
        if key.strip():
            redact(key.strip())

    @property
    def is_local(self) -> bool:
        """Whether the service runs on this machine."""
        host = (urlsplit(self.base_url).hostname or "").casefold()
        try:
            return host == "localhost" or ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    async def models(self) -> tuple[str, ...]:
        """The names of the models the service offers, sorted; also a test of address and key. AiError."""
        async with await self._connect() as client:
            import openai

            try:
                page = await client.models.list()
            except openai.OpenAIError as error:
                raise self._explain(error) from error
        found: Any = getattr(page, "data", None)
        if not isinstance(found, list):
            raise self._not_an_ai(page)
        return tuple(sorted(model.id for model in found))

    async def ask(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any], name: str) -> Answer:
        """Ask for a JSON object of this schema, in the surest form the service knows.

        AiUnavailable when trying again later may help, AiError otherwise.
        """
        which = (self.base_url, self.model)
        tokens, invalid = 0, 0
        said = ""
        async with await self._connect() as client:
            import openai

            for step in range(_works.get(which, 0), len(STEPS)):
                try:
                    said, used = await self._ask_once(client, messages, _response_format(STEPS[step], schema, name))
                except openai.OpenAIError as error:
                    if step + 1 < len(STEPS) and _form_refused(error):
                        continue
                    raise self._explain(error) from error
                tokens += used
                data = find_object(said, schema)
                if data is not None:
                    _works[which] = step
                    return Answer(data, said, tokens)
                invalid += 1
                if invalid == INVALID_ANSWERS:
                    break
        raise AiError(
            f"The answer of “{self.model}” is not in the form that was asked for.",
            hint="Try again, or choose a larger model.",
            original=clean(said[:2000]),
        )

    async def _ask_once(
        self, client: "openai.AsyncOpenAI", messages: Sequence[Mapping[str, str]], form: Mapping[str, Any]
    ) -> tuple[str, int]:
        """What the service said, and the tokens it counted."""
        create: Any = client.chat.completions.create  # its types name every provider's every parameter
        try:
            reply = await create(model=self.model, messages=list(messages), **form)
        except ValueError as error:  # a body that says it is JSON and is not
            raise self._not_an_ai(error) from error
        choices = getattr(reply, "choices", None)
        if not choices or getattr(choices[0], "message", None) is None:
            raise self._not_an_ai(reply)
        choice = choices[0]
        tokens = getattr(getattr(reply, "usage", None), "total_tokens", 0)
        if getattr(choice.message, "refusal", None) or choice.finish_reason == "content_filter":
            raise AiError(
                "The AI service declined to write about this product.",
                hint="Check the product's text, or choose another model.",
                original=clean(str(getattr(choice.message, "refusal", "") or "content_filter")),
            )
        if choice.finish_reason == "length":
            raise AiError(
                "The AI's answer was cut off.",
                hint="Choose a model with a larger output, or shorten the product's text.",
            )
        content = choice.message.content
        return content if isinstance(content, str) else "", tokens if isinstance(tokens, int) else 0

    async def _connect(self) -> "openai.AsyncOpenAI":
        return await asyncio.to_thread(self._make_client)

    def _make_client(self) -> "openai.AsyncOpenAI":
        import httpx2
        import openai

        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise AiError(
                f"“{self.base_url}” is not the address of an AI service.",
                hint="Enter one such as https://api.openai.com/v1 or http://localhost:11434/v1 in the settings.",
            )
        http = httpx2.AsyncClient(
            verify=_certificates(),
            timeout=httpx2.Timeout(self.timeout_s, connect=CONNECT_S),
            trust_env=not self.is_local,  # a company's proxy does not know this machine's own servers
            event_hooks={"request": [self._strip]},
        )
        return openai.AsyncOpenAI(
            api_key=self._key, admin_api_key="", base_url=self.base_url, max_retries=0, timeout=self.timeout_s,
            http_client=http,
        )  # fmt: skip

    async def _strip(self, request: "httpx2.Request") -> None:
        """Only our own headers leave: the package adds what it finds in the environment, meant for others."""
        for name in list(request.headers):
            if name.casefold() not in _OUR_HEADERS:
                del request.headers[name]
        request.headers["Authorization"] = f"Bearer {self._key}"
        request.headers["User-Agent"] = "MultiMarketHub"

    def _not_an_ai(self, reply: object) -> AiError:
        return AiError(
            "The address answers, but not as an AI service.",
            hint=f"Check the AI service address in the settings; it usually ends in /v1. Now: {self.base_url}",
            original=clean(str(reply)[:500]),
        )

    def _explain(self, error: "openai.OpenAIError") -> AiError:
        """The package's error as one of ours."""
        import openai

        if isinstance(error, openai.APITimeoutError):
            return AiUnavailable(
                f"The AI service did not answer within {self.timeout_s:g} seconds.",
                hint="It is tried again. If it happens often, allow more time in the settings or take a smaller model.",
            )
        if isinstance(error, openai.APIConnectionError):
            cause = clean(f"{type(error.__cause__).__name__}: {error.__cause__}")
            if self.is_local:
                return AiError(
                    "The AI server on this computer is not running.",
                    hint=f"Start it (Ollama, LM Studio …) so that it answers at {self.base_url}, then retry.",
                    original=cause,
                )
            return AiUnavailable(
                "The AI service cannot be reached.",
                hint="It is tried again. Check the internet connection and the address in the settings.",
                original=cause,
            )
        if isinstance(error, openai.APIStatusError):
            return self._explain_status(error)
        return self._not_an_ai(error)

    def _explain_status(self, error: "openai.APIStatusError") -> AiError:
        status, original = error.status_code, clean(f"HTTP {error.status_code}: {error.message}"[:1000])
        if status == 429 and _code(error) in ("insufficient_quota", "billing_hard_limit_reached"):
            return AiError(
                "The account at the AI service has no credit left.",
                hint="Add credit there, then retry.",
                original=original,
            )
        if status in _TRANSIENT or status >= 500:
            return AiUnavailable(
                "The AI service is busy." if status == 429 else "The AI service is out of order at the moment.",
                retry_after_s=_retry_after(error.response.headers),
                hint="It is tried again later.",
                original=original,
            )
        words = {
            401: ("The AI service does not accept the key.", "Enter the key again: Settings › AI."),
            403: (
                "The AI service does not permit this.",
                "Check what the key is allowed to use, or choose another model.",
            ),
            404: (
                f"The AI service does not know the model “{self.model}”, or the address is not complete.",
                "Choose another model in the settings."
                if urlsplit(self.base_url).path.rstrip("/").endswith("/v1")
                else "The address usually ends in /v1: add it in the settings, or choose another model.",
            ),
            413: ("The product's text is too long for this model.", "Shorten it, or choose a larger model."),
        }
        if status < 400:
            return self._not_an_ai(original)
        message, hint = words.get(
            status, ("The AI service refused the request.", "Choose another model in the settings.")
        )
        return AiError(message, hint=hint, original=original)


def find_object(text: str, schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """The first JSON object in a text that fits the schema's top level; also inside a code block or among words."""
    text = re.sub(r"<think>.*?</think>", "", text, flags=re.DOTALL)
    decoder = json.JSONDecoder()
    for start in (match.start() for match in re.finditer(r"\{", text)):
        try:
            value, _ = decoder.raw_decode(text, start)
        except ValueError:
            continue
        if isinstance(value, dict) and _fits(value, schema):
            return value
    return None


def _fits(value: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    kinds = {"string": str, "array": list, "object": dict, "number": (int, float), "boolean": bool}
    for name in schema["required"]:
        rule = schema["properties"][name]
        if not isinstance(value.get(name), kinds[rule["type"]]):  # type: ignore[arg-type]
            return False
        if rule["type"] == "array" and not all(isinstance(item, kinds[rule["items"]["type"]]) for item in value[name]):  # type: ignore[arg-type]
            return False
    return True


def _response_format(step: str, schema: Mapping[str, Any], name: str) -> dict[str, Any]:
    if step == "text":
        return {}
    if step == "json_object":
        return {"response_format": {"type": "json_object"}}
    wanted = {"name": name, "strict": step == "strict", "schema": dict(schema)}
    return {"response_format": {"type": "json_schema", "json_schema": wanted}}


def _form_refused(error: Exception) -> bool:
    """Whether the service may take the same question with another answer form."""
    import openai

    return isinstance(error, openai.BadRequestError | openai.UnprocessableEntityError) and _code(error) not in (
        "context_length_exceeded", "model_not_found", "invalid_api_key",
    )  # fmt: skip


def _code(error: "openai.APIStatusError") -> str:
    return str(error.code or "")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, when the service says so in a form we know."""
    for name, scale in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            return max(0.0, float(headers[name]) / scale)
        except (KeyError, ValueError):
            continue
    return None


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Read once: it takes 30 ms."""
    import httpx2

    return httpx2.create_ssl_context()
