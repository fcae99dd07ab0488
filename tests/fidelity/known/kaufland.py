"""Kaufland."""

from tests.fidelity.exceptions import Demanded, Mend

_WHY = "the document has no securitySchemes: the signature's headers are described on pages only"
_FILE = "kaufland-seller-api-v2.27.0.openapi.json"
_NEWER = "later versions (2.41.0) have conditional attributes of categories; an older one is answered with a 400"

KNOWN = (
    Demanded("Shop-Client-Key", _WHY),
    Demanded("Shop-Timestamp", _WHY),
    Demanded("Shop-Signature", _WHY),
    Demanded("User-Agent", _WHY),
    Mend(_FILE, "/components/schemas/CategoryEmbeddable/enum/-", "conditional_attributes", _NEWER),
    Mend(
        _FILE,
        "/components/schemas/CategoryWithEmbedded/properties/conditional_attributes",
        {"type": "array", "items": {"$ref": "#/components/schemas/Attribute"}},
        _NEWER,
    ),
    Mend(
        _FILE,
        "/paths/~1units/post/responses/201",
        {
            "description": "Created",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ApiResponse_Unit_"}}},
        },
        "guides and public clients show 201 with a Location header for a new unit",
    ),
    Mend(
        _FILE,
        "/paths/~1units~1bulk/post/responses/400",
        {
            "description": "The whole request is refused",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}},
        },
        "its own text says that too many or duplicate units are answered with a 400",
    ),
)
