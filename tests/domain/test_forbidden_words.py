"""Words that must not be in texts: whole words in any case, and ways to get in touch."""

import pytest

from mmhub_desktop.domain.forbidden_words import read_words, word_findings


def found(text: str, *forbidden: str) -> list[tuple[str, str, bool]]:
    return [(each.rule, each.value, each.blocks) for each in word_findings({"description": text}, forbidden)]


def test_a_list_of_words_is_read_once_each() -> None:
    assert read_words(" Replica, second   hand;replica\n, Größe ") == ("replica", "second hand", "Größe")
    assert read_words(" , ;") == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A REPLICA of the lamp", "REPLICA"),
        ("Second\n hand, as new", "Second hand"),
        ("Über-Größe!", "Über-Größe"),
        ("(c++) inside", "c++"),
    ],
)
def test_whole_words_are_found_in_any_case(text: str, value: str) -> None:
    assert found(text, "replica", "second hand", "über-größe", "C++") == [("text.forbidden", value, True)]


@pytest.mark.parametrize("text", ["Replicas and replicant", "secondhand", "", "ab.c"])
def test_parts_of_words_are_none(text: str) -> None:
    assert found(text, "replica", "second hand", "a.c") == []


def test_every_word_of_a_text_is_named_once() -> None:
    (finding,) = word_findings({"title": "Replica, REPLICA, fake"}, ("fake", "replica"))
    assert finding.message == "The title must not hold “REPLICA”, “fake” on this account."
    assert finding.field == "title"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Write to jane.doe+shop@example.co.uk.", "jane.doe+shop@example.co.uk"),
        ("More at https://shop.example/lamps", "https://shop.example/lamps"),
        ("more: WWW.shop.example/x", "WWW.shop.example/x"),
        ("See www.shop.example/x", "www.shop.example/x"),
        ("Call +56 2 2345-6789 now", "+56 2 2345-6789"),
        ("by WhatsApp only", "WhatsApp"),
    ],
)
def test_ways_to_get_in_touch_are_advised_against(text: str, value: str) -> None:
    assert found(text) == [("text.contact", value, False)]


@pytest.mark.parametrize("text", ["5 @ 3 EUR", "1 + 234567 pieces", "a//b", "4006381333931", "10 + 10 + 10 + 10 + 10"])
def test_what_only_looks_so_is_left_alone(text: str) -> None:
    assert found(text) == []
