"""Foreign texts without secrets: those that a request carried, and whatever looks like one."""

import re
from urllib.parse import parse_qs

import httpx

_SHORTEST_SECRET = 6  # characters

_SIGN_IN_FIELDS = frozenset({"grant_type", "client_id", "token", "code"})

_SECRET_FIELD = re.compile(
    r"""(["']?(?:access_token|refresh_token|client_secret|code_verifier|code|password|token)["']?\s*[:=]\s*["']?)"""
    r"""[^"'&,\s}]{6,}"""
)
_SIGNED_LINK = re.compile(r"(?i)(x-amz-(?:signature|security-token|credential)=)[^&\"'\s<>\\]+")
_BEARER = re.compile(r"(?i)(bearer\s+)\S+")


def redact(text: str, request: httpx.Request) -> str:
    """A foreign text without the secrets that the request sent and without what looks like one."""
    sent = [request.headers.get("Authorization", "").rpartition(" ")[2]]
    sent += request.headers.get("x-api-key", "").split(":")
    sent.append(request.headers.get("x-amz-access-token", ""))
    if request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        form = parse_qs(request.content.decode("ascii", "replace"))
        if form.keys() & _SIGN_IN_FIELDS:  # a form with a listing's own words is no secret
            sent += [values[0] for name, values in form.items() if name != "grant_type"]
    for secret in sent:
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "•••")
    text = _SIGNED_LINK.sub(r"\1•••", text)
    return _BEARER.sub(r"\1•••", _SECRET_FIELD.sub(r"\1•••", text))
