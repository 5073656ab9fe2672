"""Sidebar of a bench: experiments, data, models, training and settings files."""

import re
from collections.abc import Callable, Sequence

import streamlit as st

from annlab.config import DatasetConfig, RunConfig
from annlab.config.settings import SETTINGS
from annlab.datasets.own.own_data import OWN
from annlab.lessons.experiment import Experiment
from annlab.runs.uploads import read_file
from annlab.ui.layout import run_once
from annlab.ui.shell import PAGE_OF_TASK, PAGES
from annlab.ui.sidebar.data import draw_data
from annlab.ui.sidebar.model import draw_models, draw_varied
from annlab.ui.sidebar.widgets import draw_group, folded, typed_numbers
from annlab.ui.state.bench_edits import copy_model, remember, rename, reset, undo
from annlab.ui.state.bench_link import MOST_MODELS
from annlab.ui.state.bench_state import BenchState
from annlab.ui.state.initial_weights import drop_unfitting_starts, lost_starts
from annlab.ui.state.own_choice import YOUR_FILE, own_of, value_of_own
from annlab.ui.state.page_state import Runs
from annlab.ui.text.markdown import escape_markdown

CUSTOM = "Custom"
EXPERIMENT = "experiment"
_DATA = SETTINGS["data"].address
# Value of the page: last settings of data of one's own, by their value in the list.
_OWN_CONFIGS = "own-configs"


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
    if state.changed(_DATA) == YOUR_FILE:
        state.force_value(_DATA, state.get("memory")[_DATA])  # the list shows the last data set
        st.switch_page(PAGES["data"].file)
    apply_selection(state, experiments)
    state.read_widgets()
    drop_unfitting_starts(state)

    def now() -> Runs:
        apply_selection(state, experiments)  # the click may arrive with a new selection
        runs: Runs = state.wanted()[0] or state.get("settings")
        return runs

    # With no value selected for what varies, the other settings are still drawn.
    values = [state.values_by_address(i) for i in range(max(1, state.n_models))]
    runs, mistakes = state.wanted()
    with st.sidebar:
        _experiment(state, experiments, runs)
        st.subheader("Data", anchor=False)
        draw_data(state, values)
        st.subheader("Models", anchor=False)
        if state.varied:
            draw_varied(state, values[0])
        else:
            draw_models(state, values, now)
            _more_models(state, now)
        for sentence in lost_starts(state, runs):
            st.info(sentence, icon=":material/casino:")
        st.subheader("Training", anchor=False)
        draw_group(state, "training", values)
        _load(state)
        if state.finish_drawing():
            runs, mistakes = state.wanted()
    if runs:
        state.set("settings", runs)
        remember(state, runs)
        data = runs[0].dataset
        if data.own:
            configs = {**(state.get(_OWN_CONFIGS) or {}), value_of_own(data.own): data}
            state.set(_OWN_CONFIGS, configs)
    return runs, mistakes


def open_number_pads() -> None:
    """Let phones open a number pad for settings that are typed numbers."""
    names = "|".join(map(re.escape, typed_numbers()))
    st.html(
        "<script>if (!window.annlabPads) { window.annlabPads = true;"
        "document.addEventListener('focusin', e => {"
        "const key = e.target.closest?.('.stTextInput')?.parentElement?.className ?? '';"
        f"if (/st-key-\\S*-({names})(-\\d+)?(\\s|$)/.test(key)) e.target.inputMode = 'decimal';"
        "}, true); }</script>",
        unsafe_allow_javascript=True,
    )


def apply_selection(state: BenchState, experiments: Sequence[Experiment]) -> None:
    """Set all controls to the experiment or data set that the user has just selected.

    Call it at the start of a run, and in callbacks of clicks that may arrive with the selection.
    """
    title = state.changed(EXPERIMENT)
    data = state.changed(_DATA)
    if entry := next((entry for entry in experiments if entry.title == title), None):
        state.set("start", entry.runs)
        rename(state, {})
        state.load(entry.runs)
    elif data and data != YOUR_FILE:
        own = own_of(data, None)
        # What was changed about own data is there again when they are chosen again.
        kept = (state.get(_OWN_CONFIGS) or {}).get(data)
        fresh = kept or DatasetConfig.suggested(OWN if own else data, own)
        state.load(state.runs_on(fresh), keep_typed=True)
        drop_unfitting_starts(state)


def _experiment(state: BenchState, experiments: Sequence[Experiment], runs: Runs | None) -> None:
    titles = [entry.title for entry in experiments]
    labels = {entry.title: entry.label for entry in experiments}
    current = next((entry for entry in experiments if entry.runs == runs), None)
    title = current.title if current else CUSTOM
    options = titles if current else [*titles, CUSTOM]
    st.selectbox(
        "Experiment",
        options,
        index=options.index(title),
        key=state.key_showing(EXPERIMENT, title),
        format_func=lambda title: labels.get(title, title),
        help="Sets every control below. Tutorial experiments use the published settings.",
    )
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Undo",
            key=state.key("undo"),
            type="tertiary",
            icon=":material/undo:",
            # Never disabled: the click that confirms a typed value would be lost.
            help="Take back the last change of a setting",
            on_click=run_once(lambda: undo(state)),
        )
        st.button(
            "Reset",
            key=state.key("reset"),
            type="tertiary",
            icon=":material/restart_alt:",
            help="Set all controls as in the experiment that you chose last",
            on_click=run_once(lambda: reset(state)),
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


def _more_models(state: BenchState, now: Callable[[], Runs]) -> None:
    """Draw the buttons that add a model."""
    is_full = state.n_models == MOST_MODELS
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Add a model",
            key=state.key("add"),
            type="tertiary",
            icon=":material/add:",
            disabled=is_full,
            on_click=run_once(lambda: copy_model(state, state.n_models - 1, now())),
            help="Add a copy of the last model",
        )
        if all(run.model.hidden_sizes for run in state.get("settings")):
            st.button(
                "Add the linear model",
                key=state.key("add-linear"),
                type="tertiary",
                icon=":material/timeline:",
                disabled=is_full,
                on_click=run_once(lambda: _add_linear(state, now())),
                help="Add a model without hidden layers",
            )


def _add_linear(state: BenchState, runs: Runs) -> None:
    state.load((*runs, runs[0].linear()), keep_typed=True)
