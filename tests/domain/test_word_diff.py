"""Differences word by word."""

from hypothesis import given
from hypothesis import strategies as st

from mmhub_desktop.domain.word_diff import Change, Piece, compare

WORDS = st.lists(st.sampled_from(["desk", "lamp", " ", "\n", "LED", "12 W", ",", "ñandú", "👍"]), max_size=30).map(
    "".join
)


def test_replaced_words_are_removed_and_added() -> None:
    assert compare("Red desk lamp", "Blue desk lamp") == (
        Piece(Change.REMOVED, "Red"), Piece(Change.ADDED, "Blue"), Piece(Change.SAME, " desk lamp"),
    )  # fmt: skip


def test_words_replaced_side_by_side_are_one_change() -> None:
    assert compare("very old lamp", "quite new lamp")[:2] == (
        Piece(Change.REMOVED, "very old"), Piece(Change.ADDED, "quite new"),
    )  # fmt: skip


@given(WORDS, WORDS)
def test_both_texts_can_be_read_from_the_pieces(old: str, new: str) -> None:
    pieces = compare(old, new)
    assert "".join(piece.text for piece in pieces if piece.change is not Change.ADDED) == old
    assert "".join(piece.text for piece in pieces if piece.change is not Change.REMOVED) == new


def test_long_texts_are_compared_by_lines() -> None:
    old = "\n".join(f"line {each} of a long text" for each in range(1_000))
    pieces = compare(old, old.replace("line 500 of", "line 500 off"))
    assert [piece.text.strip() for piece in pieces if piece.change is Change.ADDED] == ["line 500 off a long text"]
