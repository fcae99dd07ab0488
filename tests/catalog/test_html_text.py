"""HTML descriptions: safe to show, plain, and back."""

import pytest

from mmhub_desktop.catalog.html_text import html_of_plain, is_html, plain_of_html, safe_html


@pytest.mark.parametrize(
    ("text", "expected"),
    [("<p>Hi</p>", True), ("line<br/>line", True), ("a < b and c > d", False), ("5<x>7", False), ("plain", False)],
)
def test_what_is_meant_as_html(text: str, expected: bool) -> None:
    assert is_html(text) is expected


def test_nothing_runs_loads_or_leads_anywhere() -> None:
    dirty = (
        '<p onclick="x()" style="color:red">Good <b>lamp</b><script>alert(1)</script>'
        '<img src="file:///etc/passwd"><a href="javascript:x">here</a><iframe src="http://x"></iframe></p>'
    )
    assert safe_html(dirty) == "<p>Good <b>lamp</b>here</p>"


def test_html_becomes_readable_lines() -> None:
    html = "<h2>Lamp</h2><p>Warm &amp; bright,<br>5&nbsp;W</p><ul><li>One</li><li>Two</li></ul>"
    assert plain_of_html(html) == "Lamp\nWarm & bright,\n5\u00a0W\n• One\n• Two"


def test_plain_text_becomes_paragraphs_and_lists() -> None:
    assert html_of_plain("First <line>\nsecond\n\n• One\n• Two") == (
        "<p>First &lt;line&gt;<br>second</p>\n<ul><li>One</li><li>Two</li></ul>"
    )
