"""Eight-bit characters: which code page a text is in, told by its words."""

import pytest

from mmhub_desktop.catalog.code_pages import Words


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Cámara réflex, Stühle, ñandú", "cp1252"),
        ("crème brûlée, garçon, œuvre", "cp1252"),
        ("São coração, pão, 20 € “bom”", "cp1252"),
        ("Rødgrød med fløde, æble", "cp1252"),
        ("Niño de España, 12 ³, 5 m³, 8º", "cp1252"),
        ("Błyszcząca żółta łódź, ćma, źrebię", "cp1250"),
        ("Błyszcząca żółta łódź, ćma, źrebię", "iso8859-2"),
        ("Příliš žluťoučký kůň úpěl", "cp1250"),
        ("Příliš žluťoučký kůň úpěl", "iso8859-2"),
        ("árvíztűrő tükörfúrógép", "cp1250"),
        ("košile, čepice", "cp1250"),
    ],
)
def test_the_page_in_which_the_words_are_words(text: str, encoding: str) -> None:
    words = Words()
    words.add(text.encode(encoding))
    found = words.find_page()
    assert found.encoding == encoding
    assert text.replace(",", "").split()[0] in found.reason


def test_letters_that_are_the_same_in_all_pages_are_read_as_western() -> None:
    words = Words()
    words.add("groß, schön".encode("latin-1"))
    assert words.find_page().encoding == "cp1252"
