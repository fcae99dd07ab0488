"""The replies that the documents themselves give as examples, to prove that a reader takes them without loss."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.fidelity.documents import Json, follow
from tests.fidelity.specification import Specification


@dataclass(frozen=True)
class Example:
    """One documented reply. ``asked`` are the parameters that belong to it (Amazon's sandbox only)."""

    document: str
    method: str
    path: str  # the template as the document has it
    status: int
    body: Any
    asked: Json


def documented_replies(specification: Specification, path: str = "") -> Iterator[Example]:
    """Every JSON reply given as an example, Amazon's sandbox replies among them; of one path template or of all."""
    for name, document in specification.documents.items():
        for template, methods in document.get("paths", {}).items():
            if path and template != path:
                continue
            for method, operation in methods.items():
                if not isinstance(operation, dict):
                    continue
                for status, entry in operation.get("responses", {}).items():
                    for asked, body in _bodies(document, follow(document, entry)):
                        if str(status).isdigit() and body is not None:
                            yield Example(name, method.upper(), template, int(status), body, asked)


def _bodies(document: Json, reply: Json) -> Iterator[tuple[Json, Any]]:
    for case in reply.get("x-amzn-api-sandbox", {}).get("static", ()):
        yield case.get("request", {}).get("parameters", {}), case.get("response")
    for kind, body in (reply.get("examples") or {}).items():
        if "json" in kind:
            yield {}, body
    for kind, content in (reply.get("content") or {}).items():
        if "json" not in kind:
            continue
        if "example" in content:
            yield {}, _read(content["example"])
        for entry in content.get("examples", {}).values():
            yield {}, _read(follow(document, entry).get("value"))


def _read(value: Any) -> Any:
    """Some documents give their examples as text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None
