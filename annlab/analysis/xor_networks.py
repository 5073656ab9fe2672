"""Which networks of a run have found XOR."""

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.prediction import forward_pass
from annlab.nn.boolean_functions import BOOLEAN_FUNCTIONS, INPUTS
from annlab.runs.run import Run

# The four inputs of XOR in the data set "xor", whose features are signs: −1 stands for 0.
CORNERS = 2 * INPUTS - 1
CORNERS.setflags(write=False)


def finds_xor(run: Run) -> NDArray[np.bool_]:
    """Whether each network of a run is right at all four inputs of XOR.

    Parameters
    ----------
    run : Run
        Run on the data set "xor".

    Returns
    -------
    ndarray of bool, shape (n_seeds,)

    Raises
    ------
    ValueError
        If the run learned from another data set.
    """
    if run.config.dataset.name != "xor":
        raise ValueError(f"run must be one on the data set xor. Got {run.config.dataset.name}.")
    output = forward_pass(run.config, run.layers(), CORNERS).output  # (n_seeds, 4, 1)
    said = run.config.task.decode(output)[..., 0]
    found: NDArray[np.bool_] = (said == BOOLEAN_FUNCTIONS["xor"].outputs).all(axis=1)
    return found
