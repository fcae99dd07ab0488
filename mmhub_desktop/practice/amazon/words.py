"""Error bodies, requests read, and who is calling: the practice Amazon's small words."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from mmhub_desktop.practice.answers import Refusal
from mmhub_desktop.practice.state import Json

CLIENT_ID = "amzn1.application-oa2-client.practice"
CLIENT_SECRET = "amzn1.oa2-cs.v1.practice"  # noqa: S105 - known to everybody
REFRESH_TOKEN = "Atzr|practice"  # noqa: S105 - known to everybody
SELLER_ID = "A2PRACTICESHOP"
TOKEN_HEADER = "x-amz-access-token"  # noqa: S105 - a header's name


def errors(code: str, message: str, details: str = "") -> Json:
    """The body of an error."""
    return {"errors": [{"code": code, "message": message, "details": details}]}


_STATUS = {
    400: ("InvalidInput", "One or more request parameters did not pass validation."),
    401: ("Unauthorized", "Access to requested resource is denied."),
    403: ("Unauthorized", "Access to requested resource is denied."),
    404: ("NotFound", "The resource specified does not exist."),
    413: ("RequestTooLarge", "The request size exceeded the maximum accepted size."),
    415: ("UnsupportedMediaType", "The request payload is in an unsupported format."),
    429: ("QuotaExceeded", "You exceeded your quota for the requested resource."),
    503: ("ServiceUnavailable", "Service is temporarily unavailable. Please try again."),
}


def error_body(status: int) -> Json:
    """What the front door says for a status."""
    return errors(*_STATUS.get(status, ("InternalFailure", "We encountered an internal error. Please try again.")))


def refuse(status: int, message: str = "", details: str = "", code: str = "") -> Refusal:
    """An error answer in Amazon's words."""
    usual = _STATUS.get(status, ("InternalFailure", "We encountered an internal error."))
    return Refusal(status, errors(code or usual[0], message or usual[1], details))


def listed(request: web.Request, name: str) -> list[str]:
    """A parameter of the query that holds several values, separated by commas."""
    return [one for one in request.query.get(name, "").split(",") if one]


def one_of(request: web.Request, name: str, known: Mapping[str, Any]) -> str:
    """A parameter that must name exactly one known thing. Refuses 400."""
    values = listed(request, name)
    if len(values) != 1 or values[0] not in known:
        raise refuse(400, f"Invalid '{name}' provided.")
    return values[0]


def sku_of(request: web.Request) -> str:
    """The SKU of the path; it may hold any character."""
    return unquote(request.rel_url.raw_path.rsplit("/", 1)[1])
