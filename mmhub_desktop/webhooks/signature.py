"""Secrets and signatures as Standard Webhooks asks for them (standardwebhooks.com, specification of 2023)."""

import base64
import binascii
import hashlib
import hmac
import secrets

from mmhub_desktop.errors import UserMistake

PREFIX = "whsec_"
SECRET_BYTES = 32
_SHORTEST, _LONGEST = 24, 64  # bytes that the specification allows


def new_secret() -> str:
    """A fresh secret in the form that receivers expect."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def check_secret(secret: str) -> str:
    """The secret without stray spaces; UserMistake when it is none."""
    secret = secret.strip()
    try:
        key = _key(secret)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or not _SHORTEST <= len(key) <= _LONGEST:
        raise UserMistake(
            "This is not a webhook secret.",
            hint=f"It begins with {PREFIX} and goes on with {_SHORTEST} to {_LONGEST} bytes in Base64. "
            "Leave it empty to get a new one.",
        )
    return secret


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a message; ``timestamp`` in seconds since 1970, of this very try."""
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    digest = base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": f"v1,{digest}"}


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
