"""Titles and descriptions as Kaufland's product data takes them: plain text, nothing cut."""

import re
import unicodedata

from mmhub_desktop.domain.product import Text
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.characters import without
from mmhub_desktop.marketplaces.plain_text import HTML, strip_html, suggest_title

TITLE_BEST = 80  # characters that Kaufland recommends at most
DESCRIPTION_MAX = 50_000  # no maximum is published; more than this is a mistake
_SHOWN = without(("Cc", "Cs", "Cn"))


def clean_text(text: Text, title_max: int) -> tuple[str, str, list[Finding]]:
    """Title and description to send, with findings; blocking ones where they cannot be sent."""
    title, findings = clean_title(text.title, title_max)
    description, more = clean_description(text.description)
    return title, description, findings + more


def clean_title(text: str, title_max: int) -> tuple[str, list[Finding]]:
    """The title in one line; a blocking finding when it is empty or too long."""
    title = " ".join(_printable(text).split())
    if not title:
        fix = "Write a title, or use Enhance."
        return title, [Finding("kaufland.title_missing", "title", "The product has no title.", fix)]
    if len(title) > title_max:
        message = f"The title has {len(title)} characters; this account stops at {title_max}."
        fix = f"Shorten it, for example to: {suggest_title(title, title_max)}"
        return title, [Finding("kaufland.title_long", "title", message, fix, title, f"at most {title_max}")]
    if len(title) > TITLE_BEST:
        message = f"The title has {len(title)} characters; {TITLE_BEST} are recommended."
        limit = f"{TITLE_BEST} recommended"
        return title, [Finding("kaufland.title_best", "title", message, "", title, limit, blocks=False)]
    return title, []


def clean_description(text: str) -> tuple[str, list[Finding]]:
    """The description as plain text; findings for what was changed, a blocking one when it is too long."""
    findings = []
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if HTML.search(plain):
        plain = strip_html(plain)
        message = "The description is sent as plain text, without its HTML."
        findings.append(Finding("kaufland.description_html", "description", message, blocks=False))
    plain = re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", _printable(plain))).strip()
    if len(plain) > DESCRIPTION_MAX:
        message = f"The description has {len(plain)} characters."
        limit = f"at most {DESCRIPTION_MAX}"
        findings.append(Finding("kaufland.description_long", "description", message, "Shorten it.", "", limit))
    return plain, findings


def _printable(text: str) -> str:
    """Composed, and without control characters and halves of characters, which JSON or a web page would break on."""
    return unicodedata.normalize("NFC", text).translate(_SHOWN)
