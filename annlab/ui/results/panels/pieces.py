"""Pieces tab: the polygons on which a network is linear, and their number over the epochs."""

import plotly.graph_objects as go
import streamlit as st

from annlab.analysis.piece_counts import counted_epochs, read_counts, write_counts
from annlab.datasets import Dataset
from annlab.figures import ThemeName, of_run
from annlab.nn.activations import ACTIVATIONS
from annlab.runs.run import Run
from annlab.ui.browser import theme
from annlab.ui.layout import grid
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.charts import show_chart
from annlab.ui.results.computation import computed
from annlab.ui.results.panels.piece_places import draw_places
from annlab.ui.results.view import ResultsView
from annlab.ui.text.markdown import escape_markdown

# Choice of all outputs together.
_ALL = -1
# Name of the choice of an output in the state of the page.
_OUTPUT = "pieces-output"


def has_pieces(view: ResultsView) -> bool:
    """Whether the data have two features and some model has piecewise-linear hidden units."""
    return view.dataset.X_train.shape[1] == 2 and any(map(_bends, view.runs))


def draw_pieces(view: ResultsView) -> None:
    """Draw the pieces of every model whose units are piecewise linear."""
    st.markdown(
        "**How is the network made of flat pieces?** Units such as ReLU are linear on each side of "
        "a line, so the sum z before the last activation is linear on every polygon below. Its "
        "shade says how steep z is there."
    )
    derived = [i for i, run in enumerate(view.runs) if run.config.model.features]
    some = [i for i, run in enumerate(view.runs) if _bends(run) and i not in derived]
    output = _chosen_output(view)
    drawn = {i: _figure(view, i, output) for i in some}
    draw_places(view, drawn)
    counted = [i for i, figure in drawn.items() if not isinstance(figure, str)]
    for i, cell in zip(counted, grid(len(counted)), strict=True):
        with cell:
            _draw_counts(view, i)
    others = [i for i in range(len(view.runs)) if i not in some]
    for without, reason in (
        ([i for i in others if i not in derived], "smooth units, or no hidden layer"),
        (derived, "derived features, such as x₁², bend the pieces on the plane"),
    ):
        if without:
            names = ", ".join(escape_markdown(view.name(i)) for i in without)
            st.caption(f"Without pieces: {names} ({reason}).")


def _chosen_output(view: ResultsView) -> int | None:
    """Ask for one of several targets or labels; None for all outputs together."""
    names = view.spec.target_names
    if not names:
        return None
    # Another key for other names: a browser would go on showing the name chosen before.
    view.state.note_labels(_OUTPUT, {str(k): name for k, name in enumerate(names)})
    chosen = st.selectbox(
        "Shade and lines of",
        [_ALL, *range(len(names))],
        format_func=lambda k: "all outputs" if k == _ALL else names[k],
        key=view.state.current_key(_OUTPUT),
        width=260,
    )
    return None if chosen == _ALL else int(chosen)


def _figure(view: ResultsView, i: int, output: int | None) -> go.Figure | str:
    """Pieces of a model, or why they are not drawn."""
    try:
        return view.figure(of_run.linear_pieces, i, split=view.split, output=output)
    except ValueError as error:  # more pieces than can be drawn
        return str(error)


def _draw_counts(view: ResultsView, i: int) -> None:
    """Draw the number of pieces by epoch: of all networks, counted by a worker if need be."""
    run, dataset, network = view.runs[i], view.dataset, view.network

    def draw(counts: bytes) -> None:
        if len(counted_epochs(read_counts(counts))) < 2:
            return  # no curve yet: both ends come first
        figure = cached(figure_of_counts)(run, counts=counts, model=view.places[i], theme=theme())
        label = f"Number of linear pieces of model {view.name(i)} by epoch"
        show_chart(figure, f"piece-counts-{view.places[i]}", label)

    counted = cached(count_at_once)(run, dataset, network=network)
    if counted:
        draw(counted)
        return
    n = int(run.counted.sum())
    found = computed(
        "piece_counts",
        of_run.piece_count_request(run, dataset, network=network),
        f"Counting the pieces of {'all ' if n > 1 else ''}{n} network{'s' if n > 1 else ''}",
        attached=run.to_bytes,
        own=run.config.dataset.own,
        draw_partial=draw,
        key=str(view.places[i]),
    )
    if found is not None:
        draw(found)


def count_at_once(run: Run, dataset: Dataset, *, network: int) -> bytes:
    """Count the pieces of all networks here; empty if that takes longer than two seconds."""
    counts = of_run.counts_of_all(run, dataset, network=network)
    return b"" if counts is None else write_counts(counts)


def figure_of_counts(run: Run, *, counts: bytes, model: int, theme: ThemeName) -> go.Figure:
    """Draw counts as `write_counts` writes them."""
    return of_run.piece_counts(run, counts=read_counts(counts), model=model, theme=theme)


def _bends(run: Run) -> bool:
    """Whether a run has hidden units that are piecewise linear, with a kink."""
    return bool(
        run.config.model.hidden_sizes and ACTIVATIONS[run.config.model.activation].breakpoints
    )
