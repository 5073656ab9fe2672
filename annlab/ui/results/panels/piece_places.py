"""Pieces on which a chosen place lies: outline, affine function, units that are on."""

from collections.abc import Mapping
from typing import NamedTuple

import plotly.graph_objects as go
import streamlit as st

from annlab.analysis.piece_location import piece_at
from annlab.analysis.pieces import Array, Pieces
from annlab.analysis.surfaces import plane_through
from annlab.datasets import Dataset
from annlab.figures import MODEL_COLORS, of_run
from annlab.figures.base.plain_text import as_shown
from annlab.figures.base.theme import THEMES
from annlab.figures.of_run.one_network import one_network
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch
from annlab.ui.browser import theme
from annlab.ui.components.places import Marked, Place, places_view
from annlab.ui.layout import grid
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.charts import show_chart
from annlab.ui.results.marked_sample import marked_sample
from annlab.ui.results.view import ResultsView
from annlab.ui.text.markdown import escape_markdown
from annlab.ui.text.pieces_text import piece_text

# Session key: data of the plane, chosen place, and the sample that was marked at that time.
_PLACE = "piece-place"
# Pieces kept for clicks of all sessions; those of a large network take some megabytes.
_KEPT = 8


@st.fragment
def draw_places(view: ResultsView, drawn: Mapping[int, go.Figure | str]) -> None:
    """Draw the pieces of some models, and what their networks compute at the chosen place.

    Parameters
    ----------
    view : ResultsView
    drawn : mapping of figure or str
        By the index of the model: its pieces, or why they are not drawn.
    """
    place, where = _place(view)
    seen = [i for i, figure in drawn.items() if not isinstance(figure, str)]
    found = {i: _found(view, i, place) for i in seen} if place else {}
    if seen:
        one = one_network(view.runs[seen[0]], view.dataset, view.weights[seen[0]], view.network)
        plane = plane_through(one.samples("all")[0])
        places_view(
            [
                Marked(_key(view, i), MODEL_COLORS[view.places[i]], found[i][1] if found else ())
                for i in seen
            ],
            "piece-places",
            place=place,
            names=(as_shown(one.feature_name(0)), as_shown(one.feature_name(1))),
            ranges=(_ends(plane.x), _ends(plane.y)),
            ink=THEMES[theme()].ink,
            on_place=lambda chosen: _choose(view, chosen),
        )
    for (i, figure), cell in zip(drawn.items(), grid(len(drawn)), strict=True):
        with cell:
            st.markdown(view.title(i))
            if isinstance(figure, str):
                st.info(figure, icon=":material/info:")
                continue
            label = f"The linear pieces of model {view.name(i)} after epoch {view.epochs[i]}"
            show_chart(figure, _key(view, i), label)
            text = found[i][0] if found else ""
            # A line in any case, so that what stands below stays in its place.
            st.caption(f"{where} lies in {text}." if text else "Choose a place to read its piece.")


def _key(view: ResultsView, i: int) -> str:
    return f"pieces-{view.places[i]}"


class NamedPieces(NamedTuple):
    """Pieces of one network, with the names of its features and outputs."""

    pieces: Pieces
    input_names: list[str]
    output_names: list[str]


def named_pieces(run: Run, dataset: Dataset, *, epoch: Epoch, network: int) -> NamedPieces:
    """Pieces of one network over the plane of its samples."""
    pieces, one = of_run.pieces_of(run, dataset, epoch=epoch, network=network)
    return NamedPieces(pieces, one.input_names, one.output_names)


def _found(view: ResultsView, i: int, place: Place) -> tuple[str, list[list[float]]]:
    """Markdown on a model's piece at a place, and its corners; both empty outside the plane."""
    run = view.runs[i]
    pieces, input_names, output_names = cached(named_pieces, kept=_KEPT)(
        run, view.dataset, epoch=view.weights[i], network=view.network
    )
    k = piece_at(pieces, *place)
    if k is None:
        return "", []
    names = [[escape_markdown(name) for name in of] for of in (input_names, output_names)]
    text = piece_text(pieces, k, run.config.model.hidden_sizes, *names)
    return f"piece {k + 1} of {pieces.n:,}: {text}", pieces.polygon(k).tolist()


def _ends(side: Array) -> tuple[float, float]:
    return float(side[0]), float(side[-1])


def _choose(view: ResultsView, place: Place | None) -> None:
    """Remember the place that a student has chosen, or that there is none."""
    data = view.runs[0].config.data_digest
    st.session_state[_PLACE] = (data, place, marked_sample(view))


def _place(view: ResultsView) -> tuple[Place | None, str]:
    """Place chosen last, by itself or by marking a sample, and its name in a sentence."""
    sample = marked_sample(view)
    data, place, sample_before = st.session_state.get(_PLACE, ("", None, None))
    if data == view.runs[0].config.data_digest and sample == sample_before:
        return place, "This place"
    if sample is None:
        return None, ""
    x, y = map(float, view.network_data.split(view.split)[0][sample])
    return (x, y), f"Sample {sample + 1}"
