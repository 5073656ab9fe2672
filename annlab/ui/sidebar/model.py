"""The controls of a model."""

import streamlit as st

from annlab.config.links import PREFIXES
from annlab.config.parsing import NO_HIDDEN_LAYER
from annlab.config.settings import BY_URL, FIELDS
from annlab.datasets import DATASETS
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.initializers import INITIALIZERS
from annlab.nn.losses import LOSSES
from annlab.nn.optimizers import OPTIMIZERS
from annlab.nn.tasks import TASKS
from annlab.ui.sidebar.widgets import choice, folded, typed, widget
from annlab.ui.state.bench_state import MOST_MODELS, THE_TASKS_OWN, BenchState


def draw_varied(state: BenchState) -> None:
    """Draw the one setting in which the models differ, with several values."""
    field = BY_URL[state.varied]
    names = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]
    st.multiselect(
        f"{field.label}s",
        names,
        default=state.value_of(field.url),
        key=state.drawn_key(field),
        format_func=lambda name: ACTIVATIONS[name].label,
        max_selections=MOST_MODELS,
        help="One model for each activation; all other settings are the same.",
    )


def draw_model(state: BenchState, model: int) -> None:
    """Draw the controls of one model: A is 0."""
    typed(
        state,
        "hidden",
        f"Units of each hidden layer, such as 8 or 4-2; {NO_HIDDEN_LAYER} makes a linear model.",
        model,
    )
    hidden = state.values(model)["model"]["hidden_sizes"]
    if hidden and not state.varied:
        names = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]
        choice(state, "activation", names, lambda n: ACTIVATIONS[n].label, model=model)
    if hidden:
        _needs(state, model)
    typed(state, "lr", "Step size of the optimizer, usually 0.0001 to 0.1.", model)
    folded(
        state,
        PREFIXES[model],
        "Advanced",
        lambda: _more_model(state, model, bool(hidden)),
    )


# Settings that only some optimizers have, and what each does.
_OF_OPTIMIZERS = {
    "momentum": "Share of the last step that is added to the next one, usually 0.9.",
    "rho": "How much of the mean squared gradient each step keeps: PyTorch 0.99, Keras 0.9.",
    "accumulator": "Sum of squared gradients at the start; a larger one shortens the first steps: "
    "PyTorch 0, Keras 0.1.",
}


def _needs(state: BenchState, model: int) -> None:
    """Say what SELU is made for, where it is chosen without that."""
    chosen = state.value_of("activation", model)
    if "selu" not in (chosen if state.varied else [chosen]):
        return
    missing = []
    if state.value_of("init", model) != "lecun_normal":
        missing.append("LeCun normal weight initialization")
    if state.value_of("scaling") != "standard":
        missing.append("standard scaling of the data")
    if missing:
        st.caption(f"SELU needs {' and '.join(missing)} (under Advanced).")


def _more_model(state: BenchState, model: int, hidden: bool) -> None:
    task = TASKS[DATASETS[state.value_of("data")].task]
    choice(
        state,
        "loss",
        (THE_TASKS_OWN, *task.losses[1:]),
        lambda n: LOSSES[n].label if n else f"{LOSSES[task.losses[0]].label} (default)",
        model=model,
    )
    if len(task.output_activations) > 1:
        choice(
            state,
            "output",
            (THE_TASKS_OWN, *task.output_activations[1:]),
            lambda n: ACTIVATIONS[n or task.output_activations[0]].label,
            "Range of the output: ReLU and softplus ≥ 0, sigmoid 0 to 1, tanh −1 to 1.",
            model=model,
        )
    choice(state, "optimizer", OPTIMIZERS, lambda n: OPTIMIZERS[n].label, model=model)
    for name in OPTIMIZERS[state.value_of("optimizer", model)].settings:
        url = next(field.url for field in FIELDS if field.name == name)
        typed(state, url, _OF_OPTIMIZERS[url], model)
    choice(
        state,
        "init",
        INITIALIZERS,
        lambda n: INITIALIZERS[n].label,
        "Distribution of the initial weights: He suits ReLU, Glorot tanh, LeCun SELU.",
        model=model,
    )
    if hidden:
        widget(
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
    typed(
        state,
        "l2",
        "Strength of the pull of all weights toward 0, usually 0 to 0.1. Biases are left alone.",
        model,
    )
