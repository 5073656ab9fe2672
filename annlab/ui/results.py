"""The results of a bench: headline, surfaces, confusion, curves, and the panels below."""

from typing import Any
from urllib.parse import urlencode

import streamlit as st

from annlab.config import DatasetConfig
from annlab.datasets import Dataset, Part
from annlab.evaluation import compare
from annlab.figures import MODEL_NAMES, MODEL_WORDS
from annlab.run import Run
from annlab.ui import charts
from annlab.ui.frame import cells, theme
from annlab.ui.panels import PANELS
from annlab.ui.panels.panel import Cell, Shown
from annlab.ui.server import jobs
from annlab.ui.state import BenchState
from annlab.ui.views import CHOSEN_CELL, VIEWS, draw_score
from annlab.ui.wording import (
    columns_to_draw,
    model_title,
    out_of_reach,
    plain,
    ranking,
    verdict,
)


def results(state: BenchState, runs: list[Run]) -> None:
    """Draw all results of a bench, with what moves them: epoch, network, axes.

    Parameters
    ----------
    state : BenchState
        Of the page.
    runs : list of Run
        The models, A first, on the same data.
    """
    config = runs[0].config.dataset
    try:
        dataset = jobs().dataset_if_ready(config)
    except ValueError as error:
        st.error(str(error), icon=":material/error:")
        return
    if dataset is None:
        _wait_for_points(config)
        return
    for name, run in zip(MODEL_NAMES, runs, strict=False):
        if run.message:
            st.warning(f"**{name}:** {run.message}", icon=":material/info:")

    for sentence in out_of_reach(runs, dataset):
        st.warning(sentence, icon=":material/info:")

    @st.fragment
    def view() -> None:
        shown = _view(state, runs, dataset)
        _verdict(shown)
        for i, cell in enumerate(cells(len(runs))):
            with cell:
                st.markdown(
                    f"##### :{MODEL_WORDS[i]}-badge[{MODEL_NAMES[i]}] {model_title(runs[i].config)}"
                )
                draw_score(shown, i)
                for view in VIEWS:
                    if view.applies(shown):
                        view.draw(shown, i)
        _curves(state, shown)
        _panels(state, shown)
        state.write_address()

    view()


@st.fragment(run_every=1.0)
def _wait_for_points(config: DatasetConfig) -> None:
    """The runs are stored, but not their points; a worker has to make them again."""
    try:
        made = jobs().dataset_if_ready(config) is not None
    except ValueError:
        made = True  # what there is to say is said by the results
    if made:
        st.rerun()
    said = "The points are being made again." if jobs().ready else "The workers are starting."
    st.caption(jobs().start_error or said)


def _view(state: BenchState, runs: list[Run], dataset: Dataset) -> Shown:
    """The controls of the view, and what they say."""
    epochs = sorted({int(e) for run in runs for e in run.checkpoints.epochs})
    n_seeds = min(run.n_seeds for run in runs)
    first_seed = runs[0].config.training.seed
    spec = runs[0].config.dataset.spec
    # A plane has to be chosen where there is none already.
    many = bool(dataset.class_names) and dataset.X_train.shape[1] > 2 and not spec.image_shape
    left, right, link = st.columns([5, 7, 2] if many else [7, 3, 2], vertical_alignment="bottom")
    with left:
        _restore(state, "epoch", epochs, epochs[-1])
        epoch = st.select_slider(
            "Epoch",
            epochs,
            key=state.key("epoch"),
            help="Moves all models back to what they knew after this epoch",
        )
    with right:
        places = st.columns(3 if many else 1)
        with places[0]:
            seed = 0
            if n_seeds > 1:
                _restore(state, "network", list(range(n_seeds)), 0)
                seed = st.selectbox(
                    "Network",
                    range(n_seeds),
                    key=state.key("network"),
                    format_func=lambda k: f"seed {first_seed + k}",
                    help="Whose surface, confusion matrix and graph are drawn; scores are "
                    "those of all networks",
                )
        axes = (0, 1)
        if len(places) > 1:
            axes = _axes(state, dataset, places)
    state.set("axes", axes)
    state.set_view(
        epoch=epoch if epoch != epochs[-1] else None,
        network=seed or None,
        x=axes[0] or None,
        y=axes[1] if axes[1] != 1 else None,
    )
    with link:
        _link(state)
    part: Part = dataset.held_out
    at = [run.checkpoints.latest(epoch) for run in runs]
    evaluations = [
        charts.scores(run.config.digest, e, part, run, dataset)
        for run, e in zip(runs, at, strict=True)
    ]
    cell = _chosen_cell(runs, dataset)
    return Shown(runs, dataset, part, epoch, at, seed, axes, evaluations, cell)


