"""Paired t interval of a mean difference, corrected for overlapping training samples."""

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

LEVEL = 0.95
# Share of a score below which a difference is float64 rounding.
ROUNDING = 1e-9


def paired_interval(
    differences: Array,
    *,
    level: float = LEVEL,
    overlap: float = 0.0,
    step: float = 0.0,
    size: float = 1.0,
) -> tuple[float, float]:
    """Confidence interval of the mean of paired differences, from Student's t distribution.

    The variance of the mean is the sample variance times ``1 / n + overlap``. Without an
    overlap, this is the interval of the paired t-test. Networks that are each trained on
    their own split of the same samples share most of their training samples, so their
    differences are correlated and ``1 / n`` alone is too small.

    Parameters
    ----------
    differences : ndarray, shape (n,)
        One for each pair, at least two.
    level : float
        Confidence level, in (0, 1).
    overlap : float
        ``n_scored / n_train`` for networks with their own split or fold; 0 for networks
        with the same data or with data drawn independently.
    step : float
        Grid of the scores (``1 / n_samples`` for an accuracy, ``1 / (n_samples * n_labels)`` for
        a label accuracy); 0 for continuous scores.
        Equal differences do not prove that there is no spread: their standard deviation is
        taken to be ``step / sqrt(n)``, the smallest above 0 that n scores on this grid have.
    size : float
        Magnitude of the scores. An end of the interval closer to 0 than 1e-9 times `size` is
        rounding and becomes 0.

    Returns
    -------
    tuple of float
        Lower and upper end.

    Raises
    ------
    ValueError
        If there are fewer than two differences.

    References
    ----------
    Nadeau & Bengio (2003), Inference for the generalization error, Machine Learning 52.
    """
    n = len(differences)
    if n < 2:
        raise ValueError(f"differences: an interval needs at least 2, got {n}")
    values = np.asarray(differences, dtype=np.float64)
    mean, spread = float(values.mean()), float(values.std(ddof=1))
    rounding = ROUNDING * size
    if spread <= rounding:
        spread = step / np.sqrt(n)
    half = float(t_quantile(level, n - 1) * spread * np.sqrt(1 / n + overlap))
    low, high = (0.0 if abs(end) <= rounding else end for end in (mean - half, mean + half))
    return low, high


@lru_cache(maxsize=256)
def t_quantile(level: float, df: int) -> float:
    """Two-sided quantile of Student's t distribution: P(-t < T < t) = `level`.

    SciPy has this function, but its import costs every web process 0.2 s and 18 MB.

    Parameters
    ----------
    level : float
        In (0, 1).
    df : int
        Degrees of freedom, at least 1.

    Returns
    -------
    float
        Above 0.

    References
    ----------
    Abramowitz & Stegun (1964), Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
    """
    low, high = 0.0, math.pi / 2  # of theta = arctan(t / sqrt(df))
    for _ in range(60):
        theta = (low + high) / 2
        if _within(theta, df) < level:
            low = theta
        else:
            high = theta
    return math.sqrt(df) * math.tan(low)


def _within(theta: float, df: int) -> float:
    """Probability that a t variable lies within ``sqrt(df) * tan(theta)`` of 0."""
    sine, cosine = math.sin(theta), math.cos(theta)
    odd = df % 2
    term, total = (cosine, 0.0) if odd else (1.0, 0.0)
    for k in range(2 + odd, df + 1, 2):
        total += term
        term *= (k - 1) / k * cosine**2
    return 2 / math.pi * (theta + sine * total) if odd else sine * total


def excludes_zero(interval: tuple[float, float]) -> bool:
    """Whether both ends lie on the same side of 0."""
    low, high = interval
    return low > 0 or high < 0


def level_of_each(n_comparisons: int) -> float:
    """Confidence level of each of several comparisons with one baseline (Bonferroni)."""
    return 1 - (1 - LEVEL) / n_comparisons
