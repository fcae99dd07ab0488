"""Etsy."""

from tests.fidelity.exceptions import Beyond

_TOKEN = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "client_id"],
                    "properties": {
                        "grant_type": {"enum": ["authorization_code", "refresh_token"]},
                        "client_id": {"type": "string"},
                        "redirect_uri": {"type": "string"},
                        "code": {"type": "string"},
                        "code_verifier": {"type": "string"},
                        "refresh_token": {"type": "string"},
                    },
                }
            }
        },
    },
}

KNOWN = (
    Beyond("POST", "/v3/public/oauth/token", "OAuth is described on pages only, not in the document", _TOKEN),
    Beyond("GET", "/oauth/connect", "the consent page is described on pages only, not in the document"),
)
