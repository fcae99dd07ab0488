"""Etsy."""

from tests.fidelity.exceptions import Beyond, Mend

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

_DOCUMENT = "etsy_open_api_v3_3.0.0.json"
_BATCH = "/paths/~1v3~1application~1listings~1batch/get"
_COMMAS = "Etsy takes several ids in one text, separated by commas; the document's default would repeat the name"

KNOWN = (
    Beyond("POST", "/v3/public/oauth/token", "OAuth is described on pages only, not in the document", _TOKEN),
    Beyond("GET", "/oauth/connect", "the consent page is described on pages only, not in the document"),
    Beyond("GET", "/openapi/generated/oas/3.0.0.json", "the address of the document itself, named in Etsy's README"),
    Mend(
        _DOCUMENT,
        "/components/schemas/ErrorSchema/properties/error_description",
        {"type": "string"},
        "refusals of tokens come with a description, which the document leaves out",
    ),
    *(Mend(_DOCUMENT, f"{_BATCH}/parameters/{place}/explode", False, _COMMAS) for place in (0, 1)),
)
