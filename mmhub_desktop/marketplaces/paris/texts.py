"""Titles and descriptions in the form Paris takes them; nothing is cut or dropped without a word."""

import html
import re
import unicodedata
from functools import lru_cache

from mmhub_desktop.domain.product import Text
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.characters import without, without_accents

SHORT_MAX = 250  # characters of the short description that an integrator found to pass
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_ACTIVE = re.compile(r"(?is)<(script|style|iframe|object)\b.*?(</\1\s*>|$)")
_BREAK = re.compile(r"(?i)</?(?:p|br|div|li|ul|ol|tr|table|h[1-6])\b[^<>]*>")
_DIRECTION = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_SHOWN = without(("Cc", "Cs"), also=_DIRECTION)


@lru_cache(16_384)
def fold(text: str) -> str:
    """A text for comparing: without case, accents and repeated spaces."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return re.sub(r"\s+", " ", without_accents(plain)).strip()


def clean_title(title: str, limit: int) -> tuple[str, list[Finding]]:
    """The title in one line; blocking findings when it is missing or too long."""
    given = re.sub(r"\s+", " ", unicodedata.normalize("NFC", title)).strip()
    cleaned = re.sub(r"\s+", " ", _without_controls(given)).strip()
    if not cleaned:
        return "", [Finding("paris.title_missing", "title", "The title is empty.", "Name product, brand and model.")]
    found = []
    if cleaned != given:
        message = "Invisible control characters in the title are left out."
        found.append(Finding("paris.title_controls", "title", message, f"It is sent as: {cleaned}", blocks=False))
    if len(cleaned) > limit:
        message = f"The title has {len(cleaned)} characters; at most {limit} are sent."
        fix = f"Shorten it, for example to: {suggest(cleaned, limit)}"
        found.append(Finding("paris.title_long", "title", message, fix, title, f"at most {limit}"))
    return cleaned, found


def suggest(text: str, limit: int) -> str:
    """The text up to the last whole word that fits."""
    whole = text[: limit + 1].rpartition(" ")[0].rstrip(" ,;:-–/(+&")
    return whole if len(whole) >= limit // 2 else text[:limit].rstrip()


def long_description(text: Text) -> tuple[str, list[Finding]]:
    """The description as HTML: yours where it is HTML, else its words with line breaks."""
    given = _without_controls(unicodedata.normalize("NFC", text.description.replace("\r\n", "\n").replace("\r", "\n")))
    if not _TAG.search(given):
        return html.escape(given.strip(), quote=False).replace("\n", "<br>"), []
    safe = _ACTIVE.sub("", given).strip()
    if safe == given.strip():
        return safe, []
    message = "Scripts and styles in the description are left out."
    return safe, [Finding("paris.description_scripts", "description", message, blocks=False)]


def short_description(text: Text) -> tuple[str, list[Finding]]:
    """The description in plain words: all of it where it fits, else its first whole sentences, which is said."""
    markup = _TAG.search(text.description)
    plain = _BREAK.sub(" ", _ACTIVE.sub(" ", text.description)) if markup else text.description
    plain = html.unescape(_TAG.sub("", plain)) if markup else plain
    plain = re.sub(r"\s+", " ", _without_controls(unicodedata.normalize("NFC", plain))).strip()
    if len(plain) <= SHORT_MAX:
        return plain, []
    sentences = re.match(rf"(?s).{{1,{SHORT_MAX - 1}}}[.!?](?=\s)", plain)
    short = sentences[0] if sentences else suggest(plain, SHORT_MAX)
    message = f"The short description holds the beginning of the long one (at most {SHORT_MAX} characters)."
    fix = f"To say something else, add the attribute “Descripción corta”. It is sent as: {short}"
    limit = f"at most {SHORT_MAX}"
    return short, [Finding("paris.short_description", "description", message, fix, "", limit, blocks=False)]


def _without_controls(text: str) -> str:
    return text.translate(_SHOWN)
