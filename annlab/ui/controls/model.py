"""The controls of a model."""

import streamlit as st

from annlab.activations import ACTIVATIONS
from annlab.datasets import DATASETS
from annlab.fields import BY_URL
from annlab.initialisers import INITIALISERS
from annlab.limits import LIMITS
from annlab.links import PREFIXES
from annlab.optimizers import OPTIMIZERS
from annlab.tasks import LOSSES, TASKS
from annlab.typed import NO_HIDDEN_LAYER
from annlab.ui.controls.widgets import choice, folded, typed, widget
from annlab.ui.state import MOST_MODELS, THE_TASKS_OWN, BenchState


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
    typed(state, "lr", "Step size of the optimizer, usually 0.0001 to 0.1.", model)
    folded(
        state,
        PREFIXES[model],
        "Advanced",
        lambda: _more_model(state, model, bool(hidden)),
    )


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
    typed(
        state,
        "l2",
        "Strength of the pull of all weights toward 0, usually 0 to 0.1. Biases are left alone.",
        model,
    )
