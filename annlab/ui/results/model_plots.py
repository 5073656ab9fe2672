"""Plots of one model: surfaces, curves, predictions, confusion matrix, residuals."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from annlab.figures import MODEL_COLORS, confusion_matrix, of_run
from annlab.figures.base.plain_text import plain_texts
from annlab.figures.plane_curve import draws_in_plane
from annlab.nn.tasks import Picture
from annlab.ui.browser import theme
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.charts import show_chart, show_on_stage
from annlab.ui.results.view import ResultsView
from annlab.ui.text.markdown import escape_markdown

# Session key: fingerprint of a run, with true and predicted class.
SELECTED_CELL = "selected-cell"


@dataclass(frozen=True)
class ModelPlot:
    """Registry entry of a plot of one model on the stage.

    Attributes
    ----------
    key : str
        Key of the chart, before the model's place.
    applies : callable
        Whether the plot applies to the shown results.
    draw : callable
        Draws the plot of the model with an index, with a key; returns the figure.
    """

    key: str
    applies: Callable[[ResultsView], bool]
    draw: Callable[[ResultsView, int, str], go.Figure]


def stage_plot(view: ResultsView) -> ModelPlot:
    """The plot of each model on the stage: the first that applies."""
    return next(plot for plot in STAGE_PLOTS if plot.applies(view))


def draw_on_stage(view: ResultsView, i: int) -> go.Figure:
    """Draw the plot of a model on the stage, in a container that sets its size."""
    plot = stage_plot(view)
    return plot.draw(view, i, f"{plot.key}-{view.places[i]}")


def _surface(view: ResultsView, i: int, key: str) -> go.Figure:
    figure = view.figure(
        of_run.decision_surface,
        i,
        split=view.split,
        axes=view.axes,
        cell=view.cell_of(i),
        color_bar=False,
    )
    show_on_stage(
        figure,
        key,
        f"Decision surface of model {view.name(i)} after epoch {view.epochs[i]}: the probability "
        "of the classes as a shade, the samples on it, mistakes ringed",
        {"epoch": view.epoch},
    )
    return figure


def _confusion_on_stage(view: ResultsView, i: int, key: str) -> go.Figure:
    about, figure = confusion_chart(view, i)
    show_on_stage(figure, key, about, {"epoch": view.epoch}, **_cell_clicks(view, i, key))
    return figure


def draw_confusion(view: ResultsView, i: int) -> None:
    """Draw a model's confusion matrix, unless the stage has it, and a list of its cells."""
    key = f"confusion-{view.places[i]}"
    if stage_plot(view).key != "confusion":
        about, figure = confusion_chart(view, i)
        show_chart(figure, key, about, **_cell_clicks(view, i, key))
    counts, cell = _counts(view, i), view.cell_of(i)
    _cells(view, i, counts, cell)
    if cell:
        true, called = (escape_markdown(view.dataset.class_names[k]) for k in cell)
        n = counts[cell]
        samples = {0: "no sample", 1: "the one sample"}.get(n, f"the {n:,} samples")
        name = escape_markdown(view.name(i))
        st.caption(f"Selected: {samples} of “{true}” that {name} classified as “{called}”.")


def _counts(view: ResultsView, i: int) -> NDArray[Any]:
    counts: NDArray[Any] = view.evaluations[i].confusion[view.network]
    return counts


def confusion_chart(view: ResultsView, i: int) -> tuple[str, go.Figure]:
    """Description and figure of a model's confusion matrix."""
    # The evaluation already has the counts.
    counts, color = _counts(view, i), MODEL_COLORS[view.places[i]]
    about = (
        f"Confusion matrix of model {view.name(i)}: {np.trace(counts)} of {counts.sum()} correct; "
        "a click on a cell shows its samples"
    )
    names = plain_texts(view.dataset.class_names)
    return about, cached(confusion_matrix)(counts, names, color, theme=theme())


