"""Texts of queries, forms and multipart bodies as the JSON values that their schemas speak of."""

import json
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from tests.fidelity.documents import Json
from tests.fidelity.schemas import Schemas

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


def read_text(schemas: Schemas, schema: Json, text: str) -> Any:
    """One text as the value its schema means, the text itself where it does not read as one."""
    types = schemas.types(schema)
    if "integer" in types or "number" in types:
        try:
            return int(text)
        except ValueError:
            pass
        if "number" in types:
            try:
                return float(text)
            except ValueError:
                pass
    if "boolean" in types and text in {"true", "false"}:
        return text == "true"
    if "object" in types:
        try:
            return json.loads(text)
        except ValueError:
            pass
    return text


def read_texts(schemas: Schemas, schema: Json, texts: list[str], separator: str) -> Any:
    """All texts of one name: an array's entries repeated or joined, or the one value."""
    types = schemas.types(schema)
    if "array" in types:
        entry = schemas.items(schema)
        if separator and len(texts) == 1:
            texts = texts[0].split(separator)
        return [read_text(schemas, entry, text) for text in texts]
    return read_text(schemas, schema, texts[-1])


def read_form(schemas: Schemas, schema: Json, body: bytes) -> Json:
    """A form as an object. Arrays may be repeated, ``name[]``, or joined by commas: the documents do not say."""
    return _as_object(schemas, schema, parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def read_multipart(schemas: Schemas, schema: Json, body: bytes, content_type: str) -> Json:
    """A multipart body as an object; a file is the text ``(file)``. ValueError when it cannot be taken apart."""
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    if not message.is_multipart():
        raise ValueError("it has no parts")
    pairs = []
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        if not name:
            raise ValueError("a part has no name")
        is_file = part.get_filename() is not None
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        pairs.append((str(name), "(file)" if is_file else content.decode("utf-8", "replace").removesuffix("\r\n")))
    return _as_object(schemas, schema, pairs)


def _as_object(schemas: Schemas, schema: Json, pairs: list[tuple[str, str]]) -> Json:
    texts: dict[str, list[str]] = {}
    properties = schemas.properties(schema)
    for name, text in pairs:
        plain = name.removesuffix("[]")
        texts.setdefault(name if name in properties else plain, []).append(text)
    return {
        name: read_texts(schemas, properties.get(name, {}), values, ",") if name in properties else values[-1]
        for name, values in texts.items()
    }
