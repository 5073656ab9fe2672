"""The controls in the sidebar: from what a student sets to the runs of a bench."""

from collections.abc import Sequence

import streamlit as st

from annlab.config import DatasetConfig, RunConfig
from annlab.datasets import DATASETS
from annlab.experiments import Experiment
from annlab.fields import BY_URL
from annlab.figures import MODEL_NAMES, MODEL_WORDS
from annlab.files import read_file
from annlab.ui.controls.data import draw_data, on_data
from annlab.ui.controls.model import draw_model, draw_varied
from annlab.ui.controls.widgets import choice, folded, number, text_choice, widget
from annlab.ui.frame import PAGE_OF_TASK, PAGES, once
from annlab.ui.server import jobs
from annlab.ui.state import MOST_MODELS, BenchState, Runs
from annlab.ui.wording import plain

OWN = "Your own settings"
EXPERIMENT = "experiment"
BATCH_SIZES = ("1", "8", "16", "32", "64", "128", "1024")


def controls(state: BenchState, experiments: Sequence[Experiment]) -> tuple[Runs | None, list[str]]:
    """Draw all controls of a bench.

    Parameters
    ----------
    state : BenchState
        Whose controls; it has been prepared.
    experiments : sequence of Experiment
        What can be chosen as a whole.

    Returns
    -------
    tuple of RunConfig or None
        What the controls say; None if it makes no sense.
    list of str
        Why it makes no sense, for people.
    """
    take_over(state, experiments)
    state.remember()
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
        _training(state)
        _load(state)
        state.all_drawn()
    runs, mistakes = state.wanted()
    if runs:
        state.set("settings", runs)
    return runs, mistakes


def take_over(state: BenchState, experiments: Sequence[Experiment]) -> None:
    """Set all controls to the experiment or the data set that a student has just chosen.

    For the beginning of a turn, and for a press that may come together with the choice.
    """
    title = state.changed(EXPERIMENT)
    data = state.changed(state.name_of(BY_URL["data"]))
    if entry := next((entry for entry in experiments if entry.title == title), None):
        state.load(entry.runs)
    elif data:
        fresh = DatasetConfig(name=data, **DATASETS[data].suggested)
        state.load(tuple(on_data(run, fresh) for run in state.get("settings")))


def _experiment(state: BenchState, experiments: Sequence[Experiment]) -> None:
    runs, _ = state.wanted()
    titles = [entry.title for entry in experiments]
    labels = {entry.title: entry.label for entry in experiments}
    chosen = next((entry for entry in experiments if entry.runs == runs), None)
    said = chosen.title if chosen else OWN
    options = titles if chosen else [*titles, OWN]
    st.selectbox(
        "Experiment",
        options,
        index=options.index(said),
        key=state.held_key(EXPERIMENT, said),
        format_func=lambda title: labels.get(title, title),
        help="Each sets every control below. Those of the tutorials are as published.",
    )
    if chosen and state.get("shown") not in (None, runs):  # beside its results, it is said there
        st.caption(chosen.question)


def _load(state: BenchState) -> None:
    """Settings from a file fill the controls."""
    key = state.key("file")

    def take_in() -> None:
        file = st.session_state[key]
        if file is not None:
            state.set("failures", [])
            try:
                read = read_file(file.getvalue())
                _use(state, read if isinstance(read, RunConfig) else read.config)
            except ValueError as error:
                state.set("failures", [plain(f"{file.name}: {error}")])

    def draw() -> None:
        st.file_uploader(
            "Settings or a run, as downloaded",
            type=["json", "safetensors"],
            key=key,
            on_change=take_in,
            help="They become model A's; the other models keep what is their own. A run's weights "
            "are shown on the page Compare.",
        )

    folded(state, "load", "Load settings", draw)


def _use(state: BenchState, config: RunConfig) -> None:
    if config.task.name not in state.tasks:
        page = PAGES[PAGE_OF_TASK[config.task.name]].title
        raise ValueError(f"these settings belong on the page {page}.")
    state.use(config, 0)


def _number_of_models(state: BenchState, experiments: Sequence[Experiment]) -> None:
    def now() -> Runs:
        take_over(state, experiments)  # where something was chosen a moment ago
        runs: Runs = state.wanted()[0] or state.get("settings")
        return runs

    def change(by: int) -> None:
        runs = now()
        state.load((*runs, runs[-1]) if by > 0 else runs[:-1])

    def add_linear() -> None:
        runs = now()
        state.load((*runs, runs[0].linear()))

    with st.container(horizontal=True):
        st.button(
            "Add a model",
            key=state.key("add"),
            icon=":material/add:",
            disabled=state.n_models == MOST_MODELS,
            on_click=once(change),
            args=(1,),
            help="One more, like the last",
        )
        if all(run.model.hidden_sizes for run in state.get("settings")):
            st.button(
                "Add the linear model",
                key=state.key("add-linear"),
                icon=":material/timeline:",
                disabled=state.n_models == MOST_MODELS,
                on_click=once(add_linear),
                help="What can be had without any hidden unit",
            )
        if state.n_models > 2:
            st.button(
                f"Remove {MODEL_NAMES[state.n_models - 1]}",
                key=state.key("remove"),
                icon=":material/remove:",
                on_click=once(change),
                args=(-1,),
            )


def _training(state: BenchState) -> None:
    number(state, "epochs", step=10, help="Passes over the training points.")
    number(
        state,
        "seeds",
        help="Networks trained at once, each from its own first weights and in its own order: "
        "they show whether a difference is real.",
    )
    text_choice(state, "batch", BATCH_SIZES, help="Points per step.")
    folded(state, "training", "More about the training", lambda: _more_training(state))


def _more_training(state: BenchState) -> None:
    number(state, "seed", help="The first network's; the others count up from it.")
    number(
        state,
        "patience",
        help="Epochs without a better loss after which a network stops; 0: never.",
    )
    widget(
        state,
        "gradients",
        st.toggle,
        help="Shows how the gradient fares on its way back through the layers.",
    )
    found = jobs().accelerators
    choice(
        state,
        "accelerator",
        ["auto", *found],
        lambda n: "Automatic" if n == "auto" else found.get(n, n.upper()),
        meaning="What the machine that trains really has.",
    )
