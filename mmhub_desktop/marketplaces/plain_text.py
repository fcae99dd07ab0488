"""Texts for marketplaces that take no HTML: its words with line breaks, and titles shortened at a word."""

import html
import re
from html.parser import HTMLParser

_BREAKING = frozenset(
    {"p", "br", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "section"}
)
_SILENT = frozenset({"script", "style", "head", "title"})
HTML = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|&(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);")


def suggest_title(title: str, limit: int) -> str:
    """The title cut at the last whole word that fits."""
    head = title[: limit + 1]
    whole = head.rpartition(" ")[0].rstrip(" ,;:-–/(+&")
    return whole if len(whole) >= limit // 2 else title[:limit].rstrip()


class _PlainText(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - as the base says
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BREAKING:
            self.parts.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BREAKING and tag not in ("br", "li"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def strip_html(text: str) -> str:
    """Words of an HTML text with line breaks where blocks end. A lone ``<`` as in “< 5 cm” stays."""
    parser = _PlainText()
    parser.feed(re.sub(r"<(?![a-zA-Z/!])", "&lt;", text))
    parser.close()
    words = html.unescape("".join(parser.parts)).replace("\xa0", " ")
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]*\n[ \t]*", "\n", words)).strip()
