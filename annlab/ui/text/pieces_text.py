"""Sentences about the linear piece on which a sample lies."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from annlab.analysis.pieces import Pieces
from annlab.formatting import written

# Units that are named one by one.
_MOST = 12


def piece_text(
    pieces: Pieces,
    k: int,
    hidden_sizes: Sequence[int],
    feature_names: Sequence[str],
    output_names: Sequence[str],
) -> str:
    """Give the affine function of a piece, and the units that are on there.

    Parameters
    ----------
    pieces : Pieces
    k : int
        Index of the piece.
    hidden_sizes : sequence of int
        Units of each hidden layer.
    feature_names, output_names : sequence of str

    Returns
    -------
    str
        Such as "z = 1.20·x1 − 0.50·x2 + 0.10; on: h1.1, h1.3 (2 of 4 units)".
    """
    functions = []
    for output, name in enumerate(output_names):
        terms = [
            _term(float(slope), feature)
            for slope, feature in zip(pieces.gradients[k, :, output], feature_names, strict=True)
        ]
        terms.append(_term(float(pieces.intercepts[k, output])))
        text = " ".join(terms)
        text = text.removeprefix("+ ") if text.startswith("+ ") else text.replace("− ", "−", 1)
        functions.append(f"{_logit(name, len(output_names))} = {text}")
    on, n = _units_that_are_on(pieces, k, hidden_sizes)
    units = ", ".join(on) if 0 < len(on) <= _MOST else ""
    count = f"{len(on)} of {n} units {'is' if len(on) == 1 else 'are'} on"
    return "; ".join([*functions, f"{count}: {units}" if units else count])


def _logit(name: str, n_outputs: int) -> str:
    return "z" if n_outputs == 1 else f"z({name})"


def _term(value: float, feature: str = "") -> str:
    sign = "−" if value < 0 else "+"
    return f"{sign} {written(abs(value), '.3g')}{'·' if feature else ''}{feature}"


def _units_that_are_on(
    pieces: Pieces, k: int, hidden_sizes: Sequence[int]
) -> tuple[list[str], int]:
    ends = np.cumsum([0, *hidden_sizes]).tolist()
    names = [
        f"h{layer + 1}.{unit + 1}"
        for layer, (low, high) in enumerate(pairwise(ends))
        for unit in range(high - low)
    ]
    on = [name for name, part in zip(names, pieces.pattern[k], strict=True) if part]
    return on, len(names)
