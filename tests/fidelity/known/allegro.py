"""Allegro."""

from tests.fidelity.exceptions import Beyond, Mend

_DOCUMENT = "allegro-rest-api.swagger.yaml"
_WHY = "signing in is described on pages only, not in the document"
_EMPTY = "a search without results has a count of 0, as its own description of limit and offset implies"
_FORMS = "/components/schemas/CheckoutForms/properties"

_REFUSED = "a refused token is answered {error, error_description} by the gateway before any call, as for the others"
_AUTH = {
    "description": "Unauthorized",
    "content": {
        "application/vnd.allegro.public.v1+json": {"schema": {"$ref": "#/components/schemas/AuthError"}},
    },
}
_OTHERWISE = (
    ("/sale/product-offers/{offerId}", "get"),
    ("/sale/matching-categories", "get"),
    ("/offers/{offerId}/change-price-commands/{commandId}", "put"),
)

KNOWN = (
    *(
        Mend(_DOCUMENT, f"/paths/{path.replace('/', '~1')}/{verb}/responses/401", _AUTH, _REFUSED)
        for path, verb in _OTHERWISE
    ),
    Beyond("POST", "/auth/oauth/token", _WHY),
    Beyond("GET", "/auth/oauth/authorize", _WHY),
    Beyond("POST", "/auth/oauth/device", _WHY),
    Beyond("GET", "/skojarz-aplikacje", "the page that a person opens to agree"),
    Mend(_DOCUMENT, f"{_FORMS}/count/minimum", 0, _EMPTY),
    Mend(_DOCUMENT, f"{_FORMS}/totalCount/minimum", 0, _EMPTY),
)
