"""Error bodies in the practice Walmart's words."""

from typing import Any

from mmhub_desktop.practice.answers import Refusal
from mmhub_desktop.practice.state import Json

_WORDS = {
    400: ("INVALID_REQUEST_CONTENT.GMP_GATEWAY_API", "The request content is invalid", "DATA"),
    401: ("UNAUTHORIZED.GMP_GATEWAY_API", "Unauthorized", "DATA"),
    403: ("FORBIDDEN.GMP_GATEWAY_API", "Access to this resource is not allowed", "DATA"),
    404: ("CONTENT_NOT_FOUND.GMP_ITEM_QUERY_API", "No content found for the request", "DATA"),
    405: ("METHOD_NOT_ALLOWED.GMP_GATEWAY_API", "The method is not allowed", "DATA"),
    413: ("REQUEST_TOO_LARGE.GMP_GATEWAY_API", "The request is too large", "DATA"),
    423: ("RESOURCE_IS_LOCKED.GMP_GATEWAY_API", "The resource is being changed", "SYSTEM"),
    429: ("REQUEST_THRESHOLD_VIOLATED.GMP_GATEWAY_API", "Request threshold violated", "SYSTEM"),
}


def entry_of(code: str, words: str, field: str = "", category: str = "DATA") -> Json:
    """One entry of an error body."""
    return {
        "code": code,
        "field": field,
        "description": words,
        "info": "One or more request parameters are invalid." if category == "DATA" else "System encountered an error.",
        "severity": "ERROR",
        "category": category,
        "causes": [],
        "errorIdentifiers": {},
    }


def body_of(status: int) -> Any:
    """What the gateway says of a status when nothing more is known."""
    code, words, category = _WORDS.get(status, ("SYSTEM_ERROR.GMP_GATEWAY_API", "Internal system error", "SYSTEM"))
    return {"errors": [entry_of(code, words, category=category)]}


def refuse(status: int, code: str, words: str, field: str = "", *, key: str = "errors") -> Refusal:
    """A refusal; ``key`` is ``errors``, ``error``, or empty for the entry by itself, as the documents vary."""
    entry = entry_of(code, words, field)
    return Refusal(status, {key: [entry]} if key else entry)
