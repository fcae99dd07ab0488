"""The calls that a document describes, in one form for Swagger 2.0 and OpenAPI 3."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fidelity.documents import Json, follow
from tests.fidelity.schemas import Schemas

_METHODS = ("get", "put", "post", "delete", "patch", "head", "options")


@dataclass(frozen=True)
class Parameter:
    """One parameter; ``separator`` joins the entries of an array, empty where the name is repeated instead."""

    name: str
    place: str  # path, query or header
    required: bool
    schema: Json
    separator: str = ""
    open_ended: bool = False  # an object whose keys are names of the query


@dataclass(frozen=True)
class Reply:
    """What is said of one status: schemas by media type; ``described`` False where nothing is said of the body."""

    content: dict[str, Json]
    described: bool


@dataclass(frozen=True)
class Operation:
    """One method of one path in one document, with the schemas for both directions."""

    method: str
    path: str  # the template from the host's root
    hosts: frozenset[str]
    parameters: tuple[Parameter, ...]
    content: dict[str, Json]  # of the request, by media type
    body_required: bool
    takes_body: bool
    replies: dict[str, Reply]
    security: tuple[tuple[str, ...], ...]  # alternatives, each a set of headers
    requests: Schemas
    answers: Schemas
    fixed_query: dict[str, str] = field(default_factory=dict)  # part of the path in Walmart's documents


def read_operations(document: Json) -> Iterator[Operation]:
    """Every operation of a document; none for a file that is no API description."""
    requests, answers = Schemas(document, "request"), Schemas(document, "reply")
    for template, entry in document.get("paths", {}).items():
        shared = follow(document, entry)
        for method in _METHODS:
            if method not in shared:
                continue
            described = shared[method]
            servers = described.get("servers") or shared.get("servers") or document.get("servers") or []
            hosts, bases = _hosts(document, servers)
            parameters = _parameters(document, [*shared.get("parameters", ()), *described.get("parameters", ())])
            plain, _, query = template.partition("?")
            for base in sorted(bases):
                yield Operation(
                    method.upper(),
                    base + plain,
                    hosts,
                    parameters,
                    *_request_body(document, described),
                    {str(status): _reply(document, described, one) for status, one in described["responses"].items()},
                    _security(document, described),
                    requests,
                    answers,
                    dict(parse_qsl(query)),
                )


def _hosts(document: Json, servers: list[Json]) -> tuple[frozenset[str], set[str]]:
    """Host names and base paths."""
    if "swagger" in document:
        return frozenset({document["host"]} if "host" in document else ()), {document.get("basePath", "").rstrip("/")}
    hosts, bases = set(), set()
    for server in servers:
        url = server["url"]
        for name, variable in server.get("variables", {}).items():
            url = url.replace("{" + name + "}", str(variable["default"]))
        parts = urlsplit(url)
        hosts.add(parts.netloc)
        bases.add(parts.path.rstrip("/"))
    return frozenset(hosts - {""}), bases or {""}


def _parameters(document: Json, raw: list[Any]) -> tuple[Parameter, ...]:
    found: dict[tuple[str, str], Parameter] = {}
    for entry in raw:
        one = follow(document, entry)
        if one["in"] not in {"path", "query", "header"}:
            continue
        if "swagger" in document:
            schema = one
            separator = {"multi": "", "ssv": " ", "tsv": "\t", "pipes": "|"}.get(
                one.get("collectionFormat", "csv"), ","
            )
        else:
            content: Json = next(iter(one.get("content", {}).values()), {})
            schema = one.get("schema") or content.get("schema") or {}
            default = one["in"] == "query" and one.get("style", "form") == "form"
            separator = "" if one.get("explode", default) else ","
        open_ended = one["in"] == "query" and follow(document, schema).get("type") == "object"
        parameter = Parameter(one["name"], one["in"], bool(one.get("required")), schema, separator, open_ended)
        found[one["in"], one["name"].lower()] = parameter
    return tuple(found.values())


def _request_body(document: Json, described: Json) -> tuple[dict[str, Json], bool, bool]:
    """Schemas by media type, whether a body must be sent, whether one may be."""
    if "swagger" not in document:
        if "requestBody" not in described:
            return {}, False, False
        body = follow(document, described["requestBody"])
        content = {kind.lower(): one.get("schema", {}) for kind, one in body.get("content", {}).items()}
        return content, bool(body.get("required")), True
    entries = [follow(document, one) for one in described.get("parameters", ())]
    consumes = described.get("consumes") or document.get("consumes") or ["application/json"]
    for one in entries:
        if one["in"] == "body":
            return {kind.lower(): one["schema"] for kind in consumes}, bool(one.get("required")), True
    fields = {one["name"]: one for one in entries if one["in"] == "formData"}
    if fields:
        schema = {
            "type": "object",
            "properties": {name: {k: v for k, v in one.items() if k != "required"} for name, one in fields.items()},
            "required": [name for name, one in fields.items() if one.get("required")],
        }
        return {kind.lower(): schema for kind in consumes}, bool(schema["required"]), True
    return {}, False, False


def _reply(document: Json, described: Json, raw: Any) -> Reply:
    one = follow(document, raw)
    if "swagger" in document:
        kinds = described.get("produces") or document.get("produces") or ["application/json"]
        return Reply({kind.lower(): one["schema"] for kind in kinds} if "schema" in one else {}, "schema" in one)
    content = one.get("content") or {}
    return Reply({kind.lower(): body.get("schema", {}) for kind, body in content.items()}, bool(content))


def _security(document: Json, described: Json) -> tuple[tuple[str, ...], ...]:
    """The headers that each alternative needs; schemes that travel otherwise are left out."""
    schemes = document.get("securityDefinitions") or document.get("components", {}).get("securitySchemes", {})
    alternatives = []
    for alternative in described.get("security", document.get("security", [])) or ():
        headers = []
        for name in alternative:
            scheme = follow(document, schemes.get(name, {}))
            if scheme.get("type") == "apiKey":
                headers += [scheme["name"]] if scheme.get("in") == "header" else []
            elif scheme:
                headers.append("Authorization")
        alternatives.append(tuple(headers))
    return tuple(alternatives)


def path_pattern(template: str) -> re.Pattern[str]:
    """A regular expression for raw (still encoded) paths; each ``{name}`` is a group of its own in order."""
    parts = re.split(r"(\{[^}]+\})", template)
    return re.compile("".join("([^/]+)" if part.startswith("{") else re.escape(part) for part in parts))


def path_names(template: str) -> list[str]:
    """The names of a template's variables in order."""
    return re.findall(r"\{([^}]+)\}", template)
