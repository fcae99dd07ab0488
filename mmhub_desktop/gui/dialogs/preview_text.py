"""A preview's line as rich text: fields old and new, with changed words marked, and the findings with their fixes."""

import html
import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from mmhub_desktop.domain.preview import PreviewDetail, PreviewField
from mmhub_desktop.errors import Finding
from mmhub_desktop.gui.tables.preview_columns import OUTCOMES, what_happens
from mmhub_desktop.gui.theme import theme

MOST_WORDS = 3_000  # of both texts together: comparing longer ones word by word would hold the window up
FIELD_WORDS = {
    "title": "Title", "price": "Price", "quantity": "Stock", "description": "Description", "category": "Category",
    "condition": "Condition", "brand": "Brand", "gtin": "GTIN", "images": "Images", "state": "State",
}  # fmt: skip

_WORDS = re.compile(r"\s+|[^\s]+")


def field_words(name: str) -> str:
    """A field's name for people."""
    return FIELD_WORDS.get(name, name.removeprefix("attributes."))


def word_diff(old: str, new: str) -> list[tuple[str, str]]:
    """The texts as pieces of (kind, text): same, gone, added. Whole texts where they are too long to compare."""
    ours, theirs = _WORDS.findall(old), _WORDS.findall(new)
    if len(ours) + len(theirs) > MOST_WORDS:
        return [("gone", old), ("added", new)]
    pieces: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(("same", "".join(ours[a:b])))
            continue
        if b > a:
            pieces.append(("gone", "".join(ours[a:b])))
        if d > c:
            pieces.append(("added", "".join(theirs[c:d])))
    return pieces


def detail_html(detail: PreviewDetail) -> str:
    """Everything but the request, in the colours of the scheme in force."""
    row = detail.row
    word = OUTCOMES[row.outcome]
    parts = [
        f'<p style="{_ink("muted")}">{html.escape(row.sku)}</p>',
        f'<p><span style="{_ink(_tone(word.tone))}"><b>{word.word}</b></span> · {html.escape(what_happens(row))}</p>',
    ]
    parts += [_finding(finding) for finding in detail.findings]
    parts.append(_fields(detail.fields))
    return "".join(parts)


def _fields(fields: Sequence[PreviewField]) -> str:
    if not fields:
        return ""
    rows = "".join(
        f'<tr><td style="{_ink("muted")} padding: 5px 14px 5px 0" width="90">{html.escape(field_words(one.name))}</td>'
        f'<td style="padding: 5px 0">{_value(one)}</td></tr>'
        for one in fields
    )
    return f'<table width="100%" cellspacing="0" style="margin-top: 10px">{rows}</table>'


def _value(field: PreviewField) -> str:
    if not field.old:
        return _lines(field.new)
    if not field.differs:
        return f'<span style="{_ink("muted")}">{_lines(field.new)}</span>'
    if len(_WORDS.findall(field.old)) + len(_WORDS.findall(field.new)) <= 6:
        return f"{_marked('gone', field.old)} → {_marked('added', field.new)}"
    return "".join(_marked(kind, text) for kind, text in word_diff(field.old, field.new))


def _marked(kind: str, text: str) -> str:
    if kind == "same":
        return _lines(text)
    token, line = ("err", "line-through") if kind == "gone" else ("ok", "none")
    color = theme().color
    style = f"color:{color(token).name()}; background:{color(token + '_soft').name()}; text-decoration:{line}"
    return f'<span style="{style}">{_lines(text)}</span>'


def _finding(finding: Finding) -> str:
    tone, word = ("err", "Blocks") if finding.blocks else ("warn", "Note")
    fix = f'<br><span style="{_ink("muted")}">{html.escape(finding.fix)}</span>' if finding.fix else ""
    where = f"{html.escape(field_words(finding.field))}: " if finding.field else ""
    return f'<p><span style="{_ink(tone)}"><b>{word}</b></span> · {where}{html.escape(finding.message)}{fix}</p>'


def _lines(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def _ink(token: str) -> str:
    return f"color:{theme().color(token).name()};"


def _tone(tone: str) -> str:
    return {"accent": "accent_text"}.get(tone, tone)
