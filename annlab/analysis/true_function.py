"""Scores against the true noiseless function, for samples of a known function."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.prediction import forward_pass
from annlab.analysis.surfaces import LINE_MARGIN
from annlab.datasets import FUNCTIONS, load_for_training
from annlab.datasets.functions import DOMAIN
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch

Array = NDArray[Any]

# Positions along the displayed line; they make an error accurate to three digits.
RESOLUTION = 1_201
# Most numbers of one layer in memory at a time.
_NUMBERS = 1_000_000


@dataclass(frozen=True)
class TruthScores:
    """Root mean squared error of each network against the true function, by region.

    Attributes
    ----------
    inside : ndarray, shape (n_seeds,)
        Error in the range of the samples.
    gap : ndarray, shape (n_seeds,), or None
        Error in the gap between the samples; None without a gap.
    outside : ndarray, shape (n_seeds,)
        Error beyond the samples, as far as the plot of the fit extends.
    counted : ndarray of bool, shape (n_seeds,)
        Networks that did not diverge.
    """

    inside: Array
    gap: Array | None
    outside: Array
    counted: NDArray[np.bool_]


def has_truth(run: Run) -> bool:
    """Whether the samples of a run come from a known function."""
    return run.config.dataset.function is not None


def score_against_truth(run: Run, epoch: Epoch | None = None) -> TruthScores:
    """Score every network of a run against the function that generated its samples.

    Unlike test samples, the true function has no noise and no outliers, so a network gains
    nothing from following them.

    Parameters
    ----------
    run : Run
        A run on a function of one variable.
    epoch : int, "best", "last" or None
        Weights to score, as in `Run.layers`.

    Returns
    -------
    TruthScores
        In the target's own unit.

    Raises
    ------
    ValueError
        If the true function is unknown, or no weights were kept at that epoch.
    """
    data = run.config.dataset
    if data.function is None:
        raise ValueError(f"dataset: the true function of {data.spec.label} is not known")
    x = _positions()
    error = _predictions(run, x, epoch) - FUNCTIONS[data.function].f(x)  # (n_seeds, n_positions)
    beyond, in_gap = (x < DOMAIN.low) | (x > DOMAIN.high), np.abs(x) < (data.gap or 0.0) / 2
    return TruthScores(
        inside=_rms(error[:, ~beyond & ~in_gap]),
        gap=_rms(error[:, in_gap]) if in_gap.any() else None,
        outside=_rms(error[:, beyond]),
        counted=run.counted,
    )


def _positions() -> Array:
    """Evenly spaced over the samples' range and the margin on both sides."""
    margin = LINE_MARGIN * (DOMAIN.high - DOMAIN.low)
    return np.linspace(DOMAIN.low - margin, DOMAIN.high + margin, RESOLUTION)


def _rms(error: Array) -> Array:
    return np.sqrt((error**2).mean(axis=1))


def _predictions(run: Run, x: Array, epoch: Epoch | None) -> Array:
    """Prediction of each network in the target's own unit: shape (n_seeds, n_positions)."""
    scales = run.preprocessing or load_for_training(run.config).preprocessing
    layers = run.layers(epoch)
    widest = max(W.shape[-1] for W, _ in layers)
    n_at_once = max(1, _NUMBERS // (widest * len(x)))
    # Either one row for all networks, or one row for each network.
    X = (x[:, None] * scales.factor[:, None] + scales.shift[:, None]).astype(np.float32)
    X = np.broadcast_to(X, (run.n_seeds, len(x), 1))
    outputs = [
        forward_pass(run.config, [(W[some], b[some]) for W, b in layers], X[some]).output[..., 0]
        for start in range(0, run.n_seeds, n_at_once)
        for some in (slice(start, start + n_at_once),)
    ]
    output = np.concatenate(outputs).astype(np.float64)
    return output * scales.target_scale + scales.target_mean  # a row for each network, one target
