"""Descriptions written in HTML: made safe to show, turned into plain text, and plain text into HTML."""

import re
from html import escape, unescape

_ANY_CASE = re.IGNORECASE
_USUAL = "p|br|div|span|ul|ol|li|b|strong|i|em|u|h[1-6]|table|tr|td|th|tbody|thead|a|img|font"
_TAG = re.compile(rf"</?(?:{_USUAL})\b[^<>]*>", _ANY_CASE)
_SHOWN = {
    "p", "br", "b", "strong", "i", "em", "u", "s", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "table",
    "thead", "tbody", "tr", "td", "th", "blockquote", "pre", "code", "sub", "sup", "div", "span",
}  # fmt: skip
_BLOCK_END = re.compile(r"<\s*br\s*/?>|</\s*(?:p|div|li|tr|h[1-6]|ul|ol|table|blockquote|pre)\s*>", _ANY_CASE)
_ITEM = re.compile(r"<\s*li\b[^>]*>", _ANY_CASE)
_CELL_END = re.compile(r"</\s*t[dh]\s*>", _ANY_CASE)
_BULLET = re.compile(r"\s*[•\-*]\s+")


def is_html(text: str) -> bool:
    """Whether a text is meant as HTML: it has a tag that descriptions use (“a < b” has none)."""
    return _TAG.search(text) is not None


def safe_html(text: str) -> str:
    """The text with plain formatting alone: nothing that runs, loads or leads anywhere."""
    import nh3

    return nh3.clean(text, tags=_SHOWN, attributes={}, strip_comments=True)


def plain_of_html(text: str) -> str:
    """The words of HTML, paragraphs and list items on lines of their own."""
    import nh3

    spaced = re.sub(r"\s+", " ", nh3.clean(text, tags=_SHOWN, attributes={}))
    spaced = _CELL_END.sub("\t", _ITEM.sub("• ", _BLOCK_END.sub("\n", spaced)))
    words = unescape(nh3.clean(spaced, tags=set()))
    lines = (line.strip() for line in words.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def html_of_plain(text: str) -> str:
    """Plain words as HTML: blank lines part paragraphs, lines that begin with a bullet become a list."""
    parts = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.split("\n")
        if lines and all(_BULLET.match(line) for line in lines):
            items = (escape(_BULLET.sub("", line, count=1), quote=False) for line in lines)
            parts.append(f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>")
        elif block.strip():
            parts.append(f"<p>{'<br>'.join(escape(line, quote=False) for line in lines)}</p>")
    return "\n".join(parts)
