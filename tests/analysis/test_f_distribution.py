"""Quantiles of the F distribution against SciPy."""

import pytest
from scipy.stats import f

from annlab.analysis.f_distribution import f_quantile


@pytest.mark.parametrize("probability", [0.001, 0.025, 0.5, 0.975, 0.999])
@pytest.mark.parametrize(
    ("df_above", "df_below"),
    [(1, 1), (1, 500), (2, 3), (11, 48), (575, 2304), (1999, 8000), (9999, 10_000)],
)
def test_quantiles_are_those_of_scipy(probability: float, df_above: int, df_below: int) -> None:
    expected = f.ppf(probability, df_above, df_below)
    assert f_quantile(probability, df_above, df_below) == pytest.approx(expected, rel=1e-8)
