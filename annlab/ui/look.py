"""What of finished runs is looked at: the epoch, the network, the plane; and the curves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from annlab.comparison import same_loss
from annlab.datasets import Dataset
from annlab.figures import MODEL_NAMES
from annlab.run import Run
from annlab.ui import charts
from annlab.ui.frame import theme
from annlab.ui.panels.panel import Cell, Shown
from annlab.ui.state import PageState
from annlab.ui.views import CHOSEN_CELL
from annlab.ui.wording import columns_to_draw, plain


@dataclass(frozen=True)
class Group:
    """Runs on the same points.

    Attributes
    ----------
    runs : list of Run
    dataset : Dataset
        Their points.
    places : tuple of int
        The place of each run among the letters and colours.
    """

    runs: list[Run]
    dataset: Dataset
    places: tuple[int, ...] = tuple(range(len(MODEL_NAMES)))


class _Option(NamedTuple):
    """A switch of the curves: its name in the address, and for people."""

    name: str
    label: str


def look(state: PageState, groups: Sequence[Group]) -> tuple[list[Shown], Callable[[], None]]:
    """Draw what moves all results, and say where it stands.

    Parameters
    ----------
    state : PageState
        Of the page.
    groups : sequence of Group
        The runs, those on the same points together.

    Returns
    -------
    list of Shown
        One for each group.
    callable
        Draws the link to all this; for the end, when all that it has to say is known.
    """
    runs = [run for group in groups for run in group.runs]
    epochs = sorted({int(e) for run in runs for e in run.checkpoints.epochs})
    n_seeds = min(run.n_seeds for run in runs)
    first_seeds = {run.config.training.seed for run in runs}
    dataset = groups[0].dataset
    # A plane has to be chosen where there is none already.
    many = (
        len(groups) == 1
        and bool(dataset.class_names)
        and dataset.X_train.shape[1] > 2
        and not runs[0].config.dataset.spec.image_shape
    )
    left, right, link = st.columns([5, 7, 2] if many else [7, 3, 2], vertical_alignment="bottom")
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
            help="Moves all models back to what they knew after this epoch",
        )
    with right:
        places = st.columns(3 if many else 1)
        with places[0]:
            seed = 0
            if n_seeds > 1:
                seed = st.selectbox(
                    "Network",
                    range(n_seeds),
                    index=_restore(state, "network", range(n_seeds), 0),
                    key=state.view_key("network"),
                    format_func=lambda k: (
                        f"seed {min(first_seeds) + k}" if len(first_seeds) == 1 else f"no. {k + 1}"
                    ),
                    help="Whose surface, confusion matrix and graph are drawn; scores are "
                    "those of all networks",
                )
        axes = (0, 1)
        if many:
            axes = _axes(state, runs[0].config.dataset.name, dataset, places)
    state.set("axes", axes)
    state.set_view(
        epoch=epoch if epoch != epochs[-1] else None,
        network=seed or None,
        x=axes[0] or None,
        y=axes[1] if axes[1] != 1 else None,
    )
    shown = [_shown(group, epoch, seed, axes, len(runs) > 2) for group in groups]
    return shown, partial(_link, state, link)


def _shown(group: Group, epoch: int, seed: int, axes: tuple[int, int], narrow: bool) -> Shown:
    runs, dataset, part = group.runs, group.dataset, group.dataset.held_out
    at = [run.checkpoints.latest(epoch) for run in runs]
    evaluations = [
        charts.scores(run.fingerprint, e, part, run, dataset)
        for run, e in zip(runs, at, strict=True)
    ]
    return Shown(
        runs=runs,
        dataset=dataset,
        part=part,
        epoch=epoch,
        epochs=at,
        seed=seed,
        axes=axes,
        evaluations=evaluations,
        cell=_chosen_cell(group),
        places=group.places,
        narrow=narrow,
    )


def _chosen_cell(group: Group) -> Cell | None:
    """The cell of a confusion matrix that was clicked last, if it is one of these models'."""
    fingerprint, cell = st.session_state.get(CHOSEN_CELL) or ("", (0, 0))
    for i, run in enumerate(group.runs):
        if run.fingerprint == fingerprint and max(cell) < len(group.dataset.class_names):
            return Cell(i, cell)
    return None


def _link(state: PageState, place: DeltaGenerator) -> None:
    with place, st.popover("Link", icon=":material/link:", help="A link to these results"):
        st.write(
            "Anyone who opens this link sees the same results. Missing runs are trained "
            "automatically:"
        )
        st.code(state.link(), language=None, wrap_lines=True)


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
            st.warning(
                f"In this address: {name} “{plain(text[:20])}” is not there; the default is used.",
                icon=":material/link_off:",
            )
    at = default if value is None or value not in options else int(value)
    state.hold(control, at)
    return at


def draw_curves(state: PageState, groups: Sequence[Shown]) -> None:
    """The learning curves of all models in one chart for each column of the history."""
    models = sorted(
        ((shown.places[i], run) for shown in groups for i, run in enumerate(shown.runs)),
        key=lambda model: model[0],
    )
    runs = [run for _, run in models]
    if any(not same_loss(run.config, runs[0].config) for run in runs):
        st.caption(
            "The models' losses are of different kinds or in different units: compare how they "
            "fall, not how high they are."
        )
    log_scale, over, individual = _curve_options(state, any(run.n_seeds > 1 for run in runs))
    metrics = columns_to_draw([run.config for run in runs])
    for column, metric in zip(st.columns(len(metrics)), metrics, strict=True):
        with column:
            figure = charts.curves(
                tuple((place, run.fingerprint) for place, run in models),
                metric,
                groups[0].epoch,
                over,
                log_scale,
                individual,
                theme(),
                runs,
            )
            charts.show(figure, f"curves-{metric}", f"{metric} of all models over {over}, by part")


def _curve_options(state: PageState, many: bool) -> tuple[bool, Literal["epoch", "seconds"], bool]:
    """How the curves are drawn: log scale, over what, each network by itself."""
    options = [_Option("log", "Loss on a log scale"), _Option("time", "Over seconds")]
    if many:
        options.append(_Option("each", "Each network"))
    said = {}
    with st.container(horizontal=True):
        for option in options:
            said[option.name] = st.toggle(
                option.label,
                value=state.view(option.name) == "1",
                key=state.view_key(option.name),
            )
    state.set_view(**{name: 1 if chosen else None for name, chosen in said.items()})
    return said["log"], "seconds" if said["time"] else "epoch", said.get("each", False)
