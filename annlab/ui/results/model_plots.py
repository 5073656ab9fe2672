"""Plots of one model: score, decision surface, confusion matrix, fitted curve, residuals."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from annlab.figures import MODEL_COLORS, confusion_matrix, of_run
from annlab.formatting import number
from annlab.nn.tasks import Picture
from annlab.runs.history import column
from annlab.ui.browser import theme
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.charts import show_chart
from annlab.ui.results.panels.true_function import truth_in_short
from annlab.ui.results.view import ResultsView
from annlab.ui.text.networks_text import SPLIT_NAMES, left_out_networks, whose_weights
from annlab.ui.text.scores_text import colored_difference, with_spread

# Session key: fingerprint of a run, with true and predicted class.
SELECTED_CELL = "selected-cell"


@dataclass(frozen=True)
class ModelPlot:
    """Registry entry of a plot of one model.

    Attributes
    ----------
    applies : callable
        Whether the plot applies to the shown results.
    draw : callable
        Draws the plot for the model with an index.
    """

    applies: Callable[[ResultsView], bool]
    draw: Callable[[ResultsView, int], None]


def draw_score(view: ResultsView, i: int) -> None:
    """Draw a model's score, its training score, and its lead over the constant model."""
    run, evaluation = view.runs[i], view.evaluations[i]
    counted = evaluation.counted
    score = evaluation.headline[counted]
    mean = float(score.mean(dtype=np.float64))
    distance = mean - evaluation.baseline
    part, n = view.split, f"{evaluation.n_samples:,}"
    n_all = run.n_samples.get(part, evaluation.n_samples)  # a run file may lack the split
    if evaluation.n_samples < n_all:  # only some samples are loaded
        n += f" of {n_all:,}"
    label = f"{evaluation.score.label} on {n} {SPLIT_NAMES[part]}{_of_each(view, i)}"
    # Above both numbers, because beside one it would leave no room for the other.
    st.markdown(f":small[{label}]", help=_about_score(view, i))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.metric(label, with_spread(score), label_visibility="collapsed", width="content")
        if part != "train":
            on_train = column("train", evaluation.score.name)
            on_training = run.history_at(on_train, view.weights[i])[counted]
            st.markdown(
                f":small[training ({run.n_samples['train']:,})]  \n**{with_spread(on_training)}**",
                width="content",
            )
    gain = colored_difference(distance, mean, evaluation.score.higher_is_better)
    sentences = [
        f"{gain} vs. {evaluation.task.constant_model} ({number(evaluation.baseline)})",
        whose_weights(run, view.weights[i]),
        left_out_networks(counted),
    ]
    st.caption(". ".join(sentence for sentence in sentences if sentence) + ".")


def _of_each(view: ResultsView, i: int) -> str:
    """Number of different samples if each network has its own; else empty."""
    if not view.dataset.networks or view.split not in view.runs[i].n_distinct:
        return ""
    return f" each ({view.runs[i].n_distinct[view.split]:,} different)"


def _about_score(view: ResultsView, i: int) -> str:
    n, n_seeds = int(view.evaluations[i].counted.sum()), view.runs[i].n_seeds
    if n_seeds == 1:
        return f"One network, after epoch {view.epochs[i]}"
    whose = f"the {n_seeds}" if n == n_seeds else f"{n} of {n_seeds}"
    return f"Mean ± standard deviation over {whose} networks"


def _surface(view: ResultsView, i: int) -> None:
    figure = view.figure(
        of_run.decision_surface,
        i,
        split=view.split,
        axes=view.axes,
        cell=view.cell_of(i),
        color_bar=not view.narrow,
    )
    show_chart(
        figure,
        f"surface-{view.places[i]}",
        f"Decision surface of model {view.name(i)} after epoch {view.epochs[i]}: the probability "
        "of the classes as a shade, the samples on it, mistakes ringed",
    )


