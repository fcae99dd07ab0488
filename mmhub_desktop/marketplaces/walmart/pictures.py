"""Addresses of pictures that Walmart can fetch: public, with the file's extension at the end."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from mmhub_desktop.errors import Finding, Rejected
from mmhub_desktop.marketplaces.base import RemoteImage
from mmhub_desktop.marketplaces.walmart.problems import LABEL
from mmhub_desktop.marketplaces.walmart.schema import Schema, properties_of

ADDRESS_MAX = 2_500
_PORTS = frozenset({80, 443, 8080, 8443})
_ENDINGS = (".jpg", ".jpeg", ".png", ".bmp")
_PLACEHOLDER = re.compile(r"\{\{.+\}\}")


def address_problem(address: str) -> str:
    """What keeps Walmart from fetching a picture, empty when nothing is known to."""
    if _PLACEHOLDER.fullmatch(address):
        return ""
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        return "has a port that is no number"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "is no public web address"
    if parts.username or parts.password:
        return "needs a password"
    if "?" in address or "#" in address:
        return "has a query (what follows “?” or “#”)"
    if port is not None and port not in _PORTS:
        return f"uses port {port}"
    if not parts.path.lower().endswith(_ENDINGS):
        return "does not end in .jpg, .png or .bmp"
    return "is too long" if len(address) > ADDRESS_MAX else ""


def check_addresses(addresses: Sequence[str]) -> tuple[Finding, ...]:
    """A blocking finding for each address that Walmart cannot use."""
    return tuple(
        Finding(
            "walmart.image_address",
            "images",
            f"The address of a picture {problem}.",
            "Use an address that ends in .jpg or .png, without “?”, on port 80, 443, 8080 or 8443, open to everybody.",
            address,
        )
        for address in addresses
        if (problem := address_problem(address))
    )


def image_fields(images: Sequence[RemoteImage], least: int) -> dict[str, Any]:
    """The picture fields of an item. Rejected for addresses that Walmart cannot use.

    Further pictures are left out where there are fewer than ``least``, what the specification demands of them.
    """
    addresses = [image.url or image.id for image in images]
    findings = check_addresses(addresses)
    if findings:
        raise Rejected(f"{LABEL} cannot fetch the pictures.", findings=findings, hint=findings[0].fix)
    if not addresses:
        return {}
    fields: dict[str, Any] = {"mainImageUrl": addresses[0]}
    if len(addresses) > max(1, least):
        fields["productSecondaryImageURL"] = addresses[1:]
    return fields


def further_least(visible: Schema) -> int:
    """How many further pictures a specification demands when there are any."""
    least = properties_of(visible).get("productSecondaryImageURL", {}).get("minItems")
    return least if isinstance(least, int) else 0
