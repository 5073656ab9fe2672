"""The controls in the sidebar: from what a student sets to the runs of a bench."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from pydantic import ValidationError

from annlab.activations import ACTIVATIONS
from annlab.config import LIMITS, SCALINGS, TARGET_SCALINGS, DatasetConfig, RunConfig
from annlab.datasets import DATASETS, FUNCTIONS, DatasetSpec
from annlab.experiments import Experiment
from annlab.fields import BY_URL
from annlab.figures import MODEL_NAMES, MODEL_WORDS
from annlab.files import read_file
from annlab.initialisers import INITIALISERS
from annlab.optimizers import OPTIMIZERS
from annlab.tasks import LOSSES, TASKS
from annlab.ui import charts
from annlab.ui.frame import PAGE_OF_TASK, PAGES, once, theme
from annlab.ui.server import jobs
from annlab.ui.state import MOST_MODELS, NO_HIDDEN_LAYER, BenchState, Runs
from annlab.ui.wording import plain

HIDDEN_SIZES = (
    NO_HIDDEN_LAYER,
    "2",
    "4-2",
    "8",
    "8-8",
    "30-15",
    "32-32",
    "64-32-16",
    "64-64-64",
    "8-8-8-8-8-8-8-8-8-8",
)
LEARNING_RATES = ("0.0001", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1")
BATCH_SIZES = ("1", "8", "16", "32", "64", "128", "1024")
L2 = ("0", "0.0001", "0.001", "0.01", "0.1")
OWN = "Your own settings"
EXPERIMENT = "experiment"


def controls(state: BenchState, experiments: Sequence[Experiment]) -> tuple[Runs | None, list[str]]:
    """Draw all controls of a bench.

    Parameters
    ----------
    state : BenchState
        Whose controls.
    experiments : sequence of Experiment
        What can be chosen as a whole.

    Returns
    -------
    tuple of RunConfig or None
        What the controls say; None if it makes no sense.
    list of str
        Why it makes no sense, for people.
    """
    state.prepare()
    take_over(state, experiments)
    state.remember()
    with st.sidebar:
        _experiment(state, experiments)
        st.subheader("Data")
        _data(state)
        if state.varied:
            st.subheader("Networks")
            _varied(state)
            _model(state, 0)
        else:
            for i in range(state.n_models):
                st.subheader(f":{MODEL_WORDS[i]}-badge[Model {MODEL_NAMES[i]}]")
                _model(state, i)
            _number_of_models(state)
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

    Not by callbacks: the browser also reports values from before it has shown newer ones, and
    Streamlit would take these for choices.
    """
    title = state.changed(state.key(EXPERIMENT))
    data = state.changed(state.control_key(BY_URL["data"]))
    if entry := next((entry for entry in experiments if entry.title == title), None):
        state.load(entry.runs)
    elif data:
        fresh = DatasetConfig(name=data, **DATASETS[data].suggested)
        state.load(tuple(_on_data(run, fresh) for run in state.get("settings")))


def _experiment(state: BenchState, experiments: Sequence[Experiment]) -> None:
    runs, _ = state.wanted()
    titles = [entry.title for entry in experiments]
    current = next((entry.title for entry in experiments if entry.runs == runs), OWN)
    st.selectbox(
        "Experiment",
        [*titles, OWN] if current == OWN else titles,
        key=state.held_key(EXPERIMENT, current),
        help="Each sets every control below to an experiment of the classic tutorials.",
    )


def _load(state: BenchState) -> None:
    """Settings from a file fill the controls."""
    with st.popover("Load settings", icon=":material/upload_file:"):
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

        st.file_uploader(
            "Settings or a run, as downloaded",
            type=["json", "safetensors"],
            key=key,
            on_change=take_in,
            help="They become model A's; the other models keep what is their own. A run's weights "
            "are shown on the page Compare.",
        )


def _use(state: BenchState, config: RunConfig) -> None:
    if config.task.name not in state.tasks:
        page = PAGES[PAGE_OF_TASK[config.task.name]].title
        raise ValueError(f"these settings belong on the page {page}.")
    state.use(config, 0)


def _data(state: BenchState) -> None:
    key = state.drawn_key(BY_URL["data"])
    names = [name for name, spec in DATASETS.items() if spec.task in state.tasks]

    st.selectbox(
        "Data set",
        names,
        key=key,
        format_func=lambda name: DATASETS[name].label,
    )
    spec = DATASETS[st.session_state[key]]
    st.caption(spec.description)
    _preview(state)
    for url, draw in _OF_DATA.items():
        if BY_URL[url].name in spec.defaults:
            draw(state, url, spec)
    with st.expander("More about the data"):
        _more_data(state, spec)