def _cell_clicks(view: ResultsView, i: int, key: str) -> dict[str, Any]:
    """Arguments of a chart whose cells can be clicked."""
    names = plain_texts(view.dataset.class_names)
    select = partial(_select_clicked, key, view.runs[i].fingerprint, names)
    return {"on_select": select, "selection_mode": "points"}


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
        f"Cell of the confusion matrix of model {escape_markdown(view.name(i))}",
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


def _fit(view: ResultsView, i: int, key: str) -> go.Figure:
    figure = view.figure(of_run.fitted_curve, i, model=view.places[i])
    show_on_stage(
        figure,
        key,
        f"The curve of model {view.name(i)} after epoch {view.epochs[i]} through the samples, "
        "with the range of all its networks; regions without samples are shaded",
        {"epoch": view.epoch},
    )
    return figure


def _predictions(view: ResultsView, i: int, key: str) -> go.Figure:
    figure = view.figure(of_run.predicted_against_true, i, split=view.split, model=view.places[i])
    show_on_stage(
        figure,
        key,
        f"Predicted over true values of model {view.name(i)} after epoch {view.epochs[i]}",
        {"epoch": view.epoch},
    )
    return figure


def _plane_curve(view: ResultsView, i: int, key: str) -> go.Figure:
    figure = view.figure(of_run.plane_curve, i, model=view.places[i])
    u, v = view.dataset.target_names
    show_on_stage(
        figure,
        key,
        f"The curve that model {view.name(i)} draws in the plane of {u} and {v} after epoch "
        f"{view.epochs[i]} as {view.dataset.feature_names[0]} grows, over the samples",
        {"epoch": view.epoch},
    )
    return figure


def _targets(view: ResultsView, i: int, key: str) -> go.Figure:
    figure = view.figure(of_run.target_scatters, i, split=view.split, model=view.places[i])
    show_on_stage(
        figure,
        key,
        f"Predicted over true values of model {view.name(i)} after epoch {view.epochs[i]}, in a "
        "panel for each target",
        {"epoch": view.epoch},
    )
    return figure


def _label_surfaces(view: ResultsView, i: int, key: str) -> go.Figure:
    figure = view.figure(of_run.label_surfaces, i, split=view.split, axes=view.axes)
    show_on_stage(
        figure,
        key,
        f"Regions in which model {view.name(i)} predicts each label after epoch {view.epochs[i]}, "
        "and samples with a mark for each of their labels; a ring shows a wrong label",
        {"epoch": view.epoch},
    )
    return figure


def _label_counts(view: ResultsView, i: int, key: str) -> go.Figure:
    figure = view.figure(of_run.label_counts, i, split=view.split)
    show_on_stage(
        figure,
        key,
        f"Numbers of right and wrong predictions of model {view.name(i)} after epoch "
        f"{view.epochs[i]}, in a bar for each label",
        {"epoch": view.epoch},
    )
    return figure


def draw_residuals(view: ResultsView, i: int) -> None:
    """Draw the residuals of a model over its predictions, and their histogram."""
    name, place, split = view.name(i), view.places[i], view.split
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


def _has_plane(view: ResultsView) -> bool:
    """Whether two features span a plane."""
    return not view.spec.image_shape and view.dataset.X_train.shape[1] > 1


STAGE_PLOTS: tuple[ModelPlot, ...] = (
    ModelPlot("surface", lambda view: _draws(view, "surface") and _has_plane(view), _surface),
    ModelPlot("confusion", lambda view: _draws(view, "confusion"), _confusion_on_stage),
    ModelPlot("fit", lambda view: _draws(view, "fit") and view.dataset.X_train.shape[1] == 1, _fit),
    ModelPlot("predicted", lambda view: _draws(view, "residuals"), _predictions),
    ModelPlot("plane-curve", lambda view: draws_in_plane(view.dataset), _plane_curve),
    ModelPlot("targets", lambda view: _draws(view, "targets"), _targets),
    ModelPlot(
        "label-surfaces",
        lambda view: _draws(view, "label_surfaces") and _has_plane(view),
        _label_surfaces,
    ),
    ModelPlot("label-counts", lambda view: _draws(view, "label_surfaces"), _label_counts),
)
