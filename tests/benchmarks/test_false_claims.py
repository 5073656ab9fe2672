"""Small version of the false claim simulations."""

import pytest
from scipy import stats

from tests.benchmarks.false_claims import (
    FEWEST_FOUND,
    KINDS,
    MOST_FALSE,
    N_EXPERIMENTS,
    RESAMPLED,
    SIZES,
    NoDifference,
    coin_flips,
    coverage,
    found,
    without_difference,
)

# At the allowed rate, more false claims than this occur with a probability of 1 in 1,000.
N_SMALL = 20
MOST_OF_SMALL = int(stats.binom.ppf(0.999, N_SMALL, MOST_FALSE / N_EXPERIMENTS))


@pytest.mark.parametrize("resample", RESAMPLED)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_equal_models_rarely_differ_on_new_data(kind: NoDifference, resample: str) -> None:
    with coin_flips():
        judged = [without_difference(kind, resample, k) for k in range(N_SMALL)]
    assert not any(one.reason for one in judged)
    said = ["holds on new data" in one.sentence for one in judged]
    assert said == [one.established for one in judged]
    assert sum(said) <= MOST_OF_SMALL


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_one_split_supports_no_claim_about_new_data(kind: NoDifference) -> None:
    with coin_flips():
        judged = [without_difference(kind, "none", k) for k in range(N_SMALL)]
    assert not any(one.reason for one in judged)
    assert not any("new data" in one.sentence for one in judged)
    # Random labels of one split favor some model, but only on these samples.
    assert any(one.established for one in judged) or kind.name != "random labels"


@pytest.mark.parametrize("n", SIZES)
def test_coverage(n: int) -> None:
    assert 0.93 <= coverage(n, 0.0, 4_000) <= 0.97
    assert coverage(n, 1 / 3, 4_000) >= 0.93


@pytest.mark.parametrize("ratio", [0.0, 1 / 3])
def test_difference_of_three_standard_errors_is_usually_found(ratio: float) -> None:
    assert found(10, ratio) >= FEWEST_FOUND
