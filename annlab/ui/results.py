"""The results of a bench: headline, surfaces, confusion, curves, and the panels below."""

from typing import Any
from urllib.parse import urlencode

import streamlit as st

from annlab.datasets import Dataset, Part
from annlab.evaluation import compare
from annlab.figures import MODEL_NAMES, MODEL_WORDS
from annlab.run import Run
from annlab.ui import charts
from annlab.ui.frame import theme
from annlab.ui.panels import PANELS
from annlab.ui.panels.panel import Shown
from annlab.ui.server import jobs
from annlab.ui.state import BenchState
from annlab.ui.wording import PART_NAMES, model_title, plain, verdict, with_spread


def results(state: BenchState, runs: list[Run]) -> None:
    """Draw all results of a bench, with what moves them: epoch, network, axes.

    Parameters
    ----------
    state : BenchState
        Of the page.
    runs : list of Run
        The models, A first, on the same data.
    """
    dataset = jobs().dataset_if_ready(runs[0].config.dataset)
    if dataset is None:
        _wait_for_workers()
        return
    for name, run in zip(MODEL_NAMES, runs, strict=False):
        if run.message:
            st.warning(f"**{name}:** {run.message}", icon=":material/info:")

    @st.fragment
    def view() -> None:
        shown = _view(state, runs, dataset)
        _verdict(shown)
        for i, column in enumerate(st.columns(len(runs))):
            with column:
                _model(shown, i)
        _curves(state, shown)
        _panels(state, shown)
        state.write_address()

    view()


@st.fragment(run_every=1.0)
def _wait_for_workers() -> None:
    """The runs are stored, but not their points; a worker has to make them again."""
    if jobs().ready:
        st.rerun()
    st.caption(jobs().start_error or "The workers are starting; they make the points again.")


def _view(state: BenchState, runs: list[Run], dataset: Dataset) -> Shown:
    """The controls of the view, and what they say."""
    epochs = sorted({int(e) for run in runs for e in run.checkpoints.epochs})
    n_seeds = min(run.n_seeds for run in runs)
    first_seed = runs[0].config.training.seed
    many = dataset.X_train.shape[1] > 2
    left, right, link = st.columns([5, 7, 2] if many else [7, 3, 2], vertical_alignment="bottom")
    with left:
        _restore(state, "epoch", epochs, epochs[-1])
        epoch = st.select_slider(
            "Epoch",
            epochs,
            key=state.key("epoch"),
            help="Moves both models back to what they knew after this epoch",
        )
    with right:
        cells = st.columns(3 if many else 1)
        with cells[0]:
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
        if len(cells) > 1:
            axes = _axes(state, dataset, cells)
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
    return Shown(runs, dataset, part, epoch, at, seed, axes, evaluations)


def _link(state: BenchState) -> None:
    with st.popover("Link", icon=":material/link:", help="A link to exactly this"):
        st.write("This address opens the same experiment anywhere:")
        address = (st.context.url or "").split("?")[0] + "?" + urlencode(state.query())
        st.code(address, language=None, wrap_lines=True)


def _axes(state: BenchState, dataset: Dataset, cells: Any) -> tuple[int, int]:
    chosen: list[int] = []
    for cell, name, default in zip(cells[1:], "xy", (0, 1), strict=True):
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
    """One sentence that says who is better, and whether that is more than luck."""
    if len(shown.runs) != 2:
        return
    found = compare(*(evaluation.headline for evaluation in shown.evaluations))
    st.markdown(verdict(found))


def _model(shown: Shown, i: int) -> None:
    run, evaluation, name = shown.runs[i], shown.evaluations[i], MODEL_NAMES[i]
    digest, epoch = run.config.digest, shown.epochs[i]
    colour = MODEL_WORDS[i]
    st.markdown(f"##### :{colour}-badge[{name}] {model_title(run.config)}")
    accuracy = evaluation.headline
    st.metric(
        f"Accuracy on {evaluation.n_samples} {PART_NAMES[shown.part]}",
        with_spread(accuracy),
        delta=f"{accuracy.mean() - evaluation.baseline:+.3f}",
        delta_description="to always naming the larger class",
        help=f"Mean ± standard deviation over {run.n_seeds} network(s), after epoch {epoch}",
    )
    charts.show(
        charts.surface(
            digest, epoch, shown.seed, shown.axes, shown.part, theme(), run, shown.dataset
        ),
        f"surface-{i}",
        f"Decision surface of model {name} after epoch {epoch}: the probability of "
        f"{shown.dataset.class_names[1]} as a shade, the points on it, mistakes ringed",
    )
    counts = evaluation.confusion[shown.seed]
    charts.show(
        charts.confusion(
            digest,
            epoch,
            shown.seed,
            shown.part,
            i,
            theme(),
            counts,
            shown.dataset.class_names,
        ),
        f"confusion-{i}",
        f"Confusion matrix of model {name}: {counts.trace()} of {counts.sum()} correct",
    )


def _curves(state: BenchState, shown: Shown) -> None:
    config = shown.runs[0].config
    key = state.key("log")
    if key not in st.session_state:
        st.session_state[key] = state.view("log") == "1"
    log_scale = st.toggle("Loss on a log scale", key=key)
    state.set_view(log=1 if log_scale else None)
    metrics = ["loss", *config.task.metrics]
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
            charts.show(figure, f"curves-{metric}", f"{metric} of both models over epochs, by part")


def _panels(state: BenchState, shown: Shown) -> None:
    tabs = st.tabs([panel.title for panel in PANELS], key=state.key("panel"), on_change="rerun")
    for tab, panel in zip(tabs, PANELS, strict=True):
        if tab.open:
            with tab:
                panel.draw(shown)
