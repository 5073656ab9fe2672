"""Code with which an exported script starts from a run's own initial weights."""

import textwrap

import numpy as np

from annlab.config import RunConfig
from annlab.exports.literals import LINE_LENGTH

# Lines of a loop over the linear layers of a torch module, and the line before the loop.
TORCH_BEFORE = "start = torch.tensor([float(number) for number in START.split()])"
TORCH_LAYER = """\
n = layer.weight.numel(), layer.bias.numel()
weight, bias, start = start.split([*n, len(start) - sum(n)])
layer.weight.data = weight.view(layer.in_features, -1).T.contiguous()
layer.bias.data = bias"""
KERAS = """\
start, weights = np.array(START.split(), "float32"), []
for array in layers.get_weights():
    weights.append(start[: array.size].reshape(array.shape))
    start = start[array.size :]
layers.set_weights(weights)
"""
KERAS_IMPORT = "import numpy as np"


def start_text(config: RunConfig) -> str:
    """Definition of ``START``, the numbers as text; empty if the initial weights are drawn."""
    weights = config.model.initial_weights
    if weights is None:
        return ""
    numbers = " ".join(map(str, np.array(weights, np.float32)))
    lines = "\n".join(textwrap.wrap(numbers, LINE_LENGTH, break_on_hyphens=False))
    return (
        "# Initial weights: of each layer the weights (n_in, n_out), row by row, then the biases.\n"
        f'START = """\n{lines}\n"""\n\n\n'
    )