def _link(state: BenchState) -> None:
    with st.popover("Link", icon=":material/link:", help="A link to exactly this"):
        st.write("This address opens the same experiment anywhere:")
        address = (st.context.url or "").split("?")[0] + "?" + urlencode(state.query())
        st.code(address, language=None, wrap_lines=True)


def _axes(state: BenchState, dataset: Dataset, places: Any) -> tuple[int, int]:
    chosen: list[int] = []
    for cell, name, default in zip(places[1:], "xy", (0, 1), strict=True):
        with cell:
            features = list(range(len(dataset.feature_names)))
            _restore(state, name, features, default)
            if st.session_state[state.key(name)] in chosen:  # not the same feature twice
                st.session_state[state.key(name)] = (chosen[0] + 1) % len(features)
            chosen.append(
                st.selectbox(
                    {"x": "Horizontal", "y": "Vertical"}[name],
                    features,
                    key=state.key(name),
                    format_func=lambda k: dataset.feature_names[k],
                )
            )
    return chosen[0], chosen[1]


def _restore(state: BenchState, name: str, options: list[int], default: int) -> None:
    """Give a control of the view its value: the session's, else the address's, else default."""
    key = state.key(name)
    if key not in st.session_state:
        text = state.view(name) or ""
        value = int(text) if text.isdecimal() and len(text) < 9 else None
        if text and value not in options:
            st.warning(
                f"In this address: {name} “{plain(text[:20])}” is not there; the default is used.",
                icon=":material/link_off:",
            )
        st.session_state[key] = value
    if st.session_state[key] not in options:
        st.session_state[key] = default


def _verdict(shown: Shown) -> None:
    """Who is better, and whether that is more than luck; of more than two, all results."""
    if len(shown.runs) == 2:
        a, b = shown.evaluations
        found = compare(a.headline, b.headline, higher_is_better=a.higher_is_better)
        st.markdown(verdict(found, a.score_name, a.higher_is_better))
    else:
        st.markdown(ranking(shown.runs, shown.evaluations))


def _chosen_cell(runs: list[Run], dataset: Dataset) -> Cell | None:
    """The cell of a confusion matrix that was clicked last, if it is one of these models'."""
    digest, cell = st.session_state.get(CHOSEN_CELL) or ("", (0, 0))
    for i, run in enumerate(runs):
        if run.config.digest == digest and max(cell) < len(dataset.class_names):
            return Cell(i, cell)
    return None


def _curves(state: BenchState, shown: Shown) -> None:
    key = state.key("log")
    if key not in st.session_state:
        st.session_state[key] = state.view("log") == "1"
    log_scale = st.toggle("Loss on a log scale", key=key)
    state.set_view(log=1 if log_scale else None)
    metrics = columns_to_draw([run.config for run in shown.runs])
    for column, metric in zip(st.columns(len(metrics)), metrics, strict=True):
        with column:
            figure = charts.curves(
                # A run that was stopped, and trained anew later, has one digest.
                tuple((run.config.digest, run.n_epochs) for run in shown.runs),
                metric,
                shown.epoch,
                log_scale,
                theme(),
                shown.runs,
            )
            charts.show(figure, f"curves-{metric}", f"{metric} of all models over epochs, by part")


def _panels(state: BenchState, shown: Shown) -> None:
    panels = [panel for panel in PANELS if panel.applies(shown)]
    tabs = st.tabs([panel.title for panel in panels], key=state.key("panel"), on_change="rerun")
    for tab, panel in zip(tabs, panels, strict=True):
        if tab.open:
            with tab:
                panel.draw(shown)
