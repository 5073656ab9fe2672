"""State of torch's optimizers, layer by layer and by the names of the stages of a step."""

from collections.abc import Mapping
from typing import Any

import torch
from numpy.typing import NDArray

from annlab.nn.forward import Layers
from annlab.training.stack import Stack

# By name of its stage, the state of weights and biases of all networks.
State = Mapping[str, Layers | NDArray[Any]]

# Name in torch, and in `annlab.nn.optimizer_steps`.
_NAMES = {
    "momentum_buffer": "velocity",
    "sum": "sum of squares",
    "square_avg": "mean of squares",
    "exp_avg": "mean of gradients",
    "exp_avg_sq": "mean of squares",
}
# Nadam keeps one number for all parameters.
_NUMBERS = {"mu_product": "momentum product"}


def optimizer_state(stack: Stack, optimizer: torch.optim.Optimizer) -> State:
    """Copy what an optimizer remembers of earlier gradients.

    Parameters
    ----------
    stack : Stack
        Networks that it trains.
    optimizer : torch.optim.Optimizer
        Over the parts of the stack's flat vector, in order.

    Returns
    -------
    dict
        By the name of the stage: for each layer, arrays of shapes (n_seeds, n_in, n_out) and
        (n_seeds, n_out), or an array of shape (). Empty before the first step.
    """
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    states = [optimizer.state.get(p, {}) for p in parameters]
    found: dict[str, Any] = {}
    for name, of_stage in _NAMES.items():
        parts = [state.get(name) for state in states]
        if all(part is not None for part in parts):
            found[of_stage] = stack.arrays(torch.cat(parts))
    for name, of_stage in _NUMBERS.items():
        if name in states[0]:
            found[of_stage] = torch.as_tensor(states[0][name]).cpu().numpy().copy()
    return found
