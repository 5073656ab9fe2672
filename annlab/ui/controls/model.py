"""The controls of a model."""

import streamlit as st

from annlab.activations import ACTIVATIONS
from annlab.datasets import DATASETS
from annlab.fields import BY_URL
from annlab.figures import MODEL_NAMES
from annlab.initialisers import INITIALISERS
from annlab.limits import LIMITS
from annlab.links import PREFIXES
from annlab.optimizers import OPTIMIZERS
from annlab.tasks import LOSSES, TASKS
from annlab.ui.controls.widgets import choice, folded, text_choice, widget
from annlab.ui.state import MOST_MODELS, NO_HIDDEN_LAYER, THE_TASKS_OWN, BenchState

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
L2 = ("0", "0.0001", "0.001", "0.01", "0.1")


def draw_varied(state: BenchState) -> None:
    """The setting in which the models differ: several values of it."""
    field = BY_URL[state.varied]
    names = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]
    st.multiselect(
        f"{field.label}s",
        names,
        default=state.value_of(field.url),
        key=state.drawn_key(field),
        format_func=lambda name: ACTIVATIONS[name].label,
        max_selections=MOST_MODELS,
        help="One network each, otherwise the same.",
    )


def draw_model(state: BenchState, model: int) -> None:
    """Draw the controls of one model: A is 0."""
    text_choice(
        state,
        "hidden",
        HIDDEN_SIZES,
        model,
        help="Units of each hidden layer, such as 4-2. None at all: a linear model.",
    )
    hidden = state.values(model)["model"]["hidden_sizes"]
    if hidden and not state.varied:
        names = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]
        choice(state, "activation", names, lambda n: ACTIVATIONS[n].label, model=model)
    text_choice(state, "lr", LEARNING_RATES, model, help="Size of the optimizer's steps.")
    whom = "the networks" if state.varied else f"model {MODEL_NAMES[model]}"
    folded(
        state,
        PREFIXES[model],
        f"More about {whom}",
        lambda: _more_model(state, model, bool(hidden)),
    )


def _more_model(state: BenchState, model: int, hidden: bool) -> None:
    task = TASKS[DATASETS[state.value_of("data")].task]
    choice(
        state,
        "loss",
        (THE_TASKS_OWN, *task.losses[1:]),
        lambda n: LOSSES[n].label if n else f"{LOSSES[task.losses[0]].label} (the usual one)",
        model=model,
    )
    if len(task.output_activations) > 1:
        choice(
            state,
            "output",
            (THE_TASKS_OWN, *task.output_activations[1:]),
            lambda n: ACTIVATIONS[n or task.output_activations[0]].label,
            "What the output can say at all: ReLU and softplus nothing below zero, sigmoid "
            "between 0 and 1, tanh between -1 and 1.",
            model=model,
        )
    choice(state, "optimizer", OPTIMIZERS, lambda n: OPTIMIZERS[n].label, model=model)
    if "momentum" in OPTIMIZERS[state.value_of("optimizer", model)].settings:
        widget(
            state,
            "momentum",
            st.slider,
            *LIMITS["momentum"],
            step=0.001,
            format="%.3f",
            model=model,
        )
    choice(state, "init", INITIALISERS, lambda n: INITIALISERS[n].label, model=model)
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
    text_choice(state, "l2", L2, model, help="Pulls the weights (not the biases) towards zero.")
