"""Tabs that show the same of every model, side by side."""

from collections.abc import Callable

import streamlit as st

from annlab.ui.layout import grid
from annlab.ui.results.view import ResultsView


def draw_of_each(draw: Callable[[ResultsView, int], None]) -> Callable[[ResultsView], None]:
    """Make the drawing function of a tab from one that draws a single model by its index."""

    def draw_all(view: ResultsView) -> None:
        for i, cell in enumerate(grid(len(view.runs))):
            with cell:
                st.markdown(view.title(i))
                draw(view, i)

    return draw_all
