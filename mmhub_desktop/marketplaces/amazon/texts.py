"""Titles and descriptions in the form Amazon takes: plain text without HTML, never cut silently."""

import re
import unicodedata

from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.characters import without
from mmhub_desktop.marketplaces.plain_text import HTML, strip_html, suggest_title

_LIST_LINE = re.compile(r"^\s*[-•*·–]\s+(\S.*)$", re.MULTILINE)
_BULLETS = 5
_SHOWN = without()


def clean_title(title: str, limit: int) -> tuple[str, list[Finding]]:
    """The title in one line; findings for what was taken out, blocking ones where it cannot be used."""
    normal = re.sub(r"\s+", " ", unicodedata.normalize("NFC", title)).strip()
    cleaned = re.sub(r"\s+", " ", without_controls(normal)).strip()
    found: list[Finding] = []
    if not cleaned:
        found.append(Finding("amazon.title_missing", "title", "The title is empty.", "Name brand and product.", title))
    elif cleaned != normal:
        found.append(_left_out("title"))
    if len(cleaned) > limit:
        found.append(
            Finding(
                "amazon.title_long",
                "title",
                f"The title has {len(cleaned)} characters; this product type takes {limit}.",
                f"Shorten it, for example to: {suggest_title(cleaned, limit)}",
                title,
                f"at most {limit}",
            )
        )
    return cleaned, found


def clean_description(text: str, limit: int) -> tuple[str, list[Finding]]:
    """The description as plain text; findings for what was changed, a blocking one when it is too long."""
    given = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    plain = strip_html(given) if HTML.search(given) else given
    found: list[Finding] = []
    if plain != given:
        message = "Amazon takes plain text only; the description is sent without its HTML."
        found.append(Finding("amazon.description_html", "description", message, blocks=False))
    cleaned = without_controls(plain)
    if cleaned != plain:
        found.append(_left_out("description"))
    cleaned = cleaned.strip()
    if len(cleaned) > limit:
        message = f"The description has {len(cleaned)} characters; this product type takes {limit}."
        fix = f"Shorten it, for example to end with: …{suggest_title(cleaned, limit)[-60:]}"
        found.append(Finding("amazon.description_long", "description", message, fix, limit=f"at most {limit}"))
    return cleaned, found


def bullets_in(description: str) -> list[str]:
    """The lines of a plain description's list, at most five."""
    return [line.strip() for line in _LIST_LINE.findall(description)][:_BULLETS]


def first_sentence(description: str) -> str:
    """The first sentence or line of a plain description."""
    return re.split(r"(?<=[.!?])\s|\n", description.strip(), maxsplit=1)[0].strip()


def without_controls(text: str) -> str:
    """Without characters that no reader can see, line breaks and tabs aside."""
    return text.translate(_SHOWN)


def _left_out(field: str) -> Finding:
    message = f"The {field} holds control characters; they are left out."
    return Finding("amazon.control_characters", field, message, blocks=False)
