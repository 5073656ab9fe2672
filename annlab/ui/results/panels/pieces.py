"""Pieces tab: the polygons on which a network is linear, and their number over the epochs."""

import streamlit as st

from annlab.analysis.piece_location import piece_at
from annlab.datasets import Dataset, Split
from annlab.figures import of_run
from annlab.nn.activations import ACTIVATIONS
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch
from annlab.ui.browser import theme
from annlab.ui.layout import grid
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.charts import show_chart
from annlab.ui.results.marked_sample import marked_sample
from annlab.ui.results.view import ResultsView
from annlab.ui.text.markdown import escape_markdown
from annlab.ui.text.pieces_text import piece_text


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
    some = [i for i, run in enumerate(view.runs) if _bends(run)]
    for i, cell in zip(some, grid(len(some)), strict=True):
        with cell:
            _draw(view, i)
    others = [escape_markdown(view.name(i)) for i in range(len(view.runs)) if i not in some]
    if others:
        st.caption(f"Without pieces: {', '.join(others)} (smooth units, or no hidden layer).")


def _draw(view: ResultsView, i: int) -> None:
    run, place, name = view.runs[i], view.places[i], view.name(i)
    st.markdown(view.title(i))
    try:
        figure = view.figure(of_run.linear_pieces, i, split=view.split)
    except ValueError as error:  # more pieces than can be drawn
        st.info(str(error), icon=":material/info:")
        return
    show_chart(
        figure,
        f"pieces-{place}",
        f"The linear pieces of model {name} after epoch {view.epochs[i]}",
    )
    st.caption(_about_the_sample(view, i))
    # Without a cursor: another epoch would count all pieces again.
    counts = cached(of_run.piece_counts)(
        run, view.dataset, network=view.network, model=place, theme=theme()
    )
    show_chart(counts, f"piece-counts-{place}", f"Number of linear pieces of model {name} by epoch")


def _about_the_sample(view: ResultsView, i: int) -> str:
    """Affine function of the piece on which the marked sample lies."""
    sample = marked_sample(view)
    if sample is None:
        return "Mark a sample in the tab Inside to read the function of its piece."
    return cached(text_of_piece)(
        view.runs[i],
        view.dataset,
        sample=sample,
        epoch=view.weights[i],
        network=view.network,
        split=view.split,
    )


def text_of_piece(
    run: Run, dataset: Dataset, *, sample: int, epoch: Epoch, network: int, split: Split
) -> str:
    """Say on which piece a sample lies, and what the network computes there."""
    pieces, one = of_run.pieces_of(run, dataset, epoch=epoch, network=network)
    k = piece_at(pieces, *map(float, one.samples(split)[0][sample]))
    if k is None:
        return ""
    sizes = run.config.model.hidden_sizes
    text = piece_text(pieces, k, sizes, one.input_names, one.output_names)
    return f"Sample {sample + 1} lies in piece {k + 1} of {pieces.n:,}: {text}."


def _bends(run: Run) -> bool:
    """Whether a run has hidden units that are piecewise linear, with a kink."""
    return bool(
        run.config.model.hidden_sizes and ACTIVATIONS[run.config.model.activation].breakpoints
    )