def _on_data(run: RunConfig, data: DatasetConfig) -> RunConfig:
    """A run on other data; what belongs to another task gets its default."""
    changed: dict[str, Any] = {"dataset": data}
    if data.spec.task != run.task.name:
        changed["model"] = run.model.model_copy(update={"output_activation": None})
        changed["training"] = run.training.model_copy(update={"loss": None})
    return run.model_copy(update=changed)


def _noise(state: BenchState, url: str, spec: DatasetSpec) -> None:
    low, high = spec.noise_range
    _widget(state, url, st.slider, low, high, step=0.01, help=spec.noise_meaning.capitalize())


# Settings that only some data sets have, and how each is set.
_OF_DATA: dict[str, Callable[[BenchState, str, DatasetSpec], None]] = {
    "function": lambda state, url, spec: _choice(
        state, url, FUNCTIONS, lambda name: FUNCTIONS[name].label
    ),
    "noise": _noise,
    "gap": lambda state, url, spec: _widget(
        state,
        url,
        st.slider,
        *LIMITS["gap"],
        step=0.1,
        help="Width of a region in the middle in which there are no points.",
    ),
    "outliers": lambda state, url, spec: _widget(
        state,
        url,
        st.slider,
        *LIMITS["outliers"],
        step=0.01,
        format="percent",
        help="Share of points that are far off.",
    ),
    "samples": lambda state, url, spec: _number(state, url, step=100),
    "classes": lambda state, url, spec: _number(state, url),
}


def _more_data(state: BenchState, spec: DatasetSpec) -> None:
    if not spec.n_test_rows:
        _share(
            state,
            "test",
            "Share of the points that no network sees in training; scores are then theirs.",
        )
    _share(
        state,
        "validation",
        "Share of the remaining points that is watched, but not learned from.",
    )
    _choice(state, "scaling", SCALINGS, str.capitalize, "Fitted on the training part.")
    if spec.task == "regression":
        _choice(
            state,
            "target_scaling",
            TARGET_SCALINGS,
            str.capitalize,
            "Standard: the networks learn targets of mean 0 and deviation 1. Scores and charts "
            "stay in the target's own unit.",
        )
    _number(state, "split_seed")
    if "seed" in spec.defaults:
        _number(state, "data_seed")
    st.caption(f"Source: {spec.source}")


def _share(state: BenchState, url: str, meaning: str) -> None:
    _widget(state, url, st.slider, 0.0, 0.9, step=0.05, format="percent", help=meaning)


def _preview(state: BenchState) -> None:
    """The points as they are now, small: a changed setting is seen before any training."""
    try:
        config = DatasetConfig.model_validate(state.values(0)["dataset"])
        if config.spec.image_shape:  # pictures are shown as they were taken
            config = config.model_copy(update={"scaling": "none"})
        dataset = jobs().dataset_if_ready(config)
    except (ValidationError, ValueError, TimeoutError):
        return  # what is wrong is said on the page
    if dataset is None or (config.spec.task == "regression" and config.spec.n_features > 1):
        return  # not yet there, or no picture
    st.plotly_chart(
        charts.preview(config.digest, theme(), config, dataset),
        key=state.key("preview"),
        config={"staticPlot": True},
        alt=f"The points of {config.spec.label} as they are set now",
    )


def _varied(state: BenchState) -> None:
    """The setting in which the models differ: several values of it."""
    field = BY_URL[state.varied]
    names = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]
    st.multiselect(
        f"{field.label}s",
        names,
        key=state.drawn_key(field),
        format_func=lambda name: ACTIVATIONS[name].label,
        max_selections=MOST_MODELS,
        help="One network each, otherwise the same.",
    )


def _model(state: BenchState, model: int) -> None:
    _text_choice(
        state,
        "hidden",
        HIDDEN_SIZES,
        model,
        help="Units of each hidden layer, such as 4-2; type your own. None at all: a linear model.",
    )
    hidden = state.values(model)["model"]["hidden_sizes"]
    if hidden and not state.varied:
        names = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]
        _choice(state, "activation", names, lambda n: ACTIVATIONS[n].label, model=model)
    _text_choice(state, "lr", LEARNING_RATES, model, help="Size of the optimizer's steps.")
    with st.expander(
        "More about the networks" if state.varied else f"More about model {MODEL_NAMES[model]}"
    ):
        _more_model(state, model, bool(hidden))


