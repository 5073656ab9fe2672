"""Menus of the results: network, weights, axes, curves; and the epoch of the film."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from annlab.analysis.evaluation import evaluate
from annlab.analysis.median_network import median_network
from annlab.datasets import Dataset
from annlab.formatting import network_name
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.curves import CurveOptions, curve_options
from annlab.ui.results.link import draw_link, warn_unknown
from annlab.ui.results.model_plots import SELECTED_CELL
from annlab.ui.results.view import ConfusionCell, Group, ResultsView
from annlab.ui.state.page_state import PageState

# Weights at the end of a run with early stopping: link name and label.
_WEIGHTS = {"best": "Best", "last": "Last"}


@dataclass(frozen=True)
class Shown:
    """What the controls select.

    Attributes
    ----------
    views : list of ResultsView
        One view per group.
    curves : CurveOptions
    draw_link : callable
        Draws the share link; call it last, when the address is complete.
    """

    views: list[ResultsView]
    curves: CurveOptions
    draw_link: Callable[[], None]


def view_controls(state: PageState, groups: Sequence[Group], bar: DeltaGenerator) -> Shown:
    """Draw the menus of the results and return what they select.

    Parameters
    ----------
    state : PageState
        State of the page.
    groups : sequence of Group
        Runs grouped by data and scaling.
    bar : DeltaGenerator
        Container of the menus.
    """
    runs = [run for group in groups for run in group.runs]
    epochs = epochs_of_film(runs)
    dataset = groups[0].dataset
    # With more than two features, the user selects the axes of the surfaces.
    many = (
        len(groups) == 1
        and (dataset.task.draws("surface") or dataset.task.draws("label_surfaces"))
        and dataset.X_train.shape[1] > 2
        and not runs[0].config.dataset.spec.image_shape
    )
    epoch = _epoch(state, epochs)
    with bar, st.popover("View", icon=":material/tune:", help="Networks, axes and curves"):
        network, is_median = _network(state, runs)
        at_end = _weights(state, runs, disabled=epoch != epochs[-1])
        axes = (0, 1)
        if many:
            axes = _axes(state, runs[0].config.dataset.name, dataset, st.columns(2))
        curves = curve_options(state, runs)
    link = bar.container(width="content")
    state.set("axes", axes)
    state.set_view(
        epoch=epoch if epoch != epochs[-1] else None,
        network=None if is_median else network,
        x=axes[0] or None,
        y=axes[1] if axes[1] != 1 else None,
    )
    choice = _Choice(epoch, at_end, network, is_median, axes)
    views = [_view(group, choice) for group in groups]
    return Shown(views, curves, partial(draw_link, state, link, groups))


def epochs_of_film(runs: Sequence[Run]) -> list[int]:
    """Epochs at which the film of several runs can stand: those with a checkpoint of any."""
    return sorted({int(epoch) for run in runs for epoch in run.checkpoints.epochs})


def move_film(state: PageState, epoch: int) -> None:
    """Show the epoch at which the film rests."""
    state.set_view(epoch=epoch)
    state.set("moved-to", epoch)


def film_token(state: PageState) -> str:
    """Text that changes whenever the page itself chooses another epoch, which the film follows."""
    return state.view_key("epoch")


def _epoch(state: PageState, epochs: Sequence[int]) -> int:
    """Epoch to show: where the film rests, else that of the address, else the last."""
    state.view_key("epoch")  # the address resets it
    text = state.view("epoch")
    if text is None:
        return epochs[-1]
    epoch = int(text) if text.isdecimal() and len(text) < 9 else -1
    if epoch in epochs:
        return epoch
    if epoch == state.get("moved-to"):  # the film was at an epoch of runs that are gone
        return max(e for e in epochs if e <= epoch)
    warn_unknown("epoch", text)
    return epochs[-1]


@dataclass(frozen=True)
class _Choice:
    """Values of the menus."""

    epoch: int
    weights_at_end: Epoch
    network: int
    is_median: bool
    axes: tuple[int, int]


def _view(group: Group, choice: _Choice) -> ResultsView:
    runs, dataset, split = group.runs, group.dataset, group.dataset.scored_split
    at = [
        choice.weights_at_end
        if choice.epoch >= run.checkpoints.epochs[-1]
        else run.checkpoints.latest(choice.epoch)
        for run in runs
    ]
    evaluations = [
        cached(evaluate)(run, split=split, epoch=e, dataset=dataset)
        for run, e in zip(runs, at, strict=True)
    ]
    return ResultsView(
        runs=runs,
        dataset=dataset,
        split=split,
        epoch=choice.epoch,
        epochs=[int(run.shown_epochs(e)[choice.network]) for run, e in zip(runs, at, strict=True)],
        network=choice.network,
        axes=choice.axes,
        evaluations=evaluations,
        cell=_selected_cell(group),
        places=group.places,
        weights=at,
        weights_at_end=choice.weights_at_end,
        is_median=choice.is_median,
    )


def _weights(state: PageState, runs: Sequence[Run], disabled: bool) -> Epoch:
    """Draw the control of the weights that are shown at the end of the runs."""
    if not any(run.stops_early for run in runs):
        return "best"
    wish = state.view("weights")
    if wish not in (None, *_WEIGHTS):
        warn_unknown("weights", wish)
    chosen = st.segmented_control(
        "Weights at the end",
        list(_WEIGHTS),
        default=wish if wish in _WEIGHTS else "best",
        format_func=_WEIGHTS.__getitem__,
        key=state.view_key("weights"),
        required=True,
        disabled=disabled,
        help="Early stopping saves two sets of weights per network: those of the epoch with "
        "the lowest monitored loss, and the last ones.",
    )
    state.set_view(weights="last" if chosen == "last" else None)
    return "last" if chosen == "last" else "best"


def _network(state: PageState, runs: Sequence[Run]) -> tuple[int, bool]:
    """Draw the network control; return the plotted network and whether it is the median."""
    n_seeds = min(run.n_seeds for run in runs)
    if n_seeds == 1:
        return 0, False
    median = median_network(runs)
    if st.session_state.get(state.current_key("network"), -1) == state.get("last_median"):
        state.force_value("network", median)  # a selected median stays the median
    state.set("last_median", median)
    first_seeds = {run.config.training.seed for run in runs}
    first = min(first_seeds) if len(first_seeds) == 1 else None

    def name(k: int) -> str:
        label = network_name(k, None if first is None else first + k)
        return f"{label}, the median" if k == median else label

    network = st.selectbox(
        "Plots",
        range(n_seeds),
        index=_restore(state, "network", range(n_seeds), median),
        key=state.view_key("network"),
        format_func=name,
        help="Which network the plots show. Scores are means of all networks that did not "
        "diverge. The median network has the middle validation loss, or training loss where "
        "there is no validation split.",
    )
    return network, network == median


def _selected_cell(group: Group) -> ConfusionCell | None:
    """Selected cell of a confusion matrix; None if it belongs to no model of the group."""
    fingerprint, cell = st.session_state.get(SELECTED_CELL) or ("", (0, 0))
    for i, run in enumerate(group.runs):
        if run.fingerprint == fingerprint and max(cell) < len(group.dataset.class_names):
            return ConfusionCell(i, *cell)
    return None


def _axes(state: PageState, data: str, dataset: Dataset, places: Any) -> tuple[int, int]:
    """Draw the axes controls; each data set keeps its last two features."""
    if state.get("axes-of") not in (None, data):
        state.set_view(x=None, y=None)  # they belong to another data set
    state.set("axes-of", data)
    chosen: list[int] = []
    for cell, name, default in zip(places, "xy", (0, 1), strict=True):
        with cell:
            features = range(len(dataset.feature_names))
            control = f"{name}-{data}"
            at = _restore(state, name, features, default, control)
            if at in chosen:  # not the same feature twice
                at = (chosen[0] + 1) % len(features)
                state.force_value(control, at)
            chosen.append(
                st.selectbox(
                    {"x": "Horizontal", "y": "Vertical"}[name],
                    features,
                    index=at,
                    key=state.view_key(control),
                    format_func=lambda k: dataset.feature_names[k],
                )
            )
    return chosen[0], chosen[1]


def _restore(
    state: PageState, name: str, options: Sequence[int], default: int, control: str = ""
) -> int:
    """Initial value of a view widget: its last value, else the address, else the default."""
    control = control or name
    value = st.session_state.get(state.view_key(control))
    if value is None:
        text = state.view(name) or ""
        value = int(text) if text.isdecimal() and len(text) < 9 else None
        if text and value not in options:
            warn_unknown(name, text)
    at = default if value is None or value not in options else int(value)
    state.force_value(control, at)
    return at
