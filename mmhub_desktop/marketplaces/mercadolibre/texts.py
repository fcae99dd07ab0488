"""Titles and descriptions in the form MercadoLibre takes: plain text without HTML or emoji, never cut silently."""

import re
import unicodedata

from mmhub_desktop.domain.product import Text
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.characters import Characters
from mmhub_desktop.marketplaces.plain_text import HTML, strip_html, suggest_title

_PAIR = re.compile(r"<([^<>]*)>")
_WORDLIKE_SYMBOLS = frozenset("©®™°№℠℃℉")  # category So, but part of product names and measures
_INVISIBLE = frozenset(  # marks of direction, zero-width signs, what joins and colours emoji
    "\u200b\u200d\u200e\u200f\u2060\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufe0e\ufe0f\ufeff\u20e3"
)


def clean_title(title: str, limit: int) -> tuple[str, list[Finding]]:
    """The title in one line without emoji; findings for what was taken out, and blocking ones if it cannot be used."""
    cleaned = re.sub(r"\s+", " ", _without_symbols(unicodedata.normalize("NFC", title))).strip()
    found: list[Finding] = []
    if not cleaned:
        found.append(
            Finding(
                "mercadolibre.title_missing", "title", "The title is empty.", "Name product, brand and model.", title
            )
        )
    elif cleaned != re.sub(r"\s+", " ", unicodedata.normalize("NFC", title)).strip():
        found.append(
            Finding(
                "mercadolibre.title_symbols",
                "title",
                "MercadoLibre takes no emoji or symbols in titles; they are left out.",
                f"It will be sent as: {cleaned}",
                title,
                blocks=False,
            )
        )
    if len(cleaned) > limit:
        found.append(
            Finding(
                "mercadolibre.title_long",
                "title",
                f"The title has {len(cleaned)} characters; this category takes {limit}.",
                f"Shorten it, for example to: {suggest_title(cleaned, limit)}",
                title,
                f"at most {limit}",
            )
        )
    return cleaned, found


def clean_description(text: str, limit: int) -> tuple[str, list[Finding]]:
    """The description as plain text; findings for what was changed, a blocking one when it is too long."""
    found: list[Finding] = []
    plain = given = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if HTML.search(plain):
        plain = strip_html(plain)
    plain = _PAIR.sub(r"‹\1›", plain)  # what is left of brackets is meant as words, but would be taken for a tag
    if plain != given:
        found.append(
            Finding(
                "mercadolibre.description_html",
                "description",
                "MercadoLibre takes plain text only; the description is sent without its HTML.",
                blocks=False,
            )
        )
    cleaned = _without_symbols(plain)
    if cleaned != plain:
        found.append(
            Finding(
                "mercadolibre.description_symbols",
                "description",
                "MercadoLibre takes no emoji or symbols in descriptions; they are left out.",
                blocks=False,
            )
        )
    cleaned = re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", cleaned)).strip()
    if len(cleaned) > limit:
        found.append(
            Finding(
                "mercadolibre.description_long",
                "description",
                f"The description has {len(cleaned)} characters; MercadoLibre takes {limit}.",
                "Shorten it.",
                limit=f"at most {limit}",
            )
        )
    return cleaned, found


def clean_text(text: Text, title_max: int, description_max: int) -> tuple[str, str, list[Finding]]:
    """Title and description together with their findings."""
    title, title_findings = clean_title(text.title, title_max)
    description, description_findings = clean_description(text.description, description_max)
    return title, description, title_findings + description_findings


def _without_symbols(text: str) -> str:
    """Without emoji, pictures and invisible signs; letters of every script stay, decorated ones (𝐁𝐨𝐥𝐝) become plain."""
    return text.translate(_WORDS)


def _plain_letter(char: str) -> str:
    """Letters beyond the first 65,536 characters in their usual form; nothing where there is none."""
    if ord(char) <= 0xFFFF:
        return char
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 and ord(plain) <= 0xFFFF else ""


def _is_symbol(char: str) -> bool:
    if not char or char in _INVISIBLE:
        return True
    if char in _WORDLIKE_SYMBOLS or char in "\n\t":
        return False
    return unicodedata.category(char) in ("So", "Cc", "Cs", "Co", "Cn")


def _word_letter(char: str) -> str:
    plain = _plain_letter(char)
    return "" if _is_symbol(plain) else plain


_WORDS = Characters(_word_letter)
