"""Pieces tab: the polygons on which a network is linear, and their number over the epochs."""

import streamlit as st

from annlab.analysis.piece_location import piece_at
from annlab.analysis.pieces import Pieces, linear_pieces
from annlab.analysis.surfaces import plane_through
from annlab.datasets import Dataset
from annlab.figures import of_run
from annlab.figures.of_run.inside import output_names
from annlab.figures.of_run.one_network import one_network
from annlab.nn.activations import ACTIVATIONS
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch
from annlab.ui.browser import theme
from annlab.ui.layout import grid
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.charts import show_chart
from annlab.ui.results.panels.inside import marked_sample
from annlab.ui.results.view import ResultsView
from annlab.ui.text.pieces_text import piece_text


def has_pieces(view: ResultsView) -> bool:
    """Whether the plane falls into pieces for some model: two features, a kink in a layer."""
    return view.dataset.X_train.shape[1] == 2 and any(map(_bends, view.runs))


def draw_pieces(view: ResultsView) -> None:
    """Draw the pieces of every model whose units are piecewise linear."""
    st.markdown(
        "**How is the network made of flat pieces?** Units such as ReLU are linear on each side of "
        "a line, so the whole network is linear on every polygon below. The color is how steep "
        "the output is there."
    )
    some = [i for i, run in enumerate(view.runs) if _bends(run)]
    for i, cell in zip(some, grid(len(some)), strict=True):
        with cell:
            _draw(view, i)
    others = [view.name(i) for i in range(len(view.runs)) if i not in some]
    if others:
        st.caption(f"Without pieces: {', '.join(others)} (smooth units, or no hidden layer).")


def _draw(view: ResultsView, i: int) -> None:
    run, place, name = view.runs[i], view.places[i], view.name(i)
    st.markdown(view.title(i))
    try:
        pieces = cached(pieces_of)(run, view.dataset, epoch=view.weights[i], network=view.network)
        figure = view.figure(of_run.linear_pieces, i, split=view.split)
    except ValueError as error:  # more pieces than can be drawn
        st.info(str(error), icon=":material/info:")
        return
    show_chart(
        figure,
        f"pieces-{place}",
        f"The {pieces.n:,} linear pieces of model {name} after epoch {view.epochs[i]}",
    )
    st.caption(_about_the_sample(view, i, pieces))
    try:
        counts = cached(of_run.piece_counts)(
            run,
            view.dataset,
            network=view.network,
            cursor=view.epochs[i],
            model=place,
            theme=theme(),
        )
    except ValueError as error:  # it takes too long
        st.caption(f"{str(error).capitalize()}.")
        return
    show_chart(counts, f"piece-counts-{place}", f"Number of linear pieces of model {name} by epoch")


def _about_the_sample(view: ResultsView, i: int, pieces: Pieces) -> str:
    """Affine function of the piece on which the marked sample lies."""
    sample, run = marked_sample(), view.runs[i]
    X, _ = view.network_data.split(view.split)
    if sample is None or sample >= len(X):
        return "Mark a sample in the tab Inside to read the function of its piece."
    k = piece_at(pieces, *map(float, X[sample]))
    if k is None:
        return ""
    one = one_network(run, view.dataset, view.weights[i], view.network)
    names = one.dataset.feature_names, output_names(one)
    text = piece_text(pieces, k, run.config.model.hidden_sizes, *names)
    return f"Sample {sample + 1} lies in piece {k + 1} of {pieces.n:,}: {text}."


def pieces_of(run: Run, dataset: Dataset, *, epoch: Epoch, network: int) -> Pieces:
    """Linear pieces of one network over the plane of the samples."""
    one = one_network(run, dataset, epoch, network)
    plane = plane_through(one.samples("all")[0])
    sides = [(float(side[0]), float(side[-1])) for side in (plane.x, plane.y)]
    return linear_pieces(one.layers, run.config.model.activation, sides[0], sides[1])


def _bends(run: Run) -> bool:
    """Whether a run has hidden units that are piecewise linear, with a kink."""
    return bool(
        run.config.model.hidden_sizes and ACTIVATIONS[run.config.model.activation].breakpoints
    )
