"""Titles and descriptions in the form eBay takes: a title in one line, a description that may be HTML, never cut."""

import html
import re
import unicodedata

from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.characters import without

TITLE_MAX, DESCRIPTION_MAX, FALLBACK_MAX = 80, 500_000, 4_000  # characters, HTML included

_ACTIVE = re.compile(
    r"<\s*(script|iframe|frame|object|embed|applet|form|input|button|meta|base|link)\b|\bon[a-z]+\s*=|javascript\s*:",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_SHOWN = without(("Cc", "Cs"))
_IN_LINE = without(("Cc", "Cs", "Cn"), keep="", put=" ")


def clean_title(title: str) -> tuple[str, list[Finding]]:
    """The title in one line without control characters, and what is wrong with it."""
    cleaned = " ".join(unicodedata.normalize("NFC", title.translate(_IN_LINE)).split())
    found = []
    if not cleaned:
        found.append(Finding("ebay.title_missing", "title", "The title is empty.", "Name product, brand and model."))
    elif len(cleaned) > TITLE_MAX:
        found.append(
            Finding(
                "ebay.title_long",
                "title",
                f"The title has {len(cleaned)} characters; eBay takes {TITLE_MAX}.",
                f"Shorten it, for example to: {shorten(cleaned, TITLE_MAX)}",
                title,
                f"at most {TITLE_MAX}",
            )
        )
    return cleaned, found


def clean_description(text: str, title: str) -> tuple[str, list[Finding]]:
    """The description as sent; plain text gets line breaks, and without any the title stands for it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_SHOWN).strip()
    if not text:
        message = "The product has no description; its title is sent instead."
        missing = Finding("ebay.description_missing", "description", message, "Write one.", blocks=False)
        return html.escape(title, quote=False), [missing]
    found = []
    active = _ACTIVE.search(text) if _TAG.search(text) else None
    if active:
        found.append(
            Finding(
                "ebay.description_active",
                "description",
                "eBay takes no active content (scripts, forms, frames) in descriptions.",
                "Remove it from the HTML.",
                active[0],
            )
        )
    if not _TAG.search(text):
        text = html.escape(text, quote=False).replace("\n", "<br>\n")
    if len(text) > DESCRIPTION_MAX:
        found.append(
            Finding(
                "ebay.description_long",
                "description",
                f"The description has {len(text):,} characters; eBay takes {DESCRIPTION_MAX:,}.",
                "Shorten it.",
                limit=f"at most {DESCRIPTION_MAX:,}",
            )
        )
    return text, found


def fallback(description: str, title: str) -> str:
    """The inventory item's own, shorter description, which eBay shows only where the listing has none."""
    words = " ".join(html.unescape(_TAG.sub(" ", description)).split())
    return words if words and len(words) <= FALLBACK_MAX else title


def shorten(text: str, limit: int) -> str:
    """The text up to the last whole word that fits: a suggestion."""
    whole = text[: limit + 1].rpartition(" ")[0].rstrip(" ,;:-–/(+&")
    return whole if len(whole) >= limit // 2 else text[:limit].rstrip()
