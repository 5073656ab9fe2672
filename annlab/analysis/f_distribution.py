"""Quantiles of the F distribution, without SciPy."""

import math
from functools import lru_cache

_HALVINGS = 60
# The continued fraction needs about as many terms as the root of the larger parameter.
_MOST_TERMS = 500
_TINY = 1e-300


@lru_cache(maxsize=256)
def f_quantile(probability: float, df_above: int, df_below: int) -> float:
    """Quantile of the F distribution: P(F < f) = `probability`.

    SciPy has this function, but its import costs every web process 29 MB.

    Parameters
    ----------
    probability : float
        In (0, 1).
    df_above, df_below : int
        Degrees of freedom of the two mean squares, at least 1.

    Returns
    -------
    float
        Above 0.

    References
    ----------
    Abramowitz & Stegun (1964), Handbook of Mathematical Functions, 26.6.2.
    """
    low, high = 0.0, 1.0  # of x = df_above f / (df_above f + df_below)
    for _ in range(_HALVINGS):
        x = (low + high) / 2
        if _incomplete_beta(df_above / 2, df_below / 2, x) < probability:
            low = x
        else:
            high = x
    x = (low + high) / 2
    return df_below * x / (df_above * (1 - x))


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """Regularized incomplete beta function I_x(a, b) for x in (0, 1)."""
    if x > (a + 1) / (a + b + 2):  # where the continued fraction converges slowly
        return 1 - _incomplete_beta(b, a, 1 - x)
    log_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    front = math.exp(a * math.log(x) + b * math.log1p(-x) - log_beta) / a
    return front / _continued_fraction(a, b, x)


def _continued_fraction(a: float, b: float, x: float) -> float:
    """Evaluate 1 + d1 / (1 + d2 / (1 + …)) of the incomplete beta function.

    References
    ----------
    DLMF 8.17.22 and 8.17.23; evaluated by the modified method of Lentz (DLMF 3.10(iii)).
    """
    value, upper, lower = 1.0, 1.0, 0.0
    for n in range(1, _MOST_TERMS):
        m = n // 2
        if n % 2:
            d = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            d = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        lower = 1 / ((1 + d * lower) or _TINY)
        upper = (1 + d / upper) or _TINY
        value *= upper * lower
        if abs(upper * lower - 1) < 1e-14:
            break
    return value
