"""Sidebar of a bench: experiments, data, models, training and settings files."""

from collections.abc import Sequence

import streamlit as st

from annlab.config import DatasetConfig, RunConfig
from annlab.config.settings import SETTINGS
from annlab.datasets import DATASETS
from annlab.figures import MODEL_NAMES, MODEL_WORDS
from annlab.lessons.experiment import Experiment
from annlab.runs.uploads import read_file
from annlab.ui.layout import run_once
from annlab.ui.shell import PAGE_OF_TASK, PAGES
from annlab.ui.sidebar.data import draw_data
from annlab.ui.sidebar.model import draw_model, draw_varied
from annlab.ui.sidebar.widgets import draw_settings, folded
from annlab.ui.state.bench_link import MOST_MODELS
from annlab.ui.state.bench_state import BenchState
from annlab.ui.state.page_state import Runs
from annlab.ui.text.markdown import escape_markdown

OWN = "Custom"
EXPERIMENT = "experiment"


def controls(state: BenchState, experiments: Sequence[Experiment]) -> tuple[Runs | None, list[str]]:
    """Draw all controls of a bench.

    Parameters
    ----------
    state : BenchState
        Prepared state of the bench.
    experiments : sequence of Experiment
        Experiments that the page offers.

    Returns
    -------
    tuple of RunConfig or None
        Runs of the current settings; None if a setting is invalid.
    list of str
        Error messages for the user.
    """
    apply_selection(state, experiments)
    state.read_widgets()
    with st.sidebar:
        _experiment(state, experiments)
        st.subheader("Data")
        draw_data(state)
        if state.varied:
            st.subheader("Networks")
            draw_varied(state)
            draw_model(state, 0)
        else:
            for i in range(state.n_models):
                st.subheader(f":{MODEL_WORDS[i]}-badge[Model {MODEL_NAMES[i]}]")
                draw_model(state, i)
            _number_of_models(state, experiments)
        st.subheader("Training")
        draw_settings(state, "training", advanced=False)
        folded(
            state,
            "training",
            "Advanced",
            lambda: draw_settings(state, "training", advanced=True),
        )
        _load(state)
        state.finish_drawing()
    runs, mistakes = state.wanted()
    if runs:
        state.set("settings", runs)
    return runs, mistakes


def apply_selection(state: BenchState, experiments: Sequence[Experiment]) -> None:
    """Set all controls to the experiment or data set that the user has just selected.

    Call it at the start of a run, and in callbacks of clicks that may arrive with the selection.
    """
    title = state.changed(EXPERIMENT)
    data = state.changed(state.name_of(SETTINGS["data"]))
    if entry := next((entry for entry in experiments if entry.title == title), None):
        state.load(entry.runs)
    elif data:
        fresh = DatasetConfig(name=data, **DATASETS[data].suggested)
        state.load(state.runs_on(fresh), keep_typed=True)


def _experiment(state: BenchState, experiments: Sequence[Experiment]) -> None:
    runs, _ = state.wanted()
    titles = [entry.title for entry in experiments]
    labels = {entry.title: entry.label for entry in experiments}
    current = next((entry for entry in experiments if entry.runs == runs), None)
    title = current.title if current else OWN
    options = titles if current else [*titles, OWN]
    st.selectbox(
        "Experiment",
        options,
        index=options.index(title),
        key=state.key_showing(EXPERIMENT, title),
        format_func=lambda title: labels.get(title, title),
        help="Sets every control below. Tutorial experiments use the published settings.",
    )


def _load(state: BenchState) -> None:
    """Draw the uploader that fills the controls from a file."""
    key = state.key("file")

    def take_in() -> None:
        file = st.session_state[key]
        if file is not None:
            state.set("failures", [])
            try:
                read = read_file(file.getvalue())
                _use(state, read if isinstance(read, RunConfig) else read.config)
            except ValueError as error:
                state.set("failures", [escape_markdown(f"{file.name}: {error}")])

    def draw() -> None:
        st.file_uploader(
            "Settings or run file",
            type=["json", "safetensors"],
            key=key,
            on_change=take_in,
            help="Applies these settings to model A. To view a run's weights, load it on the "
            "Compare page.",
        )

    folded(state, "load", "Load settings", draw)


def _use(state: BenchState, config: RunConfig) -> None:
    if config.task.name not in state.tasks:
        page = PAGES[PAGE_OF_TASK[config.task.name]].title
        raise ValueError(f"these settings belong on the {page} page.")
    state.use(config, 0)


def _number_of_models(state: BenchState, experiments: Sequence[Experiment]) -> None:
    def now() -> Runs:
        apply_selection(state, experiments)  # the click may arrive with a new selection
        runs: Runs = state.wanted()[0] or state.get("settings")
        return runs

    def change(by: int) -> None:
        runs = now()
        state.load((*runs, runs[-1]) if by > 0 else runs[:-1], keep_typed=True)

    def add_linear() -> None:
        runs = now()
        state.load((*runs, runs[0].linear()), keep_typed=True)

    with st.container(horizontal=True):
        st.button(
            "Add a model",
            key=state.key("add"),
            icon=":material/add:",
            disabled=state.n_models == MOST_MODELS,
            on_click=run_once(change),
            args=(1,),
            help="Add a copy of the last model",
        )
        if all(run.model.hidden_sizes for run in state.get("settings")):
            st.button(
                "Add the linear model",
                key=state.key("add-linear"),
                icon=":material/timeline:",
                disabled=state.n_models == MOST_MODELS,
                on_click=run_once(add_linear),
                help="Add a model without hidden layers",
            )
        if state.n_models > 2:
            st.button(
                f"Remove {MODEL_NAMES[state.n_models - 1]}",
                key=state.key("remove"),
                icon=":material/remove:",
                on_click=run_once(change),
                args=(-1,),
            )
