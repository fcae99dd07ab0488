"""Error bodies in Allegro's form."""

from typing import Any

from mmhub_desktop.practice.answers import Refusal
from mmhub_desktop.practice.state import Json

_WORDS = {
    400: ("BadRequest", "The request is not understood."),
    403: ("AccessDenied", "You have no right to do this."),
    404: ("NotFound", "It was not found."),
    405: ("MethodNotAllowed", "This cannot be done here."),
    406: ("NotAcceptableException", "Not acceptable representation requested. Please check 'Accept' request header"),
    409: ("Conflict", "It is being changed at the moment."),
    413: ("PayloadTooLarge", "It is too large."),
    415: ("UnsupportedMediaType", "This Content-Type is not supported."),
    422: ("UnprocessableEntity", "It cannot be processed."),
    429: ("TooManyRequests", "There are too many requests. Try again later."),
    500: ("InternalServerError", "Something has gone wrong."),
    502: ("BadGateway", "Something has gone wrong."),
    503: ("ServiceUnavailable", "The service is not available at the moment."),
}


def error(code: str, message: str, path: str | None = None, user: str = "", **metadata: Any) -> Json:
    """One entry of an error body."""
    entry: Json = {"code": code, "message": message, "details": None, "path": path, "userMessage": user or message}
    if metadata:
        entry["metadata"] = {name: str(value) for name, value in metadata.items()}
    return entry


def body_of(status: int) -> Json:
    """The body of a status of which nothing more is known; 401 has a form of its own."""
    if status == 401:
        return {"error": "invalid_token", "error_description": "The access token is missing, expired or unknown."}
    return {"errors": [error(*_WORDS.get(status, _WORDS[500]))]}


def refuse(status: int, *errors: Json) -> Refusal:
    """An error answer."""
    return Refusal(status, {"errors": list(errors)} if errors else body_of(status), {"trace-id": "practice"})
