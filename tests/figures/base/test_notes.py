"""Notes in the corners of a chart, inside or outside the plot."""

from typing import Literal

import plotly.graph_objects as go
import pytest

from annlab.figures import ThemeName
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.notes import add_notes

End = Literal[0, 1]


def _note(
    x: End, y: End, outside: int | None = None, theme: ThemeName = "light"
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
def test_note_is_anchored_to_its_corner(x: End, side: str, y: End, edge: str) -> None:
    note = _note(x, y)
    assert (note.xanchor, note.align, note.yanchor, note.yshift) == (side, side, edge, 0)


@pytest.mark.parametrize(("y", "outside"), [(0, -38), (1, 8)])
def test_note_outside_the_plot_has_the_given_distance(y: End, outside: int) -> None:
    note = _note(1, y, outside)
    assert (note.yanchor, note.yshift) == ("bottom", outside)


def test_note_has_a_translucent_page_color() -> None:
    assert _note(0, 0, theme="light").bgcolor == "rgba(255, 255, 255, 0.7)"
    assert _note(0, 0, theme="dark").bgcolor == "rgba(23, 22, 20, 0.7)"


@pytest.mark.parametrize(
    ("texts", "said"),
    [(["a", "", "b"], "a<br>b"), (["", "b"], "b"), (["", ""], None), ([], None)],
)
def test_note_has_a_line_per_nonempty_text(texts: list[str], said: str | None) -> None:
    for figure in (new_figure(300, "light"), go.Figure()):
        add_notes(figure, texts, 1, 1, "light")
        drawn = figure.build() if isinstance(figure, FigureBuilder) else figure
        assert [note.text for note in drawn.layout.annotations] == ([said] if said else [])
