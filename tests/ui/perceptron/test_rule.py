"""The table of steps."""

import numpy as np

from annlab.nn.boolean_functions import BOOLEAN_FUNCTIONS, INPUTS
from annlab.nn.perceptron import train_perceptron
from annlab.ui.perceptron.rule import ROWS, step_table

AND = train_perceptron(INPUTS, np.array(BOOLEAN_FUNCTIONS["and"].outputs))


def test_table_shows_the_steps_as_numbers() -> None:
    lines = step_table(AND, 4).splitlines()
    assert lines[0] == "| step | sample | sum | said | wanted | change |"
    # Sum 0 is on neither side; then b = −1 keeps the unit silent until (1, 1).
    assert lines[2:5] == [
        "| 1 | (0, 0) | 0 | – | 0 | (0, 0, −1) |",
        "| 2 | (0, 1) | −1 | 0 | 0 | none |",
        "| 3 | (1, 0) | −1 | 0 | 0 | none |",
    ]
    assert lines[5] == "| **4** | **(1, 1)** | **−1** | **0** | **1** | **(1, 1, 1)** |"


def test_table_keeps_the_last_steps() -> None:
    lines = step_table(AND, AND.n_steps).splitlines()[2:]
    assert len(lines) == ROWS
    assert lines[-1].startswith(f"| **{AND.n_steps}** |")
    assert len(step_table(AND, 0).splitlines()) == 2
