"""Texts without what belongs to the seller alone: product texts become their length and a hash.

The hash is salted anew for every bundle: equal texts are seen to be equal inside it, and cannot be looked up.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from mmhub_desktop.log import MASK, clean

_SHORTEST = 4  # characters: shorter ones would hash ordinary syllables away
_OPEN_KEYS = frozenset({
    "id", "code", "error", "status", "type", "error_type", "site_id", "category_id", "domain_id", "currency_id",
    "buying_mode", "listing_type_id", "condition", "references", "field", "level", "department",
})  # fmt: skip
_OPEN_VALUE = re.compile(r"[\w.:/+-]{1,60}")


class Anonymizer:
    """``known`` are texts of products that are replaced wherever they stand; nothing is when ``keep_texts``."""

    def __init__(self, known: Iterable[str] = (), *, keep_texts: bool = False) -> None:
        self._keep = keep_texts
        self._salt = secrets.token_bytes(16)
        self._home = str(Path.home())
        wanted = {text.strip() for text in known}
        self._known = sorted((text for text in wanted if len(text) >= _SHORTEST), key=len, reverse=True)

    def mark(self, text: str) -> str:
        """What stands in place of a text."""
        digest = hashlib.sha256(self._salt + text.encode()).hexdigest()[:10]
        return f"[{len(text)} characters #{digest}]"

    def plain(self, text: str) -> str:
        """Any words: without secrets, without the name of the home folder, known product texts replaced."""
        if not self._keep:
            for known in self._known:
                for form in (known, json.dumps(known)[1:-1], json.dumps(known, ensure_ascii=False)[1:-1]):
                    if form in text:
                        text = text.replace(form, self.mark(known))
        if len(self._home) > 1:
            text = text.replace(self._home, "~")
        return clean(text)

    def text(self, text: str) -> str:
        """A text of a product."""
        return self.plain(text) if self._keep or not text else self.mark(text)

    def body(self, body: str) -> str:
        """The body of a call: names of fields, numbers and technical words stay; what cannot be read is left out."""
        if self._keep or not body:
            return self.plain(body)
        try:
            found = json.loads(body)
        except ValueError:
            return body if body.startswith("(") and MASK not in body else f"({len(body)} characters)"
        return self.plain(json.dumps(self._value(found, ""), ensure_ascii=False))

    def path(self, path: str) -> str:
        """An address: the names in its query stay, their values only when they are numbers."""
        start, mark, query = path.partition("?")
        if self._keep or not mark:
            return self.plain(path)
        pairs = parse_qsl(query, keep_blank_values=True)
        shown = [(name, value if value.isdigit() or value == MASK else self.mark(value)) for name, value in pairs]
        return self.plain(f"{start}?{urlencode(shown, safe=f'[]# {MASK}')}")

    def _value(self, value: Any, key: str) -> Any:
        if isinstance(value, dict):
            return {name: self._value(each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [self._value(each, key) for each in value]
        if isinstance(value, str) and not (key in _OPEN_KEYS and _OPEN_VALUE.fullmatch(value)):
            return self.mark(value)
        return value