def _confusion(view: ResultsView, i: int) -> None:
    run, name, place = view.runs[i], view.name(i), view.places[i]
    key, class_names = f"confusion-{place}", view.dataset.class_names
    # The evaluation already has the counts.
    counts = view.evaluations[i].confusion[view.network]
    figure = cached(confusion_matrix)(counts, class_names, MODEL_COLORS[place], theme=theme())
    show_chart(
        figure,
        key,
        f"Confusion matrix of model {name}: {np.trace(counts)} of {counts.sum()} correct; a "
        "click on a cell shows its samples",
        on_select=partial(_select_clicked, key, run.fingerprint, class_names),
        selection_mode="points",
    )
    cell = view.cell_of(i)
    _cells(view, i, counts, cell)
    if cell:
        true, called = (view.dataset.class_names[k] for k in cell)
        n = counts[cell]
        samples = {0: "no sample", 1: "the one sample"}.get(n, f"the {n:,} samples")
        st.caption(f"Selected: {samples} of “{true}” that {name} classified as “{called}”.")


def _cells(view: ResultsView, i: int, counts: NDArray[Any], cell: tuple[int, int] | None) -> None:
    """Draw a list of matrix cells for keyboard users, who cannot reach cells of the chart."""
    names, key = view.dataset.class_names, f"cell-{view.places[i]}"
    n = len(names)
    # Mistakes first, most frequent on top.
    order = sorted(
        (k for k in range(n * n) if counts.flat[k]),
        key=lambda k: (k // n == k % n, -counts.flat[k]),
    )
    chosen = None if cell is None else n * cell[0] + cell[1]
    if chosen is not None and chosen not in order:
        order.append(chosen)
    if st.session_state.get(key) != chosen:
        st.session_state[key] = chosen
    st.selectbox(
        f"Cell of the confusion matrix of model {view.name(i)}",
        order,
        index=None,
        key=key,
        format_func=lambda k: f"“{names[k // n]}” → “{names[k % n]}”: {counts.flat[k]:,}",
        placeholder="Select a cell: true → predicted",
        label_visibility="collapsed",
        on_change=_select_by_name,
        args=(key, view.runs[i].fingerprint, n),
    )


def _select_clicked(key: str, fingerprint: str, names: tuple[str, ...]) -> None:
    """Select the clicked cell; a second click deselects it."""
    points = st.session_state[key]["selection"]["points"]
    # Plotly converts names that look like numbers.
    clicked = [(str(point.get("y")), str(point.get("x"))) for point in points]
    cells = [(names.index(t), names.index(c)) for t, c in clicked if t in names and c in names]
    st.session_state[SELECTED_CELL] = (fingerprint, cells[0]) if cells else None


def _select_by_name(key: str, fingerprint: str, n: int) -> None:
    """Select the cell chosen in the list; deselect it if the list was cleared."""
    k = st.session_state[key]
    st.session_state[SELECTED_CELL] = None if k is None else (fingerprint, (k // n, k % n))


def _fit(view: ResultsView, i: int) -> None:
    place = view.places[i]
    show_chart(
        view.figure(of_run.fitted_curve, i, model=place),
        f"fit-{place}",
        f"The curve of model {view.name(i)} after epoch {view.epochs[i]} through the samples, "
        "with the range of all its networks; regions without samples are shaded",
    )
    truth_in_short(view, i)


def _errors(view: ResultsView, i: int) -> None:
    name, place = view.name(i), view.places[i]
    split = view.split
    show_chart(
        view.figure(of_run.predicted_against_true, i, split=split, model=place),
        f"predicted-{place}",
        f"What model {name} predicts after epoch {view.epochs[i]} against what is true",
    )
    predictions, errors = cached(of_run.error_ranges)(
        view.runs, view.dataset, epochs=tuple(view.weights), network=view.network, split=split
    )
    show_chart(
        view.figure(
            of_run.residuals, i, split=split, model=place, x_range=predictions, y_range=errors
        ),
        f"residuals-{place}",
        f"Residuals of model {name} against its predictions",
    )
    show_chart(
        view.figure(of_run.residual_histogram, i, split=split, model=place, x_range=errors),
        f"residual-histogram-{place}",
        f"Histogram of the residuals of model {name}",
    )


def _draws(view: ResultsView, picture: Picture) -> bool:
    return view.dataset.task.draws(picture)


MODEL_PLOTS: tuple[ModelPlot, ...] = (
    ModelPlot(lambda view: _draws(view, "surface") and not view.spec.image_shape, _surface),
    ModelPlot(lambda view: _draws(view, "confusion"), _confusion),
    ModelPlot(lambda view: _draws(view, "fit") and view.dataset.X_train.shape[1] == 1, _fit),
    ModelPlot(
        lambda view: _draws(view, "residuals") and view.dataset.X_train.shape[1] > 1, _errors
    ),
)
