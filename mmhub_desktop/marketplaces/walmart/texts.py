"""Titles and descriptions in the form Walmart takes; what is changed is said, nothing is cut."""

import html
import re
import unicodedata
from html.parser import HTMLParser

from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.characters import without

_BLOCKS = frozenset({"p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "section"})
_KEPT = frozenset({"p", "ul", "li", "b", "br"})
_SILENT = frozenset({"script", "style", "head", "title"})
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|&(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);")
_SHOWN = without(also="\u202d\u202e")
_BULLET = re.compile(r"^\s*(?:[•·▪‣*]|[-–](?=\s))\s*(.+?)\s*$")


def clean_title(title: str) -> tuple[str, list[Finding]]:
    """The title in one line without control characters; a finding for what was taken out."""
    given = re.sub(r"\s+", " ", unicodedata.normalize("NFC", title)).strip()
    cleaned = re.sub(r"\s+", " ", _without_controls(given)).strip()
    if cleaned == given:
        return cleaned, []
    message = "Invisible characters in the title are left out."
    return cleaned, [Finding("walmart.title_characters", "title", message, f"It is sent as: {cleaned}", blocks=False)]


def suggest_title(title: str, limit: int) -> str:
    """The title up to the last whole word that fits."""
    whole = title[: limit + 1].rpartition(" ")[0].rstrip(" ,;:-–/(+&")
    return whole if len(whole) >= limit // 2 else title[:limit].rstrip()


def clean_description(text: str, *, keep_html: bool) -> tuple[str, list[Finding]]:
    """The description as plain text, or with the few tags that Walmart is known to show; findings for what changed."""
    given = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    cleaned = _without_controls(given)
    if _MARKUP.search(cleaned):
        cleaned = _simplify(cleaned, keep_html=keep_html)
    if cleaned == given:
        return cleaned, []
    message = (
        "HTML beyond p, ul, li, b and br is left out of the description."
        if keep_html
        else "The description is sent as plain text, without its HTML."
    )
    fix = "" if keep_html else "The account's settings let simple HTML through, if you know that Walmart takes it."
    return cleaned, [Finding("walmart.description_html", "description", message, fix, blocks=False)]


def bullets_of(text: str) -> list[str]:
    """The points of a description that is a list in part: list items of HTML, lines that begin with a bullet."""
    lines = _simplify(text, keep_html=False).split("\n") if _MARKUP.search(text) else text.splitlines()
    return [match[1] for line in lines if (match := _BULLET.match(line))]


class _Simple(HTMLParser):
    def __init__(self, *, keep_html: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._keep = keep_html
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - as the base says
        if tag in _SILENT:
            self._silent += 1
        elif self._keep:
            if tag in _KEPT:
                self.parts.append(f"<{tag}>")
        elif tag in _BLOCKS:
            self.parts.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif self._keep:
            if tag in _KEPT and tag != "br":
                self.parts.append(f"</{tag}>")
        elif tag in _BLOCKS and tag not in ("br", "li"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(html.escape(data, quote=False) if self._keep else data)


def _simplify(text: str, *, keep_html: bool) -> str:
    parser = _Simple(keep_html=keep_html)
    parser.feed(re.sub(r"<(?![a-zA-Z/!])", "&lt;", text))
    parser.close()
    words = "".join(parser.parts).replace("\xa0", " ")
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]*\n[ \t]*", "\n", words)).strip()


def _without_controls(text: str) -> str:
    """Without control characters, halves of pairs, unassigned ones and marks that turn the direction of text."""
    return text.translate(_SHOWN)
