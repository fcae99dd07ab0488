"""The referee on small documents: what is right passes, what is wrong is named."""

import json
import time
from typing import Any

import pytest

from tests.fidelity.documents import read_documents
from tests.fidelity.exceptions import Beyond, Demanded, Excused, Mend, sort_exceptions
from tests.fidelity.specification import Specification

PRICE = {
    "type": "object",
    "required": ["amount", "currency"],
    "properties": {
        "amount": {"type": "string", "pattern": r"^\d+\.\d\d$"},
        "currency": {"$ref": "#/components/schemas/C"},
    },
}
SCHEMAS: dict[str, Any] = {
    "C": {"type": "string", "enum": ["EUR", "PLN"]},
    "Price": PRICE,
    "Named": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "maxLength": 5}}},
    "Offer": {
        "allOf": [
            {"$ref": "#/components/schemas/Named"},
            {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "integer", "readOnly": True},
                    "price": {"$ref": "#/components/schemas/Price"},
                    "secret": {"type": "string", "writeOnly": True},
                    "note": {"type": "string", "nullable": True},
                    "labels": {"type": "object", "additionalProperties": {"type": "integer"}},
                    "item": {"$ref": "#/components/schemas/Item"},
                    "until": {"type": "string", "format": "date-time"},
                },
            },
        ]
    },
    "Item": {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"type": "string"}},
        "discriminator": {
            "propertyName": "type",
            "mapping": {"TEXT": "#/components/schemas/TextItem", "IMAGE": "#/components/schemas/ImageItem"},
        },
    },
    "TextItem": {
        "allOf": [
            {"$ref": "#/components/schemas/Item"},
            {"properties": {"content": {"type": "string"}}, "required": ["content"]},
        ]
    },
    "ImageItem": {"allOf": [{"$ref": "#/components/schemas/Item"}, {"properties": {"url": {"type": "string"}}}]},
}
OPEN_API = {
    "openapi": "3.0.1",
    "servers": [{"url": "https://api.example.com{base}", "variables": {"base": {"default": "/sell/v1"}}}],
    "security": [{"key": [], "grant": ["write"]}],
    "paths": {
        "/offers/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "put": {
                "parameters": [
                    {"name": "Content-Language", "in": "header", "required": True, "schema": {"enum": ["en-US"]}},
                    {"name": "dry", "in": "query", "schema": {"type": "boolean"}},
                    {
                        "name": "ids", "in": "query",
                        "schema": {"type": "array", "items": {"type": "integer"}, "maxItems": 2},
                    },
                ],
                "requestBody": {
                    "required": True,
                    "content": {"application/vnd.shop.v1+json": {"schema": {"$ref": "#/components/schemas/Offer"}}},
                },
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Offer"}}}},
                    "204": {"description": "no body"},
                },
            },
        },
        "/offers/list": {"get": {"responses": {"200": {"description": "x"}}}},
        "/feeds?feedType=PRICE": {
            "post": {
                "requestBody": {
                    "content": {
                        "multipart/form-data": {
                            "schema": {
                                "type": "object",
                                "required": ["file"],
                                "properties": {
                                    "file": {"type": "string", "format": "binary"}, "rank": {"type": "integer"},
                                },
                            }
                        }
                    }
                },
                "responses": {"200": {"description": "x"}},
            }
        },
        "/forms": {
            "post": {
                "requestBody": {
                    "content": {
                        "application/x-www-form-urlencoded": {
                            "schema": {
                                "type": "object",
                                "required": ["price"],
                                "properties": {
                                    "price": {"type": "number"},
                                    "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
                                    "live": {"type": "boolean"},
                                },
                            }
                        }
                    }
                },
                "responses": {"200": {"description": "x"}},
            }
        },
    },
    "components": {
        "schemas": SCHEMAS,
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            "grant": {"type": "oauth2", "flows": {}},
        },
    },
}  # fmt: skip
SWAGGER = {
    "swagger": "2.0",
    "host": "api.example.com",
    "basePath": "/v0",
    "consumes": ["application/json"],
    "produces": ["application/json"],
    "paths": {
        "/items": {
            "get": {
                "parameters": [
                    {
                        "name": "codes", "in": "query", "required": True,
                        "type": "array", "items": {"type": "string", "enum": ["A", "B"]},
                    },
                    {"name": "size", "in": "query", "type": "integer", "maximum": 20},
                ],
                "responses": {"200": {"schema": {"$ref": "#/definitions/Items"}}, "400": {"description": "bad"}},
            },
            "post": {
                "parameters": [
                    {"name": "body", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Items"}},
                ],
                "responses": {"202": {"description": "x"}},
            },
        }
    },
    "definitions": {
        "Items": {
            "type": "object",
            "properties": {
                "items": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
                "next": {"type": "string", "x-nullable": True},
                "share": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
            },
        }
    },
}  # fmt: skip
KNOWN = sort_exceptions(
    (
        Beyond("POST", "/oauth/token", "described on pages only"),
        Demanded("x-date", "described on pages only", r"/v0/.*"),
        Excused(r"query beta is not described", "newer than the document"),
    )
)
HEADERS = {"X-Api-Key": "k", "Authorization": "Bearer t", "Content-Language": "en-US"}
JSON = "application/vnd.shop.v1+json;charset=UTF-8"


@pytest.fixture(scope="module")
def specification() -> Specification:
    return Specification("small", {"a.json": OPEN_API, "b.json": SWAGGER}, KNOWN)


def put(specification: Specification, body: Any, query: str = "", **changes: Any) -> list[str]:
    call = {"path": "/sell/v1/offers/7", "headers": HEADERS, "content_type": JSON} | changes
    return specification.check_request("PUT", query=query, body=json.dumps(body).encode(), **call)


def test_a_request_as_described_passes(specification):
    body = {
        "name": "Lamp", "price": {"amount": "9.90", "currency": "EUR"}, "note": None, "labels": {"a": 1},
        "item": {"type": "TEXT", "content": "x"}, "secret": "s", "until": "2026-01-02T03:04:05Z",
    }  # fmt: skip
    assert put(specification, body, "dry=true&ids=1&ids=2") == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"price": {"amount": "9.90", "currency": "EUR"}}, "'name' is a required property"),
        ({"name": "Lantern"}, "body.name: 'Lantern' is too long"),
        ({"name": "Lamp", "prize": 3}, "no property 'prize' is described"),
        ({"name": "Lamp", "id": 7}, "body.id: is read-only"),
        (
            {"name": "Lamp", "price": {"amount": 9.9, "currency": "EUR"}},
            "body.price.amount: 9.9 is not of type 'string'",
        ),
        ({"name": "Lamp", "price": {"amount": "9,90", "currency": "EUR"}}, "does not match"),
        ({"name": "Lamp", "price": {"amount": "9.90", "currency": "USD"}}, "'USD' is not one of"),
        ({"name": None}, "body.name: None is not of type 'string'"),
        ({"name": "Lamp", "labels": {"a": "x"}}, "body.labels.a"),
        ({"name": "Lamp", "item": {"type": "VIDEO"}}, "'VIDEO' is not one of IMAGE, TEXT"),
        ({"name": "Lamp", "item": {"type": "TEXT"}}, "'content' is a required property"),
        ({"name": "Lamp", "item": {"type": "IMAGE", "content": "x"}}, "no property 'content' is described"),
        ({"name": "Lamp", "until": "yesterday"}, "is not a 'date-time'"),
    ],
)
def test_a_wrong_body_is_named(specification, body, said):
    found = put(specification, body)
    assert len(found) == 1, found
    assert said in found[0]
    assert found[0].startswith("PUT /sell/v1/offers/{id}: body")


