"""The official documents of a marketplace as a referee of requests and replies.

The practice marketplaces keep the official paths: an adapter's ``base_url`` replaces scheme and host only. So a path is
checked from the host's root, whatever the host; where a marketplace has several hosts their paths do not collide.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.fidelity.calls import check_answer, check_body, check_headers, check_path, check_query, read_query
from tests.fidelity.documents import Json, read_documents, specifications_folder, why_missing
from tests.fidelity.exceptions import Beyond, Known, known_exceptions
from tests.fidelity.operations import Operation, path_names, path_pattern, read_operations
from tests.fidelity.schemas import Schemas


class Specification:
    """Checks single calls against all documents of one marketplace; cheap after the first call of each kind."""

    def __init__(self, name: str, documents: Mapping[str, Json], known: Known) -> None:
        self.name = name
        self.documents = documents
        self._known = known
        self._excused = [re.compile(entry.pattern) for entry in known.excused]
        self._demanded = [(entry.header, re.compile(entry.paths)) for entry in known.demanded]
        self._literal: dict[str, list[Operation]] = {}
        self._templates: dict[int, list[tuple[re.Pattern[str], Operation]]] = {}
        beyond = [_beyond_document(entry) for entry in known.beyond]
        for document in (*documents.values(), *beyond):
            for operation in read_operations(document):
                self._add(operation)
        self._found: dict[str, list[Operation]] = {}
        self._data_schemas: dict[str, tuple[Json, Schemas]] = {}

    def check_request(
        self,
        method: str,
        path: str,
        query: str | Mapping[str, Any] = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        content_type: str = "",
    ) -> list[str]:
        """What is wrong with a request, one line each; an empty list when it is as described.

        ``path`` is the raw one, percent-encoded; ``query`` the raw text or names with a value or list of values.
        ``content_type`` defaults to that of the headers.
        """
        named = {name.lower(): value for name, value in (headers or {}).items()}
        content_type = content_type or named.get("content-type", "")
        pairs = read_query(query)
        operations = self._operations(path)
        if not operations:
            return self._let_pass([f"{method} {path}: no such path is described"])
        here = [one for one in operations if one.method == method.upper()]
        if not here:
            return self._let_pass([f"{method} {path}: described are only {_methods(operations)}"])
        results = [self._check_one(one, path, pairs, named, body, content_type) for one in here]
        return min(results, key=len)

    def check_reply(
        self, method: str, path: str, status: int, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> list[str]:
        """What is wrong with a reply; nothing is said of replies to calls that are not described."""
        named = {name.lower(): value for name, value in (headers or {}).items()}
        here = [one for one in self._operations(path) if one.method == method.upper()]
        if not here:
            return []
        results = []
        for one in here:
            wrong = check_answer(one, status, named.get("content-type", ""), body)
            results.append(self._let_pass([f"{one.method} {one.path} → {status}: {line}" for line in wrong]))
        return min(results, key=len)

    def check_document(self, file: str, value: Any) -> list[str]:
        """What is wrong with a feed's or notification's data, by a plain JSON Schema of the folder."""
        if file not in self._data_schemas:
            document = self.documents[file]
            self._data_schemas[file] = (document, Schemas(document, "request"))
        document, schemas = self._data_schemas[file]
        return self._let_pass([f"{file}: {line}" for line in schemas.check(document, value, "data")])

    def hosts(self, method: str, path: str) -> frozenset[str]:
        """The real hosts of a call, to prove that an adapter without ``base_url`` speaks to the right one."""
        return frozenset(h for one in self._operations(path) if one.method == method.upper() for h in one.hosts)

    @property
    def operations(self) -> list[Operation]:
        """Every described call."""
        return [
            *(one for group in self._literal.values() for one in group),
            *(one for group in self._templates.values() for _, one in group),
        ]

    def _add(self, operation: Operation) -> None:
        if "{" in operation.path:
            entry = (path_pattern(operation.path), operation)
            self._templates.setdefault(operation.path.count("/"), []).append(entry)
        else:
            self._literal.setdefault(operation.path, []).append(operation)

    def _operations(self, path: str) -> list[Operation]:
        """The described calls of a path; literal paths go before templates, and so do their parts."""
        if path in self._literal:
            return self._literal[path]
        found = self._found.get(path)
        if found is None:
            fitting = [
                one for pattern, one in self._templates.get(path.count("/"), ()) if pattern.fullmatch(path) is not None
            ]
            fewest = min((_openness(one.path) for one in fitting), default=[])
            found = [one for one in fitting if _openness(one.path) == fewest]
            if len(self._found) < 5000:
                self._found[path] = found
        return found

    def _check_one(
        self,
        operation: Operation,
        path: str,
        pairs: list[tuple[str, str]],
        headers: dict[str, str],
        body: bytes,
        content_type: str,
    ) -> list[str]:
        wrong = [
            *check_path(operation, path),
            *check_query(operation, pairs),
            *check_headers(operation, headers),
            *check_body(operation, body, content_type),
        ]
        for header, paths in self._demanded:
            if header.lower() not in headers and paths.fullmatch(path) and operation.security != (("beyond",),):
                wrong.append(f"header {header} is missing")
        return self._let_pass([f"{operation.method} {operation.path}: {line}" for line in wrong])

    def _let_pass(self, lines: list[str]) -> list[str]:
        return [line for line in lines if not any(pattern.search(line) for pattern in self._excused)]


@cache
def _load(name: str, root: Path) -> Specification:
    known = known_exceptions(name)
    return Specification(name, read_documents(root / name, known), known)


def load_specification(name: str) -> Specification:
    """The documents of one marketplace, read once. LookupError, saying what is missing, where they are not there."""
    if why := why_missing(name):
        raise LookupError(why)
    return _load(name, specifications_folder())


def _beyond_document(entry: Beyond) -> Json:
    """A call that no document describes as a document of its own."""
    operation = dict(entry.operation or {})
    unchecked = entry.operation is None
    if unchecked:
        operation = {"requestBody": {"content": {"*/*": {"schema": {}}}}, "x-unchecked": True}
    names = path_names(entry.path)
    listed = {one["name"] for one in operation.get("parameters", ()) if one.get("in") == "path"}
    parameters = [{"name": n, "in": "path", "schema": {"type": "string"}} for n in names if n not in listed]
    if unchecked:
        parameters.append({"name": "*", "in": "query", "schema": {"type": "object"}})
    operation["parameters"] = [*operation.get("parameters", ()), *parameters]
    operation.setdefault("responses", {"default": {"description": "not described"}})
    operation["security"] = [{"beyond": []}]
    schemes = {"beyond": {"type": "apiKey", "in": "header", "name": "beyond"}}
    return {
        "openapi": "3.0.0",
        "paths": {entry.path: {entry.method.lower(): operation}},
        "components": {"securitySchemes": schemes},
    }


def _openness(template: str) -> list[int]:
    """Orders templates: the later its variables come, the closer one fits."""
    return [1 if "{" in part else 0 for part in template.split("/")]


def _methods(operations: list[Operation]) -> str:
    return ", ".join(sorted({one.method for one in operations}))
