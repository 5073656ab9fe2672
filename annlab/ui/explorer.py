"""The explorer of activation functions: values, slopes, and softmax with its temperature."""

import math
from collections.abc import Sequence

import numpy as np
import streamlit as st

from annlab.figures import activation_functions, softmax_bars
from annlab.formatting import written
from annlab.nn.activations import ACTIVATIONS, Activation
from annlab.ui.results.charts import show_chart
from annlab.ui.shell import table, theme

ELEMENTWISE = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]
AT_FIRST = ["sigmoid", "tanh", "relu"]
LOGITS = (2.0, 1.0, 0.0, -1.0)


@st.fragment
def explorer(models: Sequence[str]) -> None:
    """Draw functions and their slopes on shared axes, with a movable input.

    Parameters
    ----------
    models : sequence of str
        The functions of the models on the page, which have the models' colors.
    """
    functions, vectors = st.tabs(["Functions", "Softmax"], key="explorer-tab", on_change="rerun")
    if functions.open:
        with functions:
            _functions(models)
    if vectors.open:
        with vectors:
            _softmax()


def _functions(models: Sequence[str]) -> None:
    left, right = st.columns([3, 2])
    with left:
        names = st.multiselect(
            "Functions",
            ELEMENTWISE,
            default=AT_FIRST,
            key="explorer-names",
            format_func=lambda name: ACTIVATIONS[name].label,
            persist_state="session",
        )
    with right:
        z = st.slider(
            "Input z", -6.0, 6.0, 1.0, step=0.1, key="explorer-z", persist_state="session"
        )
    if not names:
        st.info("Choose at least one function.")
        return
    for column, slopes in zip(st.columns(2), (False, True), strict=True):
        with column:
            what = "Slopes f'" if slopes else "Values f"
            show_chart(
                activation_functions(names, z, slopes=slopes, first=models, theme=theme()),
                f"explorer-{'slopes' if slopes else 'values'}",
                f"{what} of the chosen functions over the input, read off at {z}",
            )
    table(_table([ACTIVATIONS[name] for name in names], z))
    for name in names:
        entry = ACTIVATIONS[name]
        st.caption(f"**{entry.label}**, ${entry.formula}$: {entry.use}. Source: {entry.source}.")


def _table(entries: list[Activation], z: float) -> str:
    at, there = written(z, "g"), np.array([z])
    lines = [
        f"| function | f({at}) | f'({at}) | range | saturates |",
        "|---|---|---|---|---|",
    ]
    for entry in entries:
        low, high = (_number(value) for value in entry.value_range)
        lines.append(
            f"| {entry.label} | **{written(entry.f(there)[0], '.3f')}** "
            f"| **{written(entry.derivative(there)[0], '.3f')}** "
            f"| {low} to {high} | {_saturation(entry)} |"
        )
    return "\n".join(lines)


def _number(value: float) -> str:
    return written(value, "g").replace("inf", "∞")


def _saturation(entry: Activation) -> str:
    low, high = entry.saturated
    if low == high == 0:
        return "everywhere"
    sides = []
    if math.isfinite(low):
        sides.append(f"below {_number(low)}")
    if math.isfinite(high):
        sides.append(f"above {_number(high)}")
    return " and ".join(sides) or "nowhere"


def _softmax() -> None:
    entry = ACTIVATIONS["softmax"]
    st.markdown(
        f"${entry.formula}$: scores become probabilities that sum to one. A low **temperature** "
        "moves the probability towards the largest score, a high one makes all classes alike."
    )
    left, right = st.columns([2, 3])
    with left:
        temperature = st.slider("Temperature", 0.1, 5.0, 1.0, step=0.1, key="explorer-temperature")
        logits = [
            st.slider(f"Score of class {k}", -5.0, 5.0, value, step=0.1, key=f"explorer-logit-{k}")
            for k, value in enumerate(LOGITS)
        ]
    with right:
        show_chart(
            softmax_bars(np.array(logits), temperature, theme=theme()),
            "explorer-softmax",
            "Probabilities that softmax makes of the scores",
        )
    st.caption(f"Used as {entry.use}. Source: {entry.source}.")