@pytest.mark.parametrize(
    ("query", "changes", "said"),
    [
        ("wet=1", {}, "query wet is not described"),
        ("dry=yes", {}, "query dry: 'yes' is not of type 'boolean'"),
        ("ids=1&ids=x", {}, "query ids[1]: 'x' is not of type 'integer'"),
        ("ids=1&ids=2&ids=3", {}, "query ids: [1, 2, 3] is too long"),
        ("", {"path": "/sell/v1/offers/seven"}, "path id: 'seven' is not of type 'integer'"),
        ("", {"path": "/offers/7"}, "no such path is described"),
        ("", {"path": "/sell/v1/offers/7/8"}, "no such path is described"),
        ("", {"headers": HEADERS | {"Content-Language": "en"}}, "header Content-Language: 'en' is not one of"),
        ("", {"headers": {"x-api-key": "k", "Content-Language": "en-US"}}, "sign-in: header Authorization is missing"),
        ("", {"headers": {"x-api-key": "k", "Authorization": "x"}}, "header Content-Language is missing"),
        ("", {"content_type": "application/json"}, "Content-Type 'application/json' is none of"),
    ],
)  # fmt: skip
def test_what_surrounds_the_body_is_checked(specification, query, changes, said):
    found = put(specification, {"name": "Lamp"}, query, **changes)
    assert len(found) == 1, found
    assert said in found[0]


def test_methods_and_bodies_have_their_places(specification):
    def check(method: str, path: str, body: bytes = b"") -> list[str]:
        return specification.check_request(method, path, "", HEADERS, body, JSON)

    assert "described are only PUT" in check("GET", "/sell/v1/offers/7")[0]
    assert "a body is missing" in check("PUT", "/sell/v1/offers/7")[0]
    assert "cannot be read" in check("PUT", "/sell/v1/offers/7", b"{")[0]
    assert check("GET", "/sell/v1/offers/list") == []
    assert "none is described" in check("GET", "/sell/v1/offers/list", b"{}")[0]


