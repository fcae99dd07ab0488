"""How words are cut for the index, and which product fits best."""

from hypothesis import given
from hypothesis import strategies as st

from mmhub_desktop.domain.product import fold
from mmhub_desktop.domain.search import PIECE, Found, fits, indexed_text, pieces, rank, words_of

TEXTS = st.text(st.sampled_from("ab1- .Áñß相机ол\u0301ﬁ"), max_size=14)


@given(TEXTS, TEXTS)
def test_where_a_word_fits_the_index_has_all_its_pieces(text: str, typed: str) -> None:
    indexed = indexed_text([fold(text)])
    for word in words_of(typed):
        assert all(len(piece) == PIECE for piece in pieces(word))
        if fits(word, fold(text)):
            assert all(piece in indexed for piece in pieces(word)), (word, indexed)


def test_one_or_two_characters_fit_where_a_word_begins() -> None:
    assert fits("la", "mesa lamp")
    assert fits("1", "usb-1")
    assert not fits("am", "mesa lamp")
    assert fits("amp", "mesa lamp")
    assert fits("相机", "数码相机")
    assert pieces("la") == (" la",)
    assert pieces("l") == ("  l",)
    assert pieces("-") == ()  # it can only be looked for in each product
    assert len(pieces("x" * 50 + "y" * 50)) <= 9


def test_the_best_is_an_exact_code_then_the_beginning_then_a_word_then_a_part() -> None:
    def found(number: int, title: str, sku: str = "s", gtin: str = "") -> Found:
        return Found(number, None, title, sku, "", gtin, "")

    code = found(1, "chair", gtin="lamp")
    begins, word = found(2, "lamp of glass"), found(3, "glass lamp")
    part, other = found(4, "headlamps"), found(5, "lam")
    asked = [("lamp", "lam")]
    every = [other, part, word, begins, code]
    assert sorted(every, key=lambda one: rank(one, asked)) == [code, begins, word, part, other]
