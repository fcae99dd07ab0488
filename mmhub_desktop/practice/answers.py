"""Requests read and answers refused in the same way on every practice marketplace."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import BodyPartReader, web

from mmhub_desktop.practice.state import Json

ON_PURPOSE = "X-Practice-On-Purpose"  # on an answer whose body a test has chosen itself


class Refusal(Exception):
    """An error answer: status, JSON body, extra headers."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


class Malformed(Exception):
    """A request that cannot be read; the marketplace answers it with its own 400."""


def base_url(request: web.Request) -> str:
    """Where this practice marketplace is reached."""
    return f"{request.scheme}://{request.host}"


async def read_json(request: web.Request) -> Any:
    """The JSON of the body. Malformed."""
    try:
        return json.loads(await request.read())
    except ValueError:
        raise Malformed("the body is not JSON") from None


async def read_object(request: web.Request) -> Json:
    """The JSON object of the body. Malformed for anything else."""
    body = await read_json(request)
    if not isinstance(body, dict):
        raise Malformed("the body must be a JSON object")
    return body


async def read_form(request: web.Request) -> dict[str, str]:
    """The fields of a URL-encoded form. Malformed for another media type."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise Malformed("the body must be application/x-www-form-urlencoded")
    return {name: str(value) for name, value in (await request.post()).items()}


async def read_parts(request: web.Request, most_bytes: int) -> dict[str, tuple[str, bytes]]:
    """The parts of a multipart body by name: file name (empty for a field) and bytes. Malformed, also if too large."""
    if not request.content_type.startswith("multipart/"):
        raise Malformed("the body must be multipart/form-data")
    found: dict[str, tuple[str, bytes]] = {}
    try:
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if not isinstance(part, BodyPartReader):
                continue
            data = bytearray()
            while chunk := await part.read_chunk(256 * 1024):
                data += chunk
                if len(data) > most_bytes:
                    raise Malformed(f"a part is larger than {most_bytes} bytes")
            found[part.name or ""] = (part.filename or "", bytes(data))
    except ValueError:
        raise Malformed("the multipart body is broken") from None
    return found


def read_bearer(request: web.Request) -> str:
    """The token of ``Authorization: Bearer``, empty when there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def read_basic(request: web.Request) -> tuple[str, str] | None:
    """User and password of ``Authorization: Basic``, None when they are missing or unreadable."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if colon else None