def _number_of_models(state: BenchState) -> None:
    def change(by: int) -> None:
        runs = state.wanted()[0] or state.get("settings")
        state.load((*runs, runs[-1]) if by > 0 else runs[:-1])

    def add_linear() -> None:
        runs = state.get("settings")
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


def _more_model(state: BenchState, model: int, hidden: bool) -> None:
    task = TASKS[DATASETS[st.session_state[state.control_key(BY_URL["data"])]].task]
    _choice(
        state,
        "loss",
        (None, *task.losses),
        lambda n: LOSSES[n].label if n else f"The task's own ({LOSSES[task.losses[0]].label})",
        model=model,
    )
    if len(task.output_activations) > 1:
        _choice(
            state,
            "output",
            (None, *task.output_activations[1:]),
            lambda n: ACTIVATIONS[n or task.output_activations[0]].label,
            "What the output can say at all: ReLU and softplus nothing below zero, sigmoid "
            "between 0 and 1, tanh between -1 and 1.",
            model=model,
        )
    _choice(state, "optimizer", OPTIMIZERS, lambda n: OPTIMIZERS[n].label, model=model)
    optimizer = st.session_state[state.control_key(BY_URL["optimizer"], model)]
    if OPTIMIZERS[optimizer].uses_momentum:
        _widget(
            state,
            "momentum",
            st.slider,
            *LIMITS["momentum"],
            step=0.001,
            format="%.3f",
            model=model,
        )
    _choice(state, "init", INITIALISERS, lambda n: INITIALISERS[n].label, model=model)
    if hidden:
        _widget(
            state,
            "dropout",
            st.slider,
            0.0,
            0.9,
            step=0.05,
            format="percent",
            help="Share of hidden units switched off at random in each step.",
            model=model,
        )
    _text_choice(state, "l2", L2, model, help="Pulls the weights (not the biases) towards zero.")


def _training(state: BenchState) -> None:
    _number(state, "epochs", step=10, help="Passes over the training points.")
    _number(
        state,
        "seeds",
        help="Networks trained at once, each from its own first weights and in its own order: "
        "they show whether a difference is real.",
    )
    _text_choice(state, "batch", BATCH_SIZES, help="Points per step.")
    with st.expander("More about the training"):
        _number(state, "seed", help="The first network's; the others count up from it.")
        _number(
            state,
            "patience",
            help="Epochs without a better loss after which a network stops; 0: never.",
        )
        _widget(
            state,
            "gradients",
            st.toggle,
            help="Shows how the gradient fares on its way back through the layers.",
        )
        found = jobs().accelerators
        _choice(
            state,
            "accelerator",
            ["auto", *found],
            lambda n: "Automatic" if n == "auto" else found.get(n, n.upper()),
            help="What the machine that trains really has.",
        )


# --- one control ---------------------------------------------------------------------------


def _widget(
    state: BenchState, url: str, widget: Callable[..., Any], *args: Any, model: int = 0, **kw: Any
) -> None:
    field = BY_URL[url]
    widget(field.label, *args, key=state.drawn_key(field, model), **kw)


def _number(state: BenchState, url: str, **kw: Any) -> None:
    limits = LIMITS.get(BY_URL[url].name, LIMITS["seed"])
    # None: an emptied field says that it is empty, instead of taking the least value.
    _widget(state, url, st.number_input, int(limits.low), int(limits.high), value=None, **kw)


def _choice(
    state: BenchState,
    url: str,
    options: Any,
    label: Callable[[Any], str],
    help: str | None = None,  # noqa: A002 - Streamlit's name
    model: int = 0,
) -> None:
    key = state.control_key(BY_URL[url], model)
    current = st.session_state[key]
    options = [*options, *([] if current in options else [current])]
    _widget(state, url, st.selectbox, options, format_func=label, help=help, model=model)


def _text_choice(
    state: BenchState, url: str, options: Sequence[str], model: int = 0, **kw: Any
) -> None:
    """A choice of usual values to which any other can be typed."""
    current = st.session_state.get(state.control_key(BY_URL[url], model))
    more = [current] if current and current not in options else []
    _widget(
        state,
        url,
        st.selectbox,
        [*options, *more],
        accept_new_options=True,
        model=model,
        **kw,
    )
