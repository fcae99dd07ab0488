"""Amazon (SP-API)."""

from typing import Any

from tests.fidelity.exceptions import Beyond, Demanded

_TOKEN = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "client_id", "client_secret"],
                    "properties": {
                        "grant_type": {"enum": ["authorization_code", "refresh_token", "client_credentials"]},
                        "code": {"type": "string"},
                        "redirect_uri": {"type": "string"},
                        "refresh_token": {"type": "string"},
                        "scope": {"type": "string"},
                        "client_id": {"type": "string"},
                        "client_secret": {"type": "string"},
                    },
                }
            }
        },
    },
}

_SCHEMA: dict[str, Any] = {
    "parameters": [
        {"name": "marketplace", "in": "query", "required": True, "schema": {"type": "string"}},
        {"name": "expires", "in": "query", "required": True, "schema": {"type": "string"}},
    ],
}

KNOWN = (
    Beyond("PUT", "/feed-files/{key}", "a feed's file is laid down behind a signed link to another host"),
    Beyond("GET", "/feed-files/{key}", "a feed's report lies behind a signed link to another host"),
    Beyond("GET", "/product-type-schemas/{name}", "a schema lies behind a signed link to another host", _SCHEMA),
    Beyond("POST", "/auth/o2/token", "Login with Amazon is described on pages only, not in a model", _TOKEN),
    Demanded("x-amz-access-token", "the models leave signing in to pages: every call carries the token in this header"),
    Demanded("user-agent", "the pages demand a User-Agent on every call"),
)
