"""XOR from three gates: nine numbers by hand, or one that is missing."""

import numpy as np
import streamlit as st

from annlab.figures.gates import gate_network_plane
from annlab.nn.boolean_functions import (
    BOOLEAN_FUNCTIONS,
    INPUTS,
    XOR_OF_GATES,
    GateNetwork,
    function_of,
)
from annlab.ui.browser import theme
from annlab.ui.layout import table
from annlab.ui.results.charts import show_chart

XOR = BOOLEAN_FUNCTIONS["xor"].outputs
UNITS = ("h₁", "h₂", "out")
NUMBERS = tuple(f"{unit}: {name}" for unit in UNITS for name in ("w₁", "w₂", "b"))
ALL_NINE = "All nine numbers"
LARGEST, STEP = 5.0, 0.5
# A number that is to be found starts here, which solves nothing.
MISSING = 0.0
# With all nine numbers free: x₁ OR x₂.
AT_FIRST = (1.0, 0.0, -0.5, 0.0, 1.0, -0.5, 1.0, 1.0, -0.5)


def three_gates() -> None:
    """Draw the numbers of three gates, their truth table, and where their network fires."""
    controls, numbers, picture = st.columns([6, 5, 6], gap="medium")
    with controls, st.container(key="perceptron-numbers"):
        network = GateNetwork(_numbers())
    hidden, fired = network.hidden_fires(INPUTS), network.fires(INPUTS)
    right = fired == np.array(XOR, bool)
    with numbers:
        with st.container(key="perceptron-table-gates"):
            table(_truth_table(hidden, fired, right))
        _verdict(hidden, right)
    with picture:
        show_chart(
            gate_network_plane(network, XOR, theme=theme()),
            "perceptron-three-gates",
            "Where the network of three gates fires, with the lines of its hidden units: "
            f"{right.sum()} of 4 inputs are right",
        )


def _numbers() -> tuple[float, ...]:
    """Draw nine numbers, of which one or all can be changed."""
    missing = st.selectbox(
        "Number to find",
        [*NUMBERS, ALL_NINE],
        index=len(NUMBERS) - 1,
        key="perceptron-missing",
        help="The eight other numbers are given. h₁ and h₂ see x₁ and x₂; the output unit sees "
        "h₁ and h₂.",
        persist_state="session",
    )
    given = XOR_OF_GATES.numbers if missing != ALL_NINE else AT_FIRST
    values = []
    for unit, column in enumerate(st.columns(3, gap="small")):
        with column:
            for k in range(3 * unit, 3 * unit + 3):
                is_free = missing in (NUMBERS[k], ALL_NINE)
                value = st.number_input(
                    NUMBERS[k],
                    -LARGEST,
                    LARGEST,
                    MISSING if missing == NUMBERS[k] else float(given[k]),
                    step=STEP,
                    format="%g",
                    disabled=not is_free,
                    key=f"perceptron-number-{missing}-{k}",
                    persist_state="session",
                )
                values.append(float(value))
    return tuple(values)


def _truth_table(hidden: np.ndarray, fired: np.ndarray, right: np.ndarray) -> str:
    lines = ["| x₁ | x₂ | h₁ | h₂ | out | wanted | right |", "|" + "--:|" * 6 + ":-:|"]
    for (x1, x2), (h1, h2), fire, want, is_right in zip(
        INPUTS, hidden.T, fired, XOR, right, strict=True
    ):
        mark = ":green[✓]" if is_right else ":red[✗]"
        lines.append(
            f"| {x1:g} | {x2:g} | {int(h1)} | {int(h2)} | **{int(fire)}** | {want} | {mark} |"
        )
    return "\n".join(lines)


def _verdict(hidden: np.ndarray, right: np.ndarray) -> None:
    first, second = (function_of(outputs).label for outputs in hidden)
    says = f"h₁ computes: {first}. h₂ computes: {second}."
    if right.all():
        st.success(
            f"**Solved:** two lines do what one cannot. {says}", icon=":material/check_circle:"
        )
    else:
        st.info(f"{right.sum()} of 4 rows are right. {says}", icon=":material/tune:")
