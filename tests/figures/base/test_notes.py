"""Notes stand in the corners of a chart, within the plot or beside it."""

import plotly.graph_objects as go
import pytest

from annlab.figures import ThemeName
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.notes import add_notes


def _note(
    x: int, y: int, outside: int | None = None, theme: ThemeName = "light"
) -> go.layout.Annotation:
    figure = new_figure(300, theme)
    add_notes(figure, ["words"], x, y, theme, outside=outside)
    (note,) = figure.build().layout.annotations
    assert (note.text, note.showarrow) == ("words", False)
    of = ("x domain", "y domain") if outside is None else ("paper", "paper")
    assert (note.x, note.y, note.xref, note.yref) == (x, y, *of)
    return note


@pytest.mark.parametrize(("x", "side"), [(0, "left"), (1, "right")])
@pytest.mark.parametrize(("y", "edge"), [(0, "bottom"), (1, "top")])
def test_words_grow_from_their_corner_into_the_plot(x: int, side: str, y: int, edge: str) -> None:
    note = _note(x, y)
    assert (note.xanchor, note.align, note.yanchor, note.yshift) == (side, side, edge, 0)


@pytest.mark.parametrize(("y", "outside"), [(0, -38), (1, 8)])
def test_words_beside_the_plot_stand_above_their_place(y: int, outside: int) -> None:
    note = _note(1, y, outside)
    assert (note.yanchor, note.yshift) == ("bottom", outside)


def test_what_is_behind_the_words_is_veiled_in_the_color_of_the_page() -> None:
    assert _note(0, 0, theme="light").bgcolor == "rgba(255, 255, 255, 0.7)"
    assert _note(0, 0, theme="dark").bgcolor == "rgba(23, 22, 20, 0.7)"


@pytest.mark.parametrize(
    ("texts", "said"),
    [(["a", "", "b"], "a<br>b"), (["", "b"], "b"), (["", ""], None), ([], None)],
)
def test_a_line_for_each_that_says_anything(texts: list[str], said: str | None) -> None:
    for figure in (new_figure(300, "light"), go.Figure()):
        add_notes(figure, texts, 1, 1, "light")
        drawn = figure.build() if isinstance(figure, FigureBuilder) else figure
        assert [note.text for note in drawn.layout.annotations] == ([said] if said else [])
