"""Walmart: where its published documents and what it does (or their own examples) differ."""

from typing import Any

from tests.fidelity.exceptions import Excused, Mend

_ITEMS = "item-management.openapi.json"
_FEEDS = "feed-management.openapi.json"
_STOCK = "inventory-management.openapi.json"
_PRICE = "price-management.openapi.json"

_NOT_FOUND = "answers 404 CONTENT_NOT_FOUND for what is not there yet, as public threads of its clients show"
_OWN_EXAMPLE = "the document's own example of this reply has it"


def _json(schema: dict[str, Any], words: str) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": schema}}}


KNOWN: tuple[Any, ...] = (
    Mend(
        _ITEMS,
        "/paths/~1v3~1feeds/post/requestBody/content/application~1json",
        {"schema": {"type": "object"}},
        "its text and its Content-Type parameter say that the JSON may be the body itself",
    ),
    Mend(
        _FEEDS,
        "/paths/~1v3~1feeds~1{feedId}/get/responses/200/content/application~1json/schema/properties/feedSubmissionDate",
        {"type": "integer"},
        _OWN_EXAMPLE,
    ),
    Mend(
        _FEEDS,
        "/paths/~1v3~1feeds~1{feedId}/get/responses/200/content/application~1json/schema/properties/itemDetails"
        "/properties/itemIngestionStatus/items/properties/itemid",
        {"type": "string"},
        _OWN_EXAMPLE,
    ),
    Mend(
        _FEEDS,
        "/paths/~1v3~1feeds~1{feedId}/get/responses/200/content/application~1json/schema/properties/itemDetails"
        "/properties/itemIngestionStatus/items/properties/ingestionErrors/properties/ingestionError/items/properties/field",
        {"type": "string"},
        "replies that clients show name the field of an item's error",
    ),
    Mend(
        _FEEDS,
        "/paths/~1v3~1feeds~1{feedId}/get/responses/404",
        _json({"type": "object"}, "No such feed"),
        "answers 404 when the @ of a feed's id is not encoded, as public threads of its clients show",
    ),
    Mend(
        _ITEMS,
        "/paths/~1v3~1items~1{id}/get/responses/200/content/application~1json/schema/properties/ItemResponse",
        {"type": "array", "items": {"type": "object", "required": ["sku"]}},
        _OWN_EXAMPLE,
    ),
    Mend(
        _ITEMS,
        "/paths/~1v3~1items~1{id}/get/responses/200/content/application~1json/schema/properties/totalItems",
        {"type": "integer"},
        _OWN_EXAMPLE,
    ),
    Mend(
        _ITEMS,
        "/paths/~1v3~1items~1taxonomy/get/responses/200/content/application~1json/schema/properties/itemTaxonomy",
        {"type": "array", "items": {"type": "object"}},
        "the document's own example is a list of categories",
    ),
    Mend(_ITEMS, "/paths/~1v3~1items/get/responses/404", _json({"type": "object"}, "None"), _NOT_FOUND),
    Mend(_ITEMS, "/paths/~1v3~1items~1{sku}/delete/responses/404", _json({"type": "object"}, "None"), _NOT_FOUND),
    Mend(_STOCK, "/paths/~1v3~1inventory/get/responses/404", _json({"type": "object"}, "None"), _NOT_FOUND),
    Mend(_STOCK, "/paths/~1v3~1inventory/put/responses/404", _json({"type": "object"}, "None"), _NOT_FOUND),
    Mend(
        _STOCK, "/paths/~1v3~1inventory/put/responses/400", _json({"type": "object"}, "Refused"), "its guides show 400"
    ),
    Mend(_PRICE, "/paths/~1v3~1price/put/responses/404", _json({"type": "object"}, "None"), _NOT_FOUND),
    Mend(_PRICE, "/paths/~1v3~1price/put/responses/400", _json({"type": "object"}, "Refused"), "its guides show 400"),
    Mend(_PRICE, "/paths/~1v3~1price/post/responses/404", _json({"type": "object"}, "None"), _NOT_FOUND),
    Excused(
        r"→ [45]\d\d: body: no property 'errors' is described",
        "the gateway before every path answers with a list of errors, whatever form the path's own document has",
    ),
    Excused(
        r"GET /v3/orders: query (hasMoreElements|soIndex|poIndex|partnerId|sellerId) is not described",
        "parts of nextCursor, which is to be sent back as it came; the document's own example has them",
    ),
)