def test_forms_are_read_by_their_schema(specification):
    def check(body: bytes) -> list[str]:
        return specification.check_request(
            "POST", "/sell/v1/forms", "", HEADERS, body, "application/x-www-form-urlencoded"
        )

    assert check(b"price=9.90&tags=a,b&live=true") == []
    assert check(b"price=9.90&tags%5B%5D=a&tags%5B%5D=b") == []
    assert "'9,90' is not of type 'number'" in check(b"price=9,90")[0]
    assert "too long" in check(b"price=1&tags=a,b,c")[0]
    assert "'yes' is not of type 'boolean'" in check(b"price=1&live=yes")[0]
    assert "no property 'colour'" in check(b"price=1&colour=red")[0]


def test_multipart_and_a_query_that_belongs_to_the_path(specification):
    part = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    right = part % (b"file", b'; filename="a.json"', b"{}") + part % (b"rank", b"", b"1") + b"--x--\r\n"
    wrong = part % (b"rank", b"", b"first") + b"--x--\r\n"

    def check(query: str, body: bytes) -> list[str]:
        return specification.check_request(
            "POST", "/sell/v1/feeds", query, HEADERS, body, "multipart/form-data; boundary=x"
        )

    assert check("feedType=PRICE", right) == []
    assert any("'file' is a required property" in line for line in check("feedType=PRICE", wrong))
    assert any("'first' is not of type 'integer'" in line for line in check("feedType=PRICE", wrong))
    assert "query feedType is not 'PRICE'" in check("feedType=STOCK", right)[0]


def test_swagger_2_and_headers_that_only_pages_demand(specification):
    def get(query: str, headers: dict[str, str]) -> list[str]:
        return specification.check_request("GET", "/v0/items", query, headers)

    dated = {"x-date": "today"}
    assert get("codes=A,B&size=20", dated) == []
    assert get("codes=A&beta=1", dated) == []  # excused
    assert "header x-date is missing" in get("codes=A", {})[0]
    assert "query codes is missing" in get("", dated)[0]
    assert "query codes[1]: 'C' is not one of" in get("codes=A,C", dated)[0]
    assert "21 is greater than" in get("codes=A&size=21", dated)[0]
    post = specification.check_request(
        "POST", "/v0/items", "", dated, b'{"share": 0, "next": null}', "application/json"
    )
    assert len(post) == 1
    assert "body.share" in post[0]


def test_what_no_document_describes_passes_when_declared(specification):
    assert (
        specification.check_request("POST", "/oauth/token", "x=1", {}, b"a=b", "application/x-www-form-urlencoded")
        == []
    )
    assert specification.check_reply("POST", "/oauth/token", 200, {"Content-Type": "application/json"}, b"{}") == []
    assert specification.check_request("GET", "/oauth/token") != []


def test_replies(specification):
    def reply(status: int, body: Any = None, kind: str = "application/json") -> list[str]:
        data = b"" if body is None else json.dumps(body).encode()
        return specification.check_reply("PUT", "/sell/v1/offers/7", status, {"Content-Type": kind}, data)

    assert reply(200, {"name": "Lamp", "id": 7}) == []
    assert "'id' is a required property" in reply(200, {"name": "Lamp"})[0]
    assert "body.secret: is write-only" in reply(200, {"name": "Lamp", "id": 7, "secret": "x"})[0]
    assert "no property 'colour'" in reply(200, {"name": "Lamp", "id": 7, "colour": "x"})[0]
    assert "'text/html' is none of" in reply(200, {"name": "Lamp", "id": 7}, "text/html")[0]
    assert "the body is missing" in reply(200)[0]
    assert reply(204) == []
    assert "a body is sent" in reply(204, {})[0]
    assert "no such status" in reply(409, {})[0]
    assert reply(429, {}) == []
    assert reply(503, {}) == []


def test_plain_schemas_of_the_folder(specification):
    document = {"type": "object", "required": ["header"], "properties": {"header": {"type": "object"}}}
    feeds = Specification("feeds", {"feed.json": document}, KNOWN)
    assert feeds.check_document("feed.json", {"header": {}}) == []
    assert feeds.check_document("feed.json", {"messages": []}) != []


def test_documents_are_mended_where_declared(tmp_path):
    (tmp_path / "a.yaml").write_text(
        "openapi: 3.0.0\npaths:\n  /a/b:\n    get: {responses: {200: {description: old}}}\n"
    )
    mend = Mend("a.yaml", "/paths/~1a~1b/get/responses/200/description", "new", "a slip")
    documents = read_documents(tmp_path, sort_exceptions((mend,)))
    assert documents["a.yaml"]["paths"]["/a/b"]["get"]["responses"]["200"] == {"description": "new"}
    with pytest.raises(ValueError, match="fits nowhere"):
        read_documents(tmp_path, sort_exceptions((Mend("a.yaml", "/paths/~1c/get", 1, "gone"),)))


def test_a_small_call_is_checked_in_less_than_a_millisecond(specification):
    body = {"name": "Lamp", "price": {"amount": "9.90", "currency": "EUR"}, "item": {"type": "TEXT", "content": "x"}}
    put(specification, body)
    best = min(_time(lambda: put(specification, body)) for _ in range(200))
    assert best < 0.001


def _time(act: Any) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun
