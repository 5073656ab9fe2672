"""What of finished runs is looked at: the epoch, the network, the plane; and the curves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from annlab.analysis.comparison import same_loss
from annlab.analysis.evaluation import evaluate, median_network
from annlab.config import RESULTS_VERSION
from annlab.datasets import Dataset
from annlab.figures import MODEL_NAMES, CurveAxis, CurveSplit, curve_splits, of_run
from annlab.formatting import network_name
from annlab.runs.run import Epoch, Run
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.charts import show_chart
from annlab.ui.results.model_plots import CHOSEN_CELL
from annlab.ui.results.view import ConfusionCell, ResultsView
from annlab.ui.services import jobs
from annlab.ui.shell import theme
from annlab.ui.state.bench_state import PageState
from annlab.ui.text.wording import columns_to_draw, in_a_row, plain


@dataclass(frozen=True)
class Group:
    """Runs with the same data and scaling.

    Attributes
    ----------
    runs : list of Run
    dataset : Dataset
        Their data: of all networks, where each has its own.
    places : tuple of int
        The place of each run among the letters and colors.
    """

    runs: list[Run]
    dataset: Dataset
    places: tuple[int, ...] = tuple(range(len(MODEL_NAMES)))


class _Option(NamedTuple):
    """A switch of the curves: its name in the address, for people, and what it says at first."""

    name: str
    label: str
    default: bool = False


# Whose weights are shown at the end of a run that stopped early, by name in the address.
_WEIGHTS = {"best": "Best", "last": "Last"}
# What the curves are drawn over.
_OVER: dict[CurveAxis, str] = {"epoch": "Epochs", "steps": "Steps", "seconds": "Seconds"}


@dataclass(frozen=True)
class _Drawn:
    """How the curves are drawn."""

    log_scale: bool
    over: CurveAxis
    individual: bool
    splits: tuple[CurveSplit, ...]


def view_controls(
    state: PageState, groups: Sequence[Group]
) -> tuple[list[ResultsView], Callable[[], None]]:
    """Draw what moves all results, and say where it stands.

    Parameters
    ----------
    state : PageState
        Of the page.
    groups : sequence of Group
        The runs, those with the same data and scaling together.

    Returns
    -------
    list of ResultsView
        One for each group.
    callable
        Draws the link to all this; for the end, when all that it has to say is known.
    """
    runs = [run for group in groups for run in group.runs]
    epochs = sorted({int(e) for run in runs for e in run.checkpoints.epochs})
    dataset = groups[0].dataset
    # A plane has to be chosen where there is none already.
    many = (
        len(groups) == 1
        and bool(dataset.class_names)
        and dataset.X_train.shape[1] > 2
        and not runs[0].config.dataset.spec.image_shape
    )
    left, right, link = st.columns([5, 7, 2] if many else [6, 4, 2], vertical_alignment="bottom")
    with left:
        if st.session_state.get(state.key_of("epoch"), -1) == state.get("last_epoch"):
            state.hold("epoch", epochs[-1])  # who stood at the end stays there
        state.set("last_epoch", epochs[-1])
        at = _restore(state, "epoch", epochs, epochs[-1])
        epoch = st.select_slider(
            "Epoch",
            epochs,
            value=at,
            key=state.view_key("epoch"),
            help="Show every model as it was after this epoch",
        )
        weights = _weights(state, runs, at_end=epoch == epochs[-1])
    with right:
        places = st.columns(3 if many else 1)
        with places[0]:
            network, is_median = _network(state, runs)
        axes = (0, 1)
        if many:
            axes = _axes(state, runs[0].config.dataset.name, dataset, places)
    state.set("axes", axes)
    state.set_view(
        epoch=epoch if epoch != epochs[-1] else None,
        network=None if is_median else network,
        x=axes[0] or None,
        y=axes[1] if axes[1] != 1 else None,
    )
    views = [
        _view(group, epoch, weights, network, is_median, axes, len(runs) > 2) for group in groups
    ]
    return views, partial(_link, state, link, groups)


def _view(
    group: Group,
    epoch: int,
    weights: Epoch | None,
    network: int,
    is_median: bool,
    axes: tuple[int, int],
    narrow: bool,
) -> ResultsView:
    runs, dataset, split = group.runs, group.dataset, group.dataset.held_out
    at = [run.checkpoints.latest(epoch) if weights is None else weights for run in runs]
    evaluations = [
        cached(evaluate)(run, split=split, epoch=e, dataset=dataset)
        for run, e in zip(runs, at, strict=True)
    ]
    return ResultsView(
        runs=runs,
        dataset=dataset,
        split=split,
        epoch=epoch,
        epochs=[int(run.shown_epochs(e)[network]) for run, e in zip(runs, at, strict=True)],
        network=network,
        axes=axes,
        evaluations=evaluations,
        cell=_chosen_cell(group),
        places=group.places,
        narrow=narrow,
        weights=at,
        is_median=is_median,
    )


def _weights(state: PageState, runs: Sequence[Run], at_end: bool) -> Epoch | None:
    """Whose weights are shown at the end of the runs; None where the scrubber stands before it."""
    if any(run.stops_early for run in runs):
        wish = state.view("weights")
        if wish not in (None, *_WEIGHTS):
            _refuse("weights", wish)
        chosen = st.segmented_control(
            "Weights at the end",
            list(_WEIGHTS),
            default=wish if wish in _WEIGHTS else "best",
            format_func=_WEIGHTS.__getitem__,
            key=state.view_key("weights"),
            required=True,
            disabled=not at_end,
            help="Early stopping keeps two sets of weights of each network: those of the epoch "
            "with the lowest watched loss, and the last ones.",
        )
        state.set_view(weights="last" if chosen == "last" else None)
        if at_end and chosen == "last":
            return "last"
    return "best" if at_end else None


def _network(state: PageState, runs: Sequence[Run]) -> tuple[int, bool]:
    """The network whose plots are shown, and whether it is the median one."""
    n_seeds = min(run.n_seeds for run in runs)
    if n_seeds == 1:
        return 0, False
    median = median_network(runs)
    if st.session_state.get(state.key_of("network"), -1) == state.get("last_median"):
        state.hold("network", median)  # who looks at the median network goes on doing so
    state.set("last_median", median)
    first_seeds = {run.config.training.seed for run in runs}
    first = min(first_seeds) if len(first_seeds) == 1 else None

    def name(k: int) -> str:
        said = network_name(k, None if first is None else first + k)
        return f"{said}, the median" if k == median else said

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


def _chosen_cell(group: Group) -> ConfusionCell | None:
    """The cell of a confusion matrix that was clicked last, if it is one of these models'."""
    fingerprint, cell = st.session_state.get(CHOSEN_CELL) or ("", (0, 0))
    for i, run in enumerate(group.runs):
        if run.fingerprint == fingerprint and max(cell) < len(group.dataset.class_names):
            return ConfusionCell(i, *cell)
    return None


def _link(state: PageState, place: DeltaGenerator, groups: Sequence[Group]) -> None:
    with place, st.popover("Link", icon=":material/link:", help="A link to these results"):
        st.write(_what_it_opens(groups))
        st.code(state.link(), language=None, wrap_lines=True)


def _what_it_opens(groups: Sequence[Group]) -> str:
    """What someone sees who opens the link: it names settings, and not every run is of those."""
    models = [m for group in groups for m in zip(group.places, group.runs, strict=False)]
    others = [
        f"{MODEL_NAMES[place]} {why}"
        for place, run in sorted(models, key=itemgetter(0))
        if (why := _unlike_its_settings(run))
    ]
    if not others:
        return (
            "Anyone who opens this link sees the same results. Missing runs are trained "
            "automatically:"
        )
    it = "it" if len(others) == 1 else "them"
    return (
        f"This link names settings, not results. {in_a_row(others)}, so whoever opens the link may "
        f"have to train {it} anew, with other results:"
    )


def _unlike_its_settings(run: Run) -> str:
    """Why a new training of a run's settings may give something else; empty if it gives this."""
    if run.results_version != RESULTS_VERSION:
        return "was made by an earlier version of annlab"
    if run.ending == "stopped":
        return "was stopped by hand"
    stored = jobs().run(run.config)
    if stored is None or stored.fingerprint != run.fingerprint:
        return "comes from a file"
    return ""


def _axes(state: PageState, data: str, dataset: Dataset, places: Any) -> tuple[int, int]:
    """Which two features span the plane: for each data set, what was chosen for it last."""
    if state.get("axes-of") not in (None, data):
        state.set_view(x=None, y=None)  # those were of other data
    state.set("axes-of", data)
    chosen: list[int] = []
    for cell, name, default in zip(places[1:], "xy", (0, 1), strict=True):
        with cell:
            features = range(len(dataset.feature_names))
            control = f"{name}-{data}"
            at = _restore(state, name, features, default, control)
            if at in chosen:  # not the same feature twice
                at = (chosen[0] + 1) % len(features)
                state.hold(control, at)
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
    """What a control of the view begins with: what it said, else the address, else default."""
    control = control or name
    value = st.session_state.get(state.view_key(control))
    if value is None:
        text = state.view(name) or ""
        value = int(text) if text.isdecimal() and len(text) < 9 else None
        if text and value not in options:
            _refuse(name, text)
    at = default if value is None or value not in options else int(value)
    state.hold(control, at)
    return at


def _refuse(name: str, text: str | None) -> None:
    """Say that an address asks for something that does not exist."""
    st.warning(
        f"This link asks for {name} “{plain((text or '')[:20])}”, which does not exist. Showing "
        "the default instead.",
        icon=":material/link_off:",
    )


def draw_curves(state: PageState, groups: Sequence[ResultsView]) -> None:
    """The learning curves of all models in one chart for each column of the history."""
    models = sorted(
        ((view.places[i], view, i) for view in groups for i in range(len(view.runs))),
        key=lambda model: model[0],
    )
    runs = [view.runs[i] for _, view, i in models]
    if any(not same_loss(run.config, runs[0].config) for run in runs):
        st.caption(
            "These models use different losses, so compare the shapes of the curves, not their "
            "heights."
        )
    drawn = _curve_options(state, runs)
    metrics = columns_to_draw([run.config for run in runs])
    for column, metric in zip(st.columns(len(metrics)), metrics, strict=True):
        with column:
            figure = cached(of_run.learning_curves)(
                runs,
                metric,
                epochs=tuple(view.weights[i] for _, view, i in models),
                cursor=groups[0].epoch,
                over=drawn.over,
                splits=drawn.splits,
                individual=drawn.individual,
                log_scale=drawn.log_scale and metric == "loss",
                models=tuple(place for place, *_ in models),
                theme=theme(),
            )
            show_chart(
                figure,
                f"curves-{metric}",
                f"{metric} of all models over {_OVER[drawn.over].lower()}, by split",
            )


def _curve_options(state: PageState, runs: Sequence[Run]) -> _Drawn:
    """How the curves are drawn: over what, log scale, each network by itself, the test curve."""
    columns = {name for run in runs for name in run.history}
    options = [_Option("log", "Log scale")]
    if any(run.n_seeds > 1 for run in runs):
        options.append(_Option("each", "Individual networks"))
    if "test_loss" in columns:
        options.append(_Option("testcurve", "Test curve", "test" in curve_splits(columns)))
    said = {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        over = _over(state)
        for option in options:
            wish = state.view(option.name)
            said[option.name] = st.toggle(
                option.label,
                value=option.default if wish not in ("0", "1") else wish == "1",
                key=state.view_key(option.name),
                help=_HELP.get(option.name),
            )
    changed = {
        option.name: int(said[option.name]) if said[option.name] != option.default else None
        for option in options
    }
    state.set_view(over=None if over == "epoch" else over, time=None, **changed)
    return _Drawn(
        log_scale=said["log"],
        over=over,
        individual=said.get("each", False),
        splits=curve_splits(columns, said.get("testcurve")),
    )


_HELP = {
    "each": "Draw a thin line for each network: 50 at most of each curve.",
    "testcurve": "Draw the loss and the score on the test split. Nothing is ever chosen by it: "
    "not the epoch, not the network, not when to stop.",
}


def _over(state: PageState) -> CurveAxis:
    """What the curves are drawn over."""
    wish = state.view("over") or ("seconds" if state.view("time") == "1" else "epoch")
    if wish not in _OVER:
        _refuse("over", wish)
    default: CurveAxis = next((name for name in _OVER if name == wish), "epoch")
    over = st.segmented_control(
        "Curves over",
        list(_OVER),
        default=default,
        format_func=_OVER.__getitem__,
        key=state.view_key("over"),
        required=True,
        help="What the horizontal axis counts. A step is one batch: a model with small batches "
        "takes more steps in an epoch.",
    )
    return over or default
