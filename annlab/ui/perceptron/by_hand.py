"""Tab "By hand": a threshold unit whose weights and bias the user sets."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from annlab.figures.gates import gate_frame
from annlab.figures.two_classes import Marked
from annlab.figures.unit_plane import unit_plane
from annlab.formatting import written
from annlab.nn.boolean_functions import (
    BOOLEAN_FUNCTIONS,
    INPUTS,
    BooleanFunction,
    fires,
    function_of,
    unit_sums,
)
from annlab.ui.browser import theme
from annlab.ui.layout import table
from annlab.ui.perceptron.three_gates import three_gates
from annlab.ui.perceptron.xor_networks import xor_networks
from annlab.ui.results.charts import show_chart

# Weights and bias: largest size, step, and values at first, which solve no gate.
LARGEST, STEP = 3.0, 0.5
AT_FIRST = (0.5, -0.5, 0.0)
_SOLVED = "perceptron-solved"
_NAMES = ("w₁", "w₂", "b")

_WALL = (
    "**No line can do this.** XOR must fire at (0, 1) and (1, 0), so w₂ + b ≥ 0 and w₁ + b ≥ 0. "
    "It must be silent at (0, 0), so b < 0. Add the first two: w₁ + w₂ + b ≥ −b > 0. Then the unit "
    "also fires at (1, 1), where it must not. Three of four rows are the best a unit can do: go on "
    "to **three gates**."
)


@dataclass(frozen=True)
class Gate:
    """A gate that one unit should compute.

    Attributes
    ----------
    function : str
        A name in `BOOLEAN_FUNCTIONS`.
    n_inputs : int
        1 for a gate that only sees x₁.
    """

    function: str
    n_inputs: int = 2

    @property
    def entry(self) -> BooleanFunction:
        """The Boolean function of the gate."""
        return BOOLEAN_FUNCTIONS[self.function]


GATES = {
    "AND": Gate("and"),
    "OR": Gate("or"),
    "NOT": Gate("not_x1", n_inputs=1),
    "NAND": Gate("nand"),
    "XOR": Gate("xor"),
}


def by_hand() -> None:
    """Draw the tab: a choice of gates, and the controls and pictures of the chosen one."""
    draw: dict[str, Callable[[], None]] = {
        **{label: partial(_one_unit, label, gate) for label, gate in GATES.items()},
        "XOR from three gates": three_gates,
        "XOR by an MLP": xor_networks,
    }
    choice = st.radio(
        "Build this gate",
        list(draw),
        key="perceptron-gate",
        horizontal=True,
        persist_state="session",
    )
    draw[choice or next(iter(draw))]()


def _one_unit(label: str, gate: Gate) -> None:
    controls, numbers, picture = st.columns([4, 7, 6], gap="medium")
    with controls:
        weights = _weights(label, gate)
    X = INPUTS if gate.n_inputs == 2 else INPUTS[INPUTS[:, 1] == 0]
    outputs = np.array(gate.entry.outputs)
    wanted = outputs if gate.n_inputs == 2 else outputs[INPUTS[:, 1] == 0]
    sums, fired = unit_sums(weights, X), fires(weights, X)
    right = fired == wanted.astype(bool)
    with numbers:
        table(_truth_table(X[:, : gate.n_inputs], sums, fired, wanted))
        _verdict(label, gate, right, function_of(fires(weights, INPUTS)))
    with picture:
        show_chart(
            unit_plane(
                gate_frame(gate.entry.outputs, gate.n_inputs),
                weights,
                marked=Marked(~right),
                theme=theme(),
            ),
            "perceptron-unit",
            f"Inputs of {label} in a plane, and the line of the unit: {right.sum()} of "
            f"{len(right)} inputs are on the right side",
        )
    if not gate.entry.is_separable:
        st.warning(_WALL, icon=":material/block:")


def _weights(label: str, gate: Gate) -> np.ndarray:
    """Draw the sliders of a unit; return weights and bias, of shape (3,)."""
    values = []
    for name, value in zip(_NAMES, AT_FIRST, strict=True):
        if name == "w₂" and gate.n_inputs == 1:
            values.append(0.0)
            continue
        values.append(
            st.slider(
                {"b": "Bias b"}.get(name, f"Weight {name}"),
                -LARGEST,
                LARGEST,
                value,
                step=STEP,
                format="%g",
                key=f"perceptron-{label}-{name}",
                persist_state="session",
            )
        )
    shown = [written(value, "g") for value in values]
    terms = [f"{shown[0]}·x₁"] + [f"{shown[1]}·x₂"] * (gate.n_inputs == 2)
    formula = " + ".join([*terms, shown[2]]).replace("+ −", "− ")
    st.caption(f"sum = {formula}. The unit fires if the sum is at least 0; exactly 0 fires.")
    return np.array(values)


def _truth_table(X: np.ndarray, sums: np.ndarray, fired: np.ndarray, wanted: np.ndarray) -> str:
    inputs = ["x₁", "x₂"][: X.shape[1]]
    lines = [
        f"| {' | '.join(inputs)} | sum | fires | wanted | right |",
        "|" + "--:|" * (len(inputs) + 3) + ":-:|",
    ]
    for x, total, fire, want in zip(X, sums, fired, wanted, strict=True):
        values = " | ".join(f"{value:g}" for value in x)
        mark = ":green[✓]" if fire == bool(want) else ":red[✗]"
        lines.append(f"| {values} | {written(total, 'g')} | **{int(fire)}** | {want} | {mark} |")
    return "\n".join(lines)


def _verdict(label: str, gate: Gate, right: np.ndarray, now: BooleanFunction) -> None:
    solved: dict[str, bool] = st.session_state.setdefault(_SOLVED, {})
    if right.all():
        solved[label] = True
        st.success(f"**Solved:** the unit computes {label}.", icon=":material/check_circle:")
    else:
        says = f" It computes: {now.label}." if gate.n_inputs == 2 else ""
        st.info(f"{right.sum()} of {len(right)} rows are right.{says}", icon=":material/tune:")
    if solved:
        done = ", ".join(name for name in GATES if name in solved)
        st.caption(f"Solved so far: {done}.")
