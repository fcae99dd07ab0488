"""Texts as parts of SKUs and handles: plain letters and digits, the same for the same text, always."""

import re
import unicodedata
from hashlib import blake2b

_NOT_PLAIN = re.compile(r"[^0-9A-Za-z]+")
_MARKS = re.compile("[\u0300-\u036f]+")


def slug(text: str) -> str:
    """A text as part of a SKU: plain letters and digits; what has none of them is told by a short hash."""
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", text.replace("ß", "ss")))
    plain = _NOT_PLAIN.sub("-", bare).strip("-")
    return plain or (short_hash(text) if text.strip() else "")


def short_hash(text: str) -> str:
    """Ten letters and digits that are the same for the same text, always."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()
