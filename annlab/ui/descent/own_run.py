"""Tab "Your own run": the loss around the weights of a trained network."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TypeVar

import streamlit as st

from annlab.analysis.landscape import (
    MOST_WORK_OF_WORKER,
    Landscape,
    effort_for,
)
from annlab.analysis.landscape_losses import landscape_plane, landscape_request
from annlab.analysis.weight_planes import (
    most_moved,
    parameter_names,
)
from annlab.config import RunConfig
from annlab.config.links import RUN, read_comparison
from annlab.datasets import Dataset
from annlab.figures.landscape import loss_landscape
from annlab.figures.of_run.one_network import one_network
from annlab.formatting import network_name
from annlab.lessons.experiments import DEFAULTS
from annlab.runs.run import Run
from annlab.ui.browser import known_browser_key, theme
from annlab.ui.descent.descent_state import VIEW, DescentState
from annlab.ui.descent.own_plane import View, barrier_of, ends_of, landscape_of, plane_of
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.charts import show_chart
from annlab.ui.results.computation import computed
from annlab.ui.results.needed_file import ask_for_file
from annlab.ui.results.results import wait_for_data
from annlab.ui.services import services
from annlab.ui.shell import PAGE_OF_TASK, PAGES
from annlab.ui.state.own_access import load_if_ready, needed_data
from annlab.ui.state.session_runs import Item, noted_runs
from annlab.ui.text.landscape_text import barrier_sentence, path_sentence, samples_sentence
from annlab.ui.text.run_labels import run_labels
from annlab.weights_text import MAX_WEIGHTS_IN_LINK

T = TypeVar("T")

PLANES = {
    "two": "Two weights",
    "three": "Start, end and another network",
    "random": "Random directions",
}
# Page whose default runs are offered before the session has any.
_FIRST_PAGE = "logistic_vs_mlp"
# Seeds of random directions to choose from.
N_DIRECTIONS = 10
_ABOUT_PLANES = (
    "The loss depends on all weights, and a picture shows two directions. **Two weights**: you "
    "choose them, and all others stay as at the end. **Start, end and another network**: the plane "
    "holds these three networks exactly. **Random directions** are scaled unit by unit (Li et al., "
    "2018). annlab does not use the main axes of the path itself, because on them even a random "
    "walk draws a smooth spiral (Antognini & Sohl-Dickstein, 2018)."
)


def own_run(state: DescentState) -> None:
    """Draw the tab: choices, the loss on a plane, and what the plane leaves out."""
    configs = _offered(state)
    if not configs:
        st.info("You have not trained anything yet. Train a model first.", icon=":material/info:")
        _link_to(_FIRST_PAGE)
        return
    left, right = st.columns([3, 4])
    with left:
        config = st.selectbox(
            "Run",
            configs,
            format_func=run_labels(configs).__getitem__,
            key=state.view_key(RUN),
            persist_state="session",
        )
    needed = needed_data([config])
    if needed is not None:
        ask_for_file(state, needed)
        return
    run = Item(config).run()
    if run is None:
        st.info("This run is not stored here. Train it on its page.", icon=":material/info:")
        _link_to(PAGE_OF_TASK[config.task.name])
        return
    dataset = load_if_ready(config)
    if dataset is None:
        wait_for_data(config)
        return
    with right:
        kinds = list(PLANES)
        kind = st.radio(
            "Plane",
            kinds,
            index=kinds.index(_asked(state, "plane", kinds, "three" if run.n_seeds > 1 else "two")),
            format_func=PLANES.__getitem__,
            key=state.view_key("plane"),
            help=_ABOUT_PLANES,
            horizontal=True,
        )
    view = _view(state, run, dataset, str(kind))
    link = config.to_url() if config.fits_into_link else None
    state.set_view(**{**dict.fromkeys(VIEW[1:]), RUN: link, "plane": str(kind)})
    if link is None:
        st.caption(
            f"A link to this page leaves the run out: it starts from more than "
            f"{MAX_WEIGHTS_IN_LINK} weights of your own."
        )
    if view is not None:
        state.set_view(**view.query())
        _draw(run, dataset, view)


def _link_to(page: str) -> None:
    entry = PAGES[page]
    st.page_link(entry.file, label=f"Open {entry.title}", icon=entry.icon)


def _offered(state: DescentState) -> list[RunConfig]:
    """Run of the link, runs of the session, last used first, then the default runs of a bench."""
    linked, _ = read_comparison({RUN: [state.view(RUN) or ""]})
    others = [*reversed(noted_runs().values()), *reversed(DEFAULTS[_FIRST_PAGE].runs)]
    stored = services().repository.runs([c.digest for c in others], known_browser_key() or "")
    known = {info.digest for info in stored}
    return list(dict.fromkeys([*linked, *(c for c in others if c.digest in known)]))


def _asked(state: DescentState, name: str, choices: Iterable[T], default: T) -> T:
    """Choice that the address asks for, or the default."""
    asked = {str(choice): choice for choice in choices}
    return asked.get(state.view(name) or "", default)


def _view(state: DescentState, run: Run, dataset: Dataset, kind: str) -> View | None:
    """Draw the choices of a kind of plane; None without one."""
    columns = st.columns(3)
    place = 0
    if run.n_seeds > 1:
        with columns[0]:
            place = _choose(state, "network", "Network", range(run.n_seeds), 0)
    if kind == "three":
        if run.n_seeds == 1:
            st.info("This run has one network. Train two or more, or choose another plane.")
            return None
        with columns[1]:
            others = [k for k in range(run.n_seeds) if k != place]
            return View(kind, place, other=_choose(state, "other", "Other network", others))
    if kind == "random":
        with columns[1]:
            label = "Seed of the directions"
            return View(kind, place, seed=_choose(state, "seed", label, range(N_DIRECTIONS)))
    one = one_network(run, dataset, None, place)
    names = parameter_names(run.config.architecture, one.input_names, one.output_names)
    pair = []
    moved = most_moved(*ends_of(run, place))
    for column, axis, default in zip(columns[1:], ("x", "y"), moved, strict=True):
        with column:
            index = _asked(state, axis, range(len(names)), default)
            chosen = st.selectbox(
                f"Weight along {axis}",
                range(len(names)),
                index=index,
                format_func=names.__getitem__,
                key=f"{state.view_key(axis)}-{run.config.digest}-{place}",
                help="At first, the two weights that moved most",
            )
            pair.append(int(chosen))
    if pair[0] == pair[1]:
        st.info("Choose two different weights.")
        return None
    return View(kind, place, pair=(pair[0], pair[1]))


def _choose(
    state: DescentState, name: str, label: str, choices: Sequence[int], default: int | None = None
) -> int:
    """Draw a select box of numbers, of which people count the networks from 1."""
    first = choices[0] if default is None else default
    counted = int(name != "seed")
    chosen = st.selectbox(
        label,
        choices,
        index=choices.index(_asked(state, name, choices, first)),
        format_func=lambda k: str(k + counted),
        key=state.view_key(name),
    )
    return int(chosen)


def _landscape(run: Run, dataset: Dataset, view: View) -> Landscape | None:
    """Landscape of a view: of a large network by a worker; None while it is computed.

    Raises
    ------
    ValueError
        If the network is too large, or the plane does not exist.
    """
    n_here = len(dataset.of(view.network).X_train)
    with suppress(ValueError):
        return cached(landscape_of)(run, dataset, view, effort_for(run.n_parameters, n_here))
    # A worker has all samples of a large training split.
    effort = effort_for(run.n_parameters, run.config.n_train, MOST_WORK_OF_WORKER)
    plane = plane_of(run, dataset, view)
    losses = computed(
        "landscape",
        landscape_request(run, plane, view.networks, effort),
        f"Computing {effort.grid**2} networks on the plane",
        attached=lambda: landscape_plane(run, plane, view.networks, effort),
        own=run.config.dataset.own,
    )
    if losses is None:
        return None
    return cached(landscape_of)(run, dataset, view, effort, losses)


def _draw(run: Run, dataset: Dataset, view: View) -> None:
    try:
        found = _landscape(run, dataset, view)
    except ValueError as error:
        st.info(f"{error}.", icon=":material/info:")
        return
    if found is None:
        return
    names = [network_name(path.network) for path in found.paths]
    show_chart(
        loss_landscape(found, names, theme=theme()),
        "descent-landscape",
        f"Training loss on a plane of networks ({PLANES[view.kind]}), with the path of "
        f"{' and '.join(names)}",
    )
    for path, name in zip(found.paths, names, strict=True):
        st.markdown(path_sentence(path, name))
    if view.kind == "three":
        ends = (f"the end of {names[0]}", f"the end of {names[1]}")
        barrier = cached(barrier_of)(run, dataset, view, found.n_samples)
        if barrier:
            st.markdown(barrier_sentence(barrier, ends))
    st.caption(samples_sentence(found, names[0] if dataset.networks else ""))
