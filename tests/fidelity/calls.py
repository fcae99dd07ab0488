"""One request or reply against one described call."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from tests.fidelity.bodies import FORM, MULTIPART, read_form, read_multipart, read_text, read_texts
from tests.fidelity.documents import Json
from tests.fidelity.operations import Operation, Parameter, Reply, path_names, path_pattern
from tests.fidelity.schemas import Schemas

# Gateways before the real hosts answer so on any path.
_ANYWHERE = frozenset({"401", "403", "429"})
_NO_BODY = frozenset({204, 205, 304})
_pattern = cache(path_pattern)


def read_query(query: str | Mapping[str, Any]) -> list[tuple[str, str]]:
    """The pairs of a query, given as raw text or by name."""
    if isinstance(query, str):
        return parse_qsl(query.removeprefix("?"), keep_blank_values=True)
    return [
        (name, str(one)) for name, value in query.items() for one in (value if isinstance(value, list) else [value])
    ]


def check_path(operation: Operation, path: str) -> list[str]:
    """The variables of the path against their schemas."""
    if "{" not in operation.path:
        return []
    match = _pattern(operation.path).fullmatch(path)
    values = dict(zip(path_names(operation.path), match.groups() if match else (), strict=False))
    wrong = []
    for parameter in operation.parameters:
        if parameter.place == "path" and parameter.name in values:
            value = read_texts(
                operation.requests, parameter.schema, [unquote(values[parameter.name])], parameter.separator or ","
            )
            wrong += operation.requests.check(parameter.schema, value, f"path {parameter.name}")
    return wrong


def check_query(operation: Operation, pairs: list[tuple[str, str]]) -> list[str]:
    """Unknown, missing and wrong query parameters."""
    wrong = []
    texts: dict[str, list[str]] = {}
    for name, text in pairs:
        texts.setdefault(name, []).append(text)
    for name, fixed in operation.fixed_query.items():
        if texts.pop(name, [None]) != [fixed]:
            wrong.append(f"query {name} is not {fixed!r}")
    described = [one for one in operation.parameters if one.place == "query"]
    for parameter in described:
        found = _texts_of(parameter, texts)
        if not found:
            if parameter.required and parameter.name not in operation.fixed_query:
                wrong.append(f"query {parameter.name} is missing")
            continue
        value = read_texts(operation.requests, parameter.schema, found, parameter.separator)
        wrong += operation.requests.check(parameter.schema, value, f"query {parameter.name}")
    if not any(parameter.open_ended for parameter in described):
        wrong += [f"query {name} is not described" for name in texts]
    return wrong


def _texts_of(parameter: Parameter, texts: dict[str, list[str]]) -> list[str]:
    """Take the texts of one parameter out; an object's are not looked at."""
    if parameter.open_ended:
        return []
    found = texts.pop(parameter.name, [])
    return found or texts.pop(f"{parameter.name}[]", [])


def check_headers(operation: Operation, headers: dict[str, str]) -> list[str]:
    """Missing and wrong headers, and whether any way of signing in is followed."""
    wrong = []
    for parameter in operation.parameters:
        if parameter.place != "header":
            continue
        text = headers.get(parameter.name.lower())
        if text is None:
            if parameter.required:
                wrong.append(f"header {parameter.name} is missing")
        elif parameter.name.lower() not in {"content-type", "accept", "authorization"}:
            value = read_text(operation.requests, parameter.schema, text)
            wrong += operation.requests.check(parameter.schema, value, f"header {parameter.name}")
    if operation.security and operation.security != (("beyond",),):
        missing = [[h for h in headers_of if h.lower() not in headers] for headers_of in operation.security]
        if all(missing):
            wrong.append(f"sign-in: header {' and '.join(missing[0])} is missing")
    return wrong


def check_body(operation: Operation, body: bytes, content_type: str) -> list[str]:
    """The body by its media type: JSON, form or multipart; files and XML are not looked into."""
    if not body:
        return ["a body is missing"] if operation.body_required else []
    if not operation.takes_body:
        return ["a body is sent, none is described"]
    schema = _for_kind(operation.content, content_type)
    if schema is None:
        return [f"Content-Type {content_type!r} is none of {', '.join(operation.content)}"]
    return _check_content(operation.requests, schema, body, content_type)


def _check_content(schemas: Schemas, schema: Json, body: bytes, content_type: str) -> list[str]:
    kind = _kind(content_type)
    try:
        if kind == FORM:
            value: Any = read_form(schemas, schema, body)
        elif kind == MULTIPART:
            value = read_multipart(schemas, schema, body, content_type)
        elif "json" in kind:
            value = json.loads(body)
        else:
            return []  # files and XML: the documents say nothing that could be held against them
    except ValueError as error:
        return [f"the body cannot be read as {kind}: {error}"]
    return schemas.check(schema, value, "body")


def check_answer(operation: Operation, status: int, content_type: str, body: bytes) -> list[str]:
    """Status, media type and body of a reply."""
    reply = _reply_for(operation, status)
    if reply is None:
        if str(status) in _ANYWHERE or status >= 500:
            return []
        return [f"no such status is described, only {', '.join(operation.replies)}"]
    if not reply.described:
        return (
            ["a body is sent, none is described"]
            if body and status < 400 and "default" not in operation.replies
            else []
        )
    if not body:
        return [] if status in _NO_BODY or operation.method == "HEAD" or status >= 500 else ["the body is missing"]
    schema = _for_kind(reply.content, content_type)
    if schema is None:
        return [f"Content-Type {content_type!r} is none of {', '.join(reply.content)}"]
    return _check_content(operation.answers, schema, body, content_type)


def _reply_for(operation: Operation, status: int) -> Reply | None:
    replies = operation.replies
    for key in (str(status), f"{status // 100}XX", f"{status // 100}xx", "default"):
        if key in replies:
            return replies[key]
    return None


def _kind(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _for_kind(content: dict[str, Json], content_type: str) -> Json | None:
    """The schema for a media type; parameters such as the charset do not matter."""
    kind = _kind(content_type)
    for key, schema in content.items():
        if _kind(key) == kind or key == "*/*" or (key.endswith("/*") and kind.startswith(key[:-1])):
            return schema
    return None
