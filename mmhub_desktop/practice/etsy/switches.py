"""What can go wrong on the practice Etsy alone, and the words of its front door."""

from dataclasses import dataclass
from typing import Any

from mmhub_desktop.practice import faults
from mmhub_desktop.practice.answers import Refusal


@dataclass
class Switches(faults.Switches):
    """The switches of ``POST /_practice/faults``. Seconds and milliseconds as the names say."""

    redirect_uri: str = "http://localhost:3003/oauth/redirect"
    calls_per_day: int = 100_000
    vacation: bool = False
    eu_shop: bool = False  # no return policy is needed
    keystring_only: bool = False  # as before 2026: the key without the shared secret is taken
    stays_draft: bool = False  # publishing answers 200 and changes nothing
    sku_hidden: bool = False  # reads show no inventory
    images_conflict: bool = False  # an image while another is processed is a 409
    frozen: bool = False  # no listing can be changed
    addresses_hidden: bool = False  # receipts come without addresses
    no_enumerations: bool = False  # the published description cannot be had


def error_body(status: int) -> dict[str, Any]:
    """The body that Etsy's front door sends for a status."""
    if status == 401:
        return {"error": "invalid_token", "error_description": "access token is expired or revoked"}
    words = {
        400: "Invalid request",
        403: "Forbidden",
        404: "Resource not found",
        405: "Method not allowed",
        409: "Conflict",
        429: "You have exceeded your quota of API calls",
        503: "Service unavailable",
    }
    return {"error": words.get(status, "Server Error" if status >= 500 else "Invalid request")}


def refuse(status: int, words: str) -> Refusal:
    """A refusal in one sentence."""
    return Refusal(status, {"error": words})
