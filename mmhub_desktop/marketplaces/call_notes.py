"""A request and its answer as a ``Call`` that may be kept: shortened, files left out, and freed of every secret."""

import re
from datetime import datetime

import httpx

from mmhub_desktop.domain.call import Call
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.log import MASK, clean
from mmhub_desktop.marketplaces.redaction import redact

LONGEST_BODY = 8_000  # characters of a request or reply that are kept
_MARGIN = 4_000  # read beyond that before cutting, so that a secret at the cut is seen whole; longer than any token
_FORM = "application/x-www-form-urlencoded"
_QUERY_SECRET = re.compile(
    r"(?i)([?&](?:access_token|refresh_token|code|code_verifier|state|token|secret|password|signature)=)[^&]*"
)
_FORM_FIELD = re.compile(r"(?:^|(?<=&))([^=&]+)=([^&]*)")
# A word such as "item.title.invalid" under "code" is an error's name, not a consent code: those hold digits.
_ERROR_NAME = re.compile(r'"code"(\s*:\s*"[A-Za-z]+(?:[._ -][A-Za-z]+)*")')


def describe_call(
    account_id: AccountId,
    request: httpx.Request,
    response: httpx.Response | None,
    *,
    at: datetime,
    duration_s: float,
    error: str = "",
) -> Call:
    """The call without secrets; costs some tenths of a millisecond for large bodies."""
    path = _QUERY_SECRET.sub(rf"\1{MASK}", request.url.raw_path.decode("ascii", "replace"))
    return Call(
        account_id,
        at,
        request.method,
        _clean(path, request),
        _request_body(request),
        "" if response is None else _reply_body(response, request),
        None if response is None else response.status_code,
        round(duration_s * 1000),
        error,
    )


def _request_body(request: httpx.Request) -> str:
    kind = request.headers.get("Content-Type", "")
    if kind.startswith("multipart/") or not _is_text(kind):
        size = request.headers.get("Content-Length", "")
        return f"(a file, {int(size):,} bytes)" if size.isdigit() and size != "0" else ""
    text = _shorten(request.content, request)
    if kind.startswith(_FORM):  # signing in: the kinds of values are enough
        return _FORM_FIELD.sub(lambda m: m[0] if m[1] == "grant_type" else f"{m[1]}={MASK}", text)
    return text


def _reply_body(response: httpx.Response, request: httpx.Request) -> str:
    if not response.content:
        return ""
    kind = response.headers.get("Content-Type", "")
    if not _is_text(kind):
        return f"({kind or 'data'}, {len(response.content):,} bytes)"
    return _shorten(response.content, request)


def _is_text(kind: str) -> bool:
    return not kind or kind.startswith("text/") or any(word in kind for word in ("json", "xml", "form-urlencoded"))


def _shorten(body: bytes, request: httpx.Request) -> str:
    if not body:
        return ""
    most = (LONGEST_BODY + _MARGIN) * 4  # bytes: a character has at most four
    text = body[:most].decode("utf-8", "replace")[: LONGEST_BODY + _MARGIN]
    was_cut = len(body) > most or len(text) == LONGEST_BODY + _MARGIN
    cleaned = _clean(text, request)
    if was_cut:
        return cleaned[: min(LONGEST_BODY, max(0, len(cleaned) - _MARGIN))] + "…"
    return cleaned if len(cleaned) <= LONGEST_BODY else cleaned[:LONGEST_BODY] + "…"


def _clean(text: str, request: httpx.Request) -> str:
    shielded = _ERROR_NAME.sub('"c\0de"\\1', text)
    return clean(redact(shielded, request)).replace('"c\0de"', '"code"')
