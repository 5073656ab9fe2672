"""Names that users chose in figures: shown as they are, and never as HTML or LaTeX."""

import html

from annlab.figures.base.plain_text import MAX_LETTERS, as_shown, plain_text, plain_texts

HOSTILE = "<b>x</b> & $y$ %{x}"


def test_a_browser_reads_the_name_back() -> None:
    shown = plain_text(HOSTILE)
    assert html.unescape(shown) == HOSTILE
    assert not any(mark in shown for mark in ("<", "$", "%{"))


def test_usual_names_stay_as_they_are() -> None:
    for name in ("sepal length (cm)", "Größe", "a > b", "100 %", ""):
        assert plain_text(name) == name


def test_long_names_are_cut_and_stay_different() -> None:
    texts = plain_texts(["a" * 100, "a" * 99 + "b", "a" * 99 + "c"])
    assert len(set(texts)) == 3
    assert all(len(text) <= MAX_LETTERS for text in texts)
    assert plain_texts(("one", "two")) == ("one", "two")


def test_what_a_browser_shows_can_be_said_elsewhere() -> None:
    assert as_shown(plain_text(HOSTILE)) == HOSTILE
