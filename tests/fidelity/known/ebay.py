"""eBay."""

from tests.fidelity.exceptions import Beyond, Ignored

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

KNOWN = (
    Ignored("sell_fulfillment_v1_oas3.v1.20.7.json", "it holds no enums: v1.20.6 beside it is the stricter one"),
    Beyond("POST", "/identity/v1/oauth2/token", "OAuth is described on pages only, not in a contract", _TOKEN),
    Beyond("GET", "/oauth2/authorize", "the consent page is described on pages only, not in a contract"),
)
