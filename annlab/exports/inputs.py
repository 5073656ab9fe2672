"""Code with which an exported script derives a network's inputs from the features."""

from annlab.config import RunConfig
from annlab.nn.derived_features import FEATURES

IMPORTS = ("import numpy as np",)
CALL = """
splits = {name: (inputs(X), y) for name, (X, y) in splits.items()}
"""


def definition(config: RunConfig) -> str:
    """Definition of ``inputs``, for `CALL`; empty if the inputs are the features themselves."""
    entries = [FEATURES[name] for name in config.model.features]
    if not entries:
        return ""
    columns = "(x,)" if entries[0].n_features == 1 else "x1, x2"
    return (
        "def inputs(X):\n"
        '    """Inputs of the network, from scaled features."""\n'
        f"    {columns} = X.T\n"
        f"    return np.column_stack([{', '.join(entry.code for entry in entries)}])\n\n\n"
    )
