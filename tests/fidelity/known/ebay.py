"""eBay."""

from tests.fidelity.exceptions import Beyond, Ignored, Mend

_TOKEN = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"enum": ["authorization_code", "refresh_token", "client_credentials"]},
                        "code": {"type": "string"},
                        "redirect_uri": {"type": "string"},
                        "refresh_token": {"type": "string"},
                        "scope": {"type": "string"},
                    },
                }
            }
        },
    },
    "parameters": [
        {"name": "Authorization", "in": "header", "required": True, "schema": {"type": "string"}},
    ],
}

_INVENTORY = "sell_inventory_v1_oas3.json"
_UPLOAD = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["image"],
                "properties": {"image": {"type": "string", "format": "binary"}},
            }
        }
    },
}
_ASPECTS = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}

_ERROR_ROWS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "errorId": {"type": "integer"},
            **{name: {"type": "string"} for name in ("category", "domain", "subdomain", "message", "longMessage")},
            **{name: {"type": "array", "items": {"type": "string"}} for name in ("inputRefIds", "outputRefIds")},
            "parameters": {
                "type": "array",
                "items": {"type": "object", "properties": {"name": {"type": "string"}, "value": {"type": "string"}}},
            },
        },
    },
}

KNOWN = (
    *(
        Mend(
            document,
            "/components/schemas/Error/properties/errors",
            _ERROR_ROWS,
            "errors come as a list under “errors”, as the documentation of error handling says; the schema is one row",
        )
        for document in (
            _INVENTORY,
            "sell_account_v1_oas3.json",
            "commerce_media_v1_beta_oas3.json",
            "developer_analytics_v1_beta_oas3.json",
        )
    ),
    *(
        Mend(_INVENTORY, f"/components/schemas/{schema}/properties/aspects", _ASPECTS, reason)
        for schema in ("Product", "InventoryItemGroup")
        for reason in ("its own text shows an object of lists, the schema says text",)
    ),
    Mend(
        _INVENTORY,
        "/components/schemas/InventoryItemGroup/required",
        ["variantSKUs"],
        "the key stands in the path of the PUT; its text says that the field is for reading only",
    ),
    Mend(
        _INVENTORY,
        "/components/schemas/Address/required",
        ["country"],
        "its text: a warehouse needs either postal code and country, or city, state and country",
    ),
    Mend(
        _INVENTORY,
        "/components/schemas/InventoryLocationFull/required",
        ["location"],
        "its text: the telephone number is for stores",
    ),
    Mend(
        _INVENTORY,
        "/paths/~1offer/post/responses/409",
        {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}},
        "an offer that exists already is answered with 400 or, as several clients report, with 409",
    ),
    Mend(
        "commerce_media_v1_beta_oas3.json",
        "/paths/~1image~1create_image_from_file/post/requestBody",
        _UPLOAD,
        "the upload's body is told in words only: multipart/form-data with the field image",
    ),
    Ignored("sell_fulfillment_v1_oas3.v1.20.7.json", "it holds no enums: v1.20.6 beside it is the stricter one"),
    Beyond("POST", "/identity/v1/oauth2/token", "OAuth is described on pages only, not in a contract", _TOKEN),
    Beyond("GET", "/oauth2/authorize", "the consent page is described on pages only, not in a contract"),
)
