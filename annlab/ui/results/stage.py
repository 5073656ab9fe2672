"""Stage: everything that moves, on one screen: models side by side, curves, film bar.

The stage has the same containers while models train and after, so that nothing jumps. Their sizes
are in `annlab/ui/stage.css`.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from annlab.config import RunConfig
from annlab.figures import legend_entries
from annlab.ui.text.legend import legend_html
from annlab.ui.text.model_head import Head, head_html


def _slot(key: str, **layout: Any) -> DeltaGenerator:
    """Container that takes its place on the page even while nothing is in it."""
    place = st.container(key=key, **{"gap": None, **layout})
    place.html("<i hidden></i>")
    return place


class Stage:
    """Containers of the stage.

    Parameters
    ----------
    configs : sequence of RunConfig
        Models in the order on the stage.
    places : sequence of int
        Index of each model's letter and color.

    Attributes
    ----------
    verdict : DeltaGenerator
        One line above the models.
    bar : DeltaGenerator
        Film bar and menus below the models.
    """

    def __init__(self, configs: Sequence[RunConfig], places: Sequence[int]) -> None:
        self.places = tuple(places)
        # Heads have a line more where a true function is known.
        tall = "-tall" if any(config.dataset.function for config in configs) else ""
        with (
            st.container(key="stage", gap=None),
            st.container(key=f"stage-of-{len(places)}{tall}", gap="small"),
        ):
            self.verdict = _slot("verdict")
            self._models = []
            for i, place in enumerate(places):
                with st.container(key=f"model-{i}", gap=None):
                    head = st.container(key=f"head-{i}", gap=None)
                    picture = _slot(f"picture-{place}")
                self._models.append((head, picture))
            self._legend = _slot("legend")
            with st.container(key="curves", gap=None):
                self._curves_head = st.container(key="curves-head", gap=None)
                self._curves = _slot("curve-charts")
            self.bar = _slot("bar", horizontal=True, vertical_alignment="center", gap="small")

    def head(self, i: int, head: Head) -> None:
        """Draw title, score and progress of the model at position `i`."""
        with self._models[i][0]:
            st.html(head_html(head))

    def mark(self, epoch: int, token: str, ended: str, short: bool) -> None:
        """Tell the film what the page shows.

        Parameters
        ----------
        epoch : int
            Epoch of the charts.
        token : str
            Changes when the page has chosen the epoch itself; the film then follows.
        ended : str
            Name of the training that has just ended, which the film announces to screen readers.
        short : bool
            Whether it was too short to be watched; the film then plays once by itself.
        """
        marks = {"at": epoch, "token": token, "ended": ended, "short": "yes" if short else ""}
        texts = [f"data-film-{name}='{escape(str(text))}'" for name, text in marks.items()]
        with self.verdict:
            st.html(f"<i hidden {' '.join(texts)}></i>")

    def picture(self, i: int) -> DeltaGenerator:
        """Container of the picture of the model at position `i`, for a chart that fills it."""
        return self._models[i][1]

    def legend(self, figures: Sequence[go.Figure], remark: str = "") -> None:
        """Explain the pictures in one line below them."""
        with self._legend:
            st.html(legend_html([legend_entries(figure) for figure in figures], remark))

    def curves_head(self, title: str, remark: str) -> None:
        """Draw the two lines above the curves."""
        with self._curves_head:
            st.html(head_html(Head(title=title, label=remark)))

    def curves(self, n: int) -> Sequence[DeltaGenerator]:
        """Containers of `n` charts of curves, for charts that fill them."""
        with self._curves:
            return [st.container(key=f"curve-{i}", gap=None) for i in range(n)]
