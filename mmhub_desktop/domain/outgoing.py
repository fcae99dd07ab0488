"""A request as it will leave the machine: its line and body, byte for byte, without what proves who we are."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}")


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """One request that changes something at a marketplace.

    ``path`` is what follows the API's address, with its query, encoded as on the wire. What only the marketplace can
    name (the id of a picture or of the new listing) stands in path and body as ``{{name}}``. ``headers`` are those
    that belong to the request itself. ``only_if`` says in words when it is sent, empty when it always is.
    ``completes``: it follows a create, so that a listing that is there and unfinished gets it too; as it gets what
    names ``{{listing_id}}``.
    """

    method: str
    path: str
    body: bytes = b""
    content_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    only_if: str = ""
    completes: bool = False

    @property
    def text(self) -> str:
        """The body for people; bytes that are no text are replaced."""
        return self.body.decode("utf-8", "replace")

    @property
    def key(self) -> tuple[str, str, bytes]:
        """What two requests must share to be the same to the marketplace's eye."""
        return self.method, self.path, self.body

    def plain(self) -> Mapping[str, Any]:
        """As JSON values: the body as text where it is UTF-8, else as base64."""
        kept: dict[str, Any] = {"method": self.method, "path": self.path, "content_type": self.content_type}
        try:
            kept["body"] = self.body.decode("utf-8")
        except UnicodeDecodeError:
            kept["base64"] = base64.b64encode(self.body).decode("ascii")
        if self.headers:
            kept["headers"] = [list(pair) for pair in self.headers]
        if self.only_if:
            kept["only_if"] = self.only_if
        if self.completes:
            kept["completes"] = True
        return kept

    @classmethod
    def from_plain(cls, kept: Mapping[str, Any]) -> "OutgoingRequest":
        """What ``plain`` made of a request."""
        body = base64.b64decode(kept["base64"]) if "base64" in kept else str(kept["body"]).encode()
        headers = tuple((name, value) for name, value in kept.get("headers", ()))
        only_if, completes = kept.get("only_if", ""), bool(kept.get("completes"))
        return cls(kept["method"], kept["path"], body, kept["content_type"], headers, only_if, completes)


def picture_placeholder(place: int) -> tuple[str, str]:
    """What stands for the id and the address of a listing's picture (counted from 1) before it is uploaded."""
    return f"{{{{picture_{place}}}}}", f"{{{{picture_{place}_address}}}}"


def matches(planned: OutgoingRequest, method: str, path: str, body: bytes) -> bool:
    """Whether a request on the wire is the planned one, whatever stands for its placeholders."""
    if planned.method != method:
        return False
    if planned.path != path:
        known, placeholder, _ = planned.path.partition("{{")  # most of many differ there: no pattern for them
        if not placeholder or not path.startswith(known) or not re.fullmatch(_pattern(planned.path), path):
            return False
    if planned.body == body:
        return True
    if b"{{" not in planned.body:
        return False
    try:
        return re.fullmatch(_pattern(planned.text), body.decode("utf-8")) is not None
    except UnicodeDecodeError:
        return False


def _pattern(text: str) -> str:
    """A regular expression for a text in which anything short may stand for a placeholder."""
    return '[^"&/?<>{}]+'.join(re.escape(part) for part in PLACEHOLDER.split(text))
